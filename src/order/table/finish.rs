//! What is left to do when all rows are in.

use super::{Table, marks::zeros_behind};
use crate::{
    error::{Error, Problems},
    order::{
        Fields, Orders, State,
        columns::{LINES_FINE, LINES_ROUGH, LINES_UNPAID, NAMELESS, PAID_BY_LINES, PAID_UNTIMED, UNPAID},
        dialect::Rows,
        header::{Layout, NOWHERE},
        read::BuyerKey,
    },
    sort,
};
use alloc::{boxed::Box, format};

/// What to do about order numbers that Excel has spoilt.
const AGAIN: &str = "请重新导出，要用 Excel 看时从“数据→自文本/CSV”导入，编号列设为文本";
const AGAIN_EN: &str = "export again; to look at it in Excel, import it by Data > From Text/CSV with that column as text";

/// Zeros in place of digits that cannot be there by chance, where most of the numbers have them.
const MANY_ZEROS: usize = 3;

impl Table {
    /// What is left to do when all rows are in.
    pub fn finish(mut self, file: &str, problems: &mut Problems) -> (Orders, Box<Layout>, u64) {
        self.number_buyers();
        let summed = self.sum_rows();
        self.mark();
        self.orders.derive(0..self.orders.len() as u32);
        // Another file may have some of the sub-orders alone.
        let unpaid = if self.layout.dialect.rows == Rows::Part { UNPAID & !LINES_UNPAID } else { UNPAID };
        for (marks, state) in self.orders.marks.iter_mut().zip(&self.orders.state) {
            *marks |= if *state == State::Unpaid { unpaid } else { 0 };
        }
        self.orders.sort_reasons();
        self.tell(summed, file, problems);
        let (fields, supplement) = (self.fields(), self.is_supplement());
        let mut orders = self.orders;
        orders.masked = self.masked > 0;
        // A single file can do without.
        (orders.line_chains, orders.part_chains) = Default::default();
        if supplement {
            // Nothing is known of these orders but what the supplement adds: they count once their list comes.
            let left_out = core::mem::take(&mut orders.left_out);
            orders = Orders { added: fields, waiting: (!orders.is_empty()).then(|| orders.into()), left_out, ..Orders::default() };
        } else {
            orders.fields = fields;
        }
        sort::plain(&mut orders.left_out);
        (orders, self.layout, self.rows)
    }

    /// Sums up amounts that turned out to be the rows' own; whether there are any.
    fn sum_rows(&mut self) -> bool {
        let mut summed = false;
        let Orders { ordered_amount, paid_amount, refund_amount, .. } = &mut self.orders;
        for (column, spread) in [ordered_amount, paid_amount, refund_amount].into_iter().zip(core::mem::take(&mut self.spread)) {
            if spread.differs {
                summed = true;
                for (slot, sum) in column.iter_mut().zip(spread.sums) {
                    *slot = sum;
                }
            }
        }
        summed
    }

    /// Marks the orders with what the columns do not say of them.
    fn mark(&mut self) {
        let level = match (self.has_lines, self.layout.dialect.rows) {
            (false, _) => 0,
            (true, Rows::Order) => LINES_ROUGH,
            (true, _) => LINES_FINE,
        };
        let by_lines = if self.adds_up_lines() { PAID_BY_LINES } else { 0 };
        let nameless = if self.at.id == NOWHERE { NAMELESS } else { 0 };
        self.orders.marks = alloc::vec![level | by_lines | nameless; self.orders.len()];
        for (orders, mark) in [(&self.untimed, PAID_UNTIMED), (&self.mangled, NAMELESS)] {
            for &order in orders {
                if let Some(marks) = self.orders.marks.get_mut(order as usize) {
                    *marks |= mark;
                }
            }
        }
    }

    /// Whether what was paid is what the lines add up to.
    fn adds_up_lines(&self) -> bool {
        let at = &self.at;
        self.layout.dialect.rows == Rows::Open && at.paid == NOWHERE && at.price != NOWHERE && at.quantity != NOWHERE
    }

    fn is_supplement(&self) -> bool {
        matches!(self.layout.dialect.rows, Rows::Detail | Rows::Ticket)
    }

    fn fields(&self) -> Fields {
        let has = |at: usize| at != NOWHERE;
        Fields {
            order_id: has(self.at.id),
            buyer: !self.orders.buyers.is_empty(),
            created_at: has(self.at.created) || self.layout.dialect.platform == "pdd",
            paid_at: has(self.at.paid_at),
            received_at: has(self.at.received),
            // Lines say no more of it than whether their prices may still change.
            state: has(self.at.state) && !self.is_supplement(),
            ordered_amount: has(self.at.ordered),
            paid_amount: has(self.at.paid) || self.adds_up_lines(),
            refund_amount: has(self.at.refund),
            sku: has(self.at.sku) || has(self.at.title),
            quantity: has(self.at.quantity),
            unit_price: has(self.at.price),
        }
    }

    /// What is to be said of the file as a whole.
    fn tell(&self, summed: bool, file: &str, problems: &mut Problems) {
        for (word, count, line) in self.states.unknown().chain(self.after_sale.unknown()) {
            let message = format!("不认识的状态「{word}」（{count} 行），未作猜测 / unknown state \"{word}\" (rows: {count}); not guessed");
            problems.push(Error::new("unknown-state", message).at(line, 1).in_file(file));
        }
        self.tell_numbers(file, problems);
        if summed {
            let message = "同一订单各行的金额不同，视为各行自己的金额并相加 / amounts differ between the rows of an order: they are taken as the rows' own and summed";
            problems.push(Error::new("amounts-per-row", message).in_file(file));
        }
        let key = self.buyer_key;
        let lacking = self.at.buyer == NOWHERE || (key == BuyerKey::Receiver && self.at.address == NOWHERE);
        if key != BuyerKey::Account && lacking && !self.is_supplement() {
            problems.push(key.no_column().in_file(file));
        } else if self.masked > 0 {
            problems.push(key.masked(self.masked).in_file(file));
        }
    }

    /// What is to be said of the order numbers.
    fn tell_numbers(&self, file: &str, problems: &mut Problems) {
        let lost = if self.at.id == NOWHERE { None } else { self.rounded() };
        if !self.mangled.is_empty() {
            let count = self.mangled.len();
            let message = format!(
                "{count} 个订单编号被 Excel 改成了科学计数法（1.23E+17），各行只能各算一单；{AGAIN} / order numbers that Excel turned into 1.23E+17: {count}; each such row counts as an order of its own: {AGAIN_EN}"
            );
            problems.push(Error::new("mangled-order-id", message).in_file(file));
        }
        if let Some(count) = lost {
            let message = format!(
                "{count} 个订单编号只剩前 15 位，后面都是 0（Excel 只保留 15 位），不同的订单会因此编号相同、并成一单；{AGAIN} / order numbers of which Excel kept 15 digits, with zeros behind: {count}; different orders may have become one: {AGAIN_EN}"
            );
            problems.push(Error::new("lost-digits", message).in_file(file));
        }
        // Where orders have become one for their numbers, that is what happened.
        if let ((count @ 1.., line), None) = (self.other_buyers, lost) {
            let message = format!(
                "{count} 行的买家和同一订单前面的行不同，各单按先出现的买家算；请核对订单编号 / rows that name another buyer than an earlier one of the same order: {count}; the first buyer counts: check the order numbers"
            );
            problems.push(Error::new("other-buyer", message).at(line, 1).in_file(file));
        }
        if let (count @ 1.., line) = self.same_guess {
            let header = self.layout.headers.get(self.at.guessed_id).map_or("", |header| header);
            let message = format!(
                "没有认出订单编号，每行各算一单；「{header}」像是订单编号，有 {count} 行和上一行相同：如果是，请用列映射把 order_id 指向它 / no column is known to be the order number, so each row counts as an order; \"{header}\" may be it, and rows where it is that of the row before are {count}: if so, map order_id to it"
            );
            problems.push(Error::new("guessed-order-id", message).at(line, 1).in_file(file));
        }
    }

    /// How many order numbers have lost their end, where most of the long ones have.
    fn rounded(&self) -> Option<usize> {
        let ids = &self.orders.ids;
        let (mut long, mut rounded, mut zeros) = (0, 0, 0);
        for lost in (0..ids.len()).filter_map(|at| zeros_behind(ids.bytes(at))) {
            long += 1;
            rounded += usize::from(lost > 0);
            zeros += lost;
        }
        (rounded * 2 > long && zeros >= MANY_ZEROS).then_some(rounded)
    }
}
