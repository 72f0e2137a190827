//! Scenes: what a conversation is about, told by the signals found in it. Several can hold at once.

use super::Names;
use crate::{
    signal::{Hits, SignalId, Who, need_id},
    sort,
    toml::Fields,
};
use alloc::{string::String, vec::Vec};

/// One `[[scene]]` of the book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// Stable id.
    pub id: String,
    /// Title in Chinese.
    pub title: String,
    /// Title in English; the Chinese one where the book has none.
    pub title_en: String,
    /// It holds when one of these is found.
    pub signals: Vec<SignalId>,
    /// Whether it is about something already bought. A conversation whose scenes are all of that sort is no inquiry.
    pub after_sale: bool,
    /// Whether the table `issues` counts a complaint under it.
    pub as_problem: AsProblem,
}

/// When a complaint is counted under a scene.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AsProblem {
    /// Whenever it holds.
    #[default]
    Always,
    /// Where no narrower one holds: of the scenes that embrace others.
    Alone,
    /// Never: of scenes that are no trouble.
    Never,
}

impl AsProblem {
    const NAMES: [(&str, Self); 3] = [("always", Self::Always), ("alone", Self::Alone), ("never", Self::Never)];
}

impl Scene {
    /// Reads one table.
    pub fn parse(mut fields: Fields<'_>, names: &Names) -> Scene {
        let id = need_id(&mut fields).text;
        let (title, title_en) = fields.titles();
        let scene = Scene {
            id,
            title,
            title_en,
            signals: names.need_signals(&mut fields, Who::Any),
            after_sale: fields.boolean("after_sale").unwrap_or(false),
            as_problem: fields.choice("as_problem", &AsProblem::NAMES).unwrap_or_default(),
        };
        fields.finish();
        scene
    }
}

/// The scenes that hold, by their position in the book.
///
/// ```
/// use huashu::{rule::{Scene, scenes}, signal::{Hit, Hits}};
/// let book = [7, 8].map(|signal| Scene { signals: vec![signal], ..Scene::default() });
/// let hits = Hits(vec![Hit { message: 0, signal: 8, start: 0, end: 6, replace: u32::MAX, learned: false }]);
/// assert_eq!(scenes(&book, &hits), [1]);
/// ```
pub fn scenes(book: &[Scene], hits: &Hits) -> Vec<usize> {
    let mut found: Vec<SignalId> = hits.0.iter().map(|h| h.signal).collect();
    sort::plain(&mut found);
    found.dedup();
    let holds = |scene: &Scene| scene.signals.iter().any(|signal| found.binary_search(signal).is_ok());
    book.iter().enumerate().filter(|(_, scene)| holds(scene)).map(|(number, _)| number).collect()
}
