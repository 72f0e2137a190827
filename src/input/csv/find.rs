//! Where cells and lines end, eight bytes at a step.

use super::{
    super::bytes::{below, marks},
    row::Cell,
};
use alloc::vec::Vec;

/// Where the first line ends, its line end included.
pub(super) fn line_end(bytes: &[u8]) -> usize {
    let end = find(bytes, 0, b'\n', b'\r', b'\n');
    match bytes.get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        Some([_, ..]) => end + 1,
        _ => end,
    }
}

/// The cells of a row without any quote, and its end: nearly every row of most files. `None` where it has a quote, or does not surely
/// end here. Eight bytes are looked at in one step.
pub(super) fn plain_row(cells: &mut Vec<Cell>, row: &[u8], delimiter: u8) -> Option<usize> {
    let (mut rest, mut base, mut start) = (row, 0, 0);
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*head);
        let ends = marks(word, delimiter);
        // Quotes and line ends are below letters and digits; so are blanks, which are few.
        let mut others = below(word, b'"' + 1) & !ends;
        while others != 0 {
            let first = others & others.wrapping_neg();
            others ^= first;
            let bits = first.trailing_zeros() & !7;
            let byte = (word >> bits) as u8;
            if byte == b'"' {
                return None;
            }
            if byte == b'\n' || byte == b'\r' {
                push_cells(cells, ends & (first - 1), base, &mut start);
                let at = base + bits / 8;
                cells.push(Cell { raw: start, start, end: at, aside: false });
                let end = at as usize + 1;
                return match (byte, row.get(end)) {
                    (b'\r', Some(b'\n')) => Some(end + 1),
                    (b'\r', None) => None,
                    _ => Some(end),
                };
            }
        }
        push_cells(cells, ends, base, &mut start);
        base += 8;
        rest = tail;
    }
    None
}

/// The cells that end at the marked bytes of a word.
#[inline]
fn push_cells(cells: &mut Vec<Cell>, mut ends: u64, base: u32, start: &mut u32) {
    while ends != 0 {
        let end = base + ends.trailing_zeros() / 8;
        cells.push(Cell { raw: *start, start: *start, end, aside: false });
        *start = end + 1;
        ends &= ends - 1;
    }
}

/// The first place from `from` on where one of three bytes stands, else the length.
#[inline]
pub(super) fn find(bytes: &[u8], from: usize, a: u8, b: u8, c: u8) -> usize {
    let mut rest = bytes.get(from..).unwrap_or(&[]);
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*head);
        let hits = marks(word, a) | marks(word, b) | marks(word, c);
        if hits != 0 {
            return bytes.len() - rest.len() + hits.trailing_zeros() as usize / 8;
        }
        rest = tail;
    }
    let place = rest.iter().position(|&x| x == a || x == b || x == c).unwrap_or(rest.len());
    bytes.len() - rest.len() + place
}
