//! How dissatisfied a buyer is at the end of a talk, told by signals.

use super::table::Names;
use crate::{
    chat::{Conversation, Kind, Role},
    signal::{Hits, SignalId, Who},
    toml::Fields,
};
use alloc::vec::Vec;

/// The `[dissatisfaction]` table of a book: points for what the buyer's messages do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mood {
    /// Points of a message in which the signal is found, above 0 for what dissatisfied buyers write.
    pub points: Vec<(SignalId, f64)>,
    /// How many times the buyer's last message counts.
    pub last: f64,
}

impl Mood {
    /// Reads the table.
    pub fn parse(mut fields: Fields, names: &Names) -> Self {
        let last_place = fields.place_of("last");
        if fields.has("last") && !fields.has("points") {
            fields.errors().add(last_place, "book-missing", "last 与 points 同用 / last goes with points");
        }
        let last = f64::from(fields.whole("last", 100).unwrap_or(1));
        let mut points: Vec<(SignalId, f64)> = Vec::new();
        for mut table in fields.tables("points") {
            let signals = names.need_signals(&mut table, Who::Buyer);
            if !table.has("points") {
                table.missing("points");
            }
            let (place, value) = (table.place_of("points"), table.number("points"));
            if value.is_some_and(|value| value == 0.0 || value.abs() > 1000.0) {
                let message = "points 应在 −1000 到 1000 之间，不为 0 / points lie between −1000 and 1000 and are not 0";
                fields.errors().add(place, "book-value", message);
            }
            if points.iter().any(|(signal, _)| signals.contains(signal)) {
                fields.errors().add(table.place(), "book-duplicate", "有信号已经计过分 / one of the signals has its points already");
            }
            points.extend(signals.into_iter().map(|signal| (signal, value.unwrap_or_default())));
            table.finish();
        }
        fields.finish();
        Self { points, last }
    }

    /// The sum over the buyer's messages with words: above 0 the buyer complains more than is pleased. `None` without such a message,
    /// or where the book does not say what counts.
    ///
    /// ```
    /// use huashu::{book::Book, chat};
    /// let book = Book::standard();
    /// let of = |text: &str| {
    ///     let conversation = &chat::read("a", text.as_bytes(), &Default::default()).conversations[0];
    ///     book.judge(conversation, None, &mut Default::default()).dissatisfaction
    /// };
    /// // A complaint, and thanks in the last message, which counts twice.
    /// assert_eq!(of("买家：杯子破了\n客服：马上补发\n买家：好的谢谢你，很满意"), Some(1.0 - 4.0));
    /// assert_eq!(of("买家：杯子破了\n客服：我看看"), Some(2.0));
    /// ```
    pub fn of(&self, conversation: &Conversation, hits: &Hits) -> Option<f64> {
        let said = |m: usize| conversation.messages.get(m).is_some_and(|m| m.role == Role::Buyer && m.kind == Kind::Text);
        let last = (0..conversation.messages.len()).rfind(|m| said(*m)).filter(|_| !self.points.is_empty())?;
        let mut sum = 0.0;
        for message in (0..=last).filter(|m| said(*m)) {
            let found = self.points.iter().filter(|(signal, _)| hits.of(message, *signal).next().is_some());
            let points: f64 = found.map(|(_, points)| points).sum();
            sum += if message == last { points * self.last } else { points };
        }
        // No −0.
        Some(sum + 0.0)
    }
}
