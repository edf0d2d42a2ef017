//! The user's own copy of the RustSec database.

use std::fs;
use std::io;
use std::path::Path;

use super::build::{Built, build};
use super::{CHECKOUT, SNAPSHOT};
use crate::advisory::snapshot;
use crate::model::{Error, Failure};
use crate::world::cache::CacheDir;
use crate::world::git;

/// The repository of the RustSec advisory database.
pub const RUSTSEC_REPOSITORY: &str = "https://github.com/RustSec/advisory-db.git";

/// Clones the repository with the `git` program and compiles it into the cache directory.
///
/// The clone is made and compiled beside the copy in use, which is replaced last and in one
/// step: an update that fails or is interrupted leaves the old copy.
///
/// # Errors
/// Where `git` is missing or fails, the clone holds no advisories, or the cache directory cannot
/// be written.
pub fn update(cache: &CacheDir, url: &str) -> Result<Built, Error> {
    let Some(folder) = cache.path() else {
        return Err(Error::new(Failure::Source, "no cache directory is known for this user"));
    };
    let not_written = |error: io::Error| not_written(&error, folder);
    fs::create_dir_all(folder).map_err(not_written)?;
    let temporary = tempfile::Builder::new().prefix("update-").tempdir_in(folder);
    let temporary = temporary.map_err(not_written)?;
    let clone = temporary.path().join("new");
    git::clone_newest(url, &clone)?;
    let built = build(&clone, None, None)?;
    replace(&clone, &folder.join(CHECKOUT), &temporary.path().join("old")).map_err(not_written)?;
    cache.write(SNAPSHOT, snapshot::write(&built.snapshot).as_bytes()).map_err(not_written)?;
    Ok(built)
}

/// Moves `new` to `place`, and what was there, if anything, to `old`.
fn replace(new: &Path, place: &Path, old: &Path) -> io::Result<()> {
    match fs::rename(place, old) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::rename(new, place)
}

fn not_written(error: &io::Error, folder: &Path) -> Error {
    Error::new(Failure::Source, format!("the cache directory cannot be written: {error}"))
        .at(folder)
        .help("make it writable, or name another")
}
