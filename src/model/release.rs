//! What a registry's index says about the releases of a package.

use jiff::Timestamp;
use smol_str::SmolStr;

use super::Declaration;

/// One published release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The version as published; old entries may not be valid semantic versions.
    pub version: SmolStr,
    /// When it was published, where the index says so.
    pub published: Option<Timestamp>,
    /// Whether it is yanked today; indexes keep no time of yanking.
    pub yanked: bool,
}

/// All releases of one package, in the order of the index (order of publication).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReleaseHistory {
    /// The releases, oldest publication first.
    pub releases: Vec<Release>,
}

impl ReleaseHistory {
    /// The release with this exact version string.
    pub fn find(&self, version: &str) -> Option<&Release> {
        self.releases.iter().find(|release| release.version == version)
    }
}

/// What one release says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Published {
    /// Its dependencies and features.
    pub declaration: Declaration,
    /// The native library it links, of which a build can have one.
    pub links: Option<SmolStr>,
    /// The oldest Rust version it supports, as written.
    pub rust_version: Option<SmolStr>,
}
