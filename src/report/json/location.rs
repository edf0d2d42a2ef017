//! Where packages live, and whether their releases are tagged there.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{self, Found, Project, Provenance};
use crate::report::location::{Standing, standing};

/// Versions named of those whose tags and releases differ; the rest is counted.
const VERSIONS_NAMED: usize = 10;

/// A place in a repository.
#[derive(Serialize, JsonSchema)]
pub(super) struct Location<'a> {
    /// Normalised address of the repository.
    repository: &'a str,
    /// The folder in it; null for the repository's root and where it is not known.
    folder: Option<&'a str>,
    /// The statement that names it: `repository` or `homepage` of the packaged manifest, what the
    /// registry says, or the lockfile, by which the package is taken from there.
    #[schemars(extend("enum" = PROVENANCES.map(provenance)))]
    provenance: &'static str,
    /// Whether it mirrors a repository that lives elsewhere, by its address or its forge.
    mirror: bool,
    /// Owner and name today, where it was renamed.
    renamed_to: Option<&'a str>,
    /// Whether nothing is there any more, or nothing public; null where that was not learned.
    gone: Option<bool>,
}

const PROVENANCES: [Provenance; 4] = [
    Provenance::ManifestRepository,
    Provenance::ManifestHomepage,
    Provenance::Registry,
    Provenance::Lockfile,
];

fn provenance(provenance: Provenance) -> &'static str {
    match provenance {
        Provenance::ManifestRepository => "manifest-repository",
        Provenance::ManifestHomepage => "manifest-homepage",
        Provenance::Registry => "registry",
        Provenance::Lockfile => "lockfile",
    }
}

/// The tags of the repository against the releases of a package.
#[derive(Serialize, JsonSchema)]
pub(super) struct Tagging<'a> {
    /// The newest release, by time of publication; a pre-release only where there is no other.
    newest_release: &'a str,
    /// Whether it is tagged, as an earlier one is.
    newest_is_tagged: bool,
    /// Released but not tagged, since the first release that is tagged.
    released_not_tagged: Versions<'a>,
    /// Tagged but not released.
    tagged_not_released: Versions<'a>,
}

/// Versions, of which the newest are named.
#[derive(Serialize, JsonSchema)]
struct Versions<'a> {
    /// How many there are.
    count: usize,
    /// The newest of them, newest first.
    newest: Vec<&'a str>,
}

pub(super) fn location<'a>(found: &'a Found, project: Option<&'a Project>) -> Location<'a> {
    let Standing { mirror, renamed_to, gone } = standing(found, project);
    Location {
        repository: &found.location.repository.address,
        folder: found.location.folder.as_deref(),
        provenance: provenance(found.provenance),
        mirror,
        renamed_to,
        gone,
    }
}

pub(super) fn tagging(tagging: &model::Tagging) -> Tagging<'_> {
    Tagging {
        newest_release: &tagging.newest_release,
        newest_is_tagged: tagging.newest_is_tagged,
        released_not_tagged: versions(&tagging.released_not_tagged),
        tagged_not_released: versions(&tagging.tagged_not_released),
    }
}

fn versions(versions: &[String]) -> Versions<'_> {
    let newest = versions.iter().rev().take(VERSIONS_NAMED).map(String::as_str);
    Versions { count: versions.len(), newest: newest.collect() }
}
