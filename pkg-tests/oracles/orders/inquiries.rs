//! Who inquired, what followed, and which agent is credited.

use super::*;

impl Oracle<'_> {
    /// Conversations of the period in which a buyer inquired.
    fn inquired<'c>(&self, contacts: &'c [Contact]) -> Vec<&'c Contact> {
        let asked = |contact: &&Contact| self.within(Some(contact.asked_at.unwrap().seconds()), self.options.period);
        contacts.iter().filter(|contact| !contact.found.after_sale).filter(asked).collect()
    }

    /// Those from before the period.
    fn inquired_before<'c>(&self, contacts: &'c [Contact]) -> Vec<&'c Contact> {
        let day = |contact: &&Contact| contact.asked_at.unwrap().day();
        let before = |contact: &&Contact| self.options.period.is_some_and(|period| day(contact) < period.from);
        contacts.iter().filter(|contact| !contact.found.after_sale).filter(before).collect()
    }

    /// The orders that followed an inquiry, each with its buyer, the time by which it does, none where only the period tells, and whether the
    /// inquiry was of the period; those that followed one from before it only where they count in the period's sales.
    fn followed(&self, contacts: &[Contact]) -> Vec<(&Row, String, Option<i64>, bool)> {
        let times = |contacts: Vec<&Contact>, name: &str| -> Vec<i64> {
            contacts
                .iter()
                .filter(|contact| contact.buyer.as_deref() == Some(name))
                .map(|contact| contact.asked_at.unwrap().seconds())
                .collect()
        };
        let mut found = Vec::new();
        for row in self.rows() {
            let Some(name) = row.buyer.map(|b| format!("买家{b}")) else { continue };
            let (here, before) = (times(self.inquired(contacts), &name), times(self.inquired_before(contacts), &name));
            let (created, paid) = (row.created.or(row.paid), row.paid.or(row.created));
            let credited = |asked: &[i64], untimed: bool| {
                let within =
                    |time: i64, asked: i64| time >= asked && time.div_euclid(DAY) <= asked.div_euclid(DAY) + i64::from(self.options.window);
                let follows = |time: Option<i64>| time.map_or(untimed, |time| asked.iter().any(|asked| within(time, *asked)));
                let by_creation = follows(created).then_some(created);
                let by_payment = (self.is_paid(row) && follows(paid)).then_some(paid);
                match self.options.attribution {
                    Attribution::Order => by_creation,
                    Attribution::Payment => by_payment,
                    Attribution::OrderFirst => by_creation.or(by_payment),
                }
            };
            if let Some(time) = credited(&here, !here.is_empty()) {
                found.push((row, name, time, true));
            } else if let Some(time) = credited(&before, false).filter(|_| self.sold(row)) {
                found.push((row, name, time, false));
            }
        }
        found
    }

    /// Whether an order counts in the period's sales.
    fn sold(&self, row: &Row) -> bool {
        let include = self.options.refunded == Refunded::Include;
        self.is_paid(row) && (include || !self.is_refunded(row)) && self.within(row.paid.or(row.created), self.options.period)
    }

    /// What a paid order adds to these; nothing where it does not count.
    fn counted(&self, row: &Row) -> Option<i64> {
        row.amount.filter(|_| self.sold(row))
    }

    /// Buyers who asked, those who ordered, those who paid, and the cents of the period's orders that followed.
    fn inquiries(&self, contacts: &[Contact]) -> (usize, usize, usize, i64) {
        let asked: BTreeSet<_> = self.inquired(contacts).into_iter().map(|contact| contact.buyer.clone()).collect();
        let followed = self.followed(contacts);
        let here: Vec<_> = followed.iter().filter(|(.., here)| *here).collect();
        let ordered: BTreeSet<_> = here.iter().map(|(_, name, ..)| name).collect();
        let paid: BTreeSet<_> = here.iter().filter(|(row, ..)| self.is_paid(row)).map(|(_, name, ..)| name).collect();
        (asked.len(), ordered.len(), paid.len(), followed.iter().filter_map(|(row, ..)| self.counted(row)).sum())
    }

    /// The same of an agent: buyers served, and those whose order is credited to whoever answered the buyer last before it; then those
    /// whose amount counts.
    fn of_agent(&self, agent: &str, contacts: &[Contact]) -> (usize, usize, usize, Option<i64>, usize) {
        let inquired = self.inquired(contacts);
        let serves = |contact: &&&Contact| contact.agents.iter().any(|name| name == agent);
        let served: BTreeSet<_> = inquired.iter().filter(serves).map(|contact| contact.buyer.clone()).collect();
        let before = self.inquired_before(contacts);
        let credited_to = |name: &String, time: Option<i64>, here: bool| {
            // Who asked in the period is won by those who answered in it.
            let earlier = before.iter().filter(|_| !here);
            let answers = inquired.iter().chain(earlier).filter(|contact| contact.buyer.as_ref() == Some(name)).flat_map(|contact| {
                contact.rounds.iter().filter_map(|round| {
                    let answered = round.opened?.seconds() + round.seconds?;
                    Some((answered, contact.agents[round.agent? as usize].clone()))
                })
            });
            // Of two in the same second the later name.
            answers.filter(|(at, _)| time.is_none_or(|time| *at <= time)).max().map(|(_, agent)| agent)
        };
        let mut won = self.followed(contacts);
        won.retain(|(_, name, time, here)| credited_to(name, *time, *here).as_deref() == Some(agent));
        let distinct = |of: &dyn Fn(&Row, bool) -> bool| {
            won.iter().filter(|(row, .., here)| of(row, *here)).map(|(_, name, ..)| name).collect::<BTreeSet<_>>().len()
        };
        // Unknown where orders count and the amount of none is known.
        let known: Vec<i64> = won.iter().filter_map(|(row, ..)| self.counted(row)).collect();
        let cents = (!known.is_empty() || !won.iter().any(|(row, ..)| self.sold(row))).then(|| known.iter().sum());
        let bought = distinct(&|row, _| self.counted(row).is_some());
        (served.len(), distinct(&|_, here| here), distinct(&|row, here| here && self.is_paid(row)), cents, bought)
    }
}

pub(super) fn contacts() -> impl Strategy<Value = Vec<Contact>> {
    // When the buyer wrote again and how long the answer took: at once, in the same second as an order, on another day; who answered.
    let at_once = || prop_oneof![4 => Just(0_i64), 1 => Just(1), 1 => Just(36_000), 1 => Just(86_399)];
    let round = (at_once(), at_once(), 0_usize..3);
    let rounds = proptest::collection::vec(proptest::option::weighted(0.8, round), 0..4);
    let contact =
        (0_u8..6, moment(), any::<bool>(), rounds, some_or_not(0_usize..3)).prop_map(|(buyer, at, after_sale, rounds, greeter)| {
            let mut contact = Contact {
                id: format!("{buyer}-{at}"),
                buyer: Some(format!("买家{buyer}")),
                start: Some(Time::from_seconds(at)),
                asked_at: Some(Time::from_seconds(at)),
                buyer_messages: 1,
                // Who greets serves the buyer without an answer.
                agents: greeter.map(|agent| AGENTS[agent].into()).into_iter().collect(),
                ..Contact::default()
            };
            let mut opened = at;
            for round in rounds {
                let (after, seconds, agent) = round.unwrap_or((0, 0, usize::MAX));
                opened += after;
                let agent = AGENTS.get(agent).map(|name| {
                    let known = contact.agents.iter().position(|agent| agent == name);
                    known.unwrap_or_else(|| {
                        contact.agents.push((*name).into());
                        contact.agents.len() - 1
                    }) as u16
                });
                let seconds = agent.map(|_| seconds);
                contact.rounds.push(RoundFacts {
                    opened: Some(Time::from_seconds(opened)),
                    seconds,
                    to_minute: false,
                    answered: agent.is_some(),
                    agent,
                });
                opened += seconds.unwrap_or(0);
            }
            contact.found.after_sale = after_sale;
            contact
        });
    proptest::collection::vec(contact, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn inquiry_figures_agree(table in table(), options in options(), contacts in contacts()) {
        let facts = Facts { orders: read(&csv(&table, 0..table.rows.len())), contacts: contacts.clone(), ..Facts::default() };
        let figures = measure(&facts, &options);
        let (asked, ordered, paid, cents) = (Oracle { table: &table, options: &options }).inquiries(&contacts);
        let oracle = Oracle { table: &table, options: &options };
        let beyond = oracle.beyond_chats(&contacts);
        prop_assert_eq!(figures.get("inquiry.buyers").unwrap().value, (!beyond).then_some(asked as f64));
        if beyond || oracle.beyond_orders() || oracle.apart(&contacts) {
            for id in ["inquiry.order_conversion", "inquiry.payment_conversion", "sales.inquiry_amount", "sales.silent_amount"] {
                prop_assert_eq!(figures.get(id).unwrap().value, None, "{}", id);
            }
            prop_assert!(figures.tables.flow.is_empty());
        }
        let conversion = figures.get("inquiry.order_conversion").unwrap();
        if let Some(value) = conversion.value {
            prop_assert!(close(Some(value), Some(ordered as f64 / asked as f64)), "{conversion:?}");
            let payment = figures.get("inquiry.payment_conversion").unwrap();
            prop_assert!(close(payment.value, Some(paid as f64 / asked as f64)), "{payment:?}");
            let flow: Vec<_> = figures.tables.flow.iter().take(3).map(|step| (step.buyers as usize, step.lost as usize)).collect();
            prop_assert_eq!(flow, [(asked, 0), (ordered, asked - ordered), (paid, ordered - paid)]);
        }
        let amount = |id: &str| figures.get(id).unwrap().value;
        if let (Some(inquiry), Some(silent)) = (amount("sales.inquiry_amount"), amount("sales.silent_amount")) {
            prop_assert!(close(Some(inquiry), Some(cents as f64 / 100.0)));
            // R2: both add up to the paid amount.
            let sold = oracle.rows().into_iter().filter_map(|row| oracle.counted(row));
            prop_assert!(close(Some(inquiry + silent), Some(sold.sum::<i64>() as f64 / 100.0)));
        }
    }

    /// Which agent is credited.
    #[test]
    fn figures_of_agents_agree(table in table(), options in options(), contacts in contacts()) {
        let facts = Facts { orders: read(&csv(&table, 0..table.rows.len())), contacts: contacts.clone(), ..Facts::default() };
        let figures = measure(&facts, &options);
        let oracle = Oracle { table: &table, options: &options };
        let joined = figures.get("inquiry.order_conversion").unwrap().value.is_some();
        for agent in AGENTS {
            let by = |id: &str| figures.metrics.iter().find(|m| m.id == id && m.by.as_ref().is_some_and(|by| by.kind == "agent" && by.name == agent));
            let (served, ordered, paid, cents, bought) = oracle.of_agent(agent, &contacts);
            let known = by("inquiry.buyers").and_then(|m| m.value);
            prop_assert_eq!(known, (served > 0).then_some(served as f64));
            if (oracle.beyond_orders() || oracle.apart(&contacts)) && served > 0 {
                // Who asked is known, and what they bought is not.
                prop_assert!(by("inquiry.order_conversion").is_none_or(|m| m.value.is_none()), "{agent}");
                prop_assert!(figures.tables.agents.iter().all(|row| row.ordered.is_none() && row.amount.is_none()));
                continue;
            }
            if !joined || served == 0 {
                prop_assert!(by("inquiry.order_conversion").is_none(), "{agent}");
                continue;
            }
            let share = |id: &str| by(id).map(|m| (m.numerator.unwrap() as usize, m.denominator.unwrap() as usize));
            prop_assert_eq!(share("inquiry.order_conversion"), Some((ordered, served)), "{}", agent);
            prop_assert_eq!(share("inquiry.payment_conversion"), Some((paid, served)), "{}", agent);
            let row = figures.tables.agents.iter().find(|row| row.agent == agent).unwrap();
            prop_assert_eq!((row.inquiry_buyers, row.ordered), (served as u64, Some(ordered as u64)));
            let amount = cents.map(|cents| cents as f64 / 100.0);
            prop_assert!(close(row.amount, amount), "{row:?} {amount:?}");
            if let Some(sales) = by("sales.inquiry_amount") {
                prop_assert!(close(sales.value, amount), "{sales:?} {amount:?}");
                let mean = amount.filter(|_| bought > 0).map(|amount| amount / bought as f64);
                prop_assert!(close(by("sales.per_buyer").unwrap().value, mean), "{:?} {mean:?}", by("sales.per_buyer"));
            }
        }
    }
}
