//! The memo of parsed index entries: one file per index folder in the cache directory.
//!
//! Layout: the magic, the format number, length and checksum of the header (little-endian `u32`
//! each), the header, the records. The header holds the index folder and the place and checksum
//! of every record, so that a run verifies and decodes only the records it needs.

mod record;

pub use record::{EncodedEntry, IndexRecord, Record, Stamp};

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::cache::CacheDir;

const MAGIC: &[u8; 8] = b"hwmemo\r\n";
/// Raised with every change of the layout or of a record.
const FORMAT: u32 = 6;
/// Bytes before the header.
const PREAMBLE: usize = MAGIC.len() + 3 * size_of::<u32>();

/// The memo of one index folder, as it was found.
#[derive(Debug, Default)]
pub struct Memo {
    bytes: Vec<u8>,
    /// Where the records begin in the file.
    records: usize,
    places: BTreeMap<String, Place>,
}

/// Why a memo or a record of it is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damaged;

#[derive(Serialize, Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    index: Cow<'a, str>,
    places: BTreeMap<String, Place>,
}

/// Where a record lies: byte offset among the records, length in bytes, CRC-32.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Place {
    start: u32,
    length: u32,
    crc: u32,
}

impl Memo {
    /// The memo of an index folder; an empty one where there is none yet.
    ///
    /// # Errors
    /// Where the file is damaged, of another format or about another folder.
    pub fn open(cache: &CacheDir, index: &Path) -> Result<Self, Damaged> {
        match cache.read(&file_name(index)) {
            None => Ok(Self::default()),
            Some(bytes) => Self::decode(bytes, index).ok_or(Damaged),
        }
    }

    fn decode(bytes: Vec<u8>, index: &Path) -> Option<Self> {
        let fields = bytes.strip_prefix(MAGIC)?;
        let number = |at: usize| Some(u32::from_le_bytes(fields.get(at..at + 4)?.try_into().ok()?));
        let (format, length, crc) = (number(0)?, number(4)? as usize, number(8)?);
        let end = PREAMBLE.checked_add(length)?;
        let header = bytes.get(PREAMBLE..end)?;
        if format != FORMAT || crc32fast::hash(header) != crc {
            return None;
        }
        let header: Header<'_> = postcard::from_bytes(header).ok()?;
        if header.index != index.to_string_lossy() {
            return None;
        }
        let places = header.places;
        Some(Self { bytes, records: end, places })
    }

    /// What is remembered of a package.
    ///
    /// # Errors
    /// Where the record does not match its checksum or cannot be decoded.
    pub fn record(&self, name: &str) -> Result<Option<Record<'_>>, Damaged> {
        let Some(place) = self.places.get(name) else { return Ok(None) };
        let bytes = self.slice(place).ok_or(Damaged)?;
        if crc32fast::hash(bytes) != place.crc {
            return Err(Damaged);
        }
        postcard::from_bytes(bytes).map(Some).map_err(|_| Damaged)
    }

    /// Writes the memo anew with the changed records in it. Records that were not needed in this
    /// run are carried over as they are, under the checksum they had.
    ///
    /// # Errors
    /// Where the cache directory cannot be written, or the memo outgrows 4 GiB.
    pub fn save(
        &self,
        cache: &CacheDir,
        index: &Path,
        changed: &BTreeMap<String, Vec<u8>>,
    ) -> io::Result<()> {
        let kept = self.places.iter().filter(|(name, _)| !changed.contains_key(*name));
        let kept = kept.filter_map(|(name, place)| Some((name, self.slice(place)?, place.crc)));
        let new = changed.iter().map(|(name, bytes)| (name, &bytes[..], crc32fast::hash(bytes)));
        let mut records = Vec::new();
        let mut places = BTreeMap::new();
        for (name, bytes, crc) in kept.chain(new) {
            let place = Place { start: fit(records.len())?, length: fit(bytes.len())?, crc };
            records.extend_from_slice(bytes);
            places.insert(name.clone(), place);
        }
        let header = postcard::to_stdvec(&Header { index: index.to_string_lossy(), places })
            .map_err(io::Error::other)?;
        let mut file = MAGIC.to_vec();
        for number in [FORMAT, fit(header.len())?, crc32fast::hash(&header)] {
            file.extend_from_slice(&number.to_le_bytes());
        }
        file.extend_from_slice(&header);
        file.append(&mut records);
        cache.write(&file_name(index), &file)
    }

    fn slice(&self, place: &Place) -> Option<&[u8]> {
        let start = self.records.checked_add(place.start as usize)?;
        self.bytes.get(start..start.checked_add(place.length as usize)?)
    }
}

fn fit(length: usize) -> io::Result<u32> {
    u32::try_from(length).map_err(io::Error::other)
}

/// One file per index folder: two Cargo homes may hold folders of the same name.
fn file_name(index: &Path) -> String {
    format!("index-{:08x}.memo", crc32fast::hash(index.as_os_str().as_encoded_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Packaged;

    const INDEX: &str = "home/registry/index/r.example";

    fn record_of(repository: &str) -> Vec<u8> {
        let repository = Some(repository.into());
        let packaged = Packaged {
            proc_macro: true,
            build_script: true,
            repository,
            homepage: None,
            folder: None,
            maintenance: None,
        };
        let mut record = Record::default();
        record.add_packaged("1.0.0", &packaged);
        record.encode()
    }

    fn repository(memo: &Memo, name: &str) -> Result<Option<String>, Damaged> {
        Ok(memo.record(name)?.and_then(|record| record.packaged("1.0.0")?.repository))
    }

    fn saved(cache: &CacheDir, before: &Memo, records: &[(&str, &str)]) -> Memo {
        let changed = records.iter().map(|(name, text)| (name.to_string(), record_of(text)));
        before.save(cache, Path::new(INDEX), &changed.collect()).unwrap();
        Memo::open(cache, Path::new(INDEX)).unwrap()
    }

    #[test]
    fn records_are_added_replaced_and_carried_over() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::locate(Some(folder.path().to_owned()));
        let first = saved(&cache, &Memo::default(), &[("a", "one"), ("b", "two")]);
        let second = saved(&cache, &first, &[("b", "three"), ("c", "four")]);
        let cases = [("a", Some("one")), ("b", Some("three")), ("c", Some("four")), ("d", None)];
        for (name, expected) in cases {
            assert_eq!(repository(&second, name), Ok(expected.map(str::to_owned)), "{name}");
        }
    }

    #[test]
    fn a_memo_about_another_folder_or_of_another_format_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::locate(Some(folder.path().to_owned()));
        saved(&cache, &Memo::default(), &[("a", "one")]);
        let written = cache.read(&file_name(Path::new(INDEX))).unwrap();
        assert!(Memo::decode(written.clone(), Path::new(INDEX)).is_some());
        assert!(Memo::decode(written.clone(), Path::new("elsewhere")).is_none());
        let mut newer = written;
        newer[MAGIC.len()] += 1;
        assert!(Memo::decode(newer, Path::new(INDEX)).is_none());
    }

    /// Whatever byte is flipped and wherever the file is cut, what is still read is what was
    /// written.
    #[test]
    fn a_damaged_memo_is_never_believed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CacheDir::locate(Some(folder.path().to_owned()));
        saved(&cache, &Memo::default(), &[("a", "one"), ("b", "two")]);
        let written = cache.read(&file_name(Path::new(INDEX))).unwrap();
        let honest = |bytes: Vec<u8>| {
            let Some(memo) = Memo::decode(bytes, Path::new(INDEX)) else { return true };
            [("a", "one"), ("b", "two")].iter().all(|(name, text)| {
                repository(&memo, name).is_ok_and(|read| read.as_deref() == Some(*text))
                    || memo.record(name).is_err()
            })
        };
        for at in 0..written.len() {
            let mut flipped = written.clone();
            flipped[at] ^= 0x10;
            assert!(honest(flipped), "flipped at {at}");
            assert!(honest(written[..at].to_vec()), "cut at {at}");
        }
        let mut flipped = written;
        *flipped.last_mut().unwrap() ^= 0x10;
        let memo = Memo::decode(flipped, Path::new(INDEX)).unwrap();
        assert_eq!(repository(&memo, "a"), Ok(Some("one".into())));
        assert_eq!(repository(&memo, "b"), Err(Damaged));
    }
}
