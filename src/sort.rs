//! Sorting by one routine for all types.
//!
//! The sorts of the standard library are made anew for every type and every comparison, 5 KB each: they were a fifth of the
//! wasm. Here one routine sorts positions, and only what swaps the elements is made anew. Lists that are long and sorted
//! often keep the standard library's.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// Sorts by a comparison; what is equal keeps its order.
pub(crate) fn by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let swaps = swaps(items.len(), &mut |a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b).is_lt(),
        _ => false,
    });
    for (a, b) in swaps {
        items.swap(a, b);
    }
}

/// Sorts by a key; what is equal keeps its order.
pub(crate) fn by_key<T, K: Ord>(items: &mut [T], mut key: impl FnMut(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts by the elements' own order.
pub(crate) fn plain<T: Ord>(items: &mut [T]) {
    by(items, T::cmp);
}

/// The swaps that bring positions `0..count` into order, to be done one after the other.
fn swaps(count: usize, less: &mut dyn FnMut(usize, usize) -> bool) -> Vec<(usize, usize)> {
    let sorted = (1..count).all(|at| !less(at, at - 1));
    if sorted {
        return Vec::new();
    }
    // Merged bottom up: runs of 1, 2, 4 … positions, from one list into the other.
    let mut order: Vec<usize> = (0..count).collect();
    let mut merged: Vec<usize> = Vec::with_capacity(count);
    let mut run = 1;
    while run < count {
        merged.clear();
        for pair in order.chunks(run * 2) {
            let (mut left, mut right) = pair.split_at_checked(run).unwrap_or((pair, &[]));
            while let ([a, rest_left @ ..], [b, rest_right @ ..]) = (left, right) {
                // Only a smaller one overtakes.
                if less(*b, *a) {
                    merged.push(*b);
                    right = rest_right;
                } else {
                    merged.push(*a);
                    left = rest_left;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        core::mem::swap(&mut order, &mut merged);
        run *= 2;
    }
    // Along each cycle of the permutation: position `at` gets what stands at `order[at]`.
    let mut swaps = Vec::with_capacity(count);
    for start in 0..count {
        let mut at = start;
        while let Some(from) = order.get_mut(at).map(|from| core::mem::replace(from, at)) {
            if from == start || from == at {
                break;
            }
            swaps.push((at, from));
            at = from;
        }
    }
    swaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_the_standard_library_sorts(list in proptest::collection::vec((0u8..20, 0u16..), 0..200)) {
            let (mut ours, mut theirs) = (list.clone(), list.clone());
            by_key(&mut ours, |(key, _)| *key);
            theirs.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(&ours, &theirs);
            plain(&mut ours);
            theirs.sort();
            prop_assert_eq!(&ours, &theirs);
            by(&mut ours, |a, b| b.cmp(a));
            theirs.reverse();
            prop_assert_eq!(ours, theirs);
        }
    }
}
