//! `forbid`: something must not be said, or not more than so often.

use super::{
    Case, Fault, Finding, Mark, Window,
    case::evidence,
    table::{Names, who},
};
use crate::{
    signal::{SignalId, Who},
    toml::Fields,
};
use alloc::vec::Vec;
use core::ops::Range;

/// Something that must not be said.
///
/// The occasion is that `who` says anything at all in the window. Every hit is evidence; it fails `forbidden`, as many times as
/// there are hits beyond those allowed in each part of the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forbid {
    /// Whose words.
    pub who: Who,
    /// Any of these.
    pub signals: Vec<SignalId>,
    /// How many hits are allowed.
    pub at_most: u32,
    /// Where.
    pub window: Window,
}

impl Forbid {
    pub(super) fn parse(fields: &mut Fields, names: &Names) -> Self {
        let who = who(fields, Who::Agent);
        Self {
            who,
            signals: names.need_signals(fields, who),
            at_most: fields.whole("at_most", 1000).unwrap_or(0),
            window: Window::parse(fields, names),
        }
    }

    pub(super) fn judge(&self, case: &Case) -> Finding {
        self.window.judge(case, &|range| self.judge_part(case, range))
    }

    fn judge_part(&self, case: &Case, range: Range<usize>) -> Finding {
        let Some((first_said, _)) = case.said(self.who, range.clone()).next() else { return Finding::no_occasion() };
        let hits = case.hits_in(self.who, &self.signals, range);
        let shown = hits.iter().map(|h| evidence(h, Mark::Hit)).collect();
        // With some allowed, it is the first one too many that was wrong.
        let wrong: Vec<Fault> = hits.iter().skip(self.at_most as usize).map(Fault::said).collect();
        if wrong.is_empty() { Finding::pass(first_said, shown) } else { Finding::fail(wrong, "forbidden", shown) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{
        Anchor, Bound, Kind, Per, Side,
        sample::{judge, talk, verdict},
    };
    use alloc::{string::String, vec};

    const SIGNALS: &[&[&str]] = &[&["保证", "绝对"], &["嗯>好滴"], &["保证能"], &["拍下"]];

    fn forbid() -> Forbid {
        Forbid { who: Who::Agent, signals: vec![0], ..Forbid::default() }
    }

    fn check(forbid: Forbid, text: &str) -> String {
        verdict(Kind::Forbid(forbid), text, SIGNALS)
    }

    #[test]
    fn every_hit_counts_and_shows() {
        let text = "买家 能到吗\n客服 保证到，绝对的\n客服 我保证";
        assert_eq!(check(forbid(), text), "fail 3 forbidden 1:hit:保证 1:hit:绝对 2:hit:保证");
        assert_eq!(check(forbid(), "买家 保证能到吗\n客服 正常情况下能到"), "pass");
    }

    #[test]
    fn only_humans_of_that_side_are_meant() {
        let text = "买家 你保证\n机器人 保证正品\n系统 保证\n客服 尽量";
        assert_eq!(check(forbid(), text), "pass");
        assert_eq!(check(Forbid { who: Who::Buyer, ..forbid() }, text), "fail 1 forbidden 0:hit:保证");
        assert_eq!(check(Forbid { who: Who::Any, ..forbid() }, text), "fail 1 forbidden 0:hit:保证");
    }

    #[test]
    fn nobody_spoke_is_no_occasion() {
        assert_eq!(check(forbid(), "买家 你保证\n机器人 绝对"), "skip no-occasion");
        assert_eq!(check(forbid(), "买家 你保证\n客服 【图片】"), "skip no-occasion");
    }

    #[test]
    fn overlapping_hits_are_one() {
        let both = Forbid { signals: vec![0, 2], ..forbid() };
        assert_eq!(check(both, "客服 保证能到"), "fail 1 forbidden 0:hit:保证能");
    }

    #[test]
    fn some_are_allowed() {
        let once = Forbid { at_most: 1, ..forbid() };
        assert_eq!(check(once.clone(), "客服小美 保证\n客服小李 好的"), "pass 0:hit:保证");
        let two = "客服小美 保证\n买家 真的？\n客服小李 绝对";
        assert_eq!(check(once.clone(), two), "fail 1 forbidden 0:hit:保证 2:hit:绝对");
        // The one too many was the second agent's.
        assert_eq!(judge(Kind::Forbid(once.clone()), two, SIGNALS).agent(&talk(two)), Some("客服小李"));
        let per_message = Forbid { window: Window { per: Per::Message, ..Window::default() }, ..once };
        assert_eq!(check(per_message.clone(), two), "pass 0:hit:保证 2:hit:绝对");
        assert_eq!(check(per_message, "客服 保证\n客服 保证，绝对"), "fail 1 forbidden 1:hit:保证 1:hit:绝对");
    }

    #[test]
    fn anchors_bound_the_window() {
        let anchor = Anchor { who: Who::Buyer, signals: vec![3] };
        let bound = |side| Window { bounds: vec![Bound { side, anchor: anchor.clone(), reach: None }], per: Per::default() };
        let after = Forbid { window: bound(Side::After), ..forbid() };
        let text = "客服 保证\n买家 拍下了\n客服 绝对";
        assert_eq!(check(after.clone(), text), "fail 1 forbidden 1:when:拍下 2:hit:绝对");
        assert_eq!(check(after.clone(), "客服 保证\n买家 好"), "skip no-occasion");
        assert_eq!(check(after, "客服 保证\n买家 拍下了"), "skip no-occasion");
        let before = Forbid { window: bound(Side::Before), ..forbid() };
        assert_eq!(check(before, text), "fail 1 forbidden 0:hit:保证 1:when:拍下");
    }

    #[test]
    fn the_softer_word_comes_along() {
        let terse = judge(Kind::Forbid(Forbid { signals: vec![1], ..forbid() }), "客服 嗯", SIGNALS);
        assert_eq!(terse.evidence[0].replace, Some(7));
    }
}
