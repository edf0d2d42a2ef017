//! What is to be learned about.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{deps_dev, ownership};
use crate::model::{Graph, PackageIndex, Project, Repository, Source};
use crate::signal::repository::repository;
use crate::world::cargo_home::CargoHome;
use crate::world::git_checkouts;

/// The unpacked source of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpackedSource {
    /// Name and version of the package.
    pub package: String,
    /// The folder.
    pub folder: PathBuf,
}

/// What is to be learned about, the most important first.
#[derive(Debug, Clone, Default)]
pub struct Subjects {
    /// Normalised addresses of repositories.
    pub repositories: Vec<String>,
    /// Names of packages of the public registry.
    pub packages: Vec<String>,
    /// Names and versions of locked releases of the public registry.
    pub releases: Vec<(String, String)>,
    /// Where the sources of packages may lie unpacked, by address of the repository.
    pub sources: BTreeMap<String, Vec<UnpackedSource>>,
}

impl Subjects {
    /// The projects of a ranking with their packages, and the sources in Cargo's home.
    pub fn of(graph: &Graph, ranking: &[&Project], home: &CargoHome) -> Self {
        let repositories = ranking.iter().filter_map(|project| project.repository.clone());
        Self {
            repositories: repositories.collect(),
            packages: ownership::packages(graph, ranking),
            releases: deps_dev::releases(graph, ranking),
            sources: sources(graph, ranking, home),
        }
    }

    /// The repositories whose address can be read.
    pub(super) fn read_repositories(&self) -> Vec<Repository> {
        self.repositories.iter().filter_map(|address| repository(address)).collect()
    }
}

fn sources(
    graph: &Graph,
    ranking: &[&Project],
    home: &CargoHome,
) -> BTreeMap<String, Vec<UnpackedSource>> {
    let mut folders = BTreeMap::new();
    let mut unpacked = |package: &PackageIndex| {
        let package = graph.package(*package);
        let version = package.version.to_string();
        let folder = match &package.source {
            Source::Registry(registry) => {
                let registry = folders.entry(registry).or_insert_with(|| home.folder(registry));
                registry.as_ref()?.manifest(&package.name, &version)?.parent()?.to_owned()
            }
            Source::Git { url, commit, .. } => git_checkouts::find(home.path()?, url, commit)?,
            Source::Path => return None,
        };
        Some(UnpackedSource { package: format!("{} {version}", package.name), folder })
    };
    let mut sources = BTreeMap::new();
    for project in ranking {
        let Some(address) = &project.repository else { continue };
        let of_project: Vec<_> = project.packages.iter().filter_map(&mut unpacked).collect();
        sources.insert(address.clone(), of_project);
    }
    sources
}
