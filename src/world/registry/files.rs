//! Reading the files of Cargo's home, within bounds.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::model::Packaged;
use crate::source::cargo_index::{self, IndexEntry};
use crate::source::{packaged_manifest, vcs_info};
use crate::world::memo::{IndexRecord, Stamp};

/// Largest index file that is read; the largest real ones have some 5 MiB.
const MOST_INDEX_BYTES: u64 = 64 << 20;
/// Largest manifest that is read; the largest real ones have some 64 KiB.
const MOST_MANIFEST_BYTES: u64 = 1 << 20;
/// Largest record of commit and folder that is read; real ones have some 100 bytes.
const MOST_RECORD_BYTES: u64 = 1 << 16;

/// Why a file tells nothing.
pub(super) enum Failure {
    /// There is no such file.
    Absent,
    /// There is, and it cannot be used because of this.
    Unusable(String),
}

/// What an index file says.
pub(super) struct IndexFile {
    pub(super) entry: IndexEntry,
    /// The state of the file, where it was read in this run and not taken from the memo.
    pub(super) read: Option<Stamp>,
}

/// What an index file says, from the memo where the file has not changed since and the memo has
/// all that is wanted. A file that is read again is read for the remembered versions too, so that
/// two lockfiles do not take turns in forgetting.
pub(super) fn read_index(
    path: &Path,
    wanted_versions: &[&str],
    remembered: Option<&IndexRecord<'_>>,
    buffer: &mut Vec<u8>,
) -> Result<IndexFile, Failure> {
    let stamp = Stamp::of(&fs::metadata(path)?);
    let current = remembered.filter(|record| Some(record.stamp) == stamp);
    if let Some(record) = current
        && wanted_versions.iter().all(|version| record.settles(version))
        && let Ok(entry) = record.entry(wanted_versions)
    {
        return Ok(IndexFile { entry, read: None });
    }
    let remembered_versions = current.into_iter().flat_map(IndexRecord::declared_versions);
    let versions: Vec<&str> = wanted_versions.iter().copied().chain(remembered_versions).collect();
    read_within(path, MOST_INDEX_BYTES, buffer)?;
    let entry = cargo_index::parse(buffer, &versions).map_err(Failure::Unusable)?;
    let unchanged = |stamp: &Stamp| stamp.length_bytes == buffer.len() as u64;
    Ok(IndexFile { entry, read: stamp.filter(unchanged) })
}

/// What a packaged manifest and the record beside it of where it was made say. A record that
/// cannot be used says nothing: the folder is a detail, and old packages have no record.
pub(super) fn read_manifest(path: &Path, buffer: &mut Vec<u8>) -> Result<Packaged, Failure> {
    read_within(path, MOST_MANIFEST_BYTES, buffer)?;
    let text = std::str::from_utf8(buffer).map_err(|error| Failure::Unusable(error.to_string()))?;
    let has_build_file = || path.with_file_name("build.rs").is_file();
    let packaged = packaged_manifest::parse(text, has_build_file).map_err(Failure::Unusable)?;
    let record = path.with_file_name(".cargo_vcs_info.json");
    let folder = match read_within(&record, MOST_RECORD_BYTES, buffer) {
        Ok(()) => vcs_info::parse(buffer).ok().and_then(|record| record.folder),
        Err(_) => None,
    };
    Ok(Packaged { folder, ..packaged })
}

fn read_within(path: &Path, most_bytes: u64, buffer: &mut Vec<u8>) -> Result<(), Failure> {
    buffer.clear();
    // Opening a pipe would wait for its other end.
    let metadata = path.metadata()?;
    if !metadata.is_file() {
        return Err(Failure::Unusable("it is no regular file".to_owned()));
    }
    let file = File::open(path)?;
    buffer.reserve(metadata.len().min(most_bytes) as usize + 1);
    let read = file.take(most_bytes + 1).read_to_end(buffer)?;
    if read as u64 > most_bytes {
        return Err(Failure::Unusable(format!("it is larger than {most_bytes} bytes")));
    }
    Ok(())
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == ErrorKind::NotFound {
            return Self::Absent;
        }
        Self::Unusable(error.to_string())
    }
}
