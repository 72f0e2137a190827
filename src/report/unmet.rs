//! What a list names and nobody is, as a note.

use super::mask_order;
use crate::error::Error;
use alloc::{format, string::String, vec::Vec};

/// So many are named.
const FEW: usize = 5;

/// The note that some entries of the list to leave out are no buyer's and no order's; `None` where there are none. The first few are
/// named, masked as in what is exported.
///
/// ```
/// use huashu::report::unmet;
/// let note = unmet(&["小林的号".into(), "26030100001".into()]).unwrap();
/// assert!(note.message().contains("2 个没有这样的买家或订单：小***号、260****0001 /"), "{note}");
/// assert_eq!(unmet(&[]), None);
/// ```
pub fn unmet(entries: &[String]) -> Option<Error> {
    let count = Some(entries.len()).filter(|count| *count > 0)?;
    let mut few = entries.iter().take(FEW).map(|entry| mask_order(entry)).collect::<Vec<_>>().join("、");
    if count > FEW {
        few.push('…');
    }
    let message = format!(
        "不计入的名单里有 {count} 个没有这样的买家或订单：{few} / of the list to exclude no buyer and no order is: {few} ({count})"
    );
    Some(Error::new("unmet-exclude", message))
}
