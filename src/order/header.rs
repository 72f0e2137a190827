//! From a header row to the column of each field: by name, never by position.

use super::{
    dialect::{DIALECTS, Dialect, Field, GENERIC, REPORTS},
    mapping::Columns,
};
use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};

/// The column of each field in one file.
#[derive(Debug)]
pub(super) struct Layout {
    pub dialect: &'static Dialect,
    pub headers: Vec<String>,
    columns: [usize; Field::COUNT],
    /// The next best column, for rows whose first one is empty.
    seconds: [usize; Field::COUNT],
    /// Columns whose header only holds one of a field's names: good enough to offer, not to read by.
    guesses: [usize; Field::COUNT],
    /// Fields of the user's map whose header the file lacks.
    pub missing: Vec<(&'static str, String)>,
}

/// No such column; no row is that long.
pub(super) const NOWHERE: usize = usize::MAX;

/// What a header row turned out to be.
pub(super) enum Found {
    Table(Box<Layout>),
    /// A report that is no list of orders, and which.
    Report(&'static str),
    /// A table of messages.
    Chat,
    /// None that is known, with the best guesses there are.
    Nothing(Box<Layout>),
}

impl Layout {
    /// The column of a field; [`NOWHERE`] where the file has none.
    pub fn column(&self, field: Field) -> usize {
        self.columns.get(field as usize).copied().unwrap_or(NOWHERE)
    }

    /// The next best column of a field; [`NOWHERE`] where the file has none.
    pub fn second(&self, field: Field) -> usize {
        self.seconds.get(field as usize).copied().unwrap_or(NOWHERE)
    }

    /// Whether the file has a column for the field.
    pub fn has(&self, field: Field) -> bool {
        self.column(field) != NOWHERE
    }

    /// How many columns the table has.
    pub fn width(&self) -> usize {
        self.headers.len()
    }

    /// Gives the fields that are `wanted` the columns that the export's names lead to.
    fn take(&mut self, wanted: impl Fn(Field) -> bool, find: impl Fn(&str) -> Option<usize>) {
        for (field, names) in self.dialect.columns.iter().filter(|(field, _)| wanted(*field)) {
            let mut found = names.iter().filter_map(|name| find(name));
            let slots = self.columns.get_mut(*field as usize).zip(self.seconds.get_mut(*field as usize));
            if let Some((first, second)) = slots {
                *first = found.next().unwrap_or(NOWHERE);
                *second = found.next().unwrap_or(NOWHERE);
            }
        }
    }

    /// Offers headers for the fields that have none: those that hold one of its names, then those that are a piece of one. No header is
    /// offered twice.
    fn guess(&mut self, keys: &[String]) {
        let twice = [false, true].into_iter().flat_map(|pieces| GENERIC.columns.iter().map(move |column| (pieces, column)));
        for (pieces, (field, names)) in twice {
            if field.name().is_none() || self.has(*field) || self.guess_of(*field) != NOWHERE {
                continue;
            }
            let names: Vec<String> = names.iter().map(|name| key(name)).collect();
            let free = |at: &usize| !self.columns.contains(at) && !self.guesses.contains(at);
            let within = |short: &str, long: &str| short.len() >= 6 && long.contains(short);
            let alike = |k: &String| names.iter().any(|name| if pieces { within(k, name) } else { within(name, k) });
            let at = keys.iter().enumerate().take(256).find(|(at, key)| alike(key) && free(at)).map_or(NOWHERE, |(at, _)| at);
            if let Some(slot) = self.guesses.get_mut(*field as usize) {
                *slot = at;
            }
        }
    }

    fn guess_of(&self, field: Field) -> usize {
        self.guesses.get(field as usize).copied().unwrap_or(NOWHERE)
    }

    /// Our fields and the headers taken for them, or offered for them.
    pub fn named(&self) -> Vec<(&'static str, String)> {
        let header = |field| Some((Field::name(field)?, self.headers.get(self.column(field).min(self.guess_of(field)))?.clone()));
        Field::MAPPED.into_iter().filter_map(header).collect()
    }

    /// Those of our fields for which a header is only offered.
    pub fn guessed(&self) -> Vec<&'static str> {
        Field::MAPPED.into_iter().filter(|field| self.guess_of(*field) != NOWHERE).filter_map(Field::name).collect()
    }
}

/// A header as it is compared: no blanks, brackets and marks in half width, letters in lower case, `_`, `-` and `.` gone.
pub(crate) fn key(header: &str) -> String {
    let fold = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let keep = |c: &char| {
        !c.is_whitespace() && !c.is_control() && !matches!(c, '_' | '-' | '.' | '\'' | '"' | '=' | '*' | '\u{feff}' | '\u{200b}')
    };
    header.chars().map(fold).filter(keep).map(|c| c.to_ascii_lowercase()).collect()
}

/// A key without the unit or remark in brackets at its end.
pub(crate) fn bare(key: &str) -> &str {
    let cut = key.strip_suffix(')').and_then(|k| k.rfind('(')).filter(|&at| at > 0);
    cut.and_then(|at| key.get(..at)).unwrap_or(key)
}

/// Finds out what a row of headers is the header of.
pub(super) fn recognise(cells: &[String], map: Option<&Columns>) -> Found {
    let mut headers: Vec<String> = cells.iter().map(|cell| cell.trim().into()).collect();
    // A comma after the last column is no column.
    if headers.len() > 1 && headers.last().is_some_and(String::is_empty) {
        headers.pop();
    }
    let keys: Vec<String> = headers.iter().map(|header| key(header)).collect();
    // Of columns with the same name the first counts; a name without its brackets only where no column is called that.
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, key) in keys.iter().enumerate() {
        places.entry(key).or_insert(at);
    }
    for (at, key) in keys.iter().enumerate() {
        places.entry(bare(key)).or_insert(at);
    }
    let find = |name: &str| places.get(key(name).as_str()).copied();
    let known = DIALECTS.iter().find(|dialect| dialect.marks.iter().any(|marks| marks.iter().all(|mark| find(mark).is_some())));
    let mut layout = Layout {
        dialect: known.unwrap_or(&GENERIC),
        headers,
        columns: [NOWHERE; Field::COUNT],
        seconds: [NOWHERE; Field::COUNT],
        guesses: [NOWHERE; Field::COUNT],
        missing: Vec::new(),
    };
    if let Some(map) = map {
        let mut found = 0;
        let mut columns = [NOWHERE; Field::COUNT];
        for (field, header) in map.iter() {
            match (find(header), columns.get_mut(field as usize)) {
                (Some(at), Some(column)) => {
                    *column = at;
                    found += 1;
                }
                _ => layout.missing.extend(Field::name(field).map(|name| (name, header.into()))),
            }
        }
        // The map of one file must not spoil another whose export is known.
        if found > 0 && (layout.missing.is_empty() || known.is_none()) {
            layout.dialect = &GENERIC;
            layout.columns = columns;
            layout.take(|field| field >= Field::Phone, find);
            return Found::Table(layout.into());
        }
        layout.missing.clear();
    }
    layout.take(|_| true, find);
    if known.is_some() {
        return Found::Table(layout.into());
    }
    layout.guess(&keys);
    let has = |field| layout.has(field);
    let money = has(Field::PaidAmount) || has(Field::OrderedAmount) || (has(Field::UnitPrice) && has(Field::Quantity));
    let time = has(Field::CreatedAt) || has(Field::PaidAt);
    let talk = ["消息", "消息内容", "聊天内容", "内容", "发话者", "发送者", "message", "content", "sender"];
    if has(Field::OrderId) && (money || time || has(Field::Buyer) || has(Field::State)) {
        return Found::Table(layout.into());
    }
    if talk.iter().any(|name| find(name).is_some()) {
        return Found::Chat;
    }
    if let Some((_, what)) = REPORTS.iter().find(|(name, _)| find(name).is_some()) {
        return Found::Report(what);
    }
    if (time && (money || has(Field::Buyer))) || (money && has(Field::Buyer)) {
        return Found::Table(layout.into());
    }
    Found::Nothing(layout.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned, format};

    fn headers(line: &str) -> Vec<String> {
        line.split(',').map(ToOwned::to_owned).collect()
    }

    fn table(line: &str) -> Layout {
        match recognise(&headers(line), None) {
            Found::Table(layout) => *layout,
            _ => panic!("no table: {line}"),
        }
    }

    #[test]
    fn headers_are_matched_by_name() {
        let layout = table("订单付款时间 ,订单编号,买家会员名, 买家实际支付金额 ,宝贝总数量");
        assert_eq!(layout.dialect.platform, "taobao");
        assert_eq!(layout.column(Field::PaidAt), 0);
        assert_eq!(layout.column(Field::OrderId), 1);
        assert_eq!(layout.column(Field::PaidAmount), 3);
    }

    #[test]
    fn brackets_and_width_do_not_matter() {
        for header in ["用户实付金额(元)", "用户实付金额（元）", "用户实付金额", "\u{3000}用户实付金额（ 元 ）"]
        {
            let layout = table(&format!("订单号,{header}"));
            assert_eq!((layout.dialect.platform, layout.column(Field::PaidAmount)), ("pdd", 1), "{header}");
        }
        assert_eq!(table("ＳＫＵ,Order ID,Unit_Price,QTY").column(Field::Sku), 0);
    }

    #[test]
    fn of_two_columns_with_one_name_the_first_counts() {
        let layout = table("订单号,订单实付金额,买家手机号,订单实付金额");
        assert_eq!(layout.column(Field::PaidAmount), 1);
    }

    #[test]
    fn other_tables_are_no_orders() {
        assert!(matches!(recognise(&headers("会话ID,日期,时间,对象,发话者,消息,消息状态,商品ID,商品"), None), Found::Chat));
        assert!(matches!(recognise(&headers("旺旺昵称,咨询人数,接待人数,平均响应时长（秒)"), None), Found::Report(_)));
        assert!(matches!(recognise(&[String::from("你好")], None), Found::Nothing(_)));
    }

    #[test]
    fn unknown_tables_come_with_guesses() {
        let Found::Nothing(layout) = recognise(&headers("内部订单编号,最终实付金额,备注"), None) else { panic!("unknown") };
        assert_eq!(layout.named(), [("order_id", "内部订单编号".into()), ("paid_amount", "最终实付金额".into())]);
        assert_eq!(layout.guessed(), ["order_id", "paid_amount"]);
        // Also for what a table that is read lacks; no header is offered for two fields.
        let layout = table("订单号,日期,脱敏客户昵称,含运费实付金额,备注");
        assert_eq!(layout.guessed(), ["buyer", "paid_amount"]);
        assert_eq!(layout.column(Field::Buyer), NOWHERE);
        let Found::Nothing(layout) = recognise(&headers("日期,客户,金额"), None) else { panic!("unknown") };
        assert_eq!(layout.named(), [("buyer", "客户".into()), ("created_at", "日期".into()), ("paid_amount", "金额".into())]);
        assert_eq!(layout.guessed(), ["buyer", "paid_amount"]);
    }
}
