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

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn the_same_as_slices_say(a in "[ab]{0,20}", b in "[ab]{0,20}", end in 0_usize..20) {
            let head = a.get(..end).unwrap_or(&a);
            for (a, b) in [(&*a, &*b), (&*a, &*a), (&*a, head)] {
                proptest::prop_assert_eq!(same(a.as_bytes(), b.as_bytes()), a == b);
            }
        }
    }
}
