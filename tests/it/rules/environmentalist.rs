//! The environmentalist: projects, chance of trouble, harm, reasons.

mod declared;

use std::collections::BTreeMap;
use std::sync::Arc;

use headwater::lens::environmentalist::{Input, rank};
use headwater::model::{
    Action, Activity, AdvisoryKind, Cadence, Certainty, Chance, Commit, Concerns, DependencyKind,
    Edge, EdgeState, Feature, Finding, Fix, Forge, Found, Funding, Graph, History, Measure,
    Missing, Observed, PackageFacts, PackageIndex, Person, PersonIndex, Place, Places, Presence,
    Project, Score, Source, Sourced, Threat, Tier, Upstream,
};
use headwater::signal::activity::activity;
use headwater::signal::repository::find;
use headwater::signal::trouble::open_vulnerabilities;
use proptest::prelude::*;

use super::sample::{MODELS, RULES, TODAY, advisory, cadence, facts, outlook};
use super::sample::{package, place, registry};

fn finding(kind: AdvisoryKind, package: PackageIndex, fix: Fix) -> Finding {
    Finding {
        kind: kind.into(),
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
        stays_unfixed: None,
        newest_good: None,
        epss: Observed::Missing(Missing::NoEpss),
        paths: Vec::new(),
        waiver: None,
        fails_gate: false,
    }
}

/// An input without anything learned about upstream projects.
fn input<'a>(graph: &'a Graph, facts: &'a [PackageFacts], findings: &'a [Finding]) -> Input<'a> {
    static NOTHING: BTreeMap<String, Upstream> = BTreeMap::new();
    let (advisories, upstream, rules, models) =
        (&|_: &str| Vec::new(), &NOTHING, &*RULES, &*MODELS);
    Input { graph, facts, findings, advisories, upstream, rules, models, as_of: TODAY }
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
    let git = Source::Git {
        url: "https://git.example/team/forked".into(),
        reference: String::new(),
        commit: "abc".into(),
    };
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

/// Facts of a package silent for so many days that dependents and lockfiles use.
fn used(silence_days: i32, users: f64, reach: f64) -> PackageFacts {
    let outlook = outlook(silence_days, 9).map(|outlook| {
        let features = outlook.features.clone();
        let features = features
            .with(Feature::Dependents, Observed::Known(users))
            .with(Feature::Lockfiles, Observed::Known(users));
        Arc::new(MODELS.outlook(&headwater::forecast::while_silent(features)))
    });
    PackageFacts { outlook, ..with(place(2, reach), cadence(10.0, 1.0, 9), None) }
}

fn app() -> (headwater::model::Package, PackageFacts) {
    (package("app", "0.1.0", Source::Path), facts(Some(place(0, 0.0))))
}

fn names(ranking: &[Project]) -> Vec<&str> {
    ranking.iter().map(|one| one.name.as_str()).collect()
}

/// Ranks `failure` with a notice, a package it depends on, and one that depends on both if asked.
fn noticed(other: &str, is_used_elsewhere: bool) -> Project {
    let here = || with(place(2, 0.1), cadence(900.0, 1.0, 9), Some("https://git.example/failure"));
    let packages = ["app", "failure", other].map(|name| match name {
        "app" => (package(name, "0.1.0", Source::Path), Presence::Runtime),
        name => (registry(name, "1.0.0"), Presence::Runtime),
    });
    let edge = |from, to| {
        (
            PackageIndex(from),
            PackageIndex(to),
            Edge { kind: Some(DependencyKind::Normal), state: EdgeState::Built, requirement: None },
        )
    };
    let mut edges = vec![edge(0, 1), edge(1, 2)];
    edges.extend(is_used_elsewhere.then(|| edge(0, 2)));
    let graph = Graph::new(packages.to_vec(), edges, vec![PackageIndex(0)]);
    let facts = [here(), here(), here()];
    let findings = [finding(AdvisoryKind::Unmaintained, PackageIndex(1), Fix::Unknown)];
    rank(input(&graph, &facts, &findings)).remove(0)
}

#[test]
fn a_notice_about_a_package_holds_for_its_companions() {
    let cases = [
        // Only `failure` depends on it, and it bears its name.
        ("failure_derive", false, Some(Missing::InTrouble)),
        ("failure-derive", false, Some(Missing::InTrouble)),
        // Somebody else uses it: the notice says nothing of it.
        ("failure_derive", true, None),
        ("failures", false, None),
        ("backtrace", false, None),
    ];
    for (other, is_used_elsewhere, expected) in cases {
        let project = noticed(other, is_used_elsewhere);
        assert_eq!(project.packages.len(), 2);
        assert_eq!(project.chance.missing(), expected, "{other} {is_used_elsewhere}");
        let action = project.advice.known().map(|it| it.action);
        let is_left = matches!(action, Some(Action::Replace | Action::Adopt));
        assert_eq!(is_left, expected.is_some(), "{other} {is_used_elsewhere}");
    }
}

#[test]
fn what_is_silent_and_used_comes_first_and_what_is_not_known_last() {
    let packages = vec![
        app(),
        (registry("busy", "1.0.0"), used(5, 20.0, 0.1)),
        (registry("declared", "1.0.0"), used(2000, 20.0, 0.9)),
        (registry("silent", "1.0.0"), used(900, 20.0, 0.1)),
        (registry("unknown", "1.0.0"), facts(Some(place(1, 0.9)))),
        (registry("unused", "1.0.0"), used(900, 0.0, 0.1)),
    ];
    let findings = [finding(AdvisoryKind::Unmaintained, PackageIndex(2), Fix::None)];
    let ranking = ranked(packages, &findings);
    assert_eq!(names(&ranking), ["silent", "unused", "busy", "declared", "unknown"]);
    let missing: Vec<_> = ranking.iter().map(|one| one.chance.missing()).collect();
    assert_eq!(missing[..4], [None, None, None, Some(Missing::InTrouble)]);
    assert!(missing[4].is_some_and(|why| why != Missing::InTrouble));
    assert_eq!(
        ranking[0].reasons,
        [
            "900 days since the last release, 20 sampled packages depend on it, 20 sampled lockfiles hold it"
        ]
    );
}

#[test]
fn priority_is_chance_times_harm() {
    let silent = |reach| (registry("silent", "1.0.0"), used(900, 20.0, reach));
    let of = |reach| ranked(vec![app(), silent(reach)], &[]).remove(0);
    let (little, much) = (of(0.0), of(0.5));
    // Half for having to deal with it at all, half for what stands on it.
    assert_eq!((little.harm.value, much.harm.value), (0.5, 0.75));
    for project in [little, much] {
        let chance = project.chance.known().unwrap().estimate.value;
        assert!((project.priority().unwrap() - chance * project.harm.value).abs() < 1e-12);
    }
}

#[test]
fn a_project_harms_as_its_strongest_package() {
    let cases = [
        ([Presence::Dev, Presence::Build], "build", 0.6),
        ([Presence::Dev, Presence::Unknown], "unknown", 1.0),
        ([Presence::Unknown, Presence::Runtime], "runtime", 1.0),
        ([Presence::Dev, Presence::Dev], "dev", 0.4),
    ];
    for ([first, second], presence, weight) in cases {
        let graph = Graph::new(
            vec![
                (package("app", "0.1.0", Source::Path), Presence::Runtime),
                (registry("demo", "1.0.0"), first),
                (registry("demo", "2.0.0"), second),
            ],
            Vec::new(),
            vec![PackageIndex(0)],
        );
        let facts = [facts(None), used(10, 1.0, 0.01), used(10, 1.0, 0.1)];
        let harm = rank(input(&graph, &facts, &[])).remove(0).harm;
        assert_eq!((harm.presence.name(), harm.weight, harm.share), (presence, weight, 0.1));
        assert!((harm.value - weight * 1.1 / 2.0).abs() < 1e-12);
    }
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
fn open_vulnerabilities_count_once_and_only_where_it_is_known() {
    let open = |fix: Fix| finding(AdvisoryKind::Vulnerability, PackageIndex(1), fix);
    let update = Fix::Update { to: "1.3.0".parse().unwrap() };
    let named = |id: &str, one: Finding| Finding {
        advisory: Some(Arc::new(advisory(id, AdvisoryKind::Vulnerability, &[]))),
        ..one
    };
    let cases = [
        (vec![open(update)], 0.0),
        (vec![open(Fix::Unknown)], 0.0),
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
fn a_project_is_as_silent_as_its_freshest_package_and_used_as_its_most_used() {
    let repository = Some("https://git.example/mono");
    let of = |facts: PackageFacts| PackageFacts { location: located(repository), ..facts };
    let ranking = ranked(
        vec![
            app(),
            (registry("new", "1.0.0"), of(used(10, 1.0, 0.1))),
            (registry("old", "1.0.0"), of(used(3000, 40.0, 0.1))),
            (registry("unseen", "1.0.0"), of(facts(None))),
        ],
        &[],
    );
    assert_eq!(ranking.len(), 1);
    let chance = ranking[0].chance.known().unwrap();
    let value = |feature: Feature| {
        let term = chance.fitted.terms.iter().find(|term| term.feature == feature).unwrap();
        term.value.known().copied()
    };
    assert_eq!(value(Feature::SilenceDays), Some(10.0));
    assert_eq!(value(Feature::Dependents), Some(40.0));
    assert_eq!(value(Feature::LockfilesWhileSilent), Some(0.0));
}

/// A project of which all is known: ten people work on it, it answers, one can pay it.
fn sound() -> Upstream {
    let from = |value| Sourced { value, from: "git.example".into(), on: TODAY };
    let forge = Forge { first_response_days: Some(2.0), ..Forge::default() };
    Upstream {
        activity: Observed::Known(Sourced { value: busy(), from: "git.example".into(), on: TODAY }),
        forge: Observed::Known(from(forge)),
        scorecard: Observed::Missing(Missing::NotAsked),
        deps_dev: Observed::Missing(Missing::NotAsked),
        funding: Observed::Known(Sourced {
            value: Funding { payees: Vec::new(), ..Funding::default() },
            from: "git.example".into(),
            on: TODAY,
        }),
    }
}

/// The chance of a silent project of which so much was learned.
fn learned(upstream: Option<Upstream>, silence_days: i32) -> Chance {
    let repository = "https://git.example/team/demo";
    let facts =
        PackageFacts { location: located(Some(repository)), ..used(silence_days, 9.0, 0.1) };
    let (packages, facts): (Vec<_>, Vec<_>) =
        vec![app(), (registry("demo", "1.0.0"), facts)].into_iter().unzip();
    let packages = packages.into_iter().map(|package| (package, Presence::Runtime)).collect();
    let graph = Graph::new(packages, Vec::new(), vec![PackageIndex(0)]);
    let upstream = upstream.map(|upstream| (repository.to_owned(), upstream)).into_iter().collect();
    let ranking = rank(Input { upstream: &upstream, ..input(&graph, &facts, &[]) });
    ranking[0].chance.known().unwrap().clone()
}

fn log_odds(chance: f64) -> f64 {
    (chance / (1.0 - chance)).ln()
}

#[test]
fn known_facts_move_the_chance_and_name_their_share() {
    let asked = learned(Some(sound()), 900);
    let unasked = learned(None, 900);
    assert_eq!(unasked.judged.total, 0.0);
    // Busy 0 against 0.1 of a team, times 2; five people do half of the work, 0.1 against 0.5,
    // times 0.8; a commit yesterday, 0.0011 against 0.1; an answer as fast as an ordinary one.
    let by_hand = -0.1 * 2.0 - 0.4 * 0.8 - (0.1 - 0.1 / 90.0);
    assert!((asked.judged.total - by_hand).abs() < 2e-3, "{:?}", asked.judged);
    assert!(asked.estimate.value < unasked.estimate.value);
    let width = |chance: &Chance| log_odds(chance.estimate.high) - log_odds(chance.estimate.low);
    assert!(width(&asked) < width(&unasked));
}

#[test]
fn a_project_that_nobody_asked_anything_has_no_time_of_response() {
    let mut unasked = sound();
    let Observed::Known(forge) = &mut unasked.forge else { panic!("it is known") };
    forge.value.first_response_days = None;
    let chance = learned(Some(unasked), 900);
    assert!(chance.judged.terms.iter().all(|term| term.rule != "responsiveness"));
}

proptest! {
    /// The log-odds of all terms are those of the chance, and it is within its interval.
    #[test]
    fn terms_add_up_to_the_chance(silence in 0i32..5000, asked: bool) {
        let chance = learned(asked.then(sound), silence);
        let fitted: f64 = chance.fitted.terms.iter().map(|term| term.log_odds).sum();
        let judged: f64 = chance.judged.terms.iter().map(|term| term.contribution).sum();
        let sum = chance.fitted.log_odds + fitted + judged;
        prop_assert!((log_odds(chance.estimate.value) - sum).abs() < 1e-6, "{sum} {chance:?}");
        prop_assert!(chance.estimate.low <= chance.estimate.value);
        prop_assert!(chance.estimate.value <= chance.estimate.high);
    }

    /// A source that fails leaves the chance where the other facts put it, and widens the
    /// interval.
    #[test]
    fn a_missing_fact_moves_nothing_and_widens_the_interval(silence in 0i32..5000, which in 0..3usize) {
        let known = learned(Some(sound()), silence);
        let mut upstream = sound();
        let why = Missing::RateLimited;
        let rules: &[&str] = match which {
            0 => { upstream.activity = Observed::Missing(why); &["class", "absence-factor", "change-of-hands", "commit-silence"] }
            1 => { upstream.forge = Observed::Missing(why); &["responsiveness"] }
            _ => { upstream.funding = Observed::Missing(why); &["funding"] }
        };
        let without = learned(Some(upstream), silence);
        let rest = known.judged.terms.iter().filter(|term| !rules.contains(&&*term.rule));
        let rest: f64 = rest.map(|term| term.contribution).sum();
        prop_assert!((without.judged.total - rest).abs() < 1e-9, "{:?}", without.judged);
        let width = |chance: &Chance| log_odds(chance.estimate.high) - log_odds(chance.estimate.low);
        prop_assert!(width(&without) > width(&known));
    }
}
