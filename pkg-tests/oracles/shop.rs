//! Random shops, small enough that ties and limits are common, and the facts that would be read of them.

use huashu::chat::{Conversation, Kind, Message, Role, Source};
use huashu::link::{Contact, Findings, Judged, Reviewed};
use huashu::metric::{Attribution, Facts, Options, Period, Refunded};
use huashu::order::{self, OrderOptions};
use huashu::side::{self, Purpose, Review, Side, SideOptions};
use huashu::time::{Day, Time};
use proptest::prelude::*;

pub const DAY: i64 = 86_400;
/// 2026-01-01, a Thursday.
pub const START: i64 = 20_454;
pub const AGENTS: [&str; 3] = ["小美", "小敏", "小丹"];
pub const SIGNALS: [&str; 7] = ["complaint", "escalate", "satisfied", "abuse", "urge", "benefit", "pay_remind"];
pub const SCENES: [&str; 2] = ["logistics", "size"];
/// A rule may bear the name of a signal.
pub const RULES: [&str; 3] = ["greeting", "satisfied", "no-unanswered"];
/// Products of the shop; most orders are of the first few.
pub const PRODUCTS: u8 = 24;
pub const STATES: [&str; 9] =
    ["等待买家付款", "等待买家付款", "买家已付款，等待卖家发货", "交易成功", "交易成功", "交易关闭", "退款成功", "部分退款", ""];

/// A line of an order.
#[derive(Clone, Debug)]
pub struct Line {
    pub sku: Option<u8>,
    pub quantity: Option<i64>,
    /// Cents.
    pub price: Option<i64>,
    /// Sent back: written with a negative quantity.
    pub returned: bool,
}

impl Line {
    /// Unit price × quantity, in cents.
    pub fn amount(&self) -> Option<i64> {
        Some(self.price? * self.quantity?)
    }
}

/// An order; amounts in cents.
#[derive(Clone, Debug)]
pub struct Order {
    pub buyer: Option<u8>,
    pub created: Option<i64>,
    pub paid: Option<i64>,
    pub state: &'static str,
    pub ordered: Option<i64>,
    pub amount: Option<i64>,
    pub refund: Option<i64>,
    pub lines: Vec<Line>,
}

/// Which columns the export has.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    pub buyer: bool,
    pub created: bool,
    pub paid: bool,
    pub state: bool,
}

/// A message: who wrote it, which agent (of a buyer's whether it only closes, see [`Talk::closes`]), seconds since the one before.
pub type Said = (Role, usize, i64);

#[derive(Clone, Debug)]
pub struct Talk {
    pub buyer: Option<u8>,
    /// Seconds; less than a day: only the time of day is known.
    pub start: Option<i64>,
    pub messages: Vec<Said>,
    pub signals: Vec<&'static str>,
    pub scenes: Vec<&'static str>,
    pub after_sale: bool,
    pub verdicts: Vec<(&'static str, bool)>,
    /// Products that links name.
    pub links: Vec<u8>,
}

#[derive(Clone, Debug)]
pub struct Rating {
    /// Numbers beyond the list are of talks that it does not hold.
    pub talk: Option<usize>,
    pub buyer: Option<u8>,
    pub at: Option<i64>,
    pub stars: u8,
}

#[derive(Clone, Debug)]
pub struct Reviewing {
    pub buyer: Option<u8>,
    pub order: Option<usize>,
    pub product: Option<u8>,
    pub at: Option<i64>,
    pub stars: Option<u8>,
    pub complains: bool,
    pub scenes: Vec<&'static str>,
    /// When the shop replied, where it did and that is known.
    pub reply: Option<Option<i64>>,
}

#[derive(Clone, Debug)]
pub struct Shop {
    pub columns: Columns,
    pub orders: Vec<Order>,
    pub talks: Vec<Talk>,
    pub ratings: Vec<Rating>,
    pub reviews: Vec<Reviewing>,
    /// Person and team of each agent, where the roster knows it; without a roster of none.
    pub roster: [Option<(u8, u8)>; 3],
}

/// How large a shop may be.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub days: i64,
    pub buyers: u8,
    pub orders: usize,
    pub talks: usize,
    pub ratings: usize,
    pub reviews: usize,
}

pub const SMALL: Size = Size { days: 12, buyers: 5, orders: 24, talks: 12, ratings: 8, reviews: 8 };

fn some<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::weighted(0.85, value)
}

fn moment(days: i64) -> impl Strategy<Value = i64> {
    // Few seconds of the day, so that ties are common.
    let second = prop_oneof![Just(0_i64), Just(1), Just(1800), Just(36_000), Just(36_000), Just(86_399)];
    (0..days, second).prop_map(|(day, second)| (START + day) * DAY + second)
}

fn some_of(names: &'static [&'static str], often: f64) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::collection::vec(proptest::bool::weighted(often), names.len())
        .prop_map(|are| names.iter().zip(are).filter(|(_, is)| *is).map(|(name, _)| *name).collect())
}

fn line(products: u8) -> impl Strategy<Value = Line> {
    let price = prop_oneof![1 => Just(0_i64), 4 => 1_i64..5_000];
    (some(0..products), some(1_i64..4), proptest::option::weighted(0.7, price), proptest::bool::weighted(0.1))
        .prop_map(|(sku, quantity, price, returned)| Line { sku, quantity, price, returned })
}

fn order(size: Size) -> impl Strategy<Value = Order> {
    let amount = || prop_oneof![1 => Just(0_i64), 5 => 1_i64..10_000];
    let when = (some(moment(size.days)), proptest::option::weighted(0.6, moment(size.days)));
    let lines = prop_oneof![15 => proptest::collection::vec(line(4), 1..4), 1 => proptest::collection::vec(line(PRODUCTS), 12..24)];
    let money = (some(amount()), some(amount()), proptest::option::weighted(0.2, amount()));
    (some(0..size.buyers), when, proptest::sample::select(&STATES[..]), money, lines).prop_map(
        |(buyer, (created, paid), state, (ordered, amount, refund), mut lines)| {
            // An order of nothing but what was sent back is no order.
            lines[0].returned = false;
            for line in &mut lines {
                line.quantity = line.quantity.or(line.returned.then_some(1));
            }
            Order { buyer, created, paid, state, ordered, amount, refund, lines }
        },
    )
}

fn talk(size: Size) -> impl Strategy<Value = Talk> {
    let role = prop_oneof![4 => Just(Role::Buyer), 4 => Just(Role::Agent), 1 => Just(Role::Bot)];
    let gap = prop_oneof![6 => Just(0_i64), 2 => Just(1), 2 => Just(1800), 1 => Just(36_000)];
    let start = prop_oneof![30 => moment(size.days).prop_map(Some), 1 => Just(Some(36_000)), 2 => Just(None)];
    let found = (
        some_of(&SIGNALS, 0.35),
        some_of(&SCENES, 0.4),
        proptest::bool::weighted(0.2),
        proptest::collection::btree_map(proptest::sample::select(&RULES[..]), any::<bool>(), 0..3),
    );
    let links = proptest::collection::btree_set(0_u8..6, 0..3);
    (some(0..size.buyers), start, proptest::collection::vec((role, 0_usize..3, gap), 1..6), found, links).prop_map(
        |(buyer, start, messages, (signals, scenes, after_sale, verdicts), links)| Talk {
            buyer,
            start,
            messages,
            signals,
            scenes,
            after_sale,
            verdicts: verdicts.into_iter().collect(),
            links: links.into_iter().collect(),
        },
    )
}

fn rating(size: Size) -> impl Strategy<Value = Rating> {
    (proptest::option::weighted(0.5, 0..size.talks + 2), some(0..size.buyers), some(moment(size.days)), 1_u8..6)
        .prop_map(|(talk, buyer, at, stars)| Rating { talk, buyer, at, stars })
}

fn reviewing(size: Size) -> impl Strategy<Value = Reviewing> {
    let reply = proptest::option::of(some(moment(size.days)));
    let of = (some(0..size.buyers), proptest::option::of(0..size.orders + 2), proptest::option::weighted(0.3, 0_u8..4));
    (of, some(moment(size.days)), proptest::option::weighted(0.7, 1_u8..6), any::<bool>(), some_of(&SCENES, 0.5), reply).prop_map(
        |((buyer, order, product), at, stars, complains, scenes, reply)| Reviewing {
            buyer,
            order,
            product,
            at,
            stars,
            complains,
            scenes,
            reply,
        },
    )
}

pub fn shop(size: Size) -> impl Strategy<Value = Shop> {
    let column = || proptest::bool::weighted(0.88);
    let columns =
        [column(), column(), column(), column()].prop_map(|[buyer, created, paid, state]| Columns { buyer, created, paid, state });
    let roster = prop_oneof![2 => Just([None; 3]), 1 => [some((0_u8..2, 0_u8..2)), some((0_u8..2, 0_u8..2)), some((0_u8..2, 0_u8..2))]];
    (
        columns,
        proptest::collection::vec(order(size), 0..size.orders),
        proptest::collection::vec(talk(size), 0..size.talks),
        proptest::collection::vec(rating(size), 0..size.ratings),
        proptest::collection::vec(reviewing(size), 0..size.reviews),
        roster,
    )
        .prop_map(|(columns, mut orders, talks, ratings, reviews, roster)| {
            for order in &mut orders {
                // A column that is not there fills no cell.
                order.buyer = order.buyer.filter(|_| columns.buyer);
                order.created = order.created.filter(|_| columns.created);
                order.paid = order.paid.filter(|_| columns.paid);
                order.state = if columns.state { order.state } else { "" };
            }
            Shop { columns, orders, talks, ratings, reviews, roster }
        })
}

/// What to count of a shop that is open for so many days.
pub fn options(days: i64) -> impl Strategy<Value = Options> {
    let days = days as i32;
    let day = move || (-2..days + 4).prop_map(|day| Day(START as i32 + day));
    let listed = prop_oneof![Just("买家0"), Just("买家1"), Just("n00"), Just("n03")];
    (
        proptest::option::of((0..days, 0..days / 2 + 1)),
        proptest::option::of(day()),
        (any::<bool>(), proptest::bool::weighted(0.3), proptest::bool::weighted(0.3)),
        0_u32..4,
        prop_oneof![Just(Attribution::Order), Just(Attribution::OrderFirst), Just(Attribution::Payment)],
        proptest::collection::vec(listed, 0..2),
    )
        .prop_map(|(period, as_of, (include, drop_zero, known_buyers), window, attribution, exclude)| Options {
            period: period.map(|(from, days)| Period { from: Day(START as i32 + from), to: Day(START as i32 + from + days) }),
            as_of,
            refunded: if include { Refunded::Include } else { Refunded::Exclude },
            drop_zero,
            known_buyers,
            window,
            attribution,
            exclude: exclude.into_iter().map(String::from).collect(),
            ..Options::default()
        })
}

pub fn buyer_name(buyer: u8) -> String {
    format!("买家{buyer}")
}

pub fn order_name(number: usize) -> String {
    format!("n{number:02}")
}

pub fn talk_name(number: usize) -> String {
    format!("c{number:03}")
}

/// The number under which links name a product.
pub fn product_name(product: u8) -> String {
    format!("70000{product}")
}

/// How exactly these times are written: to the day, to the minute or to the second.
pub fn grain(times: impl IntoIterator<Item = i64>) -> i64 {
    let times: Vec<i64> = times.into_iter().collect();
    let whole = |unit: i64| !times.is_empty() && times.iter().all(|time| time % unit == 0);
    if whole(DAY) {
        DAY
    } else if whole(60) {
        60
    } else {
        1
    }
}

fn written<T>(value: Option<T>, how: impl Fn(T) -> String) -> String {
    value.map(how).unwrap_or_default()
}

fn time(seconds: i64) -> String {
    Time::from_seconds(seconds).to_string().replace('T', " ")
}

fn yuan(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn findings(signals: &[&str], scenes: &[&str]) -> Findings {
    let ids = |list: &[&str]| list.iter().map(|id| (*id).into()).collect();
    Findings { signals: ids(signals), scenes: ids(scenes), problems: ids(scenes), ..Findings::default() }
}

impl Shop {
    fn orders(&self) -> order::Orders {
        let Columns { buyer, created, paid, state } = self.columns;
        let columns = [
            ("order_id", true),
            ("buyer", buyer),
            ("created_at", created),
            ("paid_at", paid),
            ("state", state),
            ("ordered_amount", true),
            ("paid_amount", true),
            ("refund_amount", true),
            ("sku", true),
            ("quantity", true),
            ("unit_price", true),
        ];
        let join = |cells: Vec<String>| {
            cells.into_iter().zip(columns).filter(|(_, (_, there))| *there).map(|(c, _)| c).collect::<Vec<_>>().join(",") + "\n"
        };
        let mut text = join(columns.iter().map(|(name, _)| (*name).into()).collect());
        for (number, order) in self.orders.iter().enumerate() {
            for line in &order.lines {
                text += &join(vec![
                    order_name(number),
                    written(order.buyer, buyer_name),
                    written(order.created, time),
                    written(order.paid, time),
                    order.state.into(),
                    written(order.ordered, yuan),
                    written(order.amount, yuan),
                    written(order.refund, yuan),
                    written(line.sku, product_name),
                    written(line.quantity, |quantity| if line.returned { -quantity } else { quantity }.to_string()),
                    written(line.price, yuan),
                ]);
            }
        }
        let pairs: Vec<String> = columns.iter().map(|(field, _)| format!("\"{field}\": \"{field}\"")).collect();
        let map = order::Columns::parse(&format!("{{{}}}", pairs.join(","))).unwrap();
        order::read("orders.csv", text.as_bytes(), &OrderOptions { columns: Some(map), ..OrderOptions::default() }).orders
    }

    pub fn grain(&self) -> i64 {
        grain(self.orders.iter().flat_map(|order| [order.created, order.paid]).flatten())
    }

    /// An order's time, of a day or minute that is all that is written the last second.
    pub fn late(&self, time: i64) -> i64 {
        time + self.grain() - 1
    }

    fn side(&self) -> Side {
        let mut all = Side::default();
        let mut add = |kind: side::Kind, header: &str, rows: Vec<Vec<String>>| {
            let rows: String = rows.into_iter().map(|row| row.join(",") + "\n").collect();
            let options = SideOptions { kind: Some(kind), ..SideOptions::default() };
            all.merge(&side::read("a.csv", format!("{header}\n{rows}").as_bytes(), &options).side);
        };
        let rating = |r: &Rating| vec![written(r.talk, talk_name), written(r.buyer, buyer_name), written(r.at, time), r.stars.to_string()];
        add(side::Kind::Ratings, "conversation,buyer,at,rating", self.ratings.iter().map(rating).collect());
        let posts = AGENTS
            .iter()
            .zip(self.roster)
            .filter_map(|(agent, post)| post.map(|(person, team)| vec![(*agent).into(), format!("人{person}"), format!("组{team}")]));
        let posts: Vec<Vec<String>> = posts.collect();
        if !posts.is_empty() {
            add(side::Kind::Roster, "agent,person,team", posts);
        }
        all
    }

    /// What is read of it.
    pub fn facts(&self) -> Facts {
        let contacts = self.talks.iter().enumerate().map(|(number, talk)| Contact::of(&talk.conversation(number), talk.found())).collect();
        let reviews = self.reviews.iter().enumerate().map(|(number, review)| review.read(number)).collect();
        Facts { orders: self.orders(), contacts, reviews, side: self.side() }
    }
}

impl Talk {
    fn conversation(&self, number: usize) -> Conversation {
        let mut messages: Vec<Message> = Vec::new();
        for (at, (role, agent, _)) in self.messages.iter().enumerate() {
            messages.push(Message {
                role: *role,
                sender: (*role == Role::Agent).then(|| AGENTS[*agent].to_string()),
                at: self.time(at).map(Time::from_seconds),
                to_minute: false,
                text: "…".into(),
                kind: Kind::Text,
                line: 1,
            });
        }
        let link = |product: &u8| Message {
            role: Role::System,
            sender: None,
            at: messages.last().and_then(|message| message.at),
            to_minute: false,
            text: format!("https://item.example.com/item.htm?id={}", product_name(*product)),
            kind: Kind::Link,
            line: 1,
        };
        let links: Vec<Message> = self.links.iter().map(link).collect();
        messages.extend(links);
        Conversation {
            id: talk_name(number),
            buyer: self.buyer.map(buyer_name),
            messages,
            source: Source { file: "a.txt".into(), line: 1, format: "generic" },
        }
    }

    /// Whether a message is a buyer's closing word.
    pub fn closes(&self, at: usize) -> bool {
        matches!(self.messages[at], (Role::Buyer, 2, _))
    }

    fn found(&self) -> Findings {
        Findings {
            after_sale: self.after_sale,
            closing: (0..self.messages.len()).filter(|at| self.closes(*at)).map(|at| at as u32).collect(),
            telling: if self.has("pay_remind") { vec![(self.reminder() as u32, Purpose::Payment)] } else { Vec::new() },
            verdicts: self.verdicts.iter().map(|(rule, passed)| Judged { rule: (*rule).into(), passed: *passed }).collect(),
            ..findings(&self.signals, &self.scenes)
        }
    }

    /// The message that reminds the buyer to pay, where one does.
    pub fn reminder(&self) -> usize {
        self.messages.len() / 2
    }

    /// When a message was written, be it with a date or without.
    pub fn time(&self, at: usize) -> Option<i64> {
        Some(self.start? + self.messages[..=at].iter().map(|message| message.2).sum::<i64>())
    }
}

impl Reviewing {
    fn read(&self, number: usize) -> Reviewed {
        let (buyer, order, product) = (self.buyer.map(buyer_name), self.order.map(order_name), self.product.map(product_name));
        let review = Review {
            buyer: buyer.as_deref(),
            order: order.as_deref(),
            product: product.as_deref(),
            at: self.at.map(Time::from_seconds),
            stars: self.stars,
            text: Some("带子开线了"),
            reply: self.reply.map(|_| "谢谢"),
            replied_at: self.reply.flatten().map(Time::from_seconds),
        };
        let signals: &[&str] = if self.complains { &["complaint"] } else { &[] };
        Reviewed::of(&review, &Reviewed::conversation(&review, number), findings(signals, &self.scenes))
    }
}
