//! Presence of packages and state of edges from the three walks.
//!
//! **What is not known stays unknown.** A package whose declaration is missing may turn on any
//! feature of anything it can reach in the lockfile. So every package that it reaches, and that
//! is not already known to be at least as strongly present as the package itself, is `unknown`.
//! The same goes for what a package is locked with and does not declare: one of the two is stale.
//! A package that is in the product only if another one is no procedural macro, of which that is
//! not known, is in the product or in the build, and not known to be in either.

use std::collections::{BTreeMap, HashSet};

use super::Input;
use super::link::Links;
use super::walk::{Contexts, Walk};
use crate::model::{Edge, EdgeState, Graph, PackageIndex, Presence};

/// The walks of the build, of the tests, and of every platform.
#[derive(Clone, Copy)]
pub(super) struct Walks<'a> {
    pub(super) built: &'a Walk,
    pub(super) tested: &'a Walk,
    pub(super) anywhere: &'a Walk,
}

/// Builds the graph from the walks, and from a walk of what is built for sure where some may be
/// built in more than one way.
pub(super) fn graph(
    input: Input<'_>,
    links: &Links<'_>,
    walks: Walks<'_>,
    certain: Option<&Walk>,
) -> Graph {
    let presence = presence(input, links, walks, certain);
    let mut edges = Vec::new();
    for position in 0..input.packages.len() {
        edges.extend(edges_of(input, links, walks, &presence, position));
    }
    let packages = input.packages.iter().cloned().zip(presence).collect();
    Graph::new(packages, edges, input.members.to_vec())
}

fn presence(
    input: Input<'_>,
    links: &Links<'_>,
    walks: Walks<'_>,
    certain: Option<&Walk>,
) -> Vec<Presence> {
    let Walks { built, tested, anywhere } = walks;
    let mut presence: Vec<Presence> = (0..input.packages.len())
        .map(|position| match built.contexts[position] {
            Contexts { runtime: true, .. } => {
                certain.map_or(Presence::Runtime, |certain| in_product(certain.contexts[position]))
            }
            Contexts { build: true, .. } => Presence::Build,
            Contexts { proc_macro: true, .. } => Presence::ProcMacro,
            Contexts { dev: _, .. } if tested.is_reached(position) => Presence::Dev,
            Contexts { .. } if anywhere.is_reached(position) => Presence::OtherTarget,
            Contexts { .. } => Presence::Inactive,
        })
        .collect();
    if input.members.is_empty() {
        presence.fill(Presence::Unknown);
    }
    spread_unknown(input, links, anywhere, &mut presence);
    presence
}

/// The presence of a package that may be in the product, given how it is built for sure.
fn in_product(certain: Contexts) -> Presence {
    match certain {
        Contexts { runtime: true, .. } => Presence::Runtime,
        Contexts { build: true, .. } => Presence::RuntimeOrBuild,
        Contexts { proc_macro: true, .. } => Presence::RuntimeOrProcMacro,
        // Only for another platform than a procedural macro is built for.
        Contexts { dev: _, .. } => Presence::Unknown,
    }
}

/// Spreads from packages without declaration, from dependencies that no declaration explains, and
/// from those of which it depends on compiler flags whether they are used, strongest presence first, so that each package is visited once for the strongest presence it
/// may have.
fn spread_unknown(input: Input<'_>, links: &Links<'_>, anywhere: &Walk, presence: &mut [Presence]) {
    let known = presence.to_vec();
    let mut starts: Vec<(Presence, u32)> = Vec::new();
    for (at, locked) in input.locked.iter().enumerate() {
        if matches!(known[at], Presence::Inactive | Presence::Unknown) {
            continue;
        }
        let linked: HashSet<u32> = links[at].iter().map(|link| link.to).collect();
        let unexplained = locked.iter().filter(|to| !linked.contains(to));
        starts.extend(unexplained.map(|&to| (known[at], to)));
        let undecided = links[at].iter().zip(&anywhere.followed[at]);
        let undecided = undecided.filter(|(link, followed)| link.is_maybe_used() && **followed);
        starts.extend(undecided.map(|(link, _)| (known[at], link.to)));
    }
    starts.sort_unstable();
    let mut seen = vec![false; known.len()];
    for (strength, start) in starts {
        let mut pending = vec![start];
        while let Some(at) = pending.pop() {
            let at = at as usize;
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            if known[at] > strength {
                presence[at] = Presence::Unknown;
            }
            pending.extend(&input.locked[at]);
        }
    }
}

/// The edges of one package: one for each linked kind and requirement, and one without a kind
/// for each locked dependency that no declaration explains.
fn edges_of(
    input: Input<'_>,
    links: &Links<'_>,
    walks: Walks<'_>,
    presence: &[Presence],
    from: usize,
) -> Vec<(PackageIndex, PackageIndex, Edge)> {
    let mut edges = BTreeMap::new();
    for (at, link) in links[from].iter().enumerate() {
        let state = state(walks, presence, from, at, link.to as usize);
        let requirement = &link.declared.requirement;
        let key =
            (link.to, Some(link.declared.kind), requirement.as_ref().map(ToString::to_string));
        let edge = edges.entry(key).or_insert_with(|| Edge {
            kind: Some(link.declared.kind),
            state,
            requirement: requirement.clone(),
        });
        edge.state = edge.state.min(state);
    }
    for &to in &input.locked[from] {
        if !links[from].iter().any(|link| link.to == to) {
            let edge = Edge { kind: None, state: EdgeState::Unknown, requirement: None };
            edges.insert((to, None, None), edge);
        }
    }
    let from = PackageIndex(from as u32);
    edges.into_iter().map(|((to, ..), edge)| (from, PackageIndex(to), edge)).collect()
}

fn state(
    Walks { built, tested, anywhere }: Walks<'_>,
    presence: &[Presence],
    from: usize,
    at: usize,
    to: usize,
) -> EdgeState {
    if built.followed[from][at] {
        EdgeState::Built
    } else if tested.followed[from][at] {
        EdgeState::Dev
    } else if presence[from] == Presence::Unknown || presence[to] == Presence::Unknown {
        EdgeState::Unknown
    } else if anywhere.followed[from][at] {
        EdgeState::OtherTarget
    } else {
        EdgeState::Inactive
    }
}
