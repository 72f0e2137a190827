//! Names by number, each text once: an order number, a buyer or a SKU is met a million times and is four bytes in a column.

mod batch;

pub(super) use batch::Batch;

use crate::input::bytes::{holds, holds_replaced, same};
use alloc::{string::String, vec, vec::Vec};
use core::cmp::Ordering;

/// Distinct names in the order of their first use; each is stored once.
#[derive(Clone, Debug, Default)]
pub struct Names {
    text: String,
    ends: Vec<u32>,
    /// Hash and number of each name, at the place that the highest bits of its hash name or at the next free one: one look at the
    /// memory nearly always tells, and the table grows in the order of its places, without a look at the text.
    slots: Vec<(u32, u32)>,
    /// Those that hold broken characters, in order.
    broken: Vec<u32>,
    /// Which way all names go, as long as they came in order and none is in the table: they are found by halving.
    direction: Option<Ordering>,
}

/// What stands in a place without a name.
const FREE: (u32, u32) = (0, u32::MAX);

impl Names {
    /// The number of the name, given now if it is new.
    pub fn intern(&mut self, name: &str) -> u32 {
        self.intern_bytes(name.as_bytes())
    }

    /// The same for a name as it stands in a file: only a new name is checked, and bytes that are no UTF-8 become U+FFFD.
    #[inline]
    pub(crate) fn intern_bytes(&mut self, name: &[u8]) -> u32 {
        self.intern_hashed(hash(name), name, || false).unwrap_or(u32::MAX)
    }

    /// The number of a name with this hash; a new name may be refused.
    #[inline]
    fn intern_hashed(&mut self, hash: u32, name: &[u8], refused: impl FnOnce() -> bool) -> Option<u32> {
        if self.direction.is_some() {
            self.index();
        }
        self.look_up(hash, name).or_else(|| (!refused()).then(|| self.add(hash, name)))
    }

    /// The same for names that may come in order, such as numbers of orders: as long as each is beyond all before, it is new without a
    /// look at the table, which is made when one is not.
    pub(super) fn intern_next(&mut self, name: &[u8]) -> u32 {
        let Some(last) = self.len().checked_sub(1) else { return self.begin(name) };
        let way = beyond(name, self.bytes(last));
        match self.direction {
            Some(_) if way == Ordering::Equal => last,
            Some(direction) if direction == way || last == 0 => match core::str::from_utf8(name) {
                Ok(name) => {
                    self.direction = Some(way);
                    self.append(name)
                }
                Err(_) => self.intern_bytes(name),
            },
            _ => self.intern_bytes(name),
        }
    }

    /// The first name of those that may come in order.
    fn begin(&mut self, name: &[u8]) -> u32 {
        self.direction = Some(Ordering::Greater);
        self.append(&String::from_utf8_lossy(name))
    }

    fn add(&mut self, hash: u32, name: &[u8]) -> u32 {
        match core::str::from_utf8(name) {
            Ok(name) => {
                let number = self.append(name);
                self.make_room(self.ends.len());
                put(&mut self.slots, hash, number);
                number
            }
            Err(_) => self.intern(&String::from_utf8_lossy(name)),
        }
    }

    fn append(&mut self, name: &str) -> u32 {
        let number = self.ends.len() as u32;
        if holds_replaced(name) {
            self.broken.push(number);
        }
        self.text.push_str(name);
        self.ends.push(self.text.len() as u32);
        number
    }

    /// Puts names that came in order into the table.
    #[cold]
    fn index(&mut self) {
        self.direction = None;
        self.make_room(self.ends.len());
        for number in 0..self.len() {
            let hash = hash(self.bytes(number));
            put(&mut self.slots, hash, number);
        }
    }

    /// The number of a name that was seen before.
    pub fn find(&self, name: &str) -> Option<u32> {
        let name = name.as_bytes();
        match self.direction {
            Some(direction) => self.halve(direction, name),
            None => self.look_up(hash(name), name),
        }
    }

    /// The name behind a number.
    pub fn get(&self, number: u32) -> Option<&str> {
        let (start, end) = self.place(number)?;
        self.text.get(start..end)
    }

    /// Whether a name holds broken characters.
    #[inline]
    pub(super) fn is_broken(&self, number: u32) -> bool {
        !self.broken.is_empty() && self.broken.binary_search(&number).is_ok()
    }

    /// How many there are.
    pub fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether a byte stands in any of them.
    pub(crate) fn hold(&self, byte: u8) -> bool {
        holds(self.text.as_bytes(), byte)
    }

    /// How long they are altogether.
    pub(super) fn length(&self) -> usize {
        self.text.len()
    }

    /// Bytes that they take up, room for growth included.
    pub(super) fn memory(&self) -> usize {
        self.text.capacity() + 4 * self.ends.capacity() + 8 * self.slots.capacity()
    }

    /// Makes room for so many more names of so many bytes altogether.
    pub(super) fn reserve(&mut self, names: usize, bytes: usize) {
        self.text.reserve_exact(bytes);
        self.ends.reserve_exact(names);
        if self.direction.is_none() {
            self.make_room(self.ends.len() + names);
        }
    }

    #[inline]
    fn look_up(&self, hash: u32, name: &[u8]) -> Option<u32> {
        let mut at = home(hash, self.slots.len());
        loop {
            let (place, number) = self.probe(hash, at)?;
            if same(self.bytes(number), name) {
                return Some(number);
            }
            at = next(place, self.slots.len());
        }
    }

    /// The first place from this one on whose name has this hash, and its number; `None` where a free one comes first.
    #[inline]
    fn probe(&self, hash: u32, mut at: usize) -> Option<(usize, u32)> {
        loop {
            let &(other, number) = self.slots.get(at)?;
            if number == FREE.1 {
                return None;
            }
            if other == hash {
                return Some((at, number));
            }
            at = next(at, self.slots.len());
        }
    }

    /// The number of a name among those that all go one way.
    fn halve(&self, direction: Ordering, name: &[u8]) -> Option<u32> {
        let mut numbers = 0..self.len();
        while !numbers.is_empty() {
            let middle = numbers.start.midpoint(numbers.end);
            match beyond(name, self.bytes(middle)) {
                Ordering::Equal => return Some(middle),
                way if way == direction => numbers.start = middle + 1,
                _ => numbers.end = middle,
            }
        }
        None
    }

    #[inline]
    fn place(&self, number: u32) -> Option<(usize, usize)> {
        let at = number as usize;
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        Some((start as usize, *self.ends.get(at)? as usize))
    }

    /// The bytes of the name behind a number, none where there is no such number.
    #[inline]
    pub(super) fn bytes(&self, number: u32) -> &[u8] {
        self.place(number).and_then(|(start, end)| self.text.as_bytes().get(start..end)).unwrap_or(&[])
    }

    /// Grows the table until three of four places are enough for so many names.
    fn make_room(&mut self, names: usize) {
        if names * 4 <= self.slots.len() * 3 {
            return;
        }
        let places = (names * 4).div_ceil(3).next_power_of_two().max(16);
        let old = core::mem::replace(&mut self.slots, vec![FREE; places]);
        for (hash, number) in old.into_iter().filter(|slot| slot.1 != FREE.1) {
            put(&mut self.slots, hash, number);
        }
    }
}

/// Puts a name that is not there yet into the table, which has room for it.
#[inline]
fn put(slots: &mut [(u32, u32)], hash: u32, number: u32) {
    let places = slots.len();
    let mut at = home(hash, places);
    while let Some(slot) = slots.get_mut(at) {
        if slot.1 == FREE.1 {
            *slot = (hash, number);
            return;
        }
        at = next(at, places);
    }
}

/// How a name compares with another: as numbers without a sign do, where they are some.
fn beyond(name: &[u8], other: &[u8]) -> Ordering {
    name.len().cmp(&other.len()).then_with(|| name.cmp(other))
}

/// The place that a hash names among so many, a power of two.
#[inline]
const fn home(hash: u32, places: usize) -> usize {
    ((hash as u64 * places as u64) >> 32) as usize
}

#[inline]
const fn next(at: usize, places: usize) -> usize {
    if at + 1 == places { 0 } else { at + 1 }
}

/// Eight bytes at a step, the last of them a second time where they do not come out even: names are short, and there are millions of them.
#[inline]
fn hash(name: &[u8]) -> u32 {
    let step = |hash: u64, word: u64| {
        let mixed = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ mixed >> 32
    };
    let (words, rest) = name.as_chunks::<8>();
    let hash = words.iter().fold(name.len() as u64, |hash, word| step(hash, u64::from_le_bytes(*word)));
    let rest = match (name.last_chunk::<8>(), rest) {
        (_, []) => 0,
        (Some(last), _) => u64::from_le_bytes(*last),
        (None, rest) => rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    };
    step(hash, rest) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Names by a plain search.
    fn plainly(names: &[Vec<u8>]) -> Vec<u32> {
        let mut seen: Vec<String> = Vec::new();
        let mut number = |name: &Vec<u8>| {
            let name = String::from_utf8_lossy(name).into_owned();
            let known = seen.iter().position(|other| *other == name);
            known.unwrap_or_else(|| {
                seen.push(name);
                seen.len() - 1
            }) as u32
        };
        names.iter().map(&mut number).collect()
    }

    #[test]
    fn names_in_order_need_no_table_until_one_is_not() {
        for order in [["8", "9", "10", "10", "11"], ["11", "10", "9", "9", "8"]] {
            let mut names = Names::default();
            assert_eq!(order.map(|name| names.intern_next(name.as_bytes())), [0, 1, 2, 2, 3]);
            assert!(names.slots.is_empty());
            assert_eq!((names.find(order[0]), names.find(order[4]), names.find("12"), names.find("7")), (Some(0), Some(3), None, None));
            assert_eq!((names.intern_next(b"9"), names.intern_next(b"12"), names.intern_next(b"12")), (names.find("9").unwrap(), 4, 4));
            assert_eq!(names.find("8"), Some(if order[0] == "8" { 0 } else { 3 }));
        }
    }

    proptest! {
        #[test]
        fn each_name_has_one_number(names in prop::collection::vec(prop::collection::vec(prop::sample::select(b"12\xe4\xbd\xa0".to_vec()), 0..4), 0..60)) {
            let want = plainly(&names);
            let (mut one, mut next, mut many) = (Names::default(), Names::default(), Names::default());
            prop_assert_eq!(&names.iter().map(|name| one.intern_bytes(name)).collect::<Vec<_>>(), &want);
            prop_assert_eq!(&names.iter().map(|name| next.intern_next(name)).collect::<Vec<_>>(), &want);
            let mut batch = Batch::default();
            for (names, want) in names.chunks(7).zip(want.chunks(7)) {
                names.iter().for_each(|name| batch.push(9, name));
                let mut numbers = Vec::new();
                many.intern_batch(&mut batch, |_| false, |owner, number| numbers.push((owner, number)));
                prop_assert_eq!(numbers, want.iter().map(|&number| (9, number)).collect::<Vec<_>>());
            }
            for (name, number) in names.iter().zip(want) {
                let name = String::from_utf8_lossy(name);
                prop_assert_eq!((one.find(&name), next.find(&name), many.find(&name)), (Some(number), Some(number), Some(number)));
                prop_assert_eq!((one.get(number), next.get(number)), (Some(&*name), Some(&*name)));
            }
            let known = many.len();
            batch.push(0, b"new");
            many.intern_batch(&mut batch, |_| true, |_, _| panic!("a refused name has no number"));
            prop_assert_eq!((many.len(), many.find("new"), next.find("new")), (known, None, None));
        }

        #[test]
        fn a_table_grows_and_keeps_its_names(count in 0_u32..3000) {
            let mut names = Names::default();
            for number in 0..count {
                prop_assert_eq!(names.intern(&alloc::format!("买家{number}")), number);
            }
            for number in 0..count {
                prop_assert_eq!(names.find(&alloc::format!("买家{number}")), Some(number));
            }
        }
    }
}
