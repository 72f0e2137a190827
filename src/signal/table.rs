//! One `[[signal]]` table of the book, as written.

use crate::chat::Role;
use crate::toml::{Errors, Fields, Item, Place, Text, Value};
use alloc::{string::String, vec::Vec};

/// Whose messages count. Bots and the platform never carry signals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Who {
    /// The buyer's.
    Buyer,
    /// The human agents'.
    Agent,
    /// Both.
    #[default]
    Any,
}

impl Who {
    /// The names in a book.
    pub const CHOICES: [(&'static str, Who); 3] = [("buyer", Who::Buyer), ("agent", Who::Agent), ("any", Who::Any)];

    /// Whether messages of this role count.
    pub fn includes(self, role: Role) -> bool {
        matches!((self, role), (Who::Buyer | Who::Any, Role::Buyer) | (Who::Agent | Who::Any, Role::Agent))
    }

    /// Its name in a book.
    pub fn name(self) -> &'static str {
        match self {
            Who::Buyer => "buyer",
            Who::Agent => "agent",
            Who::Any => "any",
        }
    }
}

/// One signal as the book defines it.
#[derive(Clone, Debug, Default)]
pub struct Signal {
    /// Stable id.
    pub id: Text,
    /// Title in Chinese.
    pub title: String,
    /// Title in English; the Chinese one where the book has none.
    pub title_en: String,
    /// Whose messages can carry it.
    pub who: Who,
    /// Where that is written, else where the signal begins.
    pub who_place: Place,
    /// Used by other signals and scenes only: not listed, and needs no examples.
    pub helper: bool,
    /// Only messages of at most this many characters, counted without punctuation, blanks and emoji at both ends.
    pub max_chars: Option<u32>,
    /// Words anywhere in a message.
    pub words: Vec<Word>,
    /// Messages that consist of just this.
    pub whole: Vec<Word>,
    /// Words near each other.
    pub near: Vec<Near>,
    /// Regular expressions.
    pub patterns: Vec<Pattern>,
    /// Words that count only as an answer to what the other side said just before.
    pub answers: Vec<Answer>,
    /// Every message of a few characters, counted as for `max_chars`.
    pub short: Option<Short>,
    /// The [model](super::learned) that is asked where nothing else finds the signal.
    pub learned: Option<Text>,
    /// A hit that overlaps one of these is none.
    pub except: Vec<Text>,
    /// A hit near one of these is none.
    pub unless: Vec<Unless>,
    /// Its examples.
    pub examples: Vec<Sample>,
    /// Found for no one: a helper that only lends its words. Set by the book.
    pub silent: bool,
}

/// A word, or `@id` for the words of another signal.
#[derive(Clone, Debug)]
pub struct Word {
    /// The word as written.
    pub text: Text,
    /// The softer word to say instead.
    pub replace: Option<String>,
}

/// Two words of one sentence, near each other.
#[derive(Clone, Debug)]
pub struct Near {
    /// One of these …
    pub first: Vec<Text>,
    /// … then one of these …
    pub then: Vec<Text>,
    /// … with at most this many characters between; `None`: anywhere in the sentence, up to 100 characters.
    pub within: Option<u32>,
    /// The other order counts too.
    pub any_order: bool,
    /// Where it is written.
    pub place: Place,
}

/// A regular expression, tried on messages that hold one of `with`.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The expression, over folded text.
    pub find: Text,
    /// Literals of which one is in every match's message.
    pub with: Vec<Text>,
}

/// Words that count only where the other side's last turn (all it wrote since this side last spoke) holds one of `to`:
/// 可以的 is a solution after 能换吗, and nothing of the kind after 能做饭吗.
#[derive(Clone, Debug)]
pub struct Answer {
    /// One of these was said just before …
    pub to: Vec<Text>,
    /// … and one of these is in the answer.
    pub words: Vec<Text>,
    /// The answer has to consist of the word.
    pub whole: bool,
    /// Where it is written.
    pub place: Place,
}

/// How short a message has to be to count for that alone.
#[derive(Clone, Debug)]
pub struct Short {
    /// Characters at most.
    pub chars: u32,
    /// It counts for nothing with one of these, unless it is nothing else: 有的哦 is soft, 哦 is curt.
    pub softened_by: Vec<Text>,
    /// Where it is written.
    pub place: Place,
}

/// Where the word of an `unless` stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Before the hit, in its sentence.
    Before,
    /// After the hit, in its sentence.
    After,
    /// Anywhere in the hit's sentence.
    Sentence,
}

/// Drops a hit where one of the words stands near it.
#[derive(Clone, Debug)]
pub struct Unless {
    /// Where.
    pub stand: Stand,
    /// The words.
    pub words: Vec<Text>,
    /// At most this many characters between; `None`: anywhere in the sentence, up to 100 characters.
    pub within: Option<u32>,
    /// Only hits that have one of these in them; none: all hits.
    pub of: Vec<Text>,
    /// Not where the speaker used one of these, in this message or earlier in the talk: 太大 is a complaint after 收到.
    pub but: Vec<Text>,
    /// Where it is written.
    pub place: Place,
}

/// An example of a signal: a message with the expected hits marked, or one that must not hit.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What the other side said just before.
    pub to: Option<String>,
    /// The message; `[[…]]` marks a hit.
    pub text: Text,
    /// Whether a hit is expected.
    pub hit: bool,
    /// A known miss, and why: reported, does not fail.
    pub todo: Option<String>,
}

/// The farthest `within`.
const MAX_WITHIN: u32 = 200;
/// Longer messages are not `short`.
const MAX_SHORT: u32 = 20;

impl Signal {
    /// Reads one table.
    pub fn parse(mut fields: Fields<'_>) -> Signal {
        let ways = ["words", "whole", "near", "patterns", "answers", "short", "learned"];
        let finds = ways.iter().any(|way| fields.has(way));
        let id = need_id(&mut fields);
        let (title, title_en) = fields.titles();
        let mut signal = Signal {
            id,
            title,
            title_en,
            who_place: fields.place_of("who"),
            who: fields.choice("who", &Who::CHOICES).unwrap_or_default(),
            helper: fields.boolean("helper").unwrap_or(false),
            max_chars: fields.whole("max_chars", 1000),
            short: fields.table("short").and_then(short),
            learned: fields.text("learned"),
            words: words(&mut fields, "words"),
            whole: words(&mut fields, "whole"),
            except: fields.texts("except"),
            ..Signal::default()
        };
        let errors = fields.errors();
        for mut near in fields.tables("near") {
            let place = near.place();
            let (first, then) = (near.need_texts("first"), near.need_texts("then"));
            let within = near.whole("within", MAX_WITHIN);
            let any_order = near.boolean("any_order").unwrap_or(false);
            signal.near.push(Near { first, then, within, any_order, place });
            near.finish();
        }
        for mut pattern in fields.tables("patterns") {
            let (find, with) = (pattern.need_text("find"), pattern.need_texts("with"));
            signal.patterns.push(Pattern { find, with });
            pattern.finish();
        }
        for mut answer in fields.tables("answers") {
            let place = answer.place();
            let (to, words) = (answer.need_texts("to"), answer.need_texts("words"));
            let whole = answer.boolean("whole").unwrap_or(false);
            signal.answers.push(Answer { to, words, whole, place });
            answer.finish();
        }
        for unless in fields.tables("unless") {
            signal.unless.extend(parse_unless(unless));
        }
        for mut example in fields.tables("example") {
            let todo = example.text("todo").map(|t| t.text);
            let to = example.text("to").map(|t| t.text);
            match (example.text("hit"), example.text("miss")) {
                (Some(text), None) => signal.examples.push(Sample { to, text, hit: true, todo }),
                (None, Some(text)) => signal.examples.push(Sample { to, text, hit: false, todo }),
                _ => errors.add(example.place(), "book-example", "例句要写 hit 或 miss 中的一个 / an example is either hit or miss"),
            }
            example.finish();
        }
        if !finds {
            let message = "信号没有 words、whole、near、patterns、answers、short 或 learned / \
                           a signal needs words, whole, near, patterns, answers, short or learned";
            errors.add(fields.place(), "book-missing", message);
        }
        fields.finish();
        signal
    }
}

impl Signal {
    /// Whether it says more than the words that others can borrow.
    pub(crate) fn is_more_than_words(&self) -> bool {
        let lists = [self.near.len(), self.patterns.len(), self.answers.len(), self.except.len(), self.unless.len()];
        lists != [0; 5] || self.short.is_some() || self.learned.is_some() || self.max_chars.is_some()
    }

    /// The ids of the signals whose words it borrows.
    pub(crate) fn includes(&self) -> impl Iterator<Item = &str> {
        let words = self.words.iter().chain(&self.whole).map(|w| &w.text);
        let near = self.near.iter().flat_map(|n| n.first.iter().chain(&n.then));
        let with = self.patterns.iter().flat_map(|p| &p.with);
        let answers = self.answers.iter().flat_map(|a| a.to.iter().chain(&a.words));
        let short = self.short.iter().flat_map(|s| &s.softened_by);
        let unless = self.unless.iter().flat_map(|u| u.words.iter().chain(&u.of).chain(&u.but));
        words
            .chain(near)
            .chain(with)
            .chain(answers)
            .chain(short)
            .chain(unless)
            .chain(&self.except)
            .filter_map(|text| text.strip_prefix('@'))
    }
}

/// Takes the id of a signal, a rule, a scene or an alert.
pub(crate) fn need_id(fields: &mut Fields<'_>) -> Text {
    let id = fields.need_text("id");
    let is_id = id.len() <= 64
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if !id.is_empty() && !is_id {
        let message = "id 以小写字母开头，只用小写字母、数字、- 和 _，最多 64 个 / \
                       ids begin with a lower-case letter and have lower-case letters, digits, - and _, at most 64";
        fields.errors().add(id.place, "book-id", message);
    }
    id
}

fn short(mut fields: Fields<'_>) -> Option<Short> {
    let place = fields.place();
    let chars = fields.whole("chars", MAX_SHORT);
    if chars.is_none() {
        fields.missing("chars");
    }
    let softened_by = fields.texts("softened_by");
    fields.finish();
    chars.map(|chars| Short { chars, softened_by, place })
}

fn words(fields: &mut Fields<'_>, key: &'static str) -> Vec<Word> {
    let errors = fields.errors();
    fields.items(key).into_iter().filter_map(|item| word(item, errors)).collect()
}

fn word(item: Item, errors: &Errors) -> Option<Word> {
    let Value::Table(table) = item.value else {
        return item.into_text(errors).map(|text| Word { text, replace: None });
    };
    let mut fields = Fields::new(table, errors);
    let word = Word { text: fields.need_text("word"), replace: Some(fields.need_text("replace").text) };
    if word.text.starts_with('@') {
        let message = "@ 借来的词用它们自己的 replace / what @ borrows keeps its own replace";
        errors.add(word.text.place, "book-value", message);
    }
    fields.finish();
    (!word.text.is_empty()).then_some(word)
}

fn parse_unless(mut fields: Fields<'_>) -> Option<Unless> {
    let place = fields.place();
    let lists =
        [(Stand::Before, fields.texts("before")), (Stand::After, fields.texts("after")), (Stand::Sentence, fields.texts("sentence"))];
    let within_place = fields.place_of("within");
    let within = fields.whole("within", MAX_WITHIN);
    let (of, but) = (fields.texts("of"), fields.texts("but"));
    let mut given = lists.into_iter().filter(|(_, words)| !words.is_empty());
    let unless = match (given.next(), given.next()) {
        (Some((stand, words)), None) => {
            if stand == Stand::Sentence && within.is_some() {
                let message = "within 只用于 before、after：sentence 看整句 / within goes with before or after: sentence means all of it";
                fields.errors().add(within_place, "book-value", message);
            }
            Some(Unless { stand, words, within, of, but, place })
        }
        _ => {
            let message = "unless 的每一项要写 before、after、sentence 中的一个 / each unless has one of before, after, sentence";
            fields.errors().add(place, "book-missing", message);
            None
        }
    };
    fields.finish();
    unless
}
