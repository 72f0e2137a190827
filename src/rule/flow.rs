//! `flow`: steps that belong together, in order or not.

use super::{
    Case, Fault, Finding, Mark, Window,
    case::evidence,
    table::{Names, who},
};
use crate::{
    signal::{Hit, SignalId, Who},
    toml::Fields,
};
use alloc::{format, string::String, vec, vec::Vec};
use core::ops::Range;

/// Whether the order of the steps matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Each step comes after the one before it, or in the same message.
    #[default]
    Sequence,
    /// All steps come, in whatever order.
    Any,
}

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Its name, which `because` repeats.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// Whose words; those of the flow where `None`.
    pub who: Option<Who>,
    /// Any of these.
    pub signals: Vec<SignalId>,
    /// Shown when it comes in its place, and no failure when it does not.
    pub optional: bool,
}

impl Step {
    fn parse(fields: &mut Fields, names: &Names, usual: Who) -> Self {
        let name = fields.need_text("name").text;
        let name_en = fields.text("name_en").map_or_else(|| name.clone(), |t| t.text);
        let who = fields.choice("who", &Who::CHOICES);
        let signals = names.need_signals(fields, who.unwrap_or(usual));
        Self { name, name_en, who, signals, optional: fields.boolean("optional").unwrap_or(false) }
    }
}

/// Steps of a reception.
///
/// The occasion is that `who` says anything at all in the window. It fails `missing:<step>` for a step that never comes and
/// `order:<step>` for one that comes only out of order, as many times as there are such steps, for the reason of the first of them. Which
/// steps are out of order is decided in favour of the agent: as many as possible count as in order, the earlier ones first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Whether the order matters.
    pub order: Order,
    /// Whose words.
    pub who: Who,
    /// The steps.
    pub steps: Vec<Step>,
    /// Where.
    pub window: Window,
}

/// The most steps of a flow.
const STEPS: usize = 32;

impl Flow {
    pub(super) fn parse(fields: &mut Fields, names: &Names) -> Self {
        let who = who(fields, Who::Agent);
        let (there, place) = (fields.has("steps"), fields.place_of("steps"));
        let mut steps: Vec<Step> = Vec::new();
        for mut table in fields.tables("steps") {
            let step = Step::parse(&mut table, names, who);
            if steps.iter().any(|s| s.name == step.name) && !step.name.is_empty() {
                let message = format!("步骤 “{0}” 出现了两次 / there are two steps \"{0}\"", step.name);
                fields.errors().add(table.place(), "book-value", message);
            }
            table.finish();
            steps.push(step);
        }
        if !there {
            fields.missing("steps");
        } else if steps.iter().all(|step| step.optional) {
            let message =
                "至少要有一个不是 optional 的步骤，否则永远不会失败 / at least one step must not be optional, or the rule can never fail";
            fields.errors().add(place, "book-missing", message);
        }
        if steps.len() > STEPS {
            let message = format!("最多 {STEPS} 个步骤 / at most {STEPS} steps");
            fields.errors().add(place, "book-limit", message);
            steps.truncate(STEPS);
        }
        let order = fields.choice("order", &[("sequence", Order::Sequence), ("any", Order::Any)]).unwrap_or_default();
        Self { order, who, steps, window: Window::parse(fields, names) }
    }

    pub(super) fn judge(&self, case: &Case) -> Finding {
        self.window.judge(case, &|range| self.judge_part(case, range))
    }

    fn judge_part(&self, case: &Case, range: Range<usize>) -> Finding {
        let Some((last_said, _)) = case.said(self.who, range.clone()).next_back() else { return Finding::no_occasion() };
        let hits_of = |step: &Step| case.hits_in(step.who.unwrap_or(self.who), &step.signals, range.clone());
        let hits: Vec<Vec<Hit>> = self.steps.iter().map(hits_of).collect();
        let chosen = match self.order {
            Order::Any => hits.iter().map(|of_step| of_step.first().copied()).collect(),
            Order::Sequence => self.in_order(&hits),
        };
        let (mut failed, mut shown) = (Vec::new(), Vec::new());
        for ((step, hits), chosen) in self.steps.iter().zip(&hits).zip(&chosen) {
            let seen = chosen.as_ref().or(if step.optional { None } else { hits.first() });
            shown.extend(seen.map(|h| evidence(h, Mark::Step)));
            if !step.optional && chosen.is_none() {
                let (because, at) = match hits.first() {
                    Some(hit) => ("order", hit.message as usize),
                    None => ("missing", last_said),
                };
                failed.push((format!("{because}:{}", step.name), at));
            }
        }
        let wrong = failed.iter().map(|(_, at)| Fault::Other(*at)).collect();
        match failed.into_iter().next() {
            Some((because, _)) => Finding::fail(wrong, because, shown),
            None => Finding::pass(shown.first().map_or(last_said, |e| e.message), shown),
        }
    }

    /// For each step the hit by which it counts as in order: the longest chain of steps that are not optional, then the
    /// optional ones that fall in between.
    fn in_order(&self, hits: &[Vec<Hit>]) -> Vec<Option<Hit>> {
        let count = hits.len();
        let needed = |i: usize| self.steps.get(i).is_some_and(|s| !s.optional);
        let empty = Vec::new();
        let of = |i: usize| hits.get(i).unwrap_or(&empty);
        // starts[i][k]: the latest message in which a chain of k of the steps from i on can begin.
        let mut starts = vec![vec![Some(u32::MAX)]];
        for i in (0..count).rev() {
            let after = starts.last().map(Vec::as_slice).unwrap_or_default();
            let begin = |k: usize| -> Option<u32> {
                let rest = after.get(k.checked_sub(1)?).copied().flatten()?;
                let before = of(i).partition_point(|h| h.message <= rest);
                of(i).get(before.checked_sub(1)?).map(|h| h.message)
            };
            let row = (0..=after.len()).map(|k| {
                let without = after.get(k).copied().flatten();
                if needed(i) { without.max(begin(k)) } else { without }
            });
            let row = row.collect();
            starts.push(row);
        }
        starts.reverse();
        let longest = starts.first().map_or(0, |row| row.iter().rposition(Option::is_some).unwrap_or(0));

        let mut chosen: Vec<Option<Hit>> = vec![None; count];
        let (mut left, mut from) = (longest, 0);
        for i in (0..count).filter(|&i| needed(i)) {
            let Some(rest) = left.checked_sub(1) else { break };
            let Some(hit) = of(i).get(of(i).partition_point(|h| h.message < from)).copied() else { continue };
            let room = starts.get(i + 1).and_then(|row| row.get(rest)).copied().flatten();
            if room.is_some_and(|latest| hit.message <= latest) {
                if let Some(slot) = chosen.get_mut(i) {
                    *slot = Some(hit);
                }
                (left, from) = (rest, hit.message);
            }
        }
        let mut from = 0;
        for i in 0..count {
            if needed(i) {
                from = chosen.get(i).copied().flatten().map_or(from, |h| h.message);
                continue;
            }
            let next = chosen.iter().skip(i + 1).flatten().next().map_or(u32::MAX, |h| h.message);
            let hit = of(i).get(of(i).partition_point(|h| h.message < from)).copied().filter(|h| h.message <= next);
            if let Some(slot) = chosen.get_mut(i) {
                *slot = hit;
            }
            from = hit.map_or(from, |h| h.message);
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Kind, sample::verdict};

    const SIGNALS: &[&[&str]] = &[&["甲"], &["乙"], &["丙"], &["丁"]];

    fn flow(order: Order, optional: &[usize]) -> Flow {
        let step = |(i, name): (usize, &str)| Step {
            name: name.into(),
            signals: vec![i as u16],
            optional: optional.contains(&i),
            ..Step::default()
        };
        let steps = ["a", "b", "c", "d"].into_iter().enumerate().map(step).collect();
        Flow { order, who: Who::Agent, steps, ..Flow::default() }
    }

    fn check(flow: Flow, text: &str) -> String {
        let text: Vec<String> = text.split(' ').map(|words| format!("客服 {words}")).collect();
        verdict(Kind::Flow(flow), &text.join("\n"), SIGNALS)
    }

    #[test]
    fn in_order() {
        let check = |text| check(flow(Order::Sequence, &[]), text);
        assert_eq!(check("甲 乙 丙 丁"), "pass 0:step:甲 1:step:乙 2:step:丙 3:step:丁");
        assert_eq!(check("丁丙乙甲"), "pass 0:step:丁 0:step:丙 0:step:乙 0:step:甲");
        assert_eq!(check("甲 丙 丁"), "fail 1 missing:b 0:step:甲 1:step:丙 2:step:丁");
        assert_eq!(check("乙 丙 丁 甲"), "fail 1 order:a 0:step:乙 1:step:丙 2:step:丁 3:step:甲");
        assert_eq!(check("乙 甲 丙 丁"), "fail 1 order:b 0:step:乙 1:step:甲 2:step:丙 3:step:丁");
        assert_eq!(check("丁 丙 乙 甲"), "fail 3 order:b 0:step:丁 1:step:丙 2:step:乙 3:step:甲");
        assert_eq!(check("好"), "fail 4 missing:a");
        assert_eq!(check("丁 甲 乙 丙 丁"), "pass 1:step:甲 2:step:乙 3:step:丙 4:step:丁");
    }

    #[test]
    fn an_optional_step_is_shown_and_never_fails() {
        let check = |text| check(flow(Order::Sequence, &[1]), text);
        assert_eq!(check("甲 丙 丁"), "pass 0:step:甲 1:step:丙 2:step:丁");
        assert_eq!(check("甲 乙 丙 丁"), "pass 0:step:甲 1:step:乙 2:step:丙 3:step:丁");
        assert_eq!(check("乙 甲 丙 丁 乙"), "pass 1:step:甲 2:step:丙 3:step:丁");
    }

    #[test]
    fn in_any_order() {
        let check = |text| check(flow(Order::Any, &[3]), text);
        assert_eq!(check("丙 乙 甲"), "pass 0:step:丙 1:step:乙 2:step:甲");
        assert_eq!(check("丁 乙 甲"), "fail 1 missing:c 0:step:丁 1:step:乙 2:step:甲");
    }

    #[test]
    fn nobody_spoke_is_no_occasion() {
        assert_eq!(verdict(Kind::Flow(flow(Order::Any, &[])), "买家 甲乙丙丁\n机器人 甲", SIGNALS), "skip no-occasion");
    }

    #[test]
    fn steps_of_both_sides() {
        let mut both = flow(Order::Sequence, &[2, 3]);
        both.steps[1].who = Some(Who::Buyer);
        assert_eq!(verdict(Kind::Flow(both.clone()), "客服 甲乙\n买家 乙", SIGNALS), "pass 0:step:甲 1:step:乙");
        assert_eq!(verdict(Kind::Flow(both), "客服 甲乙\n买家 甲", SIGNALS), "fail 1 missing:b 0:step:甲");
    }

    #[test]
    fn as_many_steps_as_possible_count_as_in_order() {
        // By trying every subset of steps: the chosen chain is as long as the longest one that holds.
        let mut seed = 7u32;
        for _ in 0..300 {
            let mut next = |n: u32| {
                seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                (seed >> 16) % n
            };
            let hits: Vec<Vec<Hit>> = (0..4)
                .map(|signal| {
                    let mut at: Vec<u32> = (0..next(4)).map(|_| next(6)).collect();
                    at.sort_unstable();
                    at.dedup();
                    at.into_iter().map(|message| Hit { message, signal, start: 0, end: 3, replace: u32::MAX, learned: false }).collect()
                })
                .collect();
            let chain = |set: usize| {
                let mut from = 0;
                (0..4).filter(|i| set >> i & 1 == 1).all(|i| {
                    let hit = hits[i].iter().find(|h| h.message >= from);
                    from = hit.map_or(from, |h| h.message);
                    hit.is_some()
                })
            };
            let longest = (0..16).filter(|set| chain(*set)).map(|set: usize| set.count_ones()).max().unwrap();
            let chosen = flow(Order::Sequence, &[]).in_order(&hits);
            assert_eq!(chosen.iter().flatten().count() as u32, longest, "{hits:?}");
            assert!(chosen.iter().flatten().is_sorted_by_key(|h| h.message), "{hits:?}");
        }
    }
}
