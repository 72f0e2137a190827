//! What separates the cells.

use crate::sort;
use alloc::vec::Vec;

/// Which character separates the cells: comma, tab or semicolon, whichever the first lines of the file use most evenly.
///
/// ```
/// use huashu::input::csv::delimiter;
/// assert_eq!(delimiter("订单号;备注\n1;红色,大码\n2;蓝色\n".as_bytes()), b';');
/// assert_eq!(delimiter(b"a,b\n"), b',');
/// ```
pub fn delimiter(sample: &[u8]) -> u8 {
    let mut best = (0, b',');
    for candidate in *b",\t;" {
        let mut counts: Vec<usize> = Vec::new();
        let (mut quoted, mut count) = (false, 0);
        for &byte in sample {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' | b'\r' if !quoted => {
                    counts.push(core::mem::take(&mut count));
                    if counts.len() == 40 {
                        break;
                    }
                }
                _ if byte == candidate && !quoted => count += 1,
                _ => {}
            }
        }
        counts.push(count);
        counts.retain(|&n| n > 0);
        sort::plain(&mut counts);
        let usual = counts.get(counts.len() / 2).copied().unwrap_or(0);
        let evenly = usual * counts.iter().filter(|&&n| n == usual).count();
        if evenly > best.0 {
            best = (evenly, candidate);
        }
    }
    best.1
}
