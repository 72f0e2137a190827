//! What the platforms' exports look like, as data: headers that tell them apart, the column of each field, how rows relate to
//! orders, and the words for states. Facts: exports of 2013–2026 as programs that read them name their headers.

mod generic;
mod known;
mod words;

pub(super) use generic::GENERIC;
pub(super) use known::{DIALECTS, OF_ORDERS};
pub(super) use words::{AFTER_SALE, REPORTS, SHOP_IDS, SHOPS, STATES, SUMMARIES};

use super::State;

/// What a column may hold: the fields of `--columns`, and what only platforms' exports have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Field {
    OrderId,
    Buyer,
    CreatedAt,
    PaidAt,
    ReceivedAt,
    State,
    OrderedAmount,
    PaidAmount,
    RefundAmount,
    Sku,
    Title,
    Quantity,
    UnitPrice,
    /// Number of the sub-order, or of the after-sale ticket.
    Part,
    /// Number of the sub-order that an after-sale ticket is about.
    PartOf,
    /// State of the after-sale.
    AfterSale,
    /// Time of cancelling: a filled one says that the order is closed.
    CancelledAt,
    /// How many kinds of goods the row stands for: a row of several has no SKU of its own.
    Kinds,
    /// Shipping: a word that says more than the payment state.
    Shipping,
    /// Given back beside the refund amount (freight, tax): added to it.
    MoreRefund,
    /// Substitute keys, used only where the user asks for them.
    Phone,
    Receiver,
    Address,
    /// Why the order was refunded or closed, in the platform's words.
    Reason,
    /// The shop that it is an order of.
    Shop,
}

impl Field {
    pub const COUNT: usize = 25;

    /// The field's name in `--columns`; `None` where users do not map it.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::OrderId => "order_id",
            Self::Buyer => "buyer",
            Self::CreatedAt => "created_at",
            Self::PaidAt => "paid_at",
            Self::ReceivedAt => "received_at",
            Self::State => "state",
            Self::OrderedAmount => "ordered_amount",
            Self::PaidAmount => "paid_amount",
            Self::RefundAmount => "refund_amount",
            Self::Sku => "sku",
            Self::Title => "title",
            Self::Quantity => "quantity",
            Self::UnitPrice => "unit_price",
            _ => return None,
        })
    }

    /// The fields that users map.
    pub const MAPPED: [Self; 13] = [
        Self::OrderId,
        Self::Buyer,
        Self::CreatedAt,
        Self::PaidAt,
        Self::ReceivedAt,
        Self::State,
        Self::OrderedAmount,
        Self::PaidAmount,
        Self::RefundAmount,
        Self::Sku,
        Self::Title,
        Self::Quantity,
        Self::UnitPrice,
    ];
}

/// How rows relate to orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// One row per order; the same order again is a later copy of it.
    Order,
    /// One row per SKU; what belongs to the order is repeated on each.
    Sku,
    /// One row per sub-order, each with its own share of the amounts and its own state.
    Part,
    /// One row per line; what belongs to the order stands on its first line only.
    Line,
    /// Lines of orders that another export lists.
    Detail,
    /// After-sale tickets of orders that another export lists.
    Ticket,
    /// Unknown: told by the rows themselves.
    Open,
}

/// One export of one platform.
#[derive(Debug)]
pub(super) struct Dialect {
    /// Platform id of the contract.
    pub platform: &'static str,
    pub rows: Rows,
    /// It is this export when all headers of one of these sets are there; of headers with a bar between them, one.
    pub marks: &'static [&'static [&'static str]],
    /// Headers of each field, the best first. Written without trailing brackets (`用户实付金额` stands for `用户实付金额(元)`).
    pub columns: &'static [(Field, &'static [&'static str])],
    pub states: &'static [(&'static str, State)],
}
