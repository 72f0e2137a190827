//! What a check of a shop found, written piece by piece.

use super::Shop;
use crate::{
    report::{Cited, ConversationReport, Csv, Junit, Privacy, Text},
    wasm::{
        given::Fields,
        json::{Thrown, choice, json},
    },
};
use alloc::{format, string::String, vec::Vec};
use wasm_bindgen::prelude::*;

/// The results of a check, piece by piece: head, conversations, tail.
#[wasm_bindgen]
pub struct Writer {
    format: Format,
    messages: bool,
    brief: bool,
    fail_under: Option<f64>,
    privacy: Privacy,
}

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Text,
    Json,
    Csv,
    Junit,
}

#[wasm_bindgen]
impl Writer {
    /// `format` is `text`, `json`, `csv` or `junit`.
    #[wasm_bindgen(constructor)]
    pub fn new(format: String, options_json: &str) -> Thrown<Writer> {
        let mut given = Fields::read(options_json, &["messages", "brief", "failUnder", "unmasked"])?;
        let privacy = if given.flag("unmasked")? { Privacy::Open } else { Privacy::Masked };
        let known = [("text", Format::Text), ("json", Format::Json), ("csv", Format::Csv), ("junit", Format::Junit)];
        Ok(Self {
            format: choice("format", Some(format), Format::Json, &known)?,
            messages: given.flag("messages")?,
            brief: given.flag("brief")?,
            fail_under: given.number("failUnder")?,
            privacy,
        })
    }

    fn junit(&self) -> Junit {
        Junit { privacy: self.privacy, fail_under: self.fail_under }
    }

    /// What comes before the conversations, all of which have been judged.
    pub fn head(&self, shop: &Shop) -> Thrown<String> {
        Ok(match self.format {
            Format::Text => String::new(),
            Format::Json => format!("{{\"book\":{},\"conversations\":[", json(&Cited::of(&shop.book))?),
            Format::Csv => Csv::default().head(),
            Format::Junit => self.junit().head(&shop.book, shop.scores.iter().copied()),
        })
    }

    /// The conversations from a position on.
    pub fn rows(&self, shop: &mut Shop, from: usize, count: usize) -> Thrown<String> {
        let mut text = String::new();
        shop.take(from, count)?;
        for (number, report) in shop.reports(from, count, self.messages, self.brief).enumerate() {
            match self.format {
                Format::Text => text.push_str(&Text { privacy: self.privacy }.sheet(&report)),
                Format::Json => {
                    text.push_str(if number > 0 { "," } else { "" });
                    text.push_str(&json(&report)?);
                }
                Format::Csv => text.push_str(&Csv { privacy: self.privacy }.rows(&report)),
                Format::Junit => text.push_str(&self.junit().case(&report)),
            }
        }
        Ok(text)
    }

    /// What comes after the conversations.
    pub fn tail(&self, shop: &Shop) -> Thrown<String> {
        if matches!(self.format, Format::Csv | Format::Junit) {
            return Ok(if self.format == Format::Junit { self.junit().tail().into() } else { String::new() });
        }
        let summary = shop.totals.finish(&shop.book);
        if self.format == Format::Text {
            let mut text = String::new();
            let mut write = |report: &ConversationReport| {
                text.push_str(&Text { privacy: self.privacy }.sheet(report));
                Ok(())
            };
            shop.review_reports(&mut write, true)?;
            return Ok(text + &Text::default().summary(&shop.book, &summary));
        }
        let mut reviews: Vec<String> = Vec::new();
        let mut write = |report: &ConversationReport| {
            reviews.push(json(report)?);
            Ok(())
        };
        shop.review_reports(&mut write, false)?;
        let reviews = reviews.join(",");
        let [agents, days, whole] = [json(&summary.agents)?, json(&summary.days)?, json(&summary.shop)?];
        let [files, problems] = [shop.files()?, shop.problems()?];
        Ok(format!(
            "\"reviews\":[{reviews}],\"agents\":{agents},\"days\":{days},\"shop\":{whole},\"files\":{files},\"problems\":{problems}}}\n"
        ))
    }
}
