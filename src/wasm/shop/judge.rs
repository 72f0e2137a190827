//! A shop's conversations: read again from their files, and judged.

use super::{AtHand, Shop};
use crate::{
    Error, book,
    chat::Conversation,
    link::{Buyer, Contact, History, Place, Reviewed},
    report::{self, Checked, ConversationReport, Review, SignalLine},
    rule::Outcome,
    signal::Scratch,
    sort,
    wasm::{
        files::read,
        given::Given,
        json::{Thrown, json, not_json, throw},
        options,
    },
};
use alloc::{format, string::String, vec::Vec};
use wasm_bindgen::prelude::*;

/// So many conversations are read and judged at once.
const STEP: usize = 64;

#[wasm_bindgen]
impl Shop {
    /// Conversations with their texts, read again from their files.
    fn read(&self, from: usize, count: usize) -> Thrown<Vec<Conversation>> {
        let places: Vec<Place> = (from..from.saturating_add(count)).map_while(|at| self.listing.get(at)).collect();
        let mut conversations = Vec::new();
        // Those that follow one another in a file are read at once.
        for run in places.chunk_by(|a, b| a.0 == b.0 && a.1 + 1 == b.1) {
            let Some((talks, first)) = run.first().and_then(|(file, at)| Some((self.chats.get(*file)?, *at))) else { continue };
            conversations.append(&mut read(talks, first, run.len())?);
        }
        for (at, conversation) in (from..).zip(&mut conversations) {
            if let Some(id) = self.listing.id(at) {
                conversation.id = String::from(id);
            }
        }
        Ok(conversations)
    }

    /// The id of a conversation.
    fn id(&self, at: usize) -> Option<String> {
        let (file, place) = self.listing.get(at)?;
        self.listing.id(at).map(String::from).or_else(|| self.chats.get(file)?.outline.id(place))
    }

    fn check(&mut self, conversation: &Conversation) -> (Checked, book::Judged) {
        let Self { book, history, facts, scratch, talked, buyer: key, .. } = self;
        let history = history.get_or_init(|| History::new(&facts.orders, &facts.side).by(*key));
        let start = conversation.messages.iter().find_map(|m| m.at);
        let buyer = conversation.buyer.as_deref();
        let mut known = history.known(buyer, start);
        if let Some(earlier) = talked.earlier(buyer, start) {
            known = known.with(Buyer::Talking, earlier);
        }
        let judged = book.judge(conversation, known, scratch);
        (Checked::of(book, conversation, &judged), judged)
    }

    /// Takes conversations at hand and judges them.
    pub(super) fn take(&mut self, from: usize, count: usize) -> Thrown<()> {
        let AtHand { from: first, conversations, .. } = &self.at_hand;
        let count = count.min(self.conversations().saturating_sub(from));
        if from >= *first && from + count <= first + conversations.len() {
            return Ok(());
        }
        let conversations = self.read(from, count)?;
        let checked = conversations.iter().map(|conversation| self.check(conversation)).collect();
        self.at_hand = AtHand { from, conversations, checked };
        Ok(())
    }

    /// Judges the reviews, as far as that has not been done.
    pub(super) fn judge_reviews(&mut self) {
        let Self { book, history, facts, ids, scratch, buyer: key, .. } = self;
        let done = facts.reviews.len();
        let judge = |(number, review)| {
            let talk = Reviewed::conversation(&review, number);
            let known = history.get_or_init(|| History::new(&facts.orders, &facts.side).by(*key)).known(review.buyer, review.at);
            let judged = book.judge(&talk, Reviewed::known(&review, known), scratch);
            Reviewed::of(&review, &talk, ids.findings(book, &judged))
        };
        let new: Vec<Reviewed> = facts.side.reviews().enumerate().skip(done).map(judge).collect();
        facts.reviews.extend(new);
    }

    /// The reports on the reviews, for text on those alone whose reply breaks a rule.
    pub(super) fn review_reports(&self, write: &mut dyn FnMut(&ConversationReport) -> Thrown<()>, failed_only: bool) -> Thrown<()> {
        let mut scratch = Scratch::default();
        for (number, review) in self.facts.side.reviews().enumerate() {
            let conversation = &Reviewed::conversation(&review, number);
            let history = self.history.get_or_init(|| History::new(&self.facts.orders, &self.facts.side).by(self.buyer));
            let known = Reviewed::known(&review, history.known(review.buyer, review.at));
            let judged = self.book.judge(conversation, known, &mut scratch);
            if failed_only && judged.verdicts.iter().all(|verdict| verdict.result != Outcome::Fail) {
                continue;
            }
            let checked = &Checked::of(&self.book, conversation, &judged);
            write(&ConversationReport { book: &self.book, conversation, checked, messages: true, brief: false, judged: Some(&judged) })?;
        }
        Ok(())
    }

    /// Counts conversations at hand in the figures and the totals.
    fn count(&mut self, from: usize, count: usize) {
        let all = self.conversations();
        let Self { book, ids, at_hand, facts, totals, scores, .. } = self;
        // As many as will come, not twice as many.
        facts.contacts.reserve_exact(all.saturating_sub(facts.contacts.len()));
        let pairs = at_hand.conversations.iter().zip(&at_hand.checked).skip(from - at_hand.from).take(count);
        for (conversation, (checked, judged)) in pairs {
            facts.contacts.push(Contact::of(conversation, ids.findings(book, judged)));
            totals.add(conversation, checked);
            scores.push(checked.score.value);
        }
    }

    /// Judges conversations up to this position, as far as that has not been done.
    pub fn judge(&mut self, end: usize) -> Thrown<()> {
        let end = end.min(self.conversations());
        for from in (self.scores.len()..end).step_by(STEP) {
            let count = STEP.min(end - from);
            self.take(from, count)?;
            self.count(from, count);
        }
        Ok(())
    }

    /// Those of these conversations that are at hand.
    pub(super) fn reports(&self, from: usize, count: usize, messages: bool, brief: bool) -> impl Iterator<Item = ConversationReport<'_>> {
        let AtHand { from: first, conversations, checked } = &self.at_hand;
        let pairs = conversations.iter().zip(checked).skip(from - first).take(count);
        pairs.map(move |(conversation, (checked, judged))| {
            let (book, judged) = (&*self.book, Some(judged));
            ConversationReport { book, conversation, checked, messages, brief, judged }
        })
    }

    /// JSON of one conversation with its messages.
    pub fn conversation(&mut self, at: usize) -> Thrown<String> {
        self.take(at, 1)?;
        match self.reports(at, 1, true, false).next() {
            Some(report) => json(&report),
            None => Err(throw(&[Error::new("unknown-conversation", format!("没有第 {at} 个会话 / there is no conversation {at}"))])),
        }
    }

    /// JSON of how far an inspector agrees with the book.
    pub fn review(&mut self, reviews_json: &str) -> Thrown<String> {
        let reviews = Given::read(reviews_json)?.list("reviews")?.into_iter().map(options::review).collect::<Thrown<Vec<Review>>>()?;
        let mut ids: Vec<&str> = reviews.iter().map(|review| review.conversation.as_str()).collect();
        sort::plain(&mut ids);
        let wanted = |at: &usize| self.id(*at).is_some_and(|id| ids.binary_search(&id.as_str()).is_ok());
        let wanted: Vec<usize> = (0..self.conversations()).filter(wanted).collect();
        let (mut conversations, mut checked) = (Vec::new(), Vec::new());
        for at in wanted {
            for conversation in self.read(at, 1)? {
                checked.push(self.check(&conversation).0);
                conversations.push(conversation);
            }
        }
        json(&report::review(&self.book, &conversations, &checked, &reviews).map_err(|error| throw(&[error]))?)
    }

    /// JSON lines of the signals in `count` conversations; `undefined` when there are no more.
    pub fn signals(&self, from: usize, count: usize) -> Thrown<Option<String>> {
        let text = SignalLine::lines(&self.book, &self.read(from, count)?).map_err(not_json)?;
        Ok((from < self.conversations()).then_some(text))
    }

    /// The lowest score of the conversations that were judged and scored.
    pub fn lowest(&self) -> Option<f64> {
        self.scores.iter().flatten().copied().reduce(f64::min)
    }
}
