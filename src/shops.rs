//! Files of several shops that are read together: the figures are then those of all of them, and somebody has to say so.

use crate::{error::Error, input::bytes::same};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

/// How much each shop has of the orders or conversations of a file.
///
/// ```
/// use huashu::order;
/// let read = |name: &str, csv: &str| order::read(name, csv.as_bytes(), &Default::default());
/// let mut both = read("a.csv", "订单编号,实付金额,店铺名称\n1,10,青禾旗舰店\n2,20,云朵家居\n3,20,云朵家居\n");
/// assert!(both.notes.kept()[0].message().contains("云朵家居 2，青禾旗舰店 1"));
/// // Of two files that each hold one shop the later one says so.
/// let one = read("b.csv", "订单编号,实付金额,店铺名称\n1,10,青禾旗舰店\n");
/// let mut other = read("c.csv", "订单编号,实付金额,店铺名称\n2,20,云朵家居\n");
/// assert_eq!((one.notes.count(), other.notes.count()), (0, 0));
/// other.joins([&one]);
/// assert_eq!(other.notes.kept()[0].code(), "several-shops");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Shops {
    each: BTreeMap<String, u64>,
}

/// So many shops are named.
const NAMED: usize = 10;

impl Shops {
    /// The code of the note.
    pub(crate) const SEVERAL: &str = "several-shops";

    /// What is counted.
    pub(crate) const ORDERS: (&str, &str) = ("订单数", "orders");
    pub(crate) const CONVERSATIONS: (&str, &str) = ("对话数", "conversations");

    /// So many more of a shop; without a name they are of none that is known.
    pub(crate) fn add(&mut self, name: &str, count: u64) {
        if name.is_empty() || count == 0 {
            return;
        }
        match self.each.get_mut(name) {
            Some(known) => *known += count,
            None => drop(self.each.insert(String::from(name), count)),
        }
    }

    /// The shops with what each has, the most first.
    pub fn each(&self) -> Vec<(&str, u64)> {
        let mut each: Vec<(&str, u64)> = self.each.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        crate::sort::by_key(&mut each, |(_, count)| core::cmp::Reverse(*count));
        each
    }

    /// What to say of a file which adds another shop to those of the files before it, or holds several; `what` the files count.
    pub(crate) fn note<'a>(&'a self, before: impl IntoIterator<Item = &'a Self>, what: (&str, &str)) -> Option<Error> {
        let mut all = Self::default();
        before.into_iter().flat_map(|shops| &shops.each).for_each(|(name, count)| all.add(name, *count));
        let new = self.each.keys().any(|name| !all.each.contains_key(name));
        self.each.iter().for_each(|(name, count)| all.add(name, *count));
        if all.each.len() < 2 || !(new || self.each.len() > 1) {
            return None;
        }
        let each = all.each();
        let shown: Vec<String> = each.iter().take(NAMED).map(|(name, count)| format!("{} {count}", name.replace(" / ", "/"))).collect();
        let (more, count) = (if each.len() > NAMED { "…" } else { "" }, each.len());
        let message = format!(
            "读到了 {count} 家店铺的数据（各文件的{}：{}{more}），所有数字都是几家合在一起算的；要分开看，请每次只读一家店的文件，一个文件里有几家的先按店铺筛选再导出 / the files are of {count} shops ({} in them: {}{more}), and all figures are of these together; to see them apart read the files of one shop at a time, and export one shop at a time",
            what.0,
            shown.join("，"),
            what.1,
            shown.join(", "),
        );
        Some(Error::new(Self::SEVERAL, message))
    }
}

/// Counts rows by shop: of one after the other that is the same only the cell is compared.
#[derive(Default)]
pub(crate) struct Tally {
    cell: Vec<u8>,
    run: u64,
    shops: Shops,
}

impl Tally {
    /// One more in the shop that the cell names; `clean` takes what is no name off it.
    #[inline]
    pub fn add(&mut self, cell: &[u8], clean: fn(&[u8]) -> &[u8]) {
        if !same(&self.cell, cell) {
            self.turn(cell, clean);
        }
        self.run += 1;
    }

    #[cold]
    fn turn(&mut self, cell: &[u8], clean: fn(&[u8]) -> &[u8]) {
        self.shops.add(&String::from_utf8_lossy(clean(&self.cell)), self.run);
        self.cell.clear();
        self.cell.extend_from_slice(cell);
        self.run = 0;
    }

    /// All of them.
    pub fn finish(mut self, clean: fn(&[u8]) -> &[u8]) -> Shops {
        self.turn(&[], clean);
        self.shops
    }
}
