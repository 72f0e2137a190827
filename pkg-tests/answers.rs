//! The known answers: every figure of `data/orders/answers.json` to 1e-9. They need that data (`HUASHU_DATA`, else `../shared/data`), which
//! is no part of this project: `make test` runs them where it is there and counts them as skipped elsewhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails panics")]

use huashu::metric::{Facts, Figures, Options, Refunded, day, measure};
use huashu::order::{self, Columns, OrderOptions, Orders};
use serde_json::Value;
use std::path::PathBuf;

const CDNOW: &str = r#"{"order_id": "order", "buyer": "cust", "created_at": "when", "paid_amount": "amt"}"#;
const RETAIL: &str = r#"{"order_id": "InvoiceNo", "buyer": "CustomerID", "created_at": "InvoiceDate", "sku": "StockCode",
    "quantity": "Quantity", "unit_price": "UnitPrice"}"#;

fn folder() -> PathBuf {
    let root =
        std::env::var_os("HUASHU_DATA").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    root.join("orders")
}

/// The orders of a file, through the package's own reader.
fn orders(folder: &std::path::Path, name: &str, columns: Option<&str>) -> Orders {
    let options = OrderOptions { columns: columns.map(|map| Columns::parse(map).unwrap()), ..OrderOptions::default() };
    let file = order::read(name, &std::fs::read(folder.join(name)).unwrap(), &options);
    assert_eq!(file.problems.count(), 0, "{:?}", file.problems.kept().first());
    file.orders
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
    let spread = |measure: &str| figures.tables.rfm_quantiles.iter().find(|s| s.measure == measure).unwrap();
    for (measure, key) in [("recency", "recency_days"), ("frequency", "frequency_days"), ("monetary", "monetary")] {
        let (ours, known) = (spread(measure), &known["rfm"][key]);
        for (q, ours) in [("0", ours.min), ("0.25", ours.q25), ("0.5", ours.median), ("0.75", ours.q75), ("0.9", ours.q90), ("1", ours.max)]
        {
            close(&format!("{measure} {q}"), ours, known[q].as_f64().unwrap());
        }
    }
    close("mean recency", spread("recency").mean, known["rfm"]["recency_mean"].as_f64().unwrap());
    close("mean monetary", spread("monetary").mean, known["rfm"]["monetary_mean"].as_f64().unwrap());
    let period = figures.get("orders.paid").unwrap().period.unwrap();
    assert_eq!(
        (period.from.to_string(), period.to.to_string()),
        (known["first_day"].as_str().unwrap().into(), known["last_day"].as_str().unwrap().into())
    );
}

fn answers(folder: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("answers.json")).unwrap()).unwrap()
}

fn figures(orders: Orders, options: &Options) -> Figures {
    measure(&Facts { orders, ..Facts::default() }, options)
}

#[test]
#[ignore = "needs real data: HUASHU_DATA"]
fn taobao_2019() {
    let folder = folder();
    let (known, read) = (answers(&folder), || orders(&folder, "taobao_2019_utf8bom.csv", None));
    let as_of = day("2019-07-01");
    let success = figures(read(), &Options { as_of, ..Options::default() });
    check(&success, &known["taobao_2019 (状态 交易成功)"]);
    let all = figures(read(), &Options { refunded: Refunded::Include, as_of, ..Options::default() });
    check(&all, &known["taobao_2019 (all paid)"]);
    let refunds = success.get("refund.order_rate").unwrap();
    let known = &known["taobao_2019 (状态 交易成功)"];
    close("refunds", refunds.numerator.unwrap(), known["refund_closed_orders"].as_f64().unwrap());
    close("refund.order_rate", refunds.value.unwrap(), known["refund_closed_rate"].as_f64().unwrap());
}

#[test]
#[ignore = "needs real data: HUASHU_DATA"]
fn cdnow_sample() {
    let folder = folder();
    let found = figures(orders(&folder, "cdnow_sample.csv", Some(CDNOW)), &Options::default());
    check(&found, &answers(&folder)["cdnow_sample"]);
}

#[test]
#[ignore = "needs real data: HUASHU_DATA"]
fn online_retail() {
    let folder = folder();
    let options = Options { drop_zero: true, known_buyers: true, ..Options::default() };
    let found = figures(orders(&folder, "online_retail_2010-12_2011-01.csv", Some(RETAIL)), &options);
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
