//! Learning about upstream projects, between an audit without and an audit with what is learned.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::arguments::Subject;
use super::audit::today;
use super::network::{self, Opened, not_remembered};
use super::progress::Progress;
use crate::audit::Inputs;
use crate::model::{Audit, Error, Project, Registry, Upstream};
use crate::signal::repository::repository;
use crate::world::cache::CacheDir;
use crate::world::cargo_home::CargoHome;
use crate::world::upstream::{self, Asking, Endpoints, Index, Owners, Subjects};

/// Opens the network where there is anything to learn from: itself, mirrors, or what earlier runs
/// left. The time budget starts now.
pub(super) fn open(subject: &Subject, cache: &CacheDir) -> Result<Option<Opened>, Error> {
    let learning = &subject.learning;
    let is_possible =
        learning.online || !learning.git_mirror.is_empty() || upstream::has_memory(cache);
    is_possible.then(|| network::open(subject, cache)).transpose()
}

/// Learns about projects of a first audit, the most important first, into the inputs of the next.
/// `workspace` is the folder whose Cargo configuration holds.
pub(super) fn learn(
    inputs: &mut Inputs,
    first: &Audit,
    projects: &[&Project],
    workspace: &Path,
    subject: &Subject,
    opened: &Opened,
    cache: &CacheDir,
) {
    let progress = Progress::new("asking about upstream projects");
    let home = cargo_home(subject, workspace);
    let folder = home.folder(&Registry::CratesIo).map(|folder| folder.index);
    let asking = Asking {
        network: &opened.network,
        mode: opened.mode,
        budget: &opened.budget,
        cache,
        endpoints: &Endpoints::default(),
        mirrors: &subject.learning.git_mirror,
        index: Index { folder: folder.as_deref(), address: home.sparse_index() },
        as_of: first.as_of,
        now: opened.now,
        progress: &|what, done, total| progress.tell(what, done, total),
    };
    let knowledge = upstream::learn(&Subjects::of(&first.graph, projects, &home), &asking);
    inputs.upstream = knowledge.upstream;
    // Of projects without a repository the registry may name one, which is then asked about too.
    let nowhere: Vec<&Project> =
        projects.iter().copied().filter(|project| project.repository.is_none()).collect();
    let packages = Subjects::of(&first.graph, &nowhere, &home).packages;
    let stated = stated(&packages, &knowledge.ownership, &inputs.upstream);
    if !stated.is_empty() {
        let subjects = Subjects { repositories: stated, ..Subjects::default() };
        inputs.upstream.extend(upstream::learn(&subjects, &asking).upstream);
    }
    inputs.ownership = knowledge.ownership;
    inputs.deps_dev = knowledge.deps_dev;
    inputs.hosts_asked = opened.network.hosts_asked();
    inputs.diagnostics.extend(opened.network.old_answers());
    inputs.diagnostics.extend(not_remembered(&opened.network, cache));
}

/// The repositories that the registry states for packages, in their order, none twice and none
/// that is known.
fn stated(packages: &[String], owners: &Owners, known: &BTreeMap<String, Upstream>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let statements =
        packages.iter().filter_map(|name| owners.get(name)?.known()?.value.repository.as_deref());
    let addresses = statements.filter_map(|stated| Some(repository(stated)?.address));
    addresses.filter(|at| !known.contains_key(at) && seen.insert(at.clone())).collect()
}

/// Learns from files on this machine alone, for a run that has nothing else to learn from. Whether
/// anything was found that the inputs of a first audit lacked.
pub(super) fn from_files(
    inputs: &mut Inputs,
    first: &Audit,
    projects: &[&Project],
    workspace: &Path,
    subject: &Subject,
) -> bool {
    let subjects = Subjects::of(&first.graph, projects, &cargo_home(subject, workspace));
    inputs.upstream = upstream::from_files(&subjects, today());
    !inputs.upstream.is_empty()
}

/// Cargo's home, as a workspace has it. A configuration that cannot be read was told of when the
/// registry's facts were gathered.
fn cargo_home(subject: &Subject, workspace: &Path) -> CargoHome {
    let root = std::path::absolute(workspace).unwrap_or_else(|_| workspace.to_owned());
    CargoHome::locate(subject.cargo_home.clone(), &root).0
}
