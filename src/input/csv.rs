//! Tables of separated values, read in slices that may be cut anywhere.
//!
//! Cells are borrowed from the slice, not copied, and found sixty-four bytes at a step. Read is what shops' exports do to the
//! format: `="…"` outside of quoting, line ends of every kind, text behind a
//! closing quote, quotes that are never closed. On well-formed tables the cells are those of `csv-core` (a property test compares them).

mod delimiter;
mod find;
mod flaw;
mod row;

pub use delimiter::delimiter;
pub use flaw::{Fault, Flaw};
pub use row::Row;

use alloc::{collections::VecDeque, vec::Vec};
use find::{find, line_end, usual_row};
use row::Cell;

/// The longest row that is read, in bytes. A longer one is left out and listed.
pub const MAX_ROW: usize = 1 << 20;

/// The longest cell that is read, in bytes (Excel's own limit is 32,767 characters). A row with a longer one is left out and listed.
pub const MAX_CELL: usize = 128 << 10;

/// How many columns a table may have: as many as a sheet of Excel. Those behind are not read, which is listed with the header.
pub const MAX_COLUMNS: usize = 16_384;

/// How much of a slice is taken in at once: large enough to be quick, small enough to stay in the processor's cache.
pub const SLICE: usize = 1 << 17;

/// What [`Reader::next`] gives.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    /// A row. Whether it fits the table is for [`Row::flaw`] to say.
    Row(Row<'a>),
    /// Lines that are no row.
    Flaw(Flaw),
}

enum Step {
    Row,
    Flaw(Flaw),
}

/// How the search for the end of a row went. Places count from the row's beginning.
enum Scan {
    /// The row goes on behind what was given so far.
    More,
    /// It ends here (behind its line end), after so many line ends inside of quotes.
    End { end: usize, inner: u32 },
    /// A quote does not close as it should; so far the search went.
    Unclosed { reached: usize },
    /// [`MAX_ROW`] bytes without an end.
    TooLong,
}

/// Reads a table piece by piece: [`Reader::push`], then [`Reader::next`] until it gives nothing; at the end of the file
/// [`Reader::close`], then [`Reader::next`] again. Where the input is cut never shows in the result.
///
/// ```
/// use huashu::input::csv::{Item, Reader};
/// let mut reader = Reader::new(b',');
/// let mut rows = Vec::new();
/// for slice in ["订单编号,金额\r\n=\"20", "01\",\"1,200\"\n"] {
///     reader.push(slice.as_bytes());
///     while let Some(Item::Row(row)) = reader.next() {
///         rows.push((row.line(), String::from_utf8_lossy(row.get(0)).into_owned(), row.get(1).to_vec()));
///     }
/// }
/// assert_eq!(rows[1], (2, "2001".into(), b"1,200".to_vec()));
/// ```
///
/// **After an unclosed quote** the line on which it opened is lost, and so are the lines behind it until one parses on its own with
/// the table's number of columns. A quoted cell may hold line ends as long as each of its quotes stands where quotes may stand and the row
/// has the right number of cells. To stay linear on hostile input, the search for closing quotes gives up for the rest of the file (a line
/// end then always ends the row) once it has looked in vain at more than twice what was read.
#[derive(Clone, Debug)]
pub struct Reader {
    delimiter: u8,
    width: usize,
    buffer: Vec<u8>,
    /// Where the next row begins in the buffer, and the row that was found last.
    at: usize,
    row: (usize, usize, u32),
    /// Place of the buffer in the file.
    base: u64,
    line: u32,
    begun: bool,
    closed: bool,
    /// Bytes that must be there before the search for the end of the row is tried again.
    need: usize,
    recovering: bool,
    skipping: bool,
    lost: Option<Flaw>,
    /// Bytes looked at in vain for closing quotes.
    vain: u64,
    waiting: VecDeque<Flaw>,
    found: bool,
    cells: Vec<Cell>,
    /// The row that was found last had more cells than a table may have.
    wide: bool,
    aside: Vec<u8>,
}

impl Reader {
    /// A reader for the file that begins with these bytes: Excel's own first line `sep=;` tells what separates the cells, else
    /// [`delimiter`] does.
    pub fn open(sample: &[u8]) -> Self {
        let head = sample.strip_prefix("\u{feff}".as_bytes()).unwrap_or(sample);
        let hint = match head {
            [b's', b'e', b'p', b'=', d, b'\r' | b'\n', ..] => Some(*d),
            _ => None,
        };
        Self::new(hint.unwrap_or_else(|| delimiter(head)))
    }

    /// A reader of cells separated by `delimiter`.
    pub fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            width: 0,
            buffer: Vec::new(),
            at: 0,
            row: (0, 0, 1),
            base: 0,
            line: 1,
            begun: false,
            closed: false,
            need: 0,
            recovering: false,
            skipping: false,
            lost: None,
            vain: 0,
            waiting: VecDeque::new(),
            found: false,
            cells: Vec::new(),
            wide: false,
            aside: Vec::new(),
        }
    }

    /// Tells that the row at hand is the header, and how many columns the table has, which decides where to resume after an unclosed quote.
    pub fn set_width(&mut self, width: usize) {
        self.width = width;
        if self.wide {
            self.waiting.push_back(Flaw { line: self.row.2, fault: Fault::TooWide });
        }
    }

    /// Takes in the next bytes of the file. Give at most [`SLICE`] bytes at once to keep the memory small.
    pub fn push(&mut self, bytes: &[u8]) {
        self.base += self.at as u64;
        self.buffer.drain(..self.at);
        self.at = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Tells that the file ends here.
    pub const fn close(&mut self) {
        self.closed = true;
    }

    /// The next row or flaw; `None` until more is pushed, or at the end.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend its rows")]
    pub fn next(&mut self) -> Option<Item<'_>> {
        match self.step()? {
            Step::Flaw(flaw) => Some(Item::Flaw(flaw)),
            Step::Row => {
                let (start, end, line) = self.row;
                let bytes = self.buffer.get(start..end).unwrap_or(&[]);
                Some(Item::Row(Row { line, byte: self.base + start as u64, bytes, aside: &self.aside, cells: &self.cells }))
            }
        }
    }

    fn step(&mut self) -> Option<Step> {
        loop {
            if let Some(flaw) = self.waiting.pop_front() {
                return Some(Step::Flaw(flaw));
            }
            if core::mem::take(&mut self.found) {
                return Some(Step::Row);
            }
            if !self.begin() || !self.between_rows() {
                return None;
            }
            let pending = self.buffer.len() - self.at;
            if pending == 0 || (pending < self.need && !self.closed) {
                if self.closed {
                    self.waiting.extend(self.lost.take());
                    if !self.waiting.is_empty() {
                        continue;
                    }
                }
                return None;
            }
            match self.scan() {
                Scan::More => {
                    self.need = (2 * pending).min(MAX_ROW + 1).max(pending + 1);
                    return None;
                }
                Scan::End { end, inner } => {
                    self.need = 0;
                    let spare = || self.cells.iter().skip(self.width).all(|cell| cell.start == cell.end);
                    if self.recovering && self.width > 0 && (self.cells.len() < self.width || !spare()) {
                        self.lose(end);
                        continue;
                    }
                    self.recovering = false;
                    self.wide = self.cells.len() > MAX_COLUMNS;
                    self.cells.truncate(MAX_COLUMNS);
                    self.row = (self.at, self.at + end, self.line);
                    self.at += end;
                    self.line += inner + 1;
                    if self.lost.is_none() {
                        return Some(Step::Row);
                    }
                    self.waiting.extend(self.lost.take());
                    self.found = true;
                }
                Scan::Unclosed { reached } => {
                    self.need = 0;
                    let rest = self.buffer.get(self.at..).unwrap_or(&[]);
                    let end = line_end(rest);
                    self.vain += reached.saturating_sub(end) as u64;
                    self.recovering = true;
                    self.lose(end);
                }
                Scan::TooLong => {
                    self.need = 0;
                    self.waiting.extend(self.lost.take());
                    self.waiting.push_back(Flaw { line: self.line, fault: Fault::RowTooLong });
                    self.skipping = true;
                }
            }
        }
    }

    /// Drops a mark of the byte order. `false` until it can be told.
    fn begin(&mut self) -> bool {
        if !self.begun {
            const MARK: &[u8] = "\u{feff}".as_bytes();
            if self.buffer.len() < MARK.len() && !self.closed {
                return false;
            }
            if self.buffer.starts_with(MARK) {
                self.at = MARK.len();
            }
            self.begun = true;
        }
        true
    }

    /// Passes over line ends and over the rest of a row that was too long. `false` where more must come first.
    fn between_rows(&mut self) -> bool {
        if self.skipping {
            let rest = self.buffer.get(self.at..).unwrap_or(&[]);
            let end = find(rest, 0, b'\n', b'\r', b'\n');
            self.at += end;
            if end == rest.len() {
                return false;
            }
            self.skipping = false;
            if !self.pass_line_end() {
                self.skipping = true;
                return false;
            }
        }
        while matches!(self.buffer.get(self.at), Some(b'\n' | b'\r')) {
            if !self.pass_line_end() {
                return false;
            }
        }
        true
    }

    /// Passes over one line end; `false` where a `\r` may yet turn out to be the first half of one.
    fn pass_line_end(&mut self) -> bool {
        let rest = self.buffer.get(self.at..).unwrap_or(&[]);
        match rest {
            [b'\r'] if !self.closed => return false,
            [b'\r', b'\n', ..] => self.at += 2,
            _ => self.at += 1,
        }
        self.line += 1;
        true
    }

    /// Gives the line that begins here up for lost.
    fn lose(&mut self, length: usize) {
        match &mut self.lost {
            Some(Flaw { fault: Fault::Unclosed { lines }, line }) => *lines = self.line - *line + 1,
            _ => self.lost = Some(Flaw { line: self.line, fault: Fault::Unclosed { lines: 1 } }),
        }
        self.at += length;
        self.line += 1;
    }

    /// Finds the cells of the row that begins here.
    fn scan(&mut self) -> Scan {
        let Self { cells, aside, .. } = self;
        cells.clear();
        aside.clear();
        let rest = self.buffer.get(self.at..).unwrap_or(&[]);
        let row = rest.get(..MAX_ROW).unwrap_or(rest);
        let cut = rest.len() > MAX_ROW;
        let whole = self.closed && !cut;
        let one_line = self.recovering || self.vain > 2 * (self.base + self.at as u64) + MAX_ROW as u64;
        let delimiter = self.delimiter;
        // What quotes are made of is no usual matter where it separates cells (`sep="`, `sep==`).
        if !matches!(delimiter, b'"' | b'=') {
            if let Some(end) = usual_row(cells, row, delimiter) {
                return Scan::End { end, inner: 0 };
            }
            cells.clear();
        }
        let (mut at, mut inner) = (0, 0);
        // What it means that the bytes end here.
        let ended = |quoted: bool, inner: u32| match (quoted, cut) {
            (true, true) if inner > 0 => Scan::Unclosed { reached: MAX_ROW },
            (true, false) if whole => Scan::Unclosed { reached: row.len() },
            (false, true) if inner > 0 => Scan::Unclosed { reached: MAX_ROW },
            (_, true) => Scan::TooLong,
            _ => Scan::More,
        };
        loop {
            let raw = at;
            let opened = match row.get(at) {
                Some(b'"') => Some(at + 1),
                Some(b'=') if row.get(at + 1) == Some(&b'"') => Some(at + 2),
                _ => None,
            };
            let cell = if let Some(start) = opened {
                let kept = aside.len();
                let mut from = start;
                let mut search = start;
                let close = loop {
                    let next = find(row, search, b'"', b'\n', b'\r');
                    match row.get(next) {
                        None => return ended(true, inner),
                        Some(b'"') => match row.get(next + 1) {
                            Some(b'"') => {
                                aside.extend_from_slice(row.get(from..=next).unwrap_or(&[]));
                                from = next + 2;
                                search = from;
                            }
                            None if !whole => return ended(true, inner),
                            _ => break next,
                        },
                        Some(b'\r') if row.get(next + 1).is_none() && !whole => return ended(true, inner),
                        Some(_) if one_line => return Scan::Unclosed { reached: next },
                        Some(&end) => {
                            inner += u32::from(end == b'\n' || row.get(next + 1) != Some(&b'\n'));
                            search = next + 1;
                        }
                    }
                };
                at = close + 1;
                let behind = if row.get(at) == Some(&delimiter) { at } else { find(row, at, delimiter, b'\n', b'\r') };
                let tail = row.get(at..behind).unwrap_or(&[]);
                let tail_blank = tail.iter().all(|&b| b == b' ' || b == b'\t');
                if !tail_blank && inner > 0 {
                    return Scan::Unclosed { reached: behind };
                }
                at = behind;
                if aside.len() == kept && tail_blank {
                    Cell { raw: raw as u32, start: from as u32, end: close as u32, aside: false }
                } else {
                    aside.extend_from_slice(row.get(from..close).unwrap_or(&[]));
                    if !tail_blank {
                        aside.extend_from_slice(tail);
                    }
                    Cell { raw: raw as u32, start: kept as u32, end: aside.len() as u32, aside: true }
                }
            } else {
                at = find(row, at, delimiter, b'\n', b'\r');
                Cell { raw: raw as u32, start: raw as u32, end: at as u32, aside: false }
            };
            cells.push(cell);
            match row.get(at) {
                Some(b'\n') => return Scan::End { end: at + 1, inner },
                Some(b'\r') => match row.get(at + 1) {
                    Some(b'\n') => return Scan::End { end: at + 2, inner },
                    None if !whole => return ended(false, inner),
                    _ => return Scan::End { end: at + 1, inner },
                },
                Some(_) => at += 1,
                None if whole => return Scan::End { end: at, inner },
                None => return ended(false, inner),
            }
            if inner > 0 && self.width > 0 && cells.len() > self.width {
                return Scan::Unclosed { reached: at };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{
        format,
        string::{String, ToString},
        vec,
    };
    use proptest::prelude::*;

    /// Rows as line and text, flaws as line and code.
    fn read(bytes: &[u8], cuts: &[usize], width: usize) -> Vec<(u32, String)> {
        let mut reader = Reader::new(b',');
        reader.set_width(width);
        let mut seen = Vec::new();
        let mut from = 0;
        for &cut in cuts.iter().chain(&[bytes.len()]) {
            let cut = cut.clamp(from, bytes.len());
            reader.push(&bytes[from..cut]);
            from = cut;
            drain(&mut reader, &mut seen);
        }
        reader.close();
        drain(&mut reader, &mut seen);
        seen
    }

    fn drain(reader: &mut Reader, seen: &mut Vec<(u32, String)>) {
        while let Some(item) = reader.next() {
            seen.push(match item {
                Item::Row(row) => {
                    let cells: Vec<String> = row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
                    (row.line(), cells.join("|"))
                }
                Item::Flaw(flaw) => (flaw.line, format!("{:?}", flaw.fault)),
            });
        }
    }

    fn whole(text: &str, width: usize) -> Vec<(u32, String)> {
        read(text.as_bytes(), &[], width)
    }

    #[test]
    fn cells_as_exports_write_them() {
        for (text, cells) in [
            ("a,b,c", "a|b|c"),
            ("\"a\",\"b,c\"", "a|b,c"),
            ("\"a\"\"b\",c", "a\"b|c"),
            ("=\"0123\",\"x\"", "0123|x"),
            ("=\"a,b\",c", "a,b|c"),
            ("=\"\",c", "|c"),
            ("a\"b\",c", "a\"b\"|c"),
            ("=a,c", "=a|c"),
            ("\"a\"b,c", "ab|c"),
            ("\"a\" ,c", "a|c"),
            (",", "|"),
            ("\"\"", ""),
            ("\u{feff}a,b", "a|b"),
            ("a\0b,c", "a\0b|c"),
            ("\"a\nb\",c", "a\nb|c"),
        ] {
            assert_eq!(whole(text, 0), [(1, cells.to_string())], "{text:?}");
        }
    }

    #[test]
    fn line_ends_of_every_kind() {
        let want = vec![(1, "a|b".to_string()), (2, "c|d".into()), (3, "e|f".into()), (6, "g|h".into())];
        assert_eq!(whole("a,b\r\nc,d\re,f\n\n\r\ng,h", 2), want);
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_its_line() {
        let kept = |text: &str| whole(text, 3);
        let good = |line: u32, text: &str| (line, text.to_string());
        // Nothing closes it.
        assert_eq!(
            kept("a,b,c\n1,\"x,2\n3,y,4\n5,z,6\n"),
            [good(1, "a|b|c"), good(2, "Unclosed { lines: 1 }"), good(3, "3|y|4"), good(4, "5|z|6")]
        );
        // The next row's quotes would close it.
        assert_eq!(
            kept("\"a\",\"b\",\"c\"\n\"1\",\"x\",\"2\n\"3\",\"y\",\"4\"\n\"5\",\"z\",\"6\"\n"),
            [good(1, "a|b|c"), good(2, "Unclosed { lines: 1 }"), good(3, "3|y|4"), good(4, "5|z|6")]
        );
        // So would they here, with the right number of cells.
        assert_eq!(kept("a,b,c\n1,\"x\n3,\"y\",4\n"), [good(1, "a|b|c"), good(2, "Unclosed { lines: 1 }"), good(3, "3|y|4")]);
        // What was inside does not parse either.
        assert_eq!(kept("a,b,c\n1,\"x\nfoo\nbar\n\n5,z,6\n"), [good(1, "a|b|c"), good(2, "Unclosed { lines: 3 }"), good(6, "5|z|6")]);
        // The file ends inside.
        assert_eq!(kept("a,b,c\n1,2,\"x"), [good(1, "a|b|c"), good(2, "Unclosed { lines: 1 }")]);
        // A cell of several lines is none.
        assert_eq!(kept("a,b,c\n1,\"x\ny\n\",2\n3,4,5\n"), [good(1, "a|b|c"), good(2, "1|x\ny\n|2"), good(5, "3|4|5")]);
    }

    #[test]
    fn a_line_end_cut_in_two_is_one_line_end_also_after_an_unclosed_quote() {
        let table = b"\"a\",\"b\"\n\"\r\n=\"\",x".repeat(3_000);
        let whole = read(&table, &[], 2);
        for slice in 1..=7 {
            let cuts: Vec<usize> = (0..table.len()).step_by(slice).collect();
            assert_eq!(read(&table, &cuts, 2), whole, "slices of {slice} bytes");
        }
    }

    #[test]
    fn limits() {
        let long = "x".repeat(MAX_ROW + 10);
        let text = format!("a,b\n{long},1\n2,3\n\"{long}\",4\n5,6\n");
        let flaw = "RowTooLong".to_string();
        assert_eq!(whole(&text, 2), [(1, "a|b".into()), (2, flaw.clone()), (3, "2|3".into()), (4, flaw), (5, "5|6".into())]);
        let mut reader = Reader::new(b',');
        reader.push(format!("{},1\n", "x".repeat(MAX_CELL + 1)).as_bytes());
        reader.push(format!("{},1\n", "x".repeat(MAX_CELL)).as_bytes());
        let mut flaws = Vec::new();
        while let Some(Item::Row(row)) = reader.next() {
            flaws.push(row.flaw(2).map(|flaw| flaw.fault));
        }
        assert_eq!(flaws, [Some(Fault::CellTooLong), None]);
    }

    #[test]
    fn rows_that_do_not_fit() {
        let fault = |text: &str, width| {
            let mut reader = Reader::new(b',');
            reader.push(text.as_bytes());
            reader.close();
            match reader.next() {
                Some(Item::Row(row)) => row.flaw(width).map(|flaw| flaw.fault),
                _ => panic!("no row"),
            }
        };
        assert_eq!(fault("a,b", 2), None);
        assert_eq!(fault("a,b,", 2), None);
        assert_eq!(fault("a,b,, ", 2), None);
        assert_eq!(fault("a,b,c", 2), Some(Fault::TooMany { found: 3, wanted: 2 }));
        assert_eq!(fault("a,b", 3), Some(Fault::TooFew { found: 2, wanted: 3 }));
    }

    #[test]
    fn places_count_characters() {
        let mut reader = Reader::new(b',');
        reader.push("一,\"二\n三\",=\"四\",五\n".as_bytes());
        let Some(Item::Row(row)) = reader.next() else { panic!("no row") };
        assert_eq!([row.place(0), row.place(1), row.place(2), row.place(3)], [(1, 1), (1, 3), (2, 4), (2, 9)]);
    }

    #[test]
    fn hostile_quotes_take_linear_time() {
        // Every line opens a quote that the next one closes and opens again: without a bound each line would be searched to the limit.
        for text in ["a\",\"b\n", "\"\"\"x\n", "x,\"\n", "\"a\"\"\n"] {
            let text = text.repeat(300_000);
            let mut reader = Reader::new(b',');
            reader.set_width(5000);
            reader.push(text.as_bytes());
            reader.close();
            while reader.next().is_some() {}
            assert!(reader.vain <= 3 * (text.len() as u64 + 2 * MAX_ROW as u64), "{}", reader.vain);
        }
    }

    #[test]
    fn separators() {
        assert_eq!(delimiter(b"a\tb\tc\n1,5\t2\t3\n"), b'\t');
        assert_eq!(delimiter(b"\"a;x\",b\n\"c;y\",d\n"), b',');
        assert_eq!(delimiter(b""), b',');
    }

    fn oracle(text: &[u8]) -> Vec<String> {
        let mut reader = csv_core::Reader::new();
        let (mut rows, mut input) = (Vec::new(), text);
        let (mut out, mut ends) = (vec![0; 10_000], vec![0; 1000]);
        let (mut filled, mut cells) = (0, 0);
        loop {
            let (result, read, wrote, ended) = reader.read_record(input, &mut out[filled..], &mut ends[cells..]);
            input = &input[read..];
            filled += wrote;
            cells += ended;
            match result {
                csv_core::ReadRecordResult::Record => {
                    let mut from = 0;
                    let texts = ends[..cells]
                        .iter()
                        .map(|&end| String::from_utf8_lossy(&out[core::mem::replace(&mut from, end)..end]).into_owned());
                    rows.push(texts.collect::<Vec<_>>().join("|"));
                    (filled, cells) = (0, 0);
                }
                csv_core::ReadRecordResult::End => return rows,
                csv_core::ReadRecordResult::InputEmpty => {}
                _ => panic!("buffers are large enough"),
            }
        }
    }

    proptest! {
        #[test]
        fn well_formed_tables_read_as_csv_core_reads_them(
            rows in proptest::collection::vec(proptest::collection::vec("[ab,\"\n\r=小']{0,6}", 2..5), 0..8),
            end in proptest::sample::select(vec!["\n", "\r\n", "\r"]),
        ) {
            let mut text = String::new();
            for row in &rows {
                let cells: Vec<String> = row.iter().map(|cell| {
                    let quote = cell.contains([',', '"', '\n', '\r']) || cell.starts_with('=');
                    if quote { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
                }).collect();
                text.push_str(&cells.join(","));
                text.push_str(end);
            }
            let ours: Vec<String> = whole(&text, 0).into_iter().map(|(_, row)| row).collect();
            prop_assert_eq!(ours, oracle(text.as_bytes()));
        }

        #[test]
        fn cells_are_the_same_whichever_way_they_are_found(
            cells in proptest::collection::vec(r#"[ab =小]{0,12}|"[ab,=小]{0,70}"|="[0-9,]{0,30}""#, 0..6),
            odd in r#"[ab=]{0,3}"|a=="a"|"[a,]{0,9}""[a,]{0,9}"|"[a,]{0,9}"( |a)"#,
            place in 0_usize..6,
        ) {
            let mut spoilt = cells.clone();
            spoilt.insert(place.min(cells.len()), odd);
            // Wherever the blocks of bytes end in them.
            for (cells, ahead) in [&cells, &spoilt].into_iter().flat_map(|cells| (0..64).map(move |ahead| (cells, "x".repeat(ahead)))) {
                // A cell that goes on behind its quotes is none of a usual row.
                let [usual, other] = [",z", ",\"y\"z"].map(|last| whole(&(ahead.clone() + "," + &cells.join(",") + last + "\n"), 0));
                let row = |rows: Vec<(u32, String)>, last| match &rows[..] {
                    [(1, row)] => row.strip_suffix(last).map(String::from),
                    _ => None,
                };
                prop_assert_eq!(row(usual, "|z"), row(other, "|yz"));
            }
        }

        #[test]
        fn any_delimiter(
            text in "[ab=\"\n]{0,40}",
            delimiter in proptest::sample::select(b"ab=\"\n,\0".to_vec()),
            cut in 0_usize..40,
        ) {
            let rows = |cut: usize| {
                let mut reader = Reader::new(delimiter);
                let mut rows = Vec::new();
                let (head, rest) = text.split_at(cut.min(text.len()));
                for piece in [head, rest, ""] {
                    reader.push(piece.as_bytes());
                    if piece.is_empty() {
                        reader.close();
                    }
                    drain(&mut reader, &mut rows);
                }
                rows
            };
            prop_assert_eq!(rows(cut), rows(0));
        }

        #[test]
        fn where_the_input_is_cut_never_shows(
            text in "([ab1,小\"=\n\r\t]|\"\"|\r\n|a,b,c\n){0,60}",
            cuts in proptest::collection::vec(0_usize..90, 0..12),
            width in 0_usize..5,
        ) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            prop_assert_eq!(read(text.as_bytes(), &cuts, width), read(text.as_bytes(), &[], width));
        }

        #[test]
        fn any_bytes(bytes: Vec<u8>, width in 0_usize..4) {
            let every: Vec<usize> = (0..bytes.len()).collect();
            prop_assert_eq!(read(&bytes, &every, width), read(&bytes, &[], width));
        }
    }
}
