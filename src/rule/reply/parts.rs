//! What a book writes of a reply: `when` it is owed, and what is owed `then`.

use super::super::{Reach, table::Names};
use crate::{
    signal::{SignalId, Who},
    toml::Fields,
};
use alloc::vec::Vec;

/// The occasion of a [`super::Reply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// Whose message.
    pub who: Who,
    /// Any of these; none: every round.
    pub signals: Vec<SignalId>,
    /// A message with one of these is no occasion (好的，谢谢 waits for no answer).
    pub except: Vec<SignalId>,
    /// No occasion where the amount that these found last lacks something for the next tier: a rule with [`Then::gap_of`] computes there.
    pub without_gap_of: Vec<SignalId>,
}

impl Default for When {
    fn default() -> Self {
        Self { who: Who::Buyer, signals: Vec::new(), except: Vec::new(), without_gap_of: Vec::new() }
    }
}

impl When {
    pub(super) fn parse(mut fields: Fields, names: &Names) -> Self {
        let who = fields.choice("who", &[("buyer", Who::Buyer), ("agent", Who::Agent)]).unwrap_or(Who::Buyer);
        let (signals, named) = names.signals(&mut fields, who);
        if who == Who::Agent && !named {
            fields.missing("signals");
        }
        let except = fields.texts("except");
        let without_gap_of = fields.texts("without_gap_of");
        let when = Self {
            who,
            signals,
            except: names.resolve(&except, who, fields.errors()),
            without_gap_of: names.resolve(&without_gap_of, Who::Any, fields.errors()),
        };
        fields.finish();
        when
    }
}

/// What ought to follow, or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Then {
    /// Which reply.
    pub reply: Which,
    /// Which part of it.
    pub place: Place,
    /// Any of these; none: any human message answers.
    pub signals: Vec<SignalId>,
    /// A sentence of nothing but these is not yet the first sentence.
    pub opening: Vec<SignalId>,
    /// Seconds from the message that is the occasion.
    pub within: Option<u32>,
    /// How far from it some reply may be, in messages and rounds: what comes later is missing.
    pub reach: Option<Reach>,
    /// What an agent said before the occasion counts too: one apology serves for what the buyer complains of later.
    pub earlier: bool,
    /// The signals must not be found.
    pub not: bool,
    /// With `not`: a reply with one of these, or with a picture, a card or a link, may hold them (请稍等，已经在打包了).
    pub except: Vec<SignalId>,
    /// How many occasions on end may fail.
    pub at_most: u32,
    /// The amount that these found last, the buyer's or the agent's, lacks something for the next tier of the shop's discounts: the answer
    /// names how much. Without tiers, without an amount and beyond the last tier there is no occasion.
    pub gap_of: Vec<SignalId>,
}

impl Then {
    pub(super) fn parse(mut fields: Fields, names: &Names) -> Self {
        let opening = fields.texts("opening");
        let gap_of = fields.texts("gap_of");
        let except = fields.texts("except");
        let within_place = fields.place_of("within");
        let reach = Reach::of(&mut fields);
        let (signals, named) = names.signals(&mut fields, Who::Agent);
        let then = Self {
            reply: fields.choice("reply", &[("first", Which::First), ("some", Which::Some)]).unwrap_or_default(),
            place: fields.choice("where", &[("all", Place::All), ("first-sentence", Place::FirstSentence)]).unwrap_or_default(),
            signals,
            opening: names.resolve(&opening, Who::Agent, fields.errors()),
            within: reach.and_then(|reach| reach.seconds),
            reach: reach.filter(|reach| reach.messages.is_some() || reach.rounds.is_some()),
            earlier: fields.boolean("earlier").unwrap_or(false),
            not: fields.boolean("not").unwrap_or(false),
            except: names.resolve(&except, Who::Agent, fields.errors()),
            at_most: fields.whole("at_most", 1000).unwrap_or(0),
            gap_of: names.resolve(&gap_of, Who::Any, fields.errors()),
        };
        if then.reach.is_some() && (then.reply != Which::Some || then.not) {
            let message = "within 的 messages、rounds 只用于 reply = \"some\"，不与 not 同用 / messages and rounds in within go with reply = \"some\" and without not";
            fields.errors().add(within_place, "book-value", message);
        }
        if !gap_of.is_empty() {
            if named || then.not || then.place != Place::All || reach.is_some() {
                let message = "gap_of 不与 signals、not、where、within 同用 / gap_of goes without signals, not, where and within";
                fields.errors().add(fields.place(), "book-value", message);
            }
        } else if !named && (then.not || then.place != Place::All || then.reply != Which::First) {
            // Any message answers: there is nothing that could stand somewhere, or not.
            fields.missing("signals");
        }
        if then.earlier && (!named || then.not || then.within.is_some() || then.reach.is_some()) {
            let message = "earlier 与 signals 同用，不与 not、within 同用 / earlier goes with signals and without not and within";
            fields.errors().add(fields.place(), "book-value", message);
        }
        if !then.not && !then.except.is_empty() {
            fields.errors().add(fields.place(), "book-value", "except 与 not 同用 / except goes with not");
        }
        if then.place == Place::All && !then.opening.is_empty() {
            let message = "opening 只用于 where = \"first-sentence\" / opening goes with where = \"first-sentence\" only";
            fields.errors().add(fields.place(), "book-value", message);
        }
        fields.finish();
        then
    }
}

/// Which reply is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// The reply to the occasion itself.
    #[default]
    First,
    /// It or any later one.
    Some,
}

/// Which part of a reply is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// All of it.
    #[default]
    All,
    /// Its first sentence.
    FirstSentence,
}
