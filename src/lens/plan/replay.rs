//! Commands carried out from the start, as a user would: changes of manifests first.

use super::made::Edited;
use super::moves::{Search, State};
use crate::model::Command;
use crate::resolve::update::{Change, Lacking, NodeId};

impl Search<'_> {
    /// The state after commands; one whose package is no longer locked is left out. `None` where
    /// Cargo would refuse one, or a version is not reached.
    pub(super) fn replay(
        &self,
        start: &State,
        edits: &Edited,
        commands: &[Command],
    ) -> Option<State> {
        let mut state = State { edits: edits.clone(), ..start.clone() };
        for command in commands {
            let mut moved = None;
            let change = match command {
                Command::All => Change::All,
                Command::Workspace => Change::Workspace,
                Command::Precise { name, from, to } => {
                    let mut locked = state.lock.packages().iter().copied();
                    let from = locked.find(|id| {
                        self.catalogue.name(*id) == *name && self.catalogue.version(*id) == *from
                    });
                    let Some(from) = from else { continue };
                    let releases = self.catalogue.releases_of(from);
                    let to =
                        releases.iter().copied().find(|id| self.catalogue.version(*id) == *to)?;
                    moved = Some((from, to));
                    Change::Precise { from, to }
                }
            };
            state.lock = self.resolve(&state, change)?;
            if moved.is_some_and(|(from, to)| state.lock.has(from) || !state.lock.has(to)) {
                return None;
            }
            state.commands.push(command.clone());
        }
        Some(state)
    }

    /// Names that the commands of a state ask for and that the index has no entry of.
    pub(super) fn lacks_of(&self, start: &State, after: &State) -> Lacking {
        if after.commands == [Command::All] {
            return self.plain_lacks.clone();
        }
        let noted = self.catalogue.take_lacking();
        if noted.is_empty() {
            return noted;
        }
        // What the search asked for is more than what its outcome depends on.
        let replayed = self.replay(start, &after.edits, &after.commands);
        let lacks = self.catalogue.take_lacking();
        self.catalogue.note_lacking(&noted);
        if replayed.is_some() { lacks } else { noted }
    }

    /// The fewest commands that clear a package away once manifests have changed: locking what
    /// they ask for, and where that is not enough the moves that the search found.
    pub(super) fn after_changes(
        &self,
        start: &State,
        found: &State,
        target: NodeId,
    ) -> Option<State> {
        let is_move = |it: &&Command| matches!(it, Command::Precise { .. });
        let moves = found.commands.iter().filter(is_move).cloned();
        let all: Vec<Command> = std::iter::once(Command::Workspace).chain(moves).collect();
        [&all[..1], &all].into_iter().find_map(|commands| {
            let after = self.replay(start, &found.edits, commands)?;
            let ends = !after.lock.has(target) && !self.brings_trouble(&start.lock, &after.lock);
            ends.then_some(after)
        })
    }
}
