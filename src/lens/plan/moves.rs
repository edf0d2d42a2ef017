//! Moves packages, one command or change of a manifest at a time, until one has gone from the
//! lockfile.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use semver::{Version, VersionReq};

use super::goal::Goal;
use super::made::{Edited, Made};
use super::requirement::{Optional, at_least, lets};
use super::{Input, MOST_SETS};
use crate::model::{AdvisoryKind, Command};
use crate::resolve::update::{Catalogue, Change, Lacking, Lock, NodeId, Refusal};

/// Times that the same package is tried again after its dependents have moved.
const MOST_ROUNDS: usize = 4;

/// Whether requirements in manifests may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edits {
    None,
    Allowed,
}

/// A lockfile, and how it came about.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) lock: Rc<Lock>,
    pub(super) edits: Edited,
    pub(super) commands: Vec<Command>,
}

impl State {
    pub(super) fn new(lock: Rc<Lock>) -> Self {
        Self { lock, edits: BTreeMap::new(), commands: Vec::new() }
    }
}

/// A Rust version that the workspace does not promise.
pub(super) type NeedsRust = Option<(u64, u64, u64)>;

/// Whether a release will do.
type Wanted<'w> = &'w dyn Fn(NodeId) -> bool;

/// A package that stands in the way, and what it requires of the one it holds back.
pub(super) type InTheWay = (NodeId, Option<VersionReq>);

pub(super) struct Search<'a> {
    pub(super) catalogue: &'a Catalogue<'a>,
    pub(super) input: Input<'a>,
    most_work: u64,
    limit_reached: Cell<bool>,
    made: Made,
    /// Names that a plain `cargo update` asks for and that the index has no entry of.
    pub(super) plain_lacks: Lacking,
    /// Who was in the way since the last goal was begun.
    pub(super) in_the_way: Vec<InTheWay>,
}

impl<'a> Search<'a> {
    pub(super) fn new(catalogue: &'a Catalogue<'a>, input: Input<'a>, most_work: u64) -> Self {
        Self {
            catalogue,
            input,
            most_work,
            limit_reached: Cell::new(false),
            made: Made::default(),
            plain_lacks: Lacking::new(),
            in_the_way: Vec::new(),
        }
    }

    pub(super) fn limit_reached(&self) -> bool {
        self.limit_reached.get()
    }

    /// The lockfile after a change; `None` where Cargo would refuse it.
    pub(super) fn resolve(&self, state: &State, change: Change) -> Option<Rc<Lock>> {
        if self.catalogue.work() >= self.most_work {
            self.limit_reached.set(true);
            return None;
        }
        // What a resolution takes to set up, however soon it ends.
        self.catalogue.count_work(state.lock.packages().len() as u64 / 4);
        match self.made.resolve(self.catalogue, &state.lock, &state.edits, change) {
            Ok(lock) => Some(lock),
            Err(Refusal::Conflict) => None,
            Err(Refusal::Limit) => {
                self.limit_reached.set(true);
                None
            }
        }
    }

    /// Sets of findings, by position, that one release of the package spares, the largest first;
    /// last all, which nothing but doing without the package may clear.
    pub(super) fn sets(&self, goal: &Goal, left: &[usize]) -> Vec<Vec<usize>> {
        let mut sets = BTreeSet::new();
        for release in self.higher(goal.node) {
            let version = self.catalogue.version(release);
            let spared = left.iter().copied().filter(|at| goal.subjects[*at].spares(&version));
            sets.insert(spared.collect::<Vec<_>>());
        }
        sets.retain(|set| !set.is_empty());
        let mut sets: Vec<_> = sets.into_iter().collect();
        sets.sort_by_key(|set| std::cmp::Reverse(set.len()));
        sets.truncate(MOST_SETS);
        if !sets.iter().any(|set| set.len() == left.len()) {
            sets.push(left.to_vec());
        }
        sets
    }

    /// Whether a higher release is free of a finding.
    pub(super) fn has_release(&self, goal: &Goal, at: usize) -> bool {
        let releases = self.higher(goal.node);
        releases.iter().any(|id| goal.subjects[at].spares(&self.catalogue.version(*id)))
    }

    /// Clears findings about a package.
    pub(super) fn clear(
        &mut self,
        start: &State,
        goal: &Goal,
        needs: &[usize],
        edits: Edits,
        depth: usize,
    ) -> Option<State> {
        self.in_the_way.clear();
        let catalogue = self.catalogue;
        let wanted = |release: NodeId| {
            let version = catalogue.version(release);
            needs.iter().all(|at| goal.subjects[*at].spares(&version))
        };
        let found = self.away(start, goal.node, &wanted, edits, &mut vec![], depth)?;
        if found.edits.is_empty() {
            return Some(found);
        }
        let after = self.after_changes(start, &found, goal.node)?;
        self.new_of(&start.lock, &after.lock, goal.node).into_iter().all(wanted).then_some(after)
    }

    /// Releases higher than a locked one that may be taken: not yanked, stable unless the locked
    /// one is not, and without a vulnerability that the locked one does not have; descending.
    fn higher(&self, from: NodeId) -> Vec<NodeId> {
        let catalogue = self.catalogue;
        let version = catalogue.version(from);
        if catalogue.name(from).starts_with('-') {
            // It would be an option of the command.
            return Vec::new();
        }
        let advisories = (self.input.advisories)(&catalogue.name(from));
        let brings_trouble = |to: &Version| {
            advisories.iter().any(|it| {
                it.kind == AdvisoryKind::Vulnerability
                    && it.is_in_force(self.input.as_of)
                    && it.affects(to)
                    && !it.affects(&version)
            })
        };
        let is_good = |id: &NodeId| {
            let to = catalogue.version(*id);
            to.cmp_precedence(&version).is_gt()
                && !catalogue.is_yanked(*id)
                && (to.pre.is_empty() || !version.pre.is_empty())
                && !brings_trouble(&to)
        };
        catalogue.releases_of(from).iter().rev().copied().filter(is_good).collect()
    }

    /// Moves a package away from its locked version, its dependents first where they are in the
    /// way.
    fn away(
        &mut self,
        state: &State,
        target: NodeId,
        wanted: Wanted<'_>,
        edits: Edits,
        above: &mut Vec<NodeId>,
        depth: usize,
    ) -> Option<State> {
        let releases: Vec<NodeId> =
            self.higher(target).into_iter().filter(|id| wanted(*id)).collect();
        let mut state = state.clone();
        self.catalogue.count_work(state.lock.packages().len() as u64 / 4);
        for _ in 0..MOST_ROUNDS {
            if self.catalogue.work() >= self.most_work {
                self.limit_reached.set(true);
                return None;
            }
            if let Some(after) = self.directly(&state, target, &releases) {
                return Some(after);
            }
            if depth == 0 || above.contains(&target) {
                return None;
            }
            above.push(target);
            let moved = self.move_dependents(&state, target, &releases, edits, above, depth);
            above.pop();
            state = moved?;
            if !state.lock.has(target) {
                return Some(state);
            }
        }
        None
    }

    /// One `cargo update -p` for the package.
    fn directly(&self, state: &State, target: NodeId, releases: &[NodeId]) -> Option<State> {
        let dependents: Vec<NodeId> = state.lock.dependents(target).collect();
        let accepted = |id: &NodeId| {
            dependents.iter().all(|it| self.refuses(state, *it, target, &[*id]).is_none())
        };
        let accepted: Vec<NodeId> = releases.iter().copied().filter(accepted).collect();
        let newest = *accepted.first()?;
        let first = self.precisely(state, target, newest);
        if let Some((after, None)) = first {
            return Some(after);
        }
        // What Cargo would choose by itself, what the workspace's Rust can build, what changes least.
        let mut tried = Vec::new();
        if let Some(lock) = self.resolve(state, Change::One(target)) {
            tried.extend(accepted.iter().copied().filter(|id| lock.has(*id)));
        }
        let has_rust = |id: &NodeId| self.catalogue.needs_newer_rust(*id).is_none();
        tried.extend(accepted.iter().copied().find(has_rust));
        tried.extend(accepted.last().copied());
        let mut seen = BTreeSet::from([newest]);
        tried.retain(|id| seen.insert(*id));
        let others = tried.into_iter().filter_map(|to| self.precisely(state, target, to));
        let mut second_best = first;
        for (after, rust) in others {
            if rust.is_none() {
                return Some(after);
            }
            second_best = second_best.or(Some((after, rust)));
        }
        second_best.map(|(after, _)| after)
    }

    /// One `cargo update -p --precise`, with the Rust version it needs beyond what the workspace
    /// promises; `None` where it is refused, or brings trouble.
    fn precisely(&self, state: &State, target: NodeId, to: NodeId) -> Option<(State, NeedsRust)> {
        let lock = self.resolve(state, Change::Precise { from: target, to })?;
        if lock.has(target) || self.brings_trouble(&state.lock, &lock) {
            return None;
        }
        let rust = self.needs_rust(&state.lock, &lock);
        let mut after = State { lock, ..state.clone() };
        after.commands.push(Command::Precise {
            name: self.catalogue.name(target).to_string(),
            from: self.catalogue.version(target),
            to: self.catalogue.version(to),
        });
        Some((after, rust))
    }

    /// The requirement by which a dependent refuses all of these releases; `None` where it
    /// accepts one.
    fn refuses(
        &self,
        state: &State,
        dependent: NodeId,
        target: NodeId,
        releases: &[NodeId],
    ) -> Option<Option<VersionReq>> {
        self.catalogue.count_work(1);
        let version = self.catalogue.version(target);
        let is_accepted = |accepts: &VersionReq| {
            releases.iter().any(|id| self.catalogue.is_accepted(*id, Some(accepts)))
        };
        let mut requirements: Vec<VersionReq> = Vec::new();
        if self.catalogue.is_member(dependent) {
            for (position, declared) in self.catalogue.declared(dependent, target) {
                let edited = state.edits.get(&(dependent, position));
                requirements.extend(edited.or(declared.requirement.as_ref()).cloned());
            }
        } else {
            // Where a declaration is not known, nothing is accepted.
            let Some(known) = self.catalogue.requirements(dependent, target) else {
                return Some(None);
            };
            requirements.extend(known.into_iter().filter_map(|(accepts, _)| accepts));
        }
        let mut holding = requirements.into_iter().filter(|accepts| accepts.matches(&version));
        holding.find(|accepts| !is_accepted(accepts)).map(Some)
    }

    /// Moves the dependents that refuse what is wanted, or changes the requirements of members.
    fn move_dependents(
        &mut self,
        state: &State,
        target: NodeId,
        releases: &[NodeId],
        edits: Edits,
        above: &mut Vec<NodeId>,
        depth: usize,
    ) -> Option<State> {
        let dependents: Vec<NodeId> = state.lock.dependents(target).collect();
        let in_favour = |id: &NodeId| {
            let accepts = |it: &&NodeId| self.refuses(state, **it, target, &[*id]).is_none();
            dependents.iter().filter(accepts).count()
        };
        // Descending, so that of equals the lowest is the one: it changes least.
        let best = releases.iter().copied().max_by_key(in_favour);
        let choice: Vec<NodeId> = best.into_iter().collect();
        let mut state = state.clone();
        let (mut failed, mut edited, mut any) = (false, false, false);
        // Manifests first: what moves after them has to fit them.
        let (fixed, movable): (Vec<NodeId>, Vec<NodeId>) =
            dependents.iter().partition(|id| !self.catalogue.is_movable(**id));
        for dependent in fixed {
            let Some(accepts) = self.refuses(&state, dependent, target, &choice) else { continue };
            any = true;
            match (edits, best) {
                (Edits::Allowed, Some(best)) if self.catalogue.is_member(dependent) => {
                    self.edit(&mut state, dependent, target, best);
                    edited = true;
                }
                _ => {
                    self.in_the_way.push((dependent, accepts));
                    failed = true;
                }
            }
        }
        for dependent in movable {
            let Some(accepts) = self.refuses(&state, dependent, target, &choice) else { continue };
            any = true;
            if !state.lock.has(dependent) || !state.lock.has(target) {
                continue;
            }
            let catalogue = self.catalogue;
            let strict = |release| lets(catalogue, release, target, releases, Optional::Counts);
            let loose = |release| lets(catalogue, release, target, releases, Optional::Ignored);
            let higher = self.higher(dependent);
            let is_strict = higher.iter().any(|id| strict(*id));
            let lifts = |release| if is_strict { strict(release) } else { loose(release) };
            let has_release = higher.into_iter().any(lifts);
            let met = self.in_the_way.len();
            match self.away(&state, dependent, &lifts, edits, above, depth - 1) {
                Some(after) => state = after,
                None => {
                    if !has_release {
                        // Nothing above it matters then.
                        self.in_the_way.truncate(met);
                        self.in_the_way.push((dependent, accepts));
                    }
                    failed = true;
                }
            }
        }
        if failed || !any {
            return None;
        }
        if edited && state.lock.has(target) {
            let lock = self.resolve(&state, Change::Workspace)?;
            if self.brings_trouble(&state.lock, &lock) {
                return None;
            }
            state.lock = lock;
            state.commands.push(Command::Workspace);
        }
        Some(state)
    }

    /// Changes the requirements of a member so that they accept a release.
    fn edit(&self, state: &mut State, member: NodeId, target: NodeId, to: NodeId) {
        let (from, to) = (self.catalogue.version(target), self.catalogue.version(to));
        for (position, declared) in self.catalogue.declared(member, target) {
            let edited = state.edits.get(&(member, position));
            let current = edited.or(declared.requirement.as_ref());
            if current.is_some_and(|it| it.matches(&from) && !it.matches(&to)) {
                state.edits.insert((member, position), at_least(&to));
            }
        }
    }
}
