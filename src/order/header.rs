//! From a header row to the column of each field: by name, never by position.

use super::{
    dialect::{DIALECTS, Dialect, Field, GENERIC, OF_ORDERS, REPORTS, Rows, SHOP_IDS, SHOPS},
    mapping::Columns,
};
use crate::{text::half_width, time::Stamp};
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

    /// The column of the shop's own order number beside that of a program; [`NOWHERE`] where there is none.
    pub fn shop_id(&self) -> usize {
        let at = self.second(Field::OrderId);
        let is = self.headers.get(at).is_some_and(|header| SHOP_IDS.iter().any(|name| key(name) == key(header)));
        if is { at } else { NOWHERE }
    }

    /// Whether the file has a column for the field.
    pub fn has(&self, field: Field) -> bool {
        self.column(field) != NOWHERE
    }

    /// How many columns the table has.
    pub fn width(&self) -> usize {
        self.headers.len()
    }

    /// Gives the fields the columns that the export's names lead to.
    fn take(&mut self, find: impl Fn(&str) -> Option<usize>) {
        for (field, names) in self.dialect.columns.iter().chain(&[(Field::Shop, SHOPS)]) {
            let mut found = names.iter().filter_map(|name| find(name));
            let slots = self.columns.get_mut(*field as usize).zip(self.seconds.get_mut(*field as usize));
            if let Some((first, second)) = slots {
                *first = found.next().unwrap_or(NOWHERE);
                *second = found.next().unwrap_or(NOWHERE);
            }
        }
    }

    /// Gives the fields that the user's map names the columns that it says, if any; says whether there are some. A field whose header is not
    /// there keeps what was found for it.
    fn overrule(&mut self, map: &Columns, find: impl Fn(&str) -> Option<usize>) -> bool {
        let mut told = Vec::new();
        for (field, header) in map.iter() {
            match (header.trim(), find(header)) {
                ("", _) => told.push((field, NOWHERE)),
                (_, Some(at)) => told.push((field, at)),
                _ => self.missing.extend(Field::name(field).map(|name| (name, header.into()))),
            }
        }
        // A column that the map gives to one field is not found for another one, unless it is known to hold both.
        let free = |at: usize| !self.dialect.marks.is_empty() || told.iter().all(|(_, given)| *given != at);
        for field in Field::MAPPED {
            let given = told.iter().find(|(known, _)| *known == field).map(|(_, at)| *at);
            for (columns, given) in [(&mut self.columns, given), (&mut self.seconds, given.map(|_| NOWHERE))] {
                if let Some(column) = columns.get_mut(field as usize) {
                    *column = given.unwrap_or(if free(*column) { *column } else { NOWHERE });
                }
            }
        }
        told.iter().any(|(_, at)| *at != NOWHERE)
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
            let alike = |k: &String| names.iter().any(|name| if pieces { within(bare(k), name) } else { within(name, k) });
            let at = keys.iter().enumerate().take(256).find(|(at, key)| alike(key) && free(at)).map_or(NOWHERE, |(at, _)| at);
            if let Some(slot) = self.guesses.get_mut(*field as usize) {
                *slot = at;
            }
        }
    }

    /// The column that is offered for a field; [`NOWHERE`] where none is.
    pub fn guess_of(&self, field: Field) -> usize {
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
    let keep = |c: &char| {
        !c.is_whitespace() && !c.is_control() && !matches!(c, '_' | '-' | '.' | '\'' | '"' | '=' | '*' | '\u{feff}' | '\u{200b}')
    };
    header.chars().map(half_width).filter(keep).map(|c| c.to_ascii_lowercase()).collect()
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
    let all = |marks: &[&str]| marks.iter().all(|mark| mark.split('|').any(|name| find(name).is_some()));
    let orders = all(OF_ORDERS) || map.is_some_and(Columns::is_of_orders);
    let tickets = |dialect: &Dialect| dialect.rows == Rows::Ticket && dialect.platform == "generic";
    let is = |dialect: &&Dialect| dialect.marks.iter().any(|marks| all(marks)) && !(orders && tickets(dialect));
    let known = DIALECTS.iter().find(is);
    let mut layout = Layout {
        dialect: known.unwrap_or(&GENERIC),
        headers,
        columns: [NOWHERE; Field::COUNT],
        seconds: [NOWHERE; Field::COUNT],
        guesses: [NOWHERE; Field::COUNT],
        missing: Vec::new(),
    };
    layout.take(find);
    if map.is_some_and(|map| layout.overrule(map, find)) || known.is_some() {
        return Found::Table(layout.into());
    }
    // What has a time in it is a row of the table, whatever words of a header stand there, too.
    if layout.headers.iter().any(|cell| Stamp::prefix(cell).is_some_and(|(_, end)| end == cell.len())) {
        layout.columns = [NOWHERE; Field::COUNT];
        return Found::Nothing(layout.into());
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
    fn a_list_of_refunds_is_no_list_of_orders() {
        let of = |line: &str| {
            let layout = table(line);
            let at = [Field::Part, Field::OrderId, Field::RefundAmount, Field::AfterSale].map(|field| layout.column(field));
            (layout.dialect.platform, layout.dialect.rows, at)
        };
        let taobao =
            "订单编号,退款编号,支付宝交易号,订单付款时间,买家会员名,买家实际支付金额,宝贝标题,买家退款金额,手工退款/系统退款,退款状态";
        assert_eq!(of(taobao), ("taobao", Rows::Ticket, [1, 0, 7, 9]));
        assert_eq!(of("退款单号,订单号,买家昵称,退款金额,退款状态"), ("generic", Rows::Ticket, [0, 1, 3, 4]));
        assert_eq!(of("订单编号,买家会员名,售后编号,退款金额(元),售后状态"), ("generic", Rows::Ticket, [2, 0, 3, 4]));
        let douyin = "售后单号,订单号,商品单号,商品名称,订单状态,支付时间,支付金额,退商品金额,退运费金额,售后状态,售后类型";
        assert_eq!(of(douyin), ("douyin", Rows::Ticket, [0, 1, 7, 9]));
        assert_eq!(of("服务单号,订单号,退款金额,服务单状态"), ("generic", Rows::Ticket, [0, 1, 2, 3]));
        assert_eq!(of("服务单号,内部订单号,线上订单号,实退金额"), ("generic", Rows::Ticket, [0, 1, 3, NOWHERE]));
        for orders in [
            "订单编号,买家昵称,下单时间,实付金额,退款金额,退款状态",
            "订单编号,买家会员名,买家实际支付金额,订单状态,订单付款时间,退款编号,退款金额",
            "订单号,交易状态,付款时间,实付金额,退款单号,退款金额,退款状态",
            "订单号,买家昵称,下单时间,订单金额,退款单号,退款金额",
        ] {
            assert_ne!(table(orders).dialect.rows, Rows::Ticket, "{orders}");
        }
    }

    #[test]
    fn programs_that_join_shops_have_two_order_numbers() {
        let named = |line: &str| table(line).named();
        let own = |field, header: &str| (field, String::from(header));
        assert_eq!(
            named("内部订单号,线上订单号,店铺,下单时间,付款日期,买家账号,应付金额,已付金额,状态"),
            [
                own("order_id", "内部订单号"),
                own("buyer", "买家账号"),
                own("created_at", "下单时间"),
                own("paid_at", "付款日期"),
                own("state", "状态"),
                own("ordered_amount", "应付金额"),
                own("paid_amount", "已付金额"),
            ]
        );
        assert_eq!(
            named("订单编号,店铺,原始单号,客户网名,付款时间,货品数量,货品名称,应收金额,已付金额"),
            [
                own("order_id", "订单编号"),
                own("buyer", "客户网名"),
                own("paid_at", "付款时间"),
                own("ordered_amount", "应收金额"),
                own("paid_amount", "已付金额"),
                own("title", "货品名称"),
                own("quantity", "货品数量"),
            ]
        );
        let shop_id = |line: &str| table(line).shop_id();
        assert_eq!([shop_id("内部订单号,线上订单号,店铺,已付金额"), shop_id("订单号,交易号,实付金额")], [1, NOWHERE]);
        assert_eq!(named("系统单号,已付金额"), [own("order_id", "系统单号"), own("paid_amount", "已付金额")]);
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
    fn a_row_with_a_time_is_no_header() {
        for row in ["k1,买家,退款,2026-03-01 10:00:00", "10:00,买家,实付"] {
            let Found::Nothing(layout) = recognise(&headers(row), None) else { panic!("{row}") };
            assert_eq!(layout.named(), [], "{row}");
        }
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
        // 货品 is what it is called, whatever 货品编号 is; a unit in brackets is no part of the name.
        let Found::Nothing(layout) = recognise(&headers("流水,货品,金额(元)"), None) else { panic!("unknown") };
        assert_eq!(layout.named(), [("paid_amount", "金额(元)".into()), ("title", "货品".into())]);
        assert_eq!(layout.guessed(), ["paid_amount"]);
    }

    #[test]
    fn a_map_overrules_field_by_field() {
        let read = |line: &str, map: &str| match recognise(&headers(line), Some(&Columns::parse(map).unwrap())) {
            Found::Table(layout) => *layout,
            _ => panic!("no table: {line}"),
        };
        let taobao = "订单编号,买家会员名,买家应付货款,总金额,买家实际支付金额,店铺名称";
        let layout = read(taobao, r#"{"paid_amount": "总金额", "buyer": "买家"}"#);
        assert_eq!((layout.dialect.platform, layout.column(Field::PaidAmount), layout.column(Field::Buyer)), ("taobao", 3, 1));
        assert_eq!((layout.column(Field::OrderedAmount), layout.column(Field::Shop)), (3, 5));
        assert_eq!(layout.missing, [("buyer", "买家".into())]);
        // None at all, neither the first nor the second best.
        let layout = read(taobao, r#"{"buyer": null, "ordered_amount": " "}"#);
        assert!(!layout.has(Field::Buyer) && !layout.has(Field::OrderedAmount) && layout.second(Field::OrderedAmount) == NOWHERE);
        assert!(layout.missing.is_empty());
        // What the map gives to one field of an unknown table is not found for another one.
        let layout = read("单子,日期,买家,数量", r#"{"order_id": "单子", "paid_at": "日期"}"#);
        let at = [Field::OrderId, Field::PaidAt, Field::CreatedAt, Field::Buyer, Field::Quantity].map(|field| layout.column(field));
        assert_eq!(at, [0, 1, NOWHERE, 2, 3]);
        let layout = read("订单号,日期,买家", r#"{"paid_amount": "实收", "order_id": "单号"}"#);
        assert_eq!((layout.column(Field::OrderId), layout.missing.len()), (0, 2));
    }
}
