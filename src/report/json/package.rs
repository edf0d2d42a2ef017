//! Packages, their dependencies, and what was measured about them.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use crate::forecast::Models;
use crate::model::{
    self, Audit, DependencyKind, Direction, EdgeState, MaintenanceStatus, PackageIndex, Presence,
    Project, Registry, RunsAtBuild, shown_query, without_secrets,
};

use super::deps_dev::{self, DepsDevRelease};
use super::forge::{Ownership, ownership};
use super::learned::{Learned, learned};
use super::location::{Location, Tagging, location, tagging};
use super::observed::{Number, Observed, number, observed, observed_number};
use super::outlook::{Forecast, forecasts};

/// A locked package.
#[derive(Serialize, JsonSchema)]
pub(super) struct Package<'a> {
    /// Identifier, unique in this report, by which findings, paths and dependencies name the
    /// package: its purl, followed by `#2`, `#3` and so on where packages share one.
    id: &'a str,
    /// Package URL (type `cargo`).
    purl: String,
    /// Name.
    name: &'a str,
    /// Locked version.
    version: String,
    /// Where the code comes from.
    source: Source<'a>,
    /// How it takes part in the build.
    #[schemars(extend("enum" = Presence::ALL.map(Presence::name)))]
    presence: &'static str,
    /// Whether it is a member of the workspace.
    member: bool,
    /// Fewest dependencies between a workspace member and it; 0 for a member.
    depth: Observed<u32>,
    /// Whether the locked version is yanked today.
    yanked: Observed<bool>,
    /// What of it runs on the machine that builds it.
    runs_at_build: Observed<AtBuild>,
    /// What the manifest of the locked version says about its maintenance.
    maintenance: Observed<Status>,
    /// Declared repository address, as written: by the packaged manifest, else by the registry.
    repository: Observed<&'a str>,
    /// The place in a repository that it leads to.
    location: Observed<Location<'a>>,
    /// Whether its releases are tagged in that repository.
    tagging: Observed<Tagging<'a>>,
    /// Who can publish it, from the registry.
    ownership: Observed<Learned<'a, Ownership<'a>>>,
    /// What deps.dev says about the locked release.
    deps_dev: Observed<Learned<'a, DepsDevRelease<'a>>>,
    /// What was measured.
    measures: Measures<'a>,
    /// What may come of it; missing for packages that are not of the public registry, of which
    /// the models do not speak.
    forecasts: Observed<Vec<Forecast>>,
    /// What it depends on, once for each kind of dependency.
    dependencies: Vec<Dependency<'a>>,
}

/// What of a package runs on the machine that builds it, with the rights of whoever builds: its
/// build script, itself as a procedural macro, both, or nothing.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
struct AtBuild(#[schemars(extend("enum" = RunsAtBuild::ALL.map(RunsAtBuild::name)))] &'static str);

/// A maintenance status as Cargo's manifests have them.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
struct Status(
    #[schemars(extend("enum" = MaintenanceStatus::ALL.map(MaintenanceStatus::name)))] &'static str,
);

/// Where the code of a package comes from.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Source<'a> {
    /// A package registry.
    Registry {
        /// Address of the registry, without user and password; null for the public Rust registry.
        url: Option<Cow<'a, str>>,
    },
    /// A git repository.
    Git {
        /// Address of the repository, without user and password.
        url: Cow<'a, str>,
        /// The branch, tag or revision asked for (`branch=main`); empty for the default branch.
        #[serde(skip_serializing_if = "str::is_empty")]
        reference: String,
        /// Locked commit; empty where the lockfile has none.
        commit: &'a str,
    },
    /// A folder on the machine of the audit.
    Path,
}

/// A dependency of a package on another.
#[derive(Serialize, JsonSchema)]
struct Dependency<'a> {
    /// Identifier of the package depended on.
    id: &'a str,
    /// When it is used; null where no declaration says.
    #[schemars(extend("enum" = kinds()))]
    kind: Option<&'static str>,
    /// Whether it is used.
    #[schemars(extend("enum" = STATES.map(state_name)))]
    state: &'static str,
}

/// What was measured about a package.
#[derive(Serialize, JsonSchema)]
struct Measures<'a> {
    /// Release cadence.
    cadence: Observed<Cadence<'a>>,
    /// Place in the graph of what is built.
    place: Observed<Place>,
}

/// Release cadence as of the audit's date.
#[derive(Serialize, JsonSchema)]
struct Cadence<'a> {
    /// Time of the first release.
    #[schemars(extend("format" = "date-time"))]
    first_release: String,
    /// Time of the last release.
    #[schemars(extend("format" = "date-time"))]
    last_release: String,
    /// Number of releases, yanked ones included.
    releases: usize,
    /// Median days between consecutive releases.
    median_interval_days: Number,
    /// 90th percentile of the days between consecutive releases.
    p90_interval_days: Number,
    /// Releases in the last 365 days.
    releases_12_months: usize,
    /// Releases in the last 1,096 days.
    releases_36_months: usize,
    /// Days since the last release.
    silence_days: Number,
    /// Days since the last release divided by the 90th percentile interval.
    silence_ratio: Number,
    /// Share of releases that are yanked today, 0 to 1.
    yanked_share: Number,
    /// Newer stable releases than the locked version.
    versions_behind: Observed<usize>,
    /// Years between the locked release and the newest stable one.
    libyears: Number,
    /// The newest stable release; null where there is none.
    newest: Option<&'a str>,
}

/// Place in the graph of what is built.
#[derive(Serialize, JsonSchema)]
struct Place {
    /// Workspace members that reach it, itself not counted.
    members: u32,
    /// Packages that depend on it, directly or not.
    dependents: u32,
    /// `dependents` as a share of all other packages in the build, 0 to 1.
    reach: Number,
    /// Packages that only it brings in.
    brings_in: u32,
    /// Fewest dependencies to cut so that no member reaches it; 0 for a member.
    min_cut: Observed<u32>,
    /// PageRank, damping 0.85; sums to 1 over the packages in the build.
    pagerank: Number,
}

/// The kinds of dependency and null.
fn kinds() -> [Option<&'static str>; 4] {
    use DependencyKind::{Build, Dev, Normal};
    [Some(Normal.name()), Some(Build.name()), Some(Dev.name()), None]
}

const STATES: [EdgeState; 5] = [
    EdgeState::Built,
    EdgeState::Dev,
    EdgeState::OtherTarget,
    EdgeState::Inactive,
    EdgeState::Unknown,
];

fn state_name(state: EdgeState) -> &'static str {
    match state {
        EdgeState::Built => "built",
        EdgeState::Dev => "dev",
        EdgeState::OtherTarget => "other-target",
        EdgeState::Inactive => "inactive",
        EdgeState::Unknown => "unknown",
    }
}

pub(super) fn packages<'a>(
    audit: &'a Audit,
    identifiers: &'a [String],
    models: &Models,
) -> Vec<Package<'a>> {
    let mut projects = vec![None; audit.graph.len()];
    for project in &audit.ranking {
        project.packages.iter().for_each(|index| projects[index.get()] = Some(project));
    }
    let indices = audit.graph.indices().zip(&audit.facts).zip(projects);
    indices
        .map(|((index, facts), project)| package(audit, identifiers, models, index, facts, project))
        .collect()
}

fn package<'a>(
    audit: &'a Audit,
    identifiers: &'a [String],
    models: &Models,
    index: PackageIndex,
    facts: &'a model::PackageFacts,
    project: Option<&'a Project>,
) -> Package<'a> {
    let package = audit.graph.package(index);
    Package {
        id: &identifiers[index.get()],
        purl: package.purl(),
        name: &package.name,
        version: package.version.to_string(),
        source: source(&package.source),
        presence: audit.graph.presence(index).name(),
        member: audit.graph.members().binary_search(&index).is_ok(),
        depth: observed(&facts.place, |place| place.depth),
        yanked: observed(&facts.yanked, |yanked| *yanked),
        runs_at_build: observed(&facts.runs_at_build, |runs| AtBuild(runs.name())),
        maintenance: observed(&facts.maintenance, |status| Status(status.name())),
        repository: observed(&facts.repository, String::as_str),
        location: observed(&facts.location, |found| location(found, project)),
        tagging: observed(&facts.tagging, tagging),
        ownership: learned(&facts.ownership, ownership),
        deps_dev: learned(&facts.deps_dev, deps_dev::release),
        measures: Measures {
            cadence: observed(&facts.cadence, cadence),
            place: observed(&facts.place, place),
        },
        forecasts: observed(&facts.outlook, |outlook| forecasts(outlook, models)),
        dependencies: dependencies(audit, identifiers, index),
    }
}

fn source(source: &model::Source) -> Source<'_> {
    match source {
        model::Source::Registry(Registry::CratesIo) => Source::Registry { url: None },
        model::Source::Registry(Registry::Other(url)) => {
            Source::Registry { url: Some(without_secrets(url)) }
        }
        model::Source::Git { url, reference, commit } => {
            Source::Git { url: without_secrets(url), reference: shown_query(reference), commit }
        }
        model::Source::Path => Source::Path,
    }
}

/// Dependencies by position, kind and state, so that the order of the graph's edges is not seen.
fn dependencies<'a>(
    audit: &'a Audit,
    identifiers: &'a [String],
    index: PackageIndex,
) -> Vec<Dependency<'a>> {
    let edges = audit.graph.neighbours(index, Direction::Dependencies);
    let mut edges: Vec<_> = edges.map(|(to, edge)| (to, edge.kind, edge.state)).collect();
    edges.sort_unstable();
    let dependency =
        |(to, kind, state): (PackageIndex, Option<DependencyKind>, EdgeState)| Dependency {
            id: identifiers[to.get()].as_str(),
            kind: kind.map(DependencyKind::name),
            state: state_name(state),
        };
    edges.into_iter().map(dependency).collect()
}

fn cadence(cadence: &model::Cadence) -> Cadence<'_> {
    Cadence {
        first_release: cadence.first_release.to_string(),
        last_release: cadence.last_release.to_string(),
        releases: cadence.releases,
        median_interval_days: observed_number(&cadence.median_interval_days, 2),
        p90_interval_days: observed_number(&cadence.p90_interval_days, 2),
        releases_12_months: cadence.releases_12_months,
        releases_36_months: cadence.releases_36_months,
        silence_days: number(cadence.silence_days, 2),
        silence_ratio: observed_number(&cadence.silence_ratio, 4),
        yanked_share: number(cadence.yanked_share, 4),
        versions_behind: observed(&cadence.versions_behind, |versions| *versions),
        libyears: observed_number(&cadence.libyears, 2),
        newest: cadence.newest.as_deref(),
    }
}

fn place(place: &model::Place) -> Place {
    Place {
        members: place.members,
        dependents: place.dependents,
        reach: number(place.reach, 4),
        brings_in: place.brings_in,
        min_cut: observed(&place.min_cut, |edges| *edges),
        pagerank: number(place.pagerank, 8),
    }
}
