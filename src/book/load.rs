//! From the text of one book, and the one it extends, to its parts.

use super::{Profile, example::Example};
use crate::{
    metric::{Board, Cuts},
    rule::{Alert, Mood, Names, Rule, Scene, Tier},
    score::ScoreConfig,
    signal::{Finder, Signal, Who},
    toml::{Errors, Fields, Known, Place, Text, parse},
};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

/// The most tables of one sort.
const MAX_TABLES: usize = 2000;

/// The parts of a book with what the checks need to know of them.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) title: String,
    pub(super) title_en: String,
    /// Whether it inherits.
    pub(super) extends: bool,
    pub(super) signals: Vec<Signal>,
    pub(super) scenes: Vec<Scene>,
    pub(super) rules: Vec<Rule>,
    pub(super) alerts: Vec<Alert>,
    pub(super) tiers: Vec<Tier>,
    pub(super) mood: Mood,
    pub(super) score: ScoreConfig,
    pub(super) cuts: Cuts,
    pub(super) board: Board,
    pub(super) finder: Finder,
    /// Per rule.
    pub(super) examples: Vec<Vec<Example>>,
    /// Per rule: where its id stands.
    pub(super) rule_places: Vec<Place>,
    /// Where the way of scoring stands.
    pub(super) score_place: Option<Place>,
}

/// A file: its name for errors, and its text.
pub(super) type File<'t> = (&'t str, &'t str);

/// The tables of one sort, by id, in the order of the book.
struct Tables<'e> {
    /// For errors, Chinese and English.
    sort: (&'static str, &'static str),
    /// What tells them apart.
    key: &'static str,
    tables: Vec<Fields<'e>>,
    /// Id → position, and whether the book itself has it rather than the one that it extends.
    ids: BTreeMap<String, (usize, bool)>,
}

impl<'e> Tables<'e> {
    fn new(chinese: &'static str, english: &'static str) -> Self {
        Self::by("id", chinese, english)
    }

    fn by(key: &'static str, chinese: &'static str, english: &'static str) -> Self {
        Self { sort: (chinese, english), key, tables: Vec::new(), ids: BTreeMap::new() }
    }

    /// Adds tables: one of an id that was inherited takes the place of that one.
    fn add(&mut self, tables: Vec<Fields<'e>>, own: bool, errors: &Errors) {
        for table in tables {
            let place = table.place_of(self.key);
            if self.tables.len() == MAX_TABLES {
                errors.add(place, "book-limit", format!("超过 {MAX_TABLES} 个 / more than {MAX_TABLES} tables"));
                return;
            }
            let id = table.peek(self.key).unwrap_or("");
            match self.ids.get_mut(id) {
                _ if id.is_empty() => self.tables.push(table),
                Some((at, inherited)) if own && !*inherited => {
                    *inherited = true;
                    if let Some(slot) = self.tables.get_mut(*at) {
                        *slot = table;
                    }
                }
                Some((at, _)) => {
                    let line = self.tables.get(*at).map_or(0, |t| t.place_of(self.key).line);
                    let (chinese, english) = self.sort;
                    let message = format!("{chinese} “{id}” 在第 {line} 行已经有了 / the {english} \"{id}\" is already on line {line}");
                    errors.add(place, "book-duplicate", message);
                }
                None => {
                    self.ids.insert(id.into(), (self.tables.len(), own));
                    self.tables.push(table);
                }
            }
        }
    }
}

/// Reads the files of one book into its parts; `base` are the files of the book that it may extend, by id.
pub(super) fn load(files: &[File], base: (&str, &[File]), errors: &Errors) -> Loaded {
    let mut loaded = Loaded::default();
    let mut signals = Tables::new("信号", "signal");
    let mut scenes = Tables::new("场景", "scene");
    let mut rules = Tables::new("规则", "rule");
    let mut alerts = Tables::new("提醒", "alert");
    let mut kpis = Tables::by("metric", "目标", "target of");
    let mut pay = Tables::new("绩效表", "pay sheet");
    let (mut score, mut customers) = (None, None);
    let mut mood = None;
    let mut off = Vec::new();

    // The files of this book come first in the list of names, so that its mistakes do.
    let own = (0..).zip(files).map(|(number, file)| (number, file, true));
    let inherited = (files.len() as u16..).zip(base.1).map(|(number, file)| (number, file, false));
    let mut tables: Vec<_> = own.map(|(number, file, own)| (Fields::new(parse(file.1, number, errors), errors), own)).collect();
    // What is no TOML says nothing about the book: whatever else were told would follow from that.
    if !errors.is_empty() {
        return loaded;
    }
    if let Some(extends) = tables.iter_mut().find_map(|(fields, _)| fields.text("extends")) {
        if *extends == *base.0 {
            let read = inherited.map(|(number, file, own)| (Fields::new(parse(file.1, number, errors), errors), own));
            tables = read.chain(tables).collect();
            loaded.extends = true;
        } else {
            Known::new("可以继承的书", "book to extend", [base.0]).find(&extends, errors);
        }
    }
    for (mut fields, own) in tables {
        if own {
            head(&mut loaded, &mut fields);
        }
        fields.text("extends");
        // The page begins a book with an empty list of these.
        off.extend(fields.list("off").into_iter().filter_map(|item| item.into_text(errors)));
        signals.add(fields.tables("signal"), own, errors);
        scenes.add(fields.tables("scene"), own, errors);
        rules.add(fields.tables("rule"), own, errors);
        alerts.add(fields.tables("alert"), own, errors);
        kpis.add(fields.tables("kpi"), own, errors);
        pay.add(fields.tables("pay"), own, errors);
        score = fields.table("score").or(score);
        mood = fields.table("dissatisfaction").or(mood);
        let tiers = Tier::parse(fields.tables("tier"));
        if !tiers.is_empty() {
            loaded.tiers = tiers;
        }
        customers = fields.table("customers").or(customers);
        if own {
            fields.finish();
        }
    }
    if loaded.id.is_empty() || loaded.title.is_empty() {
        let key = if loaded.id.is_empty() { "id" } else { "title" };
        let place = Place { file: 0, line: 1, column: 1 };
        errors.add(place, "book-missing", format!("书缺少 {key}（写在最前面） / the book has no {key} (write it at the top)"));
    }

    loaded.signals = signals.tables.into_iter().map(Signal::parse).collect();
    let known = Known::new("信号", "signal", loaded.signals.iter().map(|s| s.id.text.as_str()));
    let sides: Vec<Who> = loaded.signals.iter().map(|s| s.who).collect();
    let no_scenes = Known::default();
    let own: Vec<Option<Place>> =
        loaded.signals.iter().map(|s| Some(s.who_place).filter(|at| usize::from(at.file) < files.len())).collect();
    let names = Names { signals: &known, sides: &sides, own: &own, scenes: &no_scenes };
    loaded.scenes = scenes.tables.into_iter().map(|fields| Scene::parse(fields, &names)).collect();
    let scene_ids = Known::new("场景", "scene", loaded.scenes.iter().map(|s| s.id.as_str()));
    let names = Names { scenes: &scene_ids, ..names };
    let rule_ids = Known::new("规则", "rule", rules.tables.iter().map(|t| t.peek("id").unwrap_or("")));
    let profiles = Profile::known();
    for mut fields in remove(rules, (loaded.extends, &off), &rule_ids, errors) {
        loaded.rule_places.push(fields.place_of("id"));
        let examples: Vec<Example> = fields.tables("example").into_iter().filter_map(Example::parse).collect();
        let rule = Rule::parse(fields, &names);
        rule.profiles_off.iter().for_each(|id| {
            profiles.find(id, errors);
        });
        examples.iter().for_each(|example| example.suits(&rule, errors));
        loaded.examples.push(examples);
        loaded.rules.push(rule);
    }
    yielding(&loaded.rules, &rule_ids, errors);
    loaded.alerts = alerts.tables.into_iter().map(|fields| Alert::parse(fields, &names)).collect();
    loaded.mood = mood.map(|fields| Mood::parse(fields, &names)).unwrap_or_default();
    if let Some(fields) = score {
        let inherited = usize::from(fields.place().file) >= files.len();
        loaded.score_place = Some(fields.place());
        loaded.score = ScoreConfig::parse(fields, &loaded.rules, inherited);
    }

    loaded.board = Board::read(kpis.tables, pay.tables, errors)
        .with_lines(loaded.rules.iter().filter_map(|rule| Some((rule.id.clone(), rule.suggest.first()?.clone()))));
    loaded.cuts = customers.map(Cuts::read).unwrap_or_default();

    if cfg!(not(feature = "regex")) {
        // What ships works without patterns too; a book of one's own is told that it cannot.
        let ships = |place: Place| base.1.is_empty() || usize::from(place.file) >= files.len();
        loaded.signals.iter_mut().filter(|s| ships(s.id.place)).for_each(|s| s.patterns.clear());
    }
    let used = used(&loaded.signals, &loaded.rules, &loaded.scenes, &loaded.alerts, &loaded.mood);
    for (signal, used) in loaded.signals.iter_mut().zip(used) {
        // Whoever only lends words is not looked for.
        signal.silent = signal.helper && !used && signal.examples.is_empty();
        if signal.silent && signal.is_more_than_words() {
            let message = "helper 只借出 words 和 whole，这里的其他部分不起作用 / a helper lends its words and whole only: its other parts do nothing";
            errors.add(signal.id.place, "book-never", message);
        }
    }
    loaded.finder = Finder::new(&loaded.signals, errors);
    loaded
}

/// The keys at the top.
fn head(loaded: &mut Loaded, fields: &mut Fields) {
    let text = |found: Option<Text>, old: &mut String| {
        if let Some(text) = found {
            *old = text.text;
        }
    };
    text(fields.text("id"), &mut loaded.id);
    text(fields.text("version"), &mut loaded.version);
    if let Some(title) = fields.text("title") {
        loaded.title_en.clone_from(&title.text);
        loaded.title = title.text;
    }
    text(fields.text("title_en"), &mut loaded.title_en);
}

/// The rules without those that are switched off.
fn remove<'e>(rules: Tables<'e>, (extends, off): (bool, &[Text]), known: &Known, errors: &Errors) -> Vec<Fields<'e>> {
    for id in off.iter().filter(|id| rules.ids.get(&id.text).is_some_and(|(_, own)| *own)) {
        let message =
            format!("“{0}” 就写在本书里：停用写 enabled = false / \"{0}\" is a rule of this book: switch it off by enabled = false", &**id);
        errors.add(id.place, "book-value", message);
    }
    if !extends {
        if let Some(id) = off.iter().find(|id| !rules.ids.contains_key(&id.text)) {
            let message =
                "off 停用继承来的规则，要写 extends = \"standard\" / off switches off what is inherited: it needs extends = \"standard\"";
            errors.add(id.place, "book-value", message);
        }
        return rules.tables;
    }
    let off: Vec<u16> = off.iter().filter_map(|id| known.find(id, errors)).collect();
    (0..).zip(rules.tables).filter(|(number, _)| !off.contains(number)).map(|(_, table)| table).collect()
}

/// Whoever yields yields to a rule of the book, switched off or not, that does not itself yield in turn: neither would cost anything then.
fn yielding(rules: &[Rule], known: &Known, errors: &Errors) {
    for rule in rules {
        for name in &rule.yields_to {
            if known.find(name, errors).is_none() {
                continue;
            }
            let back =
                |other: &&Rule| other.id == name.text && (other.id == rule.id || other.yields_to.iter().any(|to| to.text == rule.id));
            if rules.iter().any(|other| back(&other)) {
                let message = format!(
                    "“{0}” 和 “{1}” 互相让位，都不会扣分 / \"{0}\" and \"{1}\" yield to each other: neither would cost anything",
                    rule.id, name.text
                );
                errors.add(name.place, "book-value", message);
            }
        }
    }
}

/// Per signal, whether a rule, scene, alert or the dissatisfaction looks for it.
pub(super) fn used(signals: &[Signal], rules: &[Rule], scenes: &[Scene], alerts: &[Alert], mood: &Mood) -> Vec<bool> {
    let mut used: Vec<bool> = signals.iter().map(|_| false).collect();
    let of_rules = rules.iter().flat_map(|rule| rule.kind.signals());
    let of_scenes = scenes.iter().flat_map(|scene| scene.signals.iter().copied());
    let of_alerts = alerts.iter().flat_map(|alert| alert.signals.iter().copied());
    let of_mood = mood.points.iter().map(|(signal, _)| *signal);
    for signal in of_rules.chain(of_scenes).chain(of_alerts).chain(of_mood) {
        if let Some(used) = used.get_mut(usize::from(signal)) {
            *used = true;
        }
    }
    used
}
