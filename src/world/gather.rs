//! Gathers everything an audit works on: workspace, registry facts, advisories, configuration.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use jiff::civil::Date;

use crate::audit::Inputs;
use crate::config;
use crate::model::{Error, Failure, Observed, Packaged};
use crate::resolve::Selection;
use crate::rule::{self, Policy};
use crate::world::cache::CacheDir;
use crate::world::cargo_home::CargoHome;
use crate::world::workspace::{self, Workspace};
use crate::world::{database, files, git_checkouts, registry};

/// What the user asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// A folder, a lockfile, or a `Cargo.toml`.
    pub path: PathBuf,
    /// An advisory database to use instead of the updated or embedded one.
    pub advisory_database: Option<PathBuf>,
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

/// Gathers the inputs of an audit. Nothing here asks the network.
///
/// `progress` is told how many packages have been looked up and how many there are.
///
/// # Errors
/// Bad input, nothing to audit, or an advisory database that cannot be used.
pub fn gather(request: Request, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Inputs, Error> {
    // The two largest texts, lockfile and advisories, are read side by side.
    let (workspace, loaded) = thread::scope(|scope| {
        let load = || database::load(request.advisory_database.as_deref(), &request.cache);
        let loading = scope.spawn(load);
        let workspace = workspace::load(&request.path);
        (workspace, loading.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let (workspace, loaded) = (workspace?, loaded?);
    if workspace.lockfile.packages.is_empty() {
        return Err(Error::new(Failure::Nothing, "the lockfile lists no packages")
            .at(&workspace.lockfile_path));
    }
    let rules = rule::rules()?;
    let policy = load_policy(&workspace, request.config.as_deref())?;
    let root = std::path::absolute(&workspace.root).unwrap_or_else(|_| workspace.root.clone());
    let (home, complaint) = CargoHome::locate(request.cargo_home, &root);
    let facts = registry::load(&workspace.lockfile.packages, &home, &request.cache, progress);
    let mut diagnostics = workspace.diagnostics;
    diagnostics.extend(loaded.diagnostics);
    diagnostics.extend(database::age_diagnostics(&loaded.database, request.as_of));
    diagnostics.extend(complaint);
    diagnostics.extend(facts.diagnostics);
    let (mut declarations, mut packaged) = (facts.declarations, facts.packaged);
    let checkouts = match home.path() {
        Some(home) => git_checkouts::load(&workspace.lockfile.packages, home),
        None => Default::default(),
    };
    for (position, local) in workspace.local.iter().chain(&checkouts) {
        declarations[position.get()] = Observed::Known(Arc::clone(&local.declaration));
        packaged[position.get()] =
            Observed::Known(Packaged { proc_macro: local.proc_macro, repository: None });
    }
    Ok(Inputs {
        lockfile: workspace.lockfile_path.display().to_string(),
        packages: workspace.lockfile.packages,
        locked: workspace.lockfile.dependencies,
        members: workspace.members,
        resolver: workspace.resolver,
        selection: request.selection,
        declarations,
        packaged,
        histories: facts.histories,
        advisories: loaded.index,
        database: loaded.database,
        rules,
        policy,
        as_of: request.as_of,
        diagnostics,
    })
}

/// The default policy with the user's configuration applied: the given file, else the one
/// beside the lockfile where there is one.
fn load_policy(workspace: &Workspace, given: Option<&Path>) -> Result<Policy, Error> {
    let default = rule::policy()?;
    let beside = workspace.root.join(config::FILE_NAME);
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
