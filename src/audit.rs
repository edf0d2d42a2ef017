//! The pipeline as one readable function: what was read and gathered in, the audit out.

mod coverage;
mod facts;
mod knowledge;
mod limits;
mod outlook;
mod plan;
pub mod replay;
mod stale;
pub mod trend;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use smol_str::SmolStr;

pub use knowledge::{Advisories, Knowledge, Shipped};

use crate::advisory::{AdvisoryIndex, matches};
use crate::graph;
use crate::lens::{environmentalist, expected, gatekeeper};
use crate::model::{
    Audit, Declaration, DepsDevRelease, Diagnostic, Error, Expected, Graph, Observed, Ownership,
    Package, PackageFacts, PackageIndex, Packaged, Presence, ReleaseHistory, Resolver, Sourced,
    Upstream,
};
use crate::read::cargo_manifest::lines::ManifestLines;
use crate::resolve::update::ReleaseIndex;
use crate::resolve::{self, Platform, Platforms, Selection};
use crate::rule::Policy;

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
    /// The package of the root manifest; `None` where that is virtual or there is none.
    pub root_package: Option<PackageIndex>,
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
    /// What every audit of the run shares.
    pub knowledge: Arc<Knowledge>,
    /// The policy in force.
    pub policy: Policy,
    /// The day the audit speaks for.
    pub as_of: Date,
    /// What no verdict over findings can do without and is not known, each in words.
    pub gaps: Vec<String>,
    /// The hosts that were asked over the network, with their port where it is not the usual one.
    pub hosts_asked: Vec<String>,
    /// What tells which versions Cargo would lock; `None` where no plan is to be made.
    pub updating: Option<Updating>,
    /// Complaints so far.
    pub diagnostics: Vec<Diagnostic>,
}

/// What tells which versions Cargo would lock.
#[derive(Debug, Clone)]
pub struct Updating {
    /// The releases of the public registry.
    pub index: Arc<dyn ReleaseIndex>,
    /// Rust versions that the members promise to build with, as written.
    pub rust_versions: Vec<SmolStr>,
    /// Whether Cargo prefers releases that support these.
    pub prefers_supported_rust: bool,
    /// Where the members declare their dependencies.
    pub manifests: Manifests,
}

/// Where workspace members declare their dependencies.
#[derive(Debug, Clone, Default)]
pub struct Manifests {
    /// The root manifest.
    pub root: MemberManifest,
    /// The manifests of members.
    pub members: BTreeMap<PackageIndex, MemberManifest>,
}

/// A manifest and its lines.
#[derive(Debug, Clone, Default)]
pub struct MemberManifest {
    /// Its path, as the user would name it.
    pub path: String,
    /// What it declares where.
    pub lines: ManifestLines,
}

/// Audits a workspace.
///
/// # Errors
/// Where a selected feature exists in no member.
pub fn audit(inputs: &Inputs) -> Result<Audit, Error> {
    let graph = resolve(inputs)?;
    let Knowledge { advisories, shipped, exploited, epss, .. } = inputs.knowledge.as_ref();
    let in_force = |name: &str| in_force(&advisories.index, name, inputs.as_of);
    let (facts, upstream) = facts::facts(inputs, &graph);
    let found = matches(&graph, &advisories.index, inputs.as_of);
    let unjudged = limits::unknown(found.iter().map(|it| &it.advisory));
    let matches: Vec<_> = found
        .into_iter()
        .map(|found| (limits::judgeable(found.advisory), found.package, found.certainty))
        .collect();
    let plan = plan::plan(inputs, &facts, &matches);
    let judgement = gatekeeper::judge(gatekeeper::Input {
        graph: &graph,
        facts: &facts,
        histories: &inputs.histories,
        matches: &matches,
        advisories: &in_force,
        threat: &|advisory| exploited.threat(advisory, inputs.as_of),
        epss: &|advisory| epss.of(advisory, inputs.as_of),
        paths: &|package| graph::shortest_paths(&graph, package, PATHS_PER_FINDING),
        platforms: &platforms(&inputs.selection.platforms),
        upstream: &upstream,
        rules: &shipped.rules,
        models: &shipped.models,
        policy: &inputs.policy,
        gaps: &inputs.gaps,
        plan: plan.as_ref(),
        as_of: inputs.as_of,
        ranges_of: advisories.database.date,
    });
    let ranking = environmentalist::rank(environmentalist::Input {
        graph: &graph,
        facts: &facts,
        findings: &judgement.findings,
        advisories: &in_force,
        upstream: &upstream,
        as_of: inputs.as_of,
        rules: &shipped.rules,
        models: &shipped.models,
    });
    let expected = product(&graph, &facts);
    let coverage = coverage::coverage(inputs, &graph, &facts);
    let mut diagnostics = inputs.diagnostics.clone();
    diagnostics.extend(judgement.diagnostics);
    diagnostics.extend(unjudged);
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
        databases: vec![advisories.database.clone()],
        exploited: inputs.knowledge.exploited_database.clone(),
        findings: judgement.findings,
        plan,
        exposed: judgement.exposed,
        expected,
        verdict: judgement.verdict,
        ranking,
        coverage,
        diagnostics,
    })
}

fn resolve(inputs: &Inputs) -> Result<Graph, Error> {
    let proc_macro: Vec<_> = inputs.packaged.iter().map(resolve::IsProcMacro::of).collect();
    let input = resolve::Input {
        packages: &inputs.packages,
        locked: &inputs.locked,
        declarations: &inputs.declarations,
        proc_macro: &proc_macro,
        members: &inputs.members,
        root_package: inputs.root_package,
        resolver: inputs.resolver,
    };
    let resolution = resolve::resolve(input, &inputs.selection).map_err(|message| {
        Error::input(message)
            .at(&inputs.lockfile)
            .help("features are those of the workspace members")
    })?;
    Ok(resolution.graph)
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
        Presence::Runtime
        | Presence::RuntimeOrBuild
        | Presence::RuntimeOrProcMacro
        | Presence::Build
        | Presence::ProcMacro
        | Presence::Unknown => true,
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
