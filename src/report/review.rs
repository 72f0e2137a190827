//! Manual review: what an inspector says of verdicts, beside what the book says; and a disagreement as an example of its rule.

use super::{Checked, mask, privacy::buyers};
use crate::{
    Error, Result,
    book::{Book, begins},
    chat::{Conversation, Role, round::rounds},
    json,
    rule::{Case, Known, Outcome, scenes},
    score::{plain_or_null, score},
    signal::Scratch,
    sort,
};
use alloc::{format, string::String, vec::Vec};
use serde::Serialize;

/// What an inspector says of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opinion {
    /// It is right.
    Confirm,
    /// It is wrong: a fail should pass; a pass or a skip should fail.
    Overrule,
    /// It should be this.
    Result(Outcome),
}

/// One verdict that was looked at by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// Id of the conversation.
    pub conversation: String,
    /// Id of the rule.
    pub rule: String,
    /// What the inspector says.
    pub opinion: Opinion,
    /// Why.
    pub note: String,
}

/// How far inspector and book agree.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Agreement {
    /// Verdicts that both gave the same.
    pub agree: u64,
    /// Verdicts that they gave otherwise.
    pub disagree: u64,
    /// Cohen's kappa over pass, fail and skip; `None` where both gave one and the same result throughout, or nothing was reviewed.
    #[serde(serialize_with = "plain_or_null")]
    pub kappa: Option<f64>,
    /// How often, by the book's result and then by the inspector's, in the order pass, fail, skip.
    pub counts: [[u64; 3]; 3],
}

/// The agreement on one rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleAgreement {
    /// Id of the rule.
    pub rule: String,
    /// The agreement.
    #[serde(flatten)]
    pub agreement: Agreement,
}

/// The scores of one conversation, by the book and by hand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TwoScores {
    /// Id of the conversation.
    pub conversation: String,
    /// By the book.
    #[serde(serialize_with = "plain_or_null")]
    pub automatic: Option<f64>,
    /// The same with the inspector's results in place of the book's.
    #[serde(serialize_with = "plain_or_null")]
    pub manual: Option<f64>,
}

/// A verdict that was overruled.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Disagreement {
    /// Id of the conversation.
    pub conversation: String,
    /// Id of the rule.
    pub rule: String,
    /// The book's result.
    pub automatic: Outcome,
    /// The inspector's.
    pub manual: Outcome,
    /// The inspector's reason.
    pub note: String,
}

/// What a manual review comes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reviewed {
    /// Over all rules.
    pub all: Agreement,
    /// Per rule, by id.
    pub rules: Vec<RuleAgreement>,
    /// Both scores of the reviewed conversations, in the order of the files.
    pub conversations: Vec<TwoScores>,
    /// What was overruled, likewise.
    pub disagreements: Vec<Disagreement>,
}

impl Agreement {
    fn add(&mut self, automatic: Outcome, manual: Outcome) {
        if let Some(count) = self.counts.get_mut(automatic as usize).and_then(|row| row.get_mut(manual as usize)) {
            *count += 1;
        }
        *(if automatic == manual { &mut self.agree } else { &mut self.disagree }) += 1;
    }

    /// κ = (p₀ − pₑ) / (1 − pₑ): the share of equal results beyond what both would give by chance.
    fn finish(&mut self) {
        let n = self.agree + self.disagree;
        let row = |i: usize| self.counts.get(i).map_or(0, |row| row.iter().sum());
        let column = |i: usize| self.counts.iter().filter_map(|row| row.get(i)).sum::<u64>();
        // n² times the share of equal results by chance.
        let chance: u64 = (0..3).map(|i| row(i) * column(i)).sum();
        self.kappa = (chance < n * n).then(|| ((n * self.agree) as f64 - chance as f64) / ((n * n) as f64 - chance as f64));
    }
}

/// Compares reviews with what the book says. Of several reviews of one verdict the last one counts.
///
/// ```
/// use huashu::{book::Book, chat, report::{self, Opinion, Review}, rule::Outcome};
/// let book = Book::standard();
/// let chats = chat::read("a", "客户：等了三天还没到\n客服：嗯\n".as_bytes(), &Default::default()).conversations;
/// let report = report::check(&book, &chats, |_| None);
/// let review = |rule: &str, opinion| Review { conversation: "a#1".into(), rule: rule.into(), opinion, note: String::new() };
/// let reviews = [review("apology-first", Opinion::Confirm), review("no-single-syllable", Opinion::Overrule)];
/// let reviewed = report::review(&book, &chats, &report.checked, &reviews).unwrap();
/// assert_eq!((reviewed.all.agree, reviewed.all.disagree, reviewed.disagreements[0].manual), (1, 1, Outcome::Pass));
/// assert!(reviewed.conversations[0].manual > reviewed.conversations[0].automatic);
/// ```
///
/// # Errors
/// `unknown-conversation`, `unknown-rule` (also for a rule that is switched off).
pub fn review(book: &Book, conversations: &[Conversation], checked: &[Checked], reviews: &[Review]) -> Result<Reviewed> {
    let mut placed = Vec::with_capacity(reviews.len());
    for (nth, review) in reviews.iter().enumerate() {
        let at = conversations.iter().position(|c| c.id == review.conversation).ok_or_else(|| {
            let id = &review.conversation;
            Error::new("unknown-conversation", format!("没有会话 {id} / there is no conversation {id}"))
        })?;
        placed.push((at, known_rule(book, &review.rule)?, nth, review));
    }
    sort::by_key(&mut placed, |(at, rule, nth, _)| (*at, *rule, *nth));
    let mut sum = Reviewed::default();
    for group in placed.chunk_by(|a, b| a.0 == b.0) {
        let at = group.first().map_or(0, |first| first.0);
        let (Some(conversation), Some(checked)) = (conversations.get(at), checked.get(at)) else { continue };
        let mut verdicts = book.judge(conversation, checked.known.clone(), &mut Scratch::default()).verdicts;
        for of_rule in group.chunk_by(|a, b| a.1 == b.1) {
            let Some((_, rule, _, review)) = of_rule.last() else { continue };
            let Some(verdict) = verdicts.iter_mut().find(|verdict| verdict.rule == *rule) else { continue };
            let automatic = verdict.result;
            let manual = match review.opinion {
                Opinion::Confirm => automatic,
                Opinion::Overrule if automatic == Outcome::Fail => Outcome::Pass,
                Opinion::Overrule => Outcome::Fail,
                Opinion::Result(result) => result,
            };
            sum.all.add(automatic, manual);
            let known = sum.rules.iter().position(|known| known.rule == review.rule);
            match known.and_then(|at| sum.rules.get_mut(at)) {
                Some(known) => known.agreement.add(automatic, manual),
                None => {
                    let mut agreement = Agreement::default();
                    agreement.add(automatic, manual);
                    sum.rules.push(RuleAgreement { rule: review.rule.clone(), agreement });
                }
            }
            if automatic != manual {
                verdict.result = manual;
                verdict.times = u32::from(manual == Outcome::Fail);
                let (conversation, rule, note) = (conversation.id.clone(), review.rule.clone(), review.note.clone());
                sum.disagreements.push(Disagreement { conversation, rule, automatic, manual, note });
            }
        }
        let manual = score(&book.score, &book.rules, &verdicts, conversation).value;
        sum.conversations.push(TwoScores { conversation: conversation.id.clone(), automatic: checked.score.value, manual });
    }
    sum.all.finish();
    sort::by(&mut sum.rules, |a, b| a.rule.cmp(&b.rule));
    sum.rules.iter_mut().for_each(|rule| rule.agreement.finish());
    Ok(sum)
}

fn known_rule(book: &Book, id: &str) -> Result<usize> {
    book.rule(id)
        .filter(|at| book.rules.get(*at).is_some_and(|rule| rule.enabled))
        .ok_or_else(|| Error::new("unknown-rule", format!("没有规则 {id}，或者它已停用 / there is no rule {id}, or it is switched off")))
}

/// What stands for the note of a reviewer who left none.
const NO_NOTE: &str = "未写备注";

/// A conversation as a `todo` example of a rule: TOML text to put below the rule. Personal data is masked, agents are numbered, and
/// what the rule finds in it is marked in place.
///
/// ```
/// use huashu::{book::Book, chat, report, rule::Outcome};
/// let chats = chat::read("a", "客户：等了三天还没到，我电话13912345678\n客服小美：嗯\n".as_bytes(), &Default::default());
/// let text = report::todo(&Book::standard(), "no-single-syllable", &chats.conversations[0], Outcome::Pass, "一时口快").unwrap();
/// assert_eq!(text, "# no-single-syllable
/// [[rule.example]]
/// todo = \"一时口快\"
/// pass = '''
/// 买家 等了三天还没到，我电话139****5678
/// 客服 [[嗯]]
/// '''
/// ");
/// ```
///
/// # Errors
/// `unknown-rule`.
pub fn todo(book: &Book, rule: &str, conversation: &Conversation, result: Outcome, note: &str) -> Result<String> {
    let number = known_rule(book, rule)?;
    let mut masked = conversation.clone();
    let names = buyers(conversation);
    for message in &mut masked.messages {
        message.text = harmless(&mask(&message.text, &names));
    }
    let buyer = book.rules.get(number).and_then(|rule| rule.buyer);
    let known = buyer.map_or_else(Known::default, |buyer| Known::default().with(buyer, true));
    let (rounds, hits) = (rounds(&masked), book.finder.find(&masked));
    let scenes = scenes(&book.scenes, &hits);
    let case = Case::new(&masked, &rounds, &hits, &scenes, known).with_tiers(&book.tiers);
    let verdict = book.rules.get(number).map(|rule| rule.judge(number, &case));

    let key = match result {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Skip => "skip",
    };
    let note = match harmless(&mask(note, &names)) {
        // A book refuses an example without a reason.
        none if none.is_empty() => NO_NOTE.into(),
        note => note,
    };
    let note = json::text(&note).unwrap_or_default();
    let mut text = format!("# {rule}\n[[rule.example]]\ntodo = {note}\n");
    if let Some(buyer) = buyer {
        text += &format!("buyer = \"{}\"\n", buyer.id());
    }
    text += &format!("{key} = '''\n");
    let agents = conversation.agents();
    let day = masked.messages.iter().find_map(|m| m.at).map(|at| at.day());
    let one_day = masked.messages.iter().filter_map(|m| m.at).all(|at| Some(at.day()) == day);
    for (at, message) in masked.messages.iter().enumerate() {
        if let Some(time) = message.time() {
            let clock = time.split_once('T').map_or("", |(_, clock)| clock);
            text += &format!("{} ", if one_day && !clock.is_empty() { clock } else { &time });
        }
        text += match message.role {
            Role::Buyer => "买家",
            Role::Agent => "客服",
            Role::Bot => "机器人",
            Role::System => "系统",
        };
        if agents.len() > 1
            && let Some(number) = agents.iter().position(|agent| Some(*agent) == message.sender.as_deref())
        {
            text += &format!("{}", number + 1);
        }
        text.push(' ');
        let mut from = 0;
        let slice = |from: usize, to: usize| message.text.get(from..to).unwrap_or_default();
        for evidence in verdict.iter().flat_map(|v| &v.evidence).filter(|e| e.message == at && e.start < e.end) {
            // Evidence comes in the order of the text; what overlaps an earlier piece is marked with that. Beside a bracket of
            // the text a mark would be read wrongly.
            let bracketed = slice(0, evidence.start).ends_with('[') || slice(evidence.end, message.text.len()).starts_with(']');
            if evidence.start >= from && !bracketed {
                text += &format!("{}[[{}]]", slice(from, evidence.start), slice(evidence.start, evidence.end));
                from = evidence.end;
            }
        }
        text += slice(from, message.text.len());
        text.push('\n');
    }
    text += "'''\n";
    Ok(text)
}

/// A text that means itself in an example: no marks, no end of the TOML string, no line that begins another message.
fn harmless(text: &str) -> String {
    let mut lines = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !lines.is_empty() {
            lines.push(if begins(line) { ' ' } else { '\n' });
        }
        lines.extend(line.chars().filter(|c| !c.is_control()));
    }
    lines.replace("[[", "[ [").replace("]]", "] ]").replace("'''", "’’’")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{book, rule::sample::talk};
    use alloc::{string::ToString, vec};

    fn kappa(counts: [[u64; 3]; 3]) -> Option<f64> {
        let sum = |pairs: &mut dyn Iterator<Item = u64>| pairs.sum();
        let agree = sum(&mut (0..3).map(|i| counts[i][i]));
        let all: u64 = sum(&mut counts.iter().flatten().copied());
        let mut agreement = Agreement { agree, disagree: all - agree, kappa: None, counts };
        agreement.finish();
        agreement.kappa
    }

    #[test]
    fn kappa_equals_the_reference() {
        // cohen_kappa_score of scikit-learn 1.9.1, and cohens_kappa of statsmodels 0.15.0, of the same tables.
        let reference = [
            ([[20, 5, 0], [10, 15, 0], [0, 0, 0]], 0.4),
            ([[45, 3, 2], [4, 30, 1], [6, 0, 9]], 0.729_501_267_962_806_3),
            ([[0, 10, 0], [10, 0, 0], [0, 0, 0]], -1.0),
            ([[50, 0, 0], [2, 0, 0], [0, 0, 0]], 0.0),
        ];
        for (counts, expected) in reference {
            assert!((kappa(counts).unwrap() - expected).abs() < 1e-12, "{counts:?}");
        }
        assert_eq!((kappa([[7, 0, 0], [0, 0, 0], [0, 0, 0]]), kappa([[0; 3]; 3])), (None, None));
    }

    const BOOK: &str = "
id = 'b'
title = 'b'
[[signal]]
id = 'sorry'
title = '致歉'
who = 'agent'
words = ['抱歉']
[[signal.example]]
hit = '[[抱歉]]'
[[rule]]
id = 'no-sorry'
title = '不致歉'
principle = 'x'
kind = 'forbid'
signals = ['sorry']
deduct = 10
[[rule.example]]
pass = '''
客服 好
'''
[[rule.example]]
fail = '''
客服 [[抱歉]]
'''
";

    #[test]
    fn reviews_are_kept_apart_from_verdicts() {
        let book = Book::parse("b", BOOK).unwrap();
        let named = |id: &str, text: &str| Conversation { id: id.into(), ..talk(text) };
        let talks = [named("a", "买家 在\n客服 抱歉"), named("b", "买家 在\n客服 好"), named("c", "买家 在\n客服 抱歉")];
        let report = super::super::check(&book, &talks, |_| None);
        let review_of =
            |id: &str, opinion| Review { conversation: id.into(), rule: "no-sorry".into(), opinion, note: "另有原因".into() };
        let reviews = vec![
            review_of("b", Opinion::Confirm),
            review_of("a", Opinion::Confirm),
            review_of("c", Opinion::Result(Outcome::Fail)),
            // The last word counts.
            review_of("c", Opinion::Overrule),
        ];
        let found = review(&book, &talks, &report.checked, &reviews).unwrap();
        assert_eq!(found.rules.len(), 1);
        assert_eq!((found.all.agree, found.all.disagree, found.all.counts), (2, 1, [[1, 0, 0], [1, 1, 0], [0, 0, 0]]));
        assert!((found.all.kappa.unwrap() - 0.4).abs() < 1e-12);
        let scores: Vec<_> = found.conversations.iter().map(|c| (c.conversation.as_str(), c.automatic, c.manual)).collect();
        assert_eq!(scores, [("a", Some(90.0), Some(90.0)), ("b", Some(100.0), Some(100.0)), ("c", Some(90.0), Some(100.0))]);
        assert_eq!((found.disagreements.len(), found.disagreements[0].note.as_str()), (1, "另有原因"));
        // Nothing of the report itself has moved.
        assert_eq!(super::super::check(&book, &talks, |_| None).checked, report.checked);
        let unknown = Review { rule: "no".into(), ..review_of("a", Opinion::Confirm) };
        assert_eq!(review(&book, &talks, &report.checked, &[unknown]).unwrap_err().code(), "unknown-rule");
        assert_eq!(review(&book, &talks, &report.checked, &[review_of("z", Opinion::Confirm)]).unwrap_err().code(), "unknown-conversation");
    }

    /// What clocks without seconds leave open is open in the example too.
    #[test]
    fn an_example_keeps_the_times_as_they_are_written() {
        let book = Book::parse("b", BOOK).unwrap();
        let lines = |text: &str| todo(&book, "no-sorry", &talk(text), Outcome::Pass, "").unwrap();
        assert!(lines("10:00 买家 在\n10:01:00 客服 抱歉").contains("\n10:00 买家 在\n10:01:00 客服 [[抱歉]]\n"));
        let mut days = talk("10:00 买家 在\n10:01:00 客服 抱歉");
        days.messages[1].at = Some(crate::time::Time::from_seconds(86_400 * 20_001));
        let text = todo(&book, "no-sorry", &days, Outcome::Pass, "").unwrap();
        assert!(text.contains("\n2024-10-04T10:00 买家 在\n2024-10-05T00:00:00 客服 [[抱歉]]\n"), "{text}");
    }

    #[test]
    fn an_example_without_a_note_loads() {
        let book = Book::parse("b", BOOK).unwrap();
        for note in ["", " \n", "\u{1}"] {
            let todo = todo(&book, "no-sorry", &talk("买家 在\n客服 抱歉"), Outcome::Pass, note).unwrap();
            let checked = book::check("b", &format!("{BOOK}{todo}"));
            assert_eq!(checked.errors.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new(), "{note:?}");
        }
    }

    /// Put below its rule, the text is a known miss of the book and no mistake, whatever was said.
    #[test]
    fn a_disagreement_becomes_an_example() {
        let book = Book::parse("b", BOOK).unwrap();
        let text = "10:00:00 买家 [[在]]'''\\客服 呢\\3点\\顾客：在\n10:00:05 客服小美 抱歉\\抱歉[[\n系统 转接\n客服小李 “”\u{1}电话13912345678，抱歉 ]]抱歉]";
        let todo = todo(&book, "no-sorry", &talk(text), Outcome::Pass, "第二个\"抱歉\"\n不算").unwrap();
        assert!(
            todo.contains("10:00:05 客服1 [[抱歉]]\n[[抱歉]][ [\n") && todo.contains("客服2 “”电话139****5678，[[抱歉]] ] ]抱歉]"),
            "{todo}"
        );
        assert!(!todo.contains("小美"));
        let checked = book::check("b", &format!("{BOOK}{todo}"));
        assert_eq!(checked.errors.iter().map(|e| e.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
        assert_eq!(checked.warnings.iter().map(|w| w.code()).collect::<Vec<_>>(), ["book-todo"]);
        assert!(checked.warnings.iter().all(|w| w.to_string().contains("已知的误判（规则 no-sorry）：第二个")));
        let ran = checked.examples.iter().find(|e| e.todo.is_some()).unwrap();
        assert_eq!((ran.got.as_str(), ran.noisy.len(), ran.missing.len()), ("fail forbidden", 1, 0));
    }
}
