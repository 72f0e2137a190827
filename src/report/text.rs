//! The score sheets for people: in a terminal, in a mail.

use super::{ConversationReport, Privacy, Summary, totals::Row, words};
use crate::book::Book;
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use core::ops::Range;

/// Writes text: a sheet per conversation, then agents, days and the shop.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text {
    /// Whether personal data is masked.
    pub privacy: Privacy,
}

/// How many of the rules that cost most are named per line of the totals.
const NAMED: usize = 3;

impl Text {
    /// The sheet of one conversation.
    pub fn sheet(self, report: &ConversationReport) -> String {
        let ConversationReport { book, conversation, .. } = *report;
        let judged = report.judged();
        let shown = &self.privacy.of(conversation);
        let mut head = format!("会话 {}", shown.id());
        if let Some(buyer) = &conversation.buyer {
            head += &format!(" · 买家 {}", shown.name(buyer));
        }
        let agents = conversation.agents();
        if !agents.is_empty() {
            head += &format!(" · 客服 {}", agents.join("、"));
        }
        let scenes: Vec<&str> = judged.scenes.iter().filter_map(|s| book.scenes.get(*s)).map(|s| s.title.as_str()).collect();
        if !scenes.is_empty() {
            head += &format!(" · 场景 {}", scenes.join("、"));
        }
        let mut text = format!("{head}\n{}", words::sheet(report, &judged, shown));
        let mut places: BTreeMap<(usize, usize), Vec<Range<usize>>> = BTreeMap::new();
        for alarm in &judged.alarms {
            places.entry((alarm.message, alarm.alert)).or_default().push(alarm.start..alarm.end);
        }
        for ((message, alert), spans) in places {
            let Some(alert) = book.alerts.get(alert) else { continue };
            let quote = words::quote(conversation, message, &spans, shown);
            text += &format!("  [!] 预警 Alert: {} ({})\n        {quote}\n", alert.title, alert.id);
            if let Some(suggest) = &alert.suggest {
                text += &format!("        建议：{suggest}\n");
            }
        }
        text + "\n"
    }

    /// What follows the sheets.
    pub fn summary(self, book: &Book, summary: &Summary) -> String {
        let mut text = String::from("汇总 Totals\n");
        for agent in &summary.agents {
            text += &line(book, &format!("客服 {}", agent.agent.as_deref().unwrap_or("（未署名 unnamed）")), &agent.row);
        }
        if summary.days.len() > 1 {
            for day in &summary.days {
                let name = day.day.map_or_else(|| "日期不明 undated".into(), |day| format!("{day}"));
                text += &line(book, &name, &day.row);
            }
        }
        text += &line(book, "全店 Shop", &summary.shop.row);
        text += &format!("  建议人工抽检 Check by hand: {}\n", summary.shop.sample);
        text
    }
}

fn line(book: &Book, name: &str, row: &Row) -> String {
    let mut line = format!("  {name}: ");
    match row.score {
        Some(score) => line += &format!("平均分 {score}"),
        None => line += "未评分 not scored",
    }
    if let Some(spread) = row.spread {
        line += &format!(" ± {spread}");
    }
    line += &format!("（会话 conversations {}/{}）", row.scored, row.conversations);
    if row.critical > 0 {
        line += &format!("，一票否决 {}", row.critical);
    }
    let title = |id: &str| book.rules.iter().find(|rule| rule.id == id).map_or_else(|| id.into(), |rule| rule.title.clone());
    let worst: Vec<String> = row.rules.iter().take(NAMED).map(|r| format!("{} −{}", title(&r.rule), r.lost)).collect();
    if !worst.is_empty() {
        line += &format!("；扣分最多：{}", worst.join("，"));
    }
    line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        report::{
            check,
            sample::{LATE, book, named},
        },
        rule::Deduct,
    };
    use alloc::string::ToString;

    #[test]
    fn text_reads_well() {
        let book = book();
        let conversations = [named("a", LATE)];
        let text = check(&book, &conversations, |_| None).text(Privacy::Masked);
        let expected = "会话 a · 买家 t***0 · 客服 客服小美 · 场景 售后
  得分 Score 85（扣 15，加 0）
    −10  抱怨后先致歉 (apology-first)：没有做到 · 客服小美
        #1 买家 买***0 2024-10-04T10:00:00 “😊【等了】三天，电话139****5678”
        #2 客服小美 2024-10-04T10:00:30 “在路上” ←
        建议：=非常抱歉，马上为您核实
     −5  不用单字 (no-terse)：出现了 · 客服小美
        #3 客服小美 2024-10-04T10:01:00 “【嗯】” → 好滴
  [!] 预警 Alert: 情绪预警 (upset)
        #1 买家 买***0 2024-10-04T10:00:00 “😊【等了】三天，电话139****5678”
        建议：转人工主管

汇总 Totals
  客服 客服小美: 平均分 85（会话 conversations 1/1）；扣分最多：抱怨后先致歉 −10，不用单字 −5
  全店 Shop: 平均分 85（会话 conversations 1/1）；扣分最多：抱怨后先致歉 −10，不用单字 −5
  建议人工抽检 Check by hand: 1
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_bonus_that_was_not_won_is_no_line() {
        let mut book = book();
        book.rules[0].deduct = Deduct::default();
        let conversations = [named("a", LATE)];
        let report = check(&book, &conversations, |_| None);
        assert!(!report.text(Privacy::Masked).contains("apology-first"));
        assert_eq!(report.csv(Privacy::Masked).matches("\r\n").count(), 2);
        // One that a cap spares is.
        book.rules[0].deduct = Deduct::Once(10.0);
        book.score.caps.insert("态度".to_string(), 0.0);
        assert!(check(&book, &conversations, |_| None).text(Privacy::Masked).contains("      0  抱怨后先致歉 (apology-first)"));
    }
}
