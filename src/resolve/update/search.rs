//! Decides for one dependency after the other, the one with the fewest candidates first, and
//! steps back from conflicts.

use std::collections::BTreeSet;

use super::agenda::Taken;
use super::candidates::Candidates;
use super::catalogue::Catalogue;
use super::node_id::NodeId;
use super::past::Past;
use super::request::{Lock, Request};
use super::state::{LacksFeature, Mark, State};
use super::summary::Asked;

/// Why there is no outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No choice of versions satisfies all requirements.
    Conflict,
    /// The limit of work was reached before a choice was found.
    Limit,
}

/// The lockfile that Cargo would write.
///
/// # Errors
/// Where there is none, or it was not found within the limit.
pub fn resolve(catalogue: &Catalogue<'_>, request: Request<'_>) -> Result<Lock, Refusal> {
    let candidates = Candidates::new(catalogue, request);
    let state = State::new(&candidates);
    let mut search = Search { catalogue, state, past: Past::default(), choices: Vec::new() };
    for member in catalogue.members() {
        let activated = search.state.activate(*member, Asked::Everything);
        activated.map_err(|LacksFeature| Refusal::Conflict)?;
    }
    search.run(request.most_work)?;
    Ok(search.state.into_lock())
}

/// A decision that could have been another.
struct Choice {
    mark: Mark,
    taken: Taken,
    /// The candidate to try next.
    next: usize,
}

struct Search<'a> {
    catalogue: &'a Catalogue<'a>,
    state: State<'a>,
    past: Past,
    choices: Vec<Choice>,
}

impl Search<'_> {
    fn run(&mut self, most_work: u64) -> Result<(), Refusal> {
        let most_work = self.catalogue.work() + most_work;
        while let Some(taken) = self.state.take() {
            let (mut taken, mut first) = (taken, 0);
            let mut conflicts = BTreeSet::new();
            let mut stepped_back = false;
            loop {
                self.catalogue.count_work(1);
                if self.catalogue.work() > most_work {
                    return Err(Refusal::Limit);
                }
                if self.decide(&taken, first, &mut conflicts) {
                    break;
                }
                if !stepped_back {
                    self.past.learn(taken.tasks[taken.task].asks, &conflicts);
                }
                let choice = self.step_back(taken.parent, &conflicts, stepped_back);
                let choice = choice.ok_or(Refusal::Conflict)?;
                stepped_back = true;
                (taken, first) = (choice.taken, choice.next);
            }
        }
        Ok(())
    }

    /// Activates the first candidate, from a place on, that is in conflict with nothing.
    fn decide(&mut self, taken: &Taken, first: usize, conflicts: &mut BTreeSet<NodeId>) -> bool {
        let task = &taken.tasks[taken.task];
        let candidates = task.candidates.as_slice();
        for (place, &candidate) in candidates.iter().enumerate().skip(first) {
            if let Some(with) = self.state.conflict(candidate) {
                conflicts.insert(with);
                continue;
            }
            let mark = self.state.mark();
            let groups = self.state.agenda.len();
            let reason = match self.state.join(taken.parent, candidate, task) {
                Ok(()) => self.doomed(candidate, groups),
                Err(LacksFeature) => Some(BTreeSet::from([taken.parent])),
            };
            match reason {
                None => {
                    if place + 1 < candidates.len() {
                        self.choices.push(Choice { mark, taken: taken.clone(), next: place + 1 });
                    }
                    return true;
                }
                Some(reason) => {
                    self.state.undo(mark);
                    conflicts.extend(reason);
                }
            }
        }
        false
    }

    /// Why a candidate that was just activated cannot stay, by conflicts met before: one of its
    /// own dependencies, or one still to be decided, has no candidate beside what is active.
    fn doomed(&self, candidate: NodeId, groups: usize) -> Option<BTreeSet<NodeId>> {
        if self.past.is_empty() {
            return None;
        }
        let are_active = |met: &&BTreeSet<NodeId>| met.iter().all(|id| self.state.is_active(*id));
        let own = self.state.agenda.since(groups).iter().flat_map(|group| group.tasks.iter());
        for task in own {
            if let Some(met) = self.past.met(task.asks).find(are_active) {
                return Some(met.iter().copied().filter(|id| *id != candidate).collect());
            }
        }
        let related = self.past.about(candidate)?;
        for group in self.state.agenda.waiting() {
            for task in group.left().iter().filter(|it| related.contains(&it.asks)) {
                let mut met = self.past.met(task.asks).filter(|met| met.contains(&candidate));
                if let Some(met) = met.find(are_active) {
                    let others = met.iter().copied().filter(|id| *id != candidate);
                    return Some(others.chain([group.parent]).collect());
                }
            }
        }
        None
    }

    /// The last decision that could make a difference, with everything after it taken back.
    fn step_back(
        &mut self,
        parent: NodeId,
        conflicts: &BTreeSet<NodeId>,
        again: bool,
    ) -> Option<Choice> {
        let ages = conflicts.iter().chain([&parent]).map(|id| self.state.age_of(*id));
        let critical = ages.max().unwrap_or(0);
        while let Some(choice) = self.choices.pop() {
            if again || choice.mark.age < critical {
                self.state.undo(choice.mark);
                return Some(choice);
            }
        }
        None
    }
}
