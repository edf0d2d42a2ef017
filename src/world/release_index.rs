//! All releases of packages, read from Cargo's local index as they are asked for.

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{Published, Registry, ReleaseHistory};
use crate::resolve::update::ReleaseIndex;
use crate::source::cargo_index;
use crate::world::cargo_home::{CargoHome, RegistryFolder};
use crate::world::files::{read_bytes, read_part};

/// Largest index file that is read; the largest real ones have some 5 MiB.
const MOST_INDEX_BYTES: u64 = 64 << 20;

/// The index of the public registry in a Cargo home. A file is read when its package is first
/// asked for; of its lines only those of releases that are looked at are understood, and read again
/// for it, as all of them would take much memory.
#[derive(Debug)]
pub struct LocalIndex {
    folder: Option<RegistryFolder>,
    entries: Mutex<HashMap<String, Option<Arc<Entry>>>>,
}

#[derive(Debug)]
struct Entry {
    path: PathBuf,
    history: Arc<ReleaseHistory>,
    lines: Vec<Range<usize>>,
}

impl LocalIndex {
    /// The index of a Cargo home, which need not have one.
    pub fn new(home: &CargoHome) -> Self {
        Self { folder: home.folder(&Registry::CratesIo), entries: Mutex::default() }
    }

    fn entry(&self, name: &str) -> Option<Arc<Entry>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = entries.get(name) {
            return known.clone();
        }
        let read = self.read(name).map(Arc::new);
        entries.insert(name.to_owned(), read.clone());
        read
    }

    fn read(&self, name: &str) -> Option<Entry> {
        let path = self.folder.as_ref()?.index_file(name)?;
        let outline = cargo_index::outline(&read_bytes(&path, MOST_INDEX_BYTES).ok()?).ok()?;
        Some(Entry { path, history: Arc::new(outline.history), lines: outline.lines })
    }
}

impl ReleaseIndex for LocalIndex {
    fn releases(&self, name: &str) -> Option<Arc<ReleaseHistory>> {
        Some(Arc::clone(&self.entry(name)?.history))
    }

    fn published(&self, name: &str, version: &str) -> Option<Published> {
        let entry = self.entry(name)?;
        let listed = &entry.history.releases;
        // Of a release that is listed twice, the later line counts.
        let at = listed.iter().rposition(|release| release.version == version)?;
        let line = read_part(&entry.path, entry.lines.get(at)?.clone()).ok()?;
        cargo_index::published(&line, version)
    }
}
