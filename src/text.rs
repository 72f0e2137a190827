//! Text as signals see it: folded, split into sentences, freed of what is no word; and offsets as JavaScript counts them.

use alloc::{format, string::String, vec::Vec};
use core::ops::Range;

/// A count with its English noun: `1 day`, `2 days`.
pub(crate) fn many(count: u32, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// Folds text so that spelling variants meet: ASCII letters to lower case, full-width letters and digits to half width.
/// Punctuation stays. It is made once and used for many texts, so that folding allocates nothing.
///
/// ```
/// use huashu::text::Folder;
/// let mut folder = Folder::default();
/// let folded = folder.fold("加ＶＸ１２３ OK，");
/// assert_eq!(folded.text, "加vx123 ok，");
/// // Offsets of the folded text lead back to the original.
/// assert_eq!(&"加ＶＸ１２３ OK，"[folded.original(3)..folded.original(8)], "ＶＸ１２３");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Folder {
    buffer: String,
    /// After each full-width character: its end in the folded text, and how many bytes the original is ahead there.
    ahead: Vec<(u32, u32)>,
}

/// A folded text.
#[derive(Clone, Copy, Debug)]
pub struct Folded<'t> {
    /// The text; the original itself where nothing changed.
    pub text: &'t str,
    ahead: &'t [(u32, u32)],
}

impl Folder {
    /// Folds a text.
    pub fn fold<'t>(&'t mut self, text: &'t str) -> Folded<'t> {
        self.ahead.clear();
        // Most texts have neither capitals nor full-width letters and digits; full-width punctuation stays as it is.
        let mut bytes = text.as_bytes();
        let changes = loop {
            match bytes {
                [b'A'..=b'Z', ..] | [0xEF, 0xBC, 0x90..=0x99 | 0xA1..=0xBA, ..] | [0xEF, 0xBD, 0x81..=0x9A, ..] => break true,
                [_, rest @ ..] => bytes = rest,
                [] => break false,
            }
        };
        if !changes {
            return Folded { text, ahead: &[] };
        }
        self.buffer.clear();
        for c in text.chars() {
            let folded = fold_char(c);
            self.buffer.push(folded);
            if folded.len_utf8() != c.len_utf8() {
                let before = self.ahead.last().map_or(0, |(_, ahead)| *ahead);
                self.ahead.push((self.buffer.len() as u32, before + (c.len_utf8() - folded.len_utf8()) as u32));
            }
        }
        Folded { text: &self.buffer, ahead: &self.ahead }
    }
}

impl Folded<'_> {
    /// The offset in the original of an offset in the folded text.
    pub fn original(&self, folded: usize) -> usize {
        let passed = self.ahead.partition_point(|(end, _)| *end as usize <= folded);
        let ahead = passed.checked_sub(1).and_then(|i| self.ahead.get(i)).map_or(0, |(_, ahead)| *ahead as usize);
        folded + ahead
    }
}

/// What [`Folder`] makes of one character.
pub fn fold_char(c: char) -> char {
    narrow(c).to_ascii_lowercase()
}

/// A letter or digit of full width in half width; every other character as it is.
pub(crate) fn narrow(c: char) -> char {
    if matches!(c, 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '０'..='９') { half_width(c) } else { c }
}

/// A letter, digit or sign of full width in half width; every other character as it is.
pub(crate) fn half_width(c: char) -> char {
    if ('！'..='～').contains(&c) { char::from_u32(c as u32 - 0xFEE0).unwrap_or(c) } else { c }
}

/// A folded copy, for what is folded once.
///
/// ```
/// assert_eq!(huashu::text::folded("ＯＫ的"), "ok的");
/// ```
pub fn folded(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// Byte offsets → UTF-16 offsets in one forward pass over the text, however many are asked.
///
/// ```
/// let mut utf16 = huashu::text::Utf16::new("亲😊好");
/// assert_eq!((utf16.offset(3), utf16.offset(7), utf16.offset(10)), (1, 3, 4));
/// ```
#[derive(Clone, Debug)]
pub struct Utf16<'t> {
    text: &'t str,
    byte: usize,
    unit: u32,
}

impl<'t> Utf16<'t> {
    /// A cursor at the beginning of `text`.
    pub fn new(text: &'t str) -> Self {
        Self { text, byte: 0, unit: 0 }
    }

    /// The UTF-16 offset of a byte offset. Ask in ascending order: going back starts over.
    pub fn offset(&mut self, byte: usize) -> u32 {
        if byte < self.byte {
            (self.byte, self.unit) = (0, 0);
        }
        let byte = byte.min(self.text.len());
        let passed = self.text.as_bytes().get(self.byte..byte).unwrap_or_default();
        // Every character is one unit, but those of four bytes are two.
        let units = |b: &u8| u32::from(b & 0xC0 != 0x80) + u32::from(*b >= 0xF0);
        self.unit += passed.iter().map(units).sum::<u32>();
        self.byte = byte;
        self.unit
    }
}

/// The number of characters, as sellers count them: code points.
pub fn chars(text: &str) -> usize {
    text.chars().count()
}

/// Splits a text into sentences. A sentence ends with `。！？!?…；;~～` or a line break, or before a long blank (two
/// blanks, a full-width one, a tab); a comma does not end it. The end signs belong to the sentence. Nothing is lost: the ranges join.
///
/// ```
/// let text = "好的亲，马上发！！您稍等";
/// let sentences: Vec<_> = huashu::text::sentences(text).map(|r| &text[r]).collect();
/// assert_eq!(sentences, ["好的亲，马上发！！", "您稍等"]);
/// ```
pub fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    core::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let mut ended = false;
        let mut blank = false;
        for (at, c) in rest.char_indices() {
            let ends = matches!(c, '。' | '！' | '？' | '!' | '?' | '…' | '；' | ';' | '~' | '～' | '\n' | '\r' | '　' | '\t');
            let long_blank = c == ' ' && blank;
            if ended && !ends && !c.is_whitespace() {
                let range = start..start + at;
                start += at;
                return Some(range);
            }
            ended |= ends || long_blank;
            blank = c == ' ';
        }
        let range = start..text.len();
        start = text.len();
        Some(range)
    })
}

/// The part of a message that is left when punctuation, blanks and emoji are taken off both ends; empty where nothing
/// else is there.
///
/// ```
/// use huashu::text::bare;
/// assert_eq!(bare("  嗯嗯～[微笑]/:^_^ "), 2..8);
/// assert_eq!(bare("？？？"), 0..0);
/// ```
pub fn bare(text: &str) -> Range<usize> {
    bare_within(text, usize::MAX).unwrap_or(0..0)
}

/// As [`bare`], but gives up as soon as the part is longer than `most` bytes: then only the beginning of a long text is read.
pub(crate) fn bare_within(text: &str, most: usize) -> Option<Range<usize>> {
    let mut found: Option<Range<usize>> = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let at = text.len() - rest.len();
        let emoji = emoji(rest);
        let width = if emoji > 0 { emoji } else { c.len_utf8() };
        if emoji == 0 && !is_noise(c) {
            let start = found.as_ref().map_or(at, |r| r.start);
            if at + width - start > most {
                return None;
            }
            found = Some(start..at + width);
        }
        rest = rest.get(width..).unwrap_or("");
    }
    Some(found.unwrap_or(0..0))
}

/// Whether a character is punctuation, a blank or a symbol.
pub(crate) fn is_noise(c: char) -> bool {
    match c {
        _ if c.is_ascii() => c.is_ascii_punctuation() || c.is_ascii_whitespace() || c.is_ascii_control(),
        '\u{80}'..='\u{BF}' | '×' | '÷' => true,
        // General punctuation, arrows to dingbats, CJK punctuation, small and full-width forms.
        '\u{2000}'..='\u{206F}' | '\u{2190}'..='\u{2BFF}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{303F}' => true,
        '\u{FE00}'..='\u{FE6F}' | '\u{FEFF}' | '\u{FF00}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}' => true,
        '\u{FF3B}'..='\u{FF40}' | '\u{FF5B}'..='\u{FF65}' | '\u{FFE0}'..='\u{FFFD}' => true,
        _ => is_pictograph(c),
    }
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{E0020}'..='\u{E007F}' | '\u{200D}' | '\u{FE0F}' | '\u{20E3}')
}

/// Taobao's emoji codes that are not three digits, after `/:`; the longer ones first where one begins another.
const TAOBAO: [&str; 42] = [
    "(Zz...)", "clock", "plane", "girl", "(OK)", "man", "lip", "(&)", "^_^", "^$^", "^O^", "^x^", "^W^", "'\"\"", "*&*", ">_<", ">O<",
    ">M<", ">@<", ">W<", "O=O", "8*8", ")-(", "U*U", "qp", "-F", "-W", "~B", "Q", "H", "b", "?", "!", "\"", "O", "P", "Y", "$", "%", "@",
    "R", "C",
];

/// The bytes that an emoji takes at the beginning of `text`: a Unicode one, or a code as chats are copied with
/// (`/:^_^` `/:087` of Taobao, `#E-s33` of JD, `[微笑]`); 0 where there is none.
///
/// ```
/// use huashu::text::emoji;
/// assert_eq!((emoji("/:^_^好"), emoji("#E-s33"), emoji("[微笑]"), emoji("[数字x]"), emoji("好")), (5, 6, 8, 0, 0));
/// ```
pub fn emoji(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).take(3).count();
    let Some(first) = text.chars().next() else { return 0 };
    match first {
        '/' => {
            let Some(code) = text.strip_prefix("/:") else { return 0 };
            match digits(code) {
                3 => 5,
                _ => TAOBAO.iter().find(|c| code.starts_with(**c)).map_or(0, |c| 2 + c.len()),
            }
        }
        '#' => match text.strip_prefix("#E-s").or_else(|| text.strip_prefix("#E-j")) {
            // Public samples mask the digits.
            Some(code) if code.starts_with("[数字x]") => 4 + "[数字x]".len(),
            Some(code) if digits(code) > 0 => 4 + digits(code),
            _ => 0,
        },
        '[' => {
            let inner: &str = text.get(1..).unwrap_or("");
            let is_name = |c: char| ('一'..='鿿').contains(&c);
            let (mut han, mut latin, mut bytes) = (0, 0, 0);
            for c in inner.chars().take(7) {
                match c {
                    ']' => return if (han > 0) != (latin > 0) { bytes + 2 } else { 0 },
                    _ if is_name(c) => han += 1,
                    _ if c.is_ascii_alphabetic() => latin += 1,
                    _ => return 0,
                }
                bytes += c.len_utf8();
            }
            0
        }
        _ if is_pictograph(first) => first.len_utf8(),
        _ => 0,
    }
}

/// Where a word stands first. `str::find` makes itself ready for every search, which costs more than it saves in a text as
/// short as a message.
pub(crate) fn find(text: &str, word: &str) -> Option<usize> {
    let first = word.chars().next()?;
    let mut places = text.match_indices(first).map(|(at, _)| at);
    places.find(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(word)))
}

/// The headers of a table as a problem shows them: no more and no longer than a table has them, whatever the file is.
pub(crate) fn listed(headers: &[String]) -> String {
    let short = |header: &String| header.chars().take(40).collect::<String>();
    headers.iter().take(30).map(short).collect::<Vec<_>>().join("，")
}

/// Hundredths as a number with at most two decimals. The formatting of floats that core has would be 14 KB of the package.
pub(crate) fn hundredths(hundredths: i64) -> String {
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) => format!("{whole}"),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}", part / 10),
        (whole, part) => format!("{whole}.{part:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).map(|r| &text[r]).collect()
    }

    #[test]
    fn sentences_keep_their_signs() {
        assert_eq!(split(""), [""; 0]);
        assert_eq!(split("好，的"), ["好，的"]);
        assert_eq!(split("能发吗？？ 不能…好吧~嗯\n下一行"), ["能发吗？？ ", "不能…", "好吧~", "嗯\n", "下一行"]);
        assert_eq!(split("a b  c　d"), ["a b  ", "c　", "d"]);
        assert_eq!(split("！"), ["！"]);
    }

    #[test]
    fn bare_takes_emoji_off() {
        for (text, left) in [
            ("嗯", "嗯"),
            ("嗯。", "嗯"),
            ("「嗯」～～😊👍🏻", "嗯"),
            ("/:087嗯/:^_^#E-s33[呲牙]", "嗯"),
            ("嗯[数字x]", "嗯[数字x"),
            ("嗯，好", "嗯，好"),
            ("[OK]", ""),
            ("[微笑", "微笑"),
            ("/:", ""),
            ("在的 /:-F", "在的"),
        ] {
            assert_eq!(&text[bare(text)], left, "{text}");
        }
        assert_eq!(bare_within("嗯好", 3), None);
        assert_eq!(bare_within("嗯～", 3), Some(0..3));
    }

    proptest! {
        #[test]
        fn utf16_offsets_are_those_of_encode_utf16(text in "\\PC{0,40}") {
            let mut cursor = Utf16::new(&text);
            for (at, _) in text.char_indices() {
                prop_assert_eq!(cursor.offset(at) as usize, text[..at].encode_utf16().count());
            }
            prop_assert_eq!(cursor.offset(text.len()) as usize, text.encode_utf16().count());
            prop_assert_eq!(cursor.offset(0), 0);
        }

        #[test]
        fn folding_leads_back(text in "[a-zA-ZＡ-Ｚａ-ｚ０-９中文，！😊]{0,20}") {
            let mut folder = Folder::default();
            let copy = folder.fold(&text);
            prop_assert_eq!(copy.text, folded(&text));
            let ours: Vec<usize> = copy.text.char_indices().map(|(at, _)| copy.original(at)).collect();
            let theirs: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            prop_assert_eq!(ours, theirs);
            prop_assert_eq!(copy.original(copy.text.len()), text.len());
        }

        #[test]
        fn sentences_join_and_bare_lies_inside(text in "[a。！？!?…;~ \n　\t,，中/:^_#Es0-9\\[\\]😊]{0,30}") {
            prop_assert_eq!(split(&text).concat(), text.clone());
            prop_assert!(split(&text).iter().all(|s| !s.is_empty()));
            prop_assert!(text.get(bare(&text)).is_some());
        }
    }
}
