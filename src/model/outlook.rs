//! What may come of packages within a year.

use super::{Features, Forecast, ForecastTerm, Missing};

/// A number with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The number. A missing fact leaves it where the known ones put it.
    pub value: f64,
    /// Lower end, at most `value`. What is missing counts as good as it can be.
    pub low: f64,
    /// Upper end, at least `value`. What is missing counts as bad as it can be.
    pub high: f64,
}

/// The forecasts about one package.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// No release in the next 365 days.
    pub silence: Forecast,
    /// If a vulnerability were disclosed today: no fixed release is out 90 days later.
    pub unfixed_90: Forecast,
    /// If a vulnerability were disclosed today: no fixed release is out 365 days later.
    pub unfixed_365: Forecast,
    /// A vulnerability or unsoundness is disclosed in the next 365 days.
    pub disclosure: Forecast,
    /// Trouble within 730 days; see [`ForecastKind::Trouble`](super::ForecastKind::Trouble).
    pub trouble: Forecast,
    /// What the forecasts are made from, for those about one advisory.
    pub features: Features,
}

/// The vulnerabilities and unsoundness to be expected of several packages in the next 365 days.
///
/// `exposure` is what people fear: `disclosures` times `unfixed`. The numbers are expected values,
/// sums of chances over packages, so that they may exceed 1 and nothing is assumed about whether
/// packages fail together. An interval's ends are sums of the ends of the packages' intervals:
/// wider than need be, since not all are wrong the same way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// Packages with a forecast, each name once.
    pub packages: usize,
    /// Number of packages expected to have a disclosure.
    pub disclosures: Estimate,
    /// Chance that a disclosure among them has no fixed release 90 days later, 0 to 1.
    pub unfixed: Estimate,
    /// Number of packages expected to have a disclosure without a fixed release 90 days later.
    pub exposure: Estimate,
}

/// How far a place in a ranking moves when every weight of its score may be 20% off. Places
/// count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// The highest place.
    pub first: usize,
    /// The lowest place.
    pub last: usize,
}

impl Outlook {
    /// Why nothing is known of how soon a fix would come, where nothing is: the chance is then that
    /// of the average package.
    pub fn unknown(&self) -> Option<Missing> {
        let missing = |term: &ForecastTerm| term.value.missing();
        let all = self.unfixed_90.terms.iter().all(|term| missing(term).is_some());
        all.then(|| self.unfixed_90.terms.iter().find_map(missing)).flatten()
    }

    /// The forecasts about the package, in the order of
    /// [`ForecastKind::ALL`](super::ForecastKind::ALL).
    pub fn forecasts(&self) -> [&Forecast; 5] {
        let Self { silence, unfixed_90, unfixed_365, disclosure, trouble, .. } = self;
        [silence, unfixed_90, unfixed_365, disclosure, trouble]
    }
}
