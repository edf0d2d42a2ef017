//! The steps one after the other: which of them an earlier one makes unnecessary.

use super::moves::{Search, State};
use crate::model::{Command, Step, StepOutcome};
use crate::resolve::update::Change;

/// Notes for each step of commands which earlier one has removed its package already.
pub(super) fn cover(search: &mut Search<'_>, start: &State, steps: &mut [Step]) {
    let mut state = start.clone();
    let mut taken = Vec::new();
    for at in 0..steps.len() {
        if steps[at].outcome != StepOutcome::Update {
            continue;
        }
        let node = search.catalogue.locked(steps[at].package);
        if !state.lock.has(node) {
            let removed_by = taken.iter().find(|(_, lock): &&(usize, State)| !lock.lock.has(node));
            steps[at].covered_by = removed_by.map(|(by, _)| *by);
            continue;
        }
        if let Some(after) = apply(search, &state, &steps[at].commands) {
            state = after;
            taken.push((at, state.clone()));
        }
    }
}

/// The lockfile after commands.
fn apply(search: &Search<'_>, start: &State, commands: &[Command]) -> Option<State> {
    let mut state = start.clone();
    for command in commands {
        let change = match command {
            Command::All => Change::All,
            Command::Workspace => Change::Workspace,
            Command::Precise { name, from, to } => {
                let catalogue = search.catalogue;
                let mut locked = state.lock.packages.keys().copied();
                let from = locked
                    .find(|id| catalogue.name(*id) == *name && catalogue.version(*id) == *from);
                // An earlier step has moved it.
                let Some(from) = from else { continue };
                let releases = catalogue.releases_of(from);
                let to = releases.iter().copied().find(|id| catalogue.version(*id) == *to)?;
                Change::Precise { from, to }
            }
        };
        state.lock = search.resolve(&state, change)?;
    }
    Some(state)
}
