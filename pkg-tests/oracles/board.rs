//! The tables `kpi` and `pay`: figures beside their targets, and points for figures, as a book asks for them. The figures themselves
//! have their own second implementations; here they are taken as they are.

use crate::{
    shop::{SMALL, options, shop},
    words::Words,
};
use huashu::{
    metric::{Board, By, Figures, KpiRow, Metric, PayRow, measure},
    toml::{Errors, Fields, parse},
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Figures of a shop of its size, each with values around which targets lie; whether they are told of agents.
const METRICS: [(&str, bool, [f64; 4]); 9] = [
    ("inquiry.order_conversion", true, [0.0, 0.25, 0.5, 1.0]),
    ("inquiry.buyers", true, [0.0, 1.0, 2.0, 4.0]),
    ("response.mean", true, [0.0, 0.5, 600.0, 1800.0]),
    ("response.within_30s", true, [0.0, 0.5, 0.75, 1.0]),
    ("sales.per_buyer", true, [0.0, 20.0, 40.0, 80.0]),
    ("service.csat", true, [0.0, 0.25, 0.5, 1.0]),
    ("service.complaint_rate", true, [0.0, 0.5, 0.75, 1.0]),
    ("refund.order_rate", false, [0.0, 0.2, 0.4, 1.0]),
    ("orders.paid", false, [0.0, 1.0, 3.0, 8.0]),
];
const PARTS: [&str; 3] = ["agent", "person", "team"];

#[derive(Clone, Debug)]
struct Target {
    metric: usize,
    /// The limit, and whether it is the most.
    limit: Option<(usize, bool)>,
    by: Option<&'static str>,
}

#[derive(Clone, Debug)]
struct Item {
    metric: usize,
    /// Limits by their place, each with points.
    bands: Vec<(usize, i8)>,
    at_most: bool,
    otherwise: Option<i8>,
    weight: Option<f64>,
}

#[derive(Clone, Debug)]
struct Sheet {
    by: Option<&'static str>,
    items: Vec<Item>,
    levels: Vec<i8>,
}

fn part() -> impl Strategy<Value = Option<&'static str>> {
    proptest::option::of(proptest::sample::select(&PARTS[..]))
}

fn target() -> impl Strategy<Value = Target> {
    (0..METRICS.len(), proptest::option::weighted(0.8, (0_usize..4, any::<bool>())), part()).prop_map(|(metric, limit, by)| Target {
        metric,
        limit,
        by: by.filter(|_| METRICS[metric].1),
    })
}

fn item() -> impl Strategy<Value = Item> {
    let bands = proptest::collection::btree_map(0_usize..4, -20_i8..100, 1..4);
    let weight = proptest::option::of(prop_oneof![Just(0.5), Just(2.0), Just(0.25), Just(-1.0)]);
    (0_usize..7, bands, any::<bool>(), proptest::option::of(-20_i8..100), weight).prop_map(|(metric, bands, at_most, otherwise, weight)| {
        let mut bands: Vec<(usize, i8)> = bands.into_iter().collect();
        // From the best to the worst.
        if !at_most {
            bands.reverse();
        }
        Item { metric, bands, at_most, otherwise, weight }
    })
}

fn sheet() -> impl Strategy<Value = Sheet> {
    (part(), proptest::collection::vec(item(), 1..4), proptest::collection::btree_set(-20_i8..120, 0..4)).prop_map(
        |(by, mut items, levels)| {
            // A figure is asked for once, and a level can be reached.
            let mut metrics = BTreeSet::new();
            items.retain(|item| metrics.insert(item.metric));
            let most: f64 = items.iter().map(Item::most).sum();
            let levels = levels.into_iter().filter(|level| f64::from(*level) <= most).collect();
            Sheet { by, items, levels }
        },
    )
}

/// As a book writes it.
fn board(targets: &[Target], sheets: &[Sheet]) -> Board {
    let mut text = String::new();
    let by = |by: Option<&str>| by.map(|by| format!("by = '{by}'\n")).unwrap_or_default();
    for target in targets {
        let (metric, _, values) = METRICS[target.metric];
        write!(text, "[[kpi]]\nmetric = '{metric}'\n{}", by(target.by)).unwrap();
        if let Some((limit, at_most)) = target.limit {
            writeln!(text, "{} = {:?}", if at_most { "at_most" } else { "at_least" }, values[limit]).unwrap();
        }
    }
    for (number, sheet) in sheets.iter().enumerate() {
        let levels: Vec<String> = sheet.levels.iter().map(|from| format!("{{ from = {from}, title = 'L{from}' }}")).collect();
        write!(text, "[[pay]]\nid = 's{number}'\ntitle = '表'\n{}", by(sheet.by)).unwrap();
        if !levels.is_empty() {
            writeln!(text, "level = [{}]", levels.join(", ")).unwrap();
        }
        for item in &sheet.items {
            let (metric, _, values) = METRICS[item.metric];
            let bands: Vec<String> = item.bands.iter().map(|(limit, points)| format!("[{:?}, {points}]", values[*limit])).collect();
            writeln!(text, "[[pay.item]]\nmetric = '{metric}'").unwrap();
            writeln!(text, "{} = [{}]", if item.at_most { "at_most" } else { "at_least" }, bands.join(", ")).unwrap();
            item.otherwise.iter().for_each(|points| writeln!(text, "else = {points}").unwrap());
            item.weight.iter().for_each(|weight| writeln!(text, "weight = {weight:?}").unwrap());
        }
    }
    let errors = Errors::new(["book.toml"]);
    let mut book = Fields::new(parse(&text, 0, &errors), &errors);
    let board = Board::read(book.tables("kpi"), book.tables("pay"), &errors);
    assert!(errors.into_vec().is_empty(), "{text}");
    board
}

/// The figures with this id: of the shop, then of its parts of a kind.
fn of<'f>(figures: &'f Figures, id: &str, kind: Option<&str>) -> Vec<&'f Metric> {
    let shop = figures.metrics.iter().filter(|metric| metric.id == id && metric.by.is_none());
    let parts = figures.metrics.iter().filter(|metric| metric.id == id && metric.by.is_some());
    shop.chain(parts.filter(|metric| metric.by.as_ref().map(|by| by.kind) == kind)).collect()
}

/// Less was left out for want of data, or is not final, than was counted. What of the inquiries is not final is said in words.
fn is_settled(metric: &Metric) -> bool {
    // What is left out because it is something else, and not for want of data.
    const OTHER: [&str; 15] = [
        "refunded",
        "zero-amount",
        "listed",
        "after-sale",
        "few-buyer-messages",
        "no-buyer-message",
        "forwarded",
        "other-products",
        "off-hours",
        "unanswered",
        "clock-backwards",
        "paid-before-created",
        "return",
        "summary-row",
        "repeated-header",
    ];
    // Who leaves out orders without a buyer lacks nothing.
    let chosen = metric.standard.contains("orders without a buyer left out");
    let other = |reason| OTHER.contains(&reason) || (chosen && reason == "no-buyer");
    let unknown = metric.excluded.iter().filter(|left| !other(left.reason));
    let unknown: u64 = unknown.map(|left| left.count).sum();
    let open = metric.standard.split_once("still open: ").filter(|_| metric.id != "sales.per_buyer");
    let open: f64 = open.map_or(0.0, |(_, count)| count.split(';').next().unwrap().parse().unwrap());
    metric.denominator.is_none_or(|counted| unknown as f64 + open <= counted - open)
}

impl Target {
    fn agrees(&self, metric: &Metric, row: &KpiRow) -> bool {
        let limit = self.limit.map(|(limit, at_most)| (METRICS[self.metric].2[limit], at_most));
        let settled = is_settled(metric);
        let met = |value: f64, limit: f64, at_most: bool| value == limit || (value < limit) == at_most;
        row.metric == METRICS[self.metric].0
            && row.by == metric.by
            && (row.value, row.unit, row.interval, &row.why) == (metric.value, metric.unit, metric.interval, &metric.why)
            && row.previous == metric.previous.flatten()
            && row.target == limit.map(|(limit, _)| limit)
            && row.direction == limit.map(|(_, at_most)| if at_most { "at_most" } else { "at_least" })
            && row.met == metric.value.zip(limit).filter(|_| settled).map(|(value, (limit, at_most))| met(value, limit, at_most))
            && row.gap == metric.value.zip(limit).map(|(value, (limit, _))| value - limit)
    }
}

impl Item {
    /// Points of the best band that a value reaches, else those of reaching none.
    fn points(&self, value: f64) -> f64 {
        let values = METRICS[self.metric].2;
        let reaches = |limit: f64| value == limit || (value < limit) == self.at_most;
        let reached = self.bands.iter().filter(|(limit, _)| reaches(values[*limit]));
        // Of limits reached the tightest one.
        let best = if self.at_most { reached.min_by_key(|(limit, _)| *limit) } else { reached.max_by_key(|(limit, _)| *limit) };
        f64::from(best.map_or(self.otherwise.unwrap_or(0), |(_, points)| *points)) * self.weight.unwrap_or(1.0)
    }

    fn most(&self) -> f64 {
        // A weight below 0 turns the order round.
        let all = self.bands.iter().map(|(_, points)| *points).chain([self.otherwise.unwrap_or(0)]);
        all.map(|points| f64::from(points) * self.weight.unwrap_or(1.0)).reduce(f64::max).unwrap()
    }
}

impl Sheet {
    fn differs(&self, row: &PayRow, figures: &Figures) -> Option<String> {
        let kind = self.by.unwrap_or("agent");
        let (mut points, mut most, mut complete) = (0.0, 0.0, true);
        for (item, found) in self.items.iter().zip(&row.items) {
            let is_own = |metric: &&&Metric| metric.by.as_ref().is_some_and(|By { name, .. }| *name == row.agent);
            let all = of(figures, METRICS[item.metric].0, Some(kind));
            let own = all.iter().find(is_own);
            let value = own.and_then(|metric| metric.value);
            let known = value.filter(|_| own.is_some_and(|metric| is_settled(metric))).map(|value| item.points(value));
            let same = (found.metric, found.value, found.points, found.most) == (METRICS[item.metric].0, value, known, item.most());
            if !same || found.why.is_some() != known.is_none() {
                return Some(format!("{found:?} against {value:?} {known:?}"));
            }
            points += known.unwrap_or(0.0);
            most += item.most();
            complete &= known.is_some();
        }
        let reached = self.levels.iter().filter(|from| complete && f64::from(**from) <= points).max();
        let known = (points, most, complete, reached.map(|from| format!("L{from}")));
        let ours = (row.points, row.most, row.complete, row.level.clone());
        (ours != known || row.items.len() != self.items.len()).then(|| format!("{ours:?} against {known:?}"))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn board_agrees(
        shop in shop(SMALL),
        mut options in options(SMALL.days),
        targets in proptest::collection::vec(target(), 0..6),
        sheets in proptest::collection::vec(sheet(), 0..4),
    ) {
        options.board = board(&targets, &sheets);
        let figures = measure(&shop.facts(), &options);
        let words = Words { shop: &shop, options: &options };

        let known: Vec<(&Target, &Metric)> = targets
            .iter()
            .flat_map(|target| of(&figures, METRICS[target.metric].0, target.by).into_iter().map(move |metric| (target, metric)))
            .collect();
        prop_assert_eq!(figures.tables.kpi.len(), known.len());
        for ((target, metric), row) in known.into_iter().zip(&figures.tables.kpi) {
            prop_assert!(target.agrees(metric, row), "{row:?} against {target:?} {metric:?}");
        }

        let mut rest: &[PayRow] = &figures.tables.pay;
        for (number, sheet) in sheets.iter().enumerate() {
            let staff = words.staff(PARTS.iter().position(|kind| Some(*kind) == sheet.by).and_then(|at| at.checked_sub(1)));
            let (own, others) = rest.split_at(staff.len().min(rest.len()));
            let id = format!("s{number}");
            prop_assert!(own.iter().all(|row| row.sheet == id));
            prop_assert_eq!(own.iter().map(|row| row.agent.clone()).collect::<BTreeSet<_>>(), staff);
            // Most points first.
            prop_assert!(own.is_sorted_by(|a, b| a.points >= b.points));
            for row in own {
                let differs = sheet.differs(row, &figures);
                prop_assert!(differs.is_none(), "{}: {}", row.agent, differs.unwrap());
            }
            rest = others;
        }
        prop_assert!(rest.is_empty());
    }
}
