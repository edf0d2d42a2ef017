//! The user's own copy of the RustSec database.

use std::fs;
use std::io;
use std::path::Path;

use super::build::{Built, build};
use super::{CHECKOUT, SNAPSHOT, read_snapshot};
use crate::advisory::snapshot;
use crate::model::{Error, Failure};
use crate::world::cache::{CacheDir, is_own};
use crate::world::git;
use crate::world::work_folder::WorkFolder;

/// The repository of the RustSec advisory database.
pub const RUSTSEC_REPOSITORY: &str = "https://github.com/RustSec/advisory-db.git";

/// How the names of folders begin in which updates are made.
pub(super) const TEMPORARY: &str = "update-";

/// Whether an update may bring far fewer advisories than there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shrink {
    /// The copy in use is kept: something is wrong upstream, or on the way.
    Refused,
    /// The user knows why.
    Accepted,
}

/// Clones the repository with the `git` program and compiles it into the cache directory.
///
/// The clone has its history, which shows when each advisory first appeared: of RustSec 5 MB
/// rather than the 1 MB of its newest commit alone. A clone without files' contents would save
/// less than 1 MB of that.
///
/// The clone is made and compiled beside the copy in use, which is replaced last and in one
/// step: an update that fails or is interrupted leaves the old copy. What one that is killed leaves
/// behind is deleted by the next run.
///
/// # Errors
/// Where `git` is missing or fails, the clone holds no advisories or has lost more than a tenth of
/// them, or the cache directory cannot be written.
pub fn update(cache: &CacheDir, url: &str, shrink: Shrink) -> Result<Built, Error> {
    let Some(folder) = cache.path() else {
        return Err(Error::new(Failure::Source, "no cache directory is known for this user"));
    };
    let not_written = |error: io::Error| not_written(&error, folder);
    let work = WorkFolder::new_in(folder, TEMPORARY).map_err(not_written)?;
    let clone = work.path().join("new");
    git::clone_branch(url, work.path(), &clone)?;
    let built = build(&clone, None, None)?;
    if shrink == Shrink::Refused {
        check_size(built.snapshot.advisories.len(), in_use(cache, url)?)?;
    }
    replace(&clone, &folder.join(CHECKOUT), &work.path().join("old")).map_err(not_written)?;
    cache.write(SNAPSHOT, snapshot::write(&built.snapshot).as_bytes()).map_err(not_written)?;
    Ok(built)
}

/// The number of advisories that the user's copy has; of RustSec without a copy, the embedded
/// snapshot's.
fn in_use(cache: &CacheDir, url: &str) -> Result<Option<usize>, Error> {
    let kept = cache.path_of(SNAPSHOT).filter(|path| is_own(path));
    let kept = kept.and_then(|path| read_snapshot(&path, &|_| false).ok());
    match kept {
        Some((_, total)) => Ok(Some(total)),
        None if url == RUSTSEC_REPOSITORY => {
            snapshot::read_about(snapshot::EMBEDDED, &|_| false).map(|(_, total)| Some(total))
        }
        None => Ok(None),
    }
}

/// Refuses a database that has lost more than a tenth of its advisories. They are withdrawn where
/// they are wrong, and not removed.
pub(super) fn check_size(new: usize, before: Option<usize>) -> Result<(), Error> {
    match before {
        Some(before) if new.saturating_mul(10) < before.saturating_mul(9) => {
            let message = format!(
                "the new database has {new} advisories, the one in use {before}: the old one is kept"
            );
            Err(Error::new(Failure::Source, message)
                .help("look why, then run it with `--allow-fewer` if that is right"))
        }
        _ => Ok(()),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_may_lose_a_tenth_of_its_advisories() {
        let cases = [
            (900, Some(1_000), true),
            (899, Some(1_000), false),
            (1, None, true),
            (1_300, Some(1_200), true),
            (9, Some(10), true),
            (8, Some(9), false),
        ];
        for (new, before, accepted) in cases {
            assert_eq!(check_size(new, before).is_ok(), accepted, "{new} of {before:?}");
        }
    }

    #[test]
    fn the_first_update_is_compared_with_the_embedded_snapshot_only_where_it_is_of_rustsec() {
        let cache = CacheDir::locate(None);
        let embedded = in_use(&cache, RUSTSEC_REPOSITORY).unwrap().unwrap();
        assert!(embedded > 1_000);
        assert_eq!(in_use(&cache, "https://git.example/own.git").unwrap(), None);
    }
}
