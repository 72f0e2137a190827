//! Slices of a file → lines with their number. Slices may be cut anywhere, inside a character or between CR and LF.

use alloc::{borrow::Cow, string::String, vec::Vec};

/// The longest line that is read, in bytes. What is beyond is dropped, and [`Line::cut`] says so.
pub const LINE_LIMIT: usize = 4 << 20;

/// One line without its end. `\n`, `\r\n` and a lone `\r` end a line, mixed as they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The text; bytes that are not UTF-8 have become U+FFFD.
    pub text: &'a str,
    /// So many NUL bytes stood in it; they are no part of the text.
    pub nuls: usize,
    /// Its number, from 1.
    pub number: u32,
    /// Its first byte in the file.
    pub from: u64,
    /// Whether something beyond [`LINE_LIMIT`] was dropped.
    pub cut: bool,
}

impl Line<'_> {
    /// Whether most of the characters are broken ones or control characters: nobody wrote this. One alone may stand in a short word.
    pub fn rubbish(&self) -> bool {
        // Control characters and the first byte of U+FFFD are rare enough to make the count itself rare.
        if !self.text.bytes().any(|b| (b < 0x20 && b != b'\t') || b == 0xEF || b == 0x7F) {
            return false;
        }
        let (mut bad, mut all) = (0usize, 0usize);
        for c in self.text.chars() {
            all += 1;
            bad += usize::from(c == '\u{FFFD}' || (c.is_control() && c != '\t'));
        }
        bad * 2 > all && bad > 1
    }
}

/// Cuts slices into lines.
///
/// ```
/// use huashu::input::lines::Lines;
/// let (mut lines, mut seen) = (Lines::default(), Vec::new());
/// for slice in ["在吗\r", "\n有货", "\n好的"] {
///     lines.push(slice.as_bytes(), |line| seen.push((line.number, line.text.to_string())));
/// }
/// lines.finish(|line| seen.push((line.number, line.text.to_string())));
/// assert_eq!(seen, [(1, "在吗".into()), (2, "有货".into()), (3, "好的".into())]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// The beginning of a line whose end has not come yet.
    rest: Vec<u8>,
    done: u32,
    /// Where the line at hand begins in the file.
    from: u64,
    /// The bytes of all slices before this one.
    pushed: u64,
    cut: bool,
    /// The last slice ended in CR: a LF at the beginning of the next one belongs to it.
    after_cr: bool,
}

impl Lines {
    /// Takes the next slice and hands out every line that it completes.
    pub fn push(&mut self, mut bytes: &[u8], mut each: impl FnMut(Line<'_>)) {
        let all = bytes.len();
        if self.after_cr && all > 0 {
            self.after_cr = false;
            if let Some(rest) = bytes.strip_prefix(b"\n") {
                self.from += 1;
                bytes = rest;
            }
        }
        while let Some(end) = bytes.iter().position(|b| matches!(b, b'\n' | b'\r')) {
            let (line, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
            self.emit(line, &mut each);
            bytes = match rest {
                [b'\r', b'\n', rest @ ..] => rest,
                [b'\r'] => {
                    self.after_cr = true;
                    &[]
                }
                [_, rest @ ..] => rest,
                [] => rest,
            };
            self.from = self.pushed + (all - bytes.len()) as u64;
        }
        self.keep(bytes);
        self.pushed += all as u64;
    }

    /// Hands out the last line, where the file does not end with a line end.
    pub fn finish(mut self, mut each: impl FnMut(Line<'_>)) {
        if !self.rest.is_empty() || self.cut {
            self.emit(&[], &mut each);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = LINE_LIMIT.saturating_sub(self.rest.len());
        self.cut |= bytes.len() > room;
        self.rest.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    fn emit(&mut self, end: &[u8], each: &mut impl FnMut(Line<'_>)) {
        let joined = !self.rest.is_empty();
        if joined || end.len() > LINE_LIMIT {
            self.keep(end);
        }
        let whole = if joined || self.cut { self.rest.as_slice() } else { end };
        self.done = self.done.saturating_add(1);
        let text = utf8(whole);
        // A byte order mark is no part of the first line.
        let text = if self.done == 1 { text.strip_prefix('\u{FEFF}').unwrap_or(&text) } else { &text };
        let nuls = whole.iter().filter(|byte| **byte == 0).count();
        let without = if nuls > 0 { Cow::Owned(text.replace('\0', "")) } else { Cow::Borrowed(text) };
        each(Line { text: &without, nuls, number: self.done, from: self.from, cut: self.cut });
        self.rest.clear();
        self.cut = false;
    }
}

/// Whether the first bytes of a file are no text: that has next to no control characters. NUL bytes also stand where a disk lost some of one.
/// As many are looked at by `binary` in decode.mjs, so that what is not decoded there is refused here.
pub fn binary(start: &[u8]) -> bool {
    let start = start.get(..512).unwrap_or(start);
    let controls = start.iter().filter(|byte| matches!(byte, 1..=8 | 14..=31)).count();
    controls > 8 && controls * 20 > start.len()
}

/// The beginning of a text, at most so many bytes of it, cut between characters.
pub fn head(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Text of bytes; what is not UTF-8 becomes U+FFFD.
pub fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn whole(slices: &[&[u8]]) -> Vec<(u32, u64, String)> {
        let (mut lines, mut seen) = (Lines::default(), Vec::new());
        for slice in slices {
            lines.push(slice, |l| seen.push((l.number, l.from, l.text.to_string())));
        }
        lines.finish(|l| seen.push((l.number, l.from, l.text.to_string())));
        seen
    }

    #[test]
    fn line_ends_of_every_kind() {
        let got: Vec<(u64, String)> = whole(&[b"\xEF\xBB\xBFa\rb\r\nc\n\nd\r\r\ne"]).into_iter().map(|l| (l.1, l.2)).collect();
        let want = [(0, "a"), (5, "b"), (8, "c"), (10, ""), (11, "d"), (13, ""), (15, "e")];
        assert_eq!(got, want.map(|(from, text)| (from, text.to_string())));
    }

    #[test]
    fn a_line_too_long_is_cut_and_says_so() {
        let long = alloc::vec![b'x'; LINE_LIMIT + 7];
        let (mut lines, mut seen) = (Lines::default(), Vec::new());
        lines.push(&long, |l| seen.push((l.text.len(), l.cut)));
        lines.push(b"y\nz\n", |l| seen.push((l.text.len(), l.cut)));
        assert_eq!(seen, [(LINE_LIMIT, true), (1, false)]);
    }

    #[test]
    fn rubbish_is_told_from_a_broken_character() {
        let line = |text| Line { text, nuls: 0, number: 1, from: 0, cut: false };
        assert!(line("\u{FFFD}\u{FFFD}a\u{1}").rubbish());
        for text in ["你好\u{FFFD}在吗亲", "好的\u{FFFD}", "好\u{FFFD}", "\u{FFFD}", "好\u{FFFD}的\u{FFFD}", ""] {
            assert!(!line(text).rubbish(), "{text:?}");
        }
    }

    #[test]
    fn control_characters_among_the_first_bytes_are_no_text() {
        let head = |control: u8, count: usize, all: usize| {
            let mut bytes = alloc::vec![control; count];
            bytes.resize(all, b'a');
            bytes
        };
        assert!(binary(&head(1, 26, 512)) && binary(&head(1, 26, 16_384)) && binary(&head(1, 9, 100)));
        assert!(!binary(&head(1, 25, 512)) && !binary(&head(0, 300, 512)) && !binary(&head(1, 8, 20)));
    }

    #[test]
    fn nuls_are_taken_out_and_counted() {
        let (mut lines, mut seen) = (Lines::default(), Vec::new());
        lines.push(b"a\0b\0\nc\n\0\0\n", |l| seen.push((l.text.to_string(), l.nuls, l.from)));
        assert_eq!(seen, [("ab".into(), 2, 0), ("c".into(), 0, 5), (String::new(), 2, 7)]);
    }

    proptest! {
        #[test]
        fn slicing_anywhere_gives_the_same_lines(bytes in prop::collection::vec(prop::sample::select(b"a\r\n\xE4\xBD\xA0\xEF\xBB\xBF".to_vec()), 0..40), cuts in prop::collection::vec(0usize..40, 0..5)) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(bytes.len())).collect();
            cuts.sort_unstable();
            let mut slices = Vec::new();
            let mut from = 0;
            for cut in cuts {
                slices.push(&bytes[from..cut]);
                from = cut;
            }
            slices.push(&bytes[from..]);
            prop_assert_eq!(whole(&slices), whole(&[&bytes]));
        }
    }
}
