//! A given folder, compiled once: the snapshot of it is kept in the cache directory for as long
//! as no file of the folder changes.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::build::{Built, build};
use super::{folder, read_snapshot};
use crate::advisory::snapshot::{self, Wanted};
use crate::model::Error;
use crate::world::cache::CacheDir;

/// Files of a checkout that change when it moves to another commit, or gets its history.
const GIT_FILES: [&str; 4] = [".git/HEAD", ".git/index", ".git/logs/HEAD", ".git/shallow"];

/// The folder compiled and its number of advisories, from the cache where nothing has changed
/// since. A folder with complaints
/// is compiled each time, so that they are made each time.
///
/// # Errors
/// Where the folder holds no advisory that can be used.
pub(super) fn compiled(
    given: &Path,
    cache: &CacheDir,
    wanted: Wanted<'_>,
) -> Result<(Built, usize), Error> {
    let names = names(given);
    let kept = names.as_ref().and_then(|(name, _)| cache.path_of(name));
    if let Some((snapshot, total)) = kept.and_then(|path| read_snapshot(&path, wanted).ok()) {
        return Ok((Built { snapshot, diagnostics: Vec::new() }, total));
    }
    let mut built = build(given, None, None)?;
    if let Some((name, former)) = names
        && built.diagnostics.is_empty()
    {
        // A cache that cannot be written costs time at the next run, nothing else.
        let _ = cache.write(&name, snapshot::write(&built.snapshot).as_bytes());
        remove_others(cache, &former, &name);
    }
    let total = built.snapshot.advisories.len();
    // As where it was compiled before: advisories about other packages are counted, no more.
    built.snapshot.advisories.retain(|advisory| wanted(&advisory.package));
    Ok((built, total))
}

/// The name of the file that holds the folder as it is now, and what the names of all files
/// about the folder start with. `None` where the folder cannot be listed.
fn names(given: &Path) -> Option<(String, String)> {
    let path = std::path::absolute(given).ok()?;
    let files = folder::files(given).ok()?;
    let git = GIT_FILES.map(|name| given.join(name));
    let mut state = DefaultHasher::new();
    // Days that the embedded snapshot recorded go into what is kept; its first line has a checksum.
    snapshot::EMBEDDED.lines().next().hash(&mut state);
    for file in files.iter().chain(&git) {
        file.hash(&mut state);
        stamp(file).hash(&mut state);
    }
    let start = format!("given-{:016x}-", hash_of(&path));
    Some((format!("{start}{:016x}.jsonl", state.finish()), start))
}

fn hash_of(path: &PathBuf) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}

/// Time of change in nanoseconds, and length.
fn stamp(file: &Path) -> Option<(u128, u64)> {
    let metadata = fs::metadata(file).ok()?;
    let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((changed.as_nanos(), metadata.len()))
}

fn remove_others(cache: &CacheDir, start: &str, keep: &str) {
    let entries = cache.path().and_then(|folder| fs::read_dir(folder).ok());
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(start) && name != keep {
            let _ = fs::remove_file(entry.path());
        }
    }
}
