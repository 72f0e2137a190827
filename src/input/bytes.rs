//! Small loops over bytes that a call would cost more than.

/// Whether both are the same bytes: cells are short, and many are compared with what stood there before.
#[inline]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    match (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(last_a), Some(last_b)) => {
            let ((words_a, _), (words_b, _)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
            word(last_a) == word(last_b) && words_a.iter().zip(words_b).all(|(a, b)| word(a) == word(b))
        }
        _ => a.iter().zip(b).all(|(a, b)| a == b),
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES << 7;

/// Marks the bytes of a word that equal `byte` with their highest bit, exactly.
#[inline]
pub(crate) const fn marks(word: u64, byte: u8) -> u64 {
    let word = word ^ (ONES * byte as u64);
    !(((word & !HIGHS) + !HIGHS) | word) & HIGHS
}

/// Whether a byte is among them.
#[inline]
pub(crate) fn holds(bytes: &[u8], byte: u8) -> bool {
    let hit = |word: &[u8; 8]| marks(u64::from_le_bytes(*word), byte) != 0;
    match bytes.last_chunk::<8>() {
        Some(last) => hit(last) || bytes.as_chunks::<8>().0.iter().any(hit),
        None => bytes.contains(&byte),
    }
}

/// Whether a text holds U+FFFD, which stands for what could not be decoded.
#[inline]
pub(crate) fn holds_replaced(text: &str) -> bool {
    // Its first byte is that of full-width letters too: few texts hold it.
    holds(text.as_bytes(), 0xef) && text.contains('\u{FFFD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn words_are_marked_where_their_bytes_are(word: u64, byte: u8) {
            for (at, other) in word.to_le_bytes().into_iter().enumerate() {
                let bit = 0x80 << (8 * at);
                proptest::prop_assert_eq!(marks(word, byte) & bit != 0, other == byte);
            }
            let bytes = word.to_le_bytes();
            proptest::prop_assert!(bytes.iter().all(|&byte| marks(word, byte) != 0));
        }

        #[test]
        fn a_byte_is_found_wherever_it_stands(text in "[ab*]{0,20}") {
            proptest::prop_assert_eq!(holds(text.as_bytes(), b'*'), text.contains('*'));
        }

        #[test]
        fn the_same_as_slices_say(a in "[ab]{0,20}", b in "[ab]{0,20}", end in 0_usize..20) {
            let head = a.get(..end).unwrap_or(&a);
            for (a, b) in [(&*a, &*b), (&*a, &*a), (&*a, head)] {
                proptest::prop_assert_eq!(same(a.as_bytes(), b.as_bytes()), a == b);
            }
        }
    }
}
