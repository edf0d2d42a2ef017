//! Learning about upstream projects, between an audit without and an audit with what is learned.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Request, Watch};
use crate::audit::Inputs;
use crate::model::{Audit, Diagnostic, Project, Registry, Upstream};
use crate::signal::repository::repository;
use crate::world::cache::CacheDir;
use crate::world::cargo_home::CargoHome;
use crate::world::http::Network;
use crate::world::upstream::{self, Asking, Endpoints, Index, Owners, Subjects};

/// What there is to learn about.
pub(super) struct Learning<'a> {
    pub(super) request: &'a Request,
    /// The folder whose Cargo configuration holds.
    pub(super) folder: &'a Path,
    /// The audit without.
    pub(super) first: &'a Audit,
}

impl Learning<'_> {
    /// Learns about projects, the most important first, into the inputs of the next audit.
    pub(super) fn ask(
        &self,
        projects: &[&Project],
        network: &Network,
        watch: Watch<'_>,
        inputs: &mut Inputs,
    ) {
        let home = self.cargo_home();
        let folder = home.folder(&Registry::CratesIo).map(|folder| folder.index);
        let cache = &self.request.gather.cache;
        let asking = Asking {
            network,
            cache,
            endpoints: &Endpoints::default(),
            mirrors: &self.request.mirrors,
            index: Index { folder: folder.as_deref(), address: home.sparse_index() },
            as_of: self.first.as_of,
            progress: watch,
        };
        let subjects = |projects: &[&Project]| Subjects::of(&self.first.graph, projects, &home);
        let learned = upstream::learn(&subjects(projects), &asking);
        inputs.upstream = learned.upstream;
        // Of projects without a repository the registry may name one, which is then asked about too.
        let nowhere: Vec<&Project> =
            projects.iter().copied().filter(|project| project.repository.is_none()).collect();
        let packages = subjects(&nowhere).packages;
        let stated = stated(&packages, &learned.ownership, &inputs.upstream);
        if !stated.is_empty() {
            let subjects = Subjects { repositories: stated, ..Subjects::default() };
            inputs.upstream.extend(upstream::learn(&subjects, &asking).upstream);
        }
        inputs.ownership = learned.ownership;
        inputs.deps_dev = learned.deps_dev;
        inputs.hosts_asked = network.hosts_asked();
        inputs.diagnostics.extend(network.old_answers());
        inputs.diagnostics.extend(not_remembered(network, cache));
    }

    /// Learns from files on this machine alone. Whether anything was found that the inputs of the
    /// first audit lacked.
    pub(super) fn look_at_files(&self, projects: &[&Project], inputs: &mut Inputs) -> bool {
        let subjects = Subjects::of(&self.first.graph, projects, &self.cargo_home());
        inputs.upstream = upstream::from_files(&subjects, self.request.today);
        !inputs.upstream.is_empty()
    }

    /// Cargo's home, as the folder has it. A configuration that cannot be read was told of when
    /// the registry's facts were gathered.
    fn cargo_home(&self) -> CargoHome {
        let root = std::path::absolute(self.folder).unwrap_or_else(|_| self.folder.to_owned());
        CargoHome::locate(self.request.gather.cargo_home.clone(), &root).0
    }
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

/// The note that the next run has to ask again, where answers could not be remembered.
fn not_remembered(network: &Network, cache: &CacheDir) -> Option<Diagnostic> {
    let why = network.cache_trouble()?;
    Some(Diagnostic {
        path: cache.path().map(|path| path.display().to_string()),
        ..Diagnostic::note(format!(
            "answers of the network cannot be remembered, so that the next run asks again: {why}; \
             make the directory writable or name another one with `--cache-dir`"
        ))
    })
}
