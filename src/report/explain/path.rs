//! How a package is reached from the workspace.

use std::collections::VecDeque;

use crate::model::{Audit, DependencyKind, Direction, Edge, EdgeState, Graph, PackageIndex};
use crate::report::label;
use crate::report::page::Page;
use crate::report::words::{first_few, thousands};

/// Paths shown; the JSON report has all.
const PATHS_SHOWN: usize = 5;
/// Steps shown at either end of a path; those between are counted.
const STEPS_SHOWN: usize = 12;
/// Dependents shown.
const DEPENDENTS_SHOWN: usize = 10;

/// Writes the given paths, or a shortest one where none is given, and the direct dependents with
/// what they require.
pub(super) fn write(
    page: &mut Page,
    audit: &Audit,
    index: PackageIndex,
    paths: &[Vec<PackageIndex>],
) {
    let graph = &audit.graph;
    let found = if paths.is_empty() { shortest(graph, index) } else { None };
    for path in paths.iter().chain(&found).take(PATHS_SHOWN) {
        page.field("path", &describe(graph, path));
    }
    if paths.len() > PATHS_SHOWN {
        page.field("path", &format!("and {} more", paths.len() - PATHS_SHOWN));
    }
    let mut dependents: Vec<_> = graph.neighbours(index, Direction::Dependents).collect();
    dependents.sort_by_key(|(dependent, edge)| (*dependent, edge.kind, edge.state));
    let required = dependents.into_iter().map(|(dependent, edge)| {
        let accepts = edge.requirement.as_ref().map(|accepts| format!(" accepts {accepts}"));
        let (who, how) = (label::package(graph, dependent), remark(edge));
        format!("{who}{}{how}", accepts.unwrap_or_default())
    });
    let required: Vec<String> = required.collect();
    if !required.is_empty() {
        page.field("dependents", &first_few(&required, DEPENDENTS_SHOWN));
    }
}

/// `app 0.1.0 > cc 1.0.83 (build) > jobserver 0.1.0`
fn describe(graph: &Graph, path: &[PackageIndex]) -> String {
    let mut text = path.first().map(|&first| label::package(graph, first)).unwrap_or_default();
    let left_out = path.len().saturating_sub(1 + 2 * STEPS_SHOWN);
    for (at, step) in path.windows(2).enumerate() {
        if left_out > 0 && (STEPS_SHOWN..STEPS_SHOWN + left_out).contains(&at) {
            if at == STEPS_SHOWN {
                text = format!("{text} > {} more", thousands(left_out));
            }
            continue;
        }
        let edges = graph.neighbours(step[0], Direction::Dependencies);
        let edges = edges.filter(|(to, _)| *to == step[1]).map(|(_, edge)| edge);
        let how = edges.min_by_key(|edge| (edge.state, edge.kind)).map(remark).unwrap_or_default();
        text = format!("{text} > {}{how}", label::package(graph, step[1]));
    }
    text
}

/// What sets an edge apart from a normal dependency that is built.
fn remark(edge: &Edge) -> String {
    let kind = match edge.kind {
        None => Some("kind unknown"),
        Some(DependencyKind::Normal) => None,
        Some(kind) => Some(kind.name()),
    };
    let state = match edge.state {
        EdgeState::Built | EdgeState::Dev | EdgeState::Unknown => None,
        EdgeState::OtherTarget => Some("other target"),
        EdgeState::Inactive => Some("inactive"),
    };
    let remarks: Vec<&str> = kind.into_iter().chain(state).collect();
    if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join(", ")) }
}

/// A shortest path from a member, over live edges where there is one, else over any. Without
/// members, from a package that nothing depends on.
fn shortest(graph: &Graph, to: PackageIndex) -> Option<Vec<PackageIndex>> {
    let roots: Vec<PackageIndex> = match graph.members() {
        [] => {
            let is_root = |index: &PackageIndex| {
                graph.neighbours(*index, Direction::Dependents).next().is_none()
            };
            graph.indices().filter(is_root).collect()
        }
        members => members.to_vec(),
    };
    search(graph, &roots, to, EdgeState::is_live).or_else(|| search(graph, &roots, to, |_| true))
}

/// Breadth first from the roots, neighbours in ascending order.
fn search(
    graph: &Graph,
    roots: &[PackageIndex],
    to: PackageIndex,
    follow: fn(EdgeState) -> bool,
) -> Option<Vec<PackageIndex>> {
    // Each package seen and the one it was reached from; a root from itself.
    let mut reached_from: Vec<Option<PackageIndex>> = vec![None; graph.len()];
    let mut queue: VecDeque<PackageIndex> = roots.iter().copied().collect();
    for root in roots {
        reached_from[root.get()] = Some(*root);
    }
    while let Some(package) = queue.pop_front() {
        let edges = graph.neighbours(package, Direction::Dependencies);
        let edges = edges.filter(|(_, edge)| follow(edge.state));
        let mut next: Vec<PackageIndex> = edges.map(|(index, _)| index).collect();
        next.sort_unstable();
        for index in next {
            if reached_from[index.get()].is_none() {
                reached_from[index.get()] = Some(package);
                queue.push_back(index);
            }
        }
    }
    let mut path = vec![to];
    let mut at = to;
    loop {
        let from = reached_from[at.get()]?;
        if from == at {
            path.reverse();
            return Some(path);
        }
        path.push(from);
        at = from;
    }
}
