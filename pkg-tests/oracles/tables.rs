//! A second, slow and obvious implementation of the figures that rest on side tables, written from the words of the definitions alone,
//! against the real one on random shops; and random ways of cutting the tables into files.

use crate::shop::grain;
use huashu::chat::{Conversation, Kind, Message, Role, Source};
use huashu::link::{Contact, Findings, Reviewed};
use huashu::metric::{Facts, FigureRow, Figures, Issue, Options, Period, Refunded, measure, rows};
use huashu::order;
use huashu::side::{self, Purpose, Side, SideOptions};
use huashu::time::{Day, Time};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400;
/// 2026-01-01.
const START: i64 = 20_454;
const AGENTS: [&str; 3] = ["小美", "小敏", "小丹"];
/// What tells in the chat: to remind of payment, to confirm a purchase, to tell of the parcel, nothing.
const SIGNALS: [Option<&str>; 4] = [Some("pay_remind"), Some("congrats"), Some("ship_news"), None];
const PURPOSES: [&str; 4] = ["催付", "付款关怀", "发货", "营销"];

#[derive(Clone, Debug)]
struct Order {
    buyer: Option<u8>,
    created: Option<i64>,
    paid: Option<i64>,
    state: &'static str,
    amount: i64,
}

/// Buyer writes, then some agents answer.
#[derive(Clone, Debug)]
struct Talk {
    buyer: u8,
    at: i64,
    /// The agent, and the seconds since the message before; whether the buyer wrote again in between.
    answers: Vec<(usize, i64, bool)>,
    signal: Option<&'static str>,
}

#[derive(Clone, Debug)]
struct Rating {
    talk: Option<usize>,
    buyer: Option<u8>,
    agent: Option<usize>,
    at: Option<i64>,
    stars: u8,
    solved: Option<bool>,
}

#[derive(Clone, Debug)]
struct Review {
    buyer: Option<u8>,
    order: Option<usize>,
    at: Option<i64>,
    stars: Option<u8>,
    replied: bool,
    replied_at: Option<i64>,
}

#[derive(Clone, Debug)]
struct Sms {
    buyer: Option<u8>,
    order: Option<usize>,
    at: i64,
    purpose: usize,
}

#[derive(Clone, Debug)]
struct News {
    buyer: Option<u8>,
    order: Option<usize>,
    at: i64,
}

#[derive(Clone, Debug)]
struct Reached {
    campaign: u8,
    buyer: u8,
    at: Option<i64>,
}

#[derive(Clone, Debug)]
struct Shop {
    orders: Vec<Order>,
    talks: Vec<Talk>,
    ratings: Vec<Rating>,
    reviews: Vec<Review>,
    texts: Vec<Sms>,
    news: Vec<News>,
    reached: Vec<Reached>,
    /// Whether the table of text messages has a column of orders.
    texts_name_orders: bool,
}

fn moment() -> impl Strategy<Value = i64> {
    // Few seconds of few days, so that ties and limits are common: half an hour, a day, three days and a second more.
    let second = prop_oneof![Just(0), Just(1), Just(1800), Just(1801), Just(36_000), Just(86_399)];
    (0_i64..12, second).prop_map(|(day, second)| (START + day) * DAY + second)
}

fn some<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::weighted(0.8, value)
}

fn list<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    proptest::collection::vec(of, 0..10)
}

fn shop() -> impl Strategy<Value = Shop> {
    let states = prop_oneof![Just("等待买家付款"), Just("买家已付款，等待卖家发货"), Just("交易成功"), Just("交易关闭"), Just("退款成功")];
    let order = (some(0_u8..4), some(moment()), some(moment()), states, 0_i64..5_000)
        .prop_map(|(buyer, created, paid, state, amount)| Order { buyer, created, paid, state, amount });
    let answer = (0_usize..3, prop_oneof![Just(0_i64), Just(1), Just(1800)], any::<bool>());
    let talk = (0_u8..4, moment(), proptest::collection::vec(answer, 0..4), proptest::sample::select(&SIGNALS[..]))
        .prop_map(|(buyer, at, answers, signal)| Talk { buyer, at, answers, signal });
    let rating = (some(0_usize..12), some(0_u8..4), some(0_usize..3), some(moment()), 1_u8..6, proptest::option::of(any::<bool>()))
        .prop_map(|(talk, buyer, agent, at, stars, solved)| Rating { talk, buyer, agent, at, stars, solved });
    let review = (some(0_u8..4), some(0_usize..10), some(moment()), some(1_u8..6), any::<bool>(), some(moment()))
        .prop_map(|(buyer, order, at, stars, replied, replied_at)| Review { buyer, order, at, stars, replied, replied_at });
    // Numbers of orders beyond the list are of orders that it does not hold.
    let text = (some(0_u8..4), proptest::option::of(0_usize..12), moment(), 0_usize..4).prop_map(|(buyer, order, at, purpose)| Sms {
        buyer,
        order,
        at,
        purpose,
    });
    let news = (proptest::option::of(0_u8..4), some(0_usize..12), moment()).prop_map(|(buyer, order, at)| News { buyer, order, at });
    let reached = (0_u8..3, 0_u8..4, some(moment())).prop_map(|(campaign, buyer, at)| Reached { campaign, buyer, at });
    (list(order), list(talk), list(rating), list(review), list(text), list(news), list(reached), any::<bool>()).prop_map(
        |(orders, talks, ratings, reviews, texts, news, reached, texts_name_orders)| {
            let mut shop = Shop { orders, talks, ratings, reviews, texts, news, reached, texts_name_orders };
            for text in &mut shop.texts {
                text.order = text.order.filter(|_| texts_name_orders);
            }
            // What tells neither buyer nor order is left out while reading, and so is a review that says nothing.
            shop.texts.retain(|text| text.buyer.is_some() || text.order.is_some());
            shop.news.retain(|news| news.buyer.is_some() || news.order.is_some());
            shop.reviews.retain(|review| review.stars.is_some() && (review.order.is_some() || review.replied));
            // Talks of one buyer that begin at the same moment are one talk that two files hold.
            let mut begun = BTreeSet::new();
            shop.talks.retain(|talk| begun.insert((talk.buyer, talk.at)));
            shop
        },
    )
}

fn options() -> impl Strategy<Value = Options> {
    let period = proptest::option::of((0_i32..10, 0_i32..6));
    (period, any::<bool>(), 0_u32..5, proptest::option::weighted(0.3, prop_oneof![Just("买家0"), Just("n1"), Just("n11")])).prop_map(
        |(period, include, campaign_days, exclude)| Options {
            period: period.map(|(from, days)| Period { from: Day(START as i32 + from), to: Day(START as i32 + from + days) }),
            refunded: if include { Refunded::Include } else { Refunded::Exclude },
            campaign_days,
            exclude: exclude.into_iter().map(String::from).collect(),
            ..Options::default()
        },
    )
}

fn name(buyer: u8) -> String {
    format!("买家{buyer}")
}

fn written<T>(value: Option<T>, how: impl Fn(T) -> String) -> String {
    value.map(how).unwrap_or_default()
}

fn time(seconds: i64) -> String {
    Time::from_seconds(seconds).to_string().replace('T', " ")
}

/// The rows of a list that are wanted, as a table with a header.
fn table<T>(header: &str, list: &[T], wanted: &dyn Fn(usize) -> bool, row: impl Fn(&T) -> Vec<String>) -> String {
    let rows = list.iter().enumerate().filter(|(at, _)| wanted(*at)).map(|(_, of)| row(of).join(",") + "\n");
    format!("{header}\n{}", rows.collect::<String>())
}

impl Shop {
    /// How exactly the orders are written.
    fn grain(&self) -> i64 {
        grain(self.orders.iter().flat_map(|order| [order.created, order.paid]).flatten())
    }

    /// The same shop with its orders at the last second of the day or minute that is all that is written of them.
    fn late(&self) -> Self {
        let (mut late, rest) = (self.clone(), self.grain() - 1);
        for order in &mut late.orders {
            (order.created, order.paid) = (order.created.map(|time| time + rest), order.paid.map(|time| time + rest));
        }
        late
    }

    /// What is read of the rows that are wanted of each list.
    fn facts(&self, wanted: &dyn Fn(usize) -> bool) -> Facts {
        let numbered: Vec<(usize, &Order)> = self.orders.iter().enumerate().collect();
        let orders = table("order_id,buyer,created_at,paid_at,state,paid_amount", &numbered, wanted, |(number, order)| {
            let amount = format!("{}.{:02}", order.amount / 100, order.amount % 100);
            vec![
                format!("n{number}"),
                written(order.buyer, name),
                written(order.created, time),
                written(order.paid, time),
                order.state.into(),
                amount,
            ]
        });
        let order = |number: Option<usize>| written(number, |number| format!("n{number}"));
        let mut side = Side::default();
        let mut add = |kind: side::Kind, text: String| {
            let options = SideOptions { kind: Some(kind), ..SideOptions::default() };
            side.merge(&side::read("a.csv", text.as_bytes(), &options).side);
        };
        add(
            side::Kind::Ratings,
            table("conversation,buyer,agent,at,rating,solved", &self.ratings, wanted, |rating| {
                vec![
                    written(rating.talk, |talk| format!("c{talk:02}")),
                    written(rating.buyer, name),
                    written(rating.agent, |agent| AGENTS[agent].into()),
                    written(rating.at, time),
                    rating.stars.to_string(),
                    written(rating.solved, |solved| if solved { "是".into() } else { "否".into() }),
                ]
            }),
        );
        add(
            side::Kind::Reviews,
            table("buyer,order,at,stars,text,reply,replied_at", &self.reviews, wanted, |review| {
                let (reply, at) = if review.replied { ("谢谢", review.replied_at) } else { ("", None) };
                let stars = written(review.stars, |stars| stars.to_string());
                vec![
                    written(review.buyer, name),
                    order(review.order),
                    written(review.at, time),
                    stars,
                    "带子开线了".into(),
                    reply.into(),
                    written(at, time),
                ]
            }),
        );
        let header = if self.texts_name_orders { "buyer,at,kind,order" } else { "buyer,at,kind" };
        add(
            side::Kind::Messages,
            table(header, &self.texts, wanted, |text| {
                let mut cells = vec![written(text.buyer, name), time(text.at), PURPOSES[text.purpose].into()];
                cells.extend(self.texts_name_orders.then(|| order(text.order)));
                cells
            }),
        );
        add(
            side::Kind::Shipping,
            table("order,buyer,at,text", &self.news, wanted, |news| {
                vec![order(news.order), written(news.buyer, name), time(news.at), "已发出".into()]
            }),
        );
        add(
            side::Kind::Campaigns,
            table("campaign,buyer,at", &self.reached, wanted, |reached| {
                vec![format!("活动{}", reached.campaign), name(reached.buyer), written(reached.at, time)]
            }),
        );
        let talks = self.talks.iter().enumerate().filter(|(at, _)| wanted(*at));
        let contacts = talks.map(|(number, talk)| Contact::of(&talk.conversation(number), talk.found())).collect();
        let reviews = side
            .reviews()
            .enumerate()
            .map(|(number, review)| Reviewed::of(&review, &Reviewed::conversation(&review, number), Findings::default()));
        let reviews = reviews.collect();
        Facts { orders: order::read("orders.csv", orders.as_bytes(), &Default::default()).orders, contacts, reviews, side }
    }
}

impl Talk {
    /// Who wrote when; no agent is the buyer.
    fn messages(&self) -> Vec<(Option<usize>, i64)> {
        let mut messages = vec![(None, self.at)];
        for &(agent, gap, again) in &self.answers {
            let before = messages.last().unwrap().1;
            if again {
                messages.push((None, before));
            }
            messages.push((Some(agent), before + gap));
        }
        messages
    }

    fn conversation(&self, number: usize) -> Conversation {
        let message = |(agent, at): (Option<usize>, i64)| Message {
            role: if agent.is_some() { Role::Agent } else { Role::Buyer },
            sender: agent.map(|agent| AGENTS[agent].to_string()),
            at: Some(Time::from_seconds(at)),
            to_minute: false,
            text: "…".into(),
            kind: Kind::Text,
            line: 1,
        };
        Conversation {
            id: format!("c{number:02}"),
            buyer: Some(name(self.buyer)),
            messages: self.messages().into_iter().map(message).collect(),
            source: Source { file: "a.txt".into(), line: 1, format: "generic" },
        }
    }

    fn found(&self) -> Findings {
        let purpose = match self.signal {
            Some("pay_remind") => Some(Purpose::Payment),
            Some("congrats") => Some(Purpose::Care),
            Some("ship_news") => Some(Purpose::Shipping),
            _ => None,
        };
        Findings {
            signals: self.signal.into_iter().map(Into::into).collect(),
            telling: purpose.into_iter().map(|purpose| (self.telling() as u32, purpose)).collect(),
            ..Findings::default()
        }
    }

    /// The message that tells something, where one does.
    fn telling(&self) -> usize {
        self.messages().len() / 2
    }

    fn told_at(&self) -> i64 {
        self.messages()[self.telling()].1
    }

    /// The agent who answered a waiting buyer last.
    fn answered_last(&self) -> Option<usize> {
        let (mut waiting, mut last) = (false, None);
        for (agent, _) in self.messages() {
            if agent.is_some() && waiting {
                last = agent;
            }
            waiting = agent.is_none();
        }
        last
    }
}

/// Of a campaign: reached, responded, cents, open.
type Campaign = (usize, usize, i64, usize);

/// Above the line, below it; nothing where nothing can be said.
type Answer = Option<(usize, usize)>;

struct Oracle<'t> {
    /// Its orders are as late as they may be …
    shop: &'t Shop,
    /// … which is so many seconds later than written.
    rest: i64,
    options: &'t Options,
}

impl Oracle<'_> {
    fn within(&self, time: i64) -> bool {
        let day = time.div_euclid(DAY) as i32;
        self.options.period.is_none_or(|period| period.from.0 <= day && day <= period.to.0)
    }

    fn listed(&self, name: &str) -> bool {
        self.options.exclude.iter().any(|listed| listed == name)
    }

    fn listed_buyer(&self, buyer: Option<u8>) -> bool {
        buyer.is_some_and(|buyer| self.listed(&name(buyer)))
    }

    fn listed_order(&self, number: Option<usize>) -> bool {
        number.is_some_and(|number| self.listed(&format!("n{number}")))
    }

    /// The orders that are not left out, with their numbers.
    fn orders(&self) -> Vec<(usize, &Order)> {
        let all = self.shop.orders.iter().enumerate();
        all.filter(|(number, order)| !self.listed_order(Some(*number)) && !self.listed_buyer(order.buyer)).collect()
    }

    fn is_paid(order: &Order) -> bool {
        order.paid.is_some() || order.state == "交易成功"
    }

    fn is_refunded(order: &Order) -> bool {
        order.state == "退款成功" || (Self::is_paid(order) && order.state == "交易关闭")
    }

    /// When an order or its buyer was told something for a purpose: by text message, or in a talk with the buyer.
    fn told(&self, order: Option<usize>, buyer: Option<u8>, purpose: usize) -> Vec<i64> {
        let held = |number: usize| number < self.shop.orders.len();
        let to = |text: &&Sms| match text.order {
            // It is about this order, or about another one of the list.
            Some(number) if held(number) || order == Some(number) => order == Some(number),
            _ => text.buyer.is_some() && text.buyer == buyer,
        };
        let texts = self.shop.texts.iter().filter(|text| text.purpose == purpose).filter(to).map(|text| text.at);
        let says = |talk: &&Talk| talk.signal == SIGNALS[purpose] && Some(talk.buyer) == buyer && !self.listed_buyer(buyer);
        texts.chain(self.shop.talks.iter().filter(says).map(Talk::told_at)).collect()
    }

    /// Whether anything is known of what buyers were told on the day of this time.
    fn heard(&self, time: i64) -> bool {
        let talks = self.shop.talks.iter().filter(|talk| !self.listed_buyer(Some(talk.buyer))).map(|talk| talk.at);
        let days: Vec<i64> = self.shop.texts.iter().map(|text| text.at).chain(talks).map(|at| at.div_euclid(DAY)).collect();
        let day = time.div_euclid(DAY);
        days.is_empty() || (days.iter().any(|known| *known <= day) && days.iter().any(|known| day <= *known))
    }

    /// Orders reminded of, of those not paid within half an hour; orders paid, of those reminded of.
    fn reminded(&self) -> (Answer, Answer) {
        let (mut waiting, mut reminded, mut won) = (0, 0, 0);
        for (number, order) in self.orders() {
            let Some(created) = order.created.filter(|created| self.within(*created) && self.heard(*created)) else { continue };
            let until = match order.paid {
                Some(paid) if paid - created <= 1800 => continue,
                Some(paid) => paid,
                // It may have been paid at once.
                None if Self::is_paid(order) => continue,
                None => created + 3 * DAY,
            };
            waiting += 1;
            if self.told(Some(number), order.buyer, 0).into_iter().any(|at| created - self.rest <= at && at <= until) {
                reminded += 1;
                won += usize::from(Self::is_paid(order));
            }
        }
        (Some((reminded, waiting)), Some((won, reminded)))
    }

    fn cared(&self) -> Answer {
        let paid = self
            .orders()
            .into_iter()
            .filter_map(|(number, order)| Some((number, order, order.paid.filter(|paid| self.within(*paid) && self.heard(*paid))?)));
        let (cared, others): (Vec<_>, Vec<_>) = paid.partition(|(number, order, paid)| {
            self.told(Some(*number), order.buyer, 1).iter().any(|at| paid - self.rest <= *at && *at <= paid + DAY)
        });
        Some((cared.len(), cared.len() + others.len()))
    }

    /// Seconds until each news of the period was told; none where it was not within a day.
    fn shipping(&self) -> Vec<Option<i64>> {
        let mut delays = Vec::new();
        for news in self.shop.news.iter().filter(|news| self.within(news.at) && self.heard(news.at)) {
            let buyer = news.order.and_then(|number| self.shop.orders.get(number)?.buyer).or(news.buyer);
            let hidden = buyer.is_none() && !self.shop.texts_name_orders;
            if hidden || self.listed_buyer(buyer) || self.listed_order(news.order) {
                continue;
            }
            let told = self.told(news.order, buyer, 2).into_iter().map(|at| at - news.at);
            delays.push(told.filter(|delay| (0..=DAY).contains(delay)).min());
        }
        delays
    }

    /// Satisfied ratings, of the shop or of an agent.
    fn csat(&self, agent: Option<usize>) -> Answer {
        let (mut satisfied, mut all) = (0, 0);
        for rating in &self.shop.ratings {
            let talk = rating.talk.and_then(|talk| self.shop.talks.get(talk));
            if self.listed_buyer(rating.buyer.or(talk.map(|talk| talk.buyer))) {
                continue;
            }
            let at = rating.at.or(talk.map(|talk| talk.at));
            let by = rating.agent.or(talk.and_then(Talk::answered_last));
            if at.is_some_and(|at| !self.within(at)) || (agent.is_some() && by != agent) {
                continue;
            }
            all += 1;
            satisfied += usize::from(rating.stars >= 4 && rating.solved != Some(false));
        }
        (all > 0).then_some((satisfied, all))
    }

    /// Bad reviews answered within a day.
    fn reviews(&self) -> Answer {
        let (mut answered, mut bad) = (0, 0);
        for review in self.shop.reviews.iter().filter(|review| review.stars.unwrap() <= 3) {
            let left_out = self.listed_buyer(review.buyer) || self.listed_order(review.order);
            // A review without a date is as old as its reply.
            let at = review.at.or(review.replied_at.filter(|_| review.replied));
            if left_out || at.is_some_and(|at| !self.within(at)) {
                continue;
            }
            // What was replied before it was written tells nothing.
            if review.replied && review.at.zip(review.replied_at).is_some_and(|(at, replied)| replied < at) {
                continue;
            }
            bad += 1;
            let late = review.at.zip(review.replied_at).is_some_and(|(at, replied)| replied - at > DAY);
            answered += usize::from(review.replied && !late);
        }
        Some((answered, bad))
    }

    /// Whether a period is asked for that ends before the orders begin, or begins after they end.
    fn beyond_orders(&self) -> bool {
        let orders = self.orders().into_iter().flat_map(|(_, order)| [order.created, order.paid]).flatten();
        let days: Vec<i64> = orders.map(|at| at.div_euclid(DAY)).collect();
        let Some((first, last)) = days.iter().min().zip(days.iter().max()) else { return false };
        self.options.period.is_some_and(|period| i64::from(period.to.0) < *first || *last < i64::from(period.from.0))
    }

    /// The last day of orders and talks that are not left out.
    fn last_day(&self) -> Option<i64> {
        let orders = self.orders().into_iter().flat_map(|(_, order)| [order.created, order.paid]).flatten();
        let talks = self.shop.talks.iter().filter(|talk| !self.listed_buyer(Some(talk.buyer))).map(|talk| talk.at);
        orders.chain(talks).map(|at| at.div_euclid(DAY)).max()
    }

    /// Of each campaign the buyers it reached, those who responded, the cents of their orders, and those whose days are not over.
    fn campaigns(&self) -> BTreeMap<String, Campaign> {
        let mut first: BTreeMap<(String, u8), i64> = BTreeMap::new();
        for reached in self.shop.reached.iter().filter(|reached| !self.listed_buyer(Some(reached.buyer))) {
            let Some(at) = reached.at else { continue };
            let known = first.entry((format!("活动{}", reached.campaign), reached.buyer)).or_insert(at);
            *known = at.min(*known);
        }
        let include = self.options.refunded == Refunded::Include;
        let span = i64::from(self.options.campaign_days) * DAY;
        let mut found: BTreeMap<String, Campaign> = BTreeMap::new();
        for ((campaign, buyer), at) in first.into_iter().filter(|(_, at)| self.within(*at)) {
            let bought: Vec<i64> = self
                .orders()
                .into_iter()
                .filter(|(_, order)| order.buyer == Some(buyer) && Self::is_paid(order) && (include || !Self::is_refunded(order)))
                .filter(|(_, order)| order.paid.or(order.created).is_some_and(|paid| at <= paid && paid - self.rest <= at + span))
                .map(|(_, order)| order.amount)
                .collect();
            let (reached, responded, cents, open) = found.entry(campaign).or_default();
            *reached += 1;
            *responded += usize::from(!bought.is_empty());
            *cents += bought.iter().sum::<i64>();
            *open += usize::from(self.last_day().is_some_and(|last| at + span > (last + 1) * DAY));
        }
        found
    }
}

fn fraction(figures: &Figures, id: &str) -> Answer {
    let metric = figures.get(id).unwrap();
    metric.why.is_none().then(|| (metric.numerator.unwrap() as usize, metric.denominator.unwrap() as usize))
}

/// Nothing below the line says nothing.
fn said(answer: Answer) -> Answer {
    answer.filter(|(_, whole)| *whole > 0)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn figures_of_side_tables_agree(shop in shop(), options in options()) {
        let facts = shop.facts(&|_| true);
        let figures = measure(&facts, &options);
        let oracle = Oracle { shop: &shop.late(), rest: shop.grain() - 1, options: &options };

        let (reminded, won) = oracle.reminded();
        let delays: Vec<i64> = {
            let mut delays: Vec<i64> = oracle.shipping().into_iter().flatten().collect();
            delays.sort_unstable();
            delays
        };
        let told = Some((delays.len(), oracle.shipping().len()));
        let no_orders = shop.orders.is_empty();
        // Without any time nobody knows what of the orders lies in a period.
        let adrift = options.period.is_some() && shop.orders.iter().all(|order| order.created.is_none() && order.paid.is_none());
        let clocked = shop.grain() < DAY;
        let texts_clocked = |purpose: usize| {
            let own: Vec<i64> = shop.texts.iter().filter(|text| text.purpose == purpose).map(|text| text.at).collect();
            own.is_empty() || own.iter().any(|at| at % DAY != 0)
        };
        let orders = |answer: Answer, purpose| said(answer).filter(|_| !no_orders && !adrift && clocked && texts_clocked(purpose));
        let campaigns = oracle.campaigns();
        let sum = |of: &dyn Fn(&Campaign) -> usize| campaigns.values().map(of).sum::<usize>();
        let nobody = oracle.orders().iter().all(|(_, order)| order.buyer.is_none());
        let timeless = oracle.orders().iter().all(|(_, order)| order.created.is_none() && order.paid.is_none());
        let beyond = oracle.beyond_orders();
        let response = said(Some((sum(&|row| row.1), sum(&|row| row.0)))).filter(|_| !nobody && !timeless && !beyond);
        for (id, known) in [
            ("payment.reminded_rate", orders(reminded, 0)),
            ("payment.after_reminder_rate", orders(won, 0)),
            ("service.care_rate", orders(oracle.cared(), 1)),
            ("service.shipping_told_rate", said(told).filter(|_| texts_clocked(2))),
            ("service.csat", oracle.csat(None)),
            ("service.review_answer_rate", said(oracle.reviews())),
            ("campaigns.response_rate", response),
        ] {
            prop_assert_eq!(fraction(&figures, id), known, "{}: {:?}", id, figures.get(id).unwrap());
            if known.is_some() {
                let found = rows(&facts, &options, id, usize::MAX).unwrap();
                let sum = |of: fn(&FigureRow) -> f64| found.rows.iter().map(of).sum::<f64>() as usize;
                prop_assert_eq!(Some((sum(|row| row.numerator), sum(|row| row.denominator))), known, "{}: {:?}", id, found);
            }
        }
        let median = match delays.len() {
            0 => None,
            n => Some((delays[(n - 1) / 2] + delays[n / 2]) as f64 / 2.0),
        };
        prop_assert_eq!(figures.get("service.shipping_delay_median").unwrap().value, median.filter(|_| texts_clocked(2)));
        for (agent, name) in AGENTS.iter().enumerate() {
            let found = figures.metrics.iter().find(|m| m.id == "service.csat" && m.by.as_ref().is_some_and(|by| by.name == *name));
            let found = found.map(|m| (m.numerator.unwrap() as usize, m.denominator.unwrap() as usize));
            prop_assert_eq!(found, oracle.csat(Some(agent)), "{}", name);
        }
        let rows: BTreeMap<String, Campaign> = figures
            .tables
            .campaigns
            .iter()
            .map(|row| (row.campaign.clone(), (row.reached as usize, row.responded as usize, (row.amount.unwrap() * 100.0).round() as i64, row.open as usize)))
            .collect();
        prop_assert_eq!(rows, if nobody || timeless || beyond { BTreeMap::new() } else { campaigns });
    }

    /// Any split, any order, overlapping files.
    #[test]
    fn however_the_tables_are_cut(
        mut shop in shop(),
        options in options(),
        parts in proptest::collection::vec((0_usize..3, any::<bool>()), 10),
        order in Just([0_usize, 1, 2]).prop_shuffle(),
    ) {
        // Two rows that differ in nothing are one row that two files hold; but for the reply, one review.
        fn distinct<T: std::fmt::Debug>(list: &mut Vec<T>, told: impl Fn(&T) -> String) {
            let mut known = BTreeSet::new();
            list.retain(|row| known.insert(told(row)));
        }
        distinct(&mut shop.ratings, |row| format!("{row:?}"));
        distinct(&mut shop.texts, |row| format!("{row:?}"));
        distinct(&mut shop.news, |row| format!("{row:?}"));
        distinct(&mut shop.reached, |row| format!("{row:?}"));
        distinct(&mut shop.reviews, |row| format!("{:?}", (row.buyer, row.order, row.at, row.stars)));
        let mut whole = Facts::default();
        whole.merge(shop.facts(&|_| true));
        let mut merged = Facts::default();
        for part in order {
            merged.merge(shop.facts(&|at| parts[at].0 == part || (parts[at].1 && (parts[at].0 + 1) % 3 == part)));
        }
        // Reviews are numbered as they come.
        let json = |facts: &Facts| {
            let mut figures = measure(facts, &options);
            let forget = |issue: &mut Issue| {
                if issue.latest.starts_with("review#") {
                    issue.latest = "a review".into();
                }
            };
            for issue in &mut figures.tables.issues {
                forget(issue);
                issue.previous.as_mut().and_then(Option::as_mut).into_iter().for_each(|issue| forget(issue));
            }
            serde_json::to_string(&figures).unwrap()
        };
        prop_assert_eq!(json(&merged), json(&whole));
    }
}
