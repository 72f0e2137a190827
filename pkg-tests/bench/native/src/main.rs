//! `huashu-bench WORK FILE SECONDS [BOOK]`: does a piece of work again and again for so long, and prints JSON of the milliseconds of each
//! run, by the clock and of the processor, of what came out, and of the most memory that was used.

use huashu::{
    book::Book,
    chat,
    metric::{self, Facts},
    order,
    report::SignalLine,
};
use huashu_bench::{Words, fields};
use std::{env, fs, time::Instant};

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let [_, work, file, seconds, rest @ ..] = arguments.as_slice() else { panic!("huashu-bench WORK FILE SECONDS [BOOK]") };
    let bytes = fs::read(file).expect("the file is there");
    let seconds: f64 = seconds.parse().expect("a number of seconds");
    let text = rest.first().map(|name| fs::read_to_string(name).expect("the book is there"));
    let book = match &text {
        Some(text) if work == "signals" => Book::parse("book.toml", text).expect("the book loads"),
        _ => Book::standard(),
    };
    let chats = if work == "signals" { chat::read("chats.txt", &bytes, &Default::default()).conversations } else { Vec::new() };
    let lines = || chats.iter().map(|conversation| serde_json::to_string(&SignalLine { book: &book, conversation }).unwrap_or_default());
    let pairs: usize = lines().map(|line| found(&line)).sum();
    let words = text.filter(|_| work == "bare-words").map(|text| Words::new(&text));
    let start = Instant::now();
    let (mut times, mut cpu, mut result) = (Vec::new(), Vec::new(), serde_json::Value::Null);
    while times.len() < 3 || start.elapsed().as_secs_f64() < seconds {
        let (begun, used) = (Instant::now(), on_processor());
        result = match work.as_str() {
            "bare-csv" => serde_json::json!({ "fields": fields(&bytes) }),
            "bare-words" => serde_json::json!({ "hits": words.as_ref().map(|words| words.count(&bytes)) }),
            "read-orders" => serde_json::json!({ "orders": order::read("orders.csv", &bytes, &Default::default()).orders.len() }),
            "read-chats" => serde_json::json!({ "conversations": chat::read("chats.txt", &bytes, &Default::default()).conversations.len() }),
            "figures" => {
                let orders = order::read("orders.csv", &bytes, &Default::default()).orders;
                let figures = metric::measure(&Facts { orders, ..Default::default() }, &Default::default());
                let value = |id: &str| figures.get(id).and_then(|figure| figure.value);
                serde_json::json!({
                    "orders": value("orders.paid"), "buyers": value("orders.buyers"), "sales": value("sales.paid_amount"),
                    "repurchase": value("repurchase.customer_rate"), "cycle": value("cycle.customer"),
                })
            }
            "signals" => {
                assert!(lines().map(|line| line.len()).sum::<usize>() > 0, "there are chats");
                serde_json::json!({ "pairs": pairs })
            }
            _ => panic!("no such work"),
        };
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        cpu.push(on_processor() - used);
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse::<u64>().ok());
    println!("{}", serde_json::json!({ "ms": times, "cpu": cpu, "result": result, "rss": peak.map(|kb| kb * 1024) }));
}

/// How many signals a line names.
fn found(line: &str) -> usize {
    let line: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
    line["signals"].as_object().map_or(0, |messages| messages.values().filter_map(|ids| ids.as_array()).map(Vec::len).sum())
}

/// Milliseconds that this, the only thread, was on a processor.
fn on_processor() -> f64 {
    let stat = fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1e6
}
