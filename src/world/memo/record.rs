//! What the memo keeps of one package, in its wire form.

use std::fs::Metadata;
use std::time::UNIX_EPOCH;

use jiff::Timestamp;
use semver::VersionReq;
use serde::{Deserialize, Serialize};

use super::Damaged;
use crate::model::{
    Declaration, DeclaredSource, Dependency, DependencyKind, Packaged, Release, ReleaseHistory,
};
use crate::source::cargo_index::IndexEntry;

/// What is remembered of one package. It borrows from the memo it was read from, or from what
/// is about to be remembered.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Record<'a> {
    /// The parsed index file.
    #[serde(borrow)]
    pub index: Option<IndexRecord<'a>>,
    #[serde(borrow)]
    packaged: Vec<(&'a str, WirePackaged<'a>)>,
}

/// A parsed index file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IndexRecord<'a> {
    /// The state of the file it was parsed from.
    pub stamp: Stamp,
    /// Versions whose line cannot be understood.
    #[serde(borrow)]
    pub damaged: Vec<&'a str>,
    /// The releases one after the other, decoded only when asked for.
    releases: &'a [u8],
    #[serde(borrow)]
    declarations: Vec<(&'a str, &'a [u8])>,
}

/// The state of a file, by which a change of it is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Time of the last change, since 1970.
    pub mtime_ns: u64,
    /// Length of the file.
    pub length_bytes: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct WireRelease<'a> {
    version: &'a str,
    published_seconds: Option<i64>,
    yanked: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct WirePackaged<'a> {
    proc_macro: bool,
    #[serde(borrow)]
    repository: Option<&'a str>,
}

#[derive(Serialize, Deserialize)]
struct WireDeclaration<'a> {
    #[serde(borrow)]
    dependencies: Vec<WireDependency<'a>>,
    #[serde(borrow)]
    features: Vec<(&'a str, Vec<&'a str>)>,
}

#[derive(Serialize, Deserialize)]
struct WireDependency<'a> {
    name: &'a str,
    package: &'a str,
    requirement: Option<String>,
    kind: u8,
    optional: bool,
    default_features: bool,
    #[serde(borrow)]
    features: Vec<&'a str>,
    #[serde(borrow)]
    target: Option<&'a str>,
}

/// Usual length of an encoded release.
const USUAL_RELEASE_BYTES: usize = 12;

/// The kinds of dependency by their number in the memo.
const KINDS: [DependencyKind; 3] =
    [DependencyKind::Normal, DependencyKind::Build, DependencyKind::Dev];

impl Stamp {
    /// The state of a file; `None` where the platform or the file has no usable time, so that
    /// a change could go unnoticed.
    pub fn of(metadata: &Metadata) -> Option<Self> {
        let mtime = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let mtime_ns = u64::try_from(mtime.as_nanos()).ok()?;
        Some(Self { mtime_ns, length_bytes: metadata.len() })
    }
}

impl<'a> Record<'a> {
    /// The packaged manifest of a version, where it was read before.
    pub fn packaged(&self, version: &str) -> Option<Packaged> {
        let (_, wire) = self.packaged.iter().find(|(known, _)| *known == version)?;
        let repository = wire.repository.map(str::to_owned);
        Some(Packaged { proc_macro: wire.proc_macro, repository })
    }

    /// Remembers the packaged manifest of a version.
    pub fn add_packaged(&mut self, version: &'a str, packaged: &'a Packaged) {
        let Packaged { proc_macro, repository } = packaged;
        let wire = WirePackaged { proc_macro: *proc_macro, repository: repository.as_deref() };
        self.packaged.push((version, wire));
    }

    /// The record as bytes.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }
}

impl<'a> IndexRecord<'a> {
    /// Remembers a parsed index file, with its parts as [`encode_releases`] and
    /// [`encode_declarations`] made them.
    pub fn new(
        stamp: Stamp,
        entry: &'a IndexEntry,
        releases: &'a [u8],
        declarations: &'a [(&'a str, Vec<u8>)],
    ) -> Self {
        Self {
            stamp,
            damaged: entry.damaged.iter().map(String::as_str).collect(),
            releases,
            declarations: declarations.iter().map(|(name, bytes)| (*name, &bytes[..])).collect(),
        }
    }

    /// Versions whose declaration is remembered.
    pub fn declared_versions(&self) -> impl Iterator<Item = &'a str> {
        self.declarations.iter().map(|(version, _)| *version)
    }

    /// Whether reading the file again could tell nothing more about this version.
    pub fn settles(&self, version: &str) -> bool {
        self.declared_versions().any(|known| known == version)
            || self.damaged.contains(&version)
            || self
                .releases()
                .is_ok_and(|releases| !releases.iter().any(|release| release.version == version))
    }

    /// The entry, with the declarations of the wanted versions only.
    ///
    /// # Errors
    /// Where it cannot be decoded.
    pub fn entry(&self, wanted_versions: &[&str]) -> Result<IndexEntry, Damaged> {
        let wanted = self.declarations.iter().filter(|(known, _)| wanted_versions.contains(known));
        let declarations = wanted.map(|(version, bytes)| {
            let wire = postcard::from_bytes(bytes).map_err(|_| Damaged)?;
            Ok(((*version).to_owned(), declaration(wire)?))
        });
        Ok(IndexEntry {
            history: ReleaseHistory { releases: self.releases()? },
            declarations: declarations.collect::<Result<_, _>>()?,
            damaged: owned(&self.damaged),
        })
    }

    fn releases(&self) -> Result<Vec<Release>, Damaged> {
        let mut rest = self.releases;
        let mut releases = Vec::with_capacity(rest.len() / USUAL_RELEASE_BYTES);
        while !rest.is_empty() {
            let wire: WireRelease<'_>;
            (wire, rest) = postcard::take_from_bytes(rest).map_err(|_| Damaged)?;
            let published = wire.published_seconds.map(Timestamp::from_second);
            releases.push(Release {
                version: wire.version.to_owned(),
                published: published.transpose().map_err(|_| Damaged)?,
                yanked: wire.yanked,
            });
        }
        Ok(releases)
    }
}

/// The releases of an entry, one after the other.
pub fn encode_releases(entry: &IndexEntry) -> Vec<u8> {
    let releases = entry.history.releases.iter().map(|release| WireRelease {
        version: &release.version,
        published_seconds: release.published.map(Timestamp::as_second),
        yanked: release.yanked,
    });
    releases.flat_map(|release| encode(&release)).collect()
}

/// The declarations of an entry, each encoded on its own so that a run decodes only those it
/// wants.
pub fn encode_declarations(entry: &IndexEntry) -> Vec<(&str, Vec<u8>)> {
    let declarations = entry.declarations.iter();
    declarations.map(|(version, declaration)| (&version[..], encode(&wire(declaration)))).collect()
}

fn encode(value: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(value).expect("every length is known, and a vector takes every byte")
}

fn wire(declaration: &Declaration) -> WireDeclaration<'_> {
    let features = declaration.features.iter();
    WireDeclaration {
        dependencies: declaration.dependencies.iter().map(wire_dependency).collect(),
        features: features.map(|(name, values)| (&name[..], borrowed(values))).collect(),
    }
}

fn wire_dependency(dependency: &Dependency) -> WireDependency<'_> {
    WireDependency {
        name: &dependency.name,
        package: &dependency.package,
        requirement: dependency.requirement.as_ref().map(VersionReq::to_string),
        kind: match dependency.kind {
            DependencyKind::Normal => 0,
            DependencyKind::Build => 1,
            DependencyKind::Dev => 2,
        },
        optional: dependency.optional,
        default_features: dependency.default_features,
        features: borrowed(&dependency.features),
        target: dependency.target.as_deref(),
    }
}

fn declaration(wire: WireDeclaration<'_>) -> Result<Declaration, Damaged> {
    let features = wire.features.iter();
    Ok(Declaration {
        dependencies: wire.dependencies.into_iter().map(dependency).collect::<Result<_, _>>()?,
        features: features.map(|(name, values)| ((*name).to_owned(), owned(values))).collect(),
    })
}

fn dependency(wire: WireDependency<'_>) -> Result<Dependency, Damaged> {
    let requirement = wire.requirement.as_deref().map(VersionReq::parse);
    Ok(Dependency {
        name: wire.name.to_owned(),
        package: wire.package.to_owned(),
        from: DeclaredSource::Registry,
        requirement: requirement.transpose().map_err(|_| Damaged)?,
        kind: *KINDS.get(usize::from(wire.kind)).ok_or(Damaged)?,
        optional: wire.optional,
        default_features: wire.default_features,
        features: owned(&wire.features),
        target: wire.target.map(str::to_owned),
    })
}

fn borrowed(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
