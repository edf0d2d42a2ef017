//! The steps one after the other: which of them an earlier one makes unnecessary, and those that
//! set one requirement in two ways.

use std::collections::BTreeMap;

use semver::{Version, VersionReq};

use super::describe;
use super::goal::Goal;
use super::made::Edited;
use super::moves::{Search, State};
use crate::model::{Command, DependencyKind, ManifestChange, PackageIndex, Step, StepOutcome};
use crate::resolve::update::NodeId;

/// A step, and the state it leads to where it works.
pub(super) struct Found {
    pub(super) step: Step,
    pub(super) after: Option<State>,
}

/// Notes for each step that works which earlier one has cleared its findings already. Of two that
/// raise one requirement both raise it to the higher, so that no step takes back another.
pub(super) fn cover(
    search: &Search<'_>,
    start: &State,
    goals: &[Goal],
    mut found: Vec<Found>,
) -> Vec<Step> {
    let mut state = start.clone();
    let mut taken: Vec<(usize, State)> = Vec::new();
    for at in 0..found.len() {
        let Some(mut after) = found[at].after.clone() else { continue };
        let is_rival = |by: &usize| {
            let rival = found[*by].after.as_ref();
            rival.is_some_and(|rival| are_rivals(search, rival, &after))
        };
        let rival = taken.iter().map(|(by, _)| *by).find(is_rival);
        if let Some(by) = rival {
            let Some(merged) = merge(search, start, goals, [&found[by], &found[at]]) else {
                found[at] = apart(&found[at].step);
                continue;
            };
            found[at].step.covered_by = Some(by);
            for (place, it) in found[..=at].iter_mut().enumerate() {
                let follows = it.step.covered_by == Some(by)
                    && it.after.as_ref().is_some_and(|it| are_rivals(search, it, &merged))
                    && is_done(search, start, &merged, goals, &it.step);
                if place == by || follows {
                    it.step = again(search, start, &merged, goals, &it.step);
                    it.after = Some(merged.clone());
                }
            }
            after = merged;
        } else if is_done(search, start, &state, goals, &found[at].step) {
            let step = &found[at].step;
            let by = taken.iter().find(|(_, after)| is_done(search, start, after, goals, step));
            found[at].step.covered_by = by.map(|(by, _)| *by);
            continue;
        }
        let mut edits = state.edits.clone();
        edits.extend(after.edits);
        if let Some(after) = search.replay(&state, &edits, &after.commands) {
            state = after;
            taken.push((at, state.clone()));
        }
    }
    in_order(found.into_iter().map(|it| it.step).collect())
}

/// Steps that turned out to be unknown after all go last.
fn in_order(steps: Vec<Step>) -> Vec<Step> {
    let is_unknown = |step: &Step| matches!(step.outcome, StepOutcome::Unknown { .. });
    let mut order: Vec<usize> = (0..steps.len()).collect();
    order.sort_by_key(|at| is_unknown(&steps[*at]));
    let mut place = vec![0; steps.len()];
    for (to, from) in order.iter().enumerate() {
        place[*from] = to;
    }
    let moved = order.iter().map(|at| {
        let step = steps[*at].clone();
        Step { covered_by: step.covered_by.map(|by| place[by]), ..step }
    });
    moved.collect()
}

fn goal_of<'g>(goals: &'g [Goal], step: &Step) -> Option<&'g Goal> {
    goals.iter().find(|goal| goal.index == step.package)
}

/// Whether the findings that a step speaks of are cleared in a state.
fn is_done(search: &Search<'_>, start: &State, state: &State, goals: &[Goal], step: &Step) -> bool {
    let Some(goal) = goal_of(goals, step) else { return false };
    let cleared = search.cleared_of(&start.lock, &state.lock, goal);
    step.findings.iter().all(|id| cleared.iter().any(|at| goal.subjects[*at].id == *id))
}

/// The same step, by way of another state.
fn again(search: &Search<'_>, start: &State, after: &State, goals: &[Goal], step: &Step) -> Step {
    let Some(goal) = goal_of(goals, step) else { return step.clone() };
    let is_its = |at: &usize| step.findings.contains(&goal.subjects[*at].id);
    let own: Vec<usize> = (0..goal.subjects.len()).filter(is_its).collect();
    Step {
        covered_by: step.covered_by,
        ..describe::working(search, start, after, goal, &own, goals)
    }
}

/// What a change is of: a line of a manifest, which members may share, or where that is not known
/// a dependency of a member.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Line(Option<String>, usize),
    Dependency(PackageIndex, String, DependencyKind, Option<String>),
}

fn place(change: ManifestChange) -> Place {
    let ManifestChange { package, dependency, kind, target, manifest, line, .. } = change;
    match line {
        Some(line) => Place::Line(manifest, line),
        None => Place::Dependency(package, dependency, kind, target),
    }
}

/// The changed requirements of a state, with their places.
fn places(search: &Search<'_>, state: &State) -> Vec<(Place, (NodeId, usize), VersionReq)> {
    let edits = state.edits.iter();
    let placed = edits.filter_map(|(key, to)| {
        Some((place(describe::change(search, *key, to)?), *key, to.clone()))
    });
    placed.collect()
}

/// Whether two states set one requirement in two ways.
fn are_rivals(search: &Search<'_>, a: &State, b: &State) -> bool {
    if a.edits.is_empty() || b.edits.is_empty() {
        return false;
    }
    let places_of = |state| places(search, state).into_iter();
    let first: BTreeMap<Place, VersionReq> = places_of(a).map(|(at, _, to)| (at, to)).collect();
    places_of(b).any(|(at, _, to)| first.get(&at).is_some_and(|other| *other != to))
}

/// The state after the changes of both, each requirement at the higher of the two; `None` where
/// that does not clear what both are for.
fn merge(search: &Search<'_>, start: &State, goals: &[Goal], found: [&Found; 2]) -> Option<State> {
    let [first, second] = found;
    if let Some(after) = &first.after
        && is_done(search, start, after, goals, &second.step)
    {
        return Some(after.clone());
    }
    let states = || found.iter().filter_map(|it| it.after.as_ref());
    let all: Vec<_> = states().flat_map(|state| places(search, state)).collect();
    let mut highest: BTreeMap<&Place, &VersionReq> = BTreeMap::new();
    for (place, _, to) in &all {
        let entry = highest.entry(place).or_insert(to);
        if lowest(to) > lowest(entry) {
            *entry = to;
        }
    }
    let edits: Edited = all.iter().map(|(at, key, _)| (*key, highest[at].clone())).collect();
    let is_move = |it: &&Command| matches!(it, Command::Precise { .. });
    let moves = states().flat_map(|state| &state.commands).filter(is_move).cloned();
    let commands: Vec<Command> = std::iter::once(Command::Workspace).chain(moves).collect();
    [&commands[..1], &commands].into_iter().find_map(|commands| {
        let after = search.replay(start, &edits, commands)?;
        let is_done = |it: &&Found| is_done(search, start, &after, goals, &it.step);
        let is_good = found.iter().all(is_done) && !search.brings_trouble(&start.lock, &after.lock);
        is_good.then_some(after)
    })
}

/// The version that a requirement starts at which a step has written.
fn lowest(accepts: &VersionReq) -> Option<Version> {
    let first = accepts.comparators.first()?;
    let (minor, patch) = (first.minor.unwrap_or(0), first.patch.unwrap_or(0));
    Some(Version { pre: first.pre.clone(), ..Version::new(first.major, minor, patch) })
}

/// A step that cannot be taken together with an earlier one.
fn apart(step: &Step) -> Found {
    let name = step.changes.first().map_or("it", |change| change.dependency.as_str());
    let why =
        format!("an earlier step raises `{name}` to another release: take that, then audit again");
    let step = Step {
        changes: Vec::new(),
        commands: Vec::new(),
        clears: Vec::new(),
        to: Some(Vec::new()),
        needs_rust: None,
        outcome: StepOutcome::Unknown { why },
        ..step.clone()
    };
    Found { step, after: None }
}
