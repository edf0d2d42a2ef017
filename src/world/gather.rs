//! Gathers everything an audit works on: workspace, registry facts, advisories, configuration.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use semver::Version;

use crate::audit::{Inputs, Updating};
use crate::config;
use crate::forecast::Models;
use crate::model::{
    Declaration, Diagnostic, Error, Failure, Observed, Package, PackageIndex, Packaged,
    ReleaseHistory, Resolver,
};
use crate::resolve::Selection;
use crate::rule::{self, Policy};
use crate::source::successors::Successors;
use crate::source::superseded;
use crate::source::usage::UsageTable;
use crate::world::cache::CacheDir;
use crate::world::cargo_home::CargoHome;
use crate::world::database::first_seen::own_date_diagnostic;
use crate::world::database::{self, Loaded};
use crate::world::registry::{Remote, SparseIndex};
use crate::world::{files, git_checkouts, intake, registry, updating, workspace};

/// What the user asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// A folder, a lockfile, or a `Cargo.toml`.
    pub path: PathBuf,
    /// An advisory database to use instead of the updated or embedded one.
    pub advisory_database: Option<PathBuf>,
    /// CISA's catalogue of exploited vulnerabilities, to use instead of the embedded list.
    pub exploited: Option<PathBuf>,
    /// A configuration file to use instead of the one beside the lockfile.
    pub config: Option<PathBuf>,
    /// A Cargo home to use instead of Cargo's own.
    pub cargo_home: Option<PathBuf>,
    /// Where files that can be made again are kept.
    pub cache: CacheDir,
    /// What is to be built.
    pub selection: Selection,
    /// The day the audit speaks for.
    pub as_of: Date,
}

/// Gathers the inputs of an audit. Where a remote is given, the registry's index is asked there
/// for what the local one lacks; nothing else here asks the network.
///
/// `progress` is told how many packages have been looked up in the local index and how many there
/// are.
///
/// # Errors
/// Bad input, nothing to audit, or an advisory database that cannot be used.
pub fn gather(
    request: Request,
    remote: Option<Remote<'_>>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Inputs, Error> {
    let workspace = workspace::load(&request.path)?;
    if workspace.lockfile.packages.is_empty() {
        return Err(Error::new(Failure::Nothing, "the lockfile lists no packages")
            .at(&workspace.lockfile_path));
    }
    let packages = &workspace.lockfile.packages;
    let loaded = load_advisories(&request, packages)?;
    let policy = load_policy(&workspace.root, request.config.as_deref())?;
    let (home, complaint) = cargo_home(&request, &workspace.root);
    let mut facts = registry::load(packages, &home, &request.cache, progress);
    if let Some((remote, address)) = remote.zip(home.sparse_index()) {
        SparseIndex::new(remote, address).complete(packages, &mut facts);
    }
    let updating = Some(updating::updating(&workspace, &home));
    let mut diagnostics = workspace.diagnostics;
    diagnostics.extend(complaint);
    diagnostics.extend(facts.diagnostics);
    let (mut declarations, mut packaged) = (facts.declarations, facts.packaged);
    let checkouts = match home.path() {
        Some(home) => git_checkouts::load(&workspace.lockfile.packages, home),
        None => BTreeMap::new(),
    };
    for (position, local) in workspace.local.iter().chain(&checkouts) {
        declarations[position.get()] = Observed::Known(Arc::clone(&local.declaration));
        packaged[position.get()] = Observed::Known(Packaged {
            proc_macro: local.proc_macro,
            build_script: local.build_script,
            repository: local.repository.clone(),
            homepage: None,
            folder: None,
            maintenance: None,
        });
    }
    let parts = Parts {
        updating,
        since: request.as_of,
        lockfile: workspace.lockfile_path.display().to_string(),
        packages: workspace.lockfile.packages,
        locked: workspace.lockfile.dependencies,
        members: workspace.members,
        resolver: workspace.resolver,
        declarations,
        packaged,
        histories: facts.histories,
        diagnostics,
    };
    inputs(request, parts, loaded, policy)
}

/// Gathers the inputs of an intake check of a registry package, at a version or at its newest:
/// a stand-in workspace that depends on it alone. The policy is the one at the request's path.
/// Where the registry's index may be asked, it is asked for what the local one lacks.
///
/// # Errors
/// Bad input, a package or version that the index does not know, or an advisory database that
/// cannot be used.
pub fn gather_intake(
    request: Request,
    name: &str,
    version: Option<&Version>,
    remote: Option<Remote<'_>>,
) -> Result<Inputs, Error> {
    let policy = load_policy(&request.path, request.config.as_deref())?;
    let (home, complaint) = cargo_home(&request, &request.path);
    let sparse = remote.zip(home.sparse_index());
    let index = intake::Index {
        local: &|packages| registry::load(packages, &home, &request.cache, &|_, _| {}),
        sparse: sparse.map(|(remote, address)| SparseIndex::new(remote, address)),
    };
    let intake = intake::lock(name, version, &request.selection, index)?;
    let loaded = load_advisories(&request, &intake.packages)?;
    let unsatisfied = intake
        .unsatisfied
        .iter()
        .map(|needs| Diagnostic::note(format!("{needs}, of which no release is known: left out")));
    let parts = Parts {
        updating: None,
        since: request.as_of,
        lockfile: intake::STAND_IN.to_owned(),
        members: intake.members(),
        packages: intake.packages,
        locked: intake.locked,
        resolver: Resolver::Two,
        declarations: intake.declarations,
        packaged: intake.packaged,
        histories: intake.histories,
        diagnostics: complaint.into_iter().chain(unsatisfied).collect(),
    };
    inputs(request, parts, loaded, policy)
}

/// The advisories about locked packages and what could replace them, from the database in use.
pub(super) fn load_advisories(request: &Request, packages: &[Package]) -> Result<Loaded, Error> {
    let successors = Successors::shipped();
    let mut names: HashSet<String> = HashSet::new();
    for package in packages {
        names.extend(successors.targets(&package.name).map(str::to_owned));
        names.extend(
            superseded::of(&package.name, request.as_of).into_iter().map(|it| it.by.into()),
        );
        names.insert(package.name.clone());
    }
    let given = request.advisory_database.as_deref();
    database::load_about(given, &request.cache, &|name| names.contains(name))
}

/// What is gathered about the packages, by position.
pub(super) struct Parts {
    /// The first day that is audited; the last is the request's.
    pub(super) since: Date,
    pub(super) lockfile: String,
    pub(super) packages: Vec<Package>,
    pub(super) locked: Vec<Vec<u32>>,
    pub(super) members: Vec<PackageIndex>,
    pub(super) resolver: Resolver,
    pub(super) declarations: Vec<Observed<Arc<Declaration>>>,
    pub(super) packaged: Vec<Observed<Packaged>>,
    pub(super) histories: Vec<Observed<Arc<ReleaseHistory>>>,
    pub(super) updating: Option<Updating>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

pub(super) fn inputs(
    request: Request,
    parts: Parts,
    loaded: Loaded,
    policy: Policy,
) -> Result<Inputs, Error> {
    let (exploited, exploited_database) = database::exploited(request.exploited.as_deref())?;
    let mut diagnostics = parts.diagnostics;
    diagnostics.extend(loaded.diagnostics);
    diagnostics.extend(database::age_diagnostics(&loaded.database, request.as_of));
    let days = (parts.since, request.as_of);
    let advisories = loaded.index.iter().map(AsRef::as_ref);
    diagnostics.extend(own_date_diagnostic(advisories, &loaded.database, days));
    Ok(Inputs {
        lockfile: parts.lockfile,
        packages: parts.packages,
        locked: parts.locked,
        members: parts.members,
        resolver: parts.resolver,
        selection: request.selection,
        declarations: parts.declarations,
        packaged: parts.packaged,
        histories: parts.histories,
        upstream: BTreeMap::new(),
        ownership: BTreeMap::new(),
        deps_dev: BTreeMap::new(),
        advisories: loaded.index,
        database: loaded.database,
        exploited,
        exploited_database,
        rules: rule::rules()?,
        models: Models::shipped()?,
        usage: UsageTable::shipped(),
        policy,
        as_of: request.as_of,
        updating: parts.updating,
        diagnostics,
    })
}

/// Cargo's home, with the configuration of a workspace folder.
pub(super) fn cargo_home(request: &Request, workspace: &Path) -> (CargoHome, Option<Diagnostic>) {
    let root = std::path::absolute(workspace).unwrap_or_else(|_| workspace.to_owned());
    CargoHome::locate(request.cargo_home.clone(), &root)
}

/// The default policy with the user's configuration applied: the given file, else the one in the
/// folder where there is one.
fn load_policy(folder: &Path, given: Option<&Path>) -> Result<Policy, Error> {
    let default = rule::policy()?;
    let beside = folder.join(config::FILE_NAME);
    let path = match given {
        Some(path) => path,
        None if beside.symlink_metadata().is_ok() => &beside,
        None => return Ok(default),
    };
    let text = files::read_text(path)?;
    config::apply(&text, default).map_err(|complaints| {
        Error::input(config::show(&path.display().to_string(), &text, &complaints))
    })
}
