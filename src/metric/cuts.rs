//! Where groups of customers begin and end (U9, T7).

use crate::{
    Error,
    toml::{Errors, Fields, parse},
};
use alloc::vec::Vec;
use serde::{Serialize, Serializer, ser::SerializeStruct};

/// Days and counts at which customers pass from one group to the next: the book's `[customers]`, by default the windows of the
/// seeds (U9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cuts {
    /// New customers are cared for to this day after payment.
    pub care: u32,
    /// Then shown what goes with their purchase, to this day.
    pub related: u32,
    /// Then given an offer, to this day; from there on every customer is at risk.
    pub active: u32,
    /// At high value of keeping to this day,
    pub risk_high: u32,
    /// at low value to this day; then dormant.
    pub risk_low: u32,
    /// Purchase days that make a core customer.
    pub core_days: u32,
    /// A core customer bought or wrote within this many days.
    pub core_active: u32,
    /// The windows in days are those of a shop whose customers return after [`USUAL_CYCLE`] days, to be stretched to this shop's
    /// own cycle (`cycle.customer` over all history), where it has one.
    pub by_cycle: bool,
    /// Where recency, frequency and money are cut into high and low.
    pub rfm: RfmCuts,
}

/// Where recency, frequency and money are cut (U9): at a value of the shop's own, else at the mean or the median of its buyers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RfmCuts {
    /// At the median rather than the mean.
    pub median: bool,
    /// Recent: bought within so many days.
    pub recency: Option<u32>,
    /// Frequent: on so many purchase days or more.
    pub frequency: Option<u32>,
    /// Valuable: for so many cents or more.
    pub monetary: Option<i64>,
}

/// The repurchase cycle, in days, for which the windows of the seeds are given: from then on a customer is at risk.
pub const USUAL_CYCLE: u32 = 45;

impl Default for Cuts {
    fn default() -> Self {
        Self {
            care: 5,
            related: 30,
            active: 45,
            risk_high: 90,
            risk_low: 180,
            core_days: 3,
            core_active: 90,
            by_cycle: false,
            rfm: RfmCuts::default(),
        }
    }
}

impl Cuts {
    /// Reads a `[customers]` table; mistakes go to the collector of `fields`.
    ///
    /// ```
    /// use huashu::{metric::Cuts, toml::{Errors, Fields, parse}};
    /// let errors = Errors::new(["book.toml"]);
    /// let read = |text| Cuts::read(Fields::new(parse(text, 0, &errors), &errors));
    /// let cuts = read("active = 60\nrisk_high = 120\nrisk_low = 365\nfrequency = 2\nmonetary = 199.5");
    /// assert_eq!((cuts.related, cuts.active, cuts.risk_low), (30, 60, 365));
    /// assert_eq!((cuts.rfm.frequency, cuts.rfm.monetary), (Some(2), Some(19_950)));
    /// read("active = 20\nrecnecy = 30");
    /// let found: Vec<_> = errors.into_vec().iter().map(|e| (e.line().unwrap(), e.code(), e.message().split(" / ").nth(1).unwrap().to_string())).collect();
    /// assert_eq!(found, [
    ///     (1, "book-value", "the windows must grow: care < related < active < risk_high < risk_low, here 5, 30, 20, 90, 180".into()),
    ///     (2, "book-key", "unknown key \"recnecy\", did you mean \"recency\"?".into()),
    /// ]);
    /// ```
    pub fn read(fields: Fields) -> Self {
        Self::default().over(fields)
    }

    /// With some of them otherwise: keys of `[customers]`, each on a line of its own.
    ///
    /// ```
    /// use huashu::metric::Cuts;
    /// let cuts = Cuts::default().changed("active = 60\nby_cycle = true").unwrap();
    /// assert_eq!((cuts.related, cuts.active, cuts.by_cycle), (30, 60, true));
    /// let errors = cuts.changed("risk_hihg = 80").unwrap_err();
    /// assert!(errors[0].message().contains("did you mean \"risk_high\"?"));
    /// ```
    pub fn changed(self, toml: &str) -> core::result::Result<Self, Vec<Error>> {
        let errors = Errors::new(["customers"]);
        let cuts = self.over(Fields::new(parse(toml, 0, &errors), &errors));
        let errors = errors.into_vec();
        if errors.is_empty() { Ok(cuts) } else { Err(errors) }
    }

    fn over(self, mut fields: Fields) -> Self {
        let mut cuts = self;
        let place = fields.place();
        let Self { care, related, active, risk_high, risk_low, core_days, core_active, .. } = &mut cuts;
        for (key, cut) in [
            ("care", care),
            ("related", related),
            ("active", active),
            ("risk_high", risk_high),
            ("risk_low", risk_low),
            ("core_days", core_days),
            ("core_active", core_active),
        ] {
            *cut = fields.whole(key, 3650).unwrap_or(*cut);
        }
        cuts.by_cycle = fields.boolean("by_cycle").unwrap_or(cuts.by_cycle);
        let monetary_place = fields.place_of("monetary");
        let monetary = fields.number("monetary");
        if monetary.is_some_and(|yuan| yuan < 0.0) {
            fields.errors().add(monetary_place, "book-value", "“monetary” 不能小于 0 / \"monetary\" cannot be below 0");
        }
        cuts.rfm = RfmCuts {
            median: fields.choice("rfm", &[("mean", false), ("median", true)]).unwrap_or(cuts.rfm.median),
            recency: fields.whole("recency", 3650).or(cuts.rfm.recency),
            frequency: fields.whole("frequency", 3650).or(cuts.rfm.frequency),
            monetary: monetary.map(|yuan| libm::round(yuan * 100.0) as i64).or(cuts.rfm.monetary),
        };
        let windows = cuts.windows();
        if !windows.is_sorted_by(|a, b| a < b) {
            let [care, related, active, high, low] = windows;
            let names = "care < related < active < risk_high < risk_low";
            let message = alloc::format!(
                "窗口应递增：{names}，这里是 {care}, {related}, {active}, {high}, {low} / the windows must grow: {names}, here {care}, {related}, {active}, {high}, {low}"
            );
            fields.errors().add(place, "book-value", message);
        }
        fields.finish();
        cuts
    }

    const fn windows(&self) -> [u32; 5] {
        [self.care, self.related, self.active, self.risk_high, self.risk_low]
    }

    /// The windows of a shop whose customers return after so many days.
    ///
    /// ```
    /// use huashu::metric::{Cuts, USUAL_CYCLE};
    /// let usual = Cuts::default();
    /// assert_eq!(usual.stretched(f64::from(USUAL_CYCLE)), usual);
    /// let slow = usual.stretched(90.0);
    /// assert_eq!((slow.care, slow.related, slow.active, slow.risk_high, slow.risk_low, slow.core_active), (10, 60, 90, 180, 360, 180));
    /// ```
    #[must_use]
    pub fn stretched(mut self, cycle: f64) -> Self {
        let mut least = 0;
        let Self { care, related, active, risk_high, risk_low, core_active, .. } = &mut self;
        for cut in [care, related, active, risk_high, risk_low] {
            *cut = (libm::round(f64::from(*cut) * cycle / f64::from(USUAL_CYCLE)) as u32).max(least);
            // However short the cycle, no window is empty.
            least = cut.saturating_add(1);
        }
        *core_active = libm::round(f64::from(*core_active) * cycle / f64::from(USUAL_CYCLE)) as u32;
        self
    }
}

/// The keys of the book's `[customers]`; `null`: not cut there.
impl Serialize for Cuts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut s = serializer.serialize_struct("Cuts", 12)?;
        s.serialize_field("care", &self.care)?;
        s.serialize_field("related", &self.related)?;
        s.serialize_field("active", &self.active)?;
        s.serialize_field("risk_high", &self.risk_high)?;
        s.serialize_field("risk_low", &self.risk_low)?;
        s.serialize_field("by_cycle", &self.by_cycle)?;
        s.serialize_field("core_days", &self.core_days)?;
        s.serialize_field("core_active", &self.core_active)?;
        s.serialize_field("rfm", if self.rfm.median { "median" } else { "mean" })?;
        s.serialize_field("recency", &self.rfm.recency)?;
        s.serialize_field("frequency", &self.rfm.frequency)?;
        s.serialize_field("monetary", &self.rfm.monetary.map(|cents| cents as f64 / 100.0))?;
        s.end()
    }
}
