//! Small graphs, histories and advisories for the tests of this folder.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use headwater::forecast::{Models, Timeline, day_number, release_features, while_silent};
use headwater::lens::gatekeeper::{Input, Judgement, judge};
use headwater::model::{
    Advisory, AdvisoryKind, Cadence, Certainty, DependencyKind, Edge, EdgeState, Epss, Feature,
    Graph, Missing, Observed, Outlook, Package, PackageFacts, PackageIndex, Place, Presence,
    Registry, Release, ReleaseHistory, Source, Threat, VersionRange,
};
use headwater::rule::{self, Policy, Rule};
use jiff::civil::{Date, date};
use semver::{Version, VersionReq};

/// The rules, parsed once.
pub(super) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| rule::rules().unwrap());

/// The shipped models, parsed once.
pub(super) static MODELS: LazyLock<Models> = LazyLock::new(|| Models::shipped().unwrap());

pub(super) const TODAY: Date = date(2026, 8, 21);

pub(super) fn version(text: &str) -> Version {
    text.parse().unwrap()
}

pub(super) fn package(name: &str, at: &str, source: Source) -> Package {
    Package { name: name.into(), version: version(at), source }
}

pub(super) fn registry(name: &str, at: &str) -> Package {
    package(name, at, Source::Registry(Registry::CratesIo))
}

/// A member `app` at 0 that depends on `demo 1.2.0` at 1 with each of the given requirements;
/// `?` stands for a dependency without a declaration, `*` for one without a requirement.
pub(super) fn graph(presence: Presence, requirements: &[&str]) -> Graph {
    let packages = vec![
        (package("app", "0.1.0", Source::Path), Presence::Runtime),
        (registry("demo", "1.2.0"), presence),
    ];
    let edge = |requirement: &&str| {
        let edge = Edge {
            kind: (*requirement != "?").then_some(DependencyKind::Normal),
            state: EdgeState::Built,
            requirement: VersionReq::parse(requirement).ok().filter(|_| *requirement != "*"),
        };
        (PackageIndex(0), PackageIndex(1), edge)
    };
    let edges = requirements.iter().map(edge).collect();
    Graph::new(packages, edges, vec![PackageIndex(0)])
}

pub(super) const DEMO: PackageIndex = PackageIndex(1);

/// A history: versions with their day; `!` in front of a version says yanked, an empty day says
/// that the time is not known.
pub(super) fn history(releases: &[(&str, &str)]) -> Observed<Arc<ReleaseHistory>> {
    let releases = releases.iter().map(|(version, day)| Release {
        version: version.trim_start_matches('!').into(),
        published: format!("{day}T12:00:00Z").parse().ok(),
        yanked: version.starts_with('!'),
    });
    Observed::Known(Arc::new(ReleaseHistory { releases: releases.collect() }))
}

/// An advisory about `demo`, affecting `introduced..fixed` ranges; an empty end is open.
pub(super) fn advisory(id: &str, kind: AdvisoryKind, ranges: &[(&str, &str)]) -> Advisory {
    let range = |(introduced, fixed): &(&str, &str)| VersionRange {
        introduced: introduced.parse().ok(),
        fixed: fixed.parse().ok(),
    };
    Advisory {
        id: id.into(),
        package: "demo".into(),
        kind,
        date: date(2026, 1, 1),
        first_seen: None,
        withdrawn: None,
        affected: ranges.iter().map(range).collect(),
        cvss: None,
        aliases: vec![format!("CVE-{id}")],
        categories: Vec::new(),
        arch: Vec::new(),
        os: Vec::new(),
        functions: BTreeMap::new(),
        licence: "CC0-1.0".into(),
        title: None,
        rating: None,
        keywords: Vec::new(),
        url: None,
    }
}

pub(super) fn place(depth: u32, reach: f64) -> Place {
    Place {
        depth,
        members: 1,
        dependents: 3,
        reach,
        brings_in: 0,
        min_cut: Observed::Known(1),
        pagerank: 0.002,
    }
}

/// The cadence of a project that has been silent for a time.
pub(super) fn cadence(silence_days: f64, ratio: f64, releases_36_months: usize) -> Cadence {
    let last = "2026-08-21T00:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let seconds = (silence_days * 86_400.0) as i64;
    Cadence {
        first_release: "2015-01-01T00:00:00Z".parse().unwrap(),
        last_release: last - jiff::SignedDuration::from_secs(seconds),
        releases: 20,
        median_interval_days: Observed::Known(60.0),
        p90_interval_days: Observed::Known(silence_days / ratio),
        releases_12_months: 0,
        releases_36_months,
        silence_days,
        silence_ratio: Observed::Known(ratio),
        yanked_share: 0.0,
        versions_behind: Observed::Known(0),
        libyears: Observed::Known(0.0),
        newest: None,
    }
}

pub(super) fn facts(place: Option<Place>) -> PackageFacts {
    PackageFacts {
        cadence: Observed::Missing(Missing::NoIndexEntry),
        place: Observed::from_option(place, Missing::NotBuilt),
        yanked: Observed::Known(false),
        location: Observed::Missing(Missing::SourceNotCached),
        ownership: Observed::Missing(Missing::NotAsked),
        outlook: Observed::Missing(Missing::NotFromRegistry),
        runs_at_build: Observed::Missing(Missing::SourceNotCached),
        maintenance: Observed::Missing(Missing::SourceNotCached),
        tagging: Observed::Missing(Missing::NotAsked),
        deps_dev: Observed::Missing(Missing::NotAsked),
        repository: Observed::Missing(Missing::SourceNotCached),
    }
}

/// The forecasts about a package with so many days of release, ten days apart, and none for a
/// time since.
pub(super) fn outlook(silence_days: i32, release_days: i32) -> Observed<Arc<Outlook>> {
    let today = day_number(TODAY);
    let days = (0..release_days).map(|at| today - silence_days - 10 * at).collect();
    let features = release_features(&Timeline::new(days), today)
        .with(Feature::PastDisclosures, Observed::Known(0.0));
    Observed::Known(Arc::new(MODELS.outlook(&while_silent(features))))
}

/// One judgement about `demo` with everything an ordinary case needs.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) presence: Presence,
    pub(super) place: Option<Place>,
    pub(super) requirement: &'static str,
    pub(super) history: Observed<Arc<ReleaseHistory>>,
    pub(super) advisories: Vec<(Advisory, Certainty)>,
    pub(super) threat: Observed<Threat>,
    pub(super) epss: Observed<Epss>,
    pub(super) yanked: Observed<bool>,
    pub(super) policy: Policy,
    pub(super) platforms: Vec<headwater::lens::gatekeeper::Platform>,
    pub(super) gaps: Vec<String>,
}

impl Case {
    pub(super) fn new(advisories: Vec<Advisory>) -> Self {
        Self {
            presence: Presence::Runtime,
            place: Some(place(4, 0.0)),
            requirement: "^1",
            history: history(&[("1.2.0", "2024-01-01"), ("1.3.0", "2026-01-02")]),
            advisories: advisories.into_iter().map(|one| (one, Certainty::Exact)).collect(),
            threat: Observed::Known(Threat::NotListed),
            epss: Observed::Missing(Missing::NoEpss),
            yanked: Observed::Known(false),
            policy: rule::policy().unwrap(),
            platforms: Vec::new(),
            gaps: Vec::new(),
        }
    }

    pub(super) fn judge(&self) -> Judgement {
        self.judge_of(facts(self.place.clone()))
    }

    /// The judgement where these are the facts about `demo`, but whether it is yanked.
    pub(super) fn judge_of(&self, mut demo: PackageFacts) -> Judgement {
        let graph = graph(self.presence, &[self.requirement]);
        demo.yanked = self.yanked.clone();
        let all: Vec<_> =
            self.advisories.iter().map(|(one, sure)| (Arc::new(one.clone()), *sure)).collect();
        let matches: Vec<_> = all.iter().map(|(one, sure)| (one.clone(), DEMO, *sure)).collect();
        judge(Input {
            plan: None,
            graph: &graph,
            facts: &[facts(Some(place(0, 0.0))), demo],
            histories: &[Observed::Missing(Missing::NotFromRegistry), self.history.clone()],
            matches: &matches,
            advisories: &|_| all.iter().map(|(one, _)| one.clone()).collect(),
            threat: &|_| self.threat.clone(),
            epss: &|_| self.epss.clone(),
            paths: &|package| vec![vec![PackageIndex(0), package]],
            platforms: &self.platforms,
            upstream: &BTreeMap::new(),
            rules: &RULES,
            models: &MODELS,
            policy: &self.policy,
            gaps: &self.gaps,
            as_of: TODAY,
            ranges_of: Some(TODAY),
        })
    }
}
