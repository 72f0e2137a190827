//! Order files from outside: every case of `pkg-tests/cases/orders`, and the real files where they are at hand.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test says so when something is not as it should be")]
use huashu::order::{self, Columns, NONE, OrderFile, OrderOptions, State};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Real orders, which are no part of this project: `HUASHU_DATA`, else `../shared/data`.
fn real(file: &str) -> Option<Vec<u8>> {
    let root = std::env::var_os("HUASHU_DATA").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = root.join("orders").join(file);
    let bytes = fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("skipped: {} is not there", path.display());
    }
    bytes
}

/// As the host decodes a file: a mark of the byte order decides, else UTF-8 where it is valid, else GB18030.
fn decode(bytes: &[u8]) -> String {
    let encoding = if str::from_utf8(bytes).is_ok() { encoding_rs::UTF_8 } else { encoding_rs::GB18030 };
    encoding.decode(bytes).0.into_owned()
}

fn answers() -> Option<serde_json::Value> {
    real("answers.json").map(|bytes| serde_json::from_slice(&bytes).unwrap())
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
fn taobao_teaching_file_in_both_encodings() {
    let Some(answers) = answers() else { return };
    for name in ["taobao_2019_gb18030.csv", "taobao_2019_utf8bom.csv"] {
        let Some(bytes) = real(name) else { return };
        let file = read(name, &bytes, None);
        assert_eq!((file.platform, file.rows, file.problems.count()), ("generic", 28_833, 0), "{:?}", file.problems.kept());
        agree(figures(&file, |_| true), &answers["taobao_2019 (all paid)"]);
        let good = figures(&file, |i| file.orders.state[i] == State::Received);
        agree(good, &answers["taobao_2019 (状态 交易成功)"]);
        assert!(file.orders.state.iter().all(|state| matches!(state, State::Received | State::Refunded)));
        assert!(file.orders.paid_at.iter().all(|&at| at != NONE));
    }
}

#[test]
fn cdnow_through_a_map_and_by_its_headers() {
    let (Some(answers), Some(bytes)) = (answers(), real("cdnow_sample.csv")) else { return };
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
fn retail_lines_become_orders() {
    let (Some(answers), Some(bytes)) = (answers(), real("online_retail_2010-12_2011-01.csv")) else { return };
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
    assert!(orders.excluded.iter().any(|&(reason, count)| reason == "return" && count > 0));
}
