//! What would end a finding, as a table.

use std::sync::Arc;

use headwater::model::{Advisory, AdvisoryKind, Fix, Missing, Observed, PackageIndex, Presence};
use headwater::signal::fix::{Days, fix, newest_good};
use jiff::civil::date;

use super::sample::{DEMO, TODAY, advisory, graph, history, version};

const OLD: &str = "2024-01-01";

/// Judged on the day of the database.
const DAYS: Days = Days { as_of: TODAY, ranges_of: Some(TODAY) };

fn update(to: &str) -> Fix {
    Fix::Update { to: version(to) }
}

fn released(to: &str) -> Fix {
    Fix::Released { to: version(to) }
}

fn upgrade(to: &str, accepts: &[&str]) -> Fix {
    let blocked = |accepts: &&str| (PackageIndex(0), accepts.parse().unwrap());
    Fix::Upgrade { to: version(to), blocked_by: accepts.iter().map(blocked).collect() }
}

/// The fix of a vulnerability in `demo 1.2.0`.
fn fixed(ranges: &[(&str, &str)], releases: &[(&str, &str)], requirements: &[&str]) -> Fix {
    let one = advisory("A-1", AdvisoryKind::Vulnerability, ranges);
    let graph = graph(Presence::Runtime, requirements);
    fix(&graph, DEMO, Some(&one), &[], &history(releases), DAYS)
}

#[test]
fn with_a_history() {
    type Pairs<'a> = &'a [(&'a str, &'a str)];
    let to_1_3: Pairs<'_> = &[("", "1.3.0")];
    let cases: [(&str, Pairs<'_>, Pairs<'_>, &[&str], Fix); 19] = [
        ("newest inside", to_1_3, &[("1.3.0", OLD), ("1.4.0", OLD)], &["^1"], update("1.4.0")),
        (
            "order of publication",
            to_1_3,
            &[("1.4.0", OLD), ("1.3.1", OLD)],
            &["^1"],
            update("1.4.0"),
        ),
        (
            "affected again",
            &[("", "1.3.0"), ("1.4.0", "")],
            &[("1.3.0", OLD), ("1.4.0", OLD)],
            &["^1"],
            update("1.3.0"),
        ),
        ("yanked", to_1_3, &[("1.3.0", OLD), ("!1.4.0", OLD)], &["^1"], update("1.3.0")),
        ("too late", to_1_3, &[("1.3.0", OLD), ("1.4.0", "2026-08-22")], &["^1"], update("1.3.0")),
        ("on the day", to_1_3, &[("1.4.0", "2026-08-21")], &["^1"], update("1.4.0")),
        ("time not known", to_1_3, &[("1.3.0", "")], &["^1"], update("1.3.0")),
        ("not a version", to_1_3, &[("1.3", OLD), ("1.3.0", OLD)], &["^1"], update("1.3.0")),
        (
            "pre-release",
            to_1_3,
            &[("1.3.0-rc.1", OLD), ("1.3.0", OLD), ("1.4.0-rc.1", OLD)],
            &["^1"],
            update("1.3.0"),
        ),
        (
            "pre-release, any requirement",
            to_1_3,
            &[("1.3.0", OLD), ("1.4.0-rc.1", OLD)],
            &["*"],
            update("1.3.0"),
        ),
        ("any requirement", to_1_3, &[("2.0.0", OLD)], &["*"], update("2.0.0")),
        (
            "two dependents",
            to_1_3,
            &[("1.3.0", OLD), ("1.9.0", OLD)],
            &["^1", "~1.3"],
            update("1.3.0"),
        ),
        (
            "blocked",
            &[("", "2.0.0")],
            &[("1.3.0", OLD), ("2.0.0", OLD), ("3.0.0", OLD)],
            &["^1", ">=1, <4"],
            upgrade("2.0.0", &["^1"]),
        ),
        (
            // 2.0.0 is not affected, since it came before the trouble did.
            "between two affected ranges",
            &[("", "2.0.0"), ("2.1.0", "2.3.0")],
            &[("2.0.0", OLD), ("2.1.0", OLD), ("2.3.0", OLD), ("3.0.0", OLD)],
            &["^1"],
            upgrade("2.3.0", &["^1"]),
        ),
        (
            "a compatible fix below affected versions",
            &[("", "1.3.0"), ("2.0.0", "2.5.0")],
            &[("1.3.0", OLD), ("2.0.0", OLD), ("2.5.0", OLD)],
            &["=1.2.0"],
            upgrade("1.3.0", &["=1.2.0"]),
        ),
        (
            "blocked all the same",
            &[("", "2.0.0")],
            &[("2.0.0", OLD)],
            &["^1", "?"],
            upgrade("2.0.0", &["^1"]),
        ),
        (
            "no declaration",
            to_1_3,
            &[("1.1.0", OLD), ("1.3.0", OLD), ("1.4.0", OLD)],
            &["?"],
            released("1.3.0"),
        ),
        ("nothing good", &[("", "")], &[("1.2.0", OLD), ("1.3.0", OLD)], &["^1"], Fix::None),
        ("only lower", &[("1.2.0", "")], &[("1.1.0", OLD), ("1.2.0", OLD)], &["^1"], Fix::None),
    ];
    for (name, ranges, releases, requirements, expected) in cases {
        assert_eq!(fixed(ranges, releases, requirements), expected, "{name}");
    }
}

#[test]
fn an_outdated_index_does_not_deny_an_announced_release() {
    let ranges = [("", "1.3.0")];
    assert_eq!(fixed(&ranges, &[("1.2.0", OLD)], &["^1"]), released("1.3.0"));
    assert_eq!(fixed(&[("", "1.2.1-0")], &[("1.2.0", OLD)], &["^1"]), Fix::None);
    // The index knows the release, and it is no way out.
    assert_eq!(fixed(&ranges, &[("1.2.0", OLD), ("!1.3.0", OLD)], &["^1"]), Fix::None);
    assert_eq!(fixed(&ranges, &[("1.2.0", OLD), ("1.3.0", "2026-09-01")], &["^1"]), Fix::None);
}

#[test]
fn without_a_history() {
    let unknown = Observed::Missing(Missing::NoIndexEntry);
    let graph = graph(Presence::Runtime, &["^1"]);
    let cases = [
        (&[("", "1.3.0")][..], released("1.3.0")),
        (&[("", "1.3.0"), ("1.3.0", "1.3.1")], released("1.3.1")),
        (&[("", "1.0.0"), ("1.1.0", "1.2.5"), ("2.0.0", "")], released("1.2.5")),
        (&[("", "2.0.0"), ("2.1.0", "2.3.0")], released("2.3.0")),
        (&[("", "1.3.0"), ("2.0.0", "2.1.0")], released("1.3.0")),
        (&[("", "")], Fix::None),
        (&[("2.0.0", "")], Fix::Unknown),
        // `unaffected = ["> 1.2.0"]` spares what may come, and promises no release.
        (&[("", "1.2.1-0")], Fix::Unknown),
    ];
    for (ranges, expected) in cases {
        let one = advisory("A-1", AdvisoryKind::Vulnerability, ranges);
        assert_eq!(fix(&graph, DEMO, Some(&one), &[], &unknown, DAYS), expected, "{ranges:?}");
    }
    assert_eq!(fix(&graph, DEMO, None, &[], &unknown, DAYS), Fix::Unknown);
}

/// A database of a later day may tell of a fix that did not exist yet.
#[test]
fn an_announced_fix_is_not_believed_on_an_earlier_day() {
    let graph = graph(Presence::Runtime, &["^1"]);
    let one = advisory("A-1", AdvisoryKind::Vulnerability, &[("", "1.3.0")]);
    let none = Observed::Missing(Missing::NoIndexEntry);
    let short = history(&[("1.2.0", OLD)]);
    let whole = history(&[("1.2.0", OLD), ("1.3.0", "2026-08-21")]);
    let yesterday = TODAY.yesterday().unwrap();
    for (history, on_the_day, before) in [
        (&none, released("1.3.0"), Fix::Unknown),
        (&short, released("1.3.0"), Fix::Unknown),
        (&whole, update("1.3.0"), Fix::None),
    ] {
        let fix = |as_of| fix(&graph, DEMO, Some(&one), &[], history, Days { as_of, ..DAYS });
        assert_eq!((fix(TODAY), fix(yesterday)), (on_the_day, before), "{history:?}");
    }
}

#[test]
fn a_fix_brings_no_vulnerability_but_may_leave_one() {
    let releases = history(&[("1.3.0", OLD), ("1.4.0", OLD)]);
    let graph = graph(Presence::Runtime, &["^1"]);
    let one = advisory("A-1", AdvisoryKind::Vulnerability, &[("", "1.3.0")]);
    let with = |other: Advisory| {
        fix(&graph, DEMO, Some(&one), &[Arc::new(one.clone()), Arc::new(other)], &releases, DAYS)
    };
    let kind = AdvisoryKind::Vulnerability;
    assert_eq!(with(advisory("A-2", kind, &[("1.4.0", "")])), update("1.3.0"));
    assert_eq!(with(advisory("A-2", kind, &[("", "")])), update("1.4.0"));
    let unmaintained = AdvisoryKind::Unmaintained;
    assert_eq!(with(advisory("A-2", unmaintained, &[("1.3.0", "")])), update("1.4.0"));
    let mut later = advisory("A-2", kind, &[("1.4.0", "")]);
    later.date = date(2026, 9, 1);
    assert_eq!(with(later), update("1.4.0"));
    let mut entered_later = advisory("A-2", kind, &[("1.4.0", "")]);
    entered_later.first_seen = Some(date(2026, 9, 1));
    assert_eq!(with(entered_later), update("1.4.0"));
}

#[test]
fn a_yanked_release_may_go_back() {
    let graph = graph(Presence::Runtime, &["^1"]);
    let way = |releases: &[(&str, &str)]| fix(&graph, DEMO, None, &[], &history(releases), DAYS);
    assert_eq!(way(&[("1.1.0", OLD), ("!1.2.0", OLD), ("1.2.1", OLD)]), update("1.2.1"));
    assert_eq!(way(&[("1.1.0", OLD), ("!1.2.0", OLD)]), update("1.1.0"));
    assert_eq!(way(&[("0.9.0", OLD), ("!1.2.0", OLD), ("2.0.0", OLD)]), upgrade("2.0.0", &["^1"]));
    assert_eq!(way(&[("!1.2.0", OLD)]), Fix::None);
}

#[test]
fn the_newest_release_without_trouble_is_stable_above_the_locked_one_and_of_the_day() {
    use AdvisoryKind::{Notice, Unmaintained, Unsound, Vulnerability};
    let all = [("1.1.0", OLD), ("1.2.0", OLD), ("1.3.0", OLD), ("1.4.0", OLD)];
    type Releases<'a> = &'a [(&'a str, &'a str)];
    let cases: [(Releases<'_>, Option<Advisory>, Option<&str>); 11] = [
        (&all, None, Some("1.4.0")),
        (&all[..2], None, None),
        (&[("1.3.0", OLD), ("1.4.0-rc.1", OLD)], None, Some("1.3.0")),
        (&[("1.3.0", OLD), ("!1.4.0", OLD)], None, Some("1.3.0")),
        (&[("1.3.0", OLD), ("1.4.0", "2026-09-01")], None, Some("1.3.0")),
        (&all, Some(advisory("A-1", Vulnerability, &[("1.4.0", "")])), Some("1.3.0")),
        (&all, Some(advisory("A-1", Unsound, &[("1.4.0", "")])), Some("1.3.0")),
        (&all, Some(advisory("A-1", Unmaintained, &[("1.4.0", "")])), Some("1.4.0")),
        (&all, Some(advisory("A-1", Notice, &[("1.4.0", "")])), Some("1.4.0")),
        (&all, Some(advisory("A-1", Vulnerability, &[("", "1.4.0")])), Some("1.4.0")),
        (
            &all,
            Some(Advisory {
                date: date(2026, 9, 1),
                ..advisory("A-1", Vulnerability, &[("1.4.0", "")])
            }),
            Some("1.4.0"),
        ),
    ];
    for (releases, other, expected) in cases {
        let subject = format!("{releases:?} {other:?}");
        let others: Vec<Arc<Advisory>> = other.into_iter().map(Arc::new).collect();
        let newest = newest_good(&version("1.2.0"), &others, &history(releases), TODAY);
        assert_eq!(newest, expected.map(version), "{subject}");
    }
    let unknown = Observed::Missing(Missing::NoIndexEntry);
    assert_eq!(newest_good(&version("1.2.0"), &[], &unknown, TODAY), None);
}
