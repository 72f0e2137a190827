//! The boundary to JavaScript, and the only file that names wasm-bindgen. `src/js/api.mjs` wraps what is here.
//!
//! Files come in as bytes, options and results cross as JSON text; an error is thrown as the JSON list of its
//! [`Error`]s.

use crate::{
    Error, Problems, book,
    chat::{self, ChatReader, Chats, Conversation, Gap, Outline, ReadOptions},
    link::{self, Added, Buyer, Contact, History, Listing, Place, Reviewed, Talked},
    metric::{self, Attribution, By, Facts, Options, Period, Refunded},
    order::{BuyerKey, Columns, Named, OrderFile, OrderOptions, OrderReader},
    report::{self, Checked, ConversationReport, Csv, Ids, Junit, Opinion, Privacy, Review, SignalLine, Text, Totals},
    rule::Outcome,
    side::{Kind, SideFile, SideOptions, SideReader},
    signal::Scratch,
    sort,
};
use alloc::{boxed::Box, collections::BTreeMap, format, rc::Rc, string::String, vec::Vec};
use core::cell::OnceCell;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

type Thrown<T> = Result<T, JsValue>;

fn throw(problems: &[Error]) -> JsValue {
    JsValue::from_str(&serde_json::to_string(problems).unwrap_or_default())
}

fn bad_option(message: impl Into<String>) -> JsValue {
    throw(&[Error::new("bad-option", message)])
}

fn options<'a, T: Deserialize<'a>>(json: &'a str) -> Thrown<T> {
    serde_json::from_str(json).map_err(|error| bad_option(format!("选项有误 / bad options: {error}")))
}

fn json(value: &impl Serialize) -> Thrown<String> {
    serde_json::to_string(value).map_err(not_json)
}

fn not_json(error: serde_json::Error) -> JsValue {
    throw(&[Error::new("json", format!("{error}"))])
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MetricOptions {
    period: Option<Days>,
    as_of: Option<String>,
    refunded: Option<String>,
    #[serde(default)]
    drop_zero: bool,
    #[serde(default)]
    known_buyers: bool,
    window: Option<u32>,
    attribution: Option<String>,
    campaign_days: Option<u32>,
    forwarded: Option<NumberOrWord>,
    #[serde(default)]
    monologue: u32,
    #[serde(default)]
    exclude: Vec<String>,
    /// As [`Cuts::changed`] reads it.
    #[serde(default)]
    customers: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Days {
    from: String,
    to: String,
}

impl MetricOptions {
    fn parse(self, buyer: BuyerKey, book: &book::Book) -> Thrown<Options> {
        let usual = Options::default();
        let period = |days: Days| {
            let text = format!("{}..{}", days.from, days.to);
            Period::parse(&text).ok_or_else(|| {
                bad_option(format!("时段 {text} 有误，应写成 2026-01-01..2026-01-31 / bad period {text}: write 2026-01-01..2026-01-31"))
            })
        };
        let day = |text: String| {
            metric::day(&text).ok_or_else(|| bad_option(format!("日期 {text} 有误，应写成 2026-01-31 / bad date {text}: write 2026-01-31")))
        };
        Ok(Options {
            period: self.period.map(period).transpose()?,
            as_of: self.as_of.map(day).transpose()?,
            refunded: choice("refunded", self.refunded, usual.refunded, &[("exclude", Refunded::Exclude), ("include", Refunded::Include)])?,
            drop_zero: self.drop_zero,
            known_buyers: self.known_buyers,
            window: self.window.unwrap_or(usual.window),
            attribution: choice(
                "attribution",
                self.attribution,
                usual.attribution,
                &[("order", Attribution::Order), ("order-first", Attribution::OrderFirst), ("payment", Attribution::Payment)],
            )?,
            buyer,
            response: book.profile.as_ref().map(|profile| profile.response).unwrap_or_default(),
            cuts: book.cuts.changed(&self.customers).map_err(|errors| {
                let told = |error: &Error| Error::new("bad-option", format!("customers: {}", error.message()));
                throw(&errors.iter().map(told).collect::<Vec<_>>())
            })?,
            board: book.board.clone(),
            campaign_days: self.campaign_days.unwrap_or(usual.campaign_days),
            forwarded: match self.forwarded {
                None => usual.forwarded,
                Some(NumberOrWord::Number(most)) => Some(most as u32),
                Some(NumberOrWord::Word(word)) => choice("forwarded", Some(word), None, &[("count", None)])?,
            },
            monologue: self.monologue,
            exclude: self.exclude,
        })
    }
}

/// A part of the shop, `{"agent": "小美"}`.
fn part(by_json: &str) -> Thrown<By> {
    let mut by = options::<BTreeMap<String, String>>(by_json)?.into_iter();
    match (by.next(), by.next()) {
        (Some((kind, name)), None) => {
            known("by", &kind, &By::KINDS)?;
            By::new(&kind, &name).ok_or_else(|| bad_option(kind))
        }
        _ => Err(bad_option("by 应写成 {\"agent\": \"小美\"} / by is written {\"agent\": \"小美\"}")),
    }
}

fn choice<T: Copy>(name: &str, given: Option<String>, usual: T, choices: &[(&str, T)]) -> Thrown<T> {
    let Some(given) = given else { return Ok(usual) };
    let ids: Vec<&str> = choices.iter().map(|(id, _)| *id).collect();
    let at = known(name, &given, &ids)?;
    Ok(choices.get(at).map_or(usual, |(_, value)| *value))
}

/// The position of what is given in the list of what may be.
fn known(name: &str, given: &str, ids: &[&str]) -> Thrown<usize> {
    ids.iter().position(|id| *id == given).ok_or_else(|| {
        let ids = ids.join(", ");
        bad_option(format!("{name} 没有 {given}，只有以下几种 / {name} cannot be {given}; it is one of: {ids}"))
    })
}

/// Minutes, or `day`; so many messages, or `count`.
#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrWord {
    Number(f64),
    Word(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChatInput {
    format: Option<String>,
    gap: Option<NumberOrWord>,
    #[serde(default)]
    agents: Vec<String>,
    year: Option<i32>,
    #[serde(default)]
    columns: BTreeMap<String, String>,
}

impl ChatInput {
    fn parse(self) -> Thrown<ReadOptions> {
        let shapes: Vec<&str> = shapes().map(|(id, _)| id).collect();
        let fields = ["id", "date", "time", "role", "sender", "to", "text", "buyer", "agent"];
        if let Some(format) = &self.format {
            known("format", format, &shapes)?;
        }
        for field in self.columns.keys() {
            known("columns", field, &fields)?;
        }
        let usual = ReadOptions::default();
        let gap = match self.gap {
            None => usual.gap,
            Some(NumberOrWord::Number(minutes)) => Gap::After((minutes * 60.0) as i64),
            Some(NumberOrWord::Word(word)) => choice("gap", Some(word), usual.gap, &[("day", Gap::Day)])?,
        };
        Ok(ReadOptions { format: self.format, gap, agents: self.agents, year: self.year, columns: self.columns })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderInput {
    columns: Option<BTreeMap<String, Option<String>>>,
    buyer: Option<String>,
}

impl OrderInput {
    fn parse(self) -> Thrown<OrderOptions> {
        let columns = match self.columns {
            Some(map) => Some(Columns::parse(&json(&map)?).map_err(|error| throw(&[error]))?),
            None => None,
        };
        let keys = [("account", BuyerKey::Account), ("phone", BuyerKey::Phone), ("receiver", BuyerKey::Receiver)];
        Ok(OrderOptions { columns, buyer: choice("buyer", self.buyer, BuyerKey::Account, &keys)? })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableInput {
    kind: Option<String>,
    #[serde(default)]
    columns: BTreeMap<String, Option<String>>,
}

impl TableInput {
    fn parse(self) -> Thrown<SideOptions> {
        let kind = self.kind.map(|id| known("kind", &id, &Kind::ALL.map(Kind::id))).transpose()?;
        let kind = kind.and_then(|at| Kind::ALL.get(at).copied());
        let fields: Vec<&str> = Kind::ALL.into_iter().filter(|k| kind.is_none_or(|told| told == *k)).flat_map(Kind::fields).collect();
        for field in self.columns.keys() {
            known("columns", field, &fields)?;
        }
        Ok(SideOptions { kind, columns: self.columns.into_iter().map(|(field, header)| (field, header.unwrap_or_default())).collect() })
    }
}

#[derive(Serialize)]
struct ChatFile<'a> {
    file: &'a str,
    platform: &'a str,
    format: &'a str,
    shape: &'a str,
    confidence: f64,
    reason: &'a str,
    encoding: Option<&'a str>,
    conversations: usize,
    messages: usize,
    dropped: Vec<Dropped>,
    columns: Named<'a>,
    guessed: &'a [&'static str],
    headers: &'a [String],
    excluded: Vec<Dropped>,
    notes: Problems,
    problems: &'a Problems,
}

/// The shapes of chats, as the option `format` names them.
fn shapes() -> impl Iterator<Item = (&'static str, &'static str)> {
    chat::shapes().chain([("json", ""), ("table", "")])
}

/// JSON list of the shapes of chats.
#[wasm_bindgen]
pub fn chat_shapes() -> Thrown<String> {
    json(&shapes().map(|(id, looks)| Shape { id, looks }).collect::<Vec<_>>())
}

/// A text without its long numbers, mail addresses and house numbers.
#[wasm_bindgen]
pub fn mask(text: &str) -> String {
    report::mask(text)
}

/// A name but for its first and last character.
#[wasm_bindgen]
pub fn mask_name(name: &str) -> String {
    report::mask_name(name)
}

#[derive(Serialize)]
struct Shape {
    id: &'static str,
    looks: &'static str,
}

#[derive(Serialize)]
struct Dropped {
    reason: &'static str,
    count: u64,
}

/// Adds what whoever unpacked a file has to say: one that is damaged only seems to be empty.
fn join(problems: &mut Problems, told: Problems) {
    if told.kept().iter().any(|problem| problem.code() == "damaged-file") {
        problems.take_back("empty-file");
    }
    problems.extend(told);
}

/// Adds the first row of a table, which is for whoever reads it and never in what may be passed on.
fn with_sample(file: String, sample: Option<String>) -> String {
    match sample {
        Some(sample) => format!("{},\"sample\":{sample}}}", file.strip_suffix('}').unwrap_or_default()),
        None => file,
    }
}

impl<'a> ChatFile<'a> {
    fn of(Talks { chats, encoding, outline, .. }: &'a Talks, added: Option<&Added>) -> Self {
        let table = chats.table.as_deref();
        let repeated = added.map_or(0, |added| added.repeated);
        let mut notes = chats.notes.clone();
        added.into_iter().flat_map(Added::notes).for_each(|note| notes.push(note.in_file(outline.file())));
        Self {
            file: outline.file(),
            platform: chats.format,
            format: chats.format,
            shape: chats.shape,
            confidence: chats.confidence,
            reason: &chats.reason,
            encoding: encoding.as_deref(),
            conversations: outline.len(),
            messages: outline.messages(),
            dropped: chats.dropped.iter().map(|&(reason, count)| Dropped { reason, count }).collect(),
            columns: Named(table.map_or(&[], |table| &table.columns)),
            guessed: table.map_or(&[], |table| &table.guessed),
            headers: table.map_or(&[], |table| &table.headers),
            excluded: (repeated > 0).then_some(Dropped { reason: "repeated-conversation", count: repeated }).into_iter().collect(),
            notes,
            problems: &chats.problems,
        }
    }
}

/// What a file gave that is no chat; the orders and rows themselves are in [`Facts`].
#[derive(Clone)]
enum Given {
    Orders(Box<OrderFile>),
    Table(Box<SideFile>),
}

#[derive(Clone)]
struct EncodedFile {
    file: Given,
    encoding: Option<String>,
}

impl EncodedFile {
    fn json(&self) -> Thrown<String> {
        let file = match &self.file {
            Given::Orders(file) => json(file)?,
            Given::Table(file) => json(file)?,
        };
        Ok(format!("{},\"encoding\":{}}}", file.strip_suffix('}').unwrap_or_default(), json(&self.encoding)?))
    }

    fn problems(&self) -> &Problems {
        match &self.file {
            Given::Orders(file) => &file.problems,
            Given::Table(file) => &file.problems,
        }
    }
}

/// A rule book.
#[wasm_bindgen]
pub struct Book(Rc<book::Book>);

#[wasm_bindgen]
impl Book {
    /// The book that ships.
    pub fn standard(profile: Option<String>) -> Thrown<Book> {
        with_profile(book::Book::standard(), profile)
    }

    /// Its text.
    pub fn standard_text() -> String {
        book::Book::standard_text()
    }

    /// JSON list of the profiles.
    pub fn profiles() -> Thrown<String> {
        json(&book::Profile::all().iter().map(|p| Titled { id: &p.id, title: &p.title, title_en: &p.title_en }).collect::<Vec<_>>())
    }

    /// Reads a book and runs its examples.
    pub fn parse(toml: &str, profile: Option<String>, file: Option<String>) -> Thrown<Book> {
        let book = book::Book::parse(file.as_deref().unwrap_or("book.toml"), toml).map_err(|errors| throw(&errors))?;
        with_profile(book, profile)
    }

    /// JSON of what it is and holds.
    pub fn info(&self) -> Thrown<String> {
        json(&self.0.info())
    }

    /// A conversation, in the plain chat form, as a `todo` example of a rule: TOML text.
    pub fn todo(&self, rule: &str, conversation_json: &str, result: String, note: &str) -> Thrown<String> {
        // One conversation, however long the silences in it are.
        let usual = ReadOptions { gap: Gap::After(i64::MAX), ..ReadOptions::default() };
        let chats = chat::read("conversation", conversation_json.as_bytes(), &usual);
        let result = choice("result", Some(result), Outcome::Fail, &OUTCOMES)?;
        let Some(conversation) = chats.conversations.first().filter(|c| !c.messages.is_empty()) else {
            return Err(bad_option("会话要带 messages / the conversation needs its messages"));
        };
        report::todo(&self.0, rule, conversation, result, note).map_err(|error| throw(&[error]))
    }

    /// Readable text of the book or of one rule.
    pub fn show(&self, rule: Option<String>) -> Thrown<String> {
        self.0.show(rule.as_deref()).map_err(|error| throw(&[error]))
    }
}

const OUTCOMES: [(&str, Outcome); 3] = [("pass", Outcome::Pass), ("fail", Outcome::Fail), ("skip", Outcome::Skip)];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewInput {
    conversation: String,
    rule: String,
    verdict: String,
    #[serde(default)]
    note: String,
}

impl ReviewInput {
    fn parse(self) -> Thrown<Review> {
        let [pass, fail, skip] = OUTCOMES.map(|(name, outcome)| (name, Opinion::Result(outcome)));
        let opinions = [("confirm", Opinion::Confirm), ("overrule", Opinion::Overrule), pass, fail, skip];
        let opinion = choice("verdict", Some(self.verdict), Opinion::Confirm, &opinions)?;
        Ok(Review { conversation: self.conversation, rule: self.rule, opinion, note: self.note })
    }
}

#[derive(Serialize)]
struct Titled<'a> {
    id: &'a str,
    title: &'a str,
    title_en: &'a str,
}

fn with_profile(book: book::Book, profile: Option<String>) -> Thrown<Book> {
    let book = match profile {
        Some(id) => book.with_profile(&id).map_err(|error| throw(&[error]))?,
        None => book,
    };
    Ok(Book(Rc::new(book)))
}

/// A file that is being read.
#[wasm_bindgen]
pub struct Input {
    file: String,
    reader: Reader,
    /// What whoever unpacked it has to say.
    told: Problems,
}

enum Reader {
    Chats(Box<ChatReader>),
    Orders(Box<OrderReader>, BuyerKey),
    Table(Box<SideReader>),
}

#[wasm_bindgen]
impl Input {
    /// `what` is `chats`, `orders` or `table`.
    #[wasm_bindgen(constructor)]
    pub fn new(what: &str, file: &str, options_json: &str) -> Thrown<Input> {
        let reader = if what == "chats" {
            let mut reader = ChatReader::new(file, &options::<ChatInput>(options_json)?.parse()?);
            reader.forget_texts();
            Reader::Chats(Box::new(reader))
        } else if what == "table" {
            Reader::Table(Box::new(SideReader::new(file, &options::<TableInput>(options_json)?.parse()?)))
        } else {
            let options = options::<OrderInput>(options_json)?.parse()?;
            Reader::Orders(Box::new(OrderReader::new(file, &options)), options.buyer)
        };
        Ok(Self { file: file.into(), reader, told: Problems::default() })
    }

    /// Takes a problem that only the form of the file had: a workbook, an archive. Line and column 0 stand for none.
    pub fn complain(&mut self, code: &str, line: u32, column: u32, message: String) {
        let codes = ["lost-digits", "other-sheets", "damaged-file"];
        let code = codes.into_iter().find(|known| *known == code).unwrap_or("unpacked");
        let problem = Error::new(code, message).in_file(&*self.file);
        self.told.push(if line > 0 { problem.at(line, column.max(1)) } else { problem });
    }

    /// Tells about how many bytes will come.
    pub fn expect(&mut self, size: f64) {
        if let Reader::Orders(reader, _) = &mut self.reader {
            reader.expect(size as u64);
        }
    }

    /// Takes the next slice, UTF-8.
    pub fn push(&mut self, bytes: &[u8]) {
        match &mut self.reader {
            Reader::Chats(reader) => reader.push(bytes),
            Reader::Orders(reader, _) => reader.push(bytes),
            Reader::Table(reader) => reader.push(bytes),
        }
    }
}

#[wasm_bindgen]
extern "C" {
    /// What `source.mjs` keeps of a file: its bytes as they were pushed, to be had again. It throws where it cannot give all of them.
    pub type Source;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Source, from: f64, length: usize) -> Thrown<Vec<u8>>;
}

/// A file of chats: what it was read as, what its messages are, and where their texts are.
struct Talks {
    chats: Chats,
    encoding: Option<String>,
    outline: Outline,
    source: Source,
}

/// So many conversations of a file from a position on, read again.
fn read(Talks { outline, source, .. }: &Talks, from: usize, count: usize) -> Thrown<Vec<Conversation>> {
    let mut thrown = None;
    let mut read = |at: u64, length: usize| source.read(at as f64, length).map_err(|error| thrown = Some(error)).ok();
    outline.read(from, count, &mut read).ok_or_else(|| thrown.unwrap_or(JsValue::UNDEFINED))
}

/// Conversations that are at hand with their texts: those from a position on.
#[derive(Default)]
struct AtHand {
    from: usize,
    conversations: Vec<Conversation>,
    checked: Vec<(Checked, book::Judged)>,
}

/// So many conversations are read and judged at once.
const STEP: usize = 64;

/// The chats, orders and side tables of a shop, and what its book found in them.
#[wasm_bindgen]
pub struct Shop {
    book: Rc<book::Book>,
    ids: Ids,
    chats: Vec<Rc<Talks>>,
    /// Their conversations, each once; and what came of each file.
    listing: Listing,
    added: Vec<Added>,
    at_hand: AtHand,
    facts: Facts,
    /// What each file of orders and each side table gave.
    files: Vec<EncodedFile>,
    /// What the buyers of the orders are known by: a substitute as soon as one file uses it.
    buyer: BuyerKey,
    /// What is known of buyers, once something is judged: all of it is worked out anew after each file that tells of them.
    history: OnceCell<History>,
    /// Who talked to the shop on which day.
    talked: Talked,
    /// What the first conversations scored; the others have not been judged yet.
    scores: Vec<Option<f64>>,
    totals: Totals,
    scratch: Scratch,
}

#[wasm_bindgen]
impl Shop {
    /// An empty shop.
    #[wasm_bindgen(constructor)]
    pub fn new(book: &Book) -> Shop {
        Self {
            book: Rc::clone(&book.0),
            ids: Ids::new(&book.0),
            chats: Vec::new(),
            listing: Listing::default(),
            added: Vec::new(),
            at_hand: AtHand::default(),
            facts: Facts::default(),
            files: Vec::new(),
            buyer: BuyerKey::default(),
            history: OnceCell::new(),
            talked: Talked::default(),
            scores: Vec::new(),
            totals: Totals::default(),
            scratch: Scratch::default(),
        }
    }

    /// Forgets all but the book.
    pub fn reset(&mut self) {
        *self = Self::new(&Book(Rc::clone(&self.book)));
    }

    /// Puts another book in.
    pub fn set_book(&mut self, book: &Book) {
        self.book = Rc::clone(&book.0);
        self.ids = Ids::new(&book.0);
        self.judge_again();
    }

    fn judge_again(&mut self) {
        self.at_hand = AtHand::default();
        self.scores.clear();
        self.totals = Totals::default();
        self.facts.contacts.clear();
        self.facts.reviews.clear();
    }

    /// Takes in a file that was read to its end; returns JSON of what it gave. The texts of chats are read again from the source.
    pub fn add(&mut self, input: Input, encoding: Option<String>, source: Source) -> Thrown<String> {
        match input.reader {
            Reader::Chats(reader) => {
                let (mut chats, outline) = reader.outline();
                join(&mut chats.problems, input.told);
                let talks = Rc::new(Talks { chats, encoding, outline, source });
                if self.list(&talks) {
                    self.judge_again();
                }
                let text = json(&ChatFile::of(&talks, self.added.last()))?;
                let sample = talks.chats.table.as_ref().map(|table| json(&table.sample)).transpose()?;
                return Ok(with_sample(text, sample));
            }
            Reader::Orders(reader, buyer) => {
                self.buyer = if self.buyer == BuyerKey::Account { buyer } else { self.buyer };
                let mut file = reader.finish();
                join(&mut file.problems, input.told);
                self.facts.orders.merge(core::mem::take(&mut file.orders));
                self.files.push(EncodedFile { file: Given::Orders(Box::new(file)), encoding });
            }
            Reader::Table(reader) => {
                let mut file = reader.finish();
                join(&mut file.problems, input.told);
                self.facts.side.merge(&core::mem::take(&mut file.side));
                self.files.push(EncodedFile { file: Given::Table(Box::new(file)), encoding });
            }
        }
        self.know_more();
        let Some(read) = self.files.last() else { return Ok(String::new()) };
        let text = read.json()?;
        let Given::Orders(file) = &read.file else { return Ok(text) };
        Ok(with_sample(text, Some(json(&file.sample)?)))
    }

    /// Takes in a file of chats; says whether what was judged before is to be judged again: one of its conversations took the place of
    /// another file's, or came before one that was the first of its day.
    fn list(&mut self, talks: &Rc<Talks>) -> bool {
        self.chats.push(Rc::clone(talks));
        let Self { chats, listing, added, .. } = self;
        let outlines: Vec<&Outline> = chats.iter().map(|talks| &talks.outline).collect();
        let words = |(file, at): Place| {
            let mut talk = read(chats.get(file)?, at, 1).ok()?;
            Some(talk.pop()?.messages.into_iter().map(|message| message.text).collect::<Vec<String>>())
        };
        let came = listing.add(&outlines, &mut |one, other| words(one).is_some_and(|texts| words(other) == Some(texts)));
        let mut again = came.replaced;
        added.push(came);
        for at in 0..talks.outline.len() {
            let (buyer, at) = talks.outline.begun(at);
            again |= self.talked.add(buyer, at);
        }
        again
    }

    /// Orders or side tables have come: what waited for a list of orders may have it, and rules may ask what is known of a buyer.
    fn know_more(&mut self) {
        for read in &mut self.files {
            if let Given::Orders(file) = &mut read.file {
                file.has_list(&self.facts.orders);
            }
        }
        self.history = OnceCell::new();
        self.judge_again();
    }

    /// Takes in what another shop has read; that one stays as it is. The book is this shop's.
    pub fn merge(&mut self, other: &Shop) {
        for talks in &other.chats {
            self.list(talks);
        }
        self.facts.orders.merge(other.facts.orders.clone());
        self.facts.side.merge(&other.facts.side);
        self.files.extend(other.files.iter().cloned());
        self.buyer = if self.buyer == BuyerKey::Account { other.buyer } else { self.buyer };
        self.know_more();
    }

    /// JSON list of what could not be read of all files so far.
    pub fn problems(&self) -> Thrown<String> {
        let mut all = Problems::default();
        self.chats.iter().for_each(|talks| all.extend(talks.chats.problems.clone()));
        self.files.iter().for_each(|read| all.extend(read.problems().clone()));
        json(&all)
    }

    /// JSON list of what each file was read as and gave: orders and side tables, then chats.
    fn files(&self) -> Thrown<String> {
        let chats = self.chats.iter().zip(&self.added).map(|(talks, added)| json(&ChatFile::of(talks, Some(added))));
        let files = self.files.iter().map(EncodedFile::json).chain(chats).collect::<Thrown<Vec<String>>>()?;
        Ok(format!("[{}]", files.join(",")))
    }

    /// How many conversations there are.
    #[wasm_bindgen(getter)]
    pub fn conversations(&self) -> usize {
        self.listing.len()
    }

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

    fn check(&mut self, conversation: &Conversation, number: usize) -> (Checked, book::Judged) {
        let all = self.conversations();
        let Self { book, history, facts, ids, scratch, talked, .. } = self;
        let history = history.get_or_init(|| History::new(&facts.orders, &facts.side));
        let start = conversation.messages.iter().find_map(|m| m.at);
        let buyer = conversation.buyer.as_deref();
        let mut known = history.known(buyer, start);
        if let Some(earlier) = talked.earlier(buyer, start) {
            known = known.with(Buyer::Talking, earlier);
        }
        let judged = book.judge(conversation, known, scratch);
        let checked = Checked::of(book, conversation, &judged);
        if number == self.scores.len() {
            // As many as will come, not twice as many.
            let contacts = &mut self.facts.contacts;
            contacts.reserve_exact(if contacts.len() == contacts.capacity() { all - number } else { 0 });
            contacts.push(Contact::of(conversation, ids.findings(book, &judged)));
            self.totals.add(conversation, &checked);
            self.scores.push(checked.score.value);
        }
        (checked, judged)
    }

    /// Takes conversations at hand and judges them.
    fn take(&mut self, from: usize, count: usize) -> Thrown<()> {
        let AtHand { from: first, conversations, .. } = &self.at_hand;
        let count = count.min(self.conversations().saturating_sub(from));
        if from >= *first && from + count <= first + conversations.len() {
            return Ok(());
        }
        let conversations = self.read(from, count)?;
        let checked = (from..).zip(&conversations).map(|(number, conversation)| self.check(conversation, number)).collect();
        self.at_hand = AtHand { from, conversations, checked };
        Ok(())
    }

    /// Judges the reviews, as far as that has not been done.
    fn judge_reviews(&mut self) {
        let Self { book, history, facts, ids, scratch, .. } = self;
        let done = facts.reviews.len();
        let judge = |(number, review)| {
            let talk = Reviewed::conversation(&review, number);
            let known = history.get_or_init(|| History::new(&facts.orders, &facts.side)).known(review.buyer, review.at);
            let judged = book.judge(&talk, Reviewed::known(&review, known), scratch);
            Reviewed::of(&review, &talk, ids.findings(book, &judged))
        };
        let new: Vec<Reviewed> = facts.side.reviews().enumerate().skip(done).map(judge).collect();
        facts.reviews.extend(new);
    }

    /// The reports on the reviews, for text on those alone whose reply breaks a rule.
    fn review_reports(&self, write: &mut dyn FnMut(&ConversationReport) -> Thrown<()>, failed_only: bool) -> Thrown<()> {
        let mut scratch = Scratch::default();
        for (number, review) in self.facts.side.reviews().enumerate() {
            let conversation = &Reviewed::conversation(&review, number);
            let history = self.history.get_or_init(|| History::new(&self.facts.orders, &self.facts.side));
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

    /// Judges conversations up to this position, as far as that has not been done.
    pub fn judge(&mut self, end: usize) -> Thrown<()> {
        let end = end.min(self.conversations());
        while self.scores.len() < end {
            let from = self.scores.len();
            self.take(from, STEP.min(end - from))?;
        }
        Ok(())
    }

    /// Those of these conversations that are at hand.
    fn reports(&self, from: usize, count: usize, messages: bool, brief: bool) -> impl Iterator<Item = ConversationReport<'_>> {
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
        let reviews = options::<Vec<ReviewInput>>(reviews_json)?.into_iter().map(ReviewInput::parse).collect::<Thrown<Vec<Review>>>()?;
        let mut ids: Vec<&str> = reviews.iter().map(|review| review.conversation.as_str()).collect();
        sort::plain(&mut ids);
        let wanted = |at: &usize| self.id(*at).is_some_and(|id| ids.binary_search(&id.as_str()).is_ok());
        let wanted: Vec<usize> = (0..self.conversations()).filter(wanted).collect();
        let (mut conversations, mut checked) = (Vec::new(), Vec::new());
        for at in wanted {
            for conversation in self.read(at, 1)? {
                checked.push(self.check(&conversation, at).0);
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

    /// What to count, once all conversations have been judged.
    fn ask(&mut self, options_json: &str) -> Thrown<Options> {
        let options = options::<MetricOptions>(options_json)?.parse(self.buyer, &self.book)?;
        self.judge(usize::MAX)?;
        self.judge_reviews();
        link::merge(&mut self.facts.contacts, Vec::new());
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
        for row in found.rows.iter_mut().filter(|_| masked) {
            row.id = if matches!(row.what, "buyer" | "product") { mask_name(&row.id) } else { mask(&row.id) };
        }
        json(&found)
    }

    /// The error that a figure is not told of a part of the shop, with the parts that it is told of.
    fn no_part(&self, id: &str, options: &Options) -> JsValue {
        let figures = metric::measure(&self.facts, options);
        let parts = figures.metrics.iter().filter(|m| m.id == id).filter_map(|m| m.by.as_ref());
        let parts: Vec<String> = parts.map(|by| format!("{}={}", by.kind, by.name)).collect();
        let parts = if parts.is_empty() { "无 / none".into() } else { parts.join(", ") };
        bad_option(format!("{id} 没有这一部分，只有以下几种 / {id} is not told of this part, only of: {parts}"))
    }

    /// JSON of the figures.
    pub fn metrics(&mut self, options_json: &str) -> Thrown<String> {
        let options = self.ask(options_json)?;
        let figures = json(&metric::measure(&self.facts, &options))?;
        let figures = figures.strip_suffix('}').unwrap_or_default();
        Ok(format!("{figures},\"files\":{}}}", self.files()?))
    }
}

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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CheckOptions {
    #[serde(default)]
    messages: bool,
    #[serde(default)]
    brief: bool,
    fail_under: Option<f64>,
    #[serde(default)]
    unmasked: bool,
}

#[wasm_bindgen]
impl Writer {
    /// `format` is `text`, `json`, `csv` or `junit`.
    #[wasm_bindgen(constructor)]
    pub fn new(format: String, options_json: &str) -> Thrown<Writer> {
        let CheckOptions { messages, brief, fail_under, unmasked } = options(options_json)?;
        let privacy = if unmasked { Privacy::Open } else { Privacy::Masked };
        let known = [("text", Format::Text), ("json", Format::Json), ("csv", Format::Csv), ("junit", Format::Junit)];
        Ok(Self { format: choice("format", Some(format), Format::Json, &known)?, messages, brief, fail_under, privacy })
    }

    fn junit(&self) -> Junit {
        Junit { privacy: self.privacy, fail_under: self.fail_under }
    }

    /// What comes before the conversations, all of which have been judged.
    pub fn head(&self, shop: &Shop) -> Thrown<String> {
        Ok(match self.format {
            Format::Text => String::new(),
            Format::Json => format!("{{\"book\":{},\"conversations\":[", json(&Cited { id: &shop.book.id, hash: &shop.book.hash })?),
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

#[derive(Serialize)]
struct Cited<'a> {
    id: &'a str,
    hash: &'a str,
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    const CHAT: &str = "买家：等了三天了😭还没到\n客服：非常抱歉让您久等了\n";
    const ORDERS: &str =
        "订单编号,买家会员名,订单付款时间,买家实际支付金额\n1,小林,2026-01-02 10:00:00,12.50\n2,小林,2026-01-09 10:00:00,7.50\n";

    fn read(shop: &mut Shop, what: &str, text: &str) -> String {
        let mut input = Input::new(what, "file", "{}").unwrap();
        for slice in text.as_bytes().chunks(7) {
            input.push(slice);
        }
        let kept = js_sys::Function::new_with_args("bytes", "return { read: (from, length) => bytes.slice(from, from + length) }");
        let source = kept.call1(&JsValue::NULL, &js_sys::Uint8Array::from(text.as_bytes())).unwrap();
        shop.add(input, Some("utf-8".into()), source.unchecked_into()).unwrap()
    }

    fn thrown(error: JsValue) -> String {
        error.as_string().unwrap()
    }

    #[wasm_bindgen_test]
    fn a_chat_becomes_a_report_in_pieces() {
        let mut shop = Shop::new(&Book::standard(None).unwrap());
        assert!(read(&mut shop, "chats", CHAT).contains(r#""encoding":"utf-8","conversations":1,"messages":2"#));
        shop.judge(1).unwrap();
        for format in ["text", "json", "csv", "junit"] {
            let writer = Writer::new(format.into(), "{}").unwrap();
            let pieces = [writer.head(&shop), writer.rows(&mut shop, 0, 9), writer.tail(&shop)].map(Result::unwrap);
            assert!(pieces[1].contains("file#1"), "{format}: {pieces:?}");
            assert_eq!(writer.rows(&mut shop, 1, 9).unwrap(), "", "{format}");
        }
        assert!(shop.lowest().is_some());
        assert!(shop.conversation(0).unwrap().contains("等了三天了"));
        assert!(thrown(shop.conversation(1).unwrap_err()).contains("unknown-conversation"));
        assert!(shop.signals(0, 9).unwrap().unwrap().contains(r#""1":["apology""#));
        assert_eq!(shop.signals(1, 9).unwrap(), None);
    }

    #[wasm_bindgen_test]
    fn orders_become_figures() {
        let mut shop = Shop::new(&Book::standard(Some("taobao".into())).unwrap());
        read(&mut shop, "orders", ORDERS);
        let figures = shop.metrics(r#"{"period": {"from": "2026-01-01", "to": "2026-01-31"}, "asOf": "2026-01-31"}"#).unwrap();
        assert!(figures.contains(r#""id":"sales.paid_amount""#) && figures.contains(r#""files":[{"file":"file""#));
        assert!(thrown(shop.metrics(r#"{"window": "two"}"#).unwrap_err()).contains("bad-option"));
        shop.reset();
        assert!(shop.metrics("{}").unwrap().ends_with(r#""files":[]}"#));
    }

    #[wasm_bindgen_test]
    fn mistakes_are_thrown_with_their_place() {
        let error = Book::parse("id = 'a'\ntitle = 'A'\nsignla = 1\n", None, Some("a.toml".into())).err().unwrap();
        assert!(thrown(error).contains(r#""file":"a.toml","line":3,"column":1"#));
        assert!(thrown(Book::standard(Some("ebay".into())).err().unwrap()).contains("unknown-profile"));
        assert!(thrown(Input::new("chats", "a", r#"{"format": "fax"}"#).err().unwrap()).contains("fax"));
        assert!(thrown(Input::new("orders", "a", r#"{"columns": {"byer": "x"}}"#).err().unwrap()).contains("byer"));
        assert!(thrown(Writer::new("pdf".into(), "{}").err().unwrap()).contains("pdf"));
    }
}
