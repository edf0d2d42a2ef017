//! The environmentalist: projects, reliance, fragility, reasons.

mod declared;

use std::collections::BTreeMap;
use std::sync::Arc;

use headwater::lens::environmentalist::{Input, rank};
use headwater::lens::fragility::{Evidence, fragility};
use headwater::model::{
    Activity, AdvisoryKind, Cadence, Certainty, Classification, Commit, Concerns, Estimate,
    Expected, Finding, FindingKind, Fix, Forge, Found, Graph, History, Measure, Missing, Observed,
    PackageFacts, PackageIndex, Person, PersonIndex, Place, Places, Presence, Project,
    ProjectClass, Score, Source, Sourced, Threat, Tier, Upstream,
};
use headwater::signal::activity::activity;
use headwater::signal::repository::find;
use headwater::signal::trouble::open_vulnerabilities;
use proptest::prelude::*;

use super::sample::{
    MODELS, RULES, TODAY, advisory, cadence, facts, outlook, package, place, registry,
};

fn finding(kind: AdvisoryKind, package: PackageIndex, fix: Fix) -> Finding {
    Finding {
        kind: FindingKind::from(kind),
        advisory: Some(Arc::new(advisory("A-1", kind, &[("", "")]))),
        package,
        certainty: Certainty::Exact,
        concerns: Concerns::Project,
        presence: Presence::Runtime,
        threat: Observed::Known(Threat::NotListed),
        fix,
        tier: Tier::Watch,
        places: Places { first: 1, last: 1 },
        score: Score::default(),
        paths: Vec::new(),
        waiver: None,
        fails_gate: false,
    }
}

/// An input without anything learned about upstream projects.
fn input<'a>(graph: &'a Graph, facts: &'a [PackageFacts], findings: &'a [Finding]) -> Input<'a> {
    static NOTHING: BTreeMap<String, Upstream> = BTreeMap::new();
    Input {
        graph,
        facts,
        findings,
        advisories: &|_| Vec::new(),
        upstream: &NOTHING,
        rules: &RULES,
        models: &MODELS,
        as_of: TODAY,
    }
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
        outlook: outlook(cadence.silence_days as i32, cadence.releases_36_months as i32 + 1),
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
    // Nobody asked their upstream: 32 points of each are not known.
    assert!(fragility[0] > 80.0 && fragility[1] < 60.0 && fragility[3] < 42.0, "{fragility:?}");
    assert!(ranking.iter().all(|one| (one.fragility.unknown() - 32.0).abs() < 1e-9));
    assert_eq!(
        ranking[0].reasons,
        [
            "an advisory reports 100 % of its packages in use as unmaintained",
            "chance that a vulnerability disclosed today has no fix in 90 days: 69 % (2000 days since \
             the last release of any package of the repository)",
            "20 % of the built packages depend on it",
            "vulnerabilities and unsound spots without a fixed release: 1",
        ]
    );
    for one in &ranking {
        let by_hand = one.reliance.total * one.fragility.total / 100.0;
        assert!((one.priority - by_hand).abs() < 1e-9);
    }
}

/// Evidence about a project of which all is known: nothing is wrong with it.
fn sound<'a>(packages: &'a [PackageIndex]) -> Evidence<'a> {
    let from = |value| Sourced { value, from: "git.example".into(), on: TODAY };
    let forge = Forge { first_response_days: Some(2.0), ..Forge::default() };
    Evidence {
        expected: expected_of(0.01, 0.06),
        cadence: Observed::Known(cadence(30.0, 0.5, 20)),
        activity: Observed::Known(Sourced { value: busy(), from: "git.example".into(), on: TODAY }),
        forge: Observed::Known(from(forge)),
        class: classified(ProjectClass::Busy),
        findings: Vec::new(),
        packages,
        as_of: TODAY,
    }
}

fn classified(class: ProjectClass) -> Observed<Classification> {
    Observed::Known(Classification { class, evidence: Vec::new() })
}

fn expected_of(disclosures: f64, unfixed: f64) -> Observed<Expected> {
    let estimate = |value| Estimate { value, low: 0.0, high: 1.0 };
    Observed::Known(Expected {
        packages: 1,
        disclosures: estimate(disclosures),
        unfixed: estimate(unfixed),
        exposure: estimate(disclosures * unfixed),
    })
}

/// Ten people, each with an equal part of the work of every month.
fn busy() -> Activity {
    let day = |days: i64| {
        TODAY.at(0, 0, 0, 0).saturating_sub(jiff::SignedDuration::from_hours(24 * days))
    };
    let commit = |at: i64| Commit {
        author: PersonIndex((at % 10) as u32),
        co_authors: Vec::new(),
        authored: day(at).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp(),
        merge: false,
    };
    let person = |at: u32| Person { identity: at.to_string(), organisation: None, bot: false };
    let history = History {
        people: (0..10).map(person).collect(),
        commits: (1..2000).map(commit).collect(),
        tags: Vec::new(),
    };
    let measured = activity(&history, TODAY);
    measured.known().unwrap().clone()
}

#[test]
fn fragility_by_hand() {
    // Nothing wrong: no fix in 90 days at 6 % 0.15 x 24, 0.0006 expected 0.14 above 0.2 x 12,
    // an answer after two days 0.1 x 4; ten people, where half of the work takes five: 0.1 x 8.
    let packages = [PackageIndex(1), PackageIndex(2)];
    let level = 0.2 + (0.0006 - 0.00025) / (0.001 - 0.00025) * 0.3;
    let ordinary = 3.6 + level * 12.0 + 0.4 + 0.8;
    let score = fragility(&RULES, &sound(&packages));
    assert!((score.total - ordinary).abs() < 1e-9, "{score:?}");

    // Nobody learned anything: 8 + 6 + 4 + 10 + 4 points are unknown, and count in full. Half of
    // the packages are unmaintained 0.5 x 20, one vulnerability is open 0.7 x 10.
    let findings = [
        finding(AdvisoryKind::Unmaintained, PackageIndex(1), Fix::None),
        finding(AdvisoryKind::Vulnerability, PackageIndex(1), Fix::Unknown),
        finding(AdvisoryKind::Vulnerability, PackageIndex(2), Fix::None),
    ];
    let unasked = Evidence {
        expected: expected_of(0.04, 0.3),
        activity: Observed::Missing(Missing::NotAsked),
        forge: Observed::Missing(Missing::NotAsked),
        class: Observed::Missing(Missing::NotAsked),
        findings: findings.iter().collect(),
        ..sound(&packages)
    };
    // No fix at 30 % 0.6 x 24, 0.012 expected (0.8 + 0.007 / 0.02 x 0.2) x 12.
    let by_hand = 32.0 + 10.0 + 7.0 + 14.4 + 0.87 * 12.0;
    let score = fragility(&RULES, &unasked);
    assert!((score.total - by_hand).abs() < 1e-9, "{} {by_hand}", score.total);
    assert!((score.unknown() - 32.0).abs() < 1e-9);
}

#[test]
fn a_project_that_nobody_asked_anything_has_no_time_of_response() {
    let packages = [PackageIndex(1)];
    let mut unasked = sound(&packages);
    let Observed::Known(forge) = &mut unasked.forge else { panic!("it is known") };
    forge.value.first_response_days = None;
    let score = fragility(&RULES, &unasked);
    assert!(score.terms.iter().all(|term| term.rule != "responsiveness"));
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
    // A package that nobody knows releases of counts in full.
    let unfixed = ranking[0].fragility.terms.iter().find(|term| term.rule == "unfixed").unwrap();
    assert!(unfixed.level < 0.25, "{unfixed:?}");
}

fn total(evidence: &Evidence<'_>) -> f64 {
    let score = fragility(&RULES, evidence);
    let sum: f64 = score.terms.iter().map(|term| term.contribution).sum();
    assert_eq!(score.terms.iter().map(|term| term.weight).sum::<f64>(), 100.0);
    assert!((sum - score.total).abs() < 1e-9 && (0.0..=100.0).contains(&score.total));
    score.total
}

fn project_of(silence_days: i32, release_days: i32) -> Observed<Expected> {
    outlook(silence_days, release_days)
        .map(|outlook| headwater::lens::expected(std::iter::once(&*outlook)))
}

proptest! {
    /// A disclosure may get less likely with time, since people look where things happen; a fix
    /// never gets likelier.
    #[test]
    fn longer_silence_never_makes_a_fix_likelier(
        silence in 0i32..5000,
        longer in 0i32..5000,
        releases in 1i32..40,
    ) {
        let packages = [PackageIndex(1)];
        let at = |days| {
            let evidence = Evidence { expected: project_of(days, releases), ..sound(&packages) };
            let score = fragility(&RULES, &evidence);
            score.terms.iter().find(|term| term.rule == "unfixed").unwrap().contribution
        };
        prop_assert!(at(silence + longer) >= at(silence) - 1e-9);
    }

    /// Whatever was known, a source that fails never makes a project look better.
    #[test]
    fn missing_never_improves_fragility(
        silence in 0i32..5000,
        releases in 1i32..40,
        yanked in 0.0f64..=1.0,
        archived: bool,
        response in 0.0f64..900.0,
        class in proptest::sample::select(vec![
            ProjectClass::Busy, ProjectClass::Finished, ProjectClass::Abandoned,
        ]),
    ) {
        let why = Missing::RateLimited;
        let packages = [PackageIndex(1)];
        let known = || {
            let mut evidence = sound(&packages);
            evidence.expected = project_of(silence, releases);
            evidence.class = classified(class);
            let Observed::Known(forge) = &mut evidence.forge else { panic!("it is known") };
            forge.value.archived = archived;
            forge.value.first_response_days = Some(response);
            let Observed::Known(cadence) = &mut evidence.cadence else { panic!("it is known") };
            cadence.yanked_share = yanked;
            evidence
        };
        let before = total(&known());
        for without in [
            Evidence { expected: Observed::Missing(why), ..known() },
            Evidence { cadence: Observed::Missing(why), ..known() },
            Evidence { activity: Observed::Missing(why), ..known() },
            Evidence { forge: Observed::Missing(why), ..known() },
            Evidence { class: Observed::Missing(why), ..known() },
        ] {
            prop_assert!(total(&without) >= before - 1e-9);
        }
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
