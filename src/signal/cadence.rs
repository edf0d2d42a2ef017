//! Release cadence: how often a package is released and how far behind the locked version is.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use semver::Version;

use crate::model::{Cadence, Missing, Observed, Release, ReleaseHistory};

const SECONDS_PER_DAY: i64 = 86_400;
const DAYS_IN_12_MONTHS: i64 = 365;
const DAYS_IN_36_MONTHS: i64 = 1_096;
/// Mean length of a year, for libyears.
const DAYS_PER_YEAR: f64 = 365.25;

/// Measures the cadence of a package from its releases up to the end of the day `as_of` in UTC,
/// which is also the moment that silence lasts to.
///
/// Later releases do not exist for it, and releases without a publication time are left out, as
/// nobody can tell when they came. Pre-releases and yanked releases are activity and count as
/// releases. The locked version is compared with stable releases that are not yanked; only where
/// there is none and the locked version is a pre-release, with other pre-releases. Where nothing
/// newer exists the package is known to be 0 versions and 0 years behind.
///
/// Intervals lie between consecutive publications, however short. Quantiles interpolate linearly
/// between order statistics: definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical
/// Packages", The American Statistician 50 (1996).
pub fn cadence(history: &ReleaseHistory, locked: &str, as_of: Date) -> Observed<Cadence> {
    let end = as_of.duration_since(date(1970, 1, 1)).as_secs() + SECONDS_PER_DAY;
    let published = || history.releases.iter().filter_map(Published::of);
    let mut releases = Vec::with_capacity(history.releases.len());
    releases.extend(published().filter(|it| it.time.as_second() < end));
    releases.sort_by_key(|release| release.time);
    let (Some(first), Some(last)) = (releases.first(), releases.last()) else {
        let no_times = !history.releases.is_empty() && published().next().is_none();
        let why = if no_times { Missing::NoPublishTimes } else { Missing::NoReleaseByThen };
        return Observed::Missing(why);
    };
    let intervals = sorted_intervals_days(&releases);
    let p90_interval_days = quantile(&intervals, 0.9);
    let silence_days = days(end - last.time.as_second());
    let since = |days: i64| {
        let start = end - days * SECONDS_PER_DAY;
        releases.len() - releases.partition_point(|it| it.time.as_second() < start)
    };
    let yanked = releases.iter().filter(|it| it.release.yanked).count();
    let standing = standing(&releases, history, locked);
    Observed::Known(Cadence {
        first_release: first.time,
        last_release: last.time,
        releases: releases.len(),
        median_interval_days: quantile(&intervals, 0.5),
        silence_ratio: p90_interval_days.clone().map(|p90| silence_days / p90.max(1.0)),
        p90_interval_days,
        releases_12_months: since(DAYS_IN_12_MONTHS),
        releases_36_months: since(DAYS_IN_36_MONTHS),
        silence_days,
        yanked_share: yanked as f64 / releases.len() as f64,
        versions_behind: standing.versions_behind,
        libyears: standing.libyears,
        newest: standing.newest,
    })
}

/// A release whose publication time is known.
#[derive(Clone, Copy)]
struct Published<'a> {
    time: Timestamp,
    release: &'a Release,
}

impl<'a> Published<'a> {
    fn of(release: &'a Release) -> Option<Self> {
        Some(Self { time: release.published?, release })
    }
}

fn days(seconds: i64) -> f64 {
    seconds as f64 / SECONDS_PER_DAY as f64
}

fn sorted_intervals_days(releases: &[Published<'_>]) -> Vec<f64> {
    let pairs = releases.windows(2);
    let mut seconds: Vec<i64> =
        pairs.map(|pair| pair[1].time.as_second() - pair[0].time.as_second()).collect();
    seconds.sort_unstable();
    seconds.into_iter().map(days).collect()
}

/// The quantile of ascending values, by linear interpolation at `(n - 1) * share`.
fn quantile(ascending: &[f64], share: f64) -> Observed<f64> {
    let Some(last) = ascending.len().checked_sub(1) else {
        return Observed::Missing(Missing::TooFewReleases);
    };
    let place = last as f64 * share;
    let (below, above) = (ascending[place.floor() as usize], ascending[place.ceil() as usize]);
    Observed::Known(below + (above - below) * place.fract())
}

/// How the locked version stands among the releases.
struct Standing {
    versions_behind: Observed<usize>,
    libyears: Observed<f64>,
    newest: Option<String>,
}

fn standing(releases: &[Published<'_>], history: &ReleaseHistory, locked: &str) -> Standing {
    let locked_version = Version::parse(locked).ok();
    let mut candidates = candidates(releases, Stage::Stable);
    if candidates.is_empty() && locked_version.as_ref().is_some_and(|it| !it.pre.is_empty()) {
        candidates = self::candidates(releases, Stage::PreRelease);
    }
    let newest = candidates.iter().max_by(|a, b| a.0.cmp(&b.0));
    let listed = releases.iter().find(|it| it.release.version == locked);
    let behind = listed.zip(locked_version).map(|(listed, locked)| {
        let newer = candidates.iter().filter(|it| it.0.cmp_precedence(&locked).is_gt()).count();
        let years = newest.filter(|_| newer > 0).map_or(0.0, |(_, newest)| {
            let seconds = newest.time.as_second() - listed.time.as_second();
            days(seconds.max(0)) / DAYS_PER_YEAR
        });
        (newer, years)
    });
    let why = match history.find(locked) {
        Some(Release { published: None, .. }) if listed.is_none() => Missing::NoPublishTimes,
        _ => Missing::VersionNotListed,
    };
    let behind = Observed::from_option(behind, why);
    Standing {
        versions_behind: behind.clone().map(|(newer, _)| newer),
        libyears: behind.map(|(_, years)| years),
        newest: newest.map(|(_, newest)| newest.release.version.to_string()),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Stable,
    PreRelease,
}

/// The releases of a stage that are not yanked, with their versions. What is no semantic version
/// cannot be compared and is none of them.
fn candidates<'a>(releases: &[Published<'a>], stage: Stage) -> Vec<(Version, Published<'a>)> {
    let not_yanked = releases.iter().filter(|it| !it.release.yanked);
    let versions =
        not_yanked.filter_map(|it| Some((Version::parse(&it.release.version).ok()?, *it)));
    let mut candidates = Vec::with_capacity(releases.len());
    candidates
        .extend(versions.filter(|(version, _)| version.pre.is_empty() == (stage == Stage::Stable)));
    candidates
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `1.0.0@2020-01-01T00:00:00Z`, with `!` before a yanked release and nothing after `@` for
    /// an unknown time.
    fn history(releases: &[&str]) -> ReleaseHistory {
        let release = |text: &&str| {
            let (version, time) = text.split_once('@').unwrap();
            Release {
                version: version.trim_start_matches('!').into(),
                published: (!time.is_empty()).then(|| time.parse().unwrap()),
                yanked: version.starts_with('!'),
            }
        };
        ReleaseHistory { releases: releases.iter().map(release).collect() }
    }

    fn measured(releases: &[&str], locked: &str, as_of: Date) -> Cadence {
        cadence(&history(releases), locked, as_of).known().unwrap().clone()
    }

    fn close(measured: &Observed<f64>, expected: f64) -> bool {
        measured.known().is_some_and(|value| (value - expected).abs() < 1e-9)
    }

    #[test]
    fn activity_is_measured_as_by_hand() {
        // Intervals in days: 10, 20, 0.5, 100; ascending 0.5, 10, 20, 100. The median lies at
        // place 1.5: 15. The 90th percentile lies at place 2.7: 20 + 0.7 * 80 = 76.
        let releases = [
            "0.1.0@2020-01-01T00:00:00Z",
            "0.1.1@2020-01-11T00:00:00Z",
            "!0.2.0@2020-01-31T00:00:00Z",
            "0.2.1@2020-01-31T12:00:00Z",
            "0.3.0-rc.1@2020-05-10T12:00:00Z",
            "0.3.0@2021-01-01T00:00:00Z",
        ];
        let measured = measured(&releases, "0.1.0", date(2020, 12, 31));
        assert_eq!(measured.first_release, "2020-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(measured.last_release, "2020-05-10T12:00:00Z".parse().unwrap());
        assert_eq!(measured.releases, 5);
        assert!(close(&measured.median_interval_days, 15.0), "{measured:?}");
        assert!(close(&measured.p90_interval_days, 76.0), "{measured:?}");
        // 2020 has 366 days, so that the first release lies 366 days before the end.
        assert_eq!((measured.releases_12_months, measured.releases_36_months), (4, 5));
        // From noon on 10 May to the end of 31 December.
        assert_eq!(measured.silence_days, 235.5);
        assert!(close(&measured.silence_ratio, 235.5 / 76.0), "{measured:?}");
        assert_eq!(measured.yanked_share, 0.2);
        assert_eq!(measured.newest.as_deref(), Some("0.2.1"));
        assert_eq!(measured.versions_behind, Observed::Known(2));
        assert!(close(&measured.libyears, 30.5 / 365.25), "{measured:?}");
    }

    #[test]
    fn the_day_of_the_audit_counts_to_its_end() {
        let releases = ["1.0.0@2020-01-01T00:00:00Z", "1.0.1@2020-01-02T23:59:59Z"];
        assert_eq!(measured(&releases, "1.0.0", date(2020, 1, 1)).releases, 1);
        assert_eq!(measured(&releases, "1.0.0", date(2020, 1, 1)).silence_days, 1.0);
        assert_eq!(measured(&releases, "1.0.0", date(2020, 1, 2)).releases, 2);
    }

    #[test]
    fn the_rhythm_of_a_burst_is_taken_as_one_day_at_least() {
        let releases = ["1.0.0@2020-01-01T00:00:00Z", "1.0.1@2020-01-01T06:00:00Z"];
        let measured = measured(&releases, "1.0.1", date(2020, 1, 4));
        assert!(close(&measured.p90_interval_days, 0.25), "{measured:?}");
        assert!(close(&measured.silence_ratio, 3.75), "{measured:?}");
    }

    #[test]
    fn what_cannot_be_measured_says_why() {
        let day = date(2020, 6, 1);
        let cases: [(&[&str], Missing); 3] = [
            (&["1.0.0@", "1.0.1@"], Missing::NoPublishTimes),
            (&["1.0.0@2020-06-02T00:00:00Z", "1.0.1@"], Missing::NoReleaseByThen),
            (&[], Missing::NoReleaseByThen),
        ];
        for (releases, why) in cases {
            assert_eq!(cadence(&history(releases), "1.0.0", day), Observed::Missing(why));
        }
        let single = measured(&["1.0.0@2020-01-01T00:00:00Z"], "1.0.0", day);
        let few = Observed::Missing(Missing::TooFewReleases);
        assert_eq!(single.median_interval_days, few);
        assert_eq!(single.p90_interval_days, few);
        assert_eq!(single.silence_ratio, few);
        assert_eq!(single.versions_behind, Observed::Known(0));
    }

    #[test]
    fn the_locked_version_is_compared_with_what_one_could_move_to() {
        const YEAR_0: &str = "@2020-01-01T00:00:00Z";
        const YEAR_4: &str = "@2024-01-01T00:00:00Z";
        type Case<'a> =
            (&'a str, &'a [&'a str], &'a str, Result<(usize, f64), Missing>, Option<&'a str>);
        let known = |versions: usize, years: f64| Ok((versions, years));
        let cases: [Case<'_>; 11] = [
            ("newer", &["1.0.0-", "2.0.0+"], "1.0.0", known(1, 4.0), Some("2.0.0")),
            ("yanked", &["1.0.0-", "!2.0.0+"], "1.0.0", known(0, 0.0), Some("1.0.0")),
            ("own is yanked", &["!1.0.0-", "2.0.0+"], "1.0.0", known(1, 4.0), Some("2.0.0")),
            ("all yanked", &["!1.0.0-", "!2.0.0+"], "1.0.0", known(0, 0.0), None),
            ("pre-release", &["1.0.0-", "2.0.0-rc.1+"], "1.0.0", known(0, 0.0), Some("1.0.0")),
            ("only those", &["1.0.0-a-", "1.0.0-b+"], "1.0.0-a", known(1, 4.0), Some("1.0.0-b")),
            ("ahead", &["1.0.0-rc.1-", "0.9.9+"], "1.0.0-rc.1", known(0, 0.0), Some("0.9.9")),
            ("backport", &["2.0.0-", "1.0.0-", "1.0.1+"], "1.0.0", known(2, 0.0), Some("2.0.0")),
            ("build", &["1.0.0+a-", "1.0.0+b+"], "1.0.0+a", known(0, 0.0), Some("1.0.0+b")),
            ("not listed", &["2.0.0-"], "1.0.0", Err(Missing::VersionNotListed), Some("2.0.0")),
            ("no time", &["2.0.0-", "1.0.0"], "1.0.0", Err(Missing::NoPublishTimes), Some("2.0.0")),
        ];
        for (name, releases, locked, expected, newest) in cases {
            let timed = releases.iter().map(|text| match text.split_at(text.len() - 1) {
                (version, "-") => format!("{version}{YEAR_0}"),
                (version, "+") => format!("{version}{YEAR_4}"),
                _ => format!("{text}@"),
            });
            let timed: Vec<String> = timed.collect();
            let timed: Vec<&str> = timed.iter().map(String::as_str).collect();
            let measured = measured(&timed, locked, date(2024, 6, 1));
            assert_eq!(measured.newest.as_deref(), newest, "{name}");
            match expected {
                Ok((versions, years)) => {
                    assert_eq!(measured.versions_behind, Observed::Known(versions), "{name}");
                    assert!(close(&measured.libyears, years), "{name}: {measured:?}");
                }
                Err(why) => {
                    assert_eq!(measured.versions_behind, Observed::Missing(why), "{name}");
                    assert_eq!(measured.libyears, Observed::Missing(why), "{name}");
                }
            }
        }
    }

    #[test]
    fn the_ends_of_the_calendar_are_days_too() {
        let releases = ["1.0.0@2020-01-01T00:00:00Z"];
        assert!(measured(&releases, "1.0.0", Date::MAX).silence_days > 2e6);
        let before = cadence(&history(&releases), "1.0.0", Date::MIN);
        assert_eq!(before, Observed::Missing(Missing::NoReleaseByThen));
    }

    fn releases() -> impl Strategy<Value = Vec<Release>> {
        let version = "[0-9]{1,2}\\.[0-9]\\.[0-9](-[a-z])?|[0-9.]{1,4}";
        let release = (version, prop::option::weighted(0.9, 0i64..2_000), any::<bool>());
        prop::collection::vec(
            release.prop_map(|(version, day, yanked)| Release {
                version: version.into(),
                published: day.map(|day| Timestamp::from_second(day * 40_000).unwrap()),
                yanked,
            }),
            0..30,
        )
    }

    proptest! {
        /// An audit as of a day gives what it would have given on that day.
        #[test]
        fn later_releases_change_nothing(releases in releases(), day in 0i64..1_000) {
            let as_of = date(1970, 1, 1).saturating_add(jiff::Span::new().days(day));
            let by_then = |release: &Release| {
                release.published.is_some_and(|it| it.as_second() < (day + 1) * SECONDS_PER_DAY)
            };
            let locked = releases.iter().find(|it| by_then(it)).map(|it| it.version.clone());
            let locked = locked.unwrap_or_default();
            let then: Vec<_> = releases.iter().filter(|it| by_then(it)).cloned().collect();
            prop_assume!(!then.is_empty());
            let then = ReleaseHistory { releases: then };
            let today = ReleaseHistory { releases };
            prop_assert_eq!(cadence(&then, &locked, as_of), cadence(&today, &locked, as_of));
        }

        #[test]
        fn measures_stay_in_their_bounds(releases in releases(), day in 0i64..1_000) {
            let as_of = date(1970, 1, 1).saturating_add(jiff::Span::new().days(day));
            let locked = releases.first().map(|it| it.version.clone()).unwrap_or_default();
            if let Observed::Known(it) = cadence(&ReleaseHistory { releases }, &locked, as_of) {
                prop_assert!(it.first_release <= it.last_release);
                prop_assert!(it.silence_days > 0.0);
                prop_assert!((0.0..=1.0).contains(&it.yanked_share));
                prop_assert!(it.releases_12_months <= it.releases_36_months);
                prop_assert!(it.releases_36_months <= it.releases);
                prop_assert!(it.libyears.known().is_none_or(|years| *years >= 0.0));
                if let (Observed::Known(p50), Observed::Known(p90)) =
                    (it.median_interval_days, it.p90_interval_days)
                {
                    prop_assert!(p50 <= p90);
                }
            }
        }
    }
}
