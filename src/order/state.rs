//! From the platforms' words for states to [`State`]; what no table knows is counted, never guessed.

use super::{
    Names, State,
    cell::clean,
    dialect::{AFTER_SALE, STATES},
};
use crate::{input::bytes::same, text::half_width};
use alloc::{string::String, vec::Vec};

/// The words met in one column of one file.
#[derive(Debug)]
pub(super) struct Words {
    tables: [&'static [(&'static str, State)]; 2],
    names: Names,
    /// For each word what it means, how often an unknown one was met, and on which line first.
    meaning: Vec<(Option<State>, u64, u32)>,
    last: u32,
}

impl Words {
    /// Words of a state column; the platform's own first.
    pub fn states(own: &'static [(&'static str, State)]) -> Self {
        Self::new([own, STATES])
    }

    /// Words of an after-sale column.
    pub fn after_sale() -> Self {
        Self::new([AFTER_SALE, &[]])
    }

    fn new(tables: [&'static [(&'static str, State)]; 2]) -> Self {
        Self { tables, names: Names::default(), meaning: Vec::new(), last: u32::MAX }
    }

    /// What a cell on a line says; `Unknown` for an empty one and for a word that no table knows.
    #[inline]
    pub fn read(&mut self, cell: &[u8], line: u32) -> State {
        let word = clean(cell);
        if word.is_empty() {
            return State::Unknown;
        }
        let number = if same(self.names.bytes(self.last), word) { self.last } else { self.look_up(word, line) };
        match self.meaning.get_mut(number as usize) {
            Some((Some(state), ..)) => *state,
            Some((None, count, _)) => {
                *count += 1;
                State::Unknown
            }
            None => State::Unknown,
        }
    }

    fn look_up(&mut self, word: &[u8], line: u32) -> u32 {
        let number = self.names.intern_bytes(word);
        if number as usize == self.meaning.len() {
            let word = key(self.names.get(number).unwrap_or(""));
            let known = self.tables.iter().flat_map(|table| table.iter()).find(|(name, _)| *name == word);
            self.meaning.push((known.map(|(_, state)| *state), 0, line));
        }
        self.last = number;
        number
    }

    /// Words that no table knows, how often each was met, and on which line first.
    pub fn unknown(&self) -> impl Iterator<Item = (&str, u64, u32)> {
        let words = (0_u32..).zip(&self.meaning).filter(|(_, (meaning, ..))| meaning.is_none());
        words.map(|(number, (_, count, line))| (self.names.get(number).unwrap_or(""), *count, *line))
    }
}

/// A word as the tables have it: punctuation in half width, no blanks, letters in lower case.
fn key(word: &str) -> String {
    let fold = |c: char| if matches!(c, '、' | ';') { ',' } else { half_width(c) };
    let ascii = word.trim().is_ascii();
    word.trim().chars().map(fold).filter(|c| ascii || !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect()
}

/// The state of an order of several rows whose states are the bits of `seen` (`1 << state`): refunded or closed only
/// when every row is, else the furthest of the others.
pub(super) fn of_all(seen: u8) -> State {
    let has = |state: State| seen & (1 << state as u8) != 0;
    let going = [State::PartRefunded, State::Received, State::Shipped, State::Paid, State::Unpaid].into_iter().find(|&state| has(state));
    let ended = [State::Refunded, State::Closed].into_iter().find(|&state| has(state));
    going.or(ended).unwrap_or(State::Unknown)
}

#[cfg(test)]
mod tests {
    use super::{super::dialect::DIALECTS, *};

    #[test]
    fn words_become_states() {
        let taobao = DIALECTS.iter().find(|dialect| dialect.platform == "taobao" && !dialect.states.is_empty()).unwrap();
        let mut words = Words::states(taobao.states);
        for (line, (word, want)) in (1..).zip([
            ("等待买家付款", State::Unpaid),
            ("买家已付款，等待卖家发货", State::Paid),
            ("买家已付款,等待卖家发货", State::Paid),
            (" 卖家已发货，等待买家确认 ", State::Shipped),
            ("交易成功", State::Received),
            ("付款以后用户退款成功，交易自动关闭", State::Refunded),
            ("（锁定）等待出库", State::Paid),
            ("未发货，退款成功", State::Refunded),
            ("Refunded", State::Refunded),
            ("", State::Unknown),
            ("-", State::Unknown),
            ("飞走了", State::Unknown),
            ("飞走了", State::Unknown),
        ]) {
            assert_eq!(words.read(word.as_bytes(), line), want, "{word}");
        }
        assert_eq!(words.unknown().collect::<Vec<_>>(), [("飞走了", 2, 12)]);
    }

    #[test]
    fn every_table_is_written_the_way_words_are_looked_up() {
        let tables = DIALECTS.iter().map(|d| d.states).chain([STATES, AFTER_SALE, super::super::dialect::GENERIC.states]);
        for (word, _) in tables.flatten() {
            assert_eq!(key(word), *word);
        }
    }

    #[test]
    fn an_order_is_refunded_when_all_of_it_is() {
        let bits = |states: &[State]| states.iter().fold(0, |seen, &s| seen | 1 << s as u8);
        assert_eq!(of_all(bits(&[State::Refunded, State::Refunded])), State::Refunded);
        assert_eq!(of_all(bits(&[State::Refunded, State::Received])), State::Received);
        assert_eq!(of_all(bits(&[State::Closed, State::Shipped])), State::Shipped);
        assert_eq!(of_all(bits(&[State::Closed, State::Refunded])), State::Refunded);
        assert_eq!(of_all(bits(&[State::Unknown])), State::Unknown);
        assert_eq!(of_all(0), State::Unknown);
    }
}
