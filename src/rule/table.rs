//! One `[[rule]]` table of the book.

use super::{Anchor, Buyer, Deduct, Flow, Forbid, Kind, Measure, Reply, Require, Rule, Severity, Window, tier::SLOTS};
use crate::{
    link::SEPARATORS,
    signal::{SignalId, Who, need_id},
    sort,
    toml::{Errors, Fields, Known, Place, Text, Value},
};
use alloc::{format, string::String, vec::Vec};

/// What the tables of rules, scenes and alerts can name.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The signals.
    pub signals: &'a Known,
    /// Whose words each signal is found in, by number.
    pub sides: &'a [Who],
    /// Where the book itself says so of a signal, by number, in place of a book that it inherits from; none elsewhere.
    pub own: &'a [Option<Place>],
    /// The scenes.
    pub scenes: &'a Known,
}

impl Names<'_> {
    /// Takes the signals of a table (`signals`, or `signal` for one) that looks at the words of `who`. A signal of the other side could
    /// never be found there, and is an error. Also whether the key is there: a misspelt one is a mistake of its own, not a lack.
    pub(super) fn signals(&self, fields: &mut Fields, who: Who) -> (Vec<SignalId>, bool) {
        let there = fields.has("signals") || fields.has("signal");
        let mut named = fields.texts("signals");
        if fields.has("signal") || named.is_empty() {
            named.extend(fields.text("signal"));
        }
        (self.resolve(&named, who, fields.errors()), there)
    }

    /// As [`Names::signals`], and there must be one.
    pub(super) fn need_signals(&self, fields: &mut Fields, who: Who) -> Vec<SignalId> {
        if !fields.has("signals") && !fields.has("signal") {
            fields.missing("signals");
        }
        self.signals(fields, who).0
    }

    /// The numbers of the signals named.
    pub(super) fn resolve(&self, named: &[Text], who: Who, errors: &Errors) -> Vec<SignalId> {
        let mut signals = Vec::new();
        for name in named {
            let side = |signal: u16| self.sides.get(usize::from(signal)).copied().unwrap_or(who);
            let other = |signal: u16| matches!((side(signal), who), (Who::Buyer, Who::Agent) | (Who::Agent, Who::Buyer));
            let Some(signal) = self.signals.find_among(name, &|signal| !other(signal), errors) else { continue };
            if other(signal) {
                let (says, looks) = (side(signal).name(), who.name());
                // What is inherited was sound before: the mistake is where the signal was changed.
                let own = self.own.get(usize::from(signal)).copied().flatten().filter(|own| own.file < name.place.file);
                let (place, message) = match own {
                    Some(own) => (
                        own,
                        format!(
                            "继承的书在 {looks} 的话里找信号 “{0}”，who 不能改成 {says} / the book that is inherited looks for \"{0}\" in the words of the {looks}: its who cannot become {says}",
                            &**name
                        ),
                    ),
                    None => (
                        name.place,
                        format!(
                            "信号 “{0}” 是 {says} 的话，这里看的是 {looks} 的话，永远不会命中 / signal \"{0}\" is said by the {says}, here the words of the {looks} are looked at: it can never hit",
                            &**name
                        ),
                    ),
                };
                errors.add(place, "book-side", message);
            }
            if !signals.contains(&signal) {
                signals.push(signal);
            }
        }
        signals
    }

    /// Takes an anchor.
    pub(super) fn anchor(&self, fields: &mut Fields, key: &'static str, usual: Who) -> Option<Anchor> {
        fields.table(key).map(|table| self.anchor_of(table, usual))
    }

    /// The rest of a table as an anchor.
    pub(super) fn anchor_of(&self, mut table: Fields, usual: Who) -> Anchor {
        let who = who(&mut table, usual);
        let signals = self.need_signals(&mut table, who);
        table.finish();
        Anchor { who, signals }
    }
}

/// Takes `who`.
pub(super) fn who(fields: &mut Fields, usual: Who) -> Who {
    fields.choice("who", &Who::CHOICES).unwrap_or(usual)
}

/// The most points or weight that a book can give one thing.
const MOST: f64 = 1000.0;

/// Takes points or a weight: 0–1000.
pub(super) fn points(fields: &mut Fields, key: &'static str) -> Option<f64> {
    let place = fields.place_of(key);
    let value = fields.number(key)?;
    checked(value, place, fields.errors())
}

fn checked(value: f64, place: Place, errors: &Errors) -> Option<f64> {
    if (0.0..=MOST).contains(&value) {
        return Some(value);
    }
    errors.add(
        place,
        "book-value",
        "分值应在 0 到 1000 之间，扣分也写正数 / points lie between 0 and 1000; deductions are written without a minus",
    );
    None
}

fn deduct(fields: &mut Fields) -> Deduct {
    let max_place = fields.place_of("max_deduct");
    let max = points(fields, "max_deduct");
    let Some(item) = fields.item("deduct") else {
        if max.is_some() {
            fields.missing("deduct");
        }
        return Deduct::default();
    };
    let errors = fields.errors();
    let number = |item: &crate::toml::Item| match item.value {
        Value::Integer(n) => checked(n as f64, item.place, errors),
        Value::Float(n) => checked(n, item.place, errors),
        _ => {
            errors.add(
                item.place,
                "book-type",
                "“deduct” 应为数字或数字列表，不带引号和单位 / \"deduct\" must be a number or a list of numbers, without quotes and units",
            );
            None
        }
    };
    match &item.value {
        Value::Array { items, .. } => {
            let steps: Vec<f64> = items.iter().filter_map(number).collect();
            if items.is_empty() || items.len() > 16 {
                errors.add(item.place, "book-value", "“deduct” 应有 1 到 16 个分值 / \"deduct\" needs 1 to 16 numbers");
            }
            Deduct::Escalating { steps, max }
        }
        _ => {
            if max.is_some() {
                let message =
                    "“max_deduct” 只用于递增扣分 deduct = [5, 10] / \"max_deduct\" goes with a list of deductions only: deduct = [5, 10]";
                errors.add(max_place, "book-value", message);
            }
            Deduct::Once(number(&item).unwrap_or(0.0))
        }
    }
}

impl Rule {
    /// Reads one table, without its `example`s: whoever runs them takes them out before.
    pub fn parse(mut fields: Fields<'_>, names: &Names) -> Rule {
        let id = need_id(&mut fields).text;
        let (title, title_en) = fields.titles();
        let principle = fields.need_text("principle").text;
        let category = fields.text("category").map_or_else(|| principle.clone(), |t| t.text);
        let strings = |texts: Vec<Text>| texts.into_iter().map(|t| t.text).collect::<Vec<String>>();
        let suggest = fields.texts("suggest");
        let scenes = fields.texts("scenes");
        let severities = [("minor", Severity::Minor), ("major", Severity::Major), ("critical", Severity::Critical)];
        let [spoils_place, tags_place, buyer_place] = ["spoils", "tags", "buyer"].map(|key| fields.place_of(key));
        type Parse = fn(&mut Fields, &Names) -> Kind;
        let kinds: [(&'static str, Parse); 5] = [
            ("forbid", |fields, names| Kind::Forbid(Forbid::parse(fields, names))),
            ("require", |fields, names| Kind::Require(Require::parse(fields, names))),
            ("reply", |fields, names| Kind::Reply(Reply::parse(fields, names))),
            ("flow", |fields, names| Kind::Flow(Flow::parse(fields, names))),
            ("measure", |fields, names| Kind::Measure(Measure::parse(fields, names))),
        ];
        let rule = Rule {
            id,
            title,
            title_en,
            source: strings(fields.texts("source")),
            principle,
            category,
            scenes: scenes.iter().filter_map(|s| names.scenes.find(s, fields.errors()).map(usize::from)).collect(),
            severity: fields.choice("severity", &severities).unwrap_or_default(),
            deduct: deduct(&mut fields),
            bonus: points(&mut fields, "bonus").unwrap_or(0.0),
            weight: points(&mut fields, "weight"),
            suggest: suggest.iter().map(|line| line.text.clone()).collect(),
            note: fields.text("note").map(|t| t.text),
            enabled: fields.boolean("enabled").unwrap_or(true),
            profiles_off: fields.texts("profiles_off"),
            buyer: fields.choice("buyer", &Buyer::CHOICES),
            tags: strings(fields.texts("tags")),
            on_review: fields.choice("on", &[("chat", false), ("review", true)]).unwrap_or(false),
            spoils: fields.boolean("spoils").unwrap_or(false),
            yields_to: fields.texts("yields_to"),
            kind: match fields.need_choice("kind", &kinds) {
                Some(parse) => parse(&mut fields, names),
                // The keys of an unknown kind are no mistakes of their own.
                None => return Rule::nameless(),
            },
        };
        let errors = fields.errors();
        let finds = match &rule.kind {
            Kind::Forbid(_) => true,
            Kind::Reply(reply) => reply.then.not,
            _ => false,
        };
        if rule.spoils && !finds {
            let message = "spoils 只用于 forbid，和带 not 的 reply / spoils goes with forbid, and with reply and not";
            errors.add(spoils_place, "book-value", message);
        }
        if rule.buyer == Some(Buyer::Dissatisfied) && !rule.on_review {
            let message =
                "dissatisfied 与 on = \"review\" 同用：对话里没有星级 / dissatisfied goes with on = \"review\": chats have no stars";
            errors.add(buyer_place, "book-value", message);
        }
        if rule.tags.iter().any(|tag| tag.contains(SEPARATORS)) {
            let message = "tags 的每一项是一个标签，不带逗号、空格等分隔 / each of tags is one tag, without commas, blanks and the like";
            errors.add(tags_place, "book-value", message);
        }
        let has_slots = matches!(&rule.kind, Kind::Reply(reply) if !reply.then.gap_of.is_empty());
        let known = Known::new("空位", "slot", if has_slots { &SLOTS[..] } else { &[] }.iter().copied());
        for line in &suggest {
            let slots = line.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
            slots.for_each(|(slot, _)| {
                known.find(&Text { text: slot.into(), ..line.clone() }, fields.errors());
            });
        }
        fields.finish();
        rule
    }

    /// Stands where a table could not be read; the book does not load then.
    fn nameless() -> Rule {
        Rule {
            id: String::new(),
            title: String::new(),
            title_en: String::new(),
            source: Vec::new(),
            principle: String::new(),
            category: String::new(),
            scenes: Vec::new(),
            severity: Severity::default(),
            deduct: Deduct::default(),
            bonus: 0.0,
            weight: None,
            suggest: Vec::new(),
            note: None,
            enabled: false,
            profiles_off: Vec::new(),
            buyer: None,
            tags: Vec::new(),
            on_review: false,
            spoils: false,
            yields_to: Vec::new(),
            kind: Kind::Forbid(Forbid::default()),
        }
    }
}

impl Kind {
    /// Its name in a book.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Forbid(_) => "forbid",
            Self::Require(_) => "require",
            Self::Reply(_) => "reply",
            Self::Flow(_) => "flow",
            Self::Measure(_) => "measure",
        }
    }

    /// The part of the talk that it looks at; a reply looks where its occasions are.
    pub fn window(&self) -> Option<&Window> {
        match self {
            Self::Forbid(kind) => Some(&kind.window),
            Self::Require(kind) => Some(&kind.window),
            Self::Flow(kind) => Some(&kind.window),
            Self::Measure(kind) => Some(&kind.window),
            Self::Reply(_) => None,
        }
    }

    /// The signals that it looks for, each once, sorted.
    pub fn signals(&self) -> Vec<SignalId> {
        let mut all: Vec<SignalId> = Vec::new();
        all.extend(self.window().into_iter().flat_map(Window::signals));
        match self {
            Self::Forbid(kind) => all.extend(&kind.signals),
            Self::Require(kind) => {
                all.extend(kind.signals.iter().chain(&kind.begun).chain(kind.when.iter().flat_map(|anchor| &anchor.signals)));
            }
            Self::Reply(kind) => {
                all.extend(kind.when.signals.iter().chain(&kind.when.except).chain(&kind.when.without_gap_of));
                all.extend(kind.then.signals.iter().chain(&kind.then.opening).chain(&kind.then.except).chain(&kind.then.gap_of));
            }
            Self::Flow(kind) => all.extend(kind.steps.iter().flat_map(|step| &step.signals)),
            Self::Measure(_) => {}
        }
        sort::plain(&mut all);
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rule::{Bound, Per, Reach, Side, Step, Where, Which},
        toml::parse,
    };
    use alloc::string::ToString;

    fn read(text: &str) -> (Rule, Vec<String>) {
        let signals = Known::new("信号", "signal", ["complaint", "apology", "greeting"]);
        let scenes = Known::new("场景", "scene", ["pre-sale", "after-sale"]);
        let names = Names { signals: &signals, sides: &[Who::Buyer, Who::Agent, Who::Any], own: &[], scenes: &scenes };
        let errors = Errors::new(["book.toml"]);
        let rule = Rule::parse(Fields::new(parse(text, 0, &errors), &errors), &names);
        (rule, errors.into_vec().iter().map(|e| e.to_string()).collect())
    }

    fn kind(text: &str) -> Kind {
        let (rule, errors) = read(&format!("id = 'x'\ntitle = 'x'\nprinciple = 'wording'\n{text}"));
        assert!(errors.is_empty(), "{errors:?}");
        rule.kind
    }

    fn errors(text: &str) -> Vec<String> {
        let (_, errors) = read(&format!("id = 'x'\ntitle = 'x'\nprinciple = 'wording'\n{text}"));
        errors.into_iter().map(|e| e.split_once(" / ").map_or(e.clone(), |(chinese, _)| chinese.into())).collect()
    }

    #[test]
    fn every_key_of_a_rule() {
        let (rule, errors) = read(
            "
            id = 'apology-first'
            title = '首次回复先致歉'
            title_en = 'Apology first'
            source = ['P2', 'T5']
            principle = 'agreement'
            category = '态度'
            kind = 'reply'
            scenes = ['after-sale']
            severity = 'major'
            deduct = [5, 10.5]
            max_deduct = 30
            bonus = 1
            weight = 3
            suggest = '非常抱歉，我马上为您核实'
            note = '为什么'
            enabled = false
            profiles_off = ['pdd']
            buyer = 'returning'
            when = { who = 'buyer', signal = 'complaint', except = 'greeting' }
            then = { reply = 'some', where = 'first-sentence', signals = ['apology', 'apology'], opening = ['greeting'], within = 30 }
            ",
        );
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!((rule.scenes.as_slice(), rule.severity, rule.bonus, rule.weight), ([1].as_slice(), Severity::Major, 1.0, Some(3.0)));
        assert_eq!(rule.deduct, Deduct::Escalating { steps: alloc::vec![5.0, 10.5], max: Some(30.0) });
        assert_eq!((rule.category.as_str(), rule.enabled, rule.buyer, rule.suggest.len()), ("态度", false, Some(Buyer::Returning), 1));
        let Kind::Reply(reply) = &rule.kind else { panic!("{rule:?}") };
        assert_eq!((reply.when.signals.as_slice(), reply.when.except.as_slice()), ([0].as_slice(), [2].as_slice()));
        assert_eq!((reply.then.reply, reply.then.signals.as_slice(), reply.then.within), (Which::Some, [1].as_slice(), Some(30)));
        assert_eq!(rule.kind.signals(), [0, 1, 2]);
    }

    #[test]
    fn every_kind() {
        assert_eq!(
            kind(
                "kind = 'forbid'\nsignals = 'apology'\nat_most = 2\nper = 'message'\nafter = { signal = 'complaint', within = { rounds = 2, seconds = 60 } }"
            ),
            Kind::Forbid(Forbid {
                who: Who::Agent,
                signals: [1].into(),
                at_most: 2,
                window: Window {
                    bounds: [Bound {
                        side: Side::After,
                        anchor: Anchor { who: Who::Any, signals: [0].into() },
                        reach: Some(Reach { rounds: Some(2), seconds: Some(60), messages: None }),
                    }]
                    .into(),
                    per: Per::Message,
                },
            })
        );
        let told = kind(
            "kind = 'reply'\nwhen = { signal = 'complaint', without_gap_of = 'greeting' }\nthen = { reply = 'some', signal = 'apology' }",
        );
        assert_eq!(told.signals(), [0, 1, 2]);
        let Kind::Require(require) = kind("kind = 'require'\nsignals = ['greeting']\nall = true\nwhere = 'first-reply'") else { panic!() };
        assert_eq!((require.all, require.place), (true, Where::FirstReply));
        let Kind::Flow(flow) = kind(
            "kind = 'flow'\nwho = 'any'\nsteps = [{ name = '问候', signals = 'greeting' }, { name = '投诉', signals = 'complaint', optional = true }]",
        ) else {
            panic!()
        };
        assert_eq!(flow.steps.iter().map(|s: &Step| (s.name.as_str(), s.optional)).collect::<Vec<_>>(), [("问候", false), ("投诉", true)]);
        let Kind::Measure(measure) = kind("kind = 'measure'\nof = 'repeats'\nmax = 1\nmin_chars = 8") else { panic!() };
        assert_eq!((measure.max, measure.min_chars), (Some(1.0), 8));
    }

    #[test]
    fn mistakes_are_told_at_their_place() {
        assert_eq!(
            errors("kind = 'forbid'\nsignals = ['apologie', 'complaint']\ndeduct = -5"),
            [
                "book.toml:5:12: 没有信号 “apologie”，是否为 “apology”？",
                "book.toml:5:24: 信号 “complaint” 是 buyer 的话，这里看的是 agent 的话，永远不会命中",
                "book.toml:6:10: 分值应在 0 到 1000 之间，扣分也写正数",
            ]
        );
        assert_eq!(errors("kind = 'forbid'"), ["book.toml:1:1: 缺少 “signals”"]);
        assert_eq!(errors("kind = 'forbid'\nsignal = 'apolgy'"), ["book.toml:5:10: 没有信号 “apolgy”，是否为 “apology”？"]);
        assert_eq!(
            errors("kind = 'reply'\nthen = { not = true, signals = [] }"),
            ["book.toml:5:32: “signals” 是空的：写上内容，或删去这个键"]
        );
        assert_eq!(errors("kind = 'forbid'\nsignals = []"), ["book.toml:5:11: “signals” 是空的：写上内容，或删去这个键"]);
        assert_eq!(
            errors(
                "kind = 'reply'\nwhen = { signal = 'complaint', without_gap_of = 'greeting' }\nthen = { reply = 'some', gap_of = 'greeting' }"
            ),
            ["book.toml:1:1: when 的 without_gap_of 与 then 的 gap_of 只写一个"]
        );
        assert_eq!(
            errors("kind = 'forbit'\nsignal = 'apology'"),
            ["book.toml:4:8: “kind” 不能是 “forbit”，是否为 “forbid”？（可选：forbid | require | reply | flow | measure）"]
        );
        assert_eq!(errors("kind = 'reply'\nwithin = 30"), ["book.toml:1:1: 缺少 “then”", "book.toml:5:1: 未知键 “within”"]);
        assert_eq!(errors("kind = 'reply'\nthen = { not = true }"), ["book.toml:5:8: 缺少 “signals”"]);
        assert_eq!(
            errors("kind = 'reply'\nthen = { where = 'first-sentence', signal = 'apolgy' }"),
            ["book.toml:5:45: 没有信号 “apolgy”，是否为 “apology”？"]
        );
        assert_eq!(
            errors("kind = 'measure'\nof = 'chars'\nper = 'conversation'"),
            ["book.toml:1:1: 缺少 “max” 或 “min”", "book.toml:6:7: 这个量按每条消息计算"]
        );
        assert_eq!(errors("kind = 'measure'\nof = 'ratio'\nmin = 3\nmax = 2"), ["book.toml:6:7: “min” 大于 “max”，永远不会通过"]);
        let then = |then: &str| errors(&format!("kind = 'reply'\nthen = {{ signal = 'apology', within = {then} }}"));
        assert_eq!(then("{ rounds = 2 }"), ["book.toml:5:39: within 的 messages、rounds 只用于 reply = \"some\"，不与 not 同用"]);
        assert_eq!(then("{ seconds = 30 }"), Vec::<String>::new());
        assert_eq!(
            errors("kind = 'reply'\nthen = { signal = 'apology', earlier = true, within = 30 }"),
            ["book.toml:5:8: earlier 与 signals 同用，不与 not、within 同用"]
        );
        assert_eq!(
            errors("kind = 'require'\nsignal = 'apology'\nbegun = 'complaint'"),
            ["book.toml:6:9: begun 只用于 where = \"first-reply\" 或 \"first-message\""]
        );
        assert_eq!(then("'30'"), ["book.toml:5:39: “within” 应为整数，这里是文字（去掉引号、% 和单位）"]);
        assert_eq!(errors("kind = 'forbid'\nsignal = 'apology'\naround = { signal = 'complaint' }"), ["book.toml:6:10: 缺少 “within”"]);
        assert_eq!(
            errors("kind = 'forbid'\nsignal = 'apology'\nafter = { signal = 'complaint', within = { round = 1 } }"),
            [
                "book.toml:6:42: within 写 messages、rounds、seconds，至少一个，从 1 起（around 的 messages 可以是 0：只看锚点那条）",
                "book.toml:6:44: 未知键 “round”，是否为 “rounds”？",
            ]
        );
        assert_eq!(
            errors("kind = 'require'\nsignal = 'apology'\nper = 'rond'"),
            ["book.toml:6:7: “per” 不能是 “rond”，是否为 “round”？（可选：conversation | round | message）"]
        );
        assert_eq!(
            errors("kind = 'flow'\nsteps = [{ name = 'a', signal = 'greeting', optional = true }]"),
            ["book.toml:5:9: 至少要有一个不是 optional 的步骤，否则永远不会失败"]
        );
        assert_eq!(
            errors("kind = 'forbid'\nsignal = 'apology'\ndeduct = 5\nmax_deduct = 9"),
            ["book.toml:7:14: “max_deduct” 只用于递增扣分 deduct = [5, 10]"]
        );
        assert_eq!(
            errors("kind = 'forbid'\nsignal = 'apology'\nscenes = ['presale']"),
            ["book.toml:6:11: 没有场景 “presale”，是否为 “pre-sale”？"]
        );
    }
}
