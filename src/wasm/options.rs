//! The options of files, figures and reviews as they are written in JSON, and what they mean.

use super::{
    json::{Thrown, bad_option, choice, json, known, options, throw},
    shapes,
};
use crate::{
    Error, book,
    chat::{Gap, ReadOptions},
    metric::{self, Attribution, By, Options, Period, Refunded},
    order::{BuyerKey, Columns, OrderOptions},
    report::{Opinion, Review},
    rule::Outcome,
    side::{Kind, SideOptions},
};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MetricOptions {
    period: Option<Days>,
    as_of: Option<String>,
    refunded: Option<String>,
    #[serde(default)]
    drop_zero: bool,
    #[serde(default)]
    known_buyers: bool,
    window: Option<u32>,
    attribution: Option<String>,
    campaign_days: Option<u32>,
    forwarded: Option<NumberOrWord>,
    #[serde(default)]
    monologue: u32,
    #[serde(default)]
    exclude: Vec<String>,
    /// As [`Cuts::changed`] reads it.
    #[serde(default)]
    customers: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Days {
    from: String,
    to: String,
}

impl MetricOptions {
    pub(super) fn parse(self, buyer: BuyerKey, book: &book::Book) -> Thrown<Options> {
        let usual = Options::default();
        let period = |days: Days| {
            let text = format!("{}..{}", days.from, days.to);
            Period::parse(&text).ok_or_else(|| {
                bad_option(format!("时段 {text} 有误，应写成 2026-01-01..2026-01-31 / bad period {text}: write 2026-01-01..2026-01-31"))
            })
        };
        let day = |text: String| {
            metric::day(&text).ok_or_else(|| bad_option(format!("日期 {text} 有误，应写成 2026-01-31 / bad date {text}: write 2026-01-31")))
        };
        Ok(Options {
            period: self.period.map(period).transpose()?,
            as_of: self.as_of.map(day).transpose()?,
            refunded: choice("refunded", self.refunded, usual.refunded, &[("exclude", Refunded::Exclude), ("include", Refunded::Include)])?,
            drop_zero: self.drop_zero,
            known_buyers: self.known_buyers,
            window: self.window.unwrap_or(usual.window),
            attribution: choice(
                "attribution",
                self.attribution,
                usual.attribution,
                &[("order", Attribution::Order), ("order-first", Attribution::OrderFirst), ("payment", Attribution::Payment)],
            )?,
            buyer,
            response: book.profile.as_ref().map(|profile| profile.response).unwrap_or_default(),
            cuts: book.cuts.changed(&self.customers).map_err(|errors| {
                let told = |error: &Error| Error::new("bad-option", format!("customers: {}", error.message()));
                throw(&errors.iter().map(told).collect::<Vec<_>>())
            })?,
            board: book.board.clone(),
            campaign_days: self.campaign_days.unwrap_or(usual.campaign_days),
            forwarded: match self.forwarded {
                None => usual.forwarded,
                Some(NumberOrWord::Number(most)) => Some(most as u32),
                Some(NumberOrWord::Word(word)) => choice("forwarded", Some(word), None, &[("count", None)])?,
            },
            monologue: self.monologue,
            exclude: self.exclude,
        })
    }
}

/// A part of the shop, `{"agent": "小美"}`.
pub(super) fn part(by_json: &str) -> Thrown<By> {
    let mut by = options::<BTreeMap<String, String>>(by_json)?.into_iter();
    match (by.next(), by.next()) {
        (Some((kind, name)), None) => {
            known("by", &kind, &By::KINDS)?;
            By::new(&kind, &name).ok_or_else(|| bad_option(kind))
        }
        _ => Err(bad_option("by 应写成 {\"agent\": \"小美\"} / by is written {\"agent\": \"小美\"}")),
    }
}

/// Minutes, or `day`; so many messages, or `count`.
#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrWord {
    Number(f64),
    Word(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChatInput {
    format: Option<String>,
    gap: Option<NumberOrWord>,
    #[serde(default)]
    agents: Vec<String>,
    year: Option<i32>,
    #[serde(default)]
    columns: BTreeMap<String, String>,
}

impl ChatInput {
    pub(super) fn parse(self) -> Thrown<ReadOptions> {
        let shapes: Vec<&str> = shapes().map(|(id, _)| id).collect();
        let fields = ["id", "date", "time", "role", "sender", "to", "text", "buyer", "agent"];
        if let Some(format) = &self.format {
            known("format", format, &shapes)?;
        }
        for field in self.columns.keys() {
            known("columns", field, &fields)?;
        }
        let usual = ReadOptions::default();
        let gap = match self.gap {
            None => usual.gap,
            Some(NumberOrWord::Number(minutes)) => Gap::After((minutes * 60.0) as i64),
            Some(NumberOrWord::Word(word)) => choice("gap", Some(word), usual.gap, &[("day", Gap::Day)])?,
        };
        Ok(ReadOptions { format: self.format, gap, agents: self.agents, year: self.year, columns: self.columns })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderInput {
    columns: Option<BTreeMap<String, Option<String>>>,
    buyer: Option<String>,
}

impl OrderInput {
    pub(super) fn parse(self) -> Thrown<OrderOptions> {
        let columns = match self.columns {
            Some(map) => Some(Columns::parse(&json(&map)?).map_err(|error| throw(&[error]))?),
            None => None,
        };
        let keys = [("account", BuyerKey::Account), ("phone", BuyerKey::Phone), ("receiver", BuyerKey::Receiver)];
        Ok(OrderOptions { columns, buyer: choice("buyer", self.buyer, BuyerKey::Account, &keys)? })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableInput {
    kind: Option<String>,
    #[serde(default)]
    columns: BTreeMap<String, Option<String>>,
}

impl TableInput {
    pub(super) fn parse(self) -> Thrown<SideOptions> {
        let kind = self.kind.map(|id| known("kind", &id, &Kind::ALL.map(Kind::id))).transpose()?;
        let kind = kind.and_then(|at| Kind::ALL.get(at).copied());
        let fields: Vec<&str> = Kind::ALL.into_iter().filter(|k| kind.is_none_or(|told| told == *k)).flat_map(Kind::fields).collect();
        for field in self.columns.keys() {
            known("columns", field, &fields)?;
        }
        Ok(SideOptions { kind, columns: self.columns.into_iter().map(|(field, header)| (field, header.unwrap_or_default())).collect() })
    }
}

pub(super) const OUTCOMES: [(&str, Outcome); 3] = [("pass", Outcome::Pass), ("fail", Outcome::Fail), ("skip", Outcome::Skip)];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewInput {
    conversation: String,
    rule: String,
    verdict: String,
    #[serde(default)]
    note: String,
}

impl ReviewInput {
    pub(super) fn parse(self) -> Thrown<Review> {
        let [pass, fail, skip] = OUTCOMES.map(|(name, outcome)| (name, Opinion::Result(outcome)));
        let opinions = [("confirm", Opinion::Confirm), ("overrule", Opinion::Overrule), pass, fail, skip];
        let opinion = choice("verdict", Some(self.verdict), Opinion::Confirm, &opinions)?;
        Ok(Review { conversation: self.conversation, rule: self.rule, opinion, note: self.note })
    }
}
