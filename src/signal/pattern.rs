//! The regular expressions of a book, behind the feature `regex`.
//!
//! They run only on messages that hold one of their literals, so the engine's size counts and its speed does not: `regex-lite`
//! is 35 KB of gzipped wasm where the smallest fast build of `regex` is 138 KB.

use alloc::{format, string::String};

/// The longest expression, in bytes.
const MAX_BYTES: usize = 2000;

/// So often a pattern is found in one message: a hostile one would take minutes for each of ten thousand places.
#[cfg(feature = "regex")]
const MOST: usize = 100;

/// What patterns leave out because it means little in Chinese text, and what to write instead.
const MISSING: [(&str, &str); 12] = [
    ("\\d", "[0-9]"),
    ("\\D", "[^0-9]"),
    ("\\s", "[ \\t\\n　]"),
    ("\\S", "[^ \\t\\n　]"),
    ("\\w", "[0-9a-z_]"),
    ("\\W", "[^0-9a-z_]"),
    ("\\b", "（中文没有词界，写出旁边的字 / write the neighbouring characters）"),
    ("\\B", "（中文没有词界，写出旁边的字 / write the neighbouring characters）"),
    ("\\p{Han}", "[一-鿿]"),
    ("\\p", "[一-鿿]"),
    ("\\P", "[^一-鿿]"),
    ("(?i)", "（文字已转成小写，直接写小写 / text is in lower case already: write lower case）"),
];

/// Checks an expression and folds it as messages are folded, leaving escapes alone.
fn prepare(find: &str) -> Result<String, String> {
    if find.len() > MAX_BYTES {
        return Err(format!("正则超过 {MAX_BYTES} 字节 / the pattern is longer than {MAX_BYTES} bytes"));
    }
    let mut folded = String::with_capacity(find.len());
    let mut escaped = false;
    for (at, c) in find.char_indices() {
        let rest = find.get(at..).unwrap_or("");
        if !escaped && let Some((what, instead)) = MISSING.iter().find(|(what, _)| rest.starts_with(what)) {
            return Err(format!("正则不支持 {what}，请改写为 {instead} / {what} is not supported, write {instead}"));
        }
        folded.push(if escaped { c } else { crate::text::fold_char(c) });
        escaped = !escaped && c == '\\';
    }
    Ok(folded)
}

/// A compiled expression.
#[cfg(feature = "regex")]
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    engine: regex_lite::Regex,
    ends: Option<super::ends::Ends>,
}

#[cfg(feature = "regex")]
impl Compiled {
    pub(crate) fn new(find: &str) -> Result<Self, String> {
        let folded = prepare(find)?;
        let built = regex_lite::RegexBuilder::new(&folded).size_limit(100 << 10).nest_limit(30).build();
        let compiled = built.map_err(|error| format!("正则写错了，或者太大 / malformed pattern, or too large: {error}"))?;
        if compiled.is_match("") {
            return Err("正则能匹配空文字，所以处处命中 / the pattern matches nothing at all, so it would hit everywhere".into());
        }
        Ok(Self { ends: super::ends::Ends::of(&folded), engine: compiled })
    }

    pub(crate) fn find(&self, text: &str, mut found: impl FnMut(usize, usize)) {
        let begin = self.ends.as_ref().map_or(Some(0), |ends| ends.begin(text));
        let mut hit = begin.and_then(|from| self.engine.find_at(text, from));
        // None is empty: an expression that may be does not compile.
        for _ in 0..MOST {
            let Some(at) = hit else { break };
            found(at.start(), at.end());
            hit = self.engine.find_at(text, at.end());
        }
    }
}

/// Without the feature there is none.
#[cfg(not(feature = "regex"))]
#[derive(Clone, Debug)]
pub(crate) enum Compiled {}

#[cfg(not(feature = "regex"))]
impl Compiled {
    pub(crate) fn new(find: &str) -> Result<Self, String> {
        prepare(find)?;
        Err("这个版本不含正则（feature regex） / this build has no patterns (feature regex)".into())
    }

    pub(crate) fn find(&self, _text: &str, _found: impl FnMut(usize, usize)) {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_substitute() {
        for (find, says) in [
            ("\\d+小时", "[0-9]"),
            ("\\p{Han}+", "[一-鿿]"),
            ("(?i)vx", "小写"),
            ("\\bvx\\b", "词界"),
            ("(", "/"),
            ("a*", "/"),
            ("x{1000}{1000}", "/"),
        ] {
            let error = Compiled::new(find).unwrap_err();
            assert!(error.contains(says), "{find}: {error}");
        }
        // An escaped backslash before d is a backslash and a d.
        assert_eq!(prepare("\\\\d[Ａ-Ｚ]").unwrap(), "\\\\d[a-z]");
    }

    #[cfg(feature = "regex")]
    #[test]
    fn a_hostile_pattern_is_found_a_hundred_times() {
        let compiled = Compiled::new("(a.{0,80}b){1,5}c|a").unwrap();
        let mut times = 0;
        compiled.find(&"ab".repeat(16_000), |_, _| times += 1);
        assert_eq!(times, MOST);
    }

    #[cfg(feature = "regex")]
    #[test]
    fn finds_in_folded_text() {
        let compiled = Compiled::new("[0-9]+小时|VX").unwrap();
        let mut found = alloc::vec::Vec::new();
        compiled.find("24小时加vx", |a, b| found.push((a, b)));
        assert_eq!(found, [(0, 8), (11, 13)]);
    }
}
