//! The steps one after the other: which of them an earlier one makes unnecessary.

use super::moves::{Search, State};
use crate::model::{Step, StepOutcome};

/// Notes for each step of commands which earlier one has removed its package already.
pub(super) fn cover(search: &mut Search<'_>, start: &State, steps: &mut [Step]) {
    let mut state = start.clone();
    let mut taken: Vec<(usize, State)> = Vec::new();
    for at in 0..steps.len() {
        if steps[at].outcome != StepOutcome::Update {
            continue;
        }
        let node = search.catalogue.locked(steps[at].package);
        if !state.lock.has(node) {
            let removed_by = taken.iter().find(|(_, after)| !after.lock.has(node));
            steps[at].covered_by = removed_by.map(|(by, _)| *by);
            continue;
        }
        if let Some(after) = search.replay(&state, &state.edits, &steps[at].commands) {
            state = after;
            taken.push((at, state.clone()));
        }
    }
}
