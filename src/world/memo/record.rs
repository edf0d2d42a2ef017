//! What the memo keeps of one package, in its wire form.

use std::borrow::Cow;
use std::fs::Metadata;
use std::time::UNIX_EPOCH;

use jiff::Timestamp;
use semver::VersionReq;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Damaged;
use crate::model::{
    Artifact, Declaration, DeclaredSource, Dependency, DependencyKind, MaintenanceStatus, Packaged,
    Registry, Release, ReleaseHistory,
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
    // The rest is as in `EncodedEntry`.
    #[serde(borrow)]
    damaged: Vec<&'a str>,
    versions: &'a str,
    releases: &'a [u8],
    #[serde(borrow)]
    declarations: Vec<(&'a str, &'a [u8])>,
}

/// An index entry in parts, as [`IndexRecord`] keeps it: parts that a run may not need are
/// encoded on their own, to be decoded when asked for.
#[derive(Debug)]
pub struct EncodedEntry<'a> {
    /// The version strings without anything between them, to be verified as text at one go.
    versions: String,
    /// The releases, one [`WireRelease`] after the other.
    releases: Vec<u8>,
    /// A [`WireDeclaration`] by version.
    declarations: Vec<(&'a str, Vec<u8>)>,
    damaged: Vec<&'a str>,
}

/// The state of a file, by which a change of it is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Time of the last change, since 1970.
    mtime_ns: u64,
    /// Length of the file.
    pub length_bytes: u64,
}

#[derive(Serialize, Deserialize)]
struct WireRelease {
    version_bytes: usize,
    published_seconds: Option<i64>,
    yanked: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct WirePackaged<'a> {
    proc_macro: bool,
    build_script: bool,
    #[serde(borrow)]
    repository: Option<&'a str>,
    #[serde(borrow)]
    homepage: Option<&'a str>,
    #[serde(borrow)]
    folder: Option<&'a str>,
    #[serde(borrow)]
    maintenance: Option<&'a str>,
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
    #[serde(borrow)]
    requirement: Option<Cow<'a, str>>,
    kind: u8,
    optional: bool,
    default_features: bool,
    #[serde(borrow)]
    features: Vec<&'a str>,
    #[serde(borrow)]
    target: Option<&'a str>,
    /// The address of another registry.
    #[serde(borrow)]
    registry: Option<Cow<'a, str>>,
    #[serde(borrow)]
    artifact: Option<(&'a str, bool)>,
}

/// Length of an encoded release of this century.
const USUAL_RELEASE_BYTES: usize = 8;

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
        Some(Packaged {
            proc_macro: wire.proc_macro,
            build_script: wire.build_script,
            repository: wire.repository.map(str::to_owned),
            homepage: wire.homepage.map(str::to_owned),
            folder: wire.folder.map(str::to_owned),
            maintenance: wire.maintenance.and_then(MaintenanceStatus::named),
        })
    }

    /// Remembers the packaged manifest of a version.
    pub fn add_packaged(&mut self, version: &'a str, packaged: &'a Packaged) {
        let Packaged { proc_macro, build_script, repository, homepage, folder, maintenance } =
            packaged;
        let wire = WirePackaged {
            proc_macro: *proc_macro,
            build_script: *build_script,
            repository: repository.as_deref(),
            homepage: homepage.as_deref(),
            folder: folder.as_deref(),
            maintenance: maintenance.map(MaintenanceStatus::name),
        };
        self.packaged.push((version, wire));
    }

    /// The record as bytes.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }
}

impl<'a> IndexRecord<'a> {
    /// Remembers a parsed index file.
    pub fn new(stamp: Stamp, entry: &'a EncodedEntry<'a>) -> Self {
        let declarations = entry.declarations.iter();
        Self {
            stamp,
            damaged: entry.damaged.clone(),
            versions: &entry.versions,
            releases: &entry.releases,
            declarations: declarations.map(|(version, bytes)| (*version, &bytes[..])).collect(),
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
        let history = ReleaseHistory { releases: self.releases()? };
        // A damaged declaration that nobody asked for now would not have been noticed.
        let mut damaged = owned(&self.damaged);
        damaged.retain(|version| {
            wanted_versions.contains(&version.as_str()) || history.find(version).is_none()
        });
        let declarations = declarations.collect::<Result<_, _>>()?;
        Ok(IndexEntry { history, declarations, damaged })
    }

    fn releases(&self) -> Result<Vec<Release>, Damaged> {
        let mut versions = self.versions;
        let mut rest = self.releases;
        let mut releases = Vec::with_capacity(rest.len() / USUAL_RELEASE_BYTES);
        while !rest.is_empty() {
            let wire: WireRelease;
            (wire, rest) = postcard::take_from_bytes(rest).map_err(|_| Damaged)?;
            let version;
            (version, versions) = versions.split_at_checked(wire.version_bytes).ok_or(Damaged)?;
            let published = wire.published_seconds.map(Timestamp::from_second);
            releases.push(Release {
                version: version.into(),
                published: published.transpose().map_err(|_| Damaged)?,
                yanked: wire.yanked,
            });
        }
        Ok(releases)
    }
}

impl<'a> EncodedEntry<'a> {
    /// Encodes an entry.
    pub fn of(entry: &'a IndexEntry) -> Self {
        let releases = &entry.history.releases;
        let wire = releases.iter().map(|release| WireRelease {
            version_bytes: release.version.len(),
            published_seconds: release.published.map(Timestamp::as_second),
            yanked: release.yanked,
        });
        let declarations = entry.declarations.iter();
        Self {
            versions: releases.iter().map(|release| release.version.as_str()).collect(),
            releases: wire.flat_map(|release| encode(&release)).collect(),
            declarations: declarations
                .map(|(version, declaration)| (version.as_str(), encode(&wire_of(declaration))))
                .collect(),
            damaged: borrowed(&entry.damaged),
        }
    }
}

fn encode(value: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(value).expect("every length is known, and a vector takes every byte")
}

fn wire_of(declaration: &Declaration) -> WireDeclaration<'_> {
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
        requirement: dependency.requirement.as_ref().map(|it| it.to_string().into()),
        kind: match dependency.kind {
            DependencyKind::Normal => 0,
            DependencyKind::Build => 1,
            DependencyKind::Dev => 2,
        },
        optional: dependency.optional,
        default_features: dependency.default_features,
        features: borrowed(&dependency.features),
        target: dependency.target.as_deref(),
        registry: other_registry(&dependency.from),
        artifact: dependency.artifact.as_ref().map(|it| (it.target.as_str(), it.library)),
    }
}

fn declaration(wire: WireDeclaration<'_>) -> Result<Declaration, Damaged> {
    let features = wire.features.iter();
    // Collecting results would not know how many there are, and reserve twice as much.
    let mut dependencies = Vec::with_capacity(wire.dependencies.len());
    for wire in wire.dependencies {
        dependencies.push(dependency(wire)?);
    }
    Ok(Declaration {
        dependencies,
        features: features.map(|(name, values)| (SmolStr::new(name), shared(values))).collect(),
    })
}

fn dependency(wire: WireDependency<'_>) -> Result<Dependency, Damaged> {
    let requirement = wire.requirement.as_deref().map(VersionReq::parse);
    Ok(Dependency {
        name: wire.name.into(),
        package: wire.package.into(),
        from: wire.registry.map_or(DeclaredSource::Registry, |address| {
            DeclaredSource::RegistryAt(Registry::at(&address))
        }),
        requirement: requirement.transpose().map_err(|_| Damaged)?,
        kind: *KINDS.get(usize::from(wire.kind)).ok_or(Damaged)?,
        optional: wire.optional,
        default_features: wire.default_features,
        features: shared(&wire.features),
        target: wire.target.map(SmolStr::new),
        artifact: wire
            .artifact
            .map(|(target, library)| Artifact { target: SmolStr::new(target), library }),
    })
}

/// The address of the registry a declaration of an index entry names.
fn other_registry(from: &DeclaredSource) -> Option<Cow<'_, str>> {
    match from {
        DeclaredSource::RegistryAt(Registry::CratesIo) => Some(tame_index::CRATES_IO_INDEX.into()),
        DeclaredSource::RegistryAt(Registry::Other(address)) => Some(address.into()),
        DeclaredSource::Registry
        | DeclaredSource::RegistryNamed(_)
        | DeclaredSource::Git { .. }
        | DeclaredSource::Path(_) => None,
    }
}

fn borrowed<T: AsRef<str>>(texts: &[T]) -> Vec<&str> {
    texts.iter().map(T::as_ref).collect()
}

fn shared(texts: &[&str]) -> Vec<SmolStr> {
    texts.iter().map(SmolStr::new).collect()
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
