//! From text to a tree: the events of `toml_parser`, put into tables by the rules of TOML 1.1.

use super::mistakes::{self, Mistakes, full_width};
use super::{Entry, Errors, Form, Item, Place, Table, Value};
use alloc::{format, string::String, vec::Vec};
use core::mem;
use toml_parser::{
    ErrorSink, ParseError, Raw, Source, Span,
    decoder::{Encoding, ScalarKind},
    parser::{EventReceiver, RecursionGuard, ValidateWhitespace, parse_document},
};

/// The largest file, in bytes.
pub(crate) const MAX_BYTES: usize = 1 << 20;
/// The deepest nesting of arrays and inline tables, and the longest dotted key.
const MAX_DEPTH: usize = 16;
/// The longest key, in bytes: keys are compared and copied once for every line below their header.
const MAX_KEY: usize = 256;

/// Parses one file into its tree. What is wrong is added to `errors`; the tree then holds what could be read and is good
/// for nothing but finding more errors. Time grows with the length of the text.
///
/// ```
/// use huashu::toml::{Errors, parse};
/// let errors = Errors::new(["book.toml"]);
/// parse("id = \"a\"\n标题 = \"b\"\n", 0, &errors);
/// assert_eq!(errors.into_vec()[0].to_string(), "book.toml:2:1: 键写英文，没有 “标题” 这个键 / keys are English: there is no key \"标题\"");
/// ```
pub fn parse(text: &str, file: u16, errors: &Errors) -> Table {
    if text.len() > MAX_BYTES {
        let message = "文件超过 1 MB / the file is larger than 1 MB";
        errors.add(Place { file, line: 1, column: 1 }, "toml-limit", message);
        return Table::default();
    }
    // A byte order mark is no part of the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut found: Vec<ParseError> = Vec::new();
    let mut sink = |error: ParseError| {
        if found.len() < Errors::LIMIT {
            found.push(error);
        }
    };
    let mut builder = Builder::new(source, file, errors);
    let mut checked = ValidateWhitespace::new(&mut builder, source);
    let mut guarded = RecursionGuard::new(&mut checked, MAX_DEPTH as u32);
    parse_document(&tokens, &mut guarded, &mut sink);
    let Builder { root, mut cursor, .. } = builder;
    let Mistakes { told, disorder } = mistakes::pick(text, &tokens, found);
    if let Some(at) = disorder {
        errors.forget_from(cursor.place(at));
    }
    for (at, message) in told {
        let place = cursor.place(at);
        if !errors.is_told(place) {
            errors.add(place, "toml-syntax", message);
        }
    }
    root
}

/// Byte offset → place, cheap as long as offsets grow.
struct Cursor<'s> {
    text: &'s str,
    file: u16,
    at: usize,
    line: u32,
    column: u32,
}

impl Cursor<'_> {
    fn place(&mut self, offset: usize) -> Place {
        if offset < self.at {
            (self.at, self.line, self.column) = (0, 1, 1);
        }
        for c in self.text.get(self.at..).unwrap_or("").chars() {
            if self.at >= offset {
                break;
            }
            self.at += c.len_utf8();
            if c == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        Place { file: self.file, line: self.line, column: self.column }
    }
}

type Key = (String, Place);

/// An array or inline table that is being read, with the key that waits outside it.
struct Frame {
    place: Place,
    keys: Vec<Key>,
    what: Open,
}

enum Open {
    Array(Vec<Item>),
    Inline(Table),
}

struct Builder<'s, 'e> {
    source: Source<'s>,
    file: u16,
    errors: &'e Errors,
    cursor: Cursor<'s>,
    root: Table,
    /// The header under which keys now go.
    header: Vec<Key>,
    /// False after a header that could not be opened: its keys are dropped, for the error was told once.
    open: bool,
    /// The parts of the key that is being read.
    keys: Vec<Key>,
    frames: Vec<Frame>,
}

impl<'s, 'e> Builder<'s, 'e> {
    fn new(source: Source<'s>, file: u16, errors: &'e Errors) -> Self {
        let cursor = Cursor { text: source.input(), file, at: 0, line: 1, column: 1 };
        let root = Table { place: Place { file, line: 1, column: 1 }, ..Table::default() };
        Self { source, file, errors, cursor, root, header: Vec::new(), open: true, keys: Vec::new(), frames: Vec::new() }
    }

    /// `header` is the path of a single table that was written twice.
    fn duplicate(&self, (name, place): &Key, earlier: Place, header: Option<&[Key]>) {
        let (zh, en) = match header {
            Some(keys) => {
                let path = keys.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(".");
                (format!("；要写多个，每个都用 [[{path}]]"), format!("; for several write each as [[{path}]]"))
            }
            None => Default::default(),
        };
        let message = format!("“{name}” 在第 {0} 行已经写过{zh} / \"{name}\" was already defined on line {0}{en}", earlier.line);
        self.errors.add(*place, "toml-duplicate", message);
    }

    /// A header begins: until it is closed there is no table for what follows.
    fn open_header(&mut self) {
        self.keys.clear();
        self.open = false;
    }

    fn start_table(&mut self, array: bool) {
        let keys = mem::take(&mut self.keys);
        self.open = self.add_table(&keys, array).is_some();
        self.header = keys;
    }

    fn add_table(&mut self, keys: &[Key], array: bool) -> Option<()> {
        let ((name, place), parents) = keys.split_last()?;
        let mut root = mem::take(&mut self.root);
        let parent = descend(&mut root, parents, Form::Implicit);
        let result = match parent {
            Err(error) => Err(error),
            Ok(parent) => {
                let table = Table { place: *place, ..Table::default() };
                match parent.entries.get_mut(name) {
                    None => {
                        let table = Item { place: *place, value: Value::Table(table) };
                        let item = match array {
                            false => table,
                            true => Item { place: *place, value: Value::Array { items: alloc::vec![table], of_tables: true } },
                        };
                        parent.entries.insert(name.clone(), Entry { key: *place, item });
                        Ok(())
                    }
                    Some(entry) => match &mut entry.item.value {
                        Value::Array { items, of_tables: true } if array => {
                            items.push(Item { place: *place, value: Value::Table(table) });
                            Ok(())
                        }
                        Value::Table(old) if !array && old.form == Form::Implicit => {
                            old.form = Form::Header;
                            old.place = *place;
                            Ok(())
                        }
                        _ => Err((keys.len() - 1, entry.key)),
                    },
                }
            }
        };
        self.root = root;
        match result {
            Ok(()) => Some(()),
            Err((index, earlier)) => {
                self.duplicate(keys.get(index)?, earlier, (!array).then_some(keys));
                None
            }
        }
    }

    /// A value is complete: it goes into the open array or under the waiting key.
    fn value(&mut self, item: Item) {
        if let Some(Frame { what: Open::Array(items), .. }) = self.frames.last_mut() {
            items.push(item);
            return;
        }
        let keys = mem::take(&mut self.keys);
        let Some((last, dotted)) = keys.split_last() else { return };
        let form = if dotted.is_empty() { None } else { Some(Form::Dotted) };
        let result = match self.frames.last_mut() {
            Some(Frame { what: Open::Inline(table), .. }) => insert(table, dotted, last, item, form),
            _ if !self.open => return,
            _ => {
                let mut root = mem::take(&mut self.root);
                let result = match descend(&mut root, &self.header, Form::Implicit) {
                    Ok(table) => insert(table, dotted, last, item, form),
                    Err(error) => Err(error),
                };
                self.root = root;
                result
            }
        };
        if let Err((index, earlier)) = result
            && let Some(key) = keys.get(index)
        {
            self.duplicate(key, earlier, None);
        }
    }

    fn open(&mut self, span: Span, what: Open) -> bool {
        let place = self.cursor.place(span.start());
        self.frames.push(Frame { place, keys: mem::take(&mut self.keys), what });
        true
    }

    fn close(&mut self) {
        let Some(Frame { place, keys, what }) = self.frames.pop() else { return };
        let value = match what {
            Open::Array(items) => Value::Array { items, of_tables: false },
            Open::Inline(table) => Value::Table(table),
        };
        self.keys = keys;
        self.value(Item { place, value });
    }

    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Raw<'s> {
        let text = self.source.input().get(span.start()..span.end()).unwrap_or("");
        Raw::new_unchecked(text, encoding, span)
    }
}

/// What went wrong: which of the keys, and where its name was used before.
type Clash = (usize, Place);

/// The table that a path of keys leads to, made on the way where it is missing.
fn descend<'t>(mut table: &'t mut Table, path: &[Key], form: Form) -> Result<&'t mut Table, Clash> {
    for (index, (name, place)) in path.iter().enumerate() {
        let entry = table.entries.entry(name.clone()).or_insert_with(|| {
            let new = Table { place: *place, form, entries: Default::default() };
            Entry { key: *place, item: Item { place: *place, value: Value::Table(new) } }
        });
        let earlier = entry.key;
        let next = match &mut entry.item.value {
            Value::Table(next) => next,
            Value::Array { items, of_tables: true } => match items.last_mut() {
                Some(Item { value: Value::Table(next), .. }) => next,
                _ => return Err((index, earlier)),
            },
            _ => return Err((index, earlier)),
        };
        match (form, next.form) {
            (_, Form::Inline) | (Form::Dotted, Form::Header) => return Err((index, earlier)),
            (Form::Dotted, Form::Implicit) => next.form = Form::Dotted,
            _ => {}
        }
        table = next;
    }
    Ok(table)
}

fn insert(table: &mut Table, dotted: &[Key], last: &Key, item: Item, form: Option<Form>) -> Result<(), Clash> {
    let table = match form {
        Some(form) => descend(table, dotted, form)?,
        None => table,
    };
    let (name, place) = last;
    if let Some(old) = table.entries.get(name) {
        return Err((dotted.len(), old.key));
    }
    table.entries.insert(name.clone(), Entry { key: *place, item });
    Ok(())
}

impl EventReceiver for Builder<'_, '_> {
    fn std_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.open_header();
    }

    fn std_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.start_table(false);
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.open_header();
    }

    fn array_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.start_table(true);
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        let place = self.cursor.place(span.start());
        self.open(span, Open::Inline(Table { place, form: Form::Inline, ..Table::default() }))
    }

    fn inline_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.close();
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.open(span, Open::Array(Vec::new()))
    }

    fn array_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.close();
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, sink: &mut dyn ErrorSink) {
        let place = self.cursor.place(span.start());
        if self.keys.len() == MAX_DEPTH {
            self.errors.add(place, "toml-limit", "带点的键太深 / the dotted key is too deep");
        }
        if self.keys.len() >= MAX_DEPTH {
            self.keys.truncate(MAX_DEPTH);
            return;
        }
        let raw = self.raw(span, encoding);
        let mut name = String::new();
        let text = raw.as_str();
        if text.len() > MAX_KEY {
            self.errors.add(place, "toml-limit", "键太长 / the key is too long");
        } else if encoding.is_none() && !text.is_ascii() {
            let (before, message) = full_width(text)
                .unwrap_or_else(|| (0, format!("键写英文，没有 “{text}” 这个键 / keys are English: there is no key \"{text}\"")));
            self.errors.add(Place { column: place.column + before as u32, ..place }, "toml-syntax", message);
            name.push_str(text);
        } else {
            raw.decode_key(&mut name, sink);
        }
        self.keys.push((name, place));
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, sink: &mut dyn ErrorSink) {
        let place = self.cursor.place(span.start());
        let raw = self.raw(span, encoding);
        let mut text = String::new();
        let kind = raw.decode_scalar(&mut text, sink);
        let value = match kind {
            ScalarKind::String => {
                let opened = match encoding {
                    Some(Encoding::MlLiteralString | Encoding::MlBasicString) => raw.as_str().get(3..).unwrap_or(""),
                    _ => "",
                };
                let line = place.line + u32::from(opened.starts_with('\n') || opened.starts_with("\r\n"));
                Value::Text { text, line }
            }
            ScalarKind::Boolean(value) => Value::Boolean(value),
            ScalarKind::Integer(radix) => match i64::from_str_radix(&text, radix.value()) {
                Ok(number) => Value::Integer(number),
                Err(_) => {
                    self.errors.add(place, "toml-number", "这个整数写错了或太大 / this integer is malformed or too large");
                    Value::Integer(0)
                }
            },
            ScalarKind::Float => match text.parse::<f64>() {
                Ok(number) => Value::Float(number),
                Err(_) => {
                    self.errors.add(place, "toml-number", "这个数字写错了 / this number is malformed");
                    Value::Float(0.0)
                }
            },
            // Digits and dashes without the looks of either are some other mistake.
            ScalarKind::DateTime if text.as_bytes().get(4) != Some(&b'-') && text.as_bytes().get(2) != Some(&b':') => {
                self.errors.add(place, "toml-number", "这个数字写错了 / this number is malformed");
                Value::Integer(0)
            }
            ScalarKind::DateTime => {
                self.errors.add(place, "toml-date", "日期和时间要加引号 / write dates and times as quoted text");
                Value::Text { text, line: place.line }
            }
        };
        debug_assert_eq!(self.file, place.file);
        self.value(Item { place, value });
    }

    fn value_sep(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.keys.clear();
    }

    fn newline(&mut self, _: Span, _: &mut dyn ErrorSink) {
        // Inside braces and brackets a line may break between a key and its value.
        if self.frames.is_empty() {
            self.keys.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use alloc::{string::ToString, vec};
    use proptest::prelude::*;

    fn read(text: &str) -> (Table, Vec<String>) {
        let errors = Errors::new(["a"]);
        let table = parse(text, 0, &errors);
        (table, errors.into_vec().iter().map(|e| e.to_string()).collect())
    }

    /// Our tree as the `toml` crate's kind of value.
    fn ours(value: &Value) -> toml::Value {
        match value {
            Value::Text { text, .. } => toml::Value::String(text.clone()),
            Value::Integer(n) => toml::Value::Integer(*n),
            Value::Float(n) => toml::Value::Float(*n),
            Value::Boolean(b) => toml::Value::Boolean(*b),
            Value::Array { items, .. } => toml::Value::Array(items.iter().map(|i| ours(&i.value)).collect()),
            Value::Table(table) => toml::Value::Table(table.entries.iter().map(|(k, e)| (k.clone(), ours(&e.item.value))).collect()),
        }
    }

    fn agrees(text: &str) {
        let (table, errors) = read(text);
        match toml::from_str::<toml::Value>(text) {
            Ok(oracle) => {
                // What we refuse on purpose.
                let refused = errors.iter().any(|e| e.contains("日期") || e.contains("太深") || e.contains("太长"));
                if !refused {
                    assert_eq!(errors, Vec::<String>::new(), "{text:?}");
                    // NaN differs from itself; as text it does not.
                    assert_eq!(ours(&Value::Table(table)).to_string(), oracle.to_string(), "{text:?}");
                }
            }
            Err(error) => assert!(!errors.is_empty(), "{text:?} should fail: {error}"),
        }
    }

    #[test]
    fn tables_open_and_close_as_in_toml() {
        for text in [
            "[a.b]\nx=1\n[a]\ny=2",
            "[a]\n[a]",
            "[a]\nb.c=1\nb.d=2\n[a.b.e]\nf=1",
            "[a]\nb.c=1\n[a.b]",
            "[a.b.c]\nz=9\n[a]\nb.c.t='x'",
            "[a.b.c]\nz=9\n[a]\nb.t='x'\nb.u=1",
            "[[a]]\nx=1\n[[a]]\nx=2\n[a.b]\ny=1\n[[a.c]]\n[[a.c]]\nq=1",
            "[[a.b]]\n[a]\nb.y=2",
            "a=[{b=1},{b=2}]\n[[a]]",
            "a={b.c=1,b.d=2}\n[a.b]",
            "a={b=1}\na.c=2",
            "a.b=1\na.b.c=2",
            "[a]\nx=1\n[[a]]",
            "a=1\n[a.b]",
            "a = [1, 2,\n 3,] # x\nb = \"\"\"\nx \\\n  y\"\"\"",
            "\"中文\" = '''\n一\n二'''",
            "a = 0x1F\nb = 1_000\nc = 1e3\nd = -inf\ne = +1.5",
            "a = {\n b = 1,\n c = 2,\n}",
            "= 1",
            "a = ",
            "a",
            "[a",
            "[]",
            "a = [1 2]",
            "a = tru",
            "a = 99999999999999999999",
        ] {
            agrees(text);
        }
    }

    #[test]
    fn places_count_characters_and_lines() {
        let (table, errors) = read("# 注释\r\n\"甲\" = \"乙\"\n[[rule]]\nexample = '''\n一\n'''\n");
        assert_eq!(errors, Vec::<String>::new());
        let entry = &table.entries["甲"];
        assert_eq!((entry.key.line, entry.key.column, entry.item.place.column), (2, 1, 7));
        let Value::Array { items, of_tables: true } = &table.entries["rule"].item.value else { panic!() };
        let Value::Table(rule) = &items[0].value else { panic!() };
        let Value::Text { text, line } = &rule.entries["example"].item.value else { panic!() };
        assert_eq!((text.as_str(), *line, rule.entries["example"].item.place.line), ("一\n", 5, 4));
    }

    #[test]
    fn errors_say_what_to_do() {
        let (_, errors) = read("标题 = 1\na ＝ 2\nb = “x”\nc = 1\nc = 2\nd = 2024-01-01\n[e");
        assert_eq!(
            errors,
            vec![
                "a:1:1: 键写英文，没有 “标题” 这个键 / keys are English: there is no key \"标题\"",
                "a:2:3: 全角符号 ＝ 要改成半角 = / the full-width ＝ must be a plain =",
                "a:3:5: 全角符号 “ 要改成半角 \" / the full-width “ must be a plain \"",
                "a:5:1: “c” 在第 4 行已经写过 / \"c\" was already defined on line 4",
                "a:6:5: 日期和时间要加引号 / write dates and times as quoted text",
                "a:7:3: 表头缺少 ] / unclosed table",
            ]
        );
    }

    /// Quadratic work on these would be 10¹⁰ steps: the test would not come to its end.
    #[test]
    fn hostile_text_is_refused_at_once() {
        let deep = "[".repeat(100_000);
        for text in [
            format!("a = {deep}"),
            format!("a = {}", "{a=".repeat(100_000)),
            format!("{}a = 1", "a.".repeat(100_000)),
            format!("[{}a]\n{}", "b".repeat(500_000), "c = 1\n".repeat(80_000)),
            "a = 1\n".repeat(150_000),
            "=\n".repeat(500_000),
            "[[a]]\n".repeat(150_000),
            "\"".repeat(1_000_000),
            "[a\n".repeat(300_000),
            format!("a = [{}", "'x' ".repeat(250_000)),
            format!("a = [{}]", "'字',".repeat(150_000)),
            format!("a = {{{}", "b c ".repeat(250_000)),
            "x".repeat(2 << 20),
        ] {
            let head: String = text.chars().take(12).collect();
            assert!(read(&text).1.len() <= crate::toml::Errors::LIMIT + 1, "{head}");
        }
        assert!(read(&format!("a = {deep}")).1[0].contains("嵌套太深"));
        assert_eq!(read(&"x".repeat(2 << 20)).1, vec!["a:1:1: 文件超过 1 MB / the file is larger than 1 MB"]);
    }

    /// Text made of the pieces of which TOML is made, so that much of it is nearly right.
    fn nearly_toml() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a",
            "b",
            "\"中\"",
            "'d'",
            ".",
            " = ",
            "=",
            "1",
            "-2",
            "1.5",
            "true",
            "\"x\\n\"",
            "'''\ny\n'''",
            "\"\"\"z\\\n q\"\"\"",
            "[",
            "]",
            "[[",
            "]]",
            "{",
            "}",
            ",",
            "\n",
            "\n[a]\n",
            "\n[a.b]\n",
            "\n[[c]]\n",
            "\n[c.d]\n",
            "\na = 1\n",
            "\na.b = 2\n",
            "\nb = {a = 1, b.c = 2}\n",
            "\nc = [1, {a = 2}]\n",
            "\nb.c = 1\n",
            "\n[[a.b]]\n",
            "\n[b.c.d]\n",
            "# c\n",
            " ",
            "中",
            "＝",
            "\r",
            "\r\n",
        ]);
        prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

        #[test]
        fn agrees_with_the_toml_crate(text in nearly_toml()) {
            agrees(&text);
        }

        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            agrees(&text);
        }
    }
}
