//! Satisfaction (T10), from the table of ratings.
//!
//! Of four ratings two are 满意 or better, and of these one buyer says that the problem was not solved.
//!
//! ```
//! use huashu::{metric::{Facts, Options, measure}, side};
//! let csv = "顾客,客服,满意度,是否解决\n甲,小美,非常满意,是\n乙,小美,满意,否\n丙,阿杰,一般,是\n丁,阿杰,1星,\n戊,阿杰,,\n";
//! let side = side::read("a.csv", csv.as_bytes(), &Default::default()).side;
//! let figures = measure(&Facts { side, ..Facts::default() }, &Options::default());
//! let csat = figures.get("service.csat").unwrap();
//! assert_eq!((csat.numerator, csat.denominator), (Some(1.0), Some(4.0)));
//! ```

use super::{
    figure::{By, Definition, Sheet},
    roster::{Accounts, KINDS, Roster, own},
    select::{Listed, NO_DAY, Window},
    talk::day_of,
};
use crate::{
    link::{Contact, buyer_key},
    side::{Kind, Side, account_key},
    sort,
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

pub(super) const CSAT: Definition = Definition {
    id: "service.csat",
    title: "客户满意度",
    title_en: "Customer satisfaction",
    unit: "ratio",
    formula: "满意的评价 ÷ 全部评价 / satisfied ratings ÷ ratings",
};

/// Stars from which a buyer is satisfied: 满意, 4 stars. 飞鸽 and PDD take 3 stars for dissatisfied.
const SATISFIED: u8 = 4;

const NO_TABLE: &str = "没有客服评价表：请加上平台的客服评价导出（顾客、客服、满意度） / no table of ratings: add the platform's export of ratings (buyer, agent, satisfaction)";
const NO_RATING: &str = "期内没有评价 / no rating in this period";

/// A part of the shop, kind and name; `None` is all of it.
type Part<'a> = Option<(&'static str, &'a str)>;

/// How the chats write an agent whom a table of ratings may write without the shop, or with the other colon; of those of one name, whoever
/// was in the rated talk.
fn written<'a>(accounts: &Accounts<&'a str>, agent: &'a str, talk: Option<&'a Contact>) -> &'a str {
    let wanted = account_key(agent);
    let shopless = talk.filter(|_| own(&wanted) == wanted);
    let there = shopless.and_then(|talk| talk.agents.iter().find(|name| own(&account_key(name)) == wanted));
    there.map(String::as_str).or_else(|| accounts.find(agent).copied()).unwrap_or(agent)
}

/// `asked_for`: ratings without a date count in the period that was asked for, and in no other.
pub(super) fn figures(side: &Side, window: Window, all: &[Contact], listed: &Listed, asked_for: bool, sheet: &mut Sheet) {
    let mut by_id: Vec<&Contact> = if side.has(Kind::Ratings) { all.iter().collect() } else { Vec::new() };
    sort::by(&mut by_id, |a, b| a.id.cmp(&b.id));
    let (roster, accounts) = (
        Roster::new(side),
        Accounts::new(all.iter().flat_map(|contact| &contact.agents).map(|agent| (account_key(agent), agent.as_str()))),
    );
    // Part of the shop and whether its buyer is satisfied.
    let mut found: Vec<(Part, bool)> = Vec::new();
    let (mut untimed, mut left_out, mut all_named) = (0, 0, true);
    for rating in side.ratings() {
        let at = |id| by_id.binary_search_by(|contact| contact.id.as_str().cmp(id)).ok().and_then(|at| by_id.get(at).copied());
        let talk = rating.conversation.and_then(at);
        let day = rating.at.map_or_else(|| talk.map_or(NO_DAY, day_of), |at| at.day().0);
        if !(window.contains(day) || (day == NO_DAY && asked_for)) {
            continue;
        }
        let buyer = rating.buyer.map(buyer_key);
        if buyer.as_deref().or(talk.and_then(|talk| talk.buyer.as_deref())).is_some_and(|buyer| listed.has(buyer)) {
            left_out += 1;
            continue;
        }
        untimed += u64::from(day == NO_DAY);
        let satisfied = rating.stars >= SATISFIED && rating.solved != Some(false);
        let mut tell = |part: Part<'_>| {
            let what = if rating.conversation.is_some() { "conversation" } else { "buyer" };
            let name = || (rating.conversation.or(rating.buyer).unwrap_or_default().into(), rating.at.map(|at| at.to_string()));
            sheet.row_of(&CSAT, part, what, (f64::from(u8::from(satisfied)), 1.0), &name);
        };
        tell(None);
        found.push((None, satisfied));
        let Some(agent) = rating.agent.map(|agent| written(&accounts, agent, talk)).or_else(|| answered_last(talk?)) else { continue };
        all_named &= rating.agent.is_some();
        let posts = KINDS.into_iter().zip(roster.find(agent)).filter_map(|(kind, name)| Some((kind, name?)));
        for part in [("agent", agent)].into_iter().chain(posts) {
            tell(Some(part));
            found.push((Some(part), satisfied));
        }
    }
    sort::by_key(&mut found, |(part, _)| *part);
    let mut sums: Vec<(Part, u64, u64)> = Vec::from([(None, 0, 0)]);
    for (part, satisfied) in found {
        match sums.last_mut().filter(|(known, ..)| *known == part) {
            Some((_, part, whole)) => (*part, *whole) = (*part + u64::from(satisfied), *whole + 1),
            None => sums.push((part, u64::from(satisfied), 1)),
        }
    }
    for (part, satisfied, whole) in sums {
        let by = part.map(|(kind, name)| By { kind, name: name.into() });
        sheet.add_by(&CSAT, by, |m| {
            m.share(satisfied, whole, NO_RATING);
            m.standard("满意及以上、4 星及以上计为满意 / satisfied: 满意 or better, 4 stars or more");
            if side.has_field(Kind::Ratings, "solved") {
                m.standard("问题未解决的不计满意 / not where the problem was not solved");
            }
            if part.is_some() && !all_named {
                m.standard("未写客服的评价归会话中最后回复的客服 / a rating that names no agent goes to the one who answered last in its conversation");
            }
            if part.is_none() {
                if untimed > 0 {
                    m.standard(&format!("{untimed} 条评价无日期，一并计入 / ratings without a date counted in (untimed): {untimed}"));
                }
                m.left_out("listed", left_out);
                if !side.has(Kind::Ratings) {
                    m.unavailable(NO_TABLE);
                }
            }
        });
    }
}

/// Who answered last, else who wrote at all.
fn answered_last(talk: &Contact) -> Option<&str> {
    let answered = talk.rounds.iter().rev().filter(|round| round.answered).find_map(|round| round.agent);
    let agent = answered.and_then(|at| talk.agents.get(usize::from(at))).or(talk.agents.last());
    agent.map(|agent| agent.as_str())
}

#[cfg(test)]
mod tests {
    use crate::{
        metric::{Facts, Metric, Options, Period, measure, sample::talk},
        side::{self, Side},
    };
    use alloc::{vec, vec::Vec};

    #[test]
    fn ratings_name_agents_without_their_shop() {
        let contacts = vec![
            talk("甲", "2026-03-02", "10:00:00 买家\n10:00:09 客服店:小美"),
            talk("乙", "2026-03-02", "10:00:00 买家\n10:00:09 客服店:阿杰"),
        ];
        let table = "买家,客服,评分,时间\n甲,小美,5,2026-03-02\n乙,店：阿杰,1,2026-03-02\n";
        let side = side::read("a.csv", table.as_bytes(), &Default::default()).side;
        let figures = measure(&Facts { contacts, side, ..Facts::default() }, &Options::default());
        let of = |m: &Metric| Some((m.by.as_ref()?.name.clone(), m.value?));
        let rates: Vec<_> = figures.metrics.iter().filter(|m| m.id == "service.csat").filter_map(of).collect();
        assert_eq!(rates, [("店:小美".into(), 1.0), ("店:阿杰".into(), 0.0)]);
    }

    #[test]
    fn ratings_count_for_their_agent_and_their_day() {
        let mut contact = talk("甲", "2026-03-02", "10:00:00 买家\n10:00:09 客服小美");
        contact.id = "s1".into();
        let mut side = Side::default();
        for table in [
            // The first says neither who nor when, but names the conversation; the last has neither.
            "会话ID,买家,客服,评分,时间\ns1,,,5,\n,乙,阿杰,2,2026-03-02\n,乙,阿杰,5,2026-04-02\n,自己人,阿杰,5,2026-03-02\n,丙,,4,\n",
            "客服账号,组别\n小美,售前\n阿杰,售后\n",
        ] {
            side.merge(&side::read("a.csv", table.as_bytes(), &Default::default()).side);
        }
        let facts = Facts { contacts: vec![contact], side, ..Facts::default() };
        let period = Period::parse("2026-03-01..2026-03-31");
        let found = measure(&facts, &Options { period, exclude: vec!["自己人".into()], ..Options::default() });
        let csat: Vec<_> = found
            .metrics
            .iter()
            .filter(|m| m.id == "service.csat")
            .map(|m| (m.by.as_ref().map_or("", |by| by.name.as_str()), m.numerator.unwrap(), m.denominator.unwrap()))
            .collect();
        assert_eq!(csat, [("", 2.0, 3.0), ("小美", 1.0, 1.0), ("阿杰", 0.0, 1.0), ("售前", 1.0, 1.0), ("售后", 0.0, 1.0)]);
        let whole = found.get("service.csat").unwrap();
        assert!(whole.standard.contains("ratings without a date counted in (untimed): 1"), "{}", whole.standard);
        assert_eq!((whole.excluded[0].reason, whole.excluded[0].count), ("listed", 1));
    }
}
