//! Platform profiles: which rules do not apply where. They are data: one file each in `profiles/`.

use crate::{
    Error, Result,
    chat::Gap,
    metric::ResponseStandard,
    toml::{Errors, Fields, Known, parse, suggestion},
};
use alloc::{format, string::String, vec::Vec};

/// The files, by id.
const FILES: [(&str, &str); 4] = [
    ("taobao", include_str!("profiles/taobao.toml")),
    ("pdd", include_str!("profiles/pdd.toml")),
    ("jd", include_str!("profiles/jd.toml")),
    ("douyin", include_str!("profiles/douyin.toml")),
];

/// A platform profile.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Stable id: `taobao pdd jd douyin`.
    pub id: String,
    /// Title in Chinese.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Ids of rules that do not apply on the platform.
    pub off: Vec<String>,
    /// What ends a conversation there, where it is not the usual gap.
    pub gap: Option<Gap>,
    /// How the platform counts responses.
    pub response: ResponseStandard,
    pub(super) text: &'static str,
}

impl Profile {
    /// All that ship.
    ///
    /// ```
    /// let ids: Vec<_> = huashu::book::Profile::all().into_iter().map(|p| p.id).collect();
    /// assert_eq!(ids, ["taobao", "pdd", "jd", "douyin"]);
    /// ```
    pub fn all() -> Vec<Profile> {
        // What ships is proved to have no mistakes by the tests.
        FILES.iter().map(|(id, text)| read(id, text, &Errors::default())).collect()
    }

    /// Their ids.
    pub(super) fn known() -> Known {
        Known::new("平台", "profile", FILES.map(|(id, _)| id))
    }

    /// The profile of that id.
    ///
    /// # Errors
    /// `unknown-profile`, with the likely right spelling.
    pub fn find(id: &str) -> Result<Profile> {
        if let Some((id, text)) = FILES.iter().find(|(known, _)| *known == id) {
            return Ok(read(id, text, &Errors::default()));
        }
        let ids = FILES.map(|(id, _)| id);
        let (chinese, english) = suggestion(id, ids.into_iter());
        let all = ids.join(" | ");
        let message = format!("没有平台 “{id}”{chinese}（可选：{all}） / there is no profile \"{id}\"{english} (one of {all})");
        Err(Error::new("unknown-profile", message))
    }
}

fn read(name: &'static str, text: &'static str, errors: &Errors) -> Profile {
    let mut fields = Fields::new(parse(text, 0, errors), errors);
    let id = fields.need_text("id");
    if *id != *name {
        errors.add(id.place, "book-id", "id 和文件名不同 / the id is not the name of the file");
    }
    let profile = Profile {
        id: id.text,
        title: fields.need_text("title").text,
        title_en: fields.need_text("title_en").text,
        off: fields.texts("off").into_iter().map(|t| t.text).collect(),
        gap: fields.choice("gap", &[("day", Gap::Day)]),
        response: fields.table("response").map(ResponseStandard::read).unwrap_or_default(),
        text,
    };
    fields.finish();
    profile
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        book::Book,
        chat::{self, ReadOptions},
        link::{Contact, Findings},
        metric::{Facts, Figures, Options, measure},
    };
    use alloc::{format, vec};

    #[test]
    fn profiles_have_no_mistakes() {
        let standard = Book::standard();
        for (name, text) in FILES {
            let errors = Errors::new([name]);
            let profile = read(name, text, &errors);
            assert_eq!(errors.into_vec(), vec![]);
            for id in profile.off {
                assert!(standard.rule(&id).is_some(), "{name}: no rule {id}");
            }
        }
        for rule in &standard.rules {
            for id in &rule.profiles_off {
                assert!(Profile::find(id).is_ok(), "{}: no profile {id:?}", rule.id);
            }
        }
    }

    #[test]
    fn profiles_say_how_responses_count() {
        let of = |id: &str| Profile::find(id).unwrap().response;
        assert_eq!((of("taobao").hours, of("taobao").cap), (Some((8 * 3600, 23 * 3600)), Some(600)));
        assert_eq!((of("jd").hours, of("jd").cap), (Some((9 * 3600, 23 * 3600)), None));
    }

    /// Figures by a profile's standard of conversations whose lines are `10:10:15 客户`.
    fn counted(profile: &str, talks: &[&str]) -> Figures {
        let line = |line: &str| {
            let (at, who) = line.split_once(' ').unwrap();
            format!("2026-01-05 {at} {who}：在的\n")
        };
        let contacts = talks.iter().flat_map(|talk| {
            let text: String = talk.split(',').map(line).collect();
            let chats = chat::read(talk, text.as_bytes(), &ReadOptions::default());
            chats.conversations.iter().map(|c| Contact::of(c, Findings::default())).collect::<Vec<_>>()
        });
        let contacts = contacts.collect();
        let response = Profile::find(profile).unwrap().response;
        measure(&Facts { contacts, ..Facts::default() }, &Options { response, ..Options::default() })
    }

    fn fraction(figures: &Figures, id: &str) -> (f64, f64) {
        let metric = figures.get(id).unwrap();
        (metric.numerator.unwrap(), metric.denominator.unwrap())
    }

    /// Published by those who explain the platforms' rules to shops, and what went wrong in other programs.
    #[test]
    fn the_worked_examples_of_the_platforms() {
        let rate = |profile: &str, talks: &[&str]| fraction(&counted(profile, talks), "response.within_3min");
        let mean = |profile: &str, talks: &[&str]| fraction(&counted(profile, talks), "response.mean");
        for profile in ["taobao", "pdd", "douyin", "jd"] {
            // Asked twice in one round, and answered after three minutes from the first; then within them.
            assert_eq!(rate(profile, &["10:10:15 客户,10:15:20 客户,10:18:10 客服"]), (0.0, 1.0), "{profile}");
            let again = "10:10:15 客户,10:15:20 客户,10:18:10 客服,10:18:30 客户,10:19:00 客服";
            assert_eq!(rate(profile, &[again]), (1.0, 2.0), "{profile}");
            let ten = ["21:00:00 客户"; 10].join(",");
            assert_eq!(rate(profile, &[&ten]), (0.0, 1.0), "{profile}");
            // A robot neither stops the clock nor sets it back.
            let robot = "10:00:00 客户,10:00:01 机器人,10:05:00 机器人,10:06:40 客服";
            assert_eq!((rate(profile, &[robot]), mean(profile, &[robot])), ((0.0, 1.0), (400.0, 1.0)), "{profile}");
            // A talk that is taken up again starts afresh.
            let reopened = "10:00:00 客户,10:00:30 客服,19:00:00 客户,19:10:00 客服";
            assert_eq!(fraction(&counted(profile, &[reopened]), "response.first"), (630.0, 2.0), "{profile}");
        }
        // Asked before 23 o'clock and answered after it counts; asked after it does not, and neither before 8.
        let night = ["22:59:30 客户,23:01:00 客服", "23:00:00 客户,23:00:10 客服", "07:59:59 客户,08:00:05 客服"];
        for profile in ["taobao", "pdd"] {
            assert_eq!(rate(profile, &night), (1.0, 1.0), "{profile}");
        }
        // Taobao and Douyin count at most 600 s, and so much where nobody answered.
        for profile in ["taobao", "douyin"] {
            assert_eq!(mean(profile, &["10:00:00 客户,10:20:00 客服", "11:00:00 客户"]), (1200.0, 2.0), "{profile}");
        }
        assert_eq!(mean("jd", &["10:00:00 客户,10:20:00 客服", "11:00:00 客户"]), (1200.0, 1.0));
        // Who was asked and handed over without a word is charged with the round.
        let handed = counted("taobao", &["10:00:00 客户,10:00:05 小美（客服）,10:01:00 客户"]);
        let by = |m: &&crate::metric::Metric| m.id == "response.within_3min" && m.by.as_ref().is_some_and(|by| by.name == "小美");
        assert_eq!(handed.metrics.iter().find(by).unwrap().value, Some(0.5));
        // Douyin goes by the conversation's beginning, to 22:59:59; so does JD, from 9 o'clock on.
        let late = ["22:59:59 客户,23:05:00 客服,23:06:00 客户,23:06:30 客服", "23:00:00 客户,23:00:10 客服"];
        assert_eq!(rate("douyin", &late), (1.0, 2.0));
        assert_eq!(rate("jd", &["08:56:00 客户,09:01:00 客服", "09:00:00 客户,09:00:20 客服"]), (1.0, 1.0));
    }

    #[test]
    fn a_profile_may_count_by_the_day() {
        assert_eq!(["taobao", "pdd"].map(|id| Profile::find(id).unwrap().gap), [None, Some(Gap::Day)]);
    }

    #[test]
    fn unknown_profiles_are_told() {
        let error = Profile::find("taoabo").unwrap_err();
        assert_eq!(
            (error.code(), error.message()),
            (
                "unknown-profile",
                "没有平台 “taoabo”，是否为 “taobao”？（可选：taobao | pdd | jd | douyin） / there is no profile \"taoabo\", did you mean \"taobao\"? (one of taobao | pdd | jd | douyin)"
            )
        );
    }
}
