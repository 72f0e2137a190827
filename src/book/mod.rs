//! The book: signals, scenes, rules, alerts and the way of scoring, assembled from TOML, checked, and proved by its own
//! examples.
//!
//! A book with a mistake does not load, and every mistake has its line, column and likely right spelling: a rule that
//! loads and never fires would be worse than none.
//!
//! ```
//! use huashu::book::Book;
//! let text = r#"
//! id = "my-shop"
//! title = "我的店"
//!
//! [[signal]]
//! id = "promise"
//! title = "打包票"
//! who = "agent"
//! words = ["保证"]
//! unless = [{ before = ["不能"], within = 2 }]
//! [[signal.example]]
//! hit = "[[保证]]明天到"
//! [[signal.example]]
//! miss = "不能保证呢"
//!
//! [[rule]]
//! id = "no-promise"
//! title = "不打包票"
//! principle = "wording"
//! kind = "forbid"
//! who = "agent"
//! signals = ["promise"]
//! deduct = 5
//! [[rule.example]]
//! fail = '''
//! 买家 明天能到吗
//! 客服 [[保证]]明天到
//! '''
//! [[rule.example]]
//! pass = '''
//! 买家 明天能到吗
//! 客服 正常情况下明天到
//! '''
//! "#;
//! let book = Book::parse("my-shop.toml", text).unwrap();
//! assert_eq!((book.rules.len(), book.signals.len()), (1, 1));
//!
//! let errors = Book::parse("my-shop.toml", &text.replace("[[保证]]明天到\n'''", "[[保证]]明[[天]]到\n'''")).unwrap_err();
//! assert_eq!((errors[0].code(), errors[0].line()), ("book-example", Some(27)));
//! ```

mod check;
mod example;
mod hash;
mod homes;
mod load;
mod profile;
mod show;
mod standard;
#[cfg(test)]
mod wrong;

pub use check::{Checked, check};
pub(crate) use example::begins;
pub use example::{Ran, Status};
pub use profile::Profile;
pub use show::{BookInfo, RuleInfo, SceneInfo, SignalInfo, TierInfo};

use crate::{
    Error, Result,
    chat::{Conversation, round::rounds},
    link::Known,
    metric::{Board, Cuts},
    rule::{Alarm, Alert, Case, Mood, Outcome, Rule, Scene, Tier, Verdict, alarms, judge, scenes},
    score::ScoreConfig,
    signal::{Finder, Hits, Scratch, Signal},
};
use alloc::{borrow::Cow, string::String, vec::Vec};

/// A book that loaded.
#[derive(Clone, Debug)]
pub struct Book {
    /// Stable id.
    pub id: String,
    /// Its version, as its author counts.
    pub version: String,
    /// Title in Chinese.
    pub title: String,
    /// Title in English; the Chinese one where the book has none.
    pub title_en: String,
    /// 32 hexadecimal digits that change with the book's text, the book it extends and the profile. Reports cite it.
    pub hash: String,
    /// The signals; hits name them by position.
    pub signals: Vec<Signal>,
    /// The scenes.
    pub scenes: Vec<Scene>,
    /// The rules, those switched off included; verdicts name them by position.
    pub rules: Vec<Rule>,
    /// The alerts.
    pub alerts: Vec<Alert>,
    /// The tiers of the shop's discounts, lowest first.
    pub tiers: Vec<Tier>,
    /// What tells of dissatisfied buyers.
    pub mood: Mood,
    /// How it scores.
    pub score: ScoreConfig,
    /// Where the figures cut customers into groups: its `[customers]`.
    pub cuts: Cuts,
    /// Its targets and pay sheets: `[[kpi]]` and `[[pay]]`.
    pub board: Board,
    /// The signals, ready to be found.
    pub finder: Finder,
    /// The profile that was put in.
    pub profile: Option<Profile>,
    /// What does not keep it from loading: unused signals, known misses.
    pub warnings: Vec<Error>,
    examples: Vec<Vec<example::Example>>,
}

/// What a book says of one conversation, before points.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What was known of the buyer.
    pub known: Known,
    /// The signals found.
    pub hits: Hits,
    /// Positions of the scenes that hold.
    pub scenes: Vec<usize>,
    /// One verdict per rule that is switched on.
    pub verdicts: Vec<Verdict>,
    /// How dissatisfied the buyer is: [`Mood::of`].
    pub dissatisfaction: Option<f64>,
    /// What calls for a human.
    pub alarms: Vec<Alarm>,
}

impl Book {
    /// The book that ships. It is not checked again here: the tests do, with all its examples.
    ///
    /// Without the feature `regex` its patterns are left out; signals then find by words and nearness only.
    ///
    /// ```
    /// let book = huashu::book::Book::standard();
    /// assert_eq!(book.id, "standard");
    /// ```
    pub fn standard() -> Book {
        standard::book()
    }

    /// The text of the book that ships: one TOML file, to read and to begin one's own from.
    pub fn standard_text() -> String {
        standard::text()
    }

    /// Reads a book, checks it and runs its examples; `name` is the file's name for errors.
    ///
    /// A book that `extends = "standard"` has all of that book but what it replaces (a signal, scene, rule or alert of the
    /// same id) and what it takes `off`; what it inherited is held to its examples too, but an inherited example that no
    /// longer holds is a warning.
    ///
    /// # Errors
    /// All mistakes, in the order of the file.
    pub fn parse(name: &str, text: &str) -> core::result::Result<Book, Vec<Error>> {
        let checked = check(name, text);
        if checked.errors.is_empty() { Ok(checked.book) } else { Err(checked.errors) }
    }

    /// The same book on a platform: rules that do not apply there are switched off.
    ///
    /// # Errors
    /// `unknown-profile`.
    pub fn with_profile(mut self, id: &str) -> Result<Book> {
        let profile = Profile::find(id)?;
        for rule in &mut self.rules {
            if profile.off.contains(&rule.id) || rule.profiles_off.iter().any(|id| **id == *profile.id) {
                rule.enabled = false;
            }
        }
        self.hash = hash::hex(&[&self.hash, profile.text]);
        self.profile = Some(profile);
        Ok(self)
    }

    /// Finds the signals of a conversation and judges it. `known` is what is known of the buyer: that
    /// he or she bought before, is a member … `scratch` is memory to be used again for the next conversation.
    pub fn judge(&self, conversation: &Conversation, known: impl Into<Known>, scratch: &mut Scratch) -> Judged {
        let mut hits = Hits::default();
        self.finder.find_into(conversation, scratch, &mut hits);
        self.judge_hits(conversation, hits, known.into())
    }

    fn judge_hits(&self, conversation: &Conversation, hits: Hits, known: Known) -> Judged {
        let rounds = rounds(conversation);
        let scenes = scenes(&self.scenes, &hits);
        let case = Case::new(conversation, &rounds, &hits, &scenes, known).with_tiers(&self.tiers);
        let (verdicts, alarms) = (judge(&self.rules, &case), alarms(&self.alerts, &case));
        let dissatisfaction = self.mood.of(conversation, &hits);
        let known = case.known;
        Judged { known, hits, scenes, verdicts, dissatisfaction, alarms }
    }

    /// What to write instead, where a verdict failed: the rule's first suggestion, its slots filled.
    pub fn suggestion(&self, verdict: &Verdict) -> Option<Cow<'_, str>> {
        let suggest = self.rules.get(verdict.rule).filter(|_| verdict.result == Outcome::Fail)?.suggest.first()?;
        Some(verdict.gap.map_or_else(|| suggest.into(), |gap| gap.fill(suggest).into()))
    }

    /// The position of a rule.
    pub fn rule(&self, id: &str) -> Option<usize> {
        self.rules.iter().position(|rule| rule.id == id)
    }
}
