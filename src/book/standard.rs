//! The book that ships.

use super::{Book, check::assemble, load::File};
use crate::toml::Errors;
use alloc::string::String;

/// Its id: what `extends` names.
pub(super) const ID: &str = "standard";

/// Its files; what stands at the top of a book stands at the top of the first.
pub(super) const FILES: [File<'static>; 12] = [
    ("standard/book.toml", include_str!("standard/book.toml")),
    ("standard/signals-buyer.toml", include_str!("standard/signals-buyer.toml")),
    ("standard/signals-agent.toml", include_str!("standard/signals-agent.toml")),
    ("standard/signals-more.toml", include_str!("standard/signals-more.toml")),
    ("standard/scenes.toml", include_str!("standard/scenes.toml")),
    ("standard/rules-service.toml", include_str!("standard/rules-service.toml")),
    ("standard/rules-sales.toml", include_str!("standard/rules-sales.toml")),
    ("standard/rules-speed.toml", include_str!("standard/rules-speed.toml")),
    ("standard/rules-wording.toml", include_str!("standard/rules-wording.toml")),
    ("standard/rules-compliance.toml", include_str!("standard/rules-compliance.toml")),
    ("standard/rules-buyers.toml", include_str!("standard/rules-buyers.toml")),
    ("standard/alerts.toml", include_str!("standard/alerts.toml")),
];

pub(super) fn book() -> Book {
    let errors = Errors::new(FILES.map(|(name, _)| name));
    assemble(&FILES, &[], &errors).0
}

pub(super) fn text() -> String {
    FILES.map(|(_, text)| text).join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec::Vec};

    /// Lists every mistake of the book that ships, and every example that does not hold, with its place.
    #[cfg(feature = "regex")]
    #[test]
    fn the_standard_book_is_clean() {
        use super::super::{Status, check::run};

        let checked = run(&FILES, &[]);
        let errors: Vec<_> = checked.errors.iter().map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{} mistakes\n{}", errors.len(), errors.join("\n"));
        let idle: Vec<_> = checked.warnings.iter().filter(|e| e.message().contains("碰不到任何词")).map(|e| e.to_string()).collect();
        assert!(idle.is_empty(), "{}", idle.join("\n"));
        assert!(checked.examples.iter().all(|e| e.status != Status::Fails));
        assert!(!checked.examples.is_empty());
    }

    #[test]
    fn it_loads_in_every_build() {
        let errors = Errors::new(FILES.map(|(name, _)| name));
        let (book, ..) = assemble(&FILES, &[], &errors);
        let errors: Vec<_> = errors.into_vec().iter().map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
        assert!(book.signals.len() >= 2 && !book.rules.is_empty());
    }

    /// The text is one file that loads by itself.
    #[cfg(feature = "regex")]
    #[test]
    fn its_text_is_a_book() {
        let book = Book::parse("standard.toml", &text()).unwrap();
        assert_eq!((book.id.as_str(), book.rules.len()), (ID, super::book().rules.len()));
    }

    /// What the book suggests to say must not break its own rules, in any scene and whatever came before: what a rule forbids after a
    /// complaint is not suggested elsewhere either. Only reminders to pay are: they are right when nobody complains.
    #[cfg(feature = "regex")]
    #[test]
    fn its_suggestions_keep_its_rules() {
        use crate::{
            chat::{self, round::rounds},
            rule::{Case, Kind, Outcome},
        };
        use alloc::format;

        let mut book = Book::standard();
        for rule in book.rules.iter_mut().filter(|rule| rule.id.as_str() != "no-selling-into-complaint") {
            if let Kind::Forbid(forbid) = &mut rule.kind {
                forbid.window = Default::default();
            }
        }
        let scenes: Vec<usize> = (0..book.scenes.len()).collect();
        let mut wrong = Vec::new();
        for (rule, line) in book.rules.iter().flat_map(|rule| rule.suggest.iter().map(move |line| (rule, line))) {
            let text = format!("买家：在吗\n客服：{line}\n");
            let chats = chat::read("suggest.txt", text.as_bytes(), &Default::default());
            let conversation = &chats.conversations[0];
            let rounds = rounds(conversation);
            let hits = book.finder.find(conversation);
            let case = Case::new(conversation, &rounds, &hits, &scenes, None);
            let judged = book.rules.iter().enumerate().filter(|(_, r)| r.enabled && matches!(r.kind, Kind::Forbid(_) | Kind::Measure(_)));
            let broken = judged.filter(|(number, r)| r.judge(*number, &case).result == Outcome::Fail);
            wrong.extend(broken.map(|(_, broken)| format!("{}: “{line}” breaks {}", rule.id, broken.id)));
        }
        assert!(wrong.is_empty(), "{} suggestions\n{}", wrong.len(), wrong.join("\n"));
    }
}
