//! The known answers: every figure of `data/orders/answers.json` to 1e-9. Needs the data, and says so where it is absent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails panics")]

use huashu::metric::{Facts, Figures, Options, Refunded, day, measure};
use huashu::order::{NONE, Orders, State};
use huashu::time::{Day, Time};
use serde_json::Value;
use std::path::PathBuf;

fn folder() -> Option<PathBuf> {
    let root =
        std::env::var_os("HUASHU_DATA").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let orders = root.join("orders");
    if !orders.join("answers.json").exists() {
        eprintln!("skipped: {} is absent (set HUASHU_DATA)", orders.display());
        return None;
    }
    Some(orders)
}

/// A row of a simple CSV file (quotes, no line breaks in cells).
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.trim_end_matches('\r').chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

fn cents(text: &str) -> i64 {
    (text.parse::<f64>().unwrap() * 100.0).round() as i64
}

fn seconds(text: &str) -> i64 {
    let (date, time) = text.split_once(' ').unwrap_or((text, "00:00:00"));
    let time: Vec<i64> = time.split('.').next().unwrap().split(':').map(|n| n.parse().unwrap()).collect();
    let Day(days) = day(date).unwrap();
    Time::from_seconds(i64::from(days) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]).seconds()
}

/// An order without anything but its number, to be filled in.
fn blank(orders: &mut Orders, id: &str) -> usize {
    let known = orders.ids.find(id);
    let at = orders.ids.intern(id) as usize;
    if known.is_none() {
        orders.buyer.push(u32::MAX);
        orders.created_at.push(NONE);
        orders.paid_at.push(NONE);
        orders.received_at.push(NONE);
        orders.state.push(State::Unknown);
        orders.ordered_amount.push(NONE);
        orders.paid_amount.push(NONE);
        orders.refund_amount.push(NONE);
    }
    at
}

fn taobao(text: &str) -> Orders {
    let mut orders = Orders::default();
    orders.fields.buyer = true;
    orders.fields.paid_at = true;
    orders.fields.state = true;
    orders.fields.paid_amount = true;
    for (number, line) in text.lines().enumerate().skip(1) {
        let row = cells(line);
        let at = blank(&mut orders, &number.to_string());
        orders.buyer[at] = orders.buyers.intern(&row[1]);
        orders.paid_at[at] = seconds(&row[2]);
        orders.state[at] = if row[3] == "交易成功" { State::Received } else { State::Refunded };
        orders.paid_amount[at] = cents(&row[4]);
    }
    orders
}

fn cdnow(text: &str) -> Orders {
    let mut orders = Orders::default();
    orders.fields.buyer = true;
    orders.fields.created_at = true;
    orders.fields.paid_amount = true;
    for line in text.lines().skip(1) {
        let row = cells(line);
        let at = blank(&mut orders, &row[0]);
        orders.buyer[at] = orders.buyers.intern(&row[1]);
        orders.created_at[at] = seconds(&row[2]);
        orders.paid_amount[at] = cents(&row[4]);
    }
    orders
}

fn retail(text: &str) -> Orders {
    let mut orders = Orders::default();
    orders.fields.buyer = true;
    orders.fields.created_at = true;
    orders.fields.paid_amount = true;
    orders.fields.sku = true;
    orders.fields.quantity = true;
    for line in text.lines().skip(1) {
        let row = cells(line);
        let quantity: i64 = row[3].parse().unwrap();
        if quantity < 0 || row[0].starts_with('C') {
            continue;
        }
        let at = blank(&mut orders, &row[0]);
        if !row[6].is_empty() {
            orders.buyer[at] = orders.buyers.intern(&row[6]);
        }
        orders.created_at[at] = seconds(&row[4]);
        let amount = cents(&row[5]) * quantity;
        orders.paid_amount[at] = orders.paid_amount[at].max(0) + amount;
        orders.lines.order.push(at as u32);
        orders.lines.sku.push(orders.skus.intern(&row[1]));
        orders.lines.quantity.push(quantity * 1000);
        orders.lines.amount.push(amount);
    }
    orders
}

fn close(what: &str, ours: f64, known: f64) {
    assert!((ours - known).abs() <= 1e-9 * known.abs().max(1.0), "{what}: {ours} against {known}");
}

fn check(figures: &Figures, known: &Value) {
    let value = |id: &str| figures.get(id).unwrap().value.unwrap_or_else(|| panic!("{id}: {:?}", figures.get(id)));
    for (id, key) in [
        ("orders.buyers", "customers"),
        ("orders.paid", "orders"),
        ("orders.purchase_days", "purchase_days"),
        ("sales.paid_amount", "revenue"),
        ("sales.per_order", "aov_order"),
        ("sales.per_buyer", "per_customer"),
        ("repurchase.customer_rate_unmerged", "cust_rate_raw"),
        ("repurchase.customer_rate", "cust_rate_day"),
        ("repurchase.returning_rate", "cust_rate_day"),
        ("repurchase.order_rate", "order_rate_raw"),
        ("repurchase.order_rate_merged", "order_rate_day"),
        ("cycle.customer", "cycle_mean_of_means_days"),
        ("cycle.customer_pooled", "cycle_pooled_days"),
    ] {
        close(id, value(id), known[key].as_f64().unwrap());
    }
    let numerator = |id: &str| figures.get(id).unwrap().numerator.unwrap();
    close("returning buyers", numerator("repurchase.customer_rate"), known["customers_ge2_purchase_days"].as_f64().unwrap());
    close("buyers with two orders", numerator("repurchase.customer_rate_unmerged"), known["customers_ge2_orders"].as_f64().unwrap());
    close("gaps", figures.get("cycle.customer_pooled").unwrap().denominator.unwrap(), known["gaps"].as_f64().unwrap());
    let period = figures.get("orders.paid").unwrap().period.unwrap();
    assert_eq!(
        (period.from.to_string(), period.to.to_string()),
        (known["first_day"].as_str().unwrap().into(), known["last_day"].as_str().unwrap().into())
    );
}

fn answers(folder: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("answers.json")).unwrap()).unwrap()
}

fn read(folder: &std::path::Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn figures(orders: Orders, options: &Options) -> Figures {
    measure(&Facts { orders, contacts: Vec::new() }, options)
}

#[test]
fn taobao_2019() {
    let Some(folder) = folder() else { return };
    let (known, text) = (answers(&folder), read(&folder, "taobao_2019_utf8bom.csv"));
    let as_of = day("2019-07-01");
    let success = figures(taobao(&text), &Options { as_of, ..Options::default() });
    check(&success, &known["taobao_2019 (状态 交易成功)"]);
    let all = figures(taobao(&text), &Options { refunded: Refunded::Include, as_of, ..Options::default() });
    check(&all, &known["taobao_2019 (all paid)"]);
    let refunds = success.get("refund.order_rate").unwrap();
    let known = &known["taobao_2019 (状态 交易成功)"];
    close("refunds", refunds.numerator.unwrap(), known["refund_closed_orders"].as_f64().unwrap());
    close("refund.order_rate", refunds.value.unwrap(), known["refund_closed_rate"].as_f64().unwrap());
}

#[test]
fn cdnow_sample() {
    let Some(folder) = folder() else { return };
    let found = figures(cdnow(&read(&folder, "cdnow_sample.csv")), &Options::default());
    check(&found, &answers(&folder)["cdnow_sample"]);
}

#[test]
fn online_retail() {
    let Some(folder) = folder() else { return };
    let options = Options { drop_zero: true, known_buyers: true, ..Options::default() };
    let found = figures(retail(&read(&folder, "online_retail_2010-12_2011-01.csv")), &options);
    let known = &answers(&folder)["online_retail_2010-12_2011-01"];
    check(&found, known);
    let cycle = found.get("cycle.product").unwrap();
    close("pairs", cycle.denominator.unwrap(), known["sku_cycle"]["pairs"].as_f64().unwrap());
    close("cycle.product", cycle.value.unwrap(), known["sku_cycle"]["mean_over_pairs"].as_f64().unwrap());
    let table = &found.tables.cycle_product;
    close("skus", table.len() as f64, known["sku_cycle"]["skus"].as_f64().unwrap());
    for (sku, row) in known["sku_cycle"]["top"].as_object().unwrap() {
        let ours = table.iter().find(|r| r.sku == *sku).unwrap();
        close(sku, ours.mean, row["mean"].as_f64().unwrap());
        close(sku, ours.pairs as f64, row["pairs"].as_f64().unwrap());
    }
}
