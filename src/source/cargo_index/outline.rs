//! An index file at a glance: its releases, and where the line of each lies.

use std::ops::Range;
use std::str;

use memchr::memmem;
use tame_index::index::cache::ValidCacheEntry;
use tame_index::utils::split;

use super::{
    MOST_DAMAGED, ReleaseLine, header_complaint, nothing_understood, time, too_many_damaged,
};
use crate::model::{Release, ReleaseHistory};

/// What a choice of versions needs to know of all releases of a package.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outline {
    /// Every release, in the order of the file.
    pub history: ReleaseHistory,
    /// Where the line of each release lies in the file.
    pub lines: Vec<Range<usize>>,
}

/// Reads a file of Cargo's index cache as far as a choice of versions needs it: of each line the
/// version, the publication time and the yanked flag. A line of the usual form is not understood
/// any further, so that one damaged elsewhere counts here as a release; what it declares cannot
/// be read then.
///
/// # Errors
/// As [`parse`](super::parse).
pub fn outline(bytes: &[u8]) -> Result<Outline, String> {
    let file = ValidCacheEntry::read(bytes).map_err(|error| header_complaint(&error).to_owned())?;
    let glance = Glance::new();
    let (mut outline, mut damaged) = (Outline::default(), 0);
    let mut announced: &[u8] = &[];
    for chunk in split(file.version_entries, 0) {
        let version = std::mem::replace(&mut announced, chunk);
        if chunk.first() != Some(&b'{') {
            damaged += usize::from(!version.is_empty());
            continue;
        }
        announced = &[];
        match glance.release(version, chunk).or_else(|| understood(version, chunk)) {
            Some(release) => {
                let at = chunk.as_ptr() as usize - bytes.as_ptr() as usize;
                outline.lines.push(at..at + chunk.len());
                outline.history.releases.push(release);
            }
            None => damaged += 1,
        }
        if damaged > MOST_DAMAGED {
            return Err(too_many_damaged());
        }
    }
    match outline.lines.is_empty() {
        true => Err(nothing_understood()),
        false => Ok(outline),
    }
}

fn understood(announced: &[u8], json: &[u8]) -> Option<Release> {
    let line: ReleaseLine<'_> = serde_json::from_slice(json).ok()?;
    (line.vers.as_bytes() == announced).then(|| line.release())
}

/// Finds the facts of a line without understanding all of it.
struct Glance {
    vers: memmem::Finder<'static>,
    yanked: memmem::FinderRev<'static>,
    pubtime: memmem::FinderRev<'static>,
}

impl Glance {
    fn new() -> Self {
        Self {
            vers: memmem::Finder::new("\"vers\""),
            yanked: memmem::FinderRev::new("\"yanked\""),
            pubtime: memmem::FinderRev::new("\"pubtime\""),
        }
    }

    /// The release of a line of the usual form; `None` for another form, which may be as valid.
    ///
    /// In JSON, a quoted word before a colon is a key. These are keys of the release alone, but
    /// for features, whose values are lists.
    fn release(&self, announced: &[u8], json: &[u8]) -> Option<Release> {
        if json.last() != Some(&b'}') {
            return None;
        }
        let version = string(value(json, self.vers.find(json)?, "\"vers\"")?)?;
        if version.as_bytes() != announced {
            return None;
        }
        let yanked = match value(json, self.yanked.rfind(json)?, "\"yanked\"")? {
            rest if rest.starts_with(b"false") => false,
            rest if rest.starts_with(b"true") => true,
            _ => return None,
        };
        let published = match self.pubtime.rfind(json) {
            Some(at) => time(string(value(json, at, "\"pubtime\"")?)?),
            None => None,
        };
        Some(Release { version: version.into(), published, yanked })
    }
}

/// What follows a key and its colon.
fn value<'j>(json: &'j [u8], at: usize, key: &str) -> Option<&'j [u8]> {
    let rest = json.get(at + key.len()..)?.trim_ascii_start();
    Some(rest.strip_prefix(b":")?.trim_ascii_start())
}

/// A string without escapes at the beginning.
fn string(json: &[u8]) -> Option<&str> {
    let rest = json.strip_prefix(b"\"")?;
    let text = &rest[..memchr::memchr2(b'"', b'\\', rest)?];
    (rest[text.len()] == b'"').then(|| str::from_utf8(text).ok()).flatten()
}
