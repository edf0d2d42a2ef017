use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::date;

use super::*;
use crate::model::{
    AdvisoryKind, Concerns, Epss, Missing, Package, Places, Presence, Score, Severity,
};

fn advisory(categories: &[&str]) -> Advisory {
    Advisory {
        id: "A-1".into(),
        package: "demo".into(),
        title: None,
        kind: AdvisoryKind::Vulnerability,
        date: date(2024, 1, 2),
        first_seen: None,
        withdrawn: None,
        affected: Vec::new(),
        cvss: None,
        rating: None,
        aliases: Vec::new(),
        categories: categories.iter().map(|it| (*it).to_owned()).collect(),
        keywords: Vec::new(),
        arch: vec!["x86".into()],
        os: vec!["windows".into(), "macos".into()],
        functions: BTreeMap::new(),
        url: None,
        licence: "CC0-1.0".into(),
    }
}

fn finding(kind: FindingKind, advisory: Option<Advisory>) -> Finding {
    Finding {
        kind,
        advisory: advisory.map(Arc::new),
        package: PackageIndex(0),
        certainty: Certainty::Exact,
        concerns: Concerns::SomeVersions,
        presence: Presence::Runtime,
        threat: Observed::Known(Threat::NotListed),
        epss: Observed::Missing(Missing::NoEpss),
        fix: Fix::None,
        newest_good: None,
        stays_unfixed: None,
        tier: Tier::Plan,
        score: Score::default(),
        places: Places { first: 1, last: 1 },
        paths: Vec::new(),
        waiver: None,
        fails_gate: false,
    }
}

fn git(url: &str, commit: &str) -> Source {
    Source::Git { url: url.into(), reference: String::new(), commit: commit.into() }
}

#[test]
fn a_package_says_where_it_is_from_unless_that_is_usual() {
    let other = Source::Registry(Registry::Other("https://registry.example".into()));
    let cases = [
        (Source::Path, "app 1.0.0"),
        (git("https://git.example/x", "abc"), "app 1.0.0 (git)"),
        (Source::Path, "app 1.0.0 (path)"),
        (other, "app 1.0.0 (other registry)"),
        (Source::Registry(Registry::CratesIo), "app 1.0.0"),
    ];
    let packages = cases.iter().map(|(source, _)| Package {
        name: "app".into(),
        version: "1.0.0".parse().unwrap(),
        source: source.clone(),
    });
    let packages = packages.map(|it| (it, Presence::Runtime)).collect();
    let graph = Graph::new(packages, Vec::new(), vec![PackageIndex(0)]);
    for (index, (_, expected)) in graph.indices().zip(&cases) {
        assert_eq!(package(&graph, index), *expected);
    }
}

#[test]
fn an_address_is_shown_without_a_password() {
    let registry = "sparse+https://user:secret@registry.example/index/";
    let cases = [
        (Source::Registry(Registry::CratesIo), "the public Rust registry"),
        (Source::Path, "a folder of this machine"),
        (git("https://git.example/x", ""), "the git repository https://git.example/x"),
        (git("https://git.example/x", "abc"), "the git repository https://git.example/x at abc"),
    ];
    for (from, expected) in cases {
        assert_eq!(source(&from), expected);
    }
    for from in [
        Source::Registry(Registry::Other(registry.into())),
        git("https://user:secret@git.example/x", "abc"),
    ] {
        let shown = source(&from);
        assert!(shown.contains(".example/") && !shown.contains("secret"), "{shown}");
    }
}

#[test]
fn a_severity_is_a_score_a_rating_or_none_is_said() {
    use FindingKind::{Unmaintained, Vulnerability, Yanked};
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    let scored = Advisory { cvss: Some(vector.into()), ..advisory(&[]) };
    let rated = Advisory { rating: Some(Severity::High), ..advisory(&["crypto-failure"]) };
    let cases = [
        (finding(Vulnerability, Some(scored)), "critical 9.8"),
        (finding(Vulnerability, Some(rated.clone())), "high"),
        (finding(Unmaintained, Some(rated)), "high"),
        (finding(Vulnerability, Some(advisory(&["crypto-failure"]))), "unrated, crypto failure"),
        (finding(Vulnerability, Some(advisory(&[]))), "unrated"),
        (finding(Unmaintained, Some(advisory(&["crypto-failure"]))), ""),
        (finding(Yanked, None), ""),
    ];
    for (finding, expected) in cases {
        assert_eq!(severity(&finding), expected, "{finding:?}");
    }
}

#[test]
fn a_threat_is_said_where_it_is_known_and_a_chance_where_it_is_high() {
    let with = |threat, probability| {
        let epss = Epss { probability, percentile: 0.9, on: date(2026, 1, 1) };
        let epss = Observed::Known(epss);
        Finding { threat, epss, ..finding(FindingKind::Vulnerability, None) }
    };
    let listed = Observed::Known(Threat::Exploited { since: date(2026, 2, 3) });
    let said = exploited(&with(listed, 0.0));
    assert_eq!(said.as_deref(), Some("known to be exploited since 2026-02-03"));
    let (unlisted, unknown) = (Threat::NotListed, Missing::NoCve);
    assert_eq!(exploited(&with(Observed::Known(unlisted), 1.0)), None);
    assert_eq!(exploited(&with(Observed::Missing(unknown), 1.0)), None);
    let chance = |probability| likely(&with(Observed::Known(unlisted), probability));
    let said = chance(LIKELY_FROM).unwrap();
    assert!(said.starts_with("likely to be exploited: EPSS ") && said.ends_with('%'), "{said}");
    assert_eq!(chance(LIKELY_FROM - 0.001), None);
    assert_eq!(likely(&finding(FindingKind::Vulnerability, None)), None);
}

#[test]
fn tiers_have_titles_and_platforms_are_listed() {
    assert_eq!(Tier::ALL.map(tier_title), ["Act now", "Plan", "Watch", "Note"]);
    assert_eq!(platforms(&advisory(&[])), "x86, windows, macos");
}
