//! Features that a release history alone yields.

use jiff::civil::{Date, date};
use jiff::{Span, Timestamp};

use crate::model::{Feature, Features, Missing, Observed, ReleaseHistory};

/// Added to ages, so that the first days of a package say little.
const HALF_YEAR_DAYS: f64 = 180.0;

/// Days with a release, as day numbers, ascending and each once.
///
/// Several releases on one day are one decision to release, so that a workspace published in
/// steps or a release repeated after a mistake does not count as activity twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    days: Vec<i32>,
}

/// Days from 1970-01-01 to a day.
pub fn day_number(day: Date) -> i32 {
    // The range of `Date` is under ten million days.
    day.since(date(1970, 1, 1)).map_or(0, |span| span.get_days())
}

/// The day of a day number; the last day there is for one beyond it.
pub fn day(number: i32) -> Date {
    date(1970, 1, 1).saturating_add(Span::new().days(number))
}

/// The UTC day of a moment as a day number.
pub(super) fn day_of(time: Timestamp) -> i32 {
    // Seconds are cut towards 1970. The range of `Timestamp` is under ten million days.
    let seconds = time.as_second() - i64::from(time.subsec_nanosecond() < 0);
    seconds.div_euclid(86_400) as i32
}

impl Timeline {
    /// The timeline of these days, in any order.
    pub fn new(mut days: Vec<i32>) -> Self {
        days.sort_unstable();
        days.dedup();
        Self { days }
    }

    /// The timeline of a history. Yanked releases and pre-releases are activity; releases without
    /// a time are left out, as nobody can tell when they came.
    pub fn of(history: &ReleaseHistory) -> Self {
        Self::new(history.releases.iter().filter_map(|it| it.published.map(day_of)).collect())
    }

    /// The days up to and with `as_of`.
    pub(super) fn until(&self, as_of: i32) -> &[i32] {
        &self.days[..self.days.partition_point(|&day| day <= as_of)]
    }

    /// The last release by the end of a day.
    pub(super) fn last(&self, as_of: i32) -> Option<i32> {
        self.until(as_of).last().copied()
    }

    /// The first release after a day.
    pub(super) fn next_after(&self, as_of: i32) -> Option<i32> {
        self.days.get(self.until(as_of).len()).copied()
    }
}

/// What the releases up to the end of the day `as_of` (UTC) tell. Later ones do not exist for it.
///
/// Every feature but the span only grows (silence) or only falls (counts) while nothing is
/// released, which makes a model with the right signs monotone in silence.
pub fn release_features(timeline: &Timeline, as_of: i32) -> Features {
    let days = timeline.until(as_of);
    let (Some(&first), Some(&last)) = (days.first(), days.last()) else {
        return Features::missing(Missing::NoReleaseByThen);
    };
    let within = |span: i32| days.len() - days.partition_point(|&day| day <= as_of - span);
    let longest = days.windows(2).map(|pair| pair[1] - pair[0]).max();
    let silence = f64::from(as_of - last);
    let by_longest = longest.map_or(1.0, |longest| silence / f64::from(longest.max(1)));
    let mut features = Features::missing(Missing::NotAsked);
    let values = [
        (Feature::SilenceDays, silence),
        (Feature::ReleaseDays90, within(90) as f64),
        (Feature::ReleaseDays365, within(365) as f64),
        (Feature::ReleaseDays730, within(730) as f64),
        (Feature::ReleaseQuarters, quarters(&days[days.len() - within(1460)..]) as f64),
        (Feature::ReleaseDays, days.len() as f64),
        (Feature::SpanDays, f64::from(last - first)),
        (Feature::SilenceByLongestInterval, by_longest),
        (Feature::SilenceByMeanInterval, silence / mean_interval(days)),
        (Feature::SilenceByRecord, record(days, as_of)),
        (Feature::FreshReleases, fresh(within(365), silence)),
    ];
    for (feature, value) in values {
        features = features.with(feature, Observed::Known(value));
    }
    features
}

/// Features with what the versions released up to `as_of` tell: `first_stable` is the day of
/// [`first_stable`].
#[must_use]
pub fn with_version(features: Features, first_stable: Option<i32>, as_of: i32) -> Features {
    if features.get(Feature::SilenceDays).known().is_none() {
        return features;
    }
    let is_below = first_stable.is_none_or(|day| day > as_of);
    features.with(Feature::BelowOne, Observed::Known(f64::from(u8::from(is_below))))
}

/// The first day with a release of version 1.0 or above that is no pre-release.
pub fn first_stable<'a>(releases: impl Iterator<Item = (i32, &'a str)>) -> Option<i32> {
    let is_stable = |version: &str| {
        let version = semver::Version::parse(version);
        version.is_ok_and(|version| version.major > 0 && version.pre.is_empty())
    };
    releases.filter(|(_, version)| is_stable(version)).map(|(day, _)| day).min()
}

/// The same from a history.
pub fn first_stable_of(history: &ReleaseHistory) -> Option<i32> {
    let dated = |release: &'_ crate::model::Release| release.published.map(day_of);
    let releases = history.releases.iter();
    first_stable(releases.filter_map(|it| Some((dated(it)?, it.version.as_str()))))
}

/// Mean days between days with a release, at least one.
fn mean_interval(days: &[i32]) -> f64 {
    let span = f64::from(days[days.len() - 1] - days[0]);
    (span / days.len().saturating_sub(1).max(1) as f64).max(1.0)
}

/// [`Feature::SilenceByRecord`] of ascending days.
fn record(days: &[i32], as_of: i32) -> f64 {
    let (first, last) = (days[0], days[days.len() - 1]);
    let age = |day: i32| f64::from(day - first) + HALF_YEAR_DAYS;
    days.len() as f64 * (age(as_of) / age(last)).log2()
}

/// [`Feature::FreshReleases`] of so many days with a release in the last 365 days.
fn fresh(within_a_year: usize, silence: f64) -> f64 {
    (1.0 + within_a_year as f64).log2() * (366.0 / (1.0 + silence)).log2().max(0.0)
}

/// Different quarters among ascending days. They are anchored at 1970-01-01 and not at the day of
/// the forecast, so that time alone never splits one into two.
fn quarters(days: &[i32]) -> usize {
    let quarter = |day: i32| (i64::from(day) * 16).div_euclid(1461);
    let changes = days.windows(2).filter(|pair| quarter(pair[0]) != quarter(pair[1])).count();
    changes + usize::from(!days.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_numbers_count_from_1970() {
        assert_eq!(day_number(date(1970, 1, 1)), 0);
        assert_eq!(day_number(date(2024, 2, 29)), 19_782);
        assert_eq!(day_number(date(1969, 12, 31)), -1);
        let cases = [
            ("1970-01-01T23:59:59.9Z", 0),
            ("1970-01-02T00:00:00Z", 1),
            ("2024-02-29T23:00:00-02:00", 19_783),
            ("1969-12-31T23:59:59.9Z", -1),
        ];
        for (time, day) in cases {
            assert_eq!(day_of(time.parse().unwrap()), day, "{time}");
        }
    }

    #[test]
    fn features_by_hand() {
        // Releases on days 0, 10 (twice) and 400, seen from day 500 and from day 399.
        let timeline = Timeline::new(vec![400, 10, 0, 10]);
        let at = |as_of: i32| {
            let features = release_features(&timeline, as_of);
            Feature::ALL.map(|feature| features.get(feature).known().copied())
        };
        let known = |values: [f64; 8]| values.map(Some);
        let of =
            |as_of: i32, feature| *release_features(&timeline, as_of).get(feature).known().unwrap();
        // The mean interval is 200 days; three days times log2((500 + 180) / (400 + 180)).
        assert_eq!(of(500, Feature::SilenceByMeanInterval), 0.5);
        assert!(
            (of(500, Feature::SilenceByRecord) - 3.0 * (680.0_f64 / 580.0).log2()).abs() < 1e-12
        );
        // One day within a year: one doubling times log2(366 / 101).
        assert!((of(500, Feature::FreshReleases) - (366.0_f64 / 101.0).log2()).abs() < 1e-12);
        assert_eq!(of(800, Feature::FreshReleases), 0.0);
        assert_eq!(of(5, Feature::SilenceByMeanInterval), 5.0);
        assert_eq!(at(500)[..8], known([100.0, 0.0, 1.0, 3.0, 2.0, 3.0, 400.0, 100.0 / 390.0]));
        assert_eq!(at(399)[..8], known([389.0, 0.0, 0.0, 2.0, 1.0, 2.0, 10.0, 38.9]));
        assert_eq!(at(-1), [None; Feature::ALL.len()]);
    }

    #[test]
    fn a_package_is_below_one_until_its_first_stable_release() {
        let releases = [(1, "0.1.0"), (5, "1.0.0-rc.1"), (9, "1.0.0"), (11, "0.1.1"), (2, "x")];
        let first = first_stable(releases.into_iter());
        assert_eq!(first, Some(9));
        let of = |as_of: i32| {
            let features = release_features(&Timeline::new(vec![1, 5, 9]), as_of);
            with_version(features, first, as_of).get(Feature::BelowOne).known().copied()
        };
        assert_eq!([0, 1, 8, 9].map(of), [None, Some(1.0), Some(1.0), Some(0.0)]);
    }

    #[test]
    fn what_comes_after_the_day_changes_nothing() {
        let before = Timeline::new(vec![0, 30, 45]);
        let planted = Timeline::new(vec![0, 30, 45, 101, 1000]);
        assert_eq!(release_features(&before, 100), release_features(&planted, 100));
        assert_ne!(release_features(&before, 101), release_features(&planted, 101));
    }
}
