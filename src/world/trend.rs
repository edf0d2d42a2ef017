//! Gathers everything a trend is told from: the lockfiles of a repository's history, and once
//! for all of them what is known of their packages.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use crate::audit::trend::LockfileHistory;
use crate::audit::{Inputs, Knowledge};
use crate::model::{Diagnostic, Error, Failure, Package, Resolver};
use crate::world::gather::{Parts, Request, cargo_home, inputs};
use crate::world::workspace::{self, Found};
use crate::world::{lockfile_history, registry};

/// Gathers the inputs of an audit of all packages that the lockfile at the request's path held at
/// the commits that changed it since a day, and these lockfiles, at most `most`. Nothing here
/// asks the network; the policy is the default one.
///
/// # Errors
/// Bad input, no such commit, or no git.
pub fn gather(
    request: Request,
    knowledge: &Arc<Knowledge>,
    since: Date,
    most: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<(Inputs, LockfileHistory), Error> {
    let Found { lockfile, diagnostics: told, .. } = find(&request.path)?;
    let (history, mut diagnostics) = lockfile_history::read(&lockfile, since, request.as_of, most)?;
    diagnostics.extend(told);
    let packages = all_packages(&history);
    let (home, complaint) = cargo_home(&request, lockfile.parent().unwrap_or(Path::new("")));
    let facts = registry::load(&packages, &home, &request.cache, progress);
    diagnostics.extend(complaint);
    diagnostics.extend(facts.diagnostics);
    diagnostics.push(Diagnostic::note(
        "a trend is told from the lockfile alone: which packages were built is not known",
    ));
    let parts = Parts {
        updating: None,
        since,
        lockfile: lockfile.display().to_string(),
        locked: vec![Vec::new(); packages.len()],
        packages,
        members: Vec::new(),
        root_package: None,
        resolver: Resolver::One,
        declarations: facts.declarations,
        packaged: facts.packaged,
        histories: facts.histories,
        gaps: Vec::new(),
        diagnostics,
    };
    let policy = knowledge.shipped.policy.clone();
    Ok((inputs(request, parts, knowledge, policy), history))
}

fn find(path: &Path) -> Result<Found, Error> {
    workspace::find_lockfile(path).map_err(|error| {
        if error.failure == Failure::Nothing && lockfile_history::is_bare(path) {
            return Error::input("a bare repository has no checkout with a `Cargo.lock`")
                .at(path)
                .help("give a clone with a checkout: `git clone` makes one");
        }
        error
    })
}

/// The packages of all lockfiles, sorted, each once.
fn all_packages(history: &LockfileHistory) -> Vec<Package> {
    let lockfiles = history.snapshots.iter().map(|snapshot| &snapshot.lockfile);
    let mut packages: Vec<Package> = lockfiles.flat_map(|it| &it.packages).cloned().collect();
    packages.sort_unstable();
    packages.dedup();
    packages
}
