//! Counts: every family of figures and every table, once per period.

use super::{
    Definition, Facts, FigureRows, Options, Period, Tables, actions, agents,
    buyers::{Buyers, Purchases},
    campaigns, cohorts, customers,
    cycle::{self, Gaps, Pairs},
    figure::Sheet,
    inquiry::{self, Inquiries},
    issues, lift, outliers, payment, products,
    rated::Rated,
    ratings, reasons, repurchase, response, reviews,
    roster::{self, Roster},
    sales,
    select::{Listed, NO_DAY, View, Window},
    service,
    talk::{self, Talks, day_of},
    told,
    totals::Totals,
    waits, weekly,
};
use crate::{
    link::{Contact, Reviewed},
    order::BuyerKey,
    side::{Kind, Side},
    time::{Day, Time},
};
use alloc::{format, vec::Vec};

/// The families, each with the figures it counts; a new family is one file and one line here and in [`Run::count`].
pub(super) const FAMILIES: &[&[Definition]] = &[
    sales::DEFINITIONS,
    inquiry::SALES,
    payment::DEFINITIONS,
    told::PAYMENT,
    inquiry::DEFINITIONS,
    repurchase::DEFINITIONS,
    cycle::DEFINITIONS,
    response::DEFINITIONS,
    service::DEFINITIONS,
    told::DEFINITIONS,
    reviews::DEFINITIONS,
    customers::DEFINITIONS,
    campaigns::DEFINITIONS,
];

/// Chinese and English name of something that figures rest on, with its first and last day; `None` where nothing of it has a date.
type Source = (&'static str, &'static str, Option<(Day, Day)>);

/// What every family starts from.
pub(super) struct Run<'a> {
    /// As asked for, the customers' windows stretched to the shop's cycle.
    pub(super) options: Options,
    pub(super) all: &'a [Contact],
    /// The conversations without those of the buyers to leave out.
    pub(super) contacts: Vec<&'a Contact>,
    /// How many those were in the period.
    pub(super) listed: usize,
    pub(super) view: View<'a>,
    pub(super) side: &'a Side,
    pub(super) reviews: &'a [Reviewed],
    /// The buyers and orders to leave out.
    pub(super) list: Listed,
    /// Rows to be told while figures are counted.
    pub(super) behind: Option<FigureRows>,
    pub(super) purchases: Purchases,
    /// The first and the last day of the chats.
    pub(super) chats: Option<(Day, Day)>,
    /// The same of each side table.
    tables: [Option<(Day, Day)>; Kind::ALL.len()],
    /// The same of orders and chats.
    days: Option<(Day, Day)>,
    /// The day that recency and open windows are counted to.
    pub(super) as_of: Option<Day>,
}

/// The figures of a period, and what its tables need.
pub(super) struct Counted<'a> {
    pub(super) sheet: Sheet,
    pub(super) window: Window,
    pub(super) buyers: Buyers,
    pub(super) talks: Talks<'a>,
    pub(super) inquiries: Inquiries,
    pub(super) pairs: Pairs,
}

impl<'a> Run<'a> {
    pub(super) fn new(facts: &'a Facts, options: &Options) -> Self {
        let listed = Listed::new(&options.exclude);
        let mut view = View::new(&facts.orders, options, &listed);
        let (out, contacts): (Vec<&Contact>, Vec<&Contact>) =
            facts.contacts.iter().partition(|contact| contact.buyer.as_deref().is_some_and(|buyer| listed.has(buyer)));
        let here = |contact: &&&Contact| matches!(day_of(contact), day if day == NO_DAY || Window::of(options.period).contains(day));
        view.strange = options.buyer != BuyerKey::Account && !inquiry::meet(&view, &contacts);
        let span = |(a, b): (Day, Day), (c, d): (Day, Day)| (a.min(c), b.max(d));
        let chats = contacts.iter().copied().filter_map(talk::time_of).map(Time::day).map(|day| (day, day)).reduce(span);
        let days = chats.into_iter().chain(view.days()).reduce(span);
        let purchases = Purchases::new(&view);
        let mut options = options.clone();
        if options.cuts.by_cycle
            && let Some(cycle) = Gaps::of(&Buyers::of(&purchases, Window::of(None))).mean()
        {
            options.cuts = options.cuts.stretched(cycle);
        }
        let as_of = options.as_of.or(days.map(|(_, last)| last));
        Self {
            options,
            listed: out.iter().filter(here).count(),
            all: &facts.contacts,
            contacts,
            view,
            side: &facts.side,
            list: listed,
            reviews: &facts.reviews,
            behind: None,
            purchases,
            chats,
            tables: Kind::ALL.map(|kind| facts.side.days(kind)),
            days,
            as_of,
        }
    }

    /// What a figure rests on.
    fn sources(&self, id: &str) -> impl Iterator<Item = Source> {
        let among = |families: &[&[Definition]]| families.iter().copied().flatten().any(|definition| definition.id == id);
        let both = inquiry::needs_both(id);
        let of_orders = both
            || among(&[
                sales::DEFINITIONS,
                payment::DEFINITIONS,
                told::OF_ORDERS,
                repurchase::DEFINITIONS,
                cycle::DEFINITIONS,
                customers::DEFINITIONS,
                campaigns::DEFINITIONS,
            ]);
        let of_chats = both || among(&[inquiry::DEFINITIONS, response::DEFINITIONS, service::FROM_CHATS]);
        let told = among(&[told::PAYMENT, told::DEFINITIONS]);
        let of_table = |kind: Kind, families: &[&[Definition]]| among(families).then(|| self.of_table(kind));
        [
            ("订单", "orders", of_orders.then(|| self.view.days())),
            ("聊天", "chats", of_chats.then_some(self.chats)),
            ("短信和聊天", "text messages and chats", told.then(|| self.told_on())),
            ("物流动态", "shipping news", of_table(Kind::Shipping, &[told::OF_NEWS])),
            ("客服评价", "ratings", of_table(Kind::Ratings, &[&[ratings::CSAT]])),
            ("商品评价", "reviews", of_table(Kind::Reviews, &[reviews::DEFINITIONS])),
            ("营销触达", "campaigns", of_table(Kind::Campaigns, &[campaigns::DEFINITIONS])),
        ]
        .into_iter()
        .filter_map(|(name, name_en, days)| Some((name, name_en, days?)))
    }

    fn of_table(&self, kind: Kind) -> Option<(Day, Day)> {
        self.tables.get(kind as usize).copied().flatten()
    }

    /// The days of text messages and chats together: what buyers were told stands in either.
    pub(super) fn told_on(&self) -> Option<(Day, Day)> {
        self.of_table(Kind::Messages).into_iter().chain(self.chats).reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))
    }

    /// The first and the last day of the data that a figure rests on: those that all of it has.
    fn reach(&self, id: &str) -> Option<(Day, Day)> {
        let both = |(a, b): (Day, Day), (c, d): (Day, Day)| (a.max(c), b.min(d));
        self.sources(id).map(|(.., days)| days).reduce(|one, other| Some(both(one?, other?))).unwrap_or(self.days)
    }

    /// The first of them.
    pub(super) fn begins(&self, id: &str) -> Option<Day> {
        self.reach(id).map(|(first, _)| first)
    }

    /// Says of figures beside those of the period before that the data ends within theirs: that a shop which sells seldom had no order lately
    /// is no end.
    pub(super) fn tell_end(&self, period: Period, sheet: &mut Sheet) {
        let seldom = self.view.days().map(|(_, last)| last).filter(|_| self.view.reach().is_some_and(|(_, last)| period.to <= last));
        for metric in sheet.metrics.iter_mut().filter(|metric| metric.value.is_some() && metric.previous.flatten().is_some()) {
            if let Some((_, last)) = self.reach(metric.id).filter(|(_, last)| *last < period.to && Some(*last) != seldom) {
                metric.standard(&format!(
                    "数据只到 {last}，与上期比较时请留意 / the data ends on {last}: mind this beside the period before"
                ));
            }
        }
    }

    /// The days of orders and of chats, where the period lies outside of them.
    fn beyond(&self, period: Option<Period>, talks: &Talks) -> [Option<(Day, Day)>; 2] {
        let outside = |(first, last): &(Day, Day)| period.is_some_and(|period| period.to < *first || *last < period.from);
        // Conversations without a date may be of any.
        [self.view.days().filter(outside), self.chats.filter(outside).filter(|_| talks.contacts.is_empty())]
    }

    /// The days of orders and of chats, where no inquiry of the period has its window among those of the orders.
    fn apart(&self, period: Option<Period>, talks: &Talks) -> Option<[(Day, Day); 2]> {
        let (orders, chats) = self.view.days().zip(self.chats.filter(|_| talks.untimed == 0))?;
        let (from, to) = period.map_or(chats, |period| (period.from.max(chats.0), period.to.min(chats.1)));
        let until = i64::from(to.0) + i64::from(self.options.window);
        (from > to || from > orders.1 || until < i64::from(orders.0.0)).then_some([orders, chats])
    }

    /// What a figure comes to in a period of which there is no data is unknown: 0 would say that nobody asked or bought.
    pub(super) fn blank_beyond(&self, talks: &Talks, sheet: &mut Sheet) {
        let period = sheet.period;
        // Conversations without a date may be of any.
        let dated = talks.contacts.is_empty();
        let asked = period.filter(|_| self.options.period.is_some());
        let outside = |(name, name_en, days): Source| {
            let (first, last) = days.filter(|_| dated || name_en != "chats")?;
            asked.filter(|period| period.to < first || last < period.from).map(|_| (name, name_en, first, last))
        };
        for metric in sheet.metrics.iter_mut().filter(|metric| metric.value.is_some() || metric.denominator == Some(0.0)) {
            if let Some((name, name_en, first, last)) = self.sources(metric.id).find_map(outside) {
                metric.unavailable(&format!(
                    "统计期间不在数据内：{name}只有 {first} 至 {last} 的 / the period lies outside the data: the {name_en} are of {first}..{last}"
                ));
            } else if let Some([orders, chats]) = self.apart(period, talks).filter(|_| inquiry::needs_both(metric.id)) {
                metric.unavailable(&format!(
                    "订单和聊天不在同一段日子：订单为 {} 至 {}，聊天为 {} 至 {} / orders and chats are not of the same days: the orders are of {}..{}, the chats are of {}..{}",
                    orders.0, orders.1, chats.0, chats.1, orders.0, orders.1, chats.0, chats.1
                ));
            }
        }
    }

    /// Whether it can be said of those who asked in a period what they bought: orders and chats name their buyers, and there are some of it.
    pub(super) fn joined(&self, counted: &Counted) -> bool {
        let Counted { sheet, talks, .. } = counted;
        self.meet(sheet.period, talks)
    }

    fn meet(&self, period: Option<Period>, talks: &Talks) -> bool {
        self.beyond(period, talks) == [None, None]
            && self.apart(period, talks).is_none()
            && talks.lacks_buyers().or(self.view.lacks_join()).is_none()
    }

    /// Conversations without a date count in the period that was asked for, and in no other.
    pub(super) fn count(&self, period: Option<Period>, asked_for: bool) -> Counted<'a> {
        let Self { view, purchases, options, .. } = self;
        let window = Window::of(period);
        let mut sheet = Sheet::new(period.or(self.days.map(|(from, to)| Period { from, to })));
        sheet.behind.clone_from(&self.behind);
        let buyers = Buyers::of(purchases, window);
        let pairs = Pairs::of(view, window);
        let talks = Talks::new(&self.contacts, self.listed, window, asked_for);
        let inquiries = Inquiries::new(view, window, &talks, options, self.as_of);
        let totals = Totals::of(view, window);
        sales::figures(view, window, &totals, &buyers, &mut sheet);
        payment::figures(view, window, &totals, &mut sheet);
        inquiry::figures(view, &talks, &inquiries, options, &mut sheet);
        repurchase::figures(view, window, purchases, &buyers, &mut sheet);
        cycle::figures(view, &buyers, &pairs, &mut sheet);
        response::figures(&talks, &options.response, &mut sheet);
        service::figures(&talks, self.as_of, &mut sheet);
        customers::figures(view, purchases, period, &buyers, &talks, options, &mut sheet);
        ratings::figures(self.side, window, self.all, &self.list, asked_for, &mut sheet);
        campaigns::figures(self.side, view, window, &self.list, options, self.as_of, &mut sheet);
        told::figures(self, window, &talks, &self.list, &mut sheet);
        let (problems, left_out) = reviews::problems(self.reviews, window, &self.list, asked_for);
        let seen = options.as_of.or(self.as_of.max(reviews::last_day(self.reviews)));
        reviews::figures(self.side, &problems, left_out, seen, &mut sheet);
        sheet.tables.issues = issues::issues(view, &talks, &problems);
        if asked_for {
            sheet.tables.reviews = reviews::table(&problems);
        }
        self.by_roster(window, asked_for, &mut sheet);
        self.blank_beyond(&talks, &mut sheet);
        Counted { sheet, window, buyers, talks, inquiries, pairs }
    }

    /// The conversations and inquiries of all history up to a day.
    pub(super) fn up_to(&self, as_of: Day, asked_for: bool) -> (Talks<'a>, Inquiries) {
        let window = Window::until(as_of);
        let talks = Talks::new(&self.contacts, self.listed, window, asked_for);
        let inquiries = Inquiries::new(&self.view, window, &talks, &self.options, Some(as_of));
        (talks, inquiries)
    }

    /// The conversations of the persons, teams or shifts of the roster; `None` for parts of another kind.
    pub(super) fn regrouped(&self, kind: &str) -> Option<Vec<Contact>> {
        let at = roster::KINDS.iter().position(|known| *known == kind)?;
        Roster::new(self.side).regrouped(&self.contacts, at)
    }

    /// Regrouped conversations as those of the shop are looked at.
    pub(super) fn talks<'c>(&self, contacts: &'c [Contact], window: Window, asked_for: bool) -> (Talks<'c>, Inquiries) {
        let contacts: Vec<&Contact> = contacts.iter().collect();
        let talks = Talks::new(&contacts, self.listed, window, asked_for);
        let inquiries = Inquiries::new(&self.view, window, &talks, &self.options, self.as_of);
        (talks, inquiries)
    }

    /// The figures by agent once more by person, team and shift (R9, R10).
    fn by_roster(&self, window: Window, asked_for: bool, sheet: &mut Sheet) {
        let Self { view, options, .. } = self;
        let roster = Roster::new(self.side);
        for (at, kind) in roster::KINDS.into_iter().enumerate() {
            let Some(contacts) = roster.regrouped(&self.contacts, at) else { continue };
            let (talks, inquiries) = self.talks(&contacts, window, asked_for);
            let mut part = sheet.of_part(None);
            inquiry::figures(view, &talks, &inquiries, options, &mut part);
            response::figures(&talks, &options.response, &mut part);
            service::figures(&talks, self.as_of, &mut part);
            sheet.take_parts(part, kind);
            let joined = self.meet(sheet.period, &talks);
            let rows = agents::table(&talks, &inquiries, joined, &options.response);
            let Tables { people, teams, shifts, .. } = &mut sheet.tables;
            if let Some(table) = [people, teams, shifts].into_iter().nth(at) {
                *table = rows;
            }
        }
    }

    pub(super) fn tables(&self, counted: &mut Counted) {
        let Self { view, options, .. } = self;
        let joined = self.joined(counted);
        let Counted { sheet, window, talks, inquiries, pairs, .. } = counted;
        sheet.tables.cycle_product = pairs.table(view);
        sheet.tables.outliers = outliers::table(view, &self.purchases, self.as_of.map_or(Window::of(None), Window::until));
        if let Some(as_of) = self.as_of {
            let everyone = Buyers::of(&self.purchases, Window::until(as_of));
            // Who waits for something today wrote whenever that was.
            let other = *window != Window::of(None) || options.as_of.is_some();
            let today = other.then(|| self.up_to(as_of, true));
            let (talks, inquiries) = today.as_ref().map_or((&*talks, &*inquiries), |(talks, inquiries)| (talks, inquiries));
            customers::tables(view, &everyone, talks, inquiries, options, as_of, sheet);
            if view.lacks_buyers().or(view.lacks_times()).is_none() {
                sheet.tables.purchase_count = cohorts::purchase_count(&everyone);
                sheet.tables.cohorts = cohorts::cohorts(&self.purchases, as_of);
                sheet.tables.second_purchase = cohorts::second_purchase(&self.purchases, as_of);
            }
            let found = self.meet(Some(Period { from: Day(i32::MIN), to: as_of }), talks).then_some(inquiries);
            (sheet.tables.actions, sheet.tables.actions_count) = actions::tables(view, &everyone, talks, found, options, as_of);
        }
        sheet.tables.agents = agents::table(talks, inquiries, joined, &options.response);
        sheet.tables.refund_reasons = reasons::table(view, *window);
        sheet.tables.products = products::table(view, *window, talks, inquiries, options, joined);
        let [no_orders, no_chats] = self.beyond(sheet.period, talks);
        if no_orders.is_some() {
            sheet.tables.campaigns.clear();
        }
        if no_chats.is_some() {
            products::forget_asked(&mut sheet.tables.products);
        }
        sheet.tables.response = waits::table(talks, &options.response);
        let rated = Rated::new(self.side, self.all);
        sheet.tables.weekly = weekly::table(talks, self.side, &rated, &options.board);
        sheet.tables.alerts = issues::alerts(talks);
        sheet.tables.lift = lift::table(talks, inquiries, self.side, &rated, *window, joined, true);
        if joined {
            sheet.tables.flow = inquiries.flow();
        }
    }
}
