//! Slices of a file in, orders out.

use super::{
    Columns, Orders,
    header::{self, Found, Layout},
    sniff,
    table::Table,
};
use crate::{
    error::{Error, Problems},
    input::csv::{self, Item, Reader},
};
use alloc::{boxed::Box, format, string::String, vec::Vec};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

/// What a buyer is known by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BuyerKey {
    /// The account or name that the export gives; none where it gives none.
    #[default]
    Account,
    /// The phone number: a substitute, used only where the user chooses it.
    Phone,
    /// A hash of receiver and address: a substitute, used only where the user chooses it.
    Receiver,
}

impl BuyerKey {
    /// How figures that rest on it name it; `None` for the buyer's own account.
    pub const fn standard(self) -> Option<&'static str> {
        match self {
            Self::Account => None,
            Self::Phone => Some("以手机号代替买家账号 / phone numbers in place of buyer accounts"),
            Self::Receiver => Some("以收货人和地址代替买家账号 / receiver and address in place of buyer accounts"),
        }
    }
}

/// How to read a file of orders.
#[derive(Clone, Debug, Default)]
pub struct OrderOptions {
    /// The user's own map of columns.
    pub columns: Option<Columns>,
    /// What a buyer is known by.
    pub buyer: BuyerKey,
}

/// What one file gave.
///
/// As JSON: `{"file", "platform", "rows", "orders", "columns": {our field: header}, "headers": [...], "excluded": [{"reason", "count"}],
/// "problems"}`.
#[derive(Clone, Debug)]
pub struct OrderFile {
    /// The file's name.
    pub file: String,
    /// `taobao pdd jd douyin shopify youzan generic`.
    pub platform: &'static str,
    /// Rows that were read and used.
    pub rows: u64,
    /// The orders.
    pub orders: Orders,
    /// Which header was taken for which of our fields; where the table is not known, which might be.
    pub columns: Vec<(&'static str, String)>,
    /// All headers of the file: what a map can choose from.
    pub headers: Vec<String>,
    /// What could not be read, and where.
    pub problems: Problems,
}

impl OrderFile {
    /// How many orders the file speaks of, those included whose list has not come yet.
    pub fn count(&self) -> usize {
        self.orders.len() + self.orders.waiting.as_ref().map_or(0, |waiting| waiting.len())
    }
}

impl Serialize for OrderFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Map<'a>(&'a [(&'static str, String)]);
        impl Serialize for Map<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(Some(self.0.len()))?;
                for (field, header) in self.0 {
                    map.serialize_entry(field, header)?;
                }
                map.end()
            }
        }
        #[derive(serde::Serialize)]
        struct Excluded {
            reason: &'static str,
            count: u64,
        }
        let excluded: Vec<Excluded> = self.orders.excluded.iter().map(|&(reason, count)| Excluded { reason, count }).collect();
        let mut s = serializer.serialize_struct("OrderFile", 8)?;
        s.serialize_field("file", &self.file)?;
        s.serialize_field("platform", self.platform)?;
        s.serialize_field("rows", &self.rows)?;
        s.serialize_field("orders", &self.count())?;
        s.serialize_field("columns", &Map(&self.columns))?;
        s.serialize_field("headers", &self.headers)?;
        s.serialize_field("excluded", &excluded)?;
        s.serialize_field("problems", &self.problems)?;
        s.end()
    }
}

/// Reads a whole file of orders; the bytes are UTF-8.
///
/// ```
/// use huashu::order::{self, State};
/// let file = order::read("a.csv", "订单编号,买家会员名,买家实际支付金额,订单状态\n=\"351\",tb小林,\"1,201.50\",交易成功\n".as_bytes(), &Default::default());
/// assert_eq!((file.platform, file.rows, file.orders.paid_amount[0]), ("taobao", 1, 120_150));
/// assert_eq!((file.orders.ids.get(0), file.orders.state[0]), (Some("351"), State::Received));
/// ```
pub fn read(file: &str, bytes: &[u8], options: &OrderOptions) -> OrderFile {
    let mut reader = OrderReader::new(file, options);
    reader.push(bytes);
    reader.finish()
}

/// How many bytes are looked at before anything is decided: which character separates the cells, and whether it is a table at all.
const SAMPLE: usize = 16 << 10;

/// How many rows may stand before the header.
const PREAMBLE: u32 = 30;

/// Reads a file of orders slice by slice. Where the slices are cut never shows in the result.
pub struct OrderReader {
    file: String,
    options: OrderOptions,
    problems: Problems,
    sample: Vec<u8>,
    csv: Option<Reader>,
    table: Option<Table>,
    /// Rows seen while no header was found, and the most promising of them.
    before: u32,
    best: Option<Box<Layout>>,
    /// What the file turned out to be instead of orders: reading goes no further.
    other: Option<Error>,
}

impl OrderReader {
    /// A reader of the file with this name.
    pub fn new(file: &str, options: &OrderOptions) -> Self {
        Self {
            file: file.into(),
            options: options.clone(),
            problems: Problems::default(),
            sample: Vec::new(),
            csv: None,
            table: None,
            before: 0,
            best: None,
            other: None,
        }
    }

    /// Takes in the next bytes, which are UTF-8; wrong ones cost their cell only.
    pub fn push(&mut self, mut bytes: &[u8]) {
        if self.csv.is_none() {
            let (head, rest) = bytes.split_at_checked(SAMPLE - self.sample.len()).unwrap_or((bytes, &[]));
            self.sample.extend_from_slice(head);
            if self.sample.len() < SAMPLE {
                return;
            }
            self.begin();
            bytes = rest;
        }
        self.feed(bytes);
    }

    /// What the file gave.
    pub fn finish(mut self) -> OrderFile {
        if self.csv.is_none() {
            self.begin();
        }
        if let Some(csv) = &mut self.csv {
            csv.close();
        }
        self.drain();
        let mut result = OrderFile {
            file: self.file,
            platform: "generic",
            rows: 0,
            orders: Orders::default(),
            columns: Vec::new(),
            headers: Vec::new(),
            problems: self.problems,
        };
        if let Some(table) = self.table {
            let (orders, layout, rows) = table.finish(&result.file, &mut result.problems);
            let waits = orders.waiting.is_some();
            result =
                OrderFile { platform: layout.dialect.platform, rows, orders, columns: layout.named(), headers: layout.headers, ..result };
            if waits {
                let message = "这是订单的补充表（宝贝明细或售后单），请同时导入订单报表 / this file only adds to orders (their lines or after-sale tickets): add the list of orders too";
                result.problems.push(Error::new("needs-orders", message).in_file(&*result.file));
            } else if rows == 0 && result.problems.count() == 0 {
                let message = "表里只有表头，没有订单 / the table has a header and no orders";
                result.problems.push(Error::new("no-rows", message).in_file(&*result.file));
            }
        } else {
            let error = self.other.unwrap_or_else(|| sniff::no_header(&self.sample, self.best.as_deref()));
            result.problems.push(error.in_file(&*result.file));
            if let Some(best) = self.best {
                result.columns = best.named();
                result.headers = best.headers;
            }
        }
        result
    }

    fn begin(&mut self) {
        self.other = sniff::foreign(&self.sample);
        let mut head: &[u8] = &self.sample;
        head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
        // Excel's own hint: a first line `sep=;`.
        let hint = match head {
            [b's', b'e', b'p', b'=', d, b'\r' | b'\n', ..] => Some(*d),
            _ => None,
        };
        self.csv = Some(Reader::new(hint.unwrap_or_else(|| csv::delimiter(head))));
        let sample = self.sample.clone();
        self.feed(&sample);
    }

    fn feed(&mut self, bytes: &[u8]) {
        for slice in bytes.chunks(csv::SLICE) {
            if self.other.is_some() {
                return;
            }
            if let Some(csv) = &mut self.csv {
                csv.push(slice);
            }
            self.drain();
        }
    }

    /// Works off the rows that are there.
    fn drain(&mut self) {
        let Self { file, options, problems, csv, table, before, best, other, .. } = self;
        let Some(csv) = csv else { return };
        while other.is_none() {
            let width = match (csv.next(), &mut *table) {
                (None, _) => return,
                (Some(Item::Flaw(flaw)), Some(_)) => {
                    problems.push(flaw.error(file));
                    continue;
                }
                (Some(Item::Flaw(_)), None) => {
                    *before += 1;
                    None
                }
                (Some(Item::Row(row)), Some(table)) => {
                    table.row(&row, file, problems);
                    continue;
                }
                (Some(Item::Row(row)), None) => {
                    let cells: Vec<String> = row.iter().take(4096).map(text).collect();
                    match header::recognise(&cells, options.columns.as_ref()) {
                        Found::Table(layout) => {
                            missing(&layout, row.line(), file, problems);
                            let width = layout.width();
                            *table = Some(Table::new(layout, options.buyer, &row));
                            Some(width)
                        }
                        Found::Report(what) => {
                            let message =
                                format!("这是平台报表（{what}），不是订单 / this is a report of the platform, not a list of orders");
                            *other = Some(Error::new("not-orders", message).at(row.line(), 1));
                            None
                        }
                        Found::Chat => {
                            *other = Some(sniff::chat("表格 / a table").at(row.line(), 1));
                            None
                        }
                        Found::Nothing(layout) => {
                            *before += 1;
                            // Of rows that tell equally much, the first with several cells is what the user takes for the header.
                            let worth = |layout: &Layout| (layout.named().len(), layout.width().min(2));
                            if best.as_ref().is_none_or(|best| worth(best) < worth(&layout)) {
                                *best = Some(layout);
                            }
                            None
                        }
                    }
                }
            };
            if let Some(width) = width {
                csv.set_width(width);
            } else if *before >= PREAMBLE && other.is_none() {
                *other = Some(sniff::no_header(&self.sample, best.as_deref()));
            }
        }
    }
}

/// A header cell as text.
fn text(cell: &[u8]) -> String {
    let cell = cell.get(..1000).unwrap_or(cell);
    String::from_utf8_lossy(super::cell::clean(cell)).into_owned()
}

/// Tells which headers of the user's map the file lacks.
fn missing(layout: &Layout, line: u32, file: &str, problems: &mut Problems) {
    for (field, header) in &layout.missing {
        let message = format!(
            "列映射里 {field} 对应的表头「{header}」不在这个文件里 / the header \"{header}\" that the column map names for {field} is not in this file"
        );
        problems.push(Error::new("missing-column", message).at(line, 1).in_file(file));
    }
}
