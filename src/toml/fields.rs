//! Takes known keys out of a table, with type checks and "did you mean".

use super::{Errors, Form, Item, Place, Table, Text, Value};
use crate::sort;
use alloc::{format, string::String, vec::Vec};

/// Reads one table: each call takes a key out and checks its type; [`Fields::finish`] reports the keys that nobody took.
/// Mistakes go to [`Errors`] and reading goes on with a harmless value, so that one run shows all of them.
///
/// ```
/// use huashu::toml::{Errors, Fields, parse};
/// let errors = Errors::new(["book.toml"]);
/// let mut fields = Fields::new(parse("titel = '致歉'\nwithin = 'x'", 0, &errors), &errors);
/// fields.text("title");
/// assert_eq!(fields.whole("within", 600), None);
/// fields.finish();
/// let found: Vec<_> = errors.into_vec().iter().map(|e| e.to_string()).collect();
/// assert_eq!(found, [
///     "book.toml:1:1: 未知键 “titel”，是否为 “title”？ / unknown key \"titel\", did you mean \"title\"?",
///     "book.toml:2:10: “within” 应为整数，这里是文字（去掉引号、% 和单位） / \"within\" must be a whole number, here it is text (without quotes, % and units)",
/// ]);
/// ```
#[must_use = "call finish() to report unknown keys"]
pub struct Fields<'e> {
    table: Table,
    errors: &'e Errors,
    known: Vec<&'static str>,
}

impl<'e> Fields<'e> {
    /// Reads `table`.
    pub fn new(table: Table, errors: &'e Errors) -> Self {
        Self { table, errors, known: Vec::new() }
    }

    /// Where the table begins.
    pub fn place(&self) -> Place {
        self.table.place
    }

    /// Where a key's value stands; the table's own place where the key is absent. Ask before the key is taken.
    pub fn place_of(&self, key: &str) -> Place {
        self.table.entries.get(key).map_or(self.table.place, |e| e.item.place)
    }

    /// Looks at a string without taking it.
    pub(crate) fn peek(&self, key: &str) -> Option<&str> {
        match &self.table.entries.get(key)?.item.value {
            Value::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether the key is there and holds a table.
    pub(crate) fn is_table(&self, key: &str) -> bool {
        self.table.entries.get(key).is_some_and(|entry| matches!(entry.item.value, Value::Table(_)))
    }

    /// Whether the key is there and was not taken yet.
    pub fn has(&self, key: &str) -> bool {
        self.table.entries.contains_key(key)
    }

    /// The collector, for what a room checks itself.
    pub fn errors(&self) -> &'e Errors {
        self.errors
    }

    /// Takes a value of any type.
    pub fn item(&mut self, key: &'static str) -> Option<Item> {
        let item = self.table.entries.remove(key).map(|entry| entry.item);
        // A misspelt key was not meant for one that is there, but for tables, which can be many.
        if !matches!(&item, Some(Item { value: Value::Text { .. } | Value::Integer(_) | Value::Float(_) | Value::Boolean(_), .. })) {
            self.known.push(key);
        }
        item
    }

    /// Takes a string.
    pub fn text(&mut self, key: &'static str) -> Option<Text> {
        let item = self.item(key)?;
        self.as_text(key, item)
    }

    /// Takes a string that must be there and not be empty.
    pub fn need_text(&mut self, key: &'static str) -> Text {
        let there = self.has(key);
        match self.text(key) {
            Some(text) if !text.trim().is_empty() => text,
            found => {
                if !there || found.is_some() {
                    self.missing(key);
                }
                Text { place: self.place(), ..Text::default() }
            }
        }
    }

    /// Takes a title, and the English one, which is the same where it is not there.
    pub fn titles(&mut self) -> (String, String) {
        let title = self.need_text("title").text;
        let english = self.text("title_en").map_or_else(|| title.clone(), |t| t.text);
        (title, english)
    }

    /// Takes a string or a list of strings.
    pub fn texts(&mut self, key: &'static str) -> Vec<Text> {
        let items = self.items(key);
        items.into_iter().filter_map(|item| self.as_text(key, item)).collect()
    }

    /// As [`Fields::texts`], and the key must be there.
    pub fn need_texts(&mut self, key: &'static str) -> Vec<Text> {
        if !self.has(key) {
            self.missing(key);
        }
        self.texts(key)
    }

    /// Takes a number of any form that is finite.
    pub fn number(&mut self, key: &'static str) -> Option<f64> {
        let item = self.item(key)?;
        to_number(&item).or_else(|| self.wrong(key, &item, Sort::Number))
    }

    /// Takes a number or a list of numbers.
    pub fn numbers(&mut self, key: &'static str) -> Vec<f64> {
        let items = self.items(key);
        items.iter().filter_map(|item| to_number(item).or_else(|| self.wrong(key, item, Sort::Number))).collect()
    }

    /// Takes a list of pairs of numbers, `[[1, 2], [3, 4]]`.
    pub fn pairs(&mut self, key: &'static str) -> Vec<(f64, f64)> {
        let pair = |item: &Item| match &item.value {
            Value::Array { items, .. } => match items.as_slice() {
                [a, b] => to_number(a).zip(to_number(b)),
                _ => None,
            },
            _ => None,
        };
        let items = self.items(key);
        items.iter().filter_map(|item| pair(item).or_else(|| self.wrong(key, item, Sort::Pairs))).collect()
    }

    /// Takes a whole number from 0 to `max`.
    pub fn whole(&mut self, key: &'static str, max: u32) -> Option<u32> {
        let item = self.item(key)?;
        match &item.value {
            Value::Integer(n) => match u32::try_from(*n).ok().filter(|n| *n <= max) {
                Some(n) => Some(n),
                None => {
                    let message = format!("“{key}” 应在 0 到 {max} 之间 / \"{key}\" must lie between 0 and {max}");
                    self.errors.add(item.place, "book-value", message);
                    None
                }
            },
            _ => self.wrong(key, &item, Sort::Whole),
        }
    }

    /// Takes `true` or `false`.
    pub fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let item = self.item(key)?;
        match item.value {
            Value::Boolean(value) => Some(value),
            _ => self.wrong(key, &item, Sort::Boolean),
        }
    }

    /// Takes a string that is one of the given names, and gives what stands beside the name.
    pub fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(key)?;
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == &*text) {
            return Some(*value);
        }
        let all: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let all = all.join(" | ");
        let (chinese, english) = suggestion(&text, choices.iter().map(|(name, _)| *name));
        let shown = shorten(&text);
        let message = format!("“{key}” 不能是 “{shown}”{chinese}（可选：{all}） / \"{key}\" cannot be \"{shown}\"{english} (one of {all})");
        self.errors.add(text.place, "book-value", message);
        None
    }

    /// As [`Fields::choice`], and the key must be there.
    pub fn need_choice<T: Copy>(&mut self, key: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        if !self.has(key) {
            self.known.push(key);
            self.missing(key);
            return None;
        }
        self.choice(key, choices)
    }

    /// Takes a table.
    pub fn table(&mut self, key: &'static str) -> Option<Fields<'e>> {
        let item = self.item(key)?;
        match item.value {
            Value::Table(table) => Some(Fields::new(table, self.errors)),
            _ => self.wrong(key, &item, Sort::Table),
        }
    }

    /// Takes a list of tables (`[[key]]` blocks, or inline tables in a list).
    pub fn tables(&mut self, key: &'static str) -> Vec<Fields<'e>> {
        let mut tables = Vec::new();
        for item in self.items(key) {
            match item.value {
                Value::Table(Table { form: Form::Implicit, place, .. }) => {
                    let message = format!("上面没有 [[{key}]] / there is no [[{key}]] above this");
                    self.errors.add(place, "book-missing", message);
                }
                Value::Table(table) => tables.push(Fields::new(table, self.errors)),
                _ => {
                    self.wrong::<()>(key, &item, Sort::Table);
                }
            }
        }
        tables
    }

    /// Takes a list of anything that is not empty; a single value counts as a list of one.
    pub fn items(&mut self, key: &'static str) -> Vec<Item> {
        let place = self.place_of(key);
        let there = self.has(key);
        let items = self.list(key);
        if there && items.is_empty() {
            self.empty(key, place);
        }
        items
    }

    /// As [`Fields::items`], where an empty list says what it means.
    pub fn list(&mut self, key: &'static str) -> Vec<Item> {
        match self.item(key) {
            None => Vec::new(),
            Some(Item { value: Value::Array { items, .. }, .. }) => items,
            Some(item) => alloc::vec![item],
        }
    }

    /// Reports a missing key.
    pub fn missing(&self, key: &str) {
        self.errors.add(self.place(), "book-missing", format!("缺少 “{key}” / \"{key}\" is missing"));
    }

    fn empty(&self, key: &str, place: Place) {
        let message = format!("“{key}” 是空的：写上内容，或删去这个键 / \"{key}\" is empty: fill it, or leave the key out");
        self.errors.add(place, "book-value", message);
    }

    /// Reports the keys that nobody took.
    pub fn finish(self) {
        for (name, entry) in &self.table.entries {
            if self.errors.is_full() {
                break;
            }
            let (chinese, english) = self.errors.home(name).unwrap_or_else(|| suggestion(name, self.known.iter().copied()));
            let name = shorten(name);
            self.errors.add(entry.key, "book-key", format!("未知键 “{name}”{chinese} / unknown key \"{name}\"{english}"));
        }
    }

    fn as_text(&self, key: &str, item: Item) -> Option<Text> {
        match to_text(item) {
            Ok(text) if text.is_empty() => {
                self.empty(key, text.place);
                None
            }
            Ok(text) => Some(text),
            Err(item) => self.wrong(key, &item, Sort::Text),
        }
    }

    fn wrong<T>(&self, key: &str, item: &Item, wanted: Sort) -> Option<T> {
        let (here, is) = item.value.sort();
        let (chinese, english) = wanted.words();
        let (hint, hint_en) = match (&item.value, wanted) {
            (Value::Text { .. }, Sort::Number | Sort::Whole) => ("（去掉引号、% 和单位）", " (without quotes, % and units)"),
            (Value::Text { .. }, Sort::Boolean) => ("（去掉引号）", " (without quotes)"),
            (Value::Integer(_) | Value::Float(_) | Value::Boolean(_), Sort::Text) => ("（加上引号）", " (put it in quotes)"),
            (Value::Array { of_tables: true, .. }, Sort::Table) => ("（只用一对方括号）", " (in single brackets)"),
            (_, Sort::Table) => ("，写成 { 键 = 值 }", ": write { key = value }"),
            _ => ("", ""),
        };
        let message = format!("“{key}” 应为{chinese}，这里是{here}{hint} / \"{key}\" must be {english}, here it is {is}{hint_en}");
        self.errors.add(item.place, "book-type", message);
        None
    }
}

/// What a key's value has to be.
#[derive(Clone, Copy)]
enum Sort {
    Text,
    Number,
    Whole,
    Boolean,
    Pairs,
    Table,
}

impl Sort {
    /// In Chinese and in English.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("文字", "text"),
            Self::Number => ("数字", "a number"),
            Self::Whole => ("整数", "a whole number"),
            Self::Boolean => (" true 或 false", "true or false"),
            Self::Pairs => ("一列数对 [[…, …], …]", "a list of pairs of numbers"),
            Self::Table => ("表", "a table"),
        }
    }
}

impl Item {
    /// The item as text; `None` and an error where it is something else.
    pub fn into_text(self, errors: &Errors) -> Option<Text> {
        match to_text(self) {
            Ok(text) => Some(text),
            Err(item) => {
                let (here, is) = item.value.sort();
                errors.add(item.place, "book-type", format!("这里应为文字，不是{here} / text expected here, not {is}"));
                None
            }
        }
    }
}

fn to_text(item: Item) -> Result<Text, Item> {
    match item.value {
        Value::Text { text, line } => Ok(Text { text, line, place: item.place }),
        _ => Err(item),
    }
}

fn to_number(item: &Item) -> Option<f64> {
    match item.value {
        Value::Integer(n) => Some(n as f64),
        Value::Float(n) if n.is_finite() => Some(n),
        _ => None,
    }
}

/// The names of one sort of thing in a book (signals, rules, scenes) and their numbers, to resolve what other tables say.
///
/// ```
/// use huashu::toml::{Errors, Known, Place, Text};
/// let signals = Known::new("信号", "signal", ["apology", "complaint"]);
/// let errors = Errors::new(["book.toml"]);
/// let name = Text { text: "apologie".into(), place: Place { file: 0, line: 9, column: 12 }, line: 9 };
/// assert_eq!(signals.find(&name, &errors), None);
/// assert_eq!(signals.get("complaint"), Some(1));
/// assert_eq!(
///     errors.into_vec()[0].to_string(),
///     "book.toml:9:12: 没有信号 “apologie”，是否为 “apology”？ / there is no signal \"apologie\", did you mean \"apology\"?"
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct Known {
    chinese: &'static str,
    english: &'static str,
    names: Vec<(String, u16)>,
}

impl Known {
    /// The names in the order of their numbers; `chinese` and `english` say what they name. A name given twice keeps its first number.
    pub fn new<S: Into<String>>(chinese: &'static str, english: &'static str, names: impl IntoIterator<Item = S>) -> Self {
        let mut names: Vec<(String, u16)> = names.into_iter().map(Into::into).zip(0..).collect();
        sort::plain(&mut names);
        names.dedup_by(|b, a| a.0 == b.0);
        Self { chinese, english, names }
    }

    /// The number of a name.
    pub fn get(&self, name: &str) -> Option<u16> {
        let at = self.names.binary_search_by(|(n, _)| n.as_str().cmp(name)).ok()?;
        self.names.get(at).map(|(_, number)| *number)
    }

    /// The number of a name; where there is none, that is an error at its place.
    pub fn find(&self, name: &Text, errors: &Errors) -> Option<u16> {
        self.find_among(name, &|_| true, errors)
    }

    /// As [`Known::find`], where only some may be meant.
    pub(crate) fn find_among(&self, name: &Text, may_be: &dyn Fn(u16) -> bool, errors: &Errors) -> Option<u16> {
        let found = self.get(name);
        if found.is_none() && !errors.is_full() {
            let names = self.names.iter().filter(|(_, number)| may_be(*number));
            let (chinese, english) = suggestion(name, names.map(|(n, _)| n.as_str()));
            let (what, sort, name_) = (self.chinese, self.english, shorten(name));
            let message = format!("没有{what} “{name_}”{chinese} / there is no {sort} \"{name_}\"{english}");
            errors.add(name.place, "book-name", message);
        }
        found
    }
}

/// `，是否为 “x”？` and `, did you mean "x"?`, or two empty strings.
pub(crate) fn suggestion<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> (String, String) {
    match nearest(name, known) {
        Some(near) => (format!("，是否为 “{near}”？"), format!(", did you mean \"{near}\"?")),
        None => Default::default(),
    }
}

/// The known name that was probably meant: fewer than a third of the letters differ.
fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    // A name far longer than any of ours is no misspelling, and measuring it would cost time.
    if name.len() > 64 {
        return None;
    }
    let plain = |s: &str| -> Vec<char> { s.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect() };
    let name = plain(name);
    known
        .filter(|k| k.len() <= 64)
        .filter_map(|k| {
            let letters = plain(k);
            let distance = edits(&name, &letters);
            (distance * 3 < letters.len().max(name.len())).then_some((distance, k))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

/// Insertions, deletions, replacements and swaps of neighbours between two names.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        let mut left = None;
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, j + 1) + 1).min(at(&row, j) + 1).min(at(&last, j) + usize::from(x != y));
            if previous == Some(y) && left == Some(x) && j > 0 {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
            left = Some(y);
        }
        previous = Some(x);
        before = core::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

/// A name as a message can show it.
fn shorten(name: &str) -> String {
    match name.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", name.get(..at).unwrap_or("")),
        None => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml::parse;
    use alloc::{string::ToString, vec};

    #[test]
    fn wrong_types_and_choices_are_told_with_their_place() {
        let errors = Errors::new(["b"]);
        let text = "id = ''\nwords = ['a', 1]\nwho = 'agnet'\nwithin = 700\nwhen = 'x'\nbase = inf\nall = 'yes'\n";
        let mut f = Fields::new(parse(text, 0, &errors), &errors);
        f.need_text("id");
        f.need_text("title");
        assert_eq!(f.texts("words").len(), 1);
        assert_eq!(f.choice("who", &[("buyer", 1), ("agent", 2)]), None);
        assert_eq!(f.whole("within", 600), None);
        assert!(f.table("when").is_none());
        assert_eq!(f.number("base"), None);
        assert_eq!(f.boolean("all"), None);
        f.finish();
        let found: Vec<_> = errors.into_vec().iter().map(|e| e.to_string().split(" / ").next().unwrap().to_string()).collect();
        assert_eq!(
            found,
            vec![
                "b:1:1: 缺少 “title”",
                "b:1:6: “id” 是空的：写上内容，或删去这个键",
                "b:2:15: “words” 应为文字，这里是数字（加上引号）",
                "b:3:7: “who” 不能是 “agnet”，是否为 “agent”？（可选：buyer | agent）",
                "b:4:10: “within” 应在 0 到 600 之间",
                "b:5:8: “when” 应为表，这里是文字，写成 { 键 = 值 }",
                "b:6:8: “base” 应为数字，这里是无穷大或非数",
                "b:7:7: “all” 应为 true 或 false，这里是文字（去掉引号）",
            ]
        );
    }

    #[test]
    fn suggestions_are_near_and_never_wild() {
        let known = ["suggest", "source", "severity", "max_chars", "id", "of", "at_most"];
        for (name, near) in [
            ("sugest", Some("suggest")),
            ("souce", Some("source")),
            ("soruce", Some("source")),
            ("max-chars", Some("max_chars")),
            ("maxChars", Some("max_chars")),
            ("colour", None),
            ("x", None),
            ("di", None),
            ("on", None),
            ("at_least", None),
        ] {
            assert_eq!(nearest(name, known.into_iter()), near, "{name}");
        }
    }
}
