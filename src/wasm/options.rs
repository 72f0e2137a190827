//! The options of files, figures and reviews as they are written in JSON, and what they mean.

use super::{
    given::{Fields, Given},
    json::{Thrown, bad_option, choice, known, throw},
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
use alloc::{format, string::String, vec::Vec};

pub(super) fn metrics(json: &str, buyer: BuyerKey, book: &book::Book) -> Thrown<Options> {
    let mut given = Fields::read(
        json,
        &[
            "period",
            "asOf",
            "refunded",
            "dropZero",
            "knownBuyers",
            "window",
            "attribution",
            "campaignDays",
            "forwarded",
            "monologue",
            "exclude",
            "customers",
        ],
    )?;
    let usual = Options::default();
    let period = match given.take("period") {
        Given::Null => None,
        days => Some(period(Fields::of(days, &["from", "to"])?)?),
    };
    let day = |text: String| {
        metric::day(&text).ok_or_else(|| bad_option(format!("日期 {text} 有误，应写成 2026-01-31 / bad date {text}: write 2026-01-31")))
    };
    // As `Cuts::changed` reads them.
    let cuts = given.text("customers")?.unwrap_or_default();
    Ok(Options {
        period,
        as_of: given.text("asOf")?.map(day).transpose()?,
        refunded: given.choice("refunded", usual.refunded, &[("exclude", Refunded::Exclude), ("include", Refunded::Include)])?,
        drop_zero: given.flag("dropZero")?,
        known_buyers: given.flag("knownBuyers")?,
        window: given.number("window")?.map_or(usual.window, |days| days as u32),
        attribution: given.choice(
            "attribution",
            usual.attribution,
            &[("order", Attribution::Order), ("order-first", Attribution::OrderFirst), ("payment", Attribution::Payment)],
        )?,
        buyer,
        response: book.profile.as_ref().map(|profile| profile.response).unwrap_or_default(),
        cuts: book.cuts.changed(&cuts).map_err(|errors| {
            let told = |error: &Error| Error::new("bad-option", format!("customers: {}", error.message()));
            throw(&errors.iter().map(told).collect::<Vec<_>>())
        })?,
        board: book.board.clone(),
        campaign_days: given.number("campaignDays")?.map_or(usual.campaign_days, |days| days as u32),
        forwarded: given.number_or("forwarded", usual.forwarded, |most| Some(most as u32), ("count", None))?,
        monologue: given.number("monologue")?.unwrap_or_default() as u32,
        exclude: given.take("exclude").texts("exclude")?,
    })
}

fn period(mut days: Fields) -> Thrown<Period> {
    let text = format!("{}..{}", days.text("from")?.unwrap_or_default(), days.text("to")?.unwrap_or_default());
    Period::parse(&text).ok_or_else(|| {
        bad_option(format!("时段 {text} 有误，应写成 2026-01-01..2026-01-31 / bad period {text}: write 2026-01-01..2026-01-31"))
    })
}

/// A part of the shop, `{"agent": "小美"}`.
pub(super) fn part(by_json: &str) -> Thrown<By> {
    let by = Given::read(by_json)?.map("by")?;
    let [(kind, name)] = &*by else {
        return Err(bad_option("by 应写成 {\"agent\": \"小美\"} / by is written {\"agent\": \"小美\"}"));
    };
    known("by", kind, &By::KINDS)?;
    By::new(kind, name).ok_or_else(|| bad_option(&**kind))
}

pub(super) fn chats(json: &str) -> Thrown<ReadOptions> {
    let mut given = Fields::read(json, &["format", "gap", "agents", "year", "columns"])?;
    let shapes: Vec<&str> = shapes().map(|(id, _)| id).collect();
    let fields = ["id", "date", "time", "role", "sender", "to", "text", "buyer", "agent"];
    let format = given.text("format")?;
    if let Some(format) = &format {
        known("format", format, &shapes)?;
    }
    let mut usual = ReadOptions::default();
    for (field, header) in given.take("columns").map("columns")? {
        known("columns", &field, &fields)?;
        usual.columns.insert(field, header);
    }
    // Minutes.
    let gap = given.number_or("gap", usual.gap, |minutes| Gap::After((minutes * 60.0) as i64), ("day", Gap::Day))?;
    let year = given.number("year")?.map(|year| year as i32);
    Ok(ReadOptions { format, gap, agents: given.take("agents").texts("agents")?, year, ..usual })
}

pub(super) fn orders(json: &str) -> Thrown<OrderOptions> {
    let mut given = Fields::read(json, &["columns", "buyer"])?;
    let columns = match given.take("columns") {
        Given::Null => None,
        columns => Some(Columns::of(columns.map("columns")?).map_err(|error| throw(&[error]))?),
    };
    let keys = [("account", BuyerKey::Account), ("phone", BuyerKey::Phone), ("receiver", BuyerKey::Receiver)];
    Ok(OrderOptions { columns, buyer: given.choice("buyer", BuyerKey::Account, &keys)? })
}

pub(super) fn table(json: &str) -> Thrown<SideOptions> {
    let mut given = Fields::read(json, &["kind", "columns"])?;
    let kind = given.text("kind")?.map(|id| known("kind", &id, &Kind::ALL.map(Kind::id))).transpose()?;
    let kind = kind.and_then(|at| Kind::ALL.get(at).copied());
    let fields: Vec<&str> = Kind::ALL.into_iter().filter(|k| kind.is_none_or(|told| told == *k)).flat_map(Kind::fields).collect();
    let mut options = SideOptions { kind, ..SideOptions::default() };
    for (field, header) in given.take("columns").map("columns")? {
        known("columns", &field, &fields)?;
        options.columns.push((field, header));
    }
    Ok(options)
}

pub(super) const OUTCOMES: [(&str, Outcome); 3] = [("pass", Outcome::Pass), ("fail", Outcome::Fail), ("skip", Outcome::Skip)];

pub(super) fn review(given: Given) -> Thrown<Review> {
    // `of` is the page's own, which knows the conversation by it.
    let mut given = Fields::of(given, &["conversation", "rule", "verdict", "note", "of"])?;
    let [pass, fail, skip] = OUTCOMES.map(|(name, outcome)| (name, Opinion::Result(outcome)));
    let opinions = [("confirm", Opinion::Confirm), ("overrule", Opinion::Overrule), pass, fail, skip];
    let [conversation, rule, verdict] = [given.need("conversation")?, given.need("rule")?, given.need("verdict")?];
    let note = given.text("note")?.unwrap_or_default();
    let opinion = choice("verdict", Some(verdict), Opinion::Confirm, &opinions)?;
    Ok(Review { conversation, rule, opinion, note })
}
