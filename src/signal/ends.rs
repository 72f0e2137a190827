//! Which characters a match can begin and end with, told from the expression alone. Most messages in which an expression is tried do not
//! match, and one look at their ends is cheaper than a run of the engine.

use core::{iter::Peekable, str::Chars};

use alloc::{vec, vec::Vec};

/// Ranges of characters, both ends included; they may overlap.
type Set = Vec<(u32, u32)>;

const ALL: (u32, u32) = (0, char::MAX as u32);

/// What is known of the ends of every match. The sets may hold too much, never too little.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends {
    /// Whether it may take no characters.
    empty: bool,
    first: Set,
    last: Set,
    /// It begins where the text does.
    at_start: bool,
    /// It ends where the text does.
    at_end: bool,
}

impl Ends {
    /// Reads an expression that the engine takes; `None` where something in it is not known here.
    pub fn of(find: &str) -> Option<Self> {
        let mut rest = find.chars().peekable();
        let ends = Self::branches(&mut rest)?;
        (rest.next().is_none() && !ends.empty).then_some(ends)
    }

    /// The place before which no match begins; `None` where there is none in the text.
    pub fn begin(&self, text: &str) -> Option<usize> {
        if self.at_end && !text.chars().next_back().is_some_and(|c| holds(&self.last, c)) {
            return None;
        }
        let most = if self.at_start { 1 } else { usize::MAX };
        text.char_indices().take(most).find(|(_, c)| holds(&self.first, *c)).map(|(at, _)| at)
    }

    /// `a|b`, up to the end or a closing bracket.
    fn branches(rest: &mut Peekable<Chars>) -> Option<Self> {
        let mut all = Self::sequence(rest)?;
        while rest.next_if_eq(&'|').is_some() {
            let branch = Self::sequence(rest)?;
            all.empty |= branch.empty;
            all.first.extend(branch.first);
            all.last.extend(branch.last);
            all.at_start &= branch.at_start;
            all.at_end &= branch.at_end;
        }
        Some(all)
    }

    fn sequence(rest: &mut Peekable<Chars>) -> Option<Self> {
        let mut all = Self { empty: true, ..Self::default() };
        let mut begun = false;
        while rest.peek().is_some_and(|c| !matches!(c, '|' | ')')) {
            let next = Self::repeated(rest)?;
            all.at_start |= !begun && next.at_start;
            begun = true;
            all.at_end = next.at_end;
            if all.empty {
                all.first.extend(next.first);
            }
            if !next.empty {
                all.last.clear();
            }
            all.last.extend(next.last);
            all.empty &= next.empty;
        }
        Some(all)
    }

    /// One part with what says how often it comes.
    fn repeated(rest: &mut Peekable<Chars>) -> Option<Self> {
        let mut part = Self::part(rest)?;
        while let Some(c) = rest.next_if(|c| matches!(c, '*' | '+' | '?' | '{')) {
            let none = match c {
                '{' => {
                    let least: Vec<char> = core::iter::from_fn(|| rest.next_if(char::is_ascii_digit)).collect();
                    rest.find(|c| *c == '}')?;
                    least.iter().all(|c| *c == '0')
                }
                c => c != '+',
            };
            part = Self { empty: part.empty || none, at_start: false, at_end: false, ..part };
        }
        Some(part)
    }

    fn part(rest: &mut Peekable<Chars>) -> Option<Self> {
        let set = match rest.next()? {
            '^' => return Some(Self { empty: true, at_start: true, ..Self::default() }),
            '$' => return Some(Self { empty: true, at_end: true, ..Self::default() }),
            '(' => {
                if rest.next_if_eq(&'?').is_some() {
                    rest.next_if_eq(&':')?;
                }
                let inner = Self::branches(rest)?;
                rest.next_if_eq(&')')?;
                return Some(inner);
            }
            '[' => class(rest)?,
            '.' => vec![ALL],
            '*' | '+' | '?' | '{' => return None,
            c => one(c, rest)?,
        };
        Some(Self { first: set.clone(), last: set, ..Self::default() })
    }
}

/// A character as it stands, or behind a backslash.
fn one(c: char, rest: &mut Peekable<Chars>) -> Option<Set> {
    let c = match c {
        '\\' => match rest.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            c => Some(c).filter(char::is_ascii_punctuation)?,
        },
        c => c,
    };
    Some(vec![(c as u32, c as u32)])
}

/// `[a-z]`, from behind its bracket.
fn class(rest: &mut Peekable<Chars>) -> Option<Set> {
    let without = rest.next_if_eq(&'^').is_some();
    let mut set: Set = Vec::new();
    loop {
        match rest.next()? {
            ']' if !set.is_empty() => break,
            '[' | ']' => return None,
            // A range, unless it stands at an end.
            '-' if !set.is_empty() && rest.peek() != Some(&']') => {
                let end = rest.next().filter(|c| *c != '[')?;
                let end = one(end, rest)?;
                set.last_mut()?.1 = end.first()?.1;
            }
            c => set.extend(one(c, rest)?),
        }
    }
    if !without {
        return Some(set);
    }
    crate::sort::plain(&mut set);
    let (mut others, mut from) = (Vec::new(), ALL.0);
    for (start, end) in set {
        if from < start {
            others.push((from, start - 1));
        }
        from = from.max(end + 1);
    }
    others.push((from, ALL.1));
    Some(others)
}

fn holds(set: &Set, c: char) -> bool {
    set.iter().any(|(from, to)| (*from..=*to).contains(&(c as u32)))
}

#[cfg(test)]
#[cfg(feature = "regex")]
mod tests {
    use super::*;
    use alloc::{format, string::String};
    use proptest::prelude::*;

    fn begin(find: &str, text: &str) -> Option<usize> {
        Ends::of(find).and_then(|ends| ends.begin(text))
    }

    #[test]
    fn ends_are_told_from_the_expression() {
        assert_eq!(begin("^ *(亲|您)*不是[^很太]{2,}", "亲不是的呢"), Some(0));
        assert_eq!(begin("^ *(亲|您)*不是[^很太]{2,}", "好像不是的呢"), None);
        assert_eq!(begin("(啊|呀)[。~ ]*$", "好呀。"), Some(3));
        assert_eq!(begin("(啊|呀)[。~ ]*$", "好呀，是的"), None);
        assert_eq!(begin("(^|[^0-9])[5-7][0-9]{2}", "型号 512"), Some(0));
        assert_eq!(begin("[0-9]+天|\\[订单x\\]", "要3天"), Some(3));
        assert!(["(?i)a", "\\pL", "a**b)", "x*"].iter().all(|find| Ends::of(find).is_none()));
    }

    fn expression() -> impl Strategy<Value = String> {
        let part = prop::sample::select(vec!["甲", "乙", "[甲丙]", "[^甲乙]", "[甲-乙]", "[乙-]", ".", "^", "$", "\\.", "\\n"]);
        part.prop_map(String::from).prop_recursive(3, 12, 3, |inner| {
            let often = prop::sample::select(vec!["", "*", "+", "?", "{2}", "{0,1}", "{1,}", "*?"]);
            let branch = prop::collection::vec((inner, often).prop_map(|(part, often)| format!("{part}{often}")), 1..4);
            prop::collection::vec(branch.prop_map(|parts| parts.concat()), 1..3).prop_map(|b| format!("({})", b.join("|")))
        })
    }

    proptest! {
        #[test]
        fn nothing_is_missed(find in expression(), text in "[甲乙丙.\n-]{0,8}") {
            let Ok(engine) = regex_lite::Regex::new(&find) else { return Ok(()) };
            let Some(ends) = Ends::of(&find) else { return Ok(()) };
            if let Some(hit) = engine.find(&text) {
                prop_assert!(ends.begin(&text).is_some_and(|from| from <= hit.start()), "{:?}", ends);
            }
        }
    }
}
