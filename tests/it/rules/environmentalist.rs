//! The environmentalist: projects, reliance, fragility, reasons.

use std::collections::BTreeMap;
use std::sync::Arc;

use headwater::lens::environmentalist::{Input, rank};
use headwater::lens::fragility::{Evidence, fragility};
use headwater::model::{
    AdvisoryKind, Cadence, Certainty, Finding, FindingKind, Fix, Found, Graph, Measure, Missing,
    Observed, PackageFacts, PackageIndex, Place, Presence, Project, Score, Source, Threat, Tier,
    Upstream,
};
use headwater::signal::repository::find;
use headwater::signal::trouble::open_vulnerabilities;
use proptest::prelude::*;

use super::sample::{RULES, advisory, cadence, facts, package, place, registry};

fn finding(kind: AdvisoryKind, package: PackageIndex, fix: Fix) -> Finding {
    Finding {
        kind: FindingKind::from(kind),
        advisory: Some(Arc::new(advisory("A-1", kind, &[("", "")]))),
        package,
        certainty: Certainty::Exact,
        presence: Presence::Runtime,
        threat: Observed::Known(Threat::NotListed),
        fix,
        tier: Tier::Watch,
        score: Score::default(),
        paths: Vec::new(),
        waiver: None,
        fails_gate: false,
    }
}

/// An input without anything learned about upstream projects.
fn input<'a>(graph: &'a Graph, facts: &'a [PackageFacts], findings: &'a [Finding]) -> Input<'a> {
    static NOTHING: BTreeMap<String, Upstream> = BTreeMap::new();
    let as_of = jiff::civil::date(2026, 8, 21);
    Input { graph, facts, findings, upstream: &NOTHING, rules: &RULES, as_of }
}

fn ranked(
    packages: Vec<(headwater::model::Package, PackageFacts)>,
    findings: &[Finding],
) -> Vec<Project> {
    let (packages, facts): (Vec<_>, Vec<_>) = packages.into_iter().unzip();
    let packages = packages.into_iter().map(|package| (package, Presence::Runtime)).collect();
    let graph = Graph::new(packages, Vec::new(), vec![PackageIndex(0)]);
    rank(input(&graph, &facts, findings))
}

fn with(place: Place, cadence: Cadence, repository: Option<&str>) -> PackageFacts {
    PackageFacts {
        cadence: Observed::Known(cadence),
        location: located(repository),
        ..facts(Some(place))
    }
}

fn located(repository: Option<&str>) -> Observed<Found> {
    Observed::from_option(find(None, repository).ok(), Missing::NotDeclared)
}

#[test]
fn packages_meet_in_their_repository() {
    let here = |repository| with(place(2, 0.1), cadence(100.0, 1.0, 9), repository);
    let git = Source::Git { url: "https://git.example/team/forked".into(), commit: "abc".into() };
    let projects = ranked(
        vec![
            (package("app", "0.1.0", Source::Path), here(Some("https://git.example/us/app"))),
            (registry("core", "1.0.0"), here(Some("https://github.com/Owner/Mono"))),
            (registry("core", "2.0.0"), here(None)),
            (package("forked", "0.1.0", git), here(Some("https://git.example/other"))),
            (registry("lonely", "1.0.0"), here(Some("https://docs.example/lonely"))),
            (registry("macros", "1.0.0"), here(Some("git@github.com:owner/mono.git"))),
        ],
        &[],
    );
    let mut seen: Vec<_> = projects
        .iter()
        .map(|one| {
            let packages: Vec<u32> = one.packages.iter().map(|index| index.0).collect();
            (one.name.as_str(), one.repository.as_deref(), packages)
        })
        .collect();
    seen.sort();
    assert_eq!(
        seen,
        [
            ("lonely", None, vec![4]),
            ("owner/mono", Some("https://github.com/owner/mono"), vec![1, 2, 5]),
            ("team/forked", Some("https://git.example/team/forked"), vec![3]),
        ]
    );
}

#[test]
fn quiet_alone_is_no_alarm_and_trouble_is() {
    let project =
        |name: &str, place: Place, cadence| (registry(name, "1.0.0"), with(place, cadence, None));
    let packages = vec![
        (package("app", "0.1.0", Source::Path), facts(Some(place(0, 0.0)))),
        project("abandoned", place(2, 0.2), cadence(2000.0, 10.0, 0)),
        project("busy", place(1, 0.5), cadence(20.0, 0.5, 40)),
        project("finished", place(2, 0.2), cadence(1200.0, 1.5, 0)),
        project("leaf", place(1, 0.0), cadence(2000.0, 10.0, 0)),
    ];
    let findings = [
        finding(AdvisoryKind::Unmaintained, PackageIndex(1), Fix::None),
        finding(AdvisoryKind::Vulnerability, PackageIndex(1), Fix::None),
    ];
    let ranking = ranked(packages, &findings);
    let names: Vec<_> = ranking.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["abandoned", "finished", "leaf", "busy"]);
    let fragility: Vec<_> = ranking.iter().map(|one| one.fragility.total).collect();
    assert!(fragility[0] > 80.0 && fragility[1] < 50.0 && fragility[3] < 15.0, "{fragility:?}");
    assert_eq!(
        ranking[0].reasons,
        [
            "an advisory reports 100 % of its packages in use as unmaintained",
            "days since the last release: 2000",
            "20 % of the built packages depend on it",
            "releases in the last 36 months: 0",
        ]
    );
    for one in &ranking {
        let by_hand = one.reliance.total * one.fragility.total / 100.0;
        assert!((one.priority - by_hand).abs() < 1e-9);
    }
}

#[test]
fn fragility_by_hand() {
    // silence 365 days 0.35 x 18, rhythm 2 times 0.5 x 16, one release 0.6 x 16, half of the
    // packages unmaintained 0.5 x 30, one open vulnerability 0.7 x 14, no yanked release
    let findings = [
        finding(AdvisoryKind::Unmaintained, PackageIndex(1), Fix::None),
        finding(AdvisoryKind::Vulnerability, PackageIndex(1), Fix::Unknown),
        finding(AdvisoryKind::Vulnerability, PackageIndex(2), Fix::None),
    ];
    let packages = [PackageIndex(1), PackageIndex(2)];
    let score = fragility(
        &RULES,
        &Evidence {
            cadence: Observed::Known(cadence(365.0, 2.0, 1)),
            activity: Observed::Missing(Missing::NotAsked),
            class: Observed::Missing(Missing::NotAsked),
            findings: findings.iter().collect(),
            packages: &packages,
        },
    );
    // Silence, recent releases, rhythm, unmaintained, open; then class and people not known.
    let by_hand = 4.9 + 6.0 + 7.2 + 13.0 + 8.4 + 4.8 + 5.6;
    assert!((score.total - by_hand).abs() < 1e-9, "{}", score.total);
}

#[test]
fn open_vulnerabilities_count_once_and_an_unknown_fix_is_open() {
    let open = |fix: Fix| finding(AdvisoryKind::Vulnerability, PackageIndex(1), fix);
    let update = Fix::Update { to: "1.3.0".parse().unwrap() };
    let named = |id: &str, one: Finding| Finding {
        advisory: Some(Arc::new(advisory(id, AdvisoryKind::Vulnerability, &[]))),
        ..one
    };
    let cases = [
        (vec![open(update)], 0.0),
        (vec![open(Fix::Unknown)], 1.0),
        (vec![open(Fix::None), open(Fix::None)], 1.0),
        (vec![open(Fix::None), named("A-2", open(Fix::None))], 2.0),
        (vec![finding(AdvisoryKind::Unmaintained, PackageIndex(1), Fix::None)], 0.0),
    ];
    for (findings, expected) in cases {
        let measured = open_vulnerabilities(&findings.iter().collect::<Vec<_>>());
        assert_eq!(measured, Observed::Known(Measure::Number(expected)));
    }
}

#[test]
fn a_project_leans_like_its_strongest_package() {
    let one = Place { pagerank: 0.004, reach: 0.01, min_cut: Observed::Known(3), ..place(2, 0.0) };
    let two = Place { pagerank: 0.003, reach: 0.1, brings_in: 5, ..place(2, 0.0) };
    let cases = [
        ([Presence::Dev, Presence::Build], "build"),
        ([Presence::Dev, Presence::Unknown], "unknown"),
        ([Presence::Unknown, Presence::Runtime], "runtime"),
    ];
    for (presences, expected) in cases {
        let [first, second] = presences;
        let graph = Graph::new(
            vec![
                (package("app", "0.1.0", Source::Path), Presence::Runtime),
                (registry("demo", "1.0.0"), first),
                (registry("demo", "2.0.0"), second),
            ],
            Vec::new(),
            vec![PackageIndex(0)],
        );
        let facts = [facts(None), facts(Some(one.clone())), facts(Some(two.clone()))];
        let ranking = rank(input(&graph, &facts, &[]));
        let value = |rule: &str| {
            let terms = &ranking[0].reliance.terms;
            terms.iter().find(|term| term.rule == rule).unwrap().value.clone()
        };
        assert_eq!(value("presence"), Observed::Known(Measure::Class(expected)));
        for (rule, expected) in
            [("pagerank", 0.007), ("reach", 0.1), ("entanglement", 3.0), ("brings-in", 5.0)]
        {
            assert_eq!(value(rule), Observed::Known(Measure::Number(expected)), "{rule}");
        }
    }
}

#[test]
fn a_project_is_as_fresh_as_its_freshest_package() {
    let repository = Some("https://git.example/mono");
    let ranking = ranked(
        vec![
            (package("app", "0.1.0", Source::Path), facts(Some(place(0, 0.0)))),
            (registry("old", "1.0.0"), with(place(2, 0.1), cadence(3000.0, 9.0, 0), repository)),
            (registry("new", "1.0.0"), with(place(2, 0.1), cadence(10.0, 0.2, 30), repository)),
            (
                registry("unseen", "1.0.0"),
                PackageFacts { location: located(repository), ..facts(None) },
            ),
        ],
        &[],
    );
    assert_eq!(ranking.len(), 1);
    assert!(ranking[0].fragility.total < 15.0, "{}", ranking[0].fragility.total);
}

fn total(cadence: Observed<Cadence>) -> f64 {
    let packages = [PackageIndex(1)];
    let evidence = Evidence {
        cadence,
        activity: Observed::Missing(Missing::NotAsked),
        class: Observed::Missing(Missing::NotAsked),
        findings: Vec::new(),
        packages: &packages,
    };
    let score = fragility(&RULES, &evidence);
    let sum: f64 = score.terms.iter().map(|term| term.contribution).sum();
    assert_eq!(score.terms.iter().map(|term| term.weight).sum::<f64>(), 100.0);
    assert!((sum - score.total).abs() < 1e-9 && (0.0..=100.0).contains(&score.total));
    score.total
}

proptest! {
    #[test]
    fn longer_silence_never_lowers_fragility(
        silence in 0.0f64..5000.0,
        longer in 0.0f64..5000.0,
        pause in 1.0f64..900.0,
        releases in 0usize..40,
    ) {
        let at = |days: f64| total(Observed::Known(cadence(days, days / pause, releases)));
        prop_assert!(at(silence + longer) >= at(silence) - 1e-9);
    }

    #[test]
    fn not_knowing_is_no_better_than_an_ordinary_project(
        silence in 0.0f64..=150.0,
        ratio in 0.0f64..=0.67,
        releases in 7usize..80,
    ) {
        let ordinary = total(Observed::Known(cadence(silence, ratio, releases)));
        let mut young = cadence(silence, ratio, releases);
        young.silence_ratio = Observed::Missing(Missing::TooFewReleases);
        prop_assert!(total(Observed::Known(young)) >= ordinary);
        prop_assert!(total(Observed::Missing(Missing::NoIndexEntry)) >= ordinary);
    }
}

#[test]
fn reliance_terms_add_up_whatever_is_missing() {
    let app = (package("app", "0.1.0", Source::Path), facts(Some(place(0, 0.0))));
    for place in [None, Some(place(2, 0.3))] {
        let ranking = ranked(vec![app.clone(), (registry("demo", "1.0.0"), facts(place))], &[]);
        let reliance = &ranking[0].reliance;
        assert_eq!(reliance.terms.iter().map(|term| term.weight).sum::<f64>(), 100.0);
        let sum: f64 = reliance.terms.iter().map(|term| term.contribution).sum();
        assert!((sum - reliance.total).abs() < 1e-9);
    }
}
