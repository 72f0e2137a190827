//! Who may be no customer.

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Beside each row stands what it was as of so many days earlier: as it is where the later orders are not there yet.
    #[test]
    fn outliers_of_before_agree(
        orders in proptest::collection::vec((proptest::option::weighted(0.9, 0_usize..8), 0_usize..3, 0_i32..8), 0..90),
        from in 2_i32..8,
    ) {
        let rows = |until: i32| {
            let mut csv = String::from("订单编号,买家会员名,订单付款时间,买家实际支付金额,收货地址\n");
            for (order, (buyer, address, day)) in orders.iter().enumerate().filter(|(_, (.., day))| *day <= until) {
                let buyer = buyer.map(|buyer| format!("b{buyer}")).unwrap_or_default();
                csv += &format!("n{order:02},{buyer},{} 10:00:00,10,{}\n", Day(START as i32 + day), ["", "甲路1号", "乙路2号"][*address]);
            }
            // Many others buy once, and have it sent home.
            for other in 0..40 {
                csv += &format!("u{other},u{other},{} 10:00:00,10,丙路{other}号\n", Day(START as i32));
            }
            let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &OrderOptions::default()).orders, ..Facts::default() };
            let day = |day: i32| Day(START as i32 + day);
            let options = Options { period: Some(Period { from: day(from), to: day(from) }), as_of: Some(day(from)), ..Options::default() };
            measure(&facts, &options).tables.outliers
        };
        let then = rows(from - 1);
        for row in rows(i32::MAX) {
            prop_assert!(row.previous.is_some(), "{row:?}");
            let old = row.previous.as_ref().and_then(Option::as_deref);
            let same = |other: &&huashu::metric::Outlier| (&other.buyer, other.measure) == (&row.buyer, row.measure);
            // A place without a buyer is known by the first order that went there, which stays the same.
            let place = |order: &Option<String>| -> Option<usize> { Some(orders[order.as_ref()?[1..].parse::<usize>().ok()?].1) };
            let known = then.iter().filter(same).find(|other| row.buyer.is_some() || place(&other.order) == place(&row.order));
            prop_assert_eq!(old.map(|old| (old.value, old.usual, old.limit, &old.order)), known.map(|o| (o.value, o.usual, o.limit, &o.order)));
        }
    }

    /// Who shares an address or a phone number, and where many orders go.
    #[test]
    fn outliers_agree(orders in proptest::collection::vec((proptest::option::weighted(0.9, 0_usize..9), 0_usize..4, 0_usize..5), 0..40)) {
        let mut csv = String::from("订单编号,买家会员名,订单付款时间,买家实际支付金额,收货地址,联系手机\n");
        for (order, (buyer, address, phone)) in orders.iter().enumerate() {
            let buyer = buyer.map(|buyer| format!("b{buyer}")).unwrap_or_default();
            // One address as many write it; none at all, and one behind a mask.
            let address = ["", "**路1号", if order % 2 == 0 { "甲路1号 2室" } else { "甲路１号，2室" }, "乙路1号"][*address];
            let phone = ["", "139****0001", "18400000000-1234", "13900000001", "+86 139 0000 0002"][*phone];
            csv += &format!("n{order:02},{buyer},2026-01-05 10:00:00,10,\"{address}\",{phone}\n");
        }
        let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &OrderOptions::default()).orders, ..Facts::default() };
        let found = measure(&facts, &Options::default()).tables.outliers;
        type Seen = BTreeSet<(Option<String>, &'static str, u64, String)>;
        let ours: Seen = found.iter().filter_map(|row| Some((row.buyer.clone(), row.measure, row.value as u64, row.order.clone()?))).collect();
        let mut known = Seen::new();
        let addresses = orders.iter().map(|(_, address, _)| (*address >= 2).then_some(*address)).collect();
        let phones = orders.iter().map(|(.., phone)| (*phone >= 3).then_some(*phone)).collect();
        let columns: [(&str, &str, usize, Vec<Option<usize>>); 2] =
            [("same_address", "orders_to_address", 3, addresses), ("same_phone", "orders_to_phone", 1, phones)];
        for (measure, orders_there, few, place_of) in columns {
            let there = |place: usize| (0..orders.len()).filter(|at| place_of[*at] == Some(place)).collect::<Vec<usize>>();
            let places: BTreeSet<usize> = place_of.iter().flatten().copied().collect();
            let mut counts: Vec<f64> = places.iter().map(|place| there(*place).len() as f64).collect();
            counts.sort_by(f64::total_cmp);
            let usual = counts.last().map_or(0.0, |_| {
                let at = (counts.len() - 1) as f64 * 0.9;
                let (low, high) = (counts[at.floor() as usize], counts[at.ceil() as usize]);
                low + (high - low) * (at - at.floor())
            });
            for buyer in 0..9 {
                // Of the places of this buyer the one with the most others; of several the one with the earliest order.
                let own = places.iter().map(|place| there(*place)).filter(|there| there.iter().any(|at| orders[*at].0 == Some(buyer)));
                let others = |there: &[usize]| there.iter().filter_map(|at| orders[*at].0).filter(|b| *b != buyer).collect::<BTreeSet<_>>().len();
                let most = own.map(|there| (others(&there), there[0])).max_by_key(|(others, first)| (*others, std::cmp::Reverse(*first)));
                if let Some((others, first)) = most.filter(|(others, _)| *others > few) {
                    known.insert((Some(format!("b{buyer}")), measure, others as u64, format!("n{first:02}")));
                }
            }
            for there in places.iter().map(|place| there(*place)) {
                let whose: BTreeSet<Option<usize>> = there.iter().map(|at| orders[*at].0).collect();
                let of_one = whose.len() == 1 && !whose.contains(&None);
                if !of_one && there.len() as f64 > (usual * 5.0).max(10.0) {
                    known.insert((None, orders_there, there.len() as u64, format!("n{:02}", there[0])));
                }
            }
        }
        prop_assert_eq!(ours, known);
    }
}
