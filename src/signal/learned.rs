//! Signals that no list of words ends: a linear model over small pieces of text, for buyers' messages.
//!
//! Buyers complain, press and haggle in words that nobody writes down beforehand. Where the words of a signal with `learned`
//! find nothing, its model is asked: every piece of one to three characters of the message, and of one or two of what the agent
//! said before it, has a weight, and their sum is the log-odds that the signal is there (a logistic regression). From
//! [`SURE`] on it is, and its place is the stretch of the message that weighs most. The weights are text that can be read,
//! `learned/weights.txt`; `make train` makes them from the labelled chats in `training/`.

use crate::{
    sort,
    text::{fold_char, half_width},
};
use alloc::{string::String, vec::Vec};
use core::{cmp::Reverse, ops::Range};
use hashbrown::HashMap;

/// The signals that have a model.
pub const MODELS: [&str; 3] = ["complaint", "urge", "bargain"];

/// Weights are written in steps of 1/16 of a unit of log-odds.
pub const STEPS: f64 = 16.0;

/// A signal counts from this sum on, in steps: a chance of 0.6.
pub const SURE: i32 = 7;

/// The weights as they ship.
pub(crate) const WEIGHTS: &str = include_str!("learned/weights.txt");

/// A number for each model, in steps.
pub(super) type Sums = [i32; MODELS.len()];

/// Characters of the longest piece of a message, and of what was said before it.
const LONGEST: usize = 3;
const LONGEST_BEFORE: usize = 2;

/// Bits of a character in a piece's number.
const CHAR: u32 = 21;
/// The bit of what was said before.
const BEFORE: u64 = 1 << 63;

/// The pieces of a buyer's message and of what the agent said before it, as numbers that [`spell`] spells out: each once,
/// sorted. What they weigh is trained on, and judged by, just these.
///
/// ```
/// use huashu::signal::learned::{pieces, spell};
/// let spelt: Vec<_> = pieces("催 12", "嗯").into_iter().map(spell).collect();
/// assert!(spelt.iter().any(|piece| piece == "^催 ") && spelt.iter().any(|piece| piece == " 0$"));
/// assert!(spelt.iter().any(|piece| piece == "<^嗯") && !spelt.iter().any(|piece| piece == "<^嗯$"));
/// ```
pub fn pieces(text: &str, before: &str) -> Vec<u64> {
    let mut all = Vec::new();
    each_piece(&shape(text), LONGEST, |piece, _| all.push(piece));
    if !before.is_empty() {
        each_piece(&shape(before), LONGEST_BEFORE, |piece, _| all.push(piece | BEFORE));
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// A piece as the weights name it; `<` stands before a piece of what the agent said.
pub fn spell(piece: u64) -> String {
    let before = (piece & BEFORE != 0).then_some('<');
    let chars = (0..LONGEST as u32).rev().filter_map(|at| char::from_u32((piece >> (at * CHAR)) as u32 & 0x1F_FFFF)).filter(|c| *c != '\0');
    before.into_iter().chain(chars).collect()
}

/// The number of a piece as the weights name it.
fn number(spelt: &str) -> u64 {
    let (before, chars) = spelt.strip_prefix('<').map_or((0, spelt), |chars| (BEFORE, chars));
    chars.chars().fold(0, join) | before
}

fn join(piece: u64, c: char) -> u64 {
    piece << CHAR | u64::from(u32::from(c))
}

/// A message as its pieces see it, between `^` and `$`: folded, numbers and what stands in brackets as `0`, blanks as one.
/// With each character: the byte of the text at which it begins.
fn shape(text: &str) -> Vec<(char, u32)> {
    let mut shaped: Vec<(char, u32)> = Vec::with_capacity(text.len() / 3 + 2);
    shaped.push(('^', 0));
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        let last = shaped.last().map_or('^', |(c, _)| *c);
        let c = match fold_char(c) {
            '0'..='9' => '0',
            '.' if last == '0' && rest.as_str().starts_with(|c: char| c.is_ascii_digit()) => '0',
            '[' => match bracket(rest.as_str()) {
                Some(chars) => {
                    rest.nth(chars);
                    '0'
                }
                None => '[',
            },
            c if c.is_whitespace() => ' ',
            // The sign marks pieces of what was said before.
            '<' | '＜' => '＜',
            c => half_width(c),
        };
        if !(c == last && (c == '0' || c == ' ')) {
            shaped.push((c, at as u32));
        }
    }
    shaped.push(('$', text.len() as u32));
    shaped
}

/// How many characters stand in the bracket that was opened before `rest`: an emoji's name, or a mask such as [电话x].
fn bracket(rest: &str) -> Option<usize> {
    rest.chars().take(9).position(|c| c == ']').filter(|chars| *chars > 0)
}

/// Every piece of a message, and the position of its first character.
fn each_piece(shaped: &[(char, u32)], longest: usize, mut each: impl FnMut(u64, Range<usize>)) {
    for length in 1..=longest {
        for (at, chars) in shaped.windows(length).enumerate() {
            each(chars.iter().fold(0, |piece, (c, _)| join(piece, *c)), at..at + length);
        }
    }
}

/// All models.
#[derive(Clone, Debug, Default)]
pub(super) struct Learned {
    /// Each piece's place among the weights.
    pieces: HashMap<u64, u32>,
    weights: Vec<[i8; MODELS.len()]>,
    /// What each model's sum begins with.
    bases: Sums,
}

impl Learned {
    /// The models that ship.
    pub(super) fn new() -> Learned {
        Learned::read(WEIGHTS)
    }

    /// Reads weights: below `[signal]` stand `= base` and, with the pieces of that weight, `weight piece piece …`, parted by
    /// tabs; lines with `#` are comments.
    fn read(text: &str) -> Learned {
        let mut learned = Learned::default();
        let mut model = 0;
        for line in text.lines().filter(|line| !line.starts_with("# ")) {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                model = MODELS.iter().position(|known| *known == name).unwrap_or(MODELS.len());
                continue;
            }
            let mut fields = line.split('\t');
            let first = fields.next().unwrap_or("");
            if let (Some(base), Some(slot)) = (first.strip_prefix("= ").and_then(|base| base.parse().ok()), learned.bases.get_mut(model)) {
                *slot = base;
            } else if let Ok(weight) = first.parse() {
                for piece in fields {
                    let at = *learned.pieces.entry(number(piece)).or_insert(learned.weights.len() as u32) as usize;
                    if at == learned.weights.len() {
                        learned.weights.push(Default::default());
                    }
                    if let Some(slot) = learned.weights.get_mut(at).and_then(|weights| weights.get_mut(model)) {
                        *slot = weight;
                    }
                }
            }
        }
        learned
    }

    /// What an agent's message, folded, adds to the sums of the buyer's after it.
    pub(super) fn before(&self, text: &str) -> Sums {
        let mut sums = Sums::default();
        // As in training, nothing said is as if nobody had spoken.
        if text.is_empty() {
            return sums;
        }
        self.known(&shape(text), LONGEST_BEFORE, BEFORE).iter().for_each(|known| add(&mut sums, known.weights));
        sums
    }

    /// The place of each signal that is in a buyer's message, folded; offsets are its bytes.
    pub(super) fn find(&self, text: &str, before: &Sums) -> [Option<Range<u32>>; MODELS.len()] {
        let shaped = shape(text);
        let known = self.known(&shaped, LONGEST, 0);
        let mut sums = self.bases;
        sums.iter_mut().zip(before).for_each(|(sum, more)| *sum += more);
        known.iter().for_each(|known| add(&mut sums, known.weights));
        let mut models = 0..;
        sums.map(|sum| models.next().filter(|_| sum >= SURE).and_then(|model| heaviest(&shaped, &known, model)))
    }

    /// The pieces of a buyer's message, folded, that speak loudest for a model, five at most; none lies within another.
    pub(super) fn decisive(&self, text: &str, model: usize) -> Vec<String> {
        let shaped = shape(text);
        let weight = |known: &Known| known.weights.get(model).copied().unwrap_or(0);
        let mut known = self.known(&shaped, LONGEST, 0);
        known.retain(|known| weight(known) > 0);
        sort::by_key(&mut known, |known| Reverse(weight(known)));
        let mut loudest: Vec<String> = Vec::new();
        for known in known {
            let spelt = spell(known.piece);
            let piece = spelt.trim_matches(['^', '$', ' ']);
            let told = loudest.iter().any(|other| other.contains(piece) || piece.contains(other.as_str()));
            if loudest.len() < 5 && !told && !piece.is_empty() {
                loudest.push(piece.into());
            }
        }
        loudest
    }

    /// The weights of a piece, one per model.
    fn weights(&self, piece: u64) -> Option<&[i8; MODELS.len()]> {
        self.pieces.get(&piece).and_then(|at| self.weights.get(*at as usize))
    }

    /// The pieces of a message that have weights, each where it stands first.
    fn known(&self, shaped: &[(char, u32)], longest: usize, mark: u64) -> Vec<Known<'_>> {
        let mut known = Vec::with_capacity(shaped.len());
        each_piece(shaped, longest, |piece, place| {
            if let Some(weights) = self.weights(piece | mark) {
                known.push(Known { piece, from: place.start, chars: place.len(), weights });
            }
        });
        known.sort_unstable_by_key(|known| (known.piece, known.from));
        known.dedup_by_key(|known| known.piece);
        known
    }
}

/// A piece that has weights, and where it stands.
struct Known<'w> {
    piece: u64,
    from: usize,
    chars: usize,
    weights: &'w [i8; MODELS.len()],
}

fn add(sums: &mut Sums, weights: &[i8; MODELS.len()]) {
    sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += i32::from(*weight));
}

/// The bytes of the stretch that weighs most for a model, every piece's weight spread over its characters (the largest sum of
/// neighbours, by Kadane's algorithm).
fn heaviest(shaped: &[(char, u32)], known: &[Known], model: usize) -> Option<Range<u32>> {
    let mut shares = alloc::vec![0; shaped.len()];
    for Known { from, chars, weights, .. } in known {
        // Six parts are whole numbers of one, two and three characters.
        let share = i32::from(*weights.get(model)?) * 6 / *chars as i32;
        shares.get_mut(*from..from + chars).into_iter().flatten().for_each(|s| *s += share);
    }
    // The signs for begin and end are no part of the message.
    let (mut best, mut place, mut sum, mut from) = (i32::MIN, 1..1, 0, 1);
    for (at, share) in shares.iter().enumerate().take(shaped.len().saturating_sub(1)).skip(1) {
        if sum <= 0 {
            (sum, from) = (0, at);
        }
        sum += share;
        if sum > best {
            (best, place) = (sum, from..at + 1);
        }
    }
    let byte = |at: usize| shaped.get(at).map(|(_, byte)| *byte);
    byte(place.start).zip(byte(place.end)).map(|(start, end)| start..end).filter(|place| !place.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};
    use proptest::prelude::*;

    #[test]
    fn a_message_as_its_pieces_see_it() {
        let shaped = |text: &str| shape(text).iter().map(|(c, _)| *c).collect::<String>();
        assert_eq!(shaped("ＯＫ  ，12.5元[微笑]"), "^ok ,0元0$");
        assert_eq!(shaped("[数字x][数字x]号 [一二三四五六七八九]"), "^0号 [一二三四五六七八九]$");
        assert_eq!(shaped("[]。."), "^[]。.$");
        assert_eq!(shape("a１２b"), [('^', 0), ('a', 0), ('0', 1), ('b', 7), ('$', 8)]);
    }

    #[test]
    fn pieces_are_spelt_and_read() {
        for piece in pieces("<a 催 12！😊", "嗯<") {
            assert_eq!(number(&spell(piece)), piece, "{}", spell(piece));
        }
        assert_eq!(pieces("哈哈哈哈", "").len(), "^ 哈 $ ^哈 哈哈 哈$ ^哈哈 哈哈哈 哈哈$".split(' ').count());
        assert_eq!(pieces("", "").into_iter().map(spell).collect::<Vec<_>>(), ["$", "^", "^$"]);
    }

    /// By hand: = −20, 不 9, 不亮 12, 灯 −3, and 8 when the agent said 收到: 18 + 8 − 20 = 6 is not sure, 7 is.
    #[test]
    fn weights_add_up() {
        let read = |of_heard: i32| {
            Learned::read(&format!("# by hand\n[complaint]\n= -20\n9\t不\n12\t不亮\n-3\t灯\n{of_heard}\t<收到\n[urge]\n= 7\n"))
        };
        let (six, seven) = (read(8), read(9));
        for (said, text, unsure, sure) in [
            ("收到了吗", "灯不亮了", None, Some(3..9)),
            ("收到了吗", "灯不亮，不亮", None, Some(3..9)),
            ("您好", "灯不亮了", None, None),
            ("收到收到", "不亮了", Some(0..6), Some(0..6)),
        ] {
            let find = |learned: &Learned| learned.find(text, &learned.before(said))[0].clone();
            assert_eq!((find(&six), find(&seven)), (unsure, sure), "{said} {text}");
        }
        // What has no weight at all is found by its base alone, as a whole.
        assert_eq!(six.find("好的", &Sums::default())[1], Some(0..3));
        assert_eq!(six.find("", &Sums::default())[1], None);
    }

    #[test]
    fn the_weights_that_ship() {
        assert!(WEIGHTS.len() < 60_000, "{} bytes", WEIGHTS.len());
        let mut seen = alloc::collections::BTreeSet::new();
        let mut model = "";
        for line in WEIGHTS.lines().filter(|line| !line.starts_with("# ")) {
            if line.starts_with('[') && line.ends_with(']') {
                model = line;
                continue;
            }
            if let Some(base) = line.strip_prefix("= ") {
                assert!(base.parse::<i32>().is_ok_and(|base| base < SURE), "{line}");
                continue;
            }
            let (weight, pieces) = line.split_once('\t').unwrap();
            assert!(weight.parse::<i8>().is_ok_and(|weight| weight != 0), "{line}");
            for piece in pieces.split('\t') {
                assert_eq!(spell(number(piece)), piece);
                assert!(seen.insert((model, piece)), "{piece} twice");
            }
        }
        let models = MODELS.map(|name| seen.iter().any(|(model, _)| *model == format!("[{name}]")));
        assert_eq!(models, MODELS.map(|_| true));
    }

    proptest! {
        /// A place lies within the message, on its characters; and the sum is that of the pieces' weights.
        #[test]
        fn places_lie_within(text in "[不没好了吗 0-9\\[\\]x.，！😊]{0,30}", said in "[收到了嗯]{0,6}") {
            let learned = Learned::new();
            let before = learned.before(&said);
            let mut sums = learned.bases;
            for piece in pieces(&text, &said) {
                add(&mut sums, learned.weights(piece).unwrap_or(&[0; MODELS.len()]));
            }
            for (place, sum) in learned.find(&text, &before).into_iter().zip(sums) {
                prop_assert_eq!(place.is_some(), sum >= SURE && !text.is_empty(), "{} {}", sum, text.to_string());
                if let Some(place) = place {
                    prop_assert!(text.get(place.start as usize..place.end as usize).is_some_and(|t| !t.is_empty()));
                }
            }
        }
    }
}
