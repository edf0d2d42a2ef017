//! What many tests work on: what is part of the program, and large recorded data, which is not part
//! of the repository.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use headwater::audit::Knowledge;
use headwater::read::cargo_lock::{self, Lockfile};

/// What is known without anything updated.
pub(crate) static EMBEDDED: LazyLock<Arc<Knowledge>> =
    LazyLock::new(|| Arc::new(headwater::world::knowledge::embedded().unwrap()));

/// The folder that `HEADWATER_DATA` names. Without it, says which test did not run.
pub(crate) fn folder(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("HEADWATER_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("{test} did not run: HEADWATER_DATA is not set");
    }
    folder
}

/// Every recorded lockfile, sorted, with its name as `project/file`.
pub(crate) fn lockfiles(data: &Path) -> Vec<(String, PathBuf)> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let folder = data.join("cargo-locks");
    let files = entries(&folder).into_iter().flat_map(|project| entries(&project));
    let name = |file: &Path| file.strip_prefix(&folder).unwrap().display().to_string();
    let mut found: Vec<_> = files.map(|file| (name(&file), file)).collect();
    found.sort();
    assert!(found.len() > 300, "{} lockfiles", found.len());
    found
}

/// Reads a recorded lockfile; each of them is in order.
pub(crate) fn read_lockfile(path: &Path) -> Lockfile {
    let text = std::fs::read_to_string(path).unwrap();
    cargo_lock::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
