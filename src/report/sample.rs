//! A small book and conversations for the unit tests of reports.

use super::Report;
use crate::{book::Book, chat::Conversation, rule::sample::talk};
use alloc::string::ToString;

const BOOK: &str = r#"
id = "mini"
version = "1"
title = "小书"

[[signal]]
id = "complaint"
title = "抱怨"
who = "buyer"
words = ["等了"]
[[signal.example]]
hit = "[[等了]]三天"
[[signal.example]]
miss = "好的"

[[signal]]
id = "apology"
title = "致歉"
who = "agent"
words = ["抱歉"]
[[signal.example]]
hit = "[[抱歉]]"
[[signal.example]]
miss = "好的"

[[signal]]
id = "terse"
title = "单字"
who = "agent"
whole = [{ word = "嗯", replace = "好滴" }]
[[signal.example]]
hit = "[[嗯]]"
[[signal.example]]
miss = "嗯嗯好的"

[[scene]]
id = "after-sale"
title = "售后"
signals = ["complaint"]
after_sale = true

[[rule]]
id = "apology-first"
title = "抱怨后先致歉"
principle = "agreement"
category = "态度"
kind = "reply"
deduct = 10
bonus = 2.5
suggest = "=非常抱歉，马上为您核实"
when = { who = "buyer", signals = "complaint" }
then = { where = "first-sentence", signals = "apology" }
[[rule.example]]
fail = "买家 [[等了]]三天\n客服 在路上"
because = "missing"
[[rule.example]]
pass = "买家 [[等了]]三天\n客服 [[抱歉]]"
[[rule.example]]
skip = "买家 在吗\n客服 在"

[[rule]]
id = "no-terse"
title = "不用单字"
principle = "wording"
category = "用语"
kind = "forbid"
deduct = [5, 10]
signals = "terse"
[[rule.example]]
fail = "客服 [[嗯]]"
because = "forbidden"
[[rule.example]]
pass = "客服 好的"
[[rule.example]]
skip = "买家 在吗"

[[alert]]
id = "upset"
title = "情绪预警"
level = "urgent"
signals = "complaint"
suggest = "转人工主管"
[dissatisfaction]
last = 2
[[dissatisfaction.points]]
signals = ["complaint"]
points = 1.5
"#;

pub(super) fn book() -> Book {
    Book::parse("mini.toml", BOOK).unwrap_or_else(|errors| panic!("{errors:?}"))
}

pub(super) fn named(id: &str, text: &str) -> Conversation {
    Conversation { id: id.to_string(), buyer: Some("tb8800".to_string()), ..talk(text) }
}

pub(super) const LATE: &str = "10:00:00 买家tb8800 😊等了三天，电话13912345678\n10:00:30 客服小美 在路上\n10:01:00 客服小美 嗯";

pub(super) fn json(report: &Report) -> serde_json::Value {
    serde_json::from_str(&serde_json::to_string(report).unwrap()).unwrap()
}
