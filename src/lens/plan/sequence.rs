//! The steps one after the other: which of them an earlier one makes unnecessary.

use super::moves::{Search, State};
use crate::model::{Step, StepOutcome};

/// Notes for each step of commands which earlier one has removed its package already.
pub(super) fn cover(search: &mut Search<'_>, start: &State, steps: &mut [Step]) {
    let mut state = start.clone();
    let mut taken: Vec<(usize, State)> = Vec::new();
    for (at, step) in steps.iter_mut().enumerate() {
        if step.outcome != StepOutcome::Update {
            continue;
        }
        let node = search.catalogue.locked(step.package);
        if !state.lock.has(node) {
            let removed_by = taken.iter().find(|(_, after)| !after.lock.has(node));
            step.covered_by = removed_by.map(|(by, _)| *by);
            continue;
        }
        if let Some(after) = search.replay(&state, &state.edits, &step.commands) {
            state = after;
            taken.push((at, state.clone()));
        }
    }
}
