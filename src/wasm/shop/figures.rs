//! A shop's figures, and the rows behind them.

use super::Shop;
use crate::{
    metric::{self, Options},
    report::{mask_id, mask_name, mask_order, tell_apart, unmet},
    sort,
    wasm::{
        given::Given,
        json::{Thrown, bad_option, json, known},
        options::{self, part},
    },
};
use alloc::{borrow::Cow, collections::BTreeMap, format, string::String, vec::Vec};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Shop {
    /// What to count, once all conversations have been judged.
    fn ask(&mut self, options_json: &str) -> Thrown<Options> {
        let options = options::metrics(options_json, self.buyer, &self.book)?;
        self.judge(usize::MAX)?;
        self.judge_reviews();
        // Rows come in the same order, however the files came.
        sort::plain(&mut self.facts.contacts);
        Ok(options)
    }

    /// JSON of the rows behind a figure, of the whole shop or of a part of it (JSON as in [`metric::Metric::by`]), at most so many of them;
    /// `masked` hides who buyers are.
    pub fn rows(&mut self, id: &str, by_json: Option<String>, options_json: &str, most: usize, masked: bool) -> Thrown<String> {
        known("metric", id, &metric::definitions().map(|d| d.id).collect::<Vec<_>>())?;
        let by = by_json.map(|by| part(&by)).transpose()?;
        let options = self.ask(options_json)?;
        let found = match &by {
            None => metric::rows(&self.facts, &options, id, most),
            Some(by) => metric::rows_of(&self.facts, &options, id, by, most),
        };
        let Some(mut found) = found else { return Err(self.no_part(id, &options)) };
        if masked {
            let buyers = self.buyers();
            let hidden = |row: &metric::FigureRow| match row.what {
                "buyer" | "product" => mask_name(&row.id),
                "conversation" | "round" => mask_id(&row.id, buyers.get(&*row.id).copied().flatten().as_slice()),
                _ => mask_order(&row.id),
            };
            let mut masks: Vec<(String, String)> = found.rows.iter().map(|row| (row.id.clone(), hidden(row))).collect();
            tell_apart(&mut masks);
            for (row, (_, mask)) in found.rows.iter_mut().zip(masks) {
                row.id = mask;
                row.about = row.about.as_deref().map(|about| plain(about).into());
            }
        }
        json(&found)
    }

    /// JSON of texts (JSON of a list of them) as they may leave the page: ids of conversations without who the buyer is, codes as they
    /// are, everything else masked as text.
    pub fn mask(&self, texts_json: &str) -> Thrown<String> {
        let texts = Given::read(texts_json)?.texts("texts")?;
        let buyers = self.buyers();
        let masked = texts.iter().map(|text| match buyers.get(&**text) {
            Some(buyer) => mask_id(text, buyer.as_slice()).into(),
            None => plain(text),
        });
        json(&masked.collect::<Vec<_>>())
    }

    /// The buyers of the conversations, by the conversation's id.
    fn buyers(&self) -> BTreeMap<&str, Option<&str>> {
        let mut buyers = BTreeMap::new();
        for contact in &self.facts.contacts {
            buyers.insert(&*contact.id, contact.buyer.as_deref());
        }
        buyers
    }

    /// The error that a figure is not told of a part of the shop, with the parts that it is told of.
    fn no_part(&self, id: &str, options: &Options) -> JsValue {
        let figures = metric::measure(&self.facts, options);
        let parts = figures.metrics.iter().filter(|m| m.id == id).filter_map(|m| m.by.as_ref());
        let parts: Vec<String> = parts.map(|by| format!("{}={}", by.kind, by.name)).collect();
        let parts = if parts.is_empty() { "无 / none".into() } else { parts.join(", ") };
        bad_option(format!("{id} 没有这一部分，只有：{parts} / {id} is not told of this part, only of: {parts}"))
    }

    /// JSON of the figures.
    pub fn metrics(&mut self, options_json: &str) -> Thrown<String> {
        let options = self.ask(options_json)?;
        let figures = metric::measure(&self.facts, &options);
        let notes = json(&unmet(&figures.unmet).as_slice())?;
        let figures = json(&figures)?;
        let figures = figures.strip_suffix('}').unwrap_or_default();
        Ok(format!("{figures},\"notes\":{notes},\"files\":{}}}", self.files()?))
    }
}

/// A text as it may leave; codes stay as they are, but for what is a mobile phone's number.
fn plain(text: &str) -> Cow<'_, str> {
    let is_phone = matches!(text.as_bytes(), [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit));
    let is_code = !is_phone && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if is_code { text.into() } else { mask_id(text, &[]).into() }
}
