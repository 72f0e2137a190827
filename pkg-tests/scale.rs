//! What takes ten times the input takes about ten times as long: one long talk from reading to report, an export that comes again, the
//! figures of a shop.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails panics")]

use huashu::{
    book::Book,
    chat::{self, ChatReader, Outline},
    link::{Contact, Listing},
    metric::{self, Facts},
    order,
    report::{Checked, ConversationReport, Csv, Junit, Privacy, Text, findings},
    signal::Scratch,
};
use std::time::Instant;

/// Seconds for each of its steps, by name.
type Steps = Vec<(&'static str, f64)>;

fn timed<T>(steps: &mut Steps, name: &'static str, step: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = step();
    steps.push((name, start.elapsed().as_secs_f64()));
    made
}

/// Each step may take thirty times as long for ten times the input; a quadratic one would take a hundred times as long.
fn linear(small: Steps, large: Steps) {
    for ((name, small), (_, large)) in small.into_iter().zip(large) {
        assert!(large < small.max(0.005) * 30.0, "{name}: {small} s, then {large} s for ten times the input");
    }
}

/// One talk of so many messages, in which rules fail all the time.
fn talk(messages: usize) -> String {
    let message = |at: usize| {
        let (day, hour, minute, second) = (at / 8640 + 1, at / 360 % 24, at / 6 % 60, at % 6 * 10);
        let (name, text) = if at.is_multiple_of(2) { ("阿宝宝", "等了三天还没到") } else { ("云朵家居:小溪", "嗯") };
        format!("{name} 2026-01-{day:02} {hour:02}:{minute:02}:{second:02}\n{text}\n")
    };
    (0..messages).map(message).collect()
}

fn report(book: &Book, messages: usize) -> Steps {
    let (mut steps, text) = (Steps::new(), talk(messages));
    let chats = timed(&mut steps, "read", || chat::read("a.txt", text.as_bytes(), &Default::default()));
    let conversation = &chats.conversations[0];
    assert_eq!((chats.conversations.len(), conversation.messages.len()), (1, messages));
    let judged = timed(&mut steps, "check", || book.judge(conversation, None, &mut Scratch::default()));
    let checked = &timed(&mut steps, "score", || Checked::of(book, conversation, &judged));
    let report = ConversationReport { book, conversation, checked, messages: true, brief: false, judged: Some(&judged) };
    let privacy = Privacy::Masked;
    let sheets = [
        timed(&mut steps, "text", || Text { privacy }.sheet(&report)),
        timed(&mut steps, "CSV", || Csv { privacy }.rows(&report)),
        timed(&mut steps, "JUnit", || Junit { privacy, fail_under: Some(100.0) }.case(&report)),
    ];
    for sheet in sheets {
        assert!(sheet.matches("【嗯】").count() * 2 >= messages, "every failure is quoted");
    }
    let json = timed(&mut steps, "JSON", || serde_json::to_string(&report).unwrap());
    assert!(json.len() > messages * 50);
    steps
}

#[test]
fn a_talk_of_fifty_thousand_messages() {
    let book = Book::standard();
    linear(report(&book, 5_000), report(&book, 50_000));
}

/// Buyers who write once: until the end has come the date of each may be part of the message above.
#[test]
fn a_hundred_thousand_who_write_once() {
    let once = |count: usize| {
        let (mut steps, mut reader) = (Steps::new(), ChatReader::new("a.txt", &Default::default()));
        let time = |at: usize| format!("2026-01-{:02} {:02}:{:02}:{:02}", at / 86_400 + 5, at / 3600 % 24, at / 60 % 60, at % 60);
        let text: String = (0..count).map(|at| format!("阿猫{at} {}\n在吗\n", time(at))).collect();
        timed(&mut steps, "lines", || reader.push(text.as_bytes()));
        let (_, outline) = timed(&mut steps, "end", || reader.outline());
        assert_eq!(outline.messages(), count);
        steps
    };
    linear(once(12_000), once(120_000));
}

fn outline(conversations: impl Iterator<Item = usize>) -> Outline {
    let mut reader = ChatReader::new("a.jsonl", &Default::default());
    for at in conversations {
        let said = format!(
            r#"{{"id": "c{at}", "messages": [{{"role": "buyer", "sender": "b{at}", "at": "2026-01-05T09:00:00", "text": "在吗"}}]}}"#
        );
        reader.push(format!("{said}\n").as_bytes());
    }
    reader.outline().1
}

#[test]
fn an_export_that_comes_again_in_another_order() {
    let again = |count: usize| {
        let (mut steps, files) = (Steps::new(), [outline(0..count), outline((0..count).rev())]);
        let mut listing = Listing::default();
        listing.add(&[&files[0]], &mut |_, _| true);
        let added = timed(&mut steps, "replacing", || listing.add(&[&files[0], &files[1]], &mut |_, _| true));
        assert_eq!((added.repeated, listing.len(), listing.id(0)), (count as u64, count, Some("c0")));
        steps
    };
    linear(again(8_000), again(80_000));
}

/// A shop with so many orders, a fifth as many buyers, and a talk for every tenth order.
fn figures(orders: usize) -> Steps {
    let mut steps = Steps::new();
    let row = |at: usize| {
        let (buyer, product, day, minute) = (at * 7 % (orders / 5), at % 90, at / 200 % 28 + 1, at % 60);
        let (created, paid) = (format!("2026-01-{day:02} 10:{minute:02}:00"), format!("2026-01-{day:02} 10:{minute:02}:50"));
        let (paid, state) = if at.is_multiple_of(9) { ("", "等待买家付款") } else { (&*paid, "交易成功") };
        format!("o{at},b{buyer},{created},{paid},{state},59.00,p{product}\n")
    };
    let rows: String = (0..orders).map(row).collect();
    let text = format!("订单编号,买家会员名,订单创建时间,订单付款时间,订单状态,买家实际支付金额,商品ID\n{rows}");
    let orders_read = timed(&mut steps, "orders", || order::read("a.csv", text.as_bytes(), &Default::default()).orders);
    let book = Book::standard();
    let mut reader = ChatReader::new("a.jsonl", &Default::default());
    for at in 0..orders / 10 {
        let (buyer, day, said) = (at * 3 % (orders / 5), at % 28 + 1, ["多少钱", "怎么还没到，骗子", "谢谢，满意"][at % 3]);
        let said = format!(
            r#"{{"id": "c{at}", "messages": [{{"role": "buyer", "sender": "b{buyer}", "at": "2026-01-{day:02}T09:00:00", "text": "{said}"}}, {{"role": "agent", "sender": "小溪", "at": "2026-01-{day:02}T09:00:20", "text": "亲，59 元哦"}}]}}"#
        );
        reader.push(format!("{said}\n").as_bytes());
    }
    let chats = reader.finish();
    let mut scratch = Scratch::default();
    let contacts: Vec<Contact> = timed(&mut steps, "contacts", || {
        let found = |talk| Contact::of(talk, findings(&book, &book.judge(talk, None, &mut scratch)));
        chats.conversations.iter().map(found).collect()
    });
    let facts = Facts { orders: orders_read, contacts, ..Facts::default() };
    let figures = timed(&mut steps, "figures", || metric::measure(&facts, &Default::default()));
    let sales = figures.metrics.iter().find(|metric| metric.id == "sales.paid_amount").unwrap();
    assert_eq!(sales.value, Some(59.0 * (orders - orders.div_ceil(9)) as f64));
    steps
}

#[test]
fn the_figures_of_twenty_thousand_orders() {
    linear(figures(2_000), figures(20_000));
}
