//! Cargo's local copy of a registry index: one file per package, one JSON line per release.

mod outline;

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use semver::VersionReq;
use serde::Deserialize;
use smol_str::SmolStr;
use tame_index::CacheError;
use tame_index::index::cache::ValidCacheEntry;
use tame_index::utils::split;

use crate::model::{
    Artifact, Declaration, DeclaredSource, Dependency, DependencyKind, Published, Registry,
    Release, ReleaseHistory,
};

pub use outline::{Outline, outline};

/// Most damaged lines in a file that is still believed.
const MOST_DAMAGED: usize = 1_000;
/// Longest part of an unreadable version that is kept, in characters.
const LONGEST_NAME: usize = 40;

/// What an index file says about one package.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IndexEntry {
    /// Every release that can be understood, in the order of the file.
    pub history: ReleaseHistory,
    /// What the wanted versions declare, by version. Other versions are absent.
    pub declarations: BTreeMap<String, Declaration>,
    /// Versions whose line, or for a wanted version whose declaration, cannot be understood.
    pub damaged: Vec<String>,
}

/// Reads a file of Cargo's index cache (`.cache/<prefix>/<name>`).
///
/// Only the wanted versions are decoded in full; of the others the version, the publication
/// time (to the second) and the yanked flag are read. A time that cannot be understood is an
/// absent one. A line that cannot be understood is named in [`IndexEntry::damaged`] and its
/// release left out, as nothing is known of it; the other lines stand.
///
/// # Errors
/// Where the header is not one of the current format, no line can be understood, or very many
/// cannot: a lowercase fragment that says so.
pub fn parse(bytes: &[u8], wanted_versions: &[&str]) -> Result<IndexEntry, String> {
    let file = ValidCacheEntry::read(bytes).map_err(|error| header_complaint(&error).to_owned())?;
    let mut entry = IndexEntry::default();
    let mut announced: Option<&[u8]> = None;
    // A version, a zero byte, its JSON, a zero byte. Telling the two apart by the opening brace
    // finds the way back after a damaged line.
    for chunk in split(file.version_entries, 0) {
        if chunk.first() == Some(&b'{') {
            let version = announced.take().unwrap_or_default();
            if entry.read_line(Some(version), chunk, wanted_versions).is_none() {
                entry.damaged.push(shortened(version));
            }
        } else if let Some(lost) = announced.replace(chunk) {
            entry.damaged.push(shortened(lost));
        }
        if entry.damaged.len() > MOST_DAMAGED {
            return Err(too_many_damaged());
        }
    }
    entry.damaged.extend(announced.map(shortened));
    entry.checked()
}

/// What a line says of the release of a version; `None` where it cannot be understood, or is about
/// another version.
pub fn published(json: &[u8], version: &str) -> Option<Published> {
    let line: PublishedLine<'_> = serde_json::from_slice(json).ok()?;
    if line.vers != version {
        return None;
    }
    let (deps, features, features2) = (line.deps, line.features, line.features2);
    Some(Published {
        links: line.links,
        rust_version: line.rust_version,
        declaration: declaration(DeclarationLine { deps, features, features2 }),
    })
}

/// Reads what a sparse index sends: a release a line, without the header and the announced
/// versions of Cargo's cache. As [`parse`] otherwise; a damaged line is named by its beginning.
///
/// # Errors
/// As [`parse`], but for the header.
pub fn parse_lines(bytes: &[u8], wanted_versions: &[&str]) -> Result<IndexEntry, String> {
    let mut entry = IndexEntry::default();
    for line in split(bytes, b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        if entry.read_line(None, line, wanted_versions).is_none() {
            entry.damaged.push(shortened(line));
        }
        if entry.damaged.len() > MOST_DAMAGED {
            return Err(too_many_damaged());
        }
    }
    entry.checked()
}

impl IndexEntry {
    fn checked(self) -> Result<Self, String> {
        if self.history.releases.is_empty() {
            return Err(nothing_understood());
        }
        Ok(self)
    }

    /// Reads a line, which has to be about the announced version where one is announced.
    fn read_line(&mut self, announced: Option<&[u8]>, json: &[u8], wanted: &[&str]) -> Option<()> {
        let line: ReleaseLine<'_> = serde_json::from_slice(json).ok()?;
        if announced.is_some_and(|announced| line.vers.as_bytes() != announced) {
            return None;
        }
        self.history.releases.push(line.release());
        if wanted.contains(&line.vers.as_ref()) {
            let declared: DeclarationLine<'_> = serde_json::from_slice(json).ok()?;
            self.declarations.insert(line.vers.into_owned(), declaration(declared));
        }
        Some(())
    }
}

/// The fields of a line that every release needs.
#[derive(Deserialize)]
struct ReleaseLine<'a> {
    #[serde(borrow)]
    vers: Cow<'a, str>,
    #[serde(borrow)]
    pubtime: Option<Text<'a>>,
    #[serde(default)]
    yanked: bool,
}

impl ReleaseLine<'_> {
    fn release(&self) -> Release {
        let published = self.pubtime.as_ref().and_then(|Text(text)| time(text));
        Release { version: self.vers.as_ref().into(), published, yanked: self.yanked }
    }
}

/// To the second.
fn time(text: &str) -> Option<Timestamp> {
    let time: Timestamp = text.parse().ok()?;
    Timestamp::from_second(time.as_second()).ok()
}

/// A string borrowed from the line where it holds no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The fields of a line that only a wanted release needs.
#[derive(Deserialize)]
struct DeclarationLine<'a> {
    #[serde(borrow)]
    deps: Vec<DependencyLine<'a>>,
    features: BTreeMap<SmolStr, Vec<SmolStr>>,
    features2: Option<BTreeMap<SmolStr, Vec<SmolStr>>>,
}

/// The fields of a line that a choice of versions needs of a release it looks at.
#[derive(Deserialize)]
struct PublishedLine<'a> {
    #[serde(borrow)]
    vers: Cow<'a, str>,
    deps: Vec<DependencyLine<'a>>,
    features: BTreeMap<SmolStr, Vec<SmolStr>>,
    features2: Option<BTreeMap<SmolStr, Vec<SmolStr>>>,
    links: Option<SmolStr>,
    rust_version: Option<SmolStr>,
}

#[derive(Deserialize)]
struct DependencyLine<'a> {
    name: SmolStr,
    #[serde(borrow)]
    req: Cow<'a, str>,
    #[serde(default)]
    features: Vec<SmolStr>,
    #[serde(default)]
    optional: bool,
    #[serde(default = "yes")]
    default_features: bool,
    target: Option<SmolStr>,
    #[serde(borrow)]
    kind: Option<Text<'a>>,
    package: Option<SmolStr>,
    /// The index address of another registry.
    #[serde(borrow)]
    registry: Option<Text<'a>>,
    /// The target triple of an artifact dependency.
    bindep_target: Option<SmolStr>,
    #[serde(default)]
    lib: bool,
}

fn yes() -> bool {
    true
}

fn declaration(line: DeclarationLine<'_>) -> Declaration {
    let mut features = line.features;
    for (name, values) in line.features2.unwrap_or_default() {
        features.entry(name).or_default().extend(values);
    }
    Declaration { dependencies: line.deps.into_iter().map(dependency).collect(), features }
}

/// A requirement that is not one becomes `None`, any version: Cargo has locked a version by it
/// all the same, and losing the dependency would hide what it brings in. A kind that is neither
/// `dev` nor `build` is a normal one, as in Cargo.
fn dependency(line: DependencyLine<'_>) -> Dependency {
    Dependency {
        package: line.package.unwrap_or_else(|| line.name.clone()),
        name: line.name,
        from: line.registry.map_or(DeclaredSource::Registry, |Text(address)| {
            DeclaredSource::RegistryAt(Registry::at(&address))
        }),
        requirement: VersionReq::parse(&line.req).ok(),
        kind: match line.kind.as_ref().map(|Text(kind)| kind.as_ref()) {
            Some("dev") => DependencyKind::Dev,
            Some("build") => DependencyKind::Build,
            _ => DependencyKind::Normal,
        },
        optional: line.optional,
        default_features: line.default_features,
        features: line.features,
        target: line.target,
        artifact: line.bindep_target.map(|target| Artifact { target, library: line.lib }),
    }
}

fn nothing_understood() -> String {
    "no release in it can be understood".to_owned()
}

fn too_many_damaged() -> String {
    format!("more than {MOST_DAMAGED} releases in it cannot be understood")
}

fn shortened(version: &[u8]) -> String {
    String::from_utf8_lossy(version).chars().take(LONGEST_NAME).collect()
}

fn header_complaint(error: &CacheError) -> &'static str {
    match error {
        CacheError::OutdatedCacheVersion => "it is in the format of an old Cargo",
        CacheError::UnknownCacheVersion | CacheError::UnknownIndexVersion => {
            "it is in a format of another Cargo that is not known here"
        }
        CacheError::InvalidCacheEntry
        | CacheError::OutdatedRevision
        | CacheError::InvalidCrateVersion => "it is not an index file of Cargo",
    }
}

#[cfg(test)]
mod tests;
