//! Platform profiles: which rules do not apply where. They are data: one file each in `profiles/`.

use crate::{
    Error, Result,
    metric::ResponseStandard,
    toml::{Errors, Fields, Known, Place, Text, parse},
};
use alloc::{string::String, vec::Vec};

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

    /// The profile of that id.
    ///
    /// # Errors
    /// `unknown-profile`, with the likely right spelling.
    pub fn find(id: &str) -> Result<Profile> {
        let known = Known::new("平台", "profile", FILES.map(|(id, _)| id));
        let errors = Errors::default();
        let wanted = Text { text: id.into(), place: Place::default(), line: 0 };
        match known.find(&wanted, &errors).and_then(|number| FILES.get(usize::from(number))) {
            Some((id, text)) => Ok(read(id, text, &errors)),
            None => Err(Error::new("unknown-profile", errors.into_vec().first().map_or("", Error::message))),
        }
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
        response: fields.table("response").map(ResponseStandard::read).unwrap_or_default(),
        text,
    };
    fields.finish();
    profile
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Book;
    use alloc::vec;

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
                assert!(Profile::find(id).is_ok(), "{}: no profile {id}", rule.id);
            }
        }
    }

    #[test]
    fn profiles_say_how_responses_count() {
        let of = |id: &str| Profile::find(id).unwrap().response;
        assert_eq!((of("taobao").hours, of("taobao").cap), (Some((8 * 3600, 23 * 3600)), Some(600)));
        assert_eq!((of("jd").hours, of("jd").cap), (Some((9 * 3600, 23 * 3600)), None));
    }

    #[test]
    fn unknown_profiles_are_told() {
        let error = Profile::find("taoabo").unwrap_err();
        assert_eq!(
            (error.code(), error.message()),
            ("unknown-profile", "没有平台 “taoabo”，是否为 “taobao”？ / there is no profile \"taoabo\", did you mean \"taobao\"?")
        );
    }
}
