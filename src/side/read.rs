//! Slices of a file in, one side table out.

use super::{
    Field, Holds, Kind, Side, TABLES,
    given::{Reports, period},
    roster::Accounts,
};
use crate::{
    error::{Error, Problems},
    input::{
        csv::{Item, Row},
        table::{BROKEN, Met, Rows, Source, broken, missing_column, nul_bytes},
    },
    order::{self, NONE},
    text::{folded, listed},
    time::Time,
};
use alloc::{format, string::String, vec::Vec};
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// How to read a side table.
#[derive(Clone, Debug, Default)]
pub struct SideOptions {
    /// Overrules the kind that the headers tell.
    pub kind: Option<Kind>,
    /// The user's own map: a field of the kind ([`Kind::fields`]) and its header. An empty header means that the table has none.
    pub columns: Vec<(String, String)>,
}

/// What one file gave.
///
/// As JSON: `{"file", "kind", "rows", "used", "columns": {our field: header}, "headers": [...], "excluded": [{"reason", "count"}],
/// "damaged": [{"reason", "count"}], "problems"}`; `kind` is `null` for a table that is none of them.
#[derive(Clone, Debug)]
pub struct SideFile {
    /// The file's name.
    pub file: String,
    /// What it is about; `None` where that is not known.
    pub kind: Option<Kind>,
    /// Rows under the header.
    pub rows: u64,
    /// Rows that were used.
    pub used: u64,
    /// Which header was taken for which of our fields.
    pub columns: Vec<(&'static str, String)>,
    /// All headers of the file: what a map can choose from.
    pub headers: Vec<String>,
    /// Rows that were left out on purpose, by reason.
    pub excluded: Vec<(&'static str, u64)>,
    /// What is damaged: `nul-bytes`, and cells with `broken-characters`.
    pub damaged: Vec<(&'static str, u64)>,
    /// What could not be read, and where.
    pub problems: Problems,
    /// The table.
    pub side: Side,
}

impl Serialize for SideFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut s = serializer.serialize_struct("SideFile", 9)?;
        s.serialize_field("file", &self.file)?;
        s.serialize_field("kind", &self.kind.map(Kind::id))?;
        s.serialize_field("rows", &self.rows)?;
        s.serialize_field("used", &self.used)?;
        s.serialize_field("columns", &order::Named(&self.columns))?;
        s.serialize_field("headers", &self.headers)?;
        s.serialize_field("excluded", &order::excluded(&self.excluded))?;
        s.serialize_field("damaged", &order::excluded(&self.damaged))?;
        s.serialize_field("problems", &self.problems)?;
        s.end()
    }
}

/// Reads a whole side table; the bytes are UTF-8.
///
/// ```
/// use huashu::side::{self, Kind};
/// let file = side::read("a.csv", "顾客,客服,满意度,是否解决\n小林,小美,非常满意,是\n小满,小美,,\n".as_bytes(), &Default::default());
/// assert_eq!((file.kind, file.rows, file.used), (Some(Kind::Ratings), 2, 1));
/// let rating = file.side.ratings().next().unwrap();
/// assert_eq!((rating.buyer, rating.stars, rating.solved), (Some("小林"), 5, Some(true)));
/// assert_eq!(file.excluded, [("no-rating", 1)]);
/// ```
pub fn read(file: &str, bytes: &[u8], options: &SideOptions) -> SideFile {
    let mut reader = SideReader::new(file, options);
    reader.push(bytes);
    reader.finish()
}

/// The column of each field of a kind; `None` where the table has none.
struct Layout {
    kind: Kind,
    at: Vec<Option<usize>>,
}

/// Reads a side table slice by slice. Where the slices are cut never shows in the result.
pub struct SideReader(Source<Taken>);

/// What was taken in so far.
struct Taken {
    options: SideOptions,
    layout: Option<Layout>,
    /// What a platform's own report gives, beside what else is in its rows.
    reports: Option<Reports>,
    /// The days that rows above the header name.
    period: Option<String>,
    accounts: Accounts,
    masked: u64,
    /// NUL bytes met, and cells with broken characters.
    nuls: u64,
    broken: u64,
    result: SideFile,
}

impl SideReader {
    /// A reader of the file with this name.
    pub fn new(file: &str, options: &SideOptions) -> Self {
        Self(Source::new(Taken {
            options: options.clone(),
            layout: None,
            reports: None,
            period: None,
            accounts: Accounts::default(),
            masked: 0,
            nuls: 0,
            broken: 0,
            result: SideFile {
                file: file.into(),
                kind: options.kind,
                rows: 0,
                used: 0,
                columns: Vec::new(),
                headers: Vec::new(),
                excluded: Vec::new(),
                damaged: Vec::new(),
                problems: Problems::default(),
                side: Side::default(),
            },
        }))
    }

    /// Takes in the next bytes, which are UTF-8; wrong ones cost their cell only.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.push(bytes);
    }

    /// What the file gave.
    pub fn finish(self) -> SideFile {
        let (taken, other, sample) = self.0.finish();
        let other = other.or_else(|| taken.layout.is_none().then(|| taken.headless(&sample)));
        let mut result = taken.result;
        if let Some(reports) = taken.reports {
            reports.finish(&mut result);
        }
        result.damaged = order::damaged(taken.nuls, taken.broken);
        let masked = (taken.masked > 0).then(|| order::BuyerKey::Account.masked(taken.masked));
        let empty = taken.layout.is_some() && result.rows == 0 && result.problems.count() == 0;
        let empty = empty.then(|| Error::new("no-rows", "表里只有表头，没有内容 / the table has a header and no rows"));
        for error in masked.into_iter().chain(other).chain(empty) {
            result.problems.push(error.in_file(&*result.file));
        }
        result
    }
}

impl Rows for Taken {
    fn foreign(&self, sample: &[u8]) -> Option<Error> {
        order::foreign(sample)
    }

    fn headless(&self, _: &[u8]) -> Error {
        unknown(self.options.kind, &self.result.headers)
    }

    fn take(&mut self, item: Item<'_>) -> Met {
        let Self { layout, reports, accounts, masked, broken, result, .. } = self;
        match (item, &*layout) {
            (Item::Flaw(flaw), Some(_)) => result.problems.push(flaw.error(&result.file)),
            (Item::Row(row), Some(layout)) => {
                *broken += listen(&row, result);
                match reports {
                    Some(reports) if !reports.lists_conversations() => reports.row(&row, result),
                    _ if is_summary(&row, result) || !usable(&row, result) => {}
                    reports => {
                        if let Some(reports) = reports {
                            reports.conversation(&row, result);
                        }
                        take(&row, layout, result, accounts, masked);
                    }
                }
            }
            (Item::Row(row), None) => return self.above(&row),
            (Item::Flaw(_), None) => return Met::Above,
        }
        Met::Row
    }

    fn damaged(&mut self, row: &Row<'_>, nuls: u64) {
        if self.layout.is_some() {
            self.nuls += nuls;
            self.result.problems.push(nul_bytes(row, nuls).in_file(&*self.result.file));
        }
    }
}

impl Taken {
    /// A row while no header was found: it may be that.
    fn above(&mut self, row: &Row) -> Met {
        let Self { options, layout, reports, period: days, result, .. } = self;
        let mut headers: Vec<String> = row.iter().map(order::text).collect();
        while headers.len() > 1 && headers.last().is_some_and(String::is_empty) {
            headers.pop();
        }
        let width = headers.len();
        *reports = Reports::of(&headers, options, days.clone().or_else(|| period(&result.file)));
        let report = reports.as_ref().map(|reports| Layout { kind: Kind::Given, at: reports.places() });
        let agents = reports.as_ref().is_some_and(|reports| !reports.lists_conversations());
        let keys: Vec<String> = headers.iter().map(|header| order::key(header)).collect();
        let found = if agents { None } else { recognise(&keys, options) };
        if let Some(found) = found.or(report) {
            missing(&found, &keys, options, row.line(), result);
            let columns = found.kind.fields().zip(&found.at);
            result.columns = columns.filter_map(|(field, at)| Some((field, headers.get((*at)?)?.clone()))).collect();
            result.kind = Some(found.kind);
            if let Some(bits) = result.side.fields.get_mut(found.kind as usize) {
                *bits = found.at.iter().rev().fold(0, |bits, at| bits << 1 | u32::from(at.is_some()));
            }
            result.headers = headers;
            *layout = Some(found);
            return Met::Header(width);
        }
        *days = days.take().or_else(|| period(&headers.join(" ")));
        // The first row with several cells is what the user takes for the header.
        if result.headers.len() < width.min(2) {
            result.headers = headers;
        }
        Met::Above
    }
}

/// Lists the cells of a row that hold broken characters; gives how many there are.
fn listen(row: &Row, result: &mut SideFile) -> u64 {
    let found: Vec<usize> = (0..row.len()).filter(|at| broken(row.get(*at))).collect();
    for at in &found {
        result.problems.push(row.problem(*at, BROKEN.0, BROKEN.1, &result.file));
    }
    found.len() as u64
}

/// Whether a row sums up others; it is counted.
fn is_summary(row: &Row, result: &mut SideFile) -> bool {
    let Some(first) = row.iter().map(order::clean).find(|cell| !cell.is_empty()) else { return true };
    let sums_up = first.len() <= 24 && order::sums_up(first);
    if sums_up {
        exclude(result, "summary-row");
    }
    sums_up
}

/// Whether a row is one of the table's own, and whole; it is counted.
pub(super) fn usable(row: &Row, result: &mut SideFile) -> bool {
    if result.headers.iter().zip(row.iter()).all(|(header, cell)| header.as_bytes() == order::clean(cell)) {
        exclude(result, "repeated-header");
        return false;
    }
    result.rows += 1;
    let flaw = row.flaw(result.headers.len());
    if let Some(flaw) = &flaw {
        result.problems.push(flaw.error(&result.file));
    }
    flaw.is_none()
}

/// Takes one row in.
fn take(row: &Row, layout: &Layout, result: &mut SideFile, accounts: &mut Accounts, masked: &mut u64) {
    if layout.kind == Kind::Given {
        result.used += 1;
        return;
    }
    let table = layout.kind.table();
    let mut cells = Vec::with_capacity(table.fields.len());
    for (field, at) in table.fields.iter().zip(&layout.at) {
        let Some(at) = *at else {
            cells.push(NONE);
            continue;
        };
        let cell = order::clean(row.get(at));
        let value = match field.holds {
            _ if cell.is_empty() => Ok(NONE),
            Holds::Text => Ok(i64::from(result.side.names.intern_bytes(cell))),
            Holds::Buyer if order::is_masked(cell) => {
                *masked += 1;
                Ok(NONE)
            }
            Holds::Buyer => Ok(i64::from(result.side.names.intern_bytes(cell))),
            Holds::Time => order::time(cell).map_err(|()| ("bad-time", order::NO_TIME)),
            Holds::Until => until(cell).ok_or(("bad-time", order::NO_TIME)),
            Holds::Birthday => birthday(cell)
                .ok_or(("bad-birthday", "这一格不是生日，应写成 5-20 或 1990-05-20 / this cell is no birthday: write 5-20 or 1990-05-20")),
            Holds::Word(words) => {
                word(cell, words).ok_or(("unknown-word", "不认识这个词，按未知处理 / this word is not known; taken as unknown"))
            }
            Holds::Made => Ok(NONE),
            Holds::Holding(words) => Ok(holding(&String::from_utf8_lossy(cell), words)),
        };
        cells.push(value.unwrap_or_else(|(code, message)| {
            result.problems.push(row.problem(at, code, message, &result.file));
            NONE
        }));
    }
    let filled = |field: &usize| cells.get(*field).is_some_and(|&cell| cell != NONE);
    if let Some(need) = table.needs.iter().find(|need| !need.fields.iter().any(filled)) {
        return exclude(result, need.reason);
    }
    if layout.kind == Kind::Roster && accounts.have_other(&result.side.names, &cells) {
        return exclude(result, "second-post");
    }
    result.used += 1;
    if let Some(rows) = result.side.rows.get_mut(layout.kind as usize) {
        rows.append(&mut cells);
    }
}

pub(super) fn exclude(result: &mut SideFile, reason: &'static str) {
    match result.excluded.iter_mut().find(|(known, _)| *known == reason) {
        Some((_, count)) => *count += 1,
        None => result.excluded.push((reason, 1)),
    }
}

/// A word's number; [`NONE`] for a word that says that there is nothing yet.
fn word(cell: &[u8], words: &[(&str, i64)]) -> Option<i64> {
    let text: String = folded(&String::from_utf8_lossy(cell)).split_whitespace().collect();
    let find = |text: &str| words.iter().find(|(word, _)| *word == text).map(|(_, number)| *number);
    if let Some(number) = find(&text).or_else(|| find(text.trim_end_matches(['星', '分', '颗', '级']))) {
        return Some(number);
    }
    matches!(&*text, "0" | "无" | "暂无" | "未评价" | "未评" | "未参评" | "没有评价" | "未邀评" | "未知").then_some(NONE)
}

/// The number of the first word that the text holds; 0 where it holds none.
pub(super) fn holding(text: &str, words: &[(&str, i64)]) -> i64 {
    let text = folded(text);
    words.iter().find(|(word, _)| text.contains(word)).map_or(0, |(_, number)| *number)
}

/// The end of a span, or the time alone.
fn until(cell: &[u8]) -> Option<i64> {
    let text = core::str::from_utf8(cell).ok()?;
    let last = text.rsplit(['至', '~', '～', '到']).map(str::trim).find(|part| !part.is_empty())?;
    order::time(last.trim_end_matches("期").as_bytes()).ok()
}

/// `1990-05-20`, `5月20日`, `05/20`: month × 100 + day.
fn birthday(cell: &[u8]) -> Option<i64> {
    let text = core::str::from_utf8(cell).ok()?;
    if let Some(time) = Time::parse(text) {
        let (_, month, day) = time.day().civil();
        return Some(i64::from(month * 100 + day));
    }
    let mut parts = text.split(['月', '-', '/', '.']).map(|part| part.trim_end_matches(['日', '号']).trim().parse::<u32>());
    let (Some(Ok(month)), Some(Ok(day)), None) = (parts.next(), parts.next(), parts.next()) else { return None };
    // A leap year has every day there is.
    crate::time::Day::new(2000, month, day).map(|_| i64::from(month * 100 + day))
}

/// The kind whose columns these are: of several the one that knows most of them.
fn recognise(keys: &[String], options: &SideOptions) -> Option<Layout> {
    let mut best: Option<(usize, Layout)> = None;
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Given && options.kind.is_none_or(|told| told == *kind)) {
        let table = kind.table();
        let mut taken: Vec<usize> = Vec::new();
        let mut at: Vec<Option<usize>> = Vec::new();
        // What the user says goes first, so that no other field takes its column; a header that is not there says nothing.
        let told = |field: &Field| options.columns.iter().find(|(id, _)| id == field.id).map(|(_, header)| header);
        taken.extend(table.fields.iter().filter_map(|field| find(keys, told(field)?, &[])));
        for field in table.fields {
            let place = match told(field) {
                Some(header) if header.trim().is_empty() => None,
                told => {
                    told.and_then(|header| find(keys, header, &[])).or_else(|| field.names.iter().find_map(|name| find(keys, name, &taken)))
                }
            };
            taken.extend(place);
            at.push(place);
        }
        let there = |field: &usize| at.get(*field).is_some_and(Option::is_some);
        let count = at.iter().flatten().count();
        let fits = table.needs.iter().all(|need| need.fields.iter().any(there)) && (count > 1 || options.kind.is_some());
        if fits && best.as_ref().is_none_or(|(most, _)| count > *most) {
            best = Some((count, Layout { kind, at }));
        }
    }
    best.map(|(_, layout)| layout)
}

/// The first column of that name which is not taken; one with a remark in brackets only where none is called just that.
fn find(keys: &[String], header: &str, taken: &[usize]) -> Option<usize> {
    let wanted = order::key(header);
    let free = |same: &dyn Fn(&str) -> bool| keys.iter().enumerate().position(|(at, key)| same(key) && !taken.contains(&at));
    if wanted.is_empty() { None } else { free(&|key| key == wanted).or_else(|| free(&|key| order::bare(key) == wanted)) }
}

/// Tells what of the user's map the file lacks, or the kind does not know.
fn missing(layout: &Layout, keys: &[String], options: &SideOptions, line: u32, result: &mut SideFile) {
    for (id, header) in &options.columns {
        let problem = if !layout.kind.fields().any(|field| field == id) {
            let (kind, fields) = (layout.kind.id(), layout.kind.fields().collect::<Vec<_>>().join(" "));
            let message = format!("{kind} 没有名为 `{id}` 的字段，可用字段：{fields} / {kind} has no field `{id}`. Fields: {fields}");
            Error::new("unknown-column", message)
        } else if !header.trim().is_empty() && find(keys, header, &[]).is_none() {
            missing_column(id, header)
        } else {
            continue;
        };
        result.problems.push(problem.at(line, 1).in_file(&*result.file));
    }
}

/// What to say of a table that is none of the kinds, or not the one it should be.
fn unknown(kind: Option<Kind>, headers: &[String]) -> Error {
    if headers.iter().all(String::is_empty) {
        return Error::new("empty-file", "文件是空的 / the file is empty");
    }
    if headers.first().is_some_and(|first| first.starts_with('{') || first.starts_with("[{")) {
        return Error::new("no-table-columns", "这是 JSON，不是表格：请导出 CSV / this is JSON and no table: export a CSV");
    }
    let shown = listed(headers);
    let mut kinds = String::new();
    for table in TABLES.into_iter().filter(|table| kind.is_none_or(|kind| kind.id() == table.id)) {
        let name = |at: &usize| table.fields.get(*at).map(|field| field.names.get(1).unwrap_or(&field.id));
        let needs = table.needs.iter().map(|need| need.fields.iter().filter_map(name).copied().collect::<Vec<_>>().join("|"));
        let needs = if table.needs.is_empty() { String::from("指标名 names of figures") } else { needs.collect::<Vec<_>>().join(" + ") };
        kinds.push_str(&format!("\n  {} {}: {needs}", table.id, table.title));
    }
    Error::new(
        "no-table-columns",
        format!(
            "认不出这张表的列（{shown}），请指明种类和各列；各种表至少要有： / the columns of this table are not known ({shown}): name its kind and columns; each kind needs at least:{kinds}"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn words_for_stars_and_their_absence() {
        let stars = |cell: &str| word(cell.as_bytes(), super::super::ratings::STARS);
        for (cell, want) in
            [("非常满意", 5), ("满意", 4), ("５星", 5), ("三星", 3), ("★★", 2), ("Very Satisfied", 5), ("4.0分", 4), ("未评价", NONE)]
        {
            assert_eq!(stars(cell), Some(want), "{cell}");
        }
        for cell in ["6", "50", "满意吗", "95%"] {
            assert_eq!(stars(cell), None, "{cell}");
        }
    }

    #[test]
    fn birthdays_with_and_without_a_year() {
        for (cell, want) in
            [("1990-05-20", Some(520)), ("5月20日", Some(520)), ("02-29", Some(229)), ("5/20", Some(520)), ("13-01", None), ("夏天", None)]
        {
            assert_eq!(birthday(cell.as_bytes()), want, "{cell}");
        }
    }

    #[test]
    fn rights_hold_until_the_end_of_their_span() {
        let day = |cell: &str| until(cell.as_bytes()).map(|seconds| alloc::string::ToString::to_string(&Time::from_seconds(seconds).day()));
        assert_eq!(day("2026-01-01 至 2026-12-31").as_deref(), Some("2026-12-31"));
        assert_eq!(day("2026-06-30").as_deref(), Some("2026-06-30"));
        assert_eq!(day("永久"), None);
    }

    #[test]
    fn the_kind_can_be_told_and_columns_mapped() {
        let text = "谁,打分,时间\n甲,5,2026-01-05\n";
        let read = |kind, columns: &[(&str, &str)]| {
            let columns = columns.iter().map(|&(field, header)| (field.into(), header.into())).collect();
            super::read("a.csv", text.as_bytes(), &SideOptions { kind, columns })
        };
        let code = |file: &SideFile| file.problems.kept().iter().map(Error::code).collect::<Vec<_>>();
        assert_eq!(code(&read(None, &[])), ["no-table-columns"]);
        let file = read(None, &[("buyer", "谁"), ("rating", "打分")]);
        assert_eq!((file.kind, file.used, code(&file)), (Some(Kind::Ratings), 1, vec![]));
        assert_eq!(file.columns, [("buyer", "谁".into()), ("at", "时间".into()), ("rating", "打分".into())]);
        let file = read(Some(Kind::Ratings), &[("rating", "打分"), ("at", ""), ("agent", "客服"), ("star", "打分")]);
        assert_eq!(code(&file), ["missing-column", "unknown-column"]);
        assert_eq!(file.side.ratings().next().map(|r| (r.stars, r.at)), Some((5, None)));
        // A header that is not there says nothing: the field is found as usual.
        let file = read(Some(Kind::Ratings), &[("rating", "打分"), ("at", "何时")]);
        assert_eq!((code(&file), file.columns.len()), (vec!["missing-column"], 2));
        assert_eq!(code(&read(Some(Kind::Roster), &[])), ["no-table-columns"]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_in_any_slices(bytes: Vec<u8>, size in 1_usize..9) {
            let whole = super::read("a", &bytes, &SideOptions::default());
            let mut reader = SideReader::new("a", &SideOptions::default());
            bytes.chunks(size).for_each(|slice| reader.push(slice));
            let sliced = reader.finish();
            proptest::prop_assert_eq!(whole.rows, sliced.rows);
            proptest::prop_assert_eq!(whole.problems.count(), sliced.problems.count());
        }
    }
}
