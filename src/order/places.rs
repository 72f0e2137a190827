//! Where orders go, as hashes of the address and of the phone number: enough to see which orders share them, and nothing to read
//! back an address from. Orders of exports without such columns take no room here.

use super::cell;
use alloc::vec::Vec;

/// The address and the phone number of each order.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// A hash; 0 where the address is unknown, masked or has no house number. It may end before the orders do.
    pub address: Vec<u64>,
    /// The same of the phone number; masked and virtual ones are unknown.
    pub phone: Vec<u64>,
}

impl Places {
    /// Takes over what another file says of an order. Of two addresses of one order the one with the higher hash is kept, so that the
    /// order of files does not matter.
    pub(super) fn join(&mut self, order: u32, other: &Self, from: usize) {
        let get = |column: &[u64]| column.get(from).copied().unwrap_or(0);
        learn(&mut self.address, order, get(&other.address));
        learn(&mut self.phone, order, get(&other.phone));
    }

    /// Bytes it takes up.
    pub(super) fn memory(&self) -> usize {
        8 * (self.address.capacity() + self.phone.capacity())
    }
}

/// Writes down what is known of an order.
pub(super) fn learn(column: &mut Vec<u64>, order: u32, hash: u64) {
    let order = order as usize;
    if hash == 0 {
        return;
    }
    if column.len() <= order {
        column.resize(order + 1, 0);
    }
    if let Some(slot) = column.get_mut(order) {
        *slot = hash.max(*slot);
    }
}

/// A hash, the same on every machine, so that files can be merged by it; eight letters at a step.
#[derive(Default)]
struct Letters {
    hash: u64,
    word: u64,
    count: u64,
}

impl Letters {
    #[inline]
    fn add(&mut self, letter: u8) {
        self.word = self.word << 8 | u64::from(letter);
        self.count += 1;
        if self.count.is_multiple_of(8) {
            self.mix();
        }
    }

    #[inline]
    fn mix(&mut self) {
        let mixed = (self.hash ^ self.word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (self.hash, self.word) = (mixed ^ mixed >> 32, 0);
    }

    /// Never 0.
    fn finish(mut self) -> u64 {
        self.mix();
        self.word = self.count;
        self.mix();
        self.hash.max(1)
    }
}

/// The hash of an address however it is spaced, punctuated and written in full width; 0 where it tells no place: empty, masked, or
/// without a digit, so that it names no house.
pub(super) fn address(written: &[u8]) -> u64 {
    let (mut letters, mut house) = (Letters::default(), false);
    let mut rest = cell::clean(written);
    loop {
        let (narrow, tail) = match rest {
            [] => break,
            // Nearly all ideographs.
            [a @ 0xe4..=0xe9, b, c, tail @ ..] => {
                [a, b, c].into_iter().for_each(|byte| letters.add(*byte));
                rest = tail;
                continue;
            }
            [b'*', ..] => return 0,
            [ascii @ ..=0x7f, tail @ ..] => (*ascii, tail),
            // U+FF01 to U+FF7F: the same in full width.
            [0xef, high @ (0xbc | 0xbd), low, tail @ ..] => ((((high - 0xbc) << 6) | (low & 0x3f)) + 0x20, tail),
            // Blanks and marks: U+0080 to U+00BF, U+2000 to U+207F, U+3000 to U+303F.
            [0xc2, _, tail @ ..] | [0xe2, 0x80 | 0x81, _, tail @ ..] | [0xe3, 0x80, _, tail @ ..] => (b' ', tail),
            [other, tail @ ..] => {
                letters.add(*other);
                rest = tail;
                continue;
            }
        };
        if narrow.is_ascii_alphanumeric() {
            house |= narrow.is_ascii_digit();
            letters.add(narrow.to_ascii_lowercase());
        }
        rest = tail;
    }
    if house { letters.finish() } else { 0 }
}

/// The hash of a phone number; 0 where there is none, or one that tells nobody.
pub(super) fn phone(written: &[u8]) -> u64 {
    let hash = |digits: &[u8]| {
        let mut letters = Letters::default();
        digits.iter().for_each(|digit| letters.add(*digit));
        letters.finish()
    };
    // Nearly all are eleven digits, with or without Excel's mark.
    let usual = written.strip_prefix(b"'").unwrap_or(written);
    if usual.len() == 11 && usual.first() == Some(&b'1') && usual.iter().all(u8::is_ascii_digit) {
        return hash(usual);
    }
    let digits = if cell::is_masked(written) { None } else { cell::phone(cell::clean(written)) };
    digits.filter(|digits| !digits.is_empty()).map_or(0, |digits| hash(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_written_in_many_ways() {
        let one = address("浙江省 杭州市 余杭区 文一西路969号 2-301室".as_bytes());
        assert_ne!(one, 0);
        for same in ["浙江省杭州市余杭区文一西路９６９号，２－３０１室", "\t浙江省\u{3000}杭州市 余杭区（文一西路969号）2·301室 "]
        {
            assert_eq!(address(same.as_bytes()), one, "{same}");
        }
        assert_ne!(address("浙江省杭州市余杭区文一西路969号2-302室".as_bytes()), one);
        for none in ["", "-", "浙江省 杭州市 西湖区 **街道1号", "##a8f3/b", "浙江省杭州市余杭区"] {
            assert_eq!(address(none.as_bytes()), 0, "{none}");
        }
    }

    #[test]
    fn a_phone_number_is_its_digits() {
        let one = phone(b"13900000001");
        assert_ne!(one, 0);
        assert_eq!(phone("'+86 139-0000-0001".as_bytes()), one);
        for none in ["", "139****0001", "18400000000-1234", "无"] {
            assert_eq!(phone(none.as_bytes()), 0, "{none}");
        }
    }
}
