//! The rows behind a figure add up to it, and however a shop's data is cut into files its figures are the same.

use super::{inquiries::contacts, *};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The rows behind every figure add up to it; of the many parts of the shop some are looked at in each case.
    #[test]
    fn rows_add_up(table in table(), options in options(), contacts in contacts(), some in 0_usize..37) {
        let facts = Facts { orders: read(&csv(&table, 0..table.rows.len())), contacts, ..Facts::default() };
        let figures = measure(&facts, &options);
        let looked_at = |(at, m): &(usize, &Metric)| m.value.is_some() && (m.by.is_none() || at % 37 == some);
        for (_, metric) in figures.metrics.iter().enumerate().filter(looked_at) {
            let list = |most| match &metric.by {
                Some(by) => rows_of(&facts, &options, metric.id, by, most).unwrap(),
                None => rows(&facts, &options, metric.id, most).unwrap(),
            };
            let found = list(usize::MAX);
            prop_assert_eq!(found.total, found.rows.len() as u64);
            let sum = |of: fn(&FigureRow) -> f64| Some(found.rows.iter().map(of).sum::<f64>());
            // A median has no numerator; the growth is about two periods.
            if metric.id != "sales.per_order_growth" {
                prop_assert!(metric.numerator.is_none() || close(sum(|row| row.numerator), metric.numerator), "{metric:?} {found:?}");
                let denominator = metric.denominator.unwrap_or(0.0);
                prop_assert!(close(sum(|row| row.denominator), Some(denominator)), "{metric:?} {found:?}");
            }
            let few = list(1);
            prop_assert_eq!((few.total, few.rows.len()), (found.total, found.rows.len().min(1)));
        }
    }

    #[test]
    fn however_the_data_is_cut(
        table in table(),
        options in options(),
        contacts in contacts(),
        parts in proptest::collection::vec(0_u8..3, 48),
        twice in proptest::collection::vec(any::<bool>(), 48),
        order in Just([0_u8, 1, 2]).prop_shuffle(),
    ) {
        let rows = table.rows.len();
        let mut whole = Facts { orders: read(&csv(&table, 0..rows)), ..Facts::default() };
        whole.merge(Facts { contacts: contacts.clone(), ..Facts::default() });
        let mut merged = Facts::default();
        for part in order {
            let mine = |at: usize| parts[at] == part || (twice[at] && (parts[at] + 1) % 3 == part);
            merged.merge(Facts {
                orders: read(&csv(&table, (0..rows).filter(|at| mine(*at)))),
                contacts: contacts.iter().enumerate().filter(|(at, _)| mine(at + 40)).map(|(_, c)| c.clone()).collect(),
                ..Facts::default()
            });
        }
        let json = |facts: &Facts| serde_json::to_string(&measure(facts, &options)).unwrap();
        prop_assert_eq!(json(&merged), json(&whole));
    }
}
