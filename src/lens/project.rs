//! Packages grouped into upstream projects.

use std::collections::BTreeMap;

use crate::model::{Graph, PackageFacts, PackageIndex, Repository, Source};
use crate::signal::repository::repository;

/// What holds the packages of a project together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// A repository.
    Repository(Repository),
    /// The name of a package whose repository is not known.
    Name(String),
}

/// The upstream projects, each with its packages, ascending. Packages of the workspace and of
/// other folders on this machine are not upstream.
///
/// A git package belongs to the repository it is taken from. All versions of a registry package
/// belong together: the repository is that of the highest version that leads to one, for a
/// project may have moved.
pub(super) fn projects(
    graph: &Graph,
    facts: &[PackageFacts],
) -> BTreeMap<Named, Vec<PackageIndex>> {
    let located = located(graph, facts);
    let mut projects: BTreeMap<Named, Vec<PackageIndex>> = BTreeMap::new();
    for index in graph.indices() {
        let package = graph.package(index);
        let found = match &package.source {
            Source::Registry(_) => located.get(package.name.as_str()).cloned(),
            Source::Git { url, .. } => repository(url),
            Source::Path => continue,
        };
        let upstream = match found {
            Some(repository) => Named::Repository(repository),
            None => Named::Name(package.name.clone()),
        };
        projects.entry(upstream).or_default().push(index);
    }
    projects
}

/// The repository of each registry package by name. Packages are sorted by version within a
/// name, so the last one inserted is the highest.
fn located<'a>(graph: &'a Graph, facts: &[PackageFacts]) -> BTreeMap<&'a str, Repository> {
    graph
        .indices()
        .zip(facts)
        .filter(|(index, _)| matches!(graph.package(*index).source, Source::Registry(_)))
        .filter_map(|(index, facts)| {
            let found = facts.location.known()?;
            Some((graph.package(index).name.as_str(), found.location.repository.clone()))
        })
        .collect()
}
