//! One package name: its index file, the manifests of its locked versions, the memo of both.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::files::{Failure, IndexFile, read_index, read_manifest};
use crate::model::{Declaration, Missing, Observed, Package, Packaged, ReleaseHistory};
use crate::source::cargo_index::IndexEntry;
use crate::world::cargo_home::RegistryFolder;
use crate::world::memo::{EncodedEntry, IndexRecord, Memo, Record};

/// Most damaged releases that a complaint names.
const MOST_NAMED: usize = 3;

const FETCH_AGAIN: &str = "delete it and run `cargo fetch` in the workspace";

/// What to find out: the locked versions of one package name.
pub(super) struct Question<'a> {
    pub(super) name: &'a str,
    /// Position among the packages asked for, and version.
    pub(super) locked: Vec<(usize, String)>,
}

/// What was found out.
pub(super) struct Answer {
    /// In the order of the question's versions.
    pub(super) facts: Vec<Facts>,
    /// The record to remember, where it differs from the remembered one.
    pub(super) changed: Option<Vec<u8>>,
    /// Whether the memo held a record that cannot be used.
    pub(super) memo_damaged: bool,
    /// Files that exist and cannot be used in full, and why.
    pub(super) troubles: Vec<(PathBuf, String)>,
}

/// What was found out about one locked version.
pub(super) struct Facts {
    pub(super) history: Observed<Arc<ReleaseHistory>>,
    pub(super) declaration: Observed<Arc<Declaration>>,
    pub(super) packaged: Observed<Packaged>,
}

/// Answers a question. `buffer` holds one file at a time and is reused, so that texts do not
/// pile up in memory.
pub(super) fn look_up(
    question: &Question<'_>,
    folder: &RegistryFolder,
    memo: &Memo,
    buffer: &mut Vec<u8>,
) -> Answer {
    let remembered = memo.record(question.name);
    let memo_damaged = remembered.is_err();
    let record = remembered.unwrap_or_default().unwrap_or_default();
    let mut troubles = Vec::new();
    let index = index(question, folder, record.index.as_ref(), buffer, &mut troubles);
    let manifests = manifests(question, folder, &record, buffer, &mut troubles);
    let read_anew = index.as_ref().is_ok_and(|file| file.read.is_some())
        || manifests.iter().any(|manifest| matches!(manifest, Manifest::Read(_)));
    let changed =
        (memo_damaged || read_anew).then(|| remember(question, record, &index, &manifests));
    Answer { facts: facts(question, index, manifests), changed, memo_damaged, troubles }
}

type Troubles = Vec<(PathBuf, String)>;

fn index(
    question: &Question<'_>,
    folder: &RegistryFolder,
    remembered: Option<&IndexRecord<'_>>,
    buffer: &mut Vec<u8>,
    troubles: &mut Troubles,
) -> Result<IndexFile, Missing> {
    let path = folder.index_file(question.name).ok_or(Missing::NoIndexEntry)?;
    let wanted: Vec<&str> = question.versions().collect();
    match read_index(&path, &wanted, remembered, buffer) {
        Ok(file) => {
            troubles.extend(complaint(&file.entry.damaged).map(|message| (path, message)));
            Ok(file)
        }
        Err(Failure::Absent) => Err(Missing::NoIndexEntry),
        Err(Failure::Unusable(message)) => {
            let message = format!("the index file cannot be used: {message}; {FETCH_AGAIN}");
            troubles.push((path, message));
            Err(Missing::DamagedIndexEntry)
        }
    }
}

fn complaint(damaged: &[String]) -> Option<String> {
    let named: Vec<_> =
        damaged.iter().take(MOST_NAMED).map(|version| format!("`{version}`")).collect();
    let more = match damaged.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!damaged.is_empty()).then(|| {
        format!(
            "releases in the index file cannot be understood and are left out: {}{more}; \
             {FETCH_AGAIN}",
            named.join(", ")
        )
    })
}

/// A packaged manifest, by how it was found.
enum Manifest {
    Remembered(Packaged),
    Read(Packaged),
    NotCached,
}

/// A published manifest never changes, so what is remembered holds; one that is not in the cache
/// may be next time, so its absence is not remembered.
fn manifests(
    question: &Question<'_>,
    folder: &RegistryFolder,
    record: &Record<'_>,
    buffer: &mut Vec<u8>,
    troubles: &mut Troubles,
) -> Vec<Manifest> {
    let manifest = |version| {
        if let Some(packaged) = record.packaged(version) {
            return Manifest::Remembered(packaged);
        }
        let Some(path) = folder.manifest(question.name, version) else {
            return Manifest::NotCached;
        };
        match read_manifest(&path, buffer) {
            Ok(packaged) => Manifest::Read(packaged),
            Err(Failure::Absent) => Manifest::NotCached,
            Err(Failure::Unusable(message)) => {
                let message = format!(
                    "the manifest cannot be used: {message}; delete the folder it is in and run \
                     `cargo fetch` in the workspace"
                );
                troubles.push((path, message));
                Manifest::NotCached
            }
        }
    };
    question.versions().map(manifest).collect()
}

/// The record with what was read in this run.
fn remember(
    question: &Question<'_>,
    remembered: Record<'_>,
    index: &Result<IndexFile, Missing>,
    manifests: &[Manifest],
) -> Vec<u8> {
    let read = index.as_ref().ok().and_then(|file| Some((file.read?, &file.entry)));
    let encoded = read.map(|(stamp, entry)| (stamp, EncodedEntry::of(entry)));
    // Moved, so that it may borrow from what was read as well.
    let mut record = remembered;
    if let Some((stamp, entry)) = &encoded {
        record.index = Some(IndexRecord::new(*stamp, entry));
    }
    for (version, manifest) in question.versions().zip(manifests) {
        if let Manifest::Read(packaged) = manifest {
            record.add_packaged(version, packaged);
        }
    }
    record.encode()
}

fn facts(
    question: &Question<'_>,
    index: Result<IndexFile, Missing>,
    manifests: Vec<Manifest>,
) -> Vec<Facts> {
    let shared = index.map(|file| Shared::from(file.entry));
    let of_version = |(version, manifest)| {
        let (history, declaration) = match &shared {
            Ok(shared) => shared.facts(version),
            Err(why) => (Observed::Missing(*why), Observed::Missing(*why)),
        };
        let packaged = match manifest {
            Manifest::Remembered(packaged) | Manifest::Read(packaged) => Observed::Known(packaged),
            Manifest::NotCached => Observed::Missing(Missing::SourceNotCached),
        };
        Facts { history, declaration, packaged }
    };
    question.versions().zip(manifests).map(of_version).collect()
}

/// An index entry, shared by the locked versions of its package.
pub(super) struct Shared {
    history: Arc<ReleaseHistory>,
    declarations: BTreeMap<String, Arc<Declaration>>,
    damaged: Vec<String>,
}

impl From<IndexEntry> for Shared {
    fn from(entry: IndexEntry) -> Self {
        let declarations = entry.declarations.into_iter();
        Self {
            history: Arc::new(entry.history),
            declarations: declarations.map(|(version, of)| (version, Arc::new(of))).collect(),
            damaged: entry.damaged,
        }
    }
}

impl Shared {
    /// Of a release whose own line is damaged nothing is known: not even a history that lacks it
    /// is given, as it would look like one that never had it.
    pub(super) fn facts(
        &self,
        version: &str,
    ) -> (Observed<Arc<ReleaseHistory>>, Observed<Arc<Declaration>>) {
        let is_damaged = self.damaged.iter().any(|damaged| damaged == version);
        let why = if is_damaged { Missing::DamagedIndexEntry } else { Missing::VersionNotListed };
        let history = if is_damaged && self.history.find(version).is_none() {
            Observed::Missing(why)
        } else {
            Observed::Known(Arc::clone(&self.history))
        };
        (history, Observed::from_option(self.declarations.get(version).cloned(), why))
    }
}

impl<'a> Question<'a> {
    pub(super) fn new(package: &'a Package) -> Self {
        Self { name: &package.name, locked: Vec::new() }
    }

    fn versions(&self) -> impl Iterator<Item = &str> {
        self.locked.iter().map(|(_, version)| version.as_str())
    }
}
