//! A few lines of the table with the days of their releases alone, as an audit without network
//! knows them.

use std::collections::BTreeMap;

use headwater::model::{Commit, History, Missing, Person, PersonIndex, Sourced, Upstream};
use headwater::signal::activity::activity;
use jiff::civil::{Date, date};
use jiff::tz::Offset;

use super::{AS_OF, Known, audited, contradiction, expected, in_words, project, releases};

/// First and last releases.
const PACKAGES: [(&str, &[(&str, &str)]); 12] = [
    ("atty", &[("0.1.0", "2016-05-01"), ("0.2.13", "2019-07-04"), ("0.2.14", "2020-01-13")]),
    ("fnv", &[("1.0.0", "2015-04-05"), ("1.0.6", "2018-01-15"), ("1.0.7", "2020-05-06")]),
    ("lazy_static", &[("1.0.0", "2017-11-20"), ("1.4.0", "2019-09-02"), ("1.5.0", "2024-06-21")]),
    ("net2", &[("0.2.0", "2015-06-01"), ("0.2.39", "2023-06-14")]),
    ("once_cell", &[("1.0.0", "2019-08-01"), ("1.21.3", "2025-03-28"), ("1.21.4", "2026-03-01")]),
    ("proc-macro-error", &[("0.1.0", "2019-07-01"), ("1.0.4", "2020-07-31")]),
    ("ring", &[("0.16.20", "2021-02-04"), ("0.17.0", "2023-10-01"), ("0.17.14", "2025-03-11")]),
    ("serde_yaml", &[("0.9.33", "2024-03-17"), ("0.9.34+deprecated", "2024-03-25")]),
    ("structopt", &[("0.3.0", "2019-09-01"), ("0.3.26", "2022-01-18")]),
    ("subtle", &[("2.5.0", "2023-04-01"), ("2.6.1", "2024-06-15")]),
    ("term", &[("0.6.1", "2019-09-01"), ("0.7.0", "2020-12-01"), ("1.2.1", "2025-12-06")]),
    ("winapi", &[("0.3.8", "2019-08-01"), ("0.3.9", "2020-06-26")]),
];

#[test]
fn releases_alone_lead_to_the_advice() {
    let known: Vec<Known> = PACKAGES
        .iter()
        .map(|(name, days)| Known {
            name: (*name).to_owned(),
            releases: releases(days),
            repository: None,
        })
        .collect();
    let audit = audited(&known, BTreeMap::new());
    for line in expected().iter().filter(|line| known.iter().any(|it| it.name == line.package)) {
        assert_eq!(line.disagreement(project(&audit, line.package)), None);
    }
    for project in &audit.ranking {
        assert_eq!(contradiction(project), None);
    }
    let words = |package| project(&audit, package).advice.known().map(in_words);
    assert_eq!(
        words("atty").unwrap(),
        "replace: no active maintainer, says RUSTSEC-2024-0375; superseded by \
         `std::io::IsTerminal` since Rust 1.70"
    );
    assert_eq!(
        words("lazy_static").unwrap(),
        "replace: superseded by `std::sync::LazyLock` since Rust 1.80"
    );
    assert_eq!(words("fnv"), None);
}

/// A project of one person with a commit a week up to a day.
fn worked_on_until(day: Date) -> Upstream {
    let person = Person { identity: "a".into(), organisation: None, bot: false };
    let noon = |day: Date| Offset::UTC.to_timestamp(day.at(12, 0, 0, 0)).unwrap();
    let commit = |week: i64| Commit {
        author: PersonIndex(0),
        co_authors: Vec::new(),
        authored: noon(day - jiff::Span::new().days(7 * week)),
        merge: false,
    };
    let commits = (0..250).map(commit).collect();
    let history = History { people: vec![person], commits, tags: Vec::new() };
    let activity = activity(&history, AS_OF);
    Upstream {
        activity: activity.map(|value| Sourced { value, from: "a copy".into(), on: day }),
        ..Upstream::NOT_ASKED
    }
}

#[test]
fn a_copy_that_ends_before_the_newest_release_tells_nothing() {
    let address = "https://git.example/a/demo";
    let of = |copied: Date, released: &str| {
        let demo = Known {
            name: "demo".into(),
            releases: releases(&[("1.0.0", "2020-01-01"), ("1.1.0", released)]),
            repository: Some(address.into()),
        };
        let upstream = BTreeMap::from([(address.to_owned(), worked_on_until(copied))]);
        let audit = audited(&[demo], upstream);
        let upstream = project(&audit, "demo").upstream.clone().unwrap();
        (upstream.activity.missing(), project(&audit, "demo").class.known().is_some())
    };
    let stale = (Some(Missing::Stale), false);
    let current = (None, true);
    assert_eq!(of(date(2025, 6, 1), "2026-06-01"), stale);
    // A release from another branch, a month after the last commit, and one not yet published.
    assert_eq!(of(date(2026, 5, 1), "2026-06-01"), current);
    assert_eq!(of(date(2026, 4, 30), "2026-06-01"), stale);
    assert_eq!(of(date(2025, 6, 1), "2026-08-22"), current);
}
