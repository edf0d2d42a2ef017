//! What a package declares about its dependencies and features.

use std::collections::BTreeMap;

use semver::{Version, VersionReq};
use smol_str::SmolStr;

use super::Registry;

/// The declared dependencies and features of one package version, whether they were read from
/// a manifest or from a registry index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Declaration {
    /// Declared dependencies of every kind.
    pub dependencies: Vec<Dependency>,
    /// Feature name to the feature values it turns on, as written (`a`, `dep:a`, `a/b`, `a?/b`).
    pub features: BTreeMap<SmolStr, Vec<SmolStr>>,
}

/// One declared dependency.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependency {
    /// The name in the manifest, by which features speak of it (differs for a rename).
    pub name: SmolStr,
    /// The name of the package depended on.
    pub package: SmolStr,
    /// Where the declaration takes the package from; a patch may put another in its place.
    pub from: DeclaredSource,
    /// The version requirement; `None` where any version will do (git, path).
    pub requirement: Option<VersionReq>,
    /// When the dependency is used.
    pub kind: DependencyKind,
    /// Whether only a feature turns it on.
    pub optional: bool,
    /// Whether the dependency's `default` feature is asked for.
    pub default_features: bool,
    /// Features asked for.
    pub features: Vec<SmolStr>,
    /// The platform it is limited to: a target triple or `cfg(...)`, as written.
    pub target: Option<SmolStr>,
    /// The programs or libraries that are asked for besides or in place of the library
    /// (`artifact = ...`), where they are built for a platform of their own.
    pub artifact: Option<Artifact>,
}

/// An artifact dependency with a `target` of its own
/// (<https://doc.rust-lang.org/cargo/reference/unstable.html#artifact-dependencies>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The target triple it is built for; `target` for the one the build is for.
    pub target: SmolStr,
    /// Whether its library is asked for too, as an ordinary dependency.
    pub library: bool,
}

/// Where a declaration takes a package from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DeclaredSource {
    /// The registry of the package that declares it; the public one for a package of none.
    Registry,
    /// A registry by its address.
    RegistryAt(Registry),
    /// A registry by a name whose address no Cargo configuration tells.
    RegistryNamed(SmolStr),
    /// A git repository.
    Git {
        /// The address as written.
        url: SmolStr,
        /// `branch=`, `tag=` or `rev=` with what is asked for, as a lockfile writes it; empty for
        /// the default branch.
        reference: SmolStr,
    },
    /// A folder, with the version of the package in it where its manifest was read.
    Path(Option<Version>),
}

/// When a dependency is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DependencyKind {
    /// Used by the code itself.
    Normal,
    /// Used by the build script.
    Build,
    /// Used by tests, examples and benches.
    Dev,
}

impl DependencyKind {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Build => "build",
            Self::Dev => "dev",
        }
    }
}

/// Which of Cargo's feature resolvers a workspace asks for
/// (<https://doc.rust-lang.org/cargo/reference/resolver.html#resolver-versions>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolver {
    /// Version 1: features are unified over platforms, build and dev dependencies.
    One,
    /// Versions 2 and 3, which differ only in how versions are chosen: features are kept apart.
    Two,
}
