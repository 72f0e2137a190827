//! What products are called, where an export has a code beside: a code is what figures go by, a title what people know.

use super::{Names, Orders};
use alloc::vec::Vec;
use hashbrown::HashMap;

/// The title of each SKU of [`super::Orders::skus`]. Where there is none it takes no room.
#[derive(Clone, Debug, Default)]
pub struct Titles {
    names: Names,
    /// Number in `names`; `u32::MAX` where the SKU has no title. It may end before the SKUs do.
    of: Vec<u32>,
}

impl Titles {
    /// The title of a SKU; `None` where its export has none, or nothing but titles.
    pub fn get(&self, sku: u32) -> Option<&str> {
        self.names.get(*self.of.get(sku as usize)?)
    }

    /// Whether a SKU waits for its title.
    #[inline]
    pub(super) fn lacks(&self, sku: u32) -> bool {
        self.of.get(sku as usize).is_none_or(|title| *title == u32::MAX)
    }

    /// Writes down the title of a SKU.
    #[cold]
    pub(super) fn learn(&mut self, sku: u32, title: &[u8]) {
        let at = sku as usize;
        if title.is_empty() || sku == u32::MAX {
            return;
        }
        if self.of.len() <= at {
            self.of.resize(at + 1, u32::MAX);
        }
        if let Some(slot) = self.of.get_mut(at) {
            *slot = self.names.intern_bytes(title);
        }
    }

    /// Takes over what another file says of a SKU. Of two titles the one that comes first is kept, so that the order of files does
    /// not matter.
    pub(super) fn join(&mut self, sku: u32, other: &Self, from: u32) {
        let Some(title) = other.get(from) else { return };
        if self.get(sku).is_none_or(|known| title < known) {
            self.learn(sku, title.as_bytes());
        }
    }

    /// Bytes it takes up.
    pub(super) fn memory(&self) -> usize {
        self.names.memory() + 4 * self.of.capacity()
    }
}

impl Orders {
    /// Titles among the SKUs, which an export without codes names, each with the code beside which another has it: they are one product.
    /// A title that several codes have says too little.
    pub(crate) fn codes(&self) -> HashMap<u32, u32> {
        let mut codes = HashMap::new();
        for code in 0..self.skus.len() {
            let title = self.titles.get(code).and_then(|title| self.skus.find(title));
            if let Some(title) = title.filter(|title| self.titles.get(*title).is_none()) {
                codes.entry(title).and_modify(|known| *known = u32::MAX).or_insert(code);
            }
        }
        codes.retain(|_, code| *code != u32::MAX);
        codes
    }
}
