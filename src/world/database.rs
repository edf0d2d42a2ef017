//! The advisory database in use: given by the user, updated by the user, or embedded.

mod age;
mod build;
mod epss;
mod exploited;
pub mod first_seen;
mod folder;
mod memo;
#[cfg(test)]
mod tests;
mod threat;
mod update;

use std::path::Path;

use jiff::civil::Date;

use crate::advisory::AdvisoryIndex;
use crate::advisory::snapshot::{self, Snapshot, Wanted};
use crate::model::{Database, Diagnostic, Error, Failure, Level, Origin, Unread};
use crate::world::cache::{CacheDir, is_own};
use crate::world::work_folder::remove_left_behind;

pub use age::{
    age_diagnostics, clock_gap, nothing_public, threat_age_diagnostics, threat_clock_diagnostic,
};
pub use build::{Built, build, build_with};
pub use epss::{none as no_scores, scores};
pub use exploited::{embedded_exploited, exploited, read_catalogue};
pub use threat::{EPSS_ADDRESS, KEV_ADDRESS, update_threat};
use update::check_size;
pub use update::{RUSTSEC_REPOSITORY, Shrink, update};

/// The compiled form of the user's updated database, in the cache directory.
const SNAPSHOT: &str = "advisories.jsonl";

/// The checkout it was compiled from, in the cache directory.
const CHECKOUT: &str = "advisory-db";

/// The largest snapshot that is read, in bytes.
const MAXIMUM_SNAPSHOT_BYTES: u64 = 64 << 20;

/// A database, loaded.
#[derive(Debug)]
pub struct Loaded {
    /// The advisories.
    pub index: AdvisoryIndex,
    /// What it is, where it lies, how old it is.
    pub database: Database,
    /// Day on which the first advisory of the whole database was public, where recorded.
    pub since: Option<Date>,
    /// What could not be read and may be about a package.
    pub unread: Vec<Unread>,
    /// What could not be used.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads the advisories from the given place, or else from the user's updated database, or else
/// from the snapshot inside the program.
///
/// The given place is a RustSec checkout, a folder of OSV records, or a snapshot file. Files in
/// a folder that cannot be understood become diagnostics.
///
/// # Errors
/// Where the given place holds no advisory that can be used.
pub fn load(given: Option<&Path>, cache: &CacheDir) -> Result<Loaded, Error> {
    load_about(given, cache, &|_| true)
}

/// The same with the advisories about wanted packages only, which saves understanding the others.
///
/// # Errors
/// As for [`load`].
pub fn load_about(
    given: Option<&Path>,
    cache: &CacheDir,
    wanted: Wanted<'_>,
) -> Result<Loaded, Error> {
    match given {
        Some(path) if path.is_dir() => {
            let (built, total) = memo::compiled(path, cache, wanted)?;
            let snapshot = (built.snapshot, total);
            Ok(loaded(snapshot, Origin::Given, Some(path), built.diagnostics))
        }
        Some(path) => {
            let snapshot = read_snapshot(path, wanted).map_err(|error| given_error(error, path))?;
            Ok(loaded(snapshot, Origin::Given, Some(path), Vec::new()))
        }
        None => load_updated_or_embedded(cache, wanted),
    }
}

/// Loads the snapshot inside the program.
///
/// # Errors
/// Where it is damaged, which a test excludes.
pub fn embedded() -> Result<Loaded, Error> {
    let embedded = snapshot::read_about(snapshot::EMBEDDED, &|_| true)?;
    Ok(loaded(embedded, Origin::Embedded, None, Vec::new()))
}

fn given_error(error: Error, path: &Path) -> Error {
    Error { failure: Failure::Source, ..error }.at(path).help(
        "name a checkout of the RustSec advisory database, a folder of OSV records, or a file \
         made by `headwater db build`",
    )
}

fn load_updated_or_embedded(cache: &CacheDir, wanted: Wanted<'_>) -> Result<Loaded, Error> {
    let mut diagnostics = Vec::new();
    if let Some(folder) = cache.path() {
        remove_left_behind(folder, update::TEMPORARY);
    }
    let there = cache.path_of(SNAPSHOT).filter(|path| path.symlink_metadata().is_ok());
    if let Some(path) = there.as_ref().filter(|path| !is_own(path)) {
        let message = "the updated database is no regular file, or another user's; using the \
                       embedded one; remove it and run `headwater db update`";
        diagnostics.push(Diagnostic::warning(path.display().to_string(), message));
    } else if let Some(path) = there {
        match read_snapshot(&path, wanted) {
            Ok(snapshot) => {
                return Ok(loaded(snapshot, Origin::Updated, Some(&path), diagnostics));
            }
            Err(error) => {
                let (built, warning) = rebuild(cache, &path, &error);
                diagnostics.push(warning);
                if let Some(built) = built {
                    diagnostics.extend(built.diagnostics);
                    let total = built.snapshot.advisories.len();
                    let snapshot = (built.snapshot, total);
                    return Ok(loaded(snapshot, Origin::Updated, Some(&path), diagnostics));
                }
            }
        }
    }
    let embedded = snapshot::read_about(snapshot::EMBEDDED, wanted)?;
    Ok(loaded(embedded, Origin::Embedded, None, diagnostics))
}

/// Compiles the snapshot in the cache again from the checkout beside it, and says what happened.
fn rebuild(cache: &CacheDir, path: &Path, damage: &Error) -> (Option<Built>, Diagnostic) {
    let checkout = cache.path_of(CHECKOUT).filter(|checkout| checkout.is_dir());
    let built = checkout.and_then(|checkout| build(&checkout, None, None).ok());
    // A checkout may be as damaged as the snapshot.
    let claimed = folder::read_bounded(path, MAXIMUM_SNAPSHOT_BYTES).ok();
    let claimed = claimed.and_then(|bytes| snapshot::claimed(&bytes));
    let is_whole = |built: &Built| check_size(built.snapshot.advisories.len(), claimed).is_ok();
    let built = built.filter(is_whole);
    let what_next = match &built {
        None => "using the embedded one; run `headwater db update`".to_owned(),
        Some(built) => match cache.write(SNAPSHOT, snapshot::write(&built.snapshot).as_bytes()) {
            Ok(()) => "it was made again from its checkout".to_owned(),
            Err(error) => format!("its checkout is used; it could not be replaced: {error}"),
        },
    };
    let warning = Diagnostic {
        level: Level::Warning,
        path: Some(path.display().to_string()),
        line: damage.line,
        message: format!("{}; {what_next}", damage.message),
    };
    (built, warning)
}

fn read_snapshot(path: &Path, wanted: Wanted<'_>) -> Result<(Snapshot, usize), Error> {
    let bytes = folder::read_bounded(path, MAXIMUM_SNAPSHOT_BYTES).map_err(Error::input)?;
    let text = String::from_utf8(bytes).map_err(|_| Error::input("is not UTF-8 text"))?;
    snapshot::read_about(&text, wanted)
}

fn loaded(
    (snapshot, advisories): (Snapshot, usize),
    origin: Origin,
    path: Option<&Path>,
    diagnostics: Vec<Diagnostic>,
) -> Loaded {
    let database = Database {
        name: snapshot.name,
        origin,
        path: path.map(|path| path.display().to_string()),
        commit: snapshot.commit,
        date: snapshot.date,
        licence: snapshot.licence,
        advisories,
        skipped: snapshot.skipped,
    };
    let index = AdvisoryIndex::new(snapshot.advisories);
    Loaded { index, database, since: snapshot.since, unread: snapshot.unread, diagnostics }
}
