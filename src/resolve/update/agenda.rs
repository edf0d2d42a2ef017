//! The dependencies still to be decided, those with the fewest candidates first.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::NodeId;
use super::candidates::Choices;

/// A dependency to decide, with its candidates and the features asked of it.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) position: usize,
    /// Number of what is asked for: the same for equal package, requirement and features.
    pub(super) asks: u32,
    pub(super) default: bool,
    pub(super) candidates: Choices,
    /// Number of the set of features.
    pub(super) features: u32,
}

/// The dependencies that one activation brings, fewest candidates first.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) parent: NodeId,
    pub(super) tasks: Rc<[Task]>,
    next: usize,
}

impl Group {
    /// Number of candidates of the task that is next.
    fn candidates(&self) -> Option<usize> {
        Some(self.tasks.get(self.next)?.candidates.as_slice().len())
    }

    /// The tasks that are left.
    pub(super) fn left(&self) -> &[Task] {
        &self.tasks[self.next..]
    }
}

/// A task that is taken up.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) group: usize,
    pub(super) parent: NodeId,
    pub(super) tasks: Rc<[Task]>,
    pub(super) task: usize,
}

/// The groups, in order of activation, and of each that has tasks left the next one in a queue.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    groups: Vec<Group>,
    /// Number of candidates, and group.
    queue: BTreeSet<(usize, usize)>,
}

impl Agenda {
    pub(super) fn len(&self) -> usize {
        self.groups.len()
    }

    /// Groups from one on.
    pub(super) fn since(&self, at: usize) -> &[Group] {
        &self.groups[at..]
    }

    /// Groups that have tasks left, in the order of the queue.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Group> {
        self.queue.iter().map(|(_, at)| &self.groups[*at])
    }

    pub(super) fn add(&mut self, parent: NodeId, mut tasks: Vec<Task>) {
        tasks.sort_by_key(|task| (task.candidates.as_slice().len(), task.position));
        self.groups.push(Group { parent, tasks: tasks.into(), next: 0 });
        self.requeue(self.groups.len() - 1, None);
    }

    /// Takes back the last [`Agenda::add`].
    pub(super) fn remove_last(&mut self) {
        if let Some(group) = self.groups.pop()
            && let Some(candidates) = group.candidates()
        {
            self.queue.remove(&(candidates, self.groups.len()));
        }
    }

    /// The next task.
    pub(super) fn take(&mut self) -> Option<Taken> {
        let &(_, at) = self.queue.first()?;
        let group = &mut self.groups[at];
        let before = group.candidates();
        let taken = Taken {
            group: at,
            parent: group.parent,
            tasks: Rc::clone(&group.tasks),
            task: group.next,
        };
        group.next += 1;
        self.requeue(at, before);
        Some(taken)
    }

    /// Takes back the last [`Agenda::take`] of a group.
    pub(super) fn put_back(&mut self, at: usize) {
        let group = &mut self.groups[at];
        let before = group.candidates();
        group.next -= 1;
        self.requeue(at, before);
    }

    /// Notes that another task of a group is next.
    fn requeue(&mut self, at: usize, before: Option<usize>) {
        let after = self.groups[at].candidates();
        if before == after {
            return;
        }
        if let Some(before) = before {
            self.queue.remove(&(before, at));
        }
        if let Some(after) = after {
            self.queue.insert((after, at));
        }
    }
}
