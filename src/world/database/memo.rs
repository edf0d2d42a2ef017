//! A given folder, compiled once: the snapshot of it is kept in the cache directory for as long
//! as the files of the folder hold the same.

use std::fs;
use std::path::Path;

use ring::digest::{Context, Digest, SHA256, digest};

use super::build::{Built, build};
use super::{folder, read_snapshot};
use crate::advisory::snapshot::{self, Wanted};
use crate::model::Error;
use crate::world::cache::{CacheDir, is_own};
use crate::world::git;

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
    let kept = names.as_ref().and_then(|(name, _)| cache.path_of(name)).filter(|it| is_own(it));
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
/// about the folder start with. `None` where the folder cannot be read.
///
/// The name is a digest of what the files hold: their times and lengths may stay the same.
fn names(given: &Path) -> Option<(String, String)> {
    let path = std::path::absolute(given).ok()?;
    let mut state = Context::new(&SHA256);
    let mut add = |part: &[u8]| {
        // With its length before it, no part can be taken for the end of the one before.
        state.update(&(part.len() as u64).to_le_bytes());
        state.update(part);
    };
    // Days that the embedded snapshot recorded go into what is kept; its first line has a checksum.
    add(snapshot::EMBEDDED.lines().next().unwrap_or_default().as_bytes());
    add(format!("{:?}", git::head_and_depth(given)).as_bytes());
    for file in folder::files(given).ok()? {
        add(file.as_os_str().as_encoded_bytes());
        add(&folder::read_advisory(&file).ok()?);
    }
    let start = format!("given-{:.16}-", hex(digest(&SHA256, path.as_os_str().as_encoded_bytes())));
    Some((format!("{start}{}.jsonl", hex(state.finish())), start))
}

fn hex(digest: Digest) -> String {
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
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
