//! Packages grouped into upstream projects.

use std::collections::BTreeMap;

use crate::model::{Direction, Graph, PackageFacts, PackageIndex, Repository, Source};
use crate::signal::repository::{ProjectKey, project_key, repository};

/// The upstream projects, each with its packages, ascending. Packages of the workspace and of
/// other folders on this machine are not upstream.
///
/// A git package belongs to the repository it is taken from. All versions of a registry package
/// belong together: the repository is that of the highest version that leads to one, for a
/// project may have moved. Packages without a repository belong to their publisher, where one is
/// known.
pub(super) fn projects(
    graph: &Graph,
    facts: &[PackageFacts],
) -> BTreeMap<ProjectKey, Vec<PackageIndex>> {
    let located = located(graph, facts);
    let mut projects: BTreeMap<ProjectKey, Vec<PackageIndex>> = BTreeMap::new();
    for (index, facts) in graph.indices().zip(facts) {
        let package = graph.package(index);
        let found = match &package.source {
            Source::Registry(_) => located.get(package.name.as_str()).cloned(),
            Source::Git { url, .. } => repository(url),
            Source::Path => continue,
        };
        let ownership = facts.ownership.known().map(|ownership| &ownership.value);
        projects.entry(project_key(found, ownership, &package.name)).or_default().push(index);
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

/// The packages of a project that stand for it: all but the companions of another one of them,
/// such as `failure_derive` of `failure`. What is said of a package holds for its companions too.
pub(super) fn principal(graph: &Graph, packages: &[PackageIndex]) -> Vec<PackageIndex> {
    packages.iter().copied().filter(|package| !is_companion(graph, packages, *package)).collect()
}

/// Whether nothing but packages of its own project depends on a package, one of them the package
/// whose name it extends.
fn is_companion(graph: &Graph, project: &[PackageIndex], package: PackageIndex) -> bool {
    let name = graph.package(package).name.as_str();
    let extends = |of: PackageIndex| {
        let rest = name.strip_prefix(graph.package(of).name.as_str());
        rest.is_some_and(|rest| rest.starts_with(['-', '_']))
    };
    let dependents = || graph.neighbours(package, Direction::Dependents).map(|(index, _)| index);
    dependents().all(|it| project.contains(&it)) && dependents().any(extends)
}
