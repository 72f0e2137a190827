//! Which columns of a table of messages hold what: those that are known, and guesses at the others.

use super::shape::table::Columns;
use crate::input::csv::{Item, Reader, delimiter};
use crate::input::lines::utf8;
use crate::sort;
use crate::time::Stamp;
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// The columns of a table of messages: what a map by hand starts from, and what it can choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableColumns {
    /// Which header was taken for which field of [`super::ReadOptions::columns`], or might be.
    pub columns: Vec<(&'static str, String)>,
    /// The fields of `columns` that what stands below the header only suggests: nothing was read by them.
    pub guessed: Vec<&'static str>,
    /// All headers.
    pub headers: Vec<String>,
    /// The first row under them, cut short.
    pub sample: Vec<String>,
}

impl TableColumns {
    /// Takes the header, and what was found in it.
    pub(super) fn name(&mut self, header: &[impl AsRef<str>], found: &Columns) {
        let name = |at: usize| header.get(at).map(|name| String::from(name.as_ref().trim_matches(['\u{feff}', ' ', '\t'])));
        self.columns = found.places().filter_map(|(field, at)| Some((field, name(at)?))).collect();
        self.headers = (0..header.len()).filter_map(name).collect();
    }

    /// Takes the first row, cut short.
    pub(super) fn show(&mut self, row: impl Iterator<Item = String>) {
        self.sample = row.map(|cell| cell.chars().take(40).collect()).collect();
    }
}

/// A file that begins as a table may.
pub(super) struct Guess {
    pub columns: TableColumns,
    /// Whether it certainly is one, of messages if not of orders.
    pub sure: bool,
    /// Whether it is one of orders: some column holds amounts, and none is known to hold texts.
    pub orders: bool,
}

/// Whether a file that begins like this is a table of orders: its header says so or nothing below it is a word, and rows as wide stand
/// below it. These may look like the lines of a chat: each ends with a time.
pub(super) fn of_orders(start: &[u8], cut: bool) -> bool {
    let rows = rows(start, cut);
    let mut rows = rows.iter().skip_while(|row| row.len() < 2);
    let Some(header) = rows.next().filter(|header| header.len() > 2) else { return false };
    let below: Vec<_> = rows.collect();
    let even = below.iter().filter(|row| row.len() == header.len()).count();
    let labels = header.iter().all(|name| stamp(name).is_none() && !name.contains([':', '：']));
    let words = || below.iter().copied().flatten().any(|cell| cell.contains(char::is_alphabetic));
    labels && even > 0 && even * 4 >= below.len() * 3 && (header.iter().any(|name| super::refuse::orders(name)) || !words())
}

/// What stands below a header.
#[derive(Default)]
struct Column {
    at: usize,
    /// All cells are times; and none of them more than a date.
    times: bool,
    dates: bool,
    /// Some cell has letters.
    words: bool,
    /// Bytes of all cells, and how many are not the same.
    bytes: usize,
    names: usize,
}

impl Column {
    fn of(at: usize, rows: &[&Vec<String>]) -> Self {
        let mut column = Self { at, times: true, dates: true, ..Self::default() };
        let mut names: Vec<&str> = Vec::new();
        for cell in rows.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.is_empty()) {
            let stamp = stamp(cell);
            column.times &= stamp.is_some();
            column.dates &= stamp.is_some_and(|stamp| stamp.clock.is_none());
            column.words |= cell.contains(char::is_alphabetic);
            column.bytes += cell.len();
            if !names.contains(&cell.as_str()) {
                names.push(cell);
            }
        }
        column.names = names.len();
        column.times &= column.names > 0;
        column.dates &= column.times;
        column
    }
}

/// What stands in messages and hardly in titles of goods.
const SPOKEN: [char; 12] = ['吗', '呢', '吧', '亲', '您', '？', '?', '！', '!', '，', '。', '～'];

/// How likely a column is what a field wants; 0: not at all.
type Worth<'a> = &'a dyn Fn(&Column) -> usize;

/// Guesses at the columns of a file that begins like this; `None` where it is no table. `cut`: its last row is not whole.
pub(super) fn guess(start: &[u8], cut: bool, map: &BTreeMap<String, String>) -> Option<Guess> {
    let rows = rows(start, cut);
    let (header, below) = rows.split_first()?;
    let width = header.len();
    let even: Vec<&Vec<String>> = below.iter().filter(|row| row.len() == width).collect();
    if width < 2 || even.is_empty() || header.iter().any(|name| name.is_empty() || stamp(name).is_some() || super::refuse::orders(name)) {
        return None;
    }
    let known = Columns::find(header, map);
    let mut free: Vec<Column> = (0..width).filter(|at| !known.taken(*at)).map(|at| Column::of(at, &even)).collect();
    let mut guessed: Vec<(&'static str, usize)> = Vec::new();
    // Each takes its column away from those that follow. Who speaks speaks again, but for two lines of two people.
    let speaks = |c: &Column| c.words && c.names > 1 && (c.names < even.len() || even.len() == 2);
    let wants: [(&str, Worth<'_>); 4] = [
        ("time", &|c| usize::from(c.times) + usize::from(c.times && !c.dates)),
        ("date", &|c| usize::from(c.dates)),
        // What is said is long and seldom said twice.
        ("text", &|c| if c.words && !c.times { c.bytes * c.names } else { 0 }),
        ("sender", &|c| if speaks(c) && !c.times { usize::MAX - c.names } else { 0 }),
    ];
    for (field, worth) in wants {
        if known.place(field).is_some() || (field == "sender" && known.tells_sides()) {
            continue;
        }
        let best = free.iter().map(worth).max().filter(|best| *best > 0);
        if let Some(place) = best.and_then(|best| free.iter().position(|c| worth(c) == best)) {
            guessed.push((field, free.remove(place).at));
        }
    }
    let has = |field| known.place(field).is_some() || guessed.iter().any(|(guess, _)| *guess == field);
    let sure = width > 2 && even.len() > 1 && even.len() * 4 >= below.len() * 3 && has("text") && (has("time") || has("date"));
    let amounts = |c: &Column| amounts(even.iter().filter_map(|row| row.get(c.at)).map(String::as_str).filter(|cell| !cell.is_empty()));
    let said = guessed
        .iter()
        .find(|(field, _)| *field == "text")
        .map_or(0, |(_, at)| even.iter().filter(|row| row.get(*at).is_some_and(|cell| cell.contains(SPOKEN))).count());
    let orders = known.place("text").is_none() && free.iter().any(amounts) && said * 3 < even.len();
    let mut columns = TableColumns { guessed: guessed.iter().map(|(field, _)| *field).collect(), ..TableColumns::default() };
    columns.name(header, &known);
    columns.columns.extend(guessed.into_iter().filter_map(|(field, at)| Some((field, header.get(at)?.clone()))));
    columns.show(even.first().into_iter().flat_map(|row| row.iter().cloned()));
    Some(Guess { columns, sure, orders })
}

/// The rows of a beginning; `cut`: its last row is not whole.
fn rows(start: &[u8], cut: bool) -> Vec<Vec<String>> {
    let mut reader = Reader::new(delimiter(start));
    reader.push(start);
    reader.close();
    let mut rows = Vec::new();
    while let Some(item) = reader.next() {
        if let Item::Row(row) = item {
            rows.push(row.iter().map(|cell| String::from(utf8(cell).trim_matches(['\u{feff}', ' ', '\t']))).collect());
        }
    }
    if cut {
        rows.pop();
    }
    rows
}

/// Whether all of some cells are amounts: with cents, or such as go up and down, which numbers of rows and of talks do not.
fn amounts<'c>(cells: impl Iterator<Item = &'c str>) -> bool {
    let mut yuan: Vec<u32> = Vec::new();
    let mut cents = false;
    for cell in cells {
        let cell = cell.trim_start_matches(['¥', '￥']);
        let (whole, rest) = cell.split_once('.').unwrap_or((cell, ""));
        let digits = whole.len() < 7 && rest.len() < 3 && rest.bytes().all(|b| b.is_ascii_digit());
        let Some(number) = whole.parse().ok().filter(|_| digits) else { return false };
        cents |= !rest.is_empty();
        yuan.push(number);
    }
    let turns = !yuan.is_sorted() && !yuan.is_sorted_by(|a, b| a >= b);
    sort::plain(&mut yuan);
    yuan.dedup();
    cents || (turns && yuan.len() > 2)
}

/// A cell that is nothing but a time.
fn stamp(cell: &str) -> Option<Stamp> {
    let (stamp, end) = Stamp::prefix(cell)?;
    cell.get(end..)?.trim().is_empty().then_some(stamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn what_is_known_is_no_guess() {
        let map = BTreeMap::new();
        let text = "内容,谁,何时\n在吗,小鹿,9:00\n在的亲,小丹,9:01\n好,小鹿,9:02\n";
        let found = guess(text.as_bytes(), false, &map).unwrap();
        assert_eq!(found.columns.columns, [("text", "内容".into()), ("time", "何时".into()), ("sender", "谁".into())]);
        assert_eq!((found.columns.guessed, found.sure), (Vec::from(["time", "sender"]), true));
        assert_eq!(found.columns.sample, ["在吗", "小鹿", "9:00"]);
        // What the user says goes first.
        let map = BTreeMap::from([("text".into(), "谁".into()), ("sender".into(), "内容".into())]);
        let found = guess(text.as_bytes(), false, &map).unwrap();
        assert_eq!(found.columns.columns, [("sender", "内容".into()), ("text", "谁".into()), ("time", "何时".into())]);
    }

    #[test]
    fn orders_are_told_by_their_header() {
        let of_orders = |text: &str| of_orders(text.as_bytes(), false);
        assert!(of_orders("订单号,买家,金额,下单时间\nA0,小红花,20,2026-03-01 10:00:00\n"));
        assert!(of_orders("三月\n\ncust,order_id,when\n1,7,2026-03-01 10:00:00\n1,8,2026-03-02 10:00:00\n"));
        assert!(of_orders("tid,payment,when\n1,20,2026-03-01 10:00:00\n"));
        // Words of a chat, with commas in them.
        assert!(!of_orders("买家：订单号,123,查下\n客服：好的,稍等,亲\n"));
        assert!(!of_orders("小鹿 2026-03-01 10:00:00\n订单号,123,查下\n小丹 2026-03-01 10:00:09\n好的\n"));
        assert!(!of_orders("订单号123,456,都没到\n小鹿 2026-03-01 10:00:00\n好的,稍等\n"));
        assert!(!of_orders("订单号,金额,时间\n"));
    }

    #[test]
    fn a_table_with_amounts_is_one_of_orders() {
        let orders = |header: &str, column: [&str; 4]| {
            let said = ["甲,杯子", "乙,碗大", "甲,盘子", "乙,杯子"];
            let rows: String =
                (1..).zip(said).zip(column).map(|((day, said), cell)| format!("{said},{cell},2026-03-0{day} 10:00:00\n")).collect();
            let found = guess(format!("{header}\n{rows}").as_bytes(), false, &BTreeMap::new()).unwrap();
            assert!(found.sure && found.columns.columns.iter().any(|(field, _)| *field == "sender"));
            found.orders
        };
        let unknown = "谁,货,多少,哪天";
        assert!(orders(unknown, ["20", "30", "5", "5"]));
        assert!(orders(unknown, ["¥20.00", "", "30.50", "31"]));
        // Numbers of rows and of talks, sides, numbers of messages; and where a column of texts is known.
        for column in [["1", "2", "3", "4"], ["7", "7", "6", "6"], ["0", "1", "0", "1"], ["20000001", "30000001", "10000001", "5"], [""; 4]]
        {
            assert!(!orders(unknown, column), "{column:?}");
        }
        assert!(!orders("谁,内容,多少,哪天", ["20", "30", "5", "5"]));
        // Seconds, words or marks beside what is said.
        let talk = "谁说的,啥时候,说了啥,字数\n小鹿,2026-03-01 10:00:00,在吗,2\n店小二,2026-03-01 10:00:12,您好亲 在的,6\n小鹿,2026-03-01 10:01:00,有货吗,3\n";
        assert!(!guess(talk.as_bytes(), false, &BTreeMap::new()).unwrap().orders);
    }

    #[test]
    fn short_words_that_differ_are_the_text() {
        let text = "谁说的,说了啥,日期\n顾客,在吗,2026-03-01 10:00\n店里,在的,2026-03-01 10:01\n顾客,坏了,2026-03-01 10:02\n店里,哦,2026-03-01 10:09\n";
        let found = guess(text.as_bytes(), false, &BTreeMap::new()).unwrap();
        assert_eq!(found.columns.columns, [("date", "日期".into()), ("text", "说了啥".into()), ("sender", "谁说的".into())]);
        assert!(found.sure);
    }

    #[test]
    fn numbers_are_no_words_and_buyers_of_one_order_each_no_speakers() {
        let text = "号,谁,哪天,多少\n1,甲,2026-01-01,10\n2,乙,2026-01-09,20\n3,丙,2026-01-03,5\n";
        let found = guess(text.as_bytes(), false, &BTreeMap::new()).unwrap();
        assert_eq!(found.columns.columns, [("time", "哪天".into()), ("text", "谁".into())]);
    }
}
