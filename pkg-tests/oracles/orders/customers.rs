//! Stages, layers, segments and the time to the second purchase.

use super::{inquiries::contacts, *};

/// A buyer's history.
#[derive(Clone, Debug, Default)]
struct Buyer {
    days: BTreeSet<i64>,
    orders: i64,
    cents: i64,
    /// Orders whose amount is known.
    priced: i64,
}

impl Buyer {
    /// Whether the mean of the known amounts is at least that of all; nobody knows without one.
    fn spends(&self, all: &BTreeMap<u8, Buyer>) -> bool {
        let (cents, priced) = all.values().fold((0, 0), |(c, n), b| (c + b.cents, n + b.priced));
        self.priced > 0 && self.cents * priced >= cents * self.priced
    }
}

/// What the definitions say of customers.
impl Oracle<'_> {
    /// Buyers with a purchase day up to and with a day.
    fn history(&self, until: i64) -> BTreeMap<u8, Buyer> {
        let mut buyers: BTreeMap<u8, Buyer> = BTreeMap::new();
        for row in self.paid(Some(Period { from: Day(-700_000), to: Day(until as i32) })) {
            let Some(number) = row.buyer else { continue };
            let buyer = buyers.entry(number).or_default();
            buyer.days.insert(row.paid.or(row.created).unwrap().div_euclid(DAY));
            buyer.orders += 1;
            buyer.cents += row.amount.unwrap_or(0);
            buyer.priced += i64::from(row.amount.is_some());
        }
        buyers
    }

    fn layers(&self, until: i64, contacts: &[Contact]) -> BTreeMap<u8, &'static str> {
        let cuts = &self.options.cuts;
        let buyers = self.history(until);
        let layer = |(number, buyer): (&u8, &Buyer)| {
            let wrote =
                contacts.iter().filter(|c| c.buyer == Some(format!("买家{number}"))).map(|c| i64::from(c.asked_at.unwrap().day().0));
            let active = wrote.filter(|day| *day <= until).chain(buyer.days.last().copied()).max().unwrap();
            let layer = if until - active > i64::from(cuts.risk_low) {
                "dormant"
            } else if buyer.days.len() >= cuts.core_days as usize && until - active <= i64::from(cuts.core_active) && buyer.spends(&buyers)
            {
                "core"
            } else {
                "potential"
            };
            (*number, layer)
        };
        buyers.iter().map(layer).collect()
    }

    /// Of the buyers of a layer before the period, those with a purchase day in it.
    fn came_back(&self, layer: &str, contacts: &[Contact]) -> Option<(usize, usize)> {
        let period = self.options.period?;
        let before: Vec<u8> =
            self.layers(i64::from(period.from.0) - 1, contacts).into_iter().filter(|(_, l)| *l == layer).map(|(b, _)| b).collect();
        let now = self.days(&self.paid(Some(period)));
        Some((before.iter().filter(|buyer| now.contains_key(buyer)).count(), before.len()))
    }

    fn days_of_orders(&self) -> Vec<i64> {
        self.rows().into_iter().flat_map(|row| [row.created, row.paid]).flatten().map(|time| time.div_euclid(DAY)).collect()
    }

    /// The first day of the orders.
    pub(super) fn first_day(&self) -> Option<i64> {
        self.days_of_orders().into_iter().min()
    }

    /// Whether a period is asked for that ends before the orders begin, or begins after they end.
    pub(super) fn beyond_orders(&self) -> bool {
        self.beyond(&self.days_of_orders())
    }

    /// The same of chats.
    pub(super) fn beyond_chats(&self, contacts: &[Contact]) -> bool {
        self.beyond(&contacts.iter().map(|c| i64::from(c.asked_at.unwrap().day().0)).collect::<Vec<_>>())
    }

    /// From the first day of the chats to the last one on which an order can follow them.
    pub(super) fn heard(&self, contacts: &[Contact]) -> RangeInclusive<i64> {
        let days: Vec<i64> = contacts.iter().map(|c| i64::from(c.asked_at.unwrap().day().0)).collect();
        *days.iter().min().unwrap()..=days.iter().max().unwrap() + i64::from(self.options.window)
    }

    /// Whether the orders are of other days than those on which one can follow the chats of the period.
    pub(super) fn apart(&self, contacts: &[Contact]) -> bool {
        let window = i64::from(self.options.window);
        let (orders, heard) = (self.days_of_orders(), self.heard(contacts));
        let Some((first, last)) = orders.iter().min().zip(orders.iter().max()) else { return false };
        let asked = |day: &i64| self.options.period.is_none_or(|period| (period.from.0..=period.to.0).contains(&(*day as i32)));
        let mut days = (*heard.start()..=heard.end() - window).filter(asked);
        !days.any(|day| day <= *last && *first <= day + window)
    }

    fn beyond(&self, days: &[i64]) -> bool {
        let Some((first, last)) = days.iter().min().zip(days.iter().max()) else { return false };
        self.options.period.is_some_and(|period| i64::from(period.to.0) < *first || *last < i64::from(period.from.0))
    }

    /// The last day of orders and chats.
    fn last_day(&self, contacts: &[Contact]) -> Option<i64> {
        let rows = self.rows();
        let orders = rows.iter().flat_map(|row| [row.created, row.paid]).flatten().map(|time| time.div_euclid(DAY));
        orders.chain(contacts.iter().map(|c| i64::from(c.asked_at.unwrap().day().0))).max()
    }

    /// Group and number of buyers of every table of customers, as text.
    fn customers(&self, contacts: &[Contact]) -> BTreeMap<String, usize> {
        let mut out: BTreeMap<String, usize> = BTreeMap::new();
        let today = self.last_day(contacts).unwrap();
        let buyers = self.history(today);
        let cuts = &self.options.cuts;
        for layer in self.layers(today, contacts).values() {
            *out.entry(format!("layers {layer}")).or_default() += 1;
        }
        let recency = |b: &Buyer| (today - b.days.last().unwrap()) as f64;
        let middle = |of: &dyn Fn(&Buyer) -> Option<f64>| {
            let mut values: Vec<f64> = buyers.values().filter_map(of).collect();
            let number = values.len() as f64;
            values.sort_by(f64::total_cmp);
            let (a, b) = (values.get((values.len().max(1) - 1) / 2), values.get(values.len() / 2));
            if cuts.rfm.median { a.zip(b).map_or(0.0, |(a, b)| (a + b) / 2.0) } else { values.iter().sum::<f64>() / number }
        };
        let (frequency, money) = (|b: &Buyer| b.days.len() as f64, |b: &Buyer| b.cents as f64);
        let known = |b: &Buyer| (b.priced > 0).then(|| money(b));
        let means = [middle(&|b| Some(recency(b))), middle(&|b| Some(frequency(b))), middle(&known)];
        for buyer in buyers.values() {
            let recent = recency(buyer) <= cuts.rfm.recency.map_or(means[0], f64::from);
            let frequent = cuts.rfm.frequency.map_or(frequency(buyer) > means[1], |own| frequency(buyer) >= f64::from(own));
            let valuable = cuts.rfm.monetary.map_or(money(buyer) > means[2], |own| buyer.cents >= own);
            if buyer.priced > 0 {
                *out.entry(format!("rfm {recent} {frequent} {valuable}")).or_default() += 1;
            }
            let times = ["first", "second", "third"][buyer.days.len().min(3) - 1];
            *out.entry(format!("purchase_count {times}")).or_default() += 1;
            let days = recency(buyer) as u32;
            let stage = match buyer.days.len() {
                _ if days > cuts.risk_low => "dormant",
                _ if days > cuts.risk_high => "risk_low",
                _ if days > cuts.active => "risk_high",
                1 if days <= cuts.care => "new_care",
                1 if days <= cuts.related => "new_related",
                1 => "new_offer",
                _ => "old",
            };
            *out.entry(format!("lifecycle {stage}")).or_default() += 1;
            // All days lie in January or February.
            let month = |day: i64| if day < START + 31 { 0 } else { 1 };
            let first = *buyer.days.first().unwrap();
            let months: BTreeSet<i64> = buyer.days.iter().filter(|day| **day != first).map(|day| month(*day) - month(first)).collect();
            for after in months {
                *out.entry(format!("cohorts {} {after}", month(first) + 1)).or_default() += 1;
            }
        }
        out
    }

    /// Share of first-time buyers who bought again within so many days: the product over all days up to it of those who did not, of
    /// those still watched.
    fn second_purchase(&self, contacts: &[Contact], within: i64) -> (usize, usize, f64) {
        let today = self.last_day(contacts).unwrap();
        let spans: Vec<(i64, bool)> = self
            .history(today)
            .values()
            .map(|b| {
                let mut days = b.days.iter();
                let first = days.next().unwrap();
                days.next().map_or((today - first, false), |second| (second - first, true))
            })
            .collect();
        let mut left = 1.0;
        for day in 0..=within {
            let watched = spans.iter().filter(|(span, _)| *span >= day).count() as f64;
            let again = spans.iter().filter(|span| **span == (day, true)).count() as f64;
            left *= if watched > 0.0 { 1.0 - again / watched } else { 1.0 };
        }
        let watched = spans.iter().filter(|(span, _)| *span > within).count();
        (watched, spans.iter().filter(|(span, again)| *again && *span <= within).count(), 1.0 - left)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn customers_agree(table in table(), options in options(), contacts in contacts()) {
        let facts = Facts { orders: read(&csv(&table, 0..table.rows.len())), contacts: contacts.clone(), ..Facts::default() };
        let figures = measure(&facts, &options);
        let oracle = Oracle { table: &table, options: &options };
        for (id, layer) in [("customers.core_repurchase_rate", "core"), ("customers.wake_up_rate", "dormant")] {
            let ours = figures.get(id).unwrap();
            prop_assert!(!oracle.beyond_orders() || ours.value.is_none(), "{ours:?}");
            if ours.denominator.is_some() {
                let (part, whole) = oracle.came_back(layer, &contacts).unwrap();
                prop_assert_eq!((ours.numerator, ours.denominator), (Some(part as f64), Some(whole as f64)), "{}", id);
            }
        }
        let tables = &figures.tables;
        if tables.layers.is_empty() {
            return Ok(());
        }
        let mut ours: BTreeMap<String, usize> = BTreeMap::new();
        let groups = [("layers", &tables.layers), ("lifecycle", &tables.lifecycle), ("purchase_count", &tables.purchase_count)];
        for (id, row) in groups.iter().flat_map(|(id, rows)| rows.iter().map(move |row| (id, row))).filter(|(_, row)| row.group != "prospect") {
            ours.insert(format!("{id} {}", row.group), row.buyers as usize);
        }
        for row in &tables.rfm {
            ours.insert(format!("rfm {} {} {}", row.recent, row.frequent, row.valuable), row.buyers as usize);
        }
        for row in &tables.cohorts {
            ours.insert(format!("cohorts {} {}", row.month.strip_prefix("2026-0").unwrap(), row.after), row.returned as usize);
        }
        ours.retain(|_, count| *count > 0);
        prop_assert_eq!(ours, oracle.customers(&contacts));
        let history = oracle.history(oracle.last_day(&contacts).unwrap());
        let sum = |of: fn(&Buyer) -> i64| history.values().map(of).sum::<i64>();
        for (id, rows) in groups {
            let cents: f64 = rows.iter().map(|row| (row.amount.unwrap_or(0.0) * 100.0).round()).sum();
            let unknown: u64 = rows.iter().map(|row| row.no_amount).sum();
            prop_assert_eq!((cents as i64, unknown as i64), (sum(|b| b.cents), sum(|b| b.orders - b.priced)), "{}", id);
            prop_assert!(rows.iter().all(|row| row.amount.is_some() || row.no_amount > 0));
        }
        let unknown: u64 = tables.rfm.iter().map(|row| row.no_amount).sum();
        prop_assert_eq!(unknown as i64, sum(|b| if b.priced > 0 { b.orders - b.priced } else { 0 }));
        for row in &tables.second_purchase {
            let (watched, returned, share) = oracle.second_purchase(&contacts, i64::from(row.days));
            prop_assert_eq!((row.watched, row.returned), (watched as u64, returned as u64));
            prop_assert!((row.share - share).abs() < 1e-9);
        }
    }
}
