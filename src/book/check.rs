//! Checks that every part of a book can work and is proved by an example.

use super::{
    Book,
    example::{Ran, Runner, Status},
    hash,
    homes::HOMES,
    load::{File, load},
    standard,
};
use crate::{
    Error,
    chat::Role,
    link::SEPARATORS,
    rule::{Kind, Of, Outcome, Rule},
    score::{Method, ScoreConfig},
    signal::{Part, PartKind, Scratch, Signal, Who, learned::WEIGHTS},
    text::folded,
    toml::{Errors, Place, Text},
};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

/// A book with everything that was found out about it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The book, as far as it could be read: good for use only when there are no errors.
    pub book: Book,
    /// What keeps it from loading, in the order of the file.
    pub errors: Vec<Error>,
    /// What does not: unused signals, known misses, inherited examples that no longer hold.
    pub warnings: Vec<Error>,
    /// Every example that was run.
    pub examples: Vec<Ran>,
}

/// Reads a book, checks it and runs its examples; `name` is the file's name for errors.
///
/// ```
/// let checked = huashu::book::check("a.toml", "id = 'a'\ntitle = '甲'\n[[signal]]\nid = 'b'\ntitle = '乙'\nword = ['丙']");
/// assert_eq!(checked.errors[1].to_string(), "a.toml:6:1: 未知键 “word”，是否为 “words”？ / unknown key \"word\", did you mean \"words\"?");
/// ```
pub fn check(name: &str, text: &str) -> Checked {
    run(&[(name, text)], &standard::FILES)
}

/// Checks a book of several files.
pub(super) fn run(files: &[File], base: &[File]) -> Checked {
    let names: Vec<&str> = files.iter().chain(base).map(|(name, _)| *name).collect();
    let (errors, warnings) = (Errors::new(names.clone()).with_homes(&HOMES), Errors::new(names));
    let (mut book, rule_places, score_place) = assemble(files, base, &errors);
    // What could not be read has nothing to prove.
    if !errors.is_empty() {
        return Checked { book, errors: errors.into_vec(), warnings: Vec::new(), examples: Vec::new() };
    }
    let own = |place: Place| usize::from(place.file) < files.len();
    let mut runner = Runner::new(&book, files.len());
    let mut examples: Vec<Ran> = Vec::new();
    for (number, signal) in book.signals.iter().enumerate() {
        let ran = signal.examples.iter().filter_map(|sample| runner.signal(number, signal, sample, &errors));
        examples.extend(ran);
    }
    for (number, list) in book.examples.iter().enumerate() {
        examples.extend(list.iter().filter_map(|example| runner.rule(number, example, &errors)));
    }
    for ran in &examples {
        report(ran, own(ran.place), &errors, &warnings);
    }
    let Runner { exercised, steps, .. } = runner;
    parts(&book, &exercised, own, &errors);
    for (number, place) in rule_places.iter().copied().enumerate().filter(|(_, place)| own(*place)) {
        rule_examples(&book, number, place, &steps, &errors);
    }
    other_method(&book, &rule_places, score_place, own, &warnings);
    book.signals.iter().filter(|signal| own(signal.id.place)).for_each(|signal| idle(signal, &warnings));
    unused(&book, own, &warnings);
    let warnings = warnings.into_vec();
    book.warnings.clone_from(&warnings);
    Checked { book, errors: errors.into_vec(), warnings, examples }
}

/// The book of some files, and where the ids of its rules and the way of scoring stand.
pub(super) fn assemble(files: &[File], base: &[File], errors: &Errors) -> (Book, Vec<Place>, Option<Place>) {
    let loaded = load(files, (standard::ID, base), errors);
    // A book that inherits changes with the book that it extends.
    let inherited = if loaded.extends { base } else { &[] };
    let mut sources: Vec<&str> = files.iter().chain(inherited).map(|(_, text)| *text).collect();
    // So it does with what its signals learned.
    if loaded.signals.iter().any(|signal| signal.learned.is_some()) {
        sources.push(WEIGHTS);
    }
    let book = Book {
        id: loaded.id,
        version: loaded.version,
        title: loaded.title,
        title_en: loaded.title_en,
        hash: hash::hex(&sources),
        signals: loaded.signals,
        scenes: loaded.scenes,
        rules: loaded.rules,
        alerts: loaded.alerts,
        tiers: loaded.tiers,
        mood: loaded.mood,
        score: loaded.score,
        cuts: loaded.cuts,
        board: loaded.board,
        finder: loaded.finder,
        profile: None,
        warnings: Vec::new(),
        examples: loaded.examples,
    };
    (book, loaded.rule_places, loaded.score_place)
}

/// Tells of an example that is not as it should be.
fn report(ran: &Ran, own: bool, errors: &Errors, warnings: &Errors) {
    match (ran.status, &ran.todo) {
        // What an inherited book knows to be open, its reader cannot mend.
        (Status::Todo | Status::TodoHolds, _) if !own => {}
        (Status::Holds, _) => {}
        (Status::Fails, _) if own => errors.add(ran.place, "book-example", ran.explain()),
        (Status::Fails, _) => warnings.add(ran.place, "book-inherited", ran.explain()),
        (Status::Todo, todo) => {
            let missed = ran.expected.starts_with("fail") || ran.expected == "hit";
            let (zh, en) = if missed { ("漏判", "miss") } else { ("误判", "false alarm") };
            let why = todo.as_deref().map(str::trim).filter(|why| !why.is_empty());
            let [colon, dots] = if why.is_some() { ["：", ": "] } else { [""; 2] };
            let why = why.unwrap_or("");
            let message = format!("已知的{zh}（{} {}）{colon}{why} / known {en} of {1}{dots}{why}", sort(ran.of), ran.id);
            warnings.add(ran.place, "book-todo", message);
        }
        (Status::TodoHolds, _) => {
            let message =
                format!("{} {} 的这个例子已经成立，去掉 todo / this example of {1} holds by now: remove its todo", sort(ran.of), ran.id);
            warnings.add(ran.place, "book-todo", message);
        }
    }
}

fn sort(of: &str) -> &'static str {
    if of == "rule" { "规则" } else { "信号" }
}

/// Every word, whole message, near and pattern can be found, stands in the book once, and is proved by an example.
fn parts(book: &Book, exercised: &[bool], own: impl Fn(Place) -> bool, errors: &Errors) {
    let mut scratch = Scratch::default();
    let mut seen: BTreeMap<(u16, bool, String), Place> = BTreeMap::new();
    for ((number, part), exercised) in (0..).zip(book.finder.parts()).zip(exercised) {
        let Some(signal) = book.signals.get(usize::from(part.signal)) else { continue };
        if !own(part.place) || part.text.starts_with('@') {
            continue;
        }
        if errors.is_full() {
            return;
        }
        let is_word = matches!(part.kind, PartKind::Word | PartKind::Whole);
        if is_word {
            let key = (part.signal, part.kind == PartKind::Word, folded(&part.text));
            if let Some(first) = seen.insert(key, part.place) {
                let message = format!("“{}” 在第 {} 行已经有了 / \"{0}\" is already on line {1}", part.text, first.line);
                errors.add(part.place, "book-duplicate", message);
                continue;
            }
        }
        if is_word && !signal.silent && !is_found(book, signal, number, part, &mut scratch) {
            let (chinese, english) = why_never(signal, part);
            let message = format!("“{}” 永远匹配不到：{chinese} / \"{0}\" can never match: {english}", part.text);
            errors.add(part.place, "book-never", message);
        } else if part.kind == PartKind::Learned && signal.who != Who::Buyer && !exercised {
            let message = "learned 只看买家的话：要写 who = \"buyer\" / learned hears buyers only: it needs who = \"buyer\"";
            errors.add(part.place, "book-side", message);
        } else if !exercised && !signal.helper {
            // Several words in one string are one word that nobody says.
            let several = is_word && part.text.trim().contains(SEPARATORS);
            let (zh, en) = if part.text.trim() != part.text {
                ("（前后有空格）", " (it begins or ends with a blank)")
            } else if several {
                ("（几个词要分开写：[\"甲\", \"乙\"]）", " (several words: [\"…\", \"…\"])")
            } else {
                ("", "")
            };
            let message = format!("没有例子用到 “{}”{zh} / no example exercises \"{0}\"{en}", part.text);
            errors.add(part.place, "book-unexercised", message);
        }
    }
}

/// Whether a word is found in a message that consists of it. What drops it there (an exception inside the word, too many
/// characters) drops it in every message.
fn is_found(book: &Book, signal: &Signal, number: u32, part: &Part, scratch: &mut Scratch) -> bool {
    let role = if signal.who == Who::Buyer { Role::Buyer } else { Role::Agent };
    let mut found = false;
    book.finder.message(role, &part.text, scratch, |_, _, _, by| found |= by == number);
    found
}

/// Warns of exceptions that touch no word of their signal: they drop nothing.
fn idle(signal: &Signal, warnings: &Errors) {
    let words: Vec<&Text> = signal.words.iter().chain(&signal.whole).map(|word| &word.text).collect();
    let others = signal.near.len() + signal.patterns.len() + signal.answers.len();
    if others > 0 || signal.short.is_some() || signal.learned.is_some() || words.iter().any(|word| word.starts_with('@')) {
        return;
    }
    let words: Vec<String> = words.into_iter().map(|word| folded(word)).collect();
    let inside = |part: &str| words.iter().any(|word| word.contains(part));
    let touches = |part: &str| {
        let split =
            |at: usize, word: &String| part.get(..at).zip(part.get(at..)).is_some_and(|(a, b)| word.ends_with(a) || word.starts_with(b));
        inside(part) || words.iter().any(|word| part.contains(word.as_str()) || part.char_indices().skip(1).any(|(at, _)| split(at, word)))
    };
    let except = signal.except.iter().filter(|text| !text.starts_with('@') && !touches(&folded(text)));
    let of = signal.unless.iter().flat_map(|unless| &unless.of).filter(|text| !text.starts_with('@') && !inside(&folded(text)));
    for text in except.chain(of) {
        let message = format!("“{0}” 碰不到任何词，不起作用 / \"{0}\" touches no word: it does nothing", &**text);
        warnings.add(text.place, "book-unused", message);
    }
}

fn why_never(signal: &Signal, part: &Part) -> (String, String) {
    let word = folded(&part.text);
    if let Some(except) = signal.except.iter().find(|e| word.contains(&folded(e))) {
        return (format!("except 里有 “{}”", &**except), format!("\"{}\" is in except", &**except));
    }
    match signal.max_chars {
        Some(most) if part.text.chars().count() > most as usize => {
            (format!("超过 max_chars {most} 个字"), format!("longer than max_chars {most}"))
        }
        _ => ("被 except 或 unless 排除".into(), "except or unless drops it".into()),
    }
}

/// Every rule is proved to pass, to fail, and to skip where it can; every step of a flow is seen in an example.
fn rule_examples(book: &Book, number: usize, place: Place, steps: &[(usize, usize)], errors: &Errors) {
    let (Some(rule), Some(examples)) = (book.rules.get(number), book.examples.get(number)) else { return };
    let mut needed = alloc::vec![(Outcome::Pass, "pass"), (Outcome::Fail, "fail")];
    if can_skip(rule) {
        needed.push((Outcome::Skip, "skip"));
    }
    for (outcome, name) in needed {
        if !examples.iter().any(|e| e.expected == outcome && e.todo.is_none()) {
            errors.add(place, "book-unproved", format!("规则缺少 {name} 的例子 / the rule has no {name} example"));
        }
    }
    if let Kind::Flow(flow) = &rule.kind {
        for (step, named) in flow.steps.iter().enumerate() {
            if !steps.contains(&(number, step)) {
                let message = format!("没有例子走到步骤 “{}” / no example reaches the step \"{0}\"", named.name);
                errors.add(place, "book-unexercised", message);
            }
        }
    }
}

/// Whether a conversation in which everyone speaks can leave the rule without its occasion.
fn can_skip(rule: &Rule) -> bool {
    let by_kind = match &rule.kind {
        Kind::Require(kind) => kind.when.is_some(),
        Kind::Reply(kind) => !kind.when.signals.is_empty() || kind.then.within.is_some() || !kind.then.gap_of.is_empty(),
        Kind::Measure(kind) => kind.of == Of::Seconds,
        Kind::Forbid(_) | Kind::Flow(_) => false,
    };
    by_kind || rule.kind.window().is_some_and(|window| !window.bounds.is_empty()) || !rule.scenes.is_empty() || rule.buyer.is_some()
}

/// Warns of what counts only with the other method of scoring: whoever tries one out need not rewrite the book.
fn other_method(book: &Book, rules: &[Place], score: Option<Place>, own: impl Fn(Place) -> bool, warnings: &Errors) {
    let warn = |place: Place, key: &str, method: &str| {
        if own(place) {
            let message = format!("{key} 只在 method = \"{method}\" 时起作用 / {key} counts with method = \"{method}\" only");
            warnings.add(place, "book-unused", message);
        }
    };
    let ScoreConfig { method, base, caps } = &book.score;
    match (method, score) {
        (Method::Weight, Some(place)) if !caps.is_empty() || *base != ScoreConfig::default().base => warn(place, "base、cap", "deduction"),
        (Method::Weight, _) => {}
        (Method::Deduction, _) => {
            let weighed = book.rules.iter().zip(rules).filter(|(rule, _)| rule.weight.is_some());
            weighed.for_each(|(_, place)| warn(*place, "weight", "weight"));
        }
    }
}

/// Warns of signals that nothing looks for.
fn unused(book: &Book, own: impl Fn(Place) -> bool, warnings: &Errors) {
    let used = super::load::used(&book.signals, &book.rules, &book.scenes, &book.alerts, &book.mood);
    let lent: Vec<&str> = book.signals.iter().flat_map(Signal::includes).collect();
    for (signal, used) in book.signals.iter().zip(used) {
        if !used && !lent.contains(&&*signal.id.text) && own(signal.id.place) {
            let message = format!("信号 “{}” 没有被任何规则、场景、提醒或信号用到 / nothing uses the signal \"{0}\"", &*signal.id);
            warnings.add(signal.id.place, "book-unused", message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec, vec::Vec};
    use proptest::prelude::*;

    const SIGNALS: &str = "
[[signal]]
id = 'ask'
title = '询问'
who = 'buyer'
words = ['甲']
[[signal.example]]
hit = '[[甲]]'
[[signal]]
id = 'tell'
title = '回答'
who = 'agent'
words = ['乙']
[[signal.example]]
hit = '[[乙]]'
";

    const RULE: &str = "
[[rule]]
id = 'answer'
title = '要回答'
principle = 'flow'
kind = 'reply'
when = { who = 'buyer', signals = ['ask'] }
then = { reply = 'first', signals = ['tell'] }
deduct = 5
[[rule.example]]
pass = '''
买家 [[甲]]
客服 [[乙]]
'''
[[rule.example]]
fail = '''
买家 [[甲]]
客服 好
'''
because = 'missing'
[[rule.example]]
skip = '''
买家 丙
客服 好
'''
";

    /// Errors and warnings of a book whose first line is `id`, `title`: Chinese only.
    fn tell(text: &str) -> (Vec<String>, Vec<String>) {
        let checked = check("b", &format!("id = 'b'; title = 'b'{text}").replacen("; ", "\n", 1));
        let chinese =
            |errors: Vec<Error>| -> Vec<String> { errors.iter().map(|e| e.to_string().split(" / ").next().unwrap().to_string()).collect() };
        (chinese(checked.errors), chinese(checked.warnings))
    }

    fn changed(from: &str, to: &str) -> Vec<String> {
        let text = format!("{SIGNALS}{RULE}");
        assert!(text.contains(from), "{from}");
        tell(&text.replacen(from, to, 1)).0
    }

    #[test]
    fn a_good_book_is_clean() {
        assert_eq!(tell(&format!("{SIGNALS}{RULE}")), (vec![], vec![]));
    }

    #[test]
    fn examples_are_strict() {
        let expect = |from: &str, to: &str, says: &str| assert_eq!(changed(from, to), vec![says.to_string()]);
        expect("买家 [[甲]]\n客服 [[乙]]", "买家 [[甲]]\n客服 乙", "b:29:1: 规则 answer 的例子不成立：没有标出却命中了第 29 行“乙”");
        expect("客服 好\n'''\nbecause", "客服 [[好]]\n'''\nbecause", "b:34:1: 规则 answer 的例子不成立：标出了却没有命中第 34 行“好”");
        expect("because = 'missing'", "because = 'late'", "b:33:1: 规则 answer 的例子不成立：应为 fail late，实际 fail missing");
        expect(
            "pass = '''\n买家 [[甲]]\n客服 [[乙]]\n'''",
            "pass = '''\n买家 [[甲]]\n客服 [[乙]]\n'''\n[[rule.example]]\npass = '''\n买家 丙\n客服 好\n'''",
            "b:33:1: 规则 answer 的例子不成立：应为 pass，实际 skip no-occasion",
        );
        expect("hit = '[[甲]]'", "hit = '[[甲]]和甲'", "b:9:7: 信号 ask 的例子不成立：没有标出却命中了第 9 行“甲”");
    }

    #[test]
    fn what_cannot_work_does_not_load() {
        let expect = |from: &str, to: &str, says: &str| {
            let errors = changed(from, to);
            assert!(errors.contains(&says.to_string()), "{errors:#?}");
        };
        expect("words = ['甲']", "words = ['甲', '丁']", "b:7:15: 没有例子用到 “丁”");
        expect("words = ['甲']", "words = ['甲', '大甲']\nexcept = ['大']", "b:7:15: “大甲” 永远匹配不到：except 里有 “大”");
        expect("words = ['甲']", "words = ['甲', '甲乙丙']\nmax_chars = 2", "b:7:15: “甲乙丙” 永远匹配不到：超过 max_chars 2 个字");
        expect("words = ['甲']", "words = ['甲', 'Ａ', 'a']", "b:7:20: “a” 在第 7 行已经有了");
        expect("signals = ['ask']", "signals = ['asks']", "b:23:36: 没有信号 “asks”，是否为 “ask”？");
        expect("signals = ['ask']", "signals = ['tell']", "b:23:36: 信号 “tell” 是 agent 的话，这里看的是 buyer 的话，永远不会命中");
        expect("id = 'tell'", "id = 'ask'", "b:11:6: 信号 “ask” 在第 4 行已经有了");
        expect("pass = '''", "fail = '''", "b:19:6: 规则缺少 pass 的例子");
        expect("skip = '''\n买家 丙\n客服 好", "fail = '''\n买家 [[甲]]\n客服 好", "b:19:6: 规则缺少 skip 的例子");
        expect("deduct = 5", "deduct = 5\nsugest = 'x'", "b:26:1: 未知键 “sugest”，是否为 “suggest”？");
        expect("title = '要回答'", "titel = '要回答'", "b:18:3: 缺少 “title”");
        expect("deduct = 5", "[x]", "b:25:2: 未知键 “x”");
    }

    #[test]
    fn steps_have_to_be_reached() {
        let signal = "[[signal]]\nid = 'more'\ntitle = '更多'\nwords = ['丁']\n[[signal.example]]\nhit = '[[丁]]'\n";
        let rule = "[[rule]]\nid = 'steps'\ntitle = '流程'\nprinciple = 'flow'\nkind = 'flow'\nwho = 'any'\n\
                    steps = [{ name = '一', signals = ['ask'] }, { name = '二', signals = ['more'], optional = true }]\n\
                    [[rule.example]]\npass = '买家 [[甲]]'\n[[rule.example]]\nfail = '客服 好'\n";
        let (errors, _) = tell(&format!("{SIGNALS}{signal}{rule}"));
        assert_eq!(errors, vec!["b:24:6: 没有例子走到步骤 “二”"]);
        let reached = rule.replace("买家 [[甲]]", "买家 [[甲]]，[[丁]]");
        assert_eq!(tell(&format!("{SIGNALS}{signal}{reached}")).0, Vec::<String>::new());
    }

    #[test]
    fn what_an_inherited_book_knows_to_be_open_is_no_warning() {
        let checked = check("b", "id = 'a'\ntitle = '店'\nextends = 'standard'\n");
        assert!(Book::standard().signals.iter().any(|signal| signal.examples.iter().any(|sample| sample.todo.is_some())));
        assert_eq!((checked.errors, checked.warnings), (vec![], vec![]));
    }

    #[test]
    fn known_misses_and_unused_signals_are_warnings() {
        let todo = "[[rule.example]]\ntodo = '还不会'\nfail = '''\n买家 丁\n客服 好\n'''\n";
        let (errors, warnings) = tell(&format!("{SIGNALS}{RULE}{todo}"));
        assert_eq!((errors, warnings), (vec![], vec!["b:45:1: 已知的漏判（规则 answer）：还不会".to_string()]));
        let (errors, warnings) = tell(SIGNALS);
        assert_eq!(errors, Vec::<String>::new());
        assert_eq!(warnings[0], "b:4:6: 信号 “ask” 没有被任何规则、场景、提醒或信号用到");
    }

    #[test]
    fn books_extend_the_standard_one() {
        let standard = Book::standard();
        let rule = &standard.rules[0].id;
        let book = |more: &str| check("b", &format!("id = 'b'\ntitle = 'b'\nextends = 'standard'\n{more}"));
        let same = book("");
        assert_eq!(same.errors, vec![]);
        assert_eq!((same.book.rules.len(), same.book.id.as_str()), (standard.rules.len(), "b"));
        assert_ne!(same.book.hash, standard.hash);

        let off = book(&format!("off = ['{rule}']"));
        assert_eq!(off.book.rules.len(), standard.rules.len() - 1);
        assert!(off.book.rule(rule).is_none());
        assert_eq!(book("off = ['no-such-rule']").errors[0].code(), "book-name");
        let alone = check("b", "id = 'b'\ntitle = 'b'\noff = ['no-such-rule', 'pay-reminder']\n").errors;
        let alone: Vec<_> = alone.iter().map(|error| error.message().split(" / ").next()).collect();
        assert_eq!(alone, [Some("off 停用继承来的规则，要写 extends = \"standard\"")]);
        assert_eq!(check("b", "id = 'b'\ntitle = 'b'\nextends = 'standart'").errors[0].code(), "book-name");

        let replaced = RULE.replace("'answer'", &format!("'{rule}'"));
        let more = book(
            &format!("{}{replaced}", SIGNALS.replace("'ask'", "'b_ask'").replace("'tell'", "'b_tell'"))
                .replace("['ask']", "['b_ask']")
                .replace("['tell']", "['b_tell']"),
        );
        assert_eq!(more.errors, vec![]);
        assert_eq!((more.book.rules.len(), more.book.rules[0].title.as_str()), (standard.rules.len(), "要回答"));
    }

    /// What ships is sound: whatever is wrong with a book that extends it stands in that book.
    #[test]
    fn mistakes_of_a_book_that_extends_are_its_own() {
        let tell = |more: &str| tell(&format!("\nextends = 'standard'\n{more}")).0;
        let signal = |id: &str, who: &str, more: &str| format!("[[signal]]\nid = '{id}'\ntitle = '一'\nwho = '{who}'\n{more}");
        let buyers = signal("apology", "buyer", "words = ['抱歉']\n[[signal.example]]\nhit = '[[抱歉]]'");
        assert_eq!(tell(&buyers), ["b:7:7: 继承的书在 agent 的话里找信号 “apology”，who 不能改成 buyer"]);
        // Inherited examples prove nothing of what is added.
        assert_eq!(tell(&signal("mine", "buyer", "learned = 'complaint'")), ["b:8:11: 没有例子用到 “learned = complaint”"]);
        for who in ["agent", "any"] {
            let told = tell(&signal("mine", who, "learned = 'complaint'"));
            assert_eq!(told, ["b:8:11: learned 只看买家的话：要写 who = \"buyer\""], "{who}");
        }
        assert_eq!(tell(&signal("mine", "buyer", "words = ['太慢了']")), ["b:8:10: 没有例子用到 “太慢了”"]);
        // A category whose rules are all taken out keeps its cap.
        let standard = Book::standard();
        let speed = standard.rules.iter().filter(|rule| rule.category == "响应速度");
        let off: Vec<String> = speed.map(|rule| format!("'{}'", rule.id)).collect();
        assert!(off.len() > 1);
        assert_eq!(tell(&format!("off = [{}]", off.join(", "))), [""; 0]);
    }

    #[test]
    fn what_is_no_toml_is_told_alone() {
        assert_eq!(changed("signals = ['ask'] }", "signals = ['ask' }"), ["b:23:35: 列表缺少 ]"]);
        assert_eq!(changed("title = '要回答'", "title '要回答'"), ["b:20:7: 键后面缺少 = 和值"]);
    }

    #[test]
    fn unknown_speakers_of_examples_are_mistakes() {
        for (from, to, says) in [
            ("客服 [[乙]]", "客人：[[乙]]", "b:29:1: 没有说话人 “客人”，是否为 “买家”？"),
            ("客服 好", "10:00 卖家 好", "b:34:1: 没有说话人 “卖家”，是否为 “客服”？"),
            ("买家 丙", "顾客：丙", "b:39:1: 没有说话人 “顾客”，是否为 “买家”？"),
            ("买家 丙", "丙", "b:39:1: 每行以 买家、客服、机器人 或 系统 开头"),
        ] {
            assert!(changed(from, to).contains(&says.to_string()), "{to}: {:#?}", changed(from, to));
        }
        // Words may begin like this, too: it is told only where they are not found.
        for to in ["小美 [[乙]]", "10:05 小美：[[乙]]", "店小二 [[乙]]"] {
            let told = changed("客服 [[乙]]", to).join("；");
            let name = if to.contains("小美") { "小美" } else { "店小二" };
            assert!(told.contains(&format!("第 29 行算作上一条消息：“{name}”不是说话人")), "{to}: {told}");
        }
        for to in ["小美 乙", "[[乙]]", "12345678 [[乙]]"] {
            assert!(!changed("客服 [[乙]]", to).join("；").contains("说话人"), "{to}");
        }
        for to in ["客服：好", "客服 地址：北京\n尺码：大", "客服 好\n系统：转接"] {
            assert_eq!(changed("客服 好", to), [""; 0], "{to}");
        }
    }

    #[test]
    fn hashes_tell_texts_apart() {
        let hash = |text: &str| check("b", text).book.hash;
        assert_eq!(hash(SIGNALS), hash(SIGNALS));
        assert_ne!(hash(SIGNALS), hash(&SIGNALS.replace("询问", "问询")));
        let standard = Book::standard();
        assert_ne!(standard.hash, standard.clone().with_profile("pdd").unwrap().hash);
    }

    #[test]
    fn the_standard_text_cut_anywhere_never_panics() {
        let text = Book::standard_text();
        let mut seed = 1u32;
        for _ in 0..12 {
            let mut next = |below: usize| {
                seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                let at = (seed >> 8) as usize % below;
                (at..).find(|at| text.is_char_boundary(*at)).unwrap()
            };
            let (from, to) = (next(text.len()), next(text.len()));
            check("b", &text[from.min(to)..from.max(to)]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        #[test]
        fn a_broken_book_never_panics(at in 0usize..600, length in 0usize..30, with in "[\\[\\]{}'=,@a甲0\n]{0,6}") {
            let text = format!("{SIGNALS}{RULE}");
            let cut = |at: usize| (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            let broken = [&text[..cut(at)], &with, &text[cut(at + length).max(cut(at))..]].concat();
            check("b", &broken);
        }
    }
}
