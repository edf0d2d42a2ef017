//! A made-up audit with one of everything that a report has to show.

mod outlook;
mod ranking;
mod upstream;

use outlook::{expected, exposed, outlook};
use ranking::ranking;
pub(crate) use upstream::say_everywhere;

use std::collections::BTreeMap;
use std::sync::Arc;

use headwater::model::{
    Advisory, AdvisoryKind, Audit, Cadence, Certainty, Concerns, Coverage, Database,
    DependencyKind, Diagnostic, Edge, EdgeState, Finding, FindingKind, Fix, Graph,
    MaintenanceStatus, Measure, Missing, NoRepository, Observed, Origin, Package, PackageFacts,
    PackageIndex, Place, Places, Presence, Registry, RunsAtBuild, Score, Source, Term, Threat,
    Tier, Verdict, VerdictStatus, VersionRange, Waiver,
};
use jiff::civil::{Date, date};
use semver::{Version, VersionReq};

/// A package name that tries to colour the terminal, reverse text and hide.
pub(crate) const HOSTILE: &str = "evil\u{1b}[31m\u{202e}\u{200b}name";

/// Packages in the order of the graph: name, version, source, presence.
const PACKAGES: [(&str, &str, &str, Presence); 17] = [
    ("app", "0.1.0", "path", Presence::Runtime),
    ("app-cli", "0.1.0", "path", Presence::Runtime),
    ("atty", "0.2.14", "registry", Presence::Runtime),
    ("bumpalo", "3.11.0", "registry", Presence::Runtime),
    ("cc", "1.0.83", "registry", Presence::Build),
    ("clap", "2.34.0", "registry", Presence::Runtime),
    (HOSTILE, "1.0.0", "registry", Presence::Unknown),
    ("hyper", "0.14.18", "registry", Presence::Runtime),
    ("mio", "0.8.10", "registry", Presence::OtherTarget),
    ("proc-macro-error", "1.0.4", "registry", Presence::ProcMacro),
    ("rustls", "0.20.8", "registry", Presence::Runtime),
    ("serde_yaml", "0.8.26", "registry", Presence::Dev),
    ("shared-name", "1.0.0", "registry", Presence::Runtime),
    ("shared-name", "1.0.0", "path", Presence::Runtime),
    ("smallvec", "1.6.0", "registry", Presence::Runtime),
    ("time", "0.1.43", "git", Presence::Runtime),
    ("tokio", "1.18.0", "registry", Presence::Runtime),
];

const EDGES: [(usize, usize, DependencyKind, EdgeState); 19] = [
    (0, 7, DependencyKind::Normal, EdgeState::Built),
    (0, 10, DependencyKind::Normal, EdgeState::Built),
    (0, 4, DependencyKind::Normal, EdgeState::OtherTarget),
    (0, 11, DependencyKind::Dev, EdgeState::Dev),
    (0, 12, DependencyKind::Normal, EdgeState::Built),
    (0, 13, DependencyKind::Normal, EdgeState::Built),
    (1, 0, DependencyKind::Normal, EdgeState::Built),
    (1, 5, DependencyKind::Normal, EdgeState::Built),
    (1, 6, DependencyKind::Normal, EdgeState::Unknown),
    (5, 2, DependencyKind::Normal, EdgeState::Built),
    (5, 9, DependencyKind::Normal, EdgeState::Built),
    (7, 16, DependencyKind::Normal, EdgeState::Built),
    (10, 4, DependencyKind::Build, EdgeState::Built),
    (16, 3, DependencyKind::Normal, EdgeState::Built),
    (16, 8, DependencyKind::Normal, EdgeState::OtherTarget),
    (16, 14, DependencyKind::Normal, EdgeState::Built),
    (16, 14, DependencyKind::Dev, EdgeState::Inactive),
    (16, 15, DependencyKind::Normal, EdgeState::Built),
    (7, 14, DependencyKind::Normal, EdgeState::Built),
];

/// The audit.
pub(crate) fn audit() -> Audit {
    let graph = graph();
    let facts = graph.indices().map(facts).collect();
    Audit {
        plan: None,
        lockfile: "Cargo.lock".into(),
        as_of: date(2026, 8, 21),
        target: "x86_64-unknown-linux-gnu".into(),
        coverage: coverage(graph.len()),
        graph,
        facts,
        databases: vec![database("RustSec", date(2026, 6, 1), 1206, 2)],
        exploited: database("CISA KEV", date(2026, 5, 1), 1404, 0),
        findings: findings(),
        exposed: exposed(),
        expected: expected(),
        verdict: Verdict {
            status: VerdictStatus::Fail,
            reasons: vec![
                "TEST-2026-0001 in smallvec 1.6.0 is a vulnerability in the act now tier".into(),
                "TEST-2026-0002 in rustls 0.20.8 is a vulnerability in the act now tier".into(),
            ],
        },
        ranking: ranking(),
        diagnostics: vec![Diagnostic::warning("headwater.toml", "unknown key `waivr`")],
    }
}

fn database(name: &str, day: Date, advisories: usize, skipped: usize) -> Database {
    Database {
        name: name.into(),
        origin: Origin::Embedded,
        path: None,
        commit: Some("0123456789abcdef0123456789abcdef01234567".into()),
        date: Some(day),
        licence: "CC0-1.0".into(),
        advisories,
        skipped,
    }
}

/// A number of packages in a chain, each with facts and every tenth with a finding.
pub(crate) fn large(packages: u32) -> Audit {
    let small = audit();
    let package = |index: u32| {
        let name = format!("package-{index:05}");
        let source = Source::Registry(Registry::CratesIo);
        (Package { name, version: Version::new(1, 0, 0), source }, Presence::Runtime)
    };
    let edges = (1..packages).flat_map(|index| {
        [index - 1, index / 2].map(|from| {
            let kind = Some(DependencyKind::Normal);
            let edge = Edge { kind, state: EdgeState::Built, requirement: None };
            (PackageIndex(from), PackageIndex(index), edge)
        })
    });
    let members = vec![PackageIndex(0)];
    let graph = Graph::new((0..packages).map(package).collect(), edges.collect(), members);
    let findings = (0..packages / 10).map(|index| Finding {
        package: PackageIndex(index * 10),
        paths: vec![(0..8.min(index * 10)).map(PackageIndex).collect()],
        fix: Fix::None,
        ..small.findings[0].clone()
    });
    Audit {
        facts: graph.indices().map(|_| facts(PackageIndex(14))).collect(),
        findings: findings.collect(),
        graph,
        ranking: Vec::new(),
        ..small
    }
}

fn graph() -> Graph {
    let package = |(name, version, source, presence): (&str, &str, &str, Presence)| {
        let source = match source {
            "path" => Source::Path,
            "git" => Source::Git {
                url: "https://git.example/time".into(),
                reference: String::new(),
                commit: "89abcdef0123456789abcdef0123456789abcdef".into(),
            },
            _ => Source::Registry(Registry::CratesIo),
        };
        let version = version.parse().unwrap();
        (Package { name: name.to_owned(), version, source }, presence)
    };
    let edge = |(from, to, kind, state): (usize, usize, DependencyKind, EdgeState)| {
        let requirement = (to == 14).then(|| requirement("~1.6"));
        let edge = Edge { kind: Some(kind), state, requirement };
        (PackageIndex(from as u32), PackageIndex(to as u32), edge)
    };
    Graph::new(
        PACKAGES.map(package).to_vec(),
        EDGES.map(edge).to_vec(),
        vec![PackageIndex(0), PackageIndex(1)],
    )
}

fn requirement(text: &str) -> VersionReq {
    text.parse().unwrap()
}

fn facts(index: PackageIndex) -> PackageFacts {
    let (name, _, source, presence) = PACKAGES[index.get()];
    let from_registry = source == "registry" && name != HOSTILE;
    let why = if source == "registry" { Missing::NoIndexEntry } else { Missing::NotFromRegistry };
    let place = Place {
        depth: 2,
        members: 2,
        dependents: 5,
        reach: 5.0 / 16.0,
        brings_in: 1,
        min_cut: Observed::Known(2),
        pagerank: 0.061_234_567_891,
    };
    let built = !matches!(presence, Presence::OtherTarget | Presence::Inactive);
    PackageFacts {
        cadence: Observed::from_option(from_registry.then(|| cadence(index)), why),
        place: Observed::from_option(built.then_some(place), Missing::NotBuilt),
        yanked: Observed::from_option(from_registry.then_some(name == "bumpalo"), why),
        outlook: Observed::from_option(from_registry.then(outlook), why),
        location: match name {
            "smallvec" => Observed::Known(upstream::location()),
            _ => Observed::Missing(Missing::NotARepository(NoRepository::Funding)),
        },
        ownership: match name {
            "smallvec" => upstream::ownership(),
            _ => Observed::Missing(Missing::NotAsked),
        },
        maintenance: match name {
            "smallvec" => Observed::Known(MaintenanceStatus::PassivelyMaintained),
            _ => Observed::Missing(Missing::NotDeclared),
        },
        runs_at_build: Observed::from_option(
            from_registry.then_some(RunsAtBuild::BuildScript),
            why,
        ),
        tagging: match name {
            "smallvec" => Observed::Known(upstream::tagging()),
            _ => Observed::Missing(Missing::NotAsked),
        },
        deps_dev: match name {
            "smallvec" => upstream::release(),
            _ => Observed::Missing(Missing::NotAsked),
        },
        repository: match from_registry {
            true => Observed::Known(format!("https://git.example/{name}")),
            false => Observed::Missing(Missing::SourceNotCached),
        },
    }
}

fn cadence(index: PackageIndex) -> Cadence {
    let few = PACKAGES[index.get()].0 == "atty";
    let interval = |days| match few {
        true => Observed::Missing(Missing::TooFewReleases),
        false => Observed::Known(days),
    };
    Cadence {
        first_release: "2016-03-01T12:00:00Z".parse().unwrap(),
        last_release: "2022-02-10T08:30:00Z".parse().unwrap(),
        releases: 41,
        median_interval_days: interval(31.25),
        p90_interval_days: interval(200.125),
        releases_12_months: 0,
        releases_36_months: 0,
        silence_days: 1_652.645_833,
        silence_ratio: interval(8.258_067),
        yanked_share: 2.0 / 41.0,
        versions_behind: Observed::Known(7),
        libyears: Observed::Missing(Missing::VersionNotListed),
        newest: Some("1.15.1".into()),
    }
}

fn advisory(id: &str, package: &str, kind: AdvisoryKind, cvss: Option<&str>) -> Arc<Advisory> {
    Arc::new(Advisory {
        id: id.into(),
        package: package.into(),
        kind,
        date: date(2026, 1, 15),
        first_seen: (package == "smallvec").then(|| date(2026, 2, 1)),
        withdrawn: None,
        affected: vec![VersionRange { introduced: None, fixed: Some(Version::new(1, 6, 1)) }],
        cvss: cvss.map(str::to_owned),
        aliases: vec![id.replace("TEST", "CVE")],
        categories: vec!["memory-corruption".into()],
        arch: Vec::new(),
        os: if package == "mio" { vec!["windows".into()] } else { Vec::new() },
        functions: BTreeMap::from([(format!("{package}::insert"), vec!["<1.6.1".to_owned()])]),
        licence: "CC0-1.0".into(),
        title: (!id.ends_with("0003")).then(|| format!("what {id} is about")),
        rating: None,
        keywords: vec!["made-up".to_owned()],
        url: Some(format!("https://advisories.example/{id}")),
    })
}

/// Terms whose contributions are level times weight, and their sum.
fn score(terms: &[(&str, Observed<Measure>, &'static str, f64, f64)]) -> Score {
    let terms: Vec<Term> = terms
        .iter()
        .map(|(rule, value, unit, level, weight)| Term {
            rule: (*rule).into(),
            value: value.clone(),
            unit,
            level: *level,
            weight: *weight,
            contribution: level * weight,
        })
        .collect();
    Score { total: terms.iter().map(|term| term.contribution).sum(), terms }
}

fn gate_score(severity: Observed<f64>, presence: Presence, level: f64) -> Score {
    score(&[
        ("vulnerability-severity", severity.map(Measure::Number), "CVSS base score", level, 55.0),
        ("presence", Observed::Known(Measure::Class(presence.name())), "", level, 25.0),
        ("reach", Observed::Known(Measure::Number(0.3125)), "share of packages", 0.3333, 10.0),
        ("fix-available", Observed::Known(Measure::Class("update")), "", 1.0, 10.0),
    ])
}

fn finding(package: usize, advisory: Option<Arc<Advisory>>, tier: Tier, level: f64) -> Finding {
    let presence = PACKAGES[package].3;
    let cvss = advisory.as_ref().map(|advisory| advisory.cvss_score());
    let severity = cvss.map_or(Observed::Missing(Missing::NoCvss), |cvss| cvss.map(|c| c.score));
    Finding {
        kind: advisory.as_ref().map_or(FindingKind::Yanked, |advisory| advisory.kind.into()),
        advisory,
        package: PackageIndex(package as u32),
        certainty: Certainty::Exact,
        concerns: Concerns::Project,
        presence,
        threat: Observed::Known(Threat::NotListed),
        fix: Fix::None,
        tier,
        score: gate_score(severity, presence, level),
        places: Places { first: 1, last: 3 },
        stays_unfixed: None,
        newest_good: None,
        epss: Observed::Missing(Missing::NoEpss),
        paths: Vec::new(),
        waiver: None,
        fails_gate: tier == Tier::ActNow,
    }
}

fn findings() -> Vec<Finding> {
    use AdvisoryKind::{Notice, Unmaintained, Unsound, Vulnerability};
    let critical = Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
    let high = Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H");
    let about = |package: usize, number: u32, kind, cvss, tier, level| {
        let id = format!("TEST-2026-{number:04}");
        finding(package, Some(advisory(&id, PACKAGES[package].0, kind, cvss)), tier, level)
    };
    let path = |path: &[u32]| path.iter().copied().map(PackageIndex).collect::<Vec<_>>();
    vec![
        Finding {
            threat: Observed::Known(Threat::Exploited { since: date(2026, 2, 3) }),
            fix: Fix::Update { to: Version::new(1, 6, 1) },
            paths: vec![path(&[0, 7, 14]), path(&[1, 0, 7, 16, 14])],
            ..about(14, 1, Vulnerability, critical, Tier::ActNow, 0.987)
        },
        Finding {
            fix: Fix::Upgrade {
                to: Version::new(0, 21, 11),
                blocked_by: vec![
                    (PackageIndex(0), requirement("^0.20")),
                    (PackageIndex(7), requirement("^0.20.1")),
                ],
            },
            paths: vec![path(&[0, 10])],
            ..about(10, 2, Vulnerability, high, Tier::ActNow, 0.8)
        },
        Finding {
            fix: Fix::Released { to: Version::new(0, 14, 20) },
            waiver: Some(Waiver {
                reason: "we never accept\u{1b}[2J chunked bodies".into(),
                until: Some(date(2026, 12, 31)),
            }),
            fails_gate: false,
            ..about(7, 3, Vulnerability, high, Tier::Plan, 0.7)
        },
        Finding {
            certainty: Certainty::Possible,
            fix: Fix::Unknown,
            ..about(15, 4, Vulnerability, None, Tier::Plan, 0.55)
        },
        Finding {
            fix: Fix::Update { to: "1.0.2".parse().unwrap() },
            ..about(6, 5, Unsound, None, Tier::Plan, 0.5)
        },
        Finding {
            fix: Fix::Update { to: Version::new(0, 8, 11) },
            ..about(8, 6, Vulnerability, high, Tier::Watch, 0.4)
        },
        about(2, 7, Unmaintained, None, Tier::Watch, 0.3),
        about(9, 8, Unmaintained, None, Tier::Watch, 0.3),
        Finding {
            fix: Fix::Update { to: Version::new(3, 11, 1) },
            ..finding(3, None, Tier::Watch, 0.25)
        },
        about(11, 9, Unmaintained, None, Tier::Note, 0.1),
        about(11, 10, Notice, None, Tier::Note, 0.05),
        about(4, 11, Notice, None, Tier::Note, 0.01),
    ]
}

fn coverage(packages: usize) -> Coverage {
    let cadence = BTreeMap::from([(Missing::NotFromRegistry, 4), (Missing::NoIndexEntry, 1)]);
    let missing =
        BTreeMap::from([("cadence", cadence), ("place", BTreeMap::from([(Missing::NotBuilt, 1)]))]);
    let hosts_asked = Vec::new();
    Coverage {
        packages,
        missing,
        presence_unknown: 1,
        presence_undecided: 2,
        proc_macro_unknown: 3,
        hosts_asked,
    }
}
