//! Conversations for the unit tests of rules, scores and reports: signals are plain words.

use super::{Buyer, Case, Deduct, Evidence, Kind, Rule, Severity, Verdict};
use crate::{
    chat::{self, Conversation, Message, Role, Source, round::rounds},
    signal::{Hit, Hits},
    time::{Stamp, Time},
};
use alloc::{format, string::String, vec::Vec};

/// Reads `[HH:MM[:SS] ]买家|客服…|机器人|系统 text`, one message per line; text in 【图片】 is a picture, `\` is a line break.
pub(crate) fn talk(text: &str) -> Conversation {
    let messages = text.trim().lines().map(|line| {
        let line = line.trim();
        let (stamp, length) = Stamp::prefix(line).unwrap_or_default();
        let at = stamp.clock.map(|clock| Time::from_seconds(86_400 * 20_000 + clock));
        let rest = line[length..].trim_start();
        let (name, text) = rest.split_once(' ').unwrap_or((rest, ""));
        let roles = [("买家", Role::Buyer), ("客服", Role::Agent), ("机器人", Role::Bot), ("系统", Role::System)];
        let (label, role) = *roles.iter().find(|(label, _)| name.starts_with(label)).unwrap();
        let kind = if text == "【图片】" { chat::Kind::Image } else { chat::Kind::Text };
        let sender = (name != label).then(|| name.into());
        Message { role, sender, at, to_minute: stamp.to_minute, text: text.replace('\\', "\n"), kind, line: 1 }
    });
    let source = Source { file: "sample.txt".into(), line: 1, format: "generic" };
    Conversation { id: "sample.txt#1".into(), buyer: None, messages: messages.collect(), source }
}

/// Finds the words of each signal: signal 0 are those of the first list. A word after `>` is the softer one, number 7.
pub(crate) fn hits(conversation: &Conversation, signals: &[&[&str]]) -> Hits {
    let mut hits = Vec::new();
    for (message, m) in conversation.messages.iter().enumerate() {
        for (signal, words) in signals.iter().enumerate() {
            for word in *words {
                let (word, replace) = word.split_once('>').map_or((*word, u32::MAX), |(word, _)| (word, 7));
                for (start, _) in m.text.match_indices(word) {
                    let (message, signal, end) = (message as u32, signal as u16, (start + word.len()) as u32);
                    hits.push(Hit { message, signal, start: start as u32, end, replace, learned: false });
                }
            }
        }
    }
    hits.sort();
    Hits(hits)
}

/// A rule around a kind.
pub(crate) fn rule(id: &str, kind: impl Into<Kind>) -> Rule {
    Rule {
        id: id.into(),
        title: format!("标题 {id}"),
        title_en: format!("Title {id}"),
        source: Vec::new(),
        principle: "wording".into(),
        category: "用语".into(),
        scenes: Vec::new(),
        severity: Severity::Minor,
        deduct: Deduct::Once(10.0),
        bonus: 0.0,
        weight: None,
        suggest: Vec::new(),
        note: None,
        enabled: true,
        profiles_off: Vec::new(),
        buyer: None::<Buyer>,
        tags: Vec::new(),
        on_review: false,
        spoils: false,
        yields_to: Vec::new(),
        kind: kind.into(),
    }
}

/// Judges one talk by one kind.
pub(crate) fn judge(kind: impl Into<Kind>, text: &str, signals: &[&[&str]]) -> Verdict {
    let conversation = talk(text);
    let rounds = rounds(&conversation);
    rule("r", kind).judge(0, &Case::new(&conversation, &rounds, &hits(&conversation, signals), &[], None))
}

/// `fail 2 missing | 0:when:等了 1:then:` and so on: a verdict in one line.
pub(crate) fn line(verdict: &Verdict, text: &str) -> String {
    let conversation = talk(text);
    let mut line = format!("{:?}", verdict.result).to_lowercase();
    if verdict.times > 0 {
        line += &format!(" {}", verdict.times);
    }
    if let Some(because) = &verdict.because {
        line += &format!(" {because}");
    }
    for Evidence { message, start, end, role, measured, .. } in &verdict.evidence {
        let words = &conversation.messages[*message].text[*start..*end];
        line += &format!(" {message}:{}:{words}", format!("{role:?}").to_lowercase());
        if let Some(measured) = measured {
            line += &format!("={measured}");
        }
    }
    line
}

/// Judges and writes the verdict as [`line`].
pub(crate) fn verdict(kind: impl Into<Kind>, text: &str, signals: &[&[&str]]) -> String {
    line(&judge(kind, text, signals), text)
}
