//! Whether an advisory speaks of a project as it is today, or of old versions of it only.

use jiff::civil::Date;
use jiff::tz::Offset;
use semver::Version;

use crate::model::{Advisory, Concerns, ReleaseHistory};

/// What an advisory concerns on a day: the project, unless the highest release published by then
/// is outside its affected ranges.
///
/// A notice such as "unmaintained" about versions before 0.17 says: upgrade. It says nothing of
/// the people who release 0.17. Yanked releases do not count, and pre-releases only where there
/// is nothing else. Where no release is known, a later version that the advisory itself names as
/// not affected counts as one.
pub fn concerns(advisory: &Advisory, history: Option<&ReleaseHistory>, as_of: Date) -> Concerns {
    let is_spared = match history.and_then(|history| highest(history, as_of)) {
        Some(highest) => !advisory.affects(&highest),
        None => advisory.affected.last().is_none_or(|range| range.fixed.is_some()),
    };
    if is_spared { Concerns::SomeVersions } else { Concerns::Project }
}

/// The highest release published by the end of a day; one without a time counts, for the index
/// lists it.
fn highest(history: &ReleaseHistory, as_of: Date) -> Option<Version> {
    let released = history.releases.iter().filter(|release| {
        let day = release.published.map(|time| Offset::UTC.to_datetime(time).date());
        !release.yanked && day.is_none_or(|day| day <= as_of)
    });
    let versions = released.filter_map(|release| Version::parse(&release.version).ok());
    versions.max_by(|a, b| (a.pre.is_empty(), a).cmp(&(b.pre.is_empty(), b)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;
    use crate::model::{AdvisoryKind, Release, VersionRange};

    fn advisory(ranges: &[(&str, &str)]) -> Advisory {
        let range = |(introduced, fixed): &(&str, &str)| VersionRange {
            introduced: introduced.parse().ok(),
            fixed: fixed.parse().ok(),
        };
        Advisory {
            id: "A-1".into(),
            package: "demo".into(),
            kind: AdvisoryKind::Unmaintained,
            date: date(2025, 3, 5),
            first_seen: None,
            withdrawn: None,
            affected: ranges.iter().map(range).collect(),
            cvss: None,
            aliases: Vec::new(),
            categories: Vec::new(),
            arch: Vec::new(),
            os: Vec::new(),
            functions: BTreeMap::new(),
            url: None,
            licence: "CC0-1.0".into(),
            title: None,
            rating: None,
            keywords: Vec::new(),
        }
    }

    fn history(releases: &[(&str, &str)]) -> ReleaseHistory {
        let release = |(version, day): &(&str, &str)| Release {
            version: version.trim_start_matches('!').into(),
            published: format!("{day}T12:00:00Z").parse().ok(),
            yanked: version.starts_with('!'),
        };
        ReleaseHistory { releases: releases.iter().map(release).collect() }
    }

    #[test]
    fn a_higher_release_that_existed_on_the_day_spares_the_project() {
        use Concerns::{Project, SomeVersions};
        let old = advisory(&[("", "0.17.0")]);
        let every = advisory(&[("", "")]);
        let newest = advisory(&[("0.23.1", "")]);
        let before = ("0.16.20", "2021-01-01");
        let after = ("0.17.0", "2023-10-01");
        let cases = [
            (&old, vec![before, after], date(2026, 1, 1), SomeVersions),
            (&old, vec![after, before], date(2026, 1, 1), SomeVersions),
            (&old, vec![before, after], date(2023, 10, 1), SomeVersions),
            (&old, vec![before, after], date(2023, 9, 30), Project),
            (&old, vec![before, ("!0.17.0", "2023-10-01")], date(2026, 1, 1), Project),
            (&old, vec![before, ("0.17.0-rc.1", "2023-10-01")], date(2026, 1, 1), Project),
            (&old, vec![("0.17.0-rc.1", "2023-10-01")], date(2026, 1, 1), Project),
            (&old, vec![before, ("0.17.0", "")], date(2026, 1, 1), SomeVersions),
            (&every, vec![before, after], date(2026, 1, 1), Project),
            // A lower release that is not affected does not show that anybody is there.
            (
                &newest,
                vec![("0.23.0", "2023-01-01"), ("0.23.2", "2024-01-01")],
                date(2026, 1, 1),
                Project,
            ),
        ];
        for (advisory, releases, as_of, expected) in cases {
            let found = concerns(advisory, Some(&history(&releases)), as_of);
            assert_eq!(found, expected, "{releases:?} {as_of}");
        }
    }

    #[test]
    fn without_releases_the_advisory_itself_tells() {
        let of = |ranges| concerns(&advisory(ranges), None, date(2026, 1, 1));
        assert_eq!(of(&[("", "0.17.0")]), Concerns::SomeVersions);
        assert_eq!(of(&[("", "1.0.0"), ("2.0.0", "")]), Concerns::Project);
        assert_eq!(of(&[("", "")]), Concerns::Project);
        let none = concerns(&advisory(&[("", "")]), Some(&history(&[])), date(2026, 1, 1));
        assert_eq!(none, Concerns::Project);
    }
}
