//! Where cells and lines end, many bytes at a step.

use super::{super::bytes::marks, row::Cell};
use alloc::vec::Vec;
use wide::u8x16;

/// Where the first line ends, its line end included.
pub(super) fn line_end(bytes: &[u8]) -> usize {
    let end = find(bytes, 0, b'\n', b'\r', b'\n');
    match bytes.get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        Some([_, ..]) => end + 1,
        _ => end,
    }
}

/// The cells of a row, and its end: nearly every row of most files. `None` where a quote stands elsewhere than around a whole cell, a line
/// ends inside of quotes, or the row does not surely end here.
///
/// Sixty-four bytes are looked at in one step, and what each of them is becomes a bit, as in simdjson (Langdale and Lemire, Parsing
/// Gigabytes of JSON per Second, 2019, section 3.1).
pub(super) fn usual_row(cells: &mut Vec<Cell>, row: &[u8], delimiter: u8) -> Option<usize> {
    let (blocks, rest) = row.as_chunks::<64>();
    let mut search = Search { cells, row, delimiter, base: 0, start: 0, stopped: 1, closed: 0, inside: 0 };
    for block in blocks {
        if let Some(end) = search.block(block)? {
            return Some(end);
        }
    }
    let mut last = [0; 64];
    last.get_mut(..rest.len())?.copy_from_slice(rest);
    search.block(&last)?
}

/// How far a row was searched.
struct Search<'a> {
    cells: &'a mut Vec<Cell>,
    row: &'a [u8],
    delimiter: u8,
    /// Where the next block and the next cell begin.
    base: u32,
    start: u32,
    /// Whether the byte before the next block ends a cell, and whether it is a closing quote: in the lowest bit.
    stopped: u64,
    closed: u64,
    /// Whether the next block begins inside of quotes: all bits or none.
    inside: u64,
}

impl Search<'_> {
    /// The cells that end in the next block, and where the row does; `None` where this is no usual row.
    #[inline]
    fn block(&mut self, block: &[u8; 64]) -> Option<Option<usize>> {
        let (mut quotes, mut delimiters, mut lines) = (0, 0, 0);
        for (at, bytes) in block.as_chunks::<16>().0.iter().enumerate() {
            let bytes = u8x16::new(*bytes);
            let is = |byte| bytes.simd_eq(u8x16::splat(byte));
            let bits = |marks: u8x16| u64::from(marks.to_bitmask()) << (16 * at);
            quotes |= bits(is(b'"'));
            delimiters |= bits(is(self.delimiter));
            lines |= bits(is(b'\n') | is(b'\r'));
        }
        let quoted = pairs(quotes) ^ self.inside;
        let ends = lines & !quoted;
        // Up to the end of the row; everything where it goes on.
        let row = ends ^ ends.wrapping_sub(1);
        let stops = (delimiters | lines) & !quoted & row;
        let opening = quotes & quoted & row;
        let closing = quotes & !quoted & row;
        let begins = stops << 1 | self.stopped;
        let behind = (closing << 1 | self.closed) & row;
        if behind & !stops != 0 || lines & quoted & row != 0 || !self.formulas(opening & !begins) {
            return None;
        }
        self.push(stops);
        if ends != 0 {
            let end = (self.base + ends.trailing_zeros()) as usize;
            return match (self.row.get(end), self.row.get(end + 1)) {
                (Some(b'\r'), Some(b'\n')) => Some(Some(end + 2)),
                (Some(b'\r'), None) => None,
                _ => Some(Some(end + 1)),
            };
        }
        self.base += 64;
        self.stopped = stops >> 63;
        self.closed = closing >> 63;
        self.inside = (quoted >> 63).wrapping_neg();
        Some(None)
    }

    /// Whether each of these quotes stands behind the `=` that a cell begins with.
    fn formulas(&self, mut quotes: u64) -> bool {
        while quotes != 0 {
            let at = (self.base + quotes.trailing_zeros()) as usize;
            let first = at == 1 || at > 1 && self.row.get(at - 2) == Some(&self.delimiter);
            if !first || self.row.get(at - 1) != Some(&b'=') {
                return false;
            }
            quotes &= quotes - 1;
        }
        true
    }

    /// The cells that end at the marked bytes of the block.
    #[inline]
    fn push(&mut self, mut stops: u64) {
        while stops != 0 {
            let (raw, end) = (self.start, self.base + stops.trailing_zeros());
            let (open, close) = match self.row.get(raw as usize) {
                Some(b'"') => (1, 1),
                Some(b'=') if self.row.get(raw as usize + 1) == Some(&b'"') => (2, 1),
                _ => (0, 0),
            };
            self.cells.push(Cell { raw, start: raw + open, end: end - close, aside: false });
            self.start = end + 1;
            stops &= stops - 1;
        }
    }
}

/// Each bit from an odd one of these up to the next, that one left out.
#[inline]
const fn pairs(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^ bits << 32
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
