//! The pipeline as one readable function: what was read and gathered in, the audit out.

mod outlook;
pub mod trend;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::advisory::exploited::Exploited;
use crate::advisory::{AdvisoryIndex, matches};
use crate::forecast::Models;
use crate::graph;
use crate::lens::{environmentalist, expected, gatekeeper};
use crate::model::{
    Audit, Coverage, Database, Declaration, DepsDevRelease, Diagnostic, Error, Expected, Found,
    Graph, Missing, NoRepository, Observed, Ownership, Package, PackageFacts, PackageIndex,
    Packaged, Presence, Provenance, Registry, ReleaseHistory, Resolver, Source, Sourced, Tagging,
    Upstream,
};
use crate::resolve::{self, Platform, Platforms, Selection};
use crate::rule::{Policy, Rule};
use crate::signal::activity::tags_against_releases;
use crate::signal::build::runs_at_build;
use crate::signal::cadence::cadence;
use crate::signal::repository::{Address, address, find};

/// Most paths from the workspace that are kept for a finding.
const PATHS_PER_FINDING: usize = 3;

/// Everything the pipeline works on. Lists are by package position.
#[derive(Debug)]
pub struct Inputs {
    /// The lockfile's path, as the user would name it.
    pub lockfile: String,
    /// The locked packages.
    pub packages: Vec<Package>,
    /// Positions each package depends on, from the lockfile.
    pub locked: Vec<Vec<u32>>,
    /// The workspace members, ascending.
    pub members: Vec<PackageIndex>,
    /// The feature resolver the workspace asks for.
    pub resolver: Resolver,
    /// What is to be built.
    pub selection: Selection,
    /// What each package declares.
    pub declarations: Vec<Observed<Arc<Declaration>>>,
    /// What each package's own manifest says.
    pub packaged: Vec<Observed<Packaged>>,
    /// The releases of each package.
    pub histories: Vec<Observed<Arc<ReleaseHistory>>>,
    /// What was learned about upstream projects, by normalised repository address.
    pub upstream: BTreeMap<String, Upstream>,
    /// Who can publish each package of the public registry, by name.
    pub ownership: BTreeMap<String, Observed<Sourced<Ownership>>>,
    /// What deps.dev says about releases of the public registry, by name and version.
    pub deps_dev: BTreeMap<(String, String), Observed<Sourced<DepsDevRelease>>>,
    /// The advisories.
    pub advisories: AdvisoryIndex,
    /// Where they come from.
    pub database: Database,
    /// The vulnerabilities that are known to be exploited.
    pub exploited: Exploited,
    /// Where they come from.
    pub exploited_database: Database,
    /// The rules.
    pub rules: Vec<Rule>,
    /// The models of forecasts.
    pub models: Models,
    /// The policy in force.
    pub policy: Policy,
    /// The day the audit speaks for.
    pub as_of: Date,
    /// Complaints so far.
    pub diagnostics: Vec<Diagnostic>,
}

/// Audits a workspace.
///
/// # Errors
/// Where a selected feature exists in no member.
pub fn audit(inputs: &Inputs) -> Result<Audit, Error> {
    let graph = resolve(inputs)?;
    let facts = facts(inputs, &graph);
    let matches: Vec<_> = matches(&graph, &inputs.advisories, inputs.as_of)
        .into_iter()
        .map(|found| (found.advisory, found.package, found.certainty))
        .collect();
    let judgement = gatekeeper::judge(gatekeeper::Input {
        graph: &graph,
        facts: &facts,
        histories: &inputs.histories,
        matches: &matches,
        advisories: &|name| in_force(&inputs.advisories, name, inputs.as_of),
        threat: &|advisory| inputs.exploited.threat(advisory, inputs.as_of),
        paths: &|package| graph::shortest_paths(&graph, package, PATHS_PER_FINDING),
        platforms: &platforms(&inputs.selection.platforms),
        upstream: &inputs.upstream,
        rules: &inputs.rules,
        models: &inputs.models,
        policy: &inputs.policy,
        as_of: inputs.as_of,
    });
    let ranking = environmentalist::rank(environmentalist::Input {
        graph: &graph,
        facts: &facts,
        findings: &judgement.findings,
        upstream: &inputs.upstream,
        as_of: inputs.as_of,
        rules: &inputs.rules,
        models: &inputs.models,
    });
    let expected = product(&graph, &facts);
    let coverage = coverage(inputs, &graph, &facts);
    let mut diagnostics = inputs.diagnostics.clone();
    diagnostics.extend(judgement.diagnostics);
    diagnostics.sort();
    Ok(Audit {
        lockfile: inputs.lockfile.clone(),
        as_of: inputs.as_of,
        target: match &inputs.selection.platforms {
            Platforms::One(platform) => platform.triple().to_owned(),
            Platforms::All => "all".to_owned(),
        },
        graph,
        facts,
        databases: vec![inputs.database.clone()],
        exploited: inputs.exploited_database.clone(),
        findings: judgement.findings,
        exposed: judgement.exposed,
        expected,
        verdict: judgement.verdict,
        ranking,
        coverage,
        diagnostics,
    })
}

fn resolve(inputs: &Inputs) -> Result<Graph, Error> {
    let is_proc_macro =
        |packaged: &Observed<Packaged>| packaged.known().is_some_and(|it| it.proc_macro);
    let proc_macro: Vec<bool> = inputs.packaged.iter().map(is_proc_macro).collect();
    let input = resolve::Input {
        packages: &inputs.packages,
        locked: &inputs.locked,
        declarations: &inputs.declarations,
        proc_macro: &proc_macro,
        members: &inputs.members,
        resolver: inputs.resolver,
    };
    let resolution = resolve::resolve(input, &inputs.selection).map_err(|message| {
        Error::input(message)
            .at(&inputs.lockfile)
            .help("features are those of the workspace members")
    })?;
    Ok(resolution.graph)
}

fn facts(inputs: &Inputs, graph: &Graph) -> Vec<PackageFacts> {
    let places = graph::places(graph);
    let known = inputs.packages.iter().zip(&inputs.histories).zip(&inputs.packaged);
    let mut facts: Vec<PackageFacts> = known
        .zip(places)
        .map(|(((package, history), packaged), place)| {
            let version = package.version.to_string();
            let ownership = of_public(package, || inputs.ownership.get(&package.name));
            let stated = ownership.known().and_then(|it| it.value.repository.as_deref());
            let location = match &package.source {
                Source::Git { url, .. } => taken_from(url),
                Source::Registry(_) | Source::Path => location(packaged, stated),
            };
            let tagging =
                history.and_then(|releases| tagging(inputs, package, &location, releases));
            PackageFacts {
                cadence: history.and_then(|history| cadence(history, &version, inputs.as_of)),
                place,
                yanked: history.and_then(|history| {
                    let release = history.find(&version).map(|release| release.yanked);
                    Observed::from_option(release, Missing::VersionNotListed)
                }),
                runs_at_build: packaged
                    .and_then(|packaged| Observed::Known(runs_at_build(packaged))),
                outlook: Observed::Missing(Missing::NotFromRegistry),
                repository: declared(packaged, stated),
                location,
                ownership,
                tagging,
                deps_dev: of_public(package, || {
                    inputs.deps_dev.get(&(package.name.clone(), version.clone()))
                }),
            }
        })
        .collect();
    let outlooks = outlook::outlooks(inputs, &facts);
    for (facts, outlook) in facts.iter_mut().zip(outlooks) {
        facts.outlook = outlook;
    }
    facts
}

/// The repository that the packaged manifest declares, else the one the registry states.
fn declared(packaged: &Observed<Packaged>, stated: Option<&str>) -> Observed<String> {
    let declared = packaged.and_then(|packaged| {
        Observed::from_option(packaged.repository.clone(), Missing::NotDeclared)
    });
    match (declared, stated) {
        (Observed::Missing(_), Some(stated)) => Observed::Known(stated.to_owned()),
        (declared, _) => declared,
    }
}

fn location(packaged: &Observed<Packaged>, stated: Option<&str>) -> Observed<Found> {
    match (find(packaged.known(), stated), packaged.missing()) {
        (Ok(found), _) => Observed::Known(found),
        (Err(NoRepository::Empty), why) => Observed::Missing(why.unwrap_or(Missing::NotDeclared)),
        (Err(what), _) => Observed::Missing(Missing::NotARepository(what)),
    }
}

/// The repository that the lockfile takes a package from.
fn taken_from(url: &str) -> Observed<Found> {
    let (location, mirror) = match address(url) {
        Address::Repository(location) => (location, false),
        Address::Mirror(location) => (location, true),
        Address::Other(what) => return Observed::Missing(Missing::NotARepository(what)),
    };
    Observed::Known(Found { location, mirror, provenance: Provenance::Lockfile })
}

/// The tags of a package's repository against its releases.
fn tagging(
    inputs: &Inputs,
    package: &Package,
    location: &Observed<Found>,
    releases: &ReleaseHistory,
) -> Observed<Tagging> {
    location.and_then(|Found { location, .. }| {
        let upstream = inputs.upstream.get(&location.repository.address);
        let activity = upstream.map(|upstream| &upstream.activity);
        activity.unwrap_or(&Observed::Missing(Missing::NotAsked)).and_then(|learned| {
            // What is released on the day of asking may be tagged a little later.
            let day_before = learned.on.yesterday().unwrap_or(learned.on);
            let (tagged, folder) = (&learned.value.tagged, location.folder.as_deref());
            let by = inputs.as_of.min(day_before);
            tags_against_releases(tagged, &package.name, folder, releases, by)
        })
    })
}

/// What was learned about a package from a source that knows the public registry's.
fn of_public<'a, T: Clone + 'a>(
    package: &Package,
    learned: impl FnOnce() -> Option<&'a Observed<T>>,
) -> Observed<T> {
    match package.source {
        Source::Registry(Registry::CratesIo) => {
            learned().cloned().unwrap_or(Observed::Missing(Missing::NotAsked))
        }
        // A name may be somebody else's there.
        Source::Registry(Registry::Other(_)) => Observed::Missing(Missing::NotAsked),
        Source::Git { .. } | Source::Path => Observed::Missing(Missing::NotFromRegistry),
    }
}

/// What is to be expected of what is shipped or built with, each package name once.
fn product(graph: &Graph, facts: &[PackageFacts]) -> Expected {
    let mut outlooks = BTreeMap::new();
    for (index, facts) in graph.indices().zip(facts) {
        if let (true, Some(outlook)) = (is_in_product(graph, index), facts.outlook.known()) {
            outlooks.insert(graph.package(index).name.as_str(), outlook.as_ref());
        }
    }
    expected(outlooks.into_values())
}

/// Whether a package is shipped or built with, as far as is known.
fn is_in_product(graph: &Graph, package: PackageIndex) -> bool {
    match graph.presence(package) {
        Presence::Runtime | Presence::Build | Presence::ProcMacro | Presence::Unknown => true,
        Presence::Dev | Presence::OtherTarget | Presence::Inactive => false,
    }
}

fn in_force(
    advisories: &AdvisoryIndex,
    name: &str,
    as_of: Date,
) -> Vec<Arc<crate::model::Advisory>> {
    let about = advisories.for_package(name).iter();
    about.filter(|advisory| advisory.is_in_force(as_of)).cloned().collect()
}

/// The platforms code runs on: the target's, and the host's for build scripts.
fn platforms(platforms: &Platforms) -> Vec<gatekeeper::Platform> {
    let named = |platform: Platform| gatekeeper::Platform {
        os: platform.os().to_owned(),
        arch: platform.arch().to_owned(),
    };
    match platforms {
        Platforms::All => Vec::new(),
        Platforms::One(target) => {
            [Some(*target), Platform::host()].into_iter().flatten().map(named).collect()
        }
    }
}

/// Counts what is not known about packages that do not live on this machine.
fn coverage(inputs: &Inputs, graph: &Graph, facts: &[PackageFacts]) -> Coverage {
    let mut missing: BTreeMap<&'static str, BTreeMap<Missing, usize>> = BTreeMap::new();
    let mut proc_macro_unknown = 0;
    for index in graph.indices() {
        let at = index.get();
        if inputs.packages[at].source == Source::Path {
            continue;
        }
        proc_macro_unknown += usize::from(inputs.packaged[at].known().is_none());
        // Of other packages these sources know nothing, and nobody is asked.
        let is_public = inputs.packages[at].is_from_crates_io();
        let of_public_only = |why: Option<Missing>| why.filter(|_| is_public);
        let reasons = [
            ("cadence", facts[at].cadence.missing()),
            ("deps.dev", of_public_only(facts[at].deps_dev.missing())),
            ("ownership", of_public_only(facts[at].ownership.missing())),
            ("declaration", inputs.declarations[at].missing()),
            ("repository", facts[at].location.missing()),
            ("yanked", facts[at].yanked.missing()),
        ];
        for (fact, reason) in reasons {
            if let Some(why) = reason {
                *missing.entry(fact).or_default().entry(why).or_default() += 1;
            }
        }
    }
    let unknown = graph.indices().filter(|&at| graph.presence(at) == Presence::Unknown);
    Coverage {
        packages: graph.len(),
        missing,
        presence_unknown: unknown.count(),
        proc_macro_unknown,
    }
}
