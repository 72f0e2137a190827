//! Slices of a file in, orders out.

use super::{
    Columns, Names, Orders,
    cell::clean,
    header::{self, Found, Layout},
    mapping::Named,
    merge::Repeated,
    sniff,
    table::Table,
};
use crate::{
    error::{Error, Problems},
    input::{
        csv::{Flaw, Item, Row},
        table::{Met, Rows, Source, missing_column, nul_bytes},
    },
    shops::Shops,
};
use alloc::{boxed::Box, format, string::String, vec::Vec};
use serde::ser::{Serialize, SerializeStruct, Serializer};

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

    /// Why orders have no buyer by this key, and what to export instead.
    pub const fn lacking(self) -> &'static str {
        match self {
            Self::Account => {
                "导出里没有买家标识：请导出带买家会员名（京东下单帐号、有赞买家手机号）的订单报表；拼多多、抖店的导出不含买家账号，可以改以手机号或收货人加地址区分买家，或用列映射另指一列区分买家 / the export names no buyers: export the orders with a buyer account (Taobao 买家会员名, JD 下单帐号, Youzan 买家手机号); exports of PDD and Douyin have none: tell buyers apart by phone number or by receiver and address instead, or name another column that tells buyers apart in a column map"
            }
            Self::Phone => {
                "没有可用的手机号（没有这一列，或带星号、加密、是虚拟号）：请导出含完整手机号的订单报表，或换一种方式区分买家 / no usable phone numbers (no such column, or masked, encrypted or virtual ones): export the orders with full phone numbers, or tell buyers apart in another way"
            }
            Self::Receiver => {
                "没有可用的收货人和地址（没有这些列，或带星号、加密）：请导出含完整收货信息的订单报表，或换一种方式区分买家 / no usable receivers and addresses (no such columns, or masked or encrypted): export the orders with full delivery data, or tell buyers apart in another way"
            }
        }
    }

    /// What it reads, for messages.
    const fn what(self) -> (&'static str, &'static str) {
        match self {
            Self::Account => ("买家名", "buyer names"),
            Self::Phone => ("手机号", "phone numbers"),
            Self::Receiver => ("收货人或地址", "receivers or addresses"),
        }
    }

    /// The problem of a file that has no column for it.
    pub(super) fn no_column(self) -> Error {
        let (zh, en) = self.what();
        let message = format!(
            "选了以{zh}区分买家，但这个文件没有这样的列；可用列映射把 buyer 指向能区分买家的列 / buyers are to be told apart by {en}, but this file has no such column; a column map can name another for buyer"
        );
        Error::new("no-buyer-key", message)
    }

    /// The problem of `count` cells that hide it.
    pub(crate) fn masked(self, count: u64) -> Error {
        let (zh, en) = self.what();
        let message = format!(
            "{count} 处{zh}带星号、加密或是虚拟号，无法区分买家，未使用 / {en} that are masked, encrypted or virtual and cannot tell buyers apart: {count}; not used"
        );
        Error::new("masked-buyer", message)
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
/// As JSON: `{"file", "platform", "rows", "orders", "columns": {our field: header}, "guessed": [our field], "headers": [...],
/// "excluded": [{"reason", "count"}], "damaged": [{"reason", "count"}], "notes", "problems"}`. `columns` is what `--columns` reads.
#[derive(Clone, Debug)]
pub struct OrderFile {
    /// The file's name.
    pub file: String,
    /// `taobao pdd jd douyin shopify youzan generic`.
    pub platform: &'static str,
    /// Rows that were read and used.
    pub rows: u64,
    /// The orders. Taken away, they leave a report of the file.
    pub orders: Orders,
    /// How many orders the file speaks of, those included whose list has not come yet.
    pub count: usize,
    /// Which header was taken for which of our fields, or might be.
    pub columns: Vec<(&'static str, String)>,
    /// The fields of `columns` whose header only resembles their names: it is offered, and nothing was read by it.
    pub guessed: Vec<&'static str>,
    /// All headers of the file: what a map can choose from.
    pub headers: Vec<String>,
    /// The first row under them, cut short: what helps to tell what a column holds. It is no part of the JSON, which may be passed on.
    pub sample: Vec<String>,
    /// Rows left out on purpose: reason and count.
    pub excluded: Vec<(&'static str, u64)>,
    /// What is damaged in rows that were read: `nul-bytes`, and cells with `broken-characters`.
    pub damaged: Vec<(&'static str, u64)>,
    /// What else is to be said: orders that had been read before.
    pub notes: Problems,
    /// What could not be read, and where.
    pub problems: Problems,
    /// The orders that the file adds to and that no list holds yet.
    unlisted: Names,
    /// How many orders each shop has, where the file names them.
    pub shops: Shops,
    /// What tells another file of the same rows.
    rows_hash: u64,
}

impl OrderFile {
    /// The code of the problem that a file only adds to orders of a list; [`OrderFile::has_list`] takes it back.
    const NEEDS_ORDERS: &str = "needs-orders";

    /// Once other files have come: takes back that the file needs a list of orders, or says which of its orders no list holds.
    ///
    /// ```
    /// use huashu::order;
    /// let mut lines = order::read("lines.csv", "订单编号,标题,价格,购买数量,商家编码\n1,布,5,2,s1\n2,线,5,2,s2\n".as_bytes(), &Default::default());
    /// assert!(lines.problems.kept()[0].message().contains("which do not count: 2 (1, 2)"));
    /// let list = order::read("list.csv", "订单编号,买家会员名,买家实际支付金额\n1,甲,10\n".as_bytes(), &Default::default());
    /// lines.has_list(&list.orders);
    /// assert!(lines.problems.kept()[0].message().contains("which do not count: 1 (2)"));
    /// ```
    pub fn has_list(&mut self, orders: &Orders) {
        let mut missing = Names::default();
        let ids = (0..self.unlisted.len()).filter_map(|at| self.unlisted.get(at));
        ids.filter(|id| orders.ids.find(id).is_none()).for_each(|id| {
            missing.intern(id);
        });
        self.unlisted = missing;
        self.tell_unlisted();
    }

    /// Notes that so many of its orders stand in files that were read before.
    ///
    /// ```
    /// use huashu::order;
    /// let csv = "订单编号,买家昵称,实付金额\n1,小林,10\n2,小周,20\n";
    /// let mut all = order::read("a.csv", csv.as_bytes(), &Default::default()).orders;
    /// let mut again = order::read("b.csv", csv.as_bytes(), &Default::default());
    /// let known = all.merge(std::mem::take(&mut again.orders));
    /// again.repeats(known);
    /// assert!(again.notes.kept()[0].message().contains("all orders of this file (2)"));
    /// // Another shop may count its orders from 1 as well.
    /// let mut other = order::read("c.csv", "订单编号,买家昵称,实付金额\n1,小周,10\n".as_bytes(), &Default::default());
    /// let known = all.merge(std::mem::take(&mut other.orders));
    /// other.repeats(known);
    /// assert_eq!(other.problems.kept()[0].code(), "other-buyer");
    /// ```
    pub fn repeats(&mut self, known: Repeated) {
        if known.other_buyer > 0 {
            let message = format!(
                "有 {0} 个订单编号之前读到过，但买家不同，按同一单算了：像是两家店各自从头编号，请每次只读一家店的文件 / order numbers that had been read before with another buyer: {0}; they were taken for the same orders: two shops may both count from 1, so read the files of one shop at a time",
                known.other_buyer
            );
            self.problems.push(Error::new("other-buyer", message).in_file(&*self.file));
        }
        let message = match known.orders {
            0 => return,
            all if all == self.count => format!(
                "这个文件的 {all} 个订单之前都已读到（同一个文件给了两次，或它包含在别的导出里），每单只计一次 / all orders of this file ({all}) had been read before (the file was given twice, or another export holds it); each counts once"
            ),
            some => format!("有 {some} 个订单之前已读到，每单只计一次 / orders that had been read before: {some}; each counts once"),
        };
        self.notes.push(Error::new("repeated-order", message).in_file(&*self.file));
    }

    /// Notes that orders of several shops are counted together: those of this file, and of those that were read before.
    pub fn joins<'a>(&mut self, before: impl IntoIterator<Item = &'a Self>) {
        if let Some(note) = self.shops.note(before.into_iter().map(|file| &file.shops), Shops::ORDERS) {
            self.notes.take_back(Shops::SEVERAL);
            self.notes.push(note.in_file(&*self.file));
        }
    }

    /// Looks for the same rows among the files that were read before, where no order was known by its number: lines and tickets that came
    /// twice count once, orders without numbers of their own do not.
    pub fn resembles<'a>(&mut self, orders: bool, before: impl IntoIterator<Item = &'a Self>) {
        let same = |other: &&Self| (other.count, other.rows, other.rows_hash) == (self.count, self.rows, self.rows_hash);
        let Some(other) = before.into_iter().filter(|_| self.count > 0).find(same) else { return };
        if !orders {
            return self.repeats(Repeated { orders: self.count, ..Repeated::default() });
        }
        let message = format!(
            "内容和 {0} 一样，但没有可用的订单编号，认不出是同一批订单，每一单都计了两次：请移除一个 / the same rows as in {0}; without usable order numbers they cannot be told to be the same, and each counts twice: remove one of the two",
            other.file
        );
        self.problems.push(Error::new("repeated-rows", message).in_file(&*self.file));
    }

    /// The numbers of the orders that it speaks of, as long as these have not been taken away.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        [&self.orders.ids, &self.unlisted].into_iter().flat_map(|names| (0..names.len()).filter_map(|at| names.get(at)))
    }

    fn tell_unlisted(&mut self) {
        self.problems.take_back(Self::NEEDS_ORDERS);
        if let Some(needed) = needs_orders(&self.unlisted) {
            self.problems.push(needed.in_file(&*self.file));
        }
    }
}

impl Serialize for OrderFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut s = serializer.serialize_struct("OrderFile", 11)?;
        s.serialize_field("file", &self.file)?;
        s.serialize_field("platform", self.platform)?;
        s.serialize_field("rows", &self.rows)?;
        s.serialize_field("orders", &self.count)?;
        s.serialize_field("columns", &Named(&self.columns))?;
        s.serialize_field("guessed", &self.guessed)?;
        s.serialize_field("headers", &self.headers)?;
        s.serialize_field("excluded", &excluded(&self.excluded))?;
        s.serialize_field("damaged", &excluded(&self.damaged))?;
        s.serialize_field("notes", &self.notes)?;
        s.serialize_field("problems", &self.problems)?;
        s.end()
    }
}

/// What is damaged, counted.
pub(crate) fn damaged(nuls: u64, broken: u64) -> Vec<(&'static str, u64)> {
    [("nul-bytes", nuls), ("broken-characters", broken)].into_iter().filter(|(_, count)| *count > 0).collect()
}

/// What was left out, as it stands in JSON.
#[derive(serde::Serialize)]
pub(crate) struct Excluded {
    reason: &'static str,
    count: u64,
}

pub(crate) fn excluded(counts: &[(&'static str, u64)]) -> Vec<Excluded> {
    counts.iter().map(|&(reason, count)| Excluded { reason, count }).collect()
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
    reader.expect(bytes.len() as u64);
    reader.push(bytes);
    reader.finish()
}

/// So many rows tell how many more will come in the bytes to come.
const ENOUGH: u64 = 256;

/// Reads a file of orders slice by slice. Where the slices are cut never shows in the result.
pub struct OrderReader(Source<Taken>);

/// What was taken in so far.
struct Taken {
    file: String,
    options: OrderOptions,
    problems: Problems,
    table: Option<Table>,
    /// The most promising of the rows seen while no header was found.
    best: Option<Box<Layout>>,
    /// The first row under the header, or under the most promising one.
    first: Vec<String>,
    /// The first line before the header that is no row: it may have been the header.
    flaw: Option<Flaw>,
    /// NUL bytes met.
    nuls: u64,
    /// About how many bytes will come, where that is known, and how many came.
    expected: u64,
    taken: u64,
}

impl OrderReader {
    /// A reader of the file with this name.
    pub fn new(file: &str, options: &OrderOptions) -> Self {
        Self(Source::new(Taken {
            file: file.into(),
            options: options.clone(),
            problems: Problems::default(),
            table: None,
            best: None,
            first: Vec::new(),
            flaw: None,
            nuls: 0,
            expected: 0,
            taken: 0,
        }))
    }

    /// Tells about how many bytes will come: room is then made for all orders at once, instead of moving them while they grow in number.
    ///
    /// ```
    /// use huashu::order::OrderReader;
    /// let mut reader = OrderReader::new("a.csv", &Default::default());
    /// reader.expect(500 << 20);
    /// reader.push("订单编号,实付金额\n1,10\n".as_bytes());
    /// assert_eq!(reader.finish().orders.paid_amount, [1000]);
    /// ```
    pub const fn expect(&mut self, bytes: u64) {
        self.0.rows.expected = bytes;
    }

    /// Takes in the next bytes, which are UTF-8; wrong ones cost their cell only.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.push(bytes);
    }

    /// What the file gave.
    pub fn finish(self) -> OrderFile {
        let (taken, other, sample) = self.0.finish();
        let mut result = OrderFile {
            file: taken.file,
            platform: "generic",
            rows: 0,
            orders: Orders::default(),
            count: 0,
            columns: Vec::new(),
            guessed: Vec::new(),
            headers: Vec::new(),
            sample: taken.first,
            excluded: Vec::new(),
            damaged: Vec::new(),
            notes: Problems::default(),
            problems: taken.problems,
            unlisted: Names::default(),
            shops: Shops::default(),
            rows_hash: 0,
        };
        let mut broken = 0;
        let layout = if let Some(mut table) = taken.table {
            broken = table.broken;
            result.shops = core::mem::take(&mut table.shops).finish(clean);
            result.joins([]);
            let (orders, layout, rows) = table.finish(&result.file, &mut result.problems);
            orders.unlisted().for_each(|id| {
                result.unlisted.intern(id);
            });
            result.platform = layout.dialect.platform;
            result.rows = rows;
            result.count = orders.len() + result.unlisted.len() as usize;
            result.excluded = orders.excluded();
            result.rows_hash = orders.rows_hash();
            result.orders = orders;
            result.tell_unlisted();
            if rows == 0 && result.problems.count() == 0 {
                let message = "表里只有表头，没有订单 / the table has a header and no orders";
                result.problems.push(Error::new("no-rows", message).in_file(&*result.file));
            }
            Some(layout)
        } else {
            let flaw = taken.flaw.map(|flaw| flaw.error(&result.file));
            let unread = flaw.is_some() && taken.best.is_none();
            let error = other.or_else(|| (!unread).then(|| sniff::no_header(&sample, taken.best.as_deref())));
            // Of another kind of file nobody expects the headers of a map.
            if let Some(best) = taken.best.as_deref().filter(|_| error.as_ref().is_some_and(|error| error.code() == "no-order-columns")) {
                missing(best, None, &result.file, &mut result.problems);
            }
            flaw.into_iter().chain(error.map(|error| error.in_file(&*result.file))).for_each(|error| result.problems.push(error));
            taken.best
        };
        result.damaged = damaged(taken.nuls, broken);
        if let Some(layout) = layout {
            (result.columns, result.guessed, result.headers) = (layout.named(), layout.guessed(), layout.headers);
        }
        result
    }
}

impl Rows for Taken {
    fn foreign(&self, sample: &[u8]) -> Option<Error> {
        sniff::foreign(sample)
    }

    fn headless(&self, sample: &[u8]) -> Error {
        sniff::no_header(sample, self.best.as_deref())
    }

    fn take(&mut self, item: Item<'_>) -> Met {
        match (item, &mut self.table) {
            (Item::Flaw(flaw), Some(_)) => {
                self.problems.push(flaw.error(&self.file));
                Met::Row
            }
            (Item::Flaw(flaw), None) => {
                self.flaw.get_or_insert(flaw);
                Met::Above
            }
            (Item::Row(row), Some(table)) => {
                if self.first.is_empty() {
                    self.first = glimpses(&row);
                }
                table.row(&row, &self.file, &mut self.problems);
                Met::Row
            }
            (Item::Row(row), None) => self.above(&row),
        }
    }

    fn damaged(&mut self, row: &Row<'_>, nuls: u64) {
        if self.table.is_some() {
            self.nuls += nuls;
            self.problems.push(nul_bytes(row, nuls).in_file(&*self.file));
        }
    }

    fn worked_off(&mut self, bytes: usize) {
        self.taken += bytes as u64;
        if let Some(table) = &mut self.table
            && table.rows >= ENOUGH
            && self.expected > self.taken
        {
            table.reserve(self.expected, self.taken);
            self.expected = 0;
        }
    }
}

impl Taken {
    /// A row while no header was found: it may be that.
    fn above(&mut self, row: &Row) -> Met {
        let cells: Vec<String> = row.iter().map(text).collect();
        match header::recognise(&cells, self.options.columns.as_ref()) {
            Found::Table(layout) => {
                missing(&layout, Some(row.line()), &self.file, &mut self.problems);
                self.first.clear();
                let width = layout.width();
                self.table = Some(Table::new(layout, self.options.buyer, row));
                Met::Header(width)
            }
            Found::Report(what) => {
                let message = format!(
                    "这是平台报表（{what}），不是订单，请作为其他表导入 / this is a report of the platform, not a list of orders: add it as a side table"
                );
                Met::Other(Error::new("not-orders", message).at(row.line(), 1))
            }
            Found::Chat => Met::Other(sniff::chat("表格 / a table").at(row.line(), 1)),
            Found::Nothing(layout) => {
                // Of rows that tell equally much, the first with several cells is what the user takes for the header; and one word of a
                // header may be a word of any row below it.
                let worth = |layout: &Layout| (layout.named().len(), layout.width().min(2));
                let filled = |layout: &Layout| layout.headers.iter().filter(|header| !header.is_empty()).count();
                let below = |best: &Layout| layout.named().len() < 2 && filled(best) >= filled(&layout);
                if self.best.as_ref().is_none_or(|best| worth(best) < worth(&layout) && !below(best)) {
                    self.best = Some(layout);
                    self.first.clear();
                } else if self.first.is_empty() {
                    self.first = glimpses(row);
                }
                Met::Above
            }
        }
    }
}

/// The beginnings of a row's cells.
fn glimpses(row: &Row) -> Vec<String> {
    row.iter().map(glimpse).collect()
}

/// The beginning of a cell.
fn glimpse(cell: &[u8]) -> String {
    String::from_utf8_lossy(clean(cell)).chars().take(40).collect()
}

/// A header cell as text.
pub(crate) fn text(cell: &[u8]) -> String {
    let cell = cell.get(..1000).unwrap_or(cell);
    String::from_utf8_lossy(clean(cell)).into_owned()
}

/// The problem that orders of a supplement stand in no list yet.
fn needs_orders(unlisted: &Names) -> Option<Error> {
    let count = unlisted.len();
    if count == 0 {
        return None;
    }
    let first = (0..3).filter_map(|at| unlisted.get(at)).collect::<Vec<_>>().join(", ");
    let (more, more_en) = if count > 3 { (" 等", " …") } else { ("", "") };
    let message = format!(
        "这是订单的补充表（宝贝明细、售后单或退款列表），其中有 {count} 个订单（{first}{more}）不在任何订单报表里，未计入；请同时导入包含它们的订单报表 / this file only adds to orders (their lines or refunds); orders of it that no list holds, which do not count: {count} ({first}{more_en}); add the list that holds them too"
    );
    Some(Error::new(OrderFile::NEEDS_ORDERS, message))
}

/// Tells which headers of the user's map the file lacks.
fn missing(layout: &Layout, line: Option<u32>, file: &str, problems: &mut Problems) {
    for (field, header) in &layout.missing {
        let problem = missing_column(field, header).in_file(file);
        problems.push(line.into_iter().fold(problem, |problem, line| problem.at(line, 1)));
    }
}
