//! Order files from outside: every case of `pkg-tests/cases/orders`, and the real files where they are at hand.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test says so when something is not as it should be")]
use huashu::{
    order::{self, BuyerKey, Columns, NONE, OrderFile, OrderOptions, OrderReader, Orders, State},
    time::Time,
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Real orders, which are no part of this project: `HUASHU_DATA`, else `../shared/data`. `make test` counts the tests that need them as
/// skipped where they are not there.
fn real(file: &str) -> Vec<u8> {
    let root = std::env::var_os("HUASHU_DATA").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    fs::read(root.join("orders").join(file)).unwrap()
}

/// As the host decodes a file: a mark of the byte order decides, else UTF-8 where it is valid, else GB18030.
fn decode(bytes: &[u8]) -> String {
    let encoding = if str::from_utf8(bytes).is_ok() { encoding_rs::UTF_8 } else { encoding_rs::GB18030 };
    encoding.decode(bytes).0.into_owned()
}

fn answers() -> serde_json::Value {
    serde_json::from_slice(&real("answers.json")).unwrap()
}

fn read(name: &str, bytes: &[u8], columns: Option<&str>) -> OrderFile {
    let columns = columns.map(|json| Columns::parse(json).unwrap());
    order::read(name, decode(bytes).as_bytes(), &OrderOptions { columns, ..Default::default() })
}

/// Orders, buyers and yuan of the orders that `keep` keeps.
fn figures(file: &OrderFile, keep: impl Fn(usize) -> bool) -> (usize, usize, f64) {
    let orders = &file.orders;
    let kept: Vec<usize> = (0..orders.len()).filter(|&i| keep(i)).collect();
    let buyers: BTreeSet<u32> = kept.iter().map(|&i| orders.buyer[i]).collect();
    (kept.len(), buyers.len(), kept.iter().map(|&i| orders.paid_amount[i]).sum::<i64>() as f64 / 100.0)
}

fn agree(figures: (usize, usize, f64), answer: &serde_json::Value) {
    assert_eq!(figures.0 as u64, answer["orders"].as_u64().unwrap(), "orders");
    assert_eq!(figures.1 as u64, answer["customers"].as_u64().unwrap(), "buyers");
    assert!((figures.2 - answer["revenue"].as_f64().unwrap()).abs() < 1e-9 * figures.2, "{} yuan", figures.2);
}

#[test]
fn a_problem_quotes_its_cell_to_readers_of_either_language() {
    let read = order::read("a.csv", "订单编号,买家会员名,买家实际支付金额\n1,小周,10 / 20\n".as_bytes(), &Default::default());
    let halves: Vec<_> = read.problems.kept()[0].message().split(" / ").collect();
    assert_eq!(halves, ["「10/20」：这一格不是数字，按未知处理", "\"10/20\": this cell is no number; taken as unknown"]);
}

#[test]
fn a_receiver_is_one_buyer_however_the_address_is_spaced() {
    let csv = "订单号,收货人,收货地址,实付金额
1,林间,浙江省 杭州市 西湖区 青石路 12号,10
2,林间,浙江省杭州市西湖区青石路１２号,10
3,江南,浙江省杭州市西湖区青石路12号,10
4,林间,浙江省杭州市西湖区青石路,10
5,林间,浙江省杭州市西湖区青石,10
";
    let read = order::read("a.csv", csv.as_bytes(), &OrderOptions { buyer: BuyerKey::Receiver, ..Default::default() });
    assert_eq!(read.orders.buyer, [0, 0, 1, 2, 3]);
}

#[test]
#[ignore = "needs real data: HUASHU_DATA"]
fn taobao_teaching_file_in_both_encodings() {
    let answers = answers();
    for name in ["taobao_2019_gb18030.csv", "taobao_2019_utf8bom.csv"] {
        let file = read(name, &real(name), None);
        assert_eq!((file.platform, file.rows, file.problems.count()), ("generic", 28_833, 0), "{:?}", file.problems.kept());
        agree(figures(&file, |_| true), &answers["taobao_2019 (all paid)"]);
        let good = figures(&file, |i| file.orders.state[i] == State::Received);
        agree(good, &answers["taobao_2019 (状态 交易成功)"]);
        assert!(file.orders.state.iter().all(|state| matches!(state, State::Received | State::Refunded)));
        assert!(file.orders.paid_at.iter().all(|&at| at != NONE));
    }
}

#[test]
#[ignore = "needs real data: HUASHU_DATA"]
fn cdnow_through_a_map_and_by_its_headers() {
    let (answers, bytes) = (answers(), real("cdnow_sample.csv"));
    for map in [
        r#"{"order_id": "order", "buyer": "cust", "created_at": "when", "paid_amount": "amt"}"#,
        r#"{"buyer": "cust", "created_at": "when", "paid_amount": "amt"}"#,
    ] {
        let file = read("cdnow.csv", &bytes, Some(map));
        assert_eq!((file.rows, file.problems.count()), (6919, 0));
        agree(figures(&file, |_| true), &answers["cdnow_sample"]);
    }
    agree(figures(&read("cdnow.csv", &bytes, None), |_| true), &answers["cdnow_sample"]);
}

#[test]
#[ignore = "needs real data: HUASHU_DATA"]
fn retail_lines_become_orders() {
    let (answers, bytes) = (answers(), real("online_retail_2010-12_2011-01.csv"));
    let file = read("retail.csv", &bytes, None);
    let orders = &file.orders;
    assert_eq!(file.problems.count(), 0, "{:?}", file.problems.kept());
    // --drop-zero: orders of nothing but lines of amount 0 go.
    let mut worth = vec![false; orders.len()];
    for (&order, &amount) in orders.lines.order.iter().zip(&orders.lines.amount) {
        worth[order as usize] |= amount != 0;
    }
    let answer = answers.as_object().unwrap().iter().find(|(name, _)| name.starts_with("online_retail")).unwrap().1;
    agree(figures(&file, |i| worth[i] && orders.buyer[i] != u32::MAX), answer);
    assert!(orders.excluded().iter().any(|&(reason, count)| reason == "return" && count > 0));
}

/// A case: what one file, or several merged, must give. Times are written as in JSON reports, amounts in yuan; an absent field is unknown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Read in this order and merged; by default the case's own file.
    #[serde(default)]
    files: Vec<String>,
    /// The user's column map.
    map: Option<serde_json::Value>,
    /// `phone` or `receiver`: the substitute key that the user chose.
    buyer: Option<String>,
    platform: Option<String>,
    rows: Option<u64>,
    /// Orders that the file speaks of, where they are not those below.
    count: Option<usize>,
    columns: Option<BTreeMap<String, String>>,
    orders: Vec<Order>,
    lines: Option<Vec<Line>>,
    /// The orders that count as paid, where that is the point of the case.
    paid: Option<Vec<String>>,
    #[serde(default)]
    excluded: BTreeMap<String, u64>,
    problems: Vec<Problem>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Order {
    id: String,
    buyer: Option<String>,
    created_at: Option<String>,
    paid_at: Option<String>,
    received_at: Option<String>,
    state: Option<String>,
    ordered_amount: Option<f64>,
    paid_amount: Option<f64>,
    refund_amount: Option<f64>,
}

#[derive(Debug, Default, PartialEq, PartialOrd, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Line {
    order: String,
    sku: Option<String>,
    quantity: Option<f64>,
    amount: Option<f64>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Problem {
    code: String,
    line: Option<u32>,
    column: Option<u32>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pkg-tests/cases/orders")
}

fn cases() -> Vec<(String, Case)> {
    let mut names: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|e| e == "json"));
    names.sort();
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    let case = |path: &PathBuf| serde_json::from_slice(&fs::read(path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    names.iter().map(|path| (name(path), case(path))).collect()
}

impl Case {
    fn files(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        let own = [format!("{name}.csv")];
        let files = if self.files.is_empty() { &own[..] } else { &self.files };
        files.iter().map(|file| (file.clone(), fs::read(folder().join(file)).unwrap())).collect()
    }

    fn options(&self) -> OrderOptions {
        let columns = self.map.as_ref().map(|map| Columns::parse(&map.to_string()).unwrap());
        let buyer = match self.buyer.as_deref() {
            None => BuyerKey::Account,
            Some("phone") => BuyerKey::Phone,
            Some("receiver") => BuyerKey::Receiver,
            Some(other) => panic!("no such key: {other}"),
        };
        OrderOptions { columns, buyer }
    }
}

/// Known orders, their numbers aside, in the order of their numbers.
fn orders_of(orders: &Orders) -> Vec<Order> {
    let time = |seconds: i64| (seconds != NONE).then(|| Time::from_seconds(seconds).to_string());
    let yuan = |cents: i64| (cents != NONE).then(|| cents as f64 / 100.0);
    let mut all: Vec<Order> = (0..orders.len())
        .map(|i| Order {
            id: orders.ids.get(i as u32).unwrap().into(),
            buyer: orders.buyers.get(orders.buyer[i]).map(Into::into),
            created_at: time(orders.created_at[i]),
            paid_at: time(orders.paid_at[i]),
            received_at: time(orders.received_at[i]),
            state: Some(format!("{:?}", orders.state[i]).to_lowercase()),
            ordered_amount: yuan(orders.ordered_amount[i]),
            paid_amount: yuan(orders.paid_amount[i]),
            refund_amount: yuan(orders.refund_amount[i]),
        })
        .collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

fn lines_of(orders: &Orders) -> Vec<Line> {
    let lines = &orders.lines;
    let known = |value: i64, unit: f64| (value != NONE).then(|| value as f64 / unit);
    let mut all: Vec<Line> = (0..lines.order.len())
        .map(|i| Line {
            order: orders.ids.get(lines.order[i]).unwrap().into(),
            sku: orders.skus.get(lines.sku[i]).map(Into::into),
            quantity: known(lines.quantity[i], 1000.0),
            amount: known(lines.amount[i], 100.0),
        })
        .collect();
    all.sort_by(|a, b| a.partial_cmp(b).unwrap());
    all
}

fn problems_of(file: &OrderFile) -> Vec<Problem> {
    let problem = |e: &huashu::Error| Problem { code: e.code().into(), line: e.line(), column: e.column() };
    file.problems.kept().iter().map(problem).collect()
}

fn check(name: &str, case: &mut Case, read: impl Fn(&str, &[u8], &OrderOptions) -> OrderFile) {
    let options = case.options();
    let mut orders = Orders::default();
    let mut problems = Vec::new();
    for (file, bytes) in case.files(name) {
        let file = read(&file, &bytes, &options);
        if case.files.is_empty() {
            assert_eq!(Some(file.platform), case.platform.as_deref().or(Some("generic")), "{name}");
            assert_eq!(file.rows, case.rows.unwrap_or(0), "{name}: rows");
            assert_eq!(file.count, case.count.unwrap_or(case.orders.len()), "{name}: orders");
            if let Some(columns) = &case.columns {
                let found: BTreeMap<String, String> =
                    file.columns.iter().map(|(field, header)| ((*field).into(), header.clone())).collect();
                assert_eq!(&found, columns, "{name}");
            }
        }
        problems.extend(problems_of(&file));
        orders.merge(file.orders);
    }
    case.orders.sort_by(|a, b| a.id.cmp(&b.id));
    for order in &mut case.orders {
        order.state.get_or_insert_with(|| "unknown".into());
    }
    assert_eq!(orders_of(&orders), case.orders, "{name}");
    if let Some(lines) = &mut case.lines {
        lines.sort_by(|a, b| a.partial_cmp(b).unwrap());
        assert_eq!(&lines_of(&orders), lines, "{name}");
    }
    if let Some(wanted) = &case.paid {
        let paid = (0..orders.len()).filter(|&i| orders.standing(i).unwrap().paid);
        assert_eq!(&paid.map(|i| orders.ids.get(i as u32).unwrap().to_string()).collect::<Vec<_>>(), wanted, "{name}");
    }
    let excluded: BTreeMap<String, u64> = orders.excluded().iter().map(|&(reason, count)| (reason.into(), count)).collect();
    assert_eq!(excluded, case.excluded, "{name}");
    assert_eq!(problems, case.problems, "{name}");
}

#[test]
fn cases_as_they_stand() {
    let mut cases = cases();
    assert!(cases.len() >= 25);
    for (name, case) in &mut cases {
        check(name, case, order::read);
    }
}

#[test]
fn cases_with_a_mark_of_the_byte_order() {
    for (name, case) in &mut cases() {
        check(name, case, |file, bytes, options| order::read(file, &["\u{feff}".as_bytes(), bytes].concat(), options));
    }
}

#[test]
fn cases_in_gb18030() {
    for (name, case) in &mut cases() {
        check(name, case, |file, bytes, options| {
            let (encoded, ..) = encoding_rs::GB18030.encode(str::from_utf8(bytes).unwrap());
            order::read(file, encoding_rs::GB18030.decode(&encoded).0.as_bytes(), options)
        });
    }
}

#[test]
fn cases_in_slices() {
    for size in [1, 7, 64] {
        for (name, case) in &mut cases() {
            check(name, case, |file, bytes, options| {
                let mut reader = OrderReader::new(file, options);
                bytes.chunks(size).for_each(|slice| reader.push(slice));
                reader.finish()
            });
        }
    }
}

#[test]
fn cases_with_other_line_ends_and_without_the_last() {
    for (name, case) in &mut cases() {
        check(name, case, |file, bytes, options| {
            // Line ends inside of quotes stay what they are to the figures; `\r\n` must not become `\r\r\n`.
            let text = str::from_utf8(bytes).unwrap().replace("\r\n", "\n").replace('\n', "\r\n");
            order::read(file, text.trim_end().as_bytes(), options)
        });
    }
}

#[test]
fn merged_in_any_order_and_twice() {
    for (name, case) in cases().iter().filter(|(_, case)| case.files.len() > 1) {
        let read: Vec<Orders> = case.files(name).iter().map(|(file, bytes)| order::read(file, bytes, &case.options()).orders).collect();
        let merged = |files: Vec<Orders>| {
            files.into_iter().fold(Orders::default(), |mut all, one| {
                all.merge(one);
                all
            })
        };
        let there = merged(read.clone());
        let back = merged(read.iter().rev().cloned().collect());
        let twice = merged([read.clone(), read].concat());
        for other in [&back, &twice] {
            assert_eq!(orders_of(&there), orders_of(other), "{name}");
            assert_eq!(lines_of(&there), lines_of(other), "{name}");
            assert_eq!(there.fields, other.fields, "{name}");
        }
    }
}

#[test]
fn bytes_per_row_are_as_documented() {
    // One order and one line per row: 55 and 24 bytes, and the names of the order and its buyer with at most 25 bytes for each; vectors have
    // up to as much again as room for growth.
    let rows = 200_000;
    let mut text = String::from("订单编号,买家昵称,付款时间,实付金额,商品编码,数量\n");
    for i in 0..rows {
        text.push_str(&format!("{},b{i:06},2026-01-01 00:00:00,1.00,s{},1\n", 1_000_000_000 + i, i % 50));
    }
    let file = order::read("a.csv", text.as_bytes(), &OrderOptions::default());
    assert_eq!(file.rows, rows);
    let bytes = file.orders.memory() as f64 / rows as f64;
    let least = (55 + 24 + (10 + 14) + (7 + 14)) as f64;
    assert!(bytes > least && bytes < 2.0 * least, "{bytes} bytes per row, {least} without room for growth");
}

#[test]
fn what_is_expected_makes_room_and_changes_nothing_else() {
    let mut text = String::from("订单编号,买家昵称,付款时间,实付金额\n");
    for i in 0..20_000 {
        text.push_str(&format!("{},b{},2026-01-01 00:00:00,{i}.50\n", 1_000_000_000 + i, i % 700));
    }
    let read = |expected: u64| {
        let mut reader = OrderReader::new("a.csv", &OrderOptions::default());
        reader.expect(expected);
        text.as_bytes().chunks(100_000).for_each(|slice| reader.push(slice));
        reader.finish().orders
    };
    let size = text.len() as u64;
    let plain = read(0);
    for expected in [1, size / 2, size, 3 * size] {
        let orders = read(expected);
        assert!(orders_of(&orders) == orders_of(&plain), "{expected} bytes expected");
    }
    assert!(read(size).memory() < plain.memory(), "no room for as many again");
    assert!(read(3 * size).memory() > plain.memory(), "room was made");
}

#[test]
fn wrong_bytes_cost_their_cell_only() {
    let text =
        [b"order id,buyer,date,amount\n1,a\xff\xfeb,2026-01-01,1\n2,c,2026-01-0\xff,2\n".as_slice(), "3,小满,2026-01-03,３\n".as_bytes()]
            .concat();
    let file = order::read("a.csv", &text, &OrderOptions::default());
    let problem = |code: &str, line, column| Problem { code: code.into(), line: Some(line), column: Some(column) };
    assert_eq!(problems_of(&file), [problem("broken-character", 2, 3), problem("bad-time", 3, 5)]);
    let orders = orders_of(&file.orders);
    let buyers: Vec<&str> = orders.iter().map(|order| order.buyer.as_deref().unwrap()).collect();
    assert_eq!(buyers, ["a\u{fffd}\u{fffd}b", "c", "小满"]);
    assert_eq!(orders.iter().map(|order| order.paid_amount.unwrap()).sum::<f64>(), 6.0);
}

#[test]
fn files_of_another_kind_are_named() {
    let utf16: Vec<u8> = "订单编号,金额\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (gb18030, ..) = encoding_rs::GB18030.encode("订单编号,买家会员名,买家实际支付金额\n1,小满,3\n");
    for (bytes, code) in [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), "not-a-table"),
        (b"PK\x03\x04\x14\0\x06\0", "not-a-table"),
        (b"%PDF-1.7", "not-a-table"),
        (&utf16, "wrong-encoding"),
        (&gb18030, "wrong-encoding"),
        ("客服：您好\n买家：在吗\n".as_bytes(), "not-orders"),
        (br#"{"id": "1", "messages": []}"#, "not-orders"),
        (b"", "empty-file"),
        (b" \r\n\n  \n", "empty-file"),
        (b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "not-a-table"),
        (br"{\rtf1\ansi }", "not-a-table"),
        ("订单编号|付款时间\n1|2026-01-01 10:00:00\n2|2026-01-02 10:00:00\n".as_bytes(), "no-order-columns"),
        ("请勿外传\n".as_bytes(), "no-order-columns"),
    ] {
        let file = order::read("a.csv", bytes, &OrderOptions::default());
        assert_eq!(file.problems.kept().iter().map(|e| e.code()).collect::<Vec<_>>(), [code]);
        assert!(file.orders.is_empty());
        // A map of columns helps a table only.
        let one_column = file.problems.kept().iter().any(|e| e.message().contains("只有一列"));
        assert_eq!(one_column, code == "no-order-columns", "{file:?}");
    }
}

/// Words of a header in a message below an unknown header do not make its row the header.
#[test]
fn a_word_of_a_row_makes_no_header() {
    for (text, headers) in [
        ("aa,bb,cc,dd\nk1,小鹿,在吗,2026-03-01 10:00:00\nk1,买家,退款,2026-03-01 10:00:10\n", "aa,bb,cc,dd"),
        ("p1,p2,p3\nk1,小鹿,在吗\nk1,小鹿,退款金额\n", "p1,p2,p3"),
        ("p1,p2,p3\n10:00,买家,在吗\n10:01,买家,总金额\n", "p1,p2,p3"),
        // Below a title it is one.
        ("三月,,,,\n单,退款金额,谁,备注,\n1,5,小鹿,无,\n", "单,退款金额,谁,备注"),
    ] {
        let file = order::read("a.csv", text.as_bytes(), &OrderOptions::default());
        assert_eq!(file.headers, headers.split(',').collect::<Vec<_>>());
        assert!(file.problems.kept().iter().all(|problem| problem.code() == "no-order-columns"), "{text}");
    }
}

#[test]
fn damage_costs_its_rows_only_and_has_a_place() {
    const HEADER: &str = "订单编号,买家会员名,买家实际支付金额,订单状态,订单付款时间\n";
    let row = |id: u32| format!("{id},小满,10,交易成功,2026-03-01 10:00:00\n");
    let table = |middle: &str| format!("{HEADER}{}{middle}{}", row(1), row(3));
    let long = "x".repeat(200 << 10);
    let tail = "\0".repeat(4096);
    for (text, ids, problems) in [
        (table("2,\"小满,10,交易成功,2026-03-01 10:00:00\n"), "1 3", vec![("unclosed-quote", Some(3))]),
        (table(&row(2)).replace(',', "\0,\0"), "1 2 3", (2..=4).map(|line| ("nul-bytes", Some(line))).collect()),
        (table("\0\0\0\0\0\n"), "1 3", vec![("nul-bytes", Some(3))]),
        (table(&tail), "1 3", vec![("nul-bytes", Some(3))]),
        (format!("{HEADER}{}{tail}", row(1)), "1", vec![("nul-bytes", Some(3))]),
        // Broken characters, decoded so or wrong in UTF-8 (below).
        (table("2,小\u{fffd}满,10,交易成功,2026-03-01\n"), "1 2 3", vec![("broken-character", Some(3))]),
        (format!("{}\r\n{}\r{}", HEADER.trim_end(), row(1).trim_end(), row(2)), "1 2", vec![]),
        (format!("{HEADER}{}2,小满,10,交易", row(1)), "1", vec![("row-too-short", Some(3))]),
        (format!("{HEADER}{}2,\"小满", row(1)), "1", vec![("unclosed-quote", Some(3))]),
        (table(&format!("2,{long},10,交易成功,2026-03-01\n")), "1 3", vec![("cell-too-large", Some(3))]),
        (table(&format!("2,{},10,交易成功,2026-03-01\n", long.repeat(6))), "1 3", vec![("row-too-large", Some(3))]),
        (table(&format!("{}\n", "2,".repeat(10_000))), "1 3", vec![("row-too-long", Some(3))]),
        (format!("\"{}{}", table(""), row(4)), "", vec![("unclosed-quote", Some(1)), ("no-order-columns", None)]),
        ("x".repeat(2 << 20), "", vec![("row-too-large", Some(1))]),
        // As many columns as a sheet of Excel can have.
        (format!("{}{}\n1,小满,10,交易成功,2026-03-01{}\n", HEADER.trim_end(), ",x".repeat(16_000), ",x".repeat(16_000)), "1", vec![]),
    ] {
        let file = order::read("a.csv", text.as_bytes(), &OrderOptions::default());
        let start: String = text.chars().skip(70).take(90).collect();
        assert_eq!(orders_of(&file.orders).iter().map(|order| order.id.as_str()).collect::<Vec<_>>().join(" "), ids, "{start}");
        let found: Vec<_> = file.problems.kept().iter().map(|e| (e.code(), e.line())).collect();
        assert_eq!(found, problems, "{start}");
    }
}

/// NUL bytes and broken characters are listed with their place and counted, wherever slices are cut and however often they come.
#[test]
fn damaged_cells_are_listed_and_counted() {
    let mut bytes = "订单编号,买家会员名,宝贝标题,宝贝总数量,买家实际支付金额,备注\n".as_bytes().to_vec();
    for id in 0..20_000_u32 {
        let text: &[u8] = match id {
            9_000 => b"9000,\xe5\xb0\xff,",
            // The same name again, and one that was decoded elsewhere.
            9_001 => b"9001,\xe5\xb0\xff,",
            9_002 => "9002,\u{fffd}\u{fffd},".as_bytes(),
            9_003 => b"9003,\0a\0,",
            // Nobody reads the remark.
            9_004 => b"9004,a,b,1,10,\xff\xff\n",
            _ => b"",
        };
        let rest: &[u8] = if text.ends_with(b"\n") { b"" } else { "灰色\u{e6}毯子,1,10,无\n".as_bytes() };
        bytes.extend_from_slice(if text.is_empty() { b"" } else { text });
        if text.is_empty() {
            bytes.extend_from_slice(format!("{id},甲,").as_bytes());
        }
        bytes.extend_from_slice(rest);
    }
    for size in [7, 1000, usize::MAX] {
        let mut reader = OrderReader::new("a.csv", &OrderOptions::default());
        bytes.chunks(size).for_each(|slice| reader.push(slice));
        let file = reader.finish();
        let found: Vec<_> = file.problems.kept().iter().map(|e| (e.code(), e.line(), e.column())).collect();
        let broken = |line| ("broken-character", Some(line), Some(6));
        assert_eq!(found, [broken(9_002), broken(9_003), broken(9_004), ("nul-bytes", Some(9_005), Some(1))], "{size}");
        assert_eq!((file.damaged, file.count), (vec![("nul-bytes", 2), ("broken-characters", 3)], 20_000));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    /// Bytes changed, lost and put in anywhere: never a panic, and the same result however the file is cut.
    #[test]
    fn damage_anywhere(
        pick in 0_usize..1000,
        damage in proptest::collection::vec((0_usize..5000, 0_usize..40, proptest::collection::vec(proptest::sample::select(b"\"\"\",,\n\r=\0\t;\xffA1-".to_vec()), 0..4)), 0..6),
        size in 1_usize..300,
    ) {
        let mut files: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "csv")).collect();
        files.sort();
        let mut bytes = fs::read(&files[pick % files.len()]).unwrap();
        for (at, lost, new) in damage {
            let at = at % bytes.len().max(1);
            let end = (at + lost).min(bytes.len());
            bytes.splice(at..end, new);
        }
        let whole = order::read("a.csv", &bytes, &OrderOptions::default());
        let mut reader = OrderReader::new("a.csv", &OrderOptions::default());
        bytes.chunks(size).for_each(|slice| reader.push(slice));
        let sliced = reader.finish();
        proptest::prop_assert_eq!(orders_of(&whole.orders), orders_of(&sliced.orders));
        proptest::prop_assert_eq!(lines_of(&whole.orders), lines_of(&sliced.orders));
        proptest::prop_assert_eq!(problems_of(&whole), problems_of(&sliced));
        proptest::prop_assert_eq!(whole.rows, sliced.rows);
    }
}
