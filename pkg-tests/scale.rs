//! What takes ten times the input takes about ten times as long: one long talk from reading to report, an export that comes again, many
//! files of one kind, the figures of a shop and of those who work there.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails panics")]

use huashu::{
    book::Book,
    chat::{self, ChatReader, Outline},
    link::{Contact, Listing},
    metric::{self, Board, Facts},
    order::{self, Orders},
    report::{Checked, ConversationReport, Csv, Junit, Privacy, Text, findings},
    side::{self, Kind, Side},
    signal::Scratch,
    toml::{Errors, Fields, parse},
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

/// Each step may take thirty times as long for ten times the input; a quadratic one would take a hundred times as long. What else the
/// machine does may slow a run down, but not all of three.
fn linear(steps: impl Fn(usize) -> Steps, size: usize) {
    let slow = || -> Vec<String> {
        let runs = steps(size).into_iter().zip(steps(size * 10));
        let slow = runs.filter(|((_, small), (_, large))| *large >= small.max(0.005) * 30.0);
        slow.map(|((name, small), (_, large))| format!("{name}: {small} s, then {large} s for ten times the input")).collect()
    };
    let found = (0..3).map(|_| slow()).take_while(|found| !found.is_empty()).collect::<Vec<_>>();
    assert!(found.len() < 3, "{found:#?}");
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
    linear(|messages| report(&book, messages), 5_000);
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
    linear(once, 12_000);
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
    linear(again, 8_000);
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
    linear(figures, 2_000);
}

/// So many files of 200 rows: of each half came with the file before.
fn files(count: usize) -> Steps {
    let mut steps = Steps::new();
    let numbers = |file: usize| file * 100..file * 100 + 200;
    let text = |file: usize, head: &str, row: &dyn Fn(usize) -> String| format!("{head}\n{}", numbers(file).map(row).collect::<String>());
    let read = |file: usize, head: &str, row: &dyn Fn(usize) -> String| {
        side::read("a.csv", text(file, head, row).as_bytes(), &Default::default()).side
    };
    let rating = |at: usize| format!("b{at},a{},2026-01-05 10:00:00,{}\n", at % 7, at % 5 + 1);
    let ratings: Vec<Side> = (0..count).map(|file| read(file, "买家,客服,评价时间,满意度", &rating)).collect();
    let review = |file: usize, at: usize| format!("{at},5,好,{}\n", if at < (file + 1) * 100 { "谢谢" } else { "" });
    let reviews: Vec<Side> = (0..count).map(|file| read(file, "订单号,评分,评价内容,商家回复", &|at| review(file, at))).collect();
    let part = |at: usize| format!("o{},p{at},布,1,5.00,2026-01-05 10:00:00,已完成,-\n", at / 2);
    let head = "主订单编号,子订单编号,选购商品,商品数量,订单应付金额,订单提交时间,订单状态,售后状态";
    let parts: Vec<Orders> =
        (0..count).map(|file| order::read("a.csv", text(file, head, &part).as_bytes(), &Default::default()).orders).collect();
    let rows = count * 100 + 100;
    let (mut side, mut orders) = (Side::default(), Orders::default());
    timed(&mut steps, "ratings", || ratings.iter().for_each(|more| side.merge(more)));
    timed(&mut steps, "reviews", || reviews.iter().for_each(|more| side.merge(more)));
    timed(&mut steps, "sub-orders", || parts.into_iter().for_each(|more| _ = orders.merge(more)));
    assert_eq!((side.len(Kind::Ratings), side.len(Kind::Reviews), orders.len()), (rows, rows, rows / 2));
    assert_eq!(side.reviews().filter(|review| review.reply.is_none()).count(), 100);
    assert_eq!(orders.ordered_amount.iter().sum::<i64>(), 500 * rows as i64);
    steps
}

#[test]
fn six_hundred_files_of_a_kind() {
    linear(files, 60);
}

/// A shop with so many accounts, each with a post, a talk and points.
fn accounts(count: usize) -> Steps {
    let mut steps = Steps::new();
    let posts: String = (0..count).map(|at| format!("店:客服{at},王{at}\n")).collect();
    let side = side::read("a.csv", format!("客服账号,姓名\n{posts}").as_bytes(), &Default::default()).side;
    let mut reader = ChatReader::new("a.jsonl", &Default::default());
    for at in 0..count {
        let said = format!(
            r#"{{"id": "c{at}", "messages": [{{"role": "buyer", "sender": "b{at}", "at": "2026-01-05T09:00:00", "text": "在吗"}}, {{"role": "agent", "sender": "客服{at}", "at": "2026-01-05T09:00:20", "text": "在的"}}]}}"#
        );
        reader.push(format!("{said}\n").as_bytes());
    }
    let contacts: Vec<Contact> = reader.finish().conversations.iter().map(|talk| Contact::of(talk, Default::default())).collect();
    let errors = Errors::new(["book.toml"]);
    let text = "[[pay]]\nid = 'a'\ntitle = 'a'\nby = 'person'\n[[pay.item]]\nmetric = 'response.first'\nat_most = [[30, 10]]\n";
    let board = Board::read(Vec::new(), Fields::new(parse(text, 0, &errors), &errors).tables("pay"), &errors);
    assert!(errors.into_vec().is_empty());
    let facts = Facts { contacts, side, ..Facts::default() };
    let figures = timed(&mut steps, "figures", || metric::measure(&facts, &metric::Options { board, ..Default::default() }));
    assert!(figures.tables.pay.len() == count && figures.tables.pay.iter().all(|row| row.points == 10.0));
    steps
}

#[test]
fn the_points_of_four_thousand_accounts() {
    linear(accounts, 400);
}
