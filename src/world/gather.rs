//! Gathers everything an audit works on: workspace, registry facts, advisories, configuration.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use semver::Version;

use crate::audit::{Advisories, Inputs, Knowledge, Updating};
use crate::config;
use crate::model::{
    Declaration, Diagnostic, Error, Failure, Level, Observed, Package, PackageIndex, Packaged,
    ReleaseHistory, Resolver, Unread,
};
use crate::resolve::Selection;
use crate::rule::Policy;
use crate::source::successors::Successors;
use crate::source::superseded;
use crate::world::cache::CacheDir;
use crate::world::cargo_home::CargoHome;
use crate::world::database;
use crate::world::database::first_seen::own_date_diagnostic;
use crate::world::registry::{Remote, SparseIndex};
use crate::world::{files, git_checkouts, intake, registry, updating, workspace};

/// What the user asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// A folder, a lockfile, or a `Cargo.toml`.
    pub path: PathBuf,
    /// A configuration file to use instead of the one beside the lockfile.
    pub config: Option<PathBuf>,
    /// A Cargo home to use instead of Cargo's own.
    pub cargo_home: Option<PathBuf>,
    /// Where files that can be made again are kept.
    pub cache: CacheDir,
    /// What is to be built.
    pub selection: Selection,
    /// Whether the platform in it is one that the user asked for.
    pub target_asked: bool,
    /// The day the audit speaks for.
    pub as_of: Date,
    /// Where that day comes from.
    pub day_from: DayFrom,
}

/// Where the day that an audit speaks for comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayFrom {
    /// The user asked for it.
    Asked,
    /// It is today, as the clock of this machine has it.
    Clock,
}

/// Gathers the inputs of an audit. Where a remote is given, the registry's index is asked there
/// for what the local one lacks; nothing else here asks the network.
///
/// `progress` is told how many packages have been looked up in the local index and how many there
/// are.
///
/// # Errors
/// Bad input, or nothing to audit.
pub fn gather(
    mut request: Request,
    knowledge: &Arc<Knowledge>,
    remote: Option<Remote<'_>>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Inputs, Error> {
    let home = CargoHome::directory(request.cargo_home.clone());
    let workspace = workspace::load(&request.path, home.as_deref())?;
    if workspace.lockfile.packages.is_empty() {
        return Err(Error::new(Failure::Nothing, "the lockfile lists no packages")
            .at(&workspace.lockfile_path));
    }
    let packages = &workspace.lockfile.packages;
    let policy = policy(&workspace.root, request.config.as_deref(), &knowledge.shipped.policy)?;
    let (home, complaint) = cargo_home(&request, &workspace.root);
    let mut facts = registry::load(packages, &home, &request.cache, progress);
    if let Some((remote, address)) = remote.zip(home.sparse_index()) {
        SparseIndex::new(remote, address).complete(packages, &mut facts);
    }
    let updating = Some(updating::updating(&workspace, &home));
    let (mut diagnostics, gaps) = (workspace.diagnostics, workspace.gaps);
    diagnostics.extend(workspace.build.apply(&mut request.selection, request.target_asked));
    diagnostics.extend(complaint);
    diagnostics.extend(facts.diagnostics);
    let (mut declarations, mut packaged) = (facts.declarations, facts.packaged);
    let checkouts = match home.path() {
        Some(home) => git_checkouts::load(packages, home, &workspace.registries),
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
    diagnostics.extend(not_yet_there(packages, &facts.histories, request.as_of));
    diagnostics.extend(workspace.build.undecided(&declarations, &request.selection.platforms));
    let parts = Parts {
        updating,
        since: request.as_of,
        lockfile: workspace.lockfile_path.display().to_string(),
        packages: workspace.lockfile.packages,
        locked: workspace.lockfile.dependencies,
        members: workspace.members,
        root_package: workspace.root_package,
        resolver: workspace.resolver,
        declarations,
        packaged,
        histories: facts.histories,
        gaps,
        diagnostics,
    };
    Ok(inputs(request, parts, knowledge, policy))
}

/// Gathers the inputs of an intake check of a registry package, at a version or at its newest:
/// a stand-in workspace that depends on it alone. The policy is the one at the request's path.
/// Where the registry's index may be asked, it is asked for what the local one lacks.
///
/// # Errors
/// Bad input, or a package or version that the index does not know.
pub fn gather_intake(
    request: Request,
    knowledge: &Arc<Knowledge>,
    name: &str,
    version: Option<&Version>,
    remote: Option<Remote<'_>>,
) -> Result<Inputs, Error> {
    let policy = policy(&request.path, request.config.as_deref(), &knowledge.shipped.policy)?;
    let (home, complaint) = cargo_home(&request, &request.path);
    let sparse = remote.zip(home.sparse_index());
    let index = intake::Index {
        local: &|packages| registry::load(packages, &home, &request.cache, &|_, _| {}),
        sparse: sparse.map(|(remote, address)| SparseIndex::new(remote, address)),
    };
    let intake = intake::lock(name, version, &request.selection, request.as_of, index)?;
    let gaps = intake.gaps();
    let unsatisfied = intake
        .unsatisfied
        .iter()
        .map(|needs| Diagnostic::note(format!("{needs}, of which no release is known: left out")));
    let parts = Parts {
        updating: None,
        since: request.as_of,
        lockfile: intake::STAND_IN.to_owned(),
        members: intake.members(),
        root_package: None,
        packages: intake.packages,
        locked: intake.locked,
        resolver: Resolver::Two,
        declarations: intake.declarations,
        packaged: intake.packaged,
        histories: intake.histories,
        gaps,
        diagnostics: complaint.into_iter().chain(unsatisfied).collect(),
    };
    Ok(inputs(request, parts, knowledge, policy))
}

/// The locked releases that did not exist on the day, as a warning: nobody could lock them, and
/// few advisories of that day speak of them.
fn not_yet_there(
    packages: &[Package],
    histories: &[Observed<Arc<ReleaseHistory>>],
    as_of: Date,
) -> Option<Diagnostic> {
    let mut later = packages.iter().zip(histories).filter_map(|(package, history)| {
        let release = history.known()?.find(&package.version.to_string())?;
        let day = release.published?.to_zoned(TimeZone::UTC).date();
        (day > as_of).then_some((package, day))
    });
    let (first, day) = later.next()?;
    let count = 1 + later.count();
    let message = format!(
        "locked releases that did not exist on {as_of}: {count}, first `{} {}` of {day}; what that \
         day could know of them says little",
        first.name, first.version
    );
    Some(Diagnostic { level: Level::Warning, ..Diagnostic::note(message) })
}

/// The names of packages whose advisories an audit looks at: the locked ones, and what could take
/// their place.
fn names(packages: &[Package], as_of: Date) -> HashSet<String> {
    let successors = Successors::shipped();
    let mut names: HashSet<String> = HashSet::new();
    for package in packages {
        names.extend(successors.targets(&package.name).map(str::to_owned));
        names.extend(superseded::of(&package.name, as_of).into_iter().map(|it| it.by.into()));
        names.insert(package.name.clone());
    }
    names
}

/// What is gathered about the packages, by position.
pub(super) struct Parts {
    /// The first day that is audited; the last is the request's.
    pub(super) since: Date,
    pub(super) lockfile: String,
    pub(super) packages: Vec<Package>,
    pub(super) locked: Vec<Vec<u32>>,
    pub(super) members: Vec<PackageIndex>,
    pub(super) root_package: Option<PackageIndex>,
    pub(super) resolver: Resolver,
    pub(super) declarations: Vec<Observed<Arc<Declaration>>>,
    pub(super) packaged: Vec<Observed<Packaged>>,
    pub(super) histories: Vec<Observed<Arc<ReleaseHistory>>>,
    pub(super) gaps: Vec<String>,
    pub(super) updating: Option<Updating>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

pub(super) fn inputs(
    request: Request,
    parts: Parts,
    knowledge: &Arc<Knowledge>,
    policy: Policy,
) -> Inputs {
    let Advisories { index, database, since, unread } = &knowledge.advisories;
    let as_of = request.as_of;
    let mut diagnostics = parts.diagnostics;
    diagnostics.extend(knowledge.diagnostics.iter().cloned());
    diagnostics.extend(database::age_diagnostics(database, as_of));
    for list in [&knowledge.exploited_database].into_iter().chain(&knowledge.epss_database) {
        diagnostics.extend(database::threat_age_diagnostics(list, as_of));
        diagnostics.extend(database::threat_clock_diagnostic(list, as_of, request.day_from));
    }
    let concerned = names(&parts.packages, as_of);
    let advisories = index.iter().filter(|it| concerned.contains(&it.package));
    let days = (parts.since, as_of);
    diagnostics.extend(own_date_diagnostic(advisories.map(AsRef::as_ref), database, days));
    let locked: HashSet<&str> = parts.packages.iter().map(|it| it.name.as_str()).collect();
    let mut gaps = parts.gaps;
    gaps.extend(Unread::gaps(unread, |name| locked.contains(name)));
    gaps.extend(database::clock_gap(database, as_of, request.day_from));
    gaps.extend(database::nothing_public(*since, as_of));
    Inputs {
        lockfile: parts.lockfile,
        packages: parts.packages,
        locked: parts.locked,
        members: parts.members,
        root_package: parts.root_package,
        resolver: parts.resolver,
        selection: request.selection,
        declarations: parts.declarations,
        packaged: parts.packaged,
        histories: parts.histories,
        upstream: BTreeMap::new(),
        ownership: BTreeMap::new(),
        deps_dev: BTreeMap::new(),
        knowledge: Arc::clone(knowledge),
        policy,
        as_of,
        gaps,
        hosts_asked: Vec::new(),
        updating: parts.updating,
        diagnostics,
    }
}

/// Cargo's home, with the configuration of a workspace folder.
pub(super) fn cargo_home(request: &Request, workspace: &Path) -> (CargoHome, Option<Diagnostic>) {
    // The folder of a bare file name is the working directory.
    let workspace = if workspace.as_os_str().is_empty() { Path::new(".") } else { workspace };
    let root = std::path::absolute(workspace).unwrap_or_else(|_| workspace.to_owned());
    CargoHome::locate(request.cargo_home.clone(), &root)
}

/// The default policy with the user's configuration applied: the given file, else the one in the
/// folder where there is one.
fn policy(folder: &Path, given: Option<&Path>, default: &Policy) -> Result<Policy, Error> {
    let default = default.clone();
    let beside = folder.join(config::FILE_NAME);
    let (path, text) = match given {
        Some(path) => (path, files::read_text(path)?),
        None if beside.symlink_metadata().is_ok() => {
            (beside.as_path(), files::read_text_inside(&beside, &files::checkout_of(folder))?)
        }
        None => return Ok(default),
    };
    config::apply(&text, default).map_err(|complaints| {
        Error::input("the configuration cannot be used").excerpt(config::excerpt(
            &path.display().to_string(),
            &text,
            &complaints,
        ))
    })
}
