//! Decides for one dependency after the other, the one with the fewest candidates first, and
//! steps back from conflicts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use semver::Version;
use smol_str::SmolStr;

use super::candidates::Candidates;
use super::catalogue::{Catalogue, NodeId, Origin};
use super::past::{Asks, List, Past};
use super::request::{Lock, Request};
use super::summary::{Asked, Wanted};

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
    let mut search = Search::new(&candidates);
    for member in catalogue.members() {
        search.activate(*member, Asked::Everything).map_err(|_| Refusal::Conflict)?;
    }
    search.run(request.most_work)?;
    Ok(search.lock())
}

/// Of the packages of one name and source, a build has one for each range of compatible versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Slot {
    name: u32,
    origin: Origin,
    range: (u64, u64, u64),
}

fn range(version: &Version) -> (u64, u64, u64) {
    match (version.major, version.minor) {
        (0, 0) => (0, 0, version.patch),
        (0, minor) => (0, minor, 0),
        (major, _) => (major, 0, 0),
    }
}

/// A dependency to decide, with its candidates and the features asked of it.
#[derive(Debug)]
struct Task {
    position: usize,
    /// Number of what is asked for: the same for equal package, requirement and features.
    asks: usize,
    default: bool,
    candidates: Rc<Vec<NodeId>>,
    features: Wanted,
}

/// The dependencies that one activation brings, fewest candidates first.
#[derive(Debug, Clone)]
struct Group {
    parent: NodeId,
    tasks: Rc<Vec<Task>>,
    next: usize,
}

/// A change that can be taken back.
enum Step {
    Activated(Slot),
    Linked(SmolStr),
    Feature(NodeId, SmolStr),
    Grouped,
    Taken(usize),
    Edge,
}

/// A decision that could have been another.
struct Choice {
    steps: usize,
    age: u64,
    parent: NodeId,
    tasks: Rc<Vec<Task>>,
    task: usize,
    next: usize,
}

/// What a candidate is in conflict with.
struct Conflict(NodeId);

struct Search<'a> {
    candidates: &'a Candidates<'a>,
    numbers: HashMap<Asks, usize>,
    past: Past,
    age: u64,
    active: HashMap<Slot, (NodeId, u64)>,
    links: HashMap<SmolStr, NodeId>,
    features: HashMap<NodeId, HashSet<SmolStr>>,
    groups: Vec<Group>,
    queue: BTreeSet<(usize, usize)>,
    edges: Vec<(NodeId, NodeId)>,
    steps: Vec<Step>,
    choices: Vec<Choice>,
}

impl<'a> Search<'a> {
    fn new(candidates: &'a Candidates<'a>) -> Self {
        Self {
            candidates,
            numbers: HashMap::new(),
            past: Past::default(),
            age: 0,
            active: HashMap::new(),
            links: HashMap::new(),
            features: HashMap::new(),
            groups: Vec::new(),
            queue: BTreeSet::new(),
            edges: Vec::new(),
            steps: Vec::new(),
            choices: Vec::new(),
        }
    }

    fn run(&mut self, most_work: u64) -> Result<(), Refusal> {
        let catalogue = self.candidates.catalogue;
        let most_work = catalogue.work() + most_work;
        while let Some((parent, tasks, task)) = self.take() {
            let (mut parent, mut tasks, mut task, mut first) = (parent, tasks, task, 0);
            let mut conflicts = BTreeSet::new();
            let mut stepped_back = false;
            loop {
                catalogue.count_work(1);
                if catalogue.work() > most_work {
                    return Err(Refusal::Limit);
                }
                if self.decide(parent, &tasks, task, first, &mut conflicts) {
                    break;
                }
                if !stepped_back {
                    self.past.learn(tasks[task].asks, &conflicts);
                }
                let choice = self.step_back(parent, &conflicts, stepped_back);
                let choice = choice.ok_or(Refusal::Conflict)?;
                stepped_back = true;
                (parent, tasks, task, first) =
                    (choice.parent, choice.tasks, choice.task, choice.next);
            }
        }
        Ok(())
    }

    /// The next dependency to decide.
    fn take(&mut self) -> Option<(NodeId, Rc<Vec<Task>>, usize)> {
        let (_, at) = *self.queue.first()?;
        self.queue_group(at, Queue::Out);
        let group = &mut self.groups[at];
        let task = group.next;
        group.next += 1;
        let taken = (group.parent, Rc::clone(&group.tasks), task);
        self.queue_group(at, Queue::In);
        self.steps.push(Step::Taken(at));
        Some(taken)
    }

    fn queue_group(&mut self, at: usize, queue: Queue) {
        let group = &self.groups[at];
        let Some(task) = group.tasks.get(group.next) else { return };
        let key = (task.candidates.len(), at);
        match queue {
            Queue::In => self.queue.insert(key),
            Queue::Out => self.queue.remove(&key),
        };
    }

    /// Activates the first candidate, from a place on, that is in conflict with nothing.
    fn decide(
        &mut self,
        parent: NodeId,
        tasks: &Rc<Vec<Task>>,
        at: usize,
        first: usize,
        conflicts: &mut BTreeSet<NodeId>,
    ) -> bool {
        let task = &tasks[at];
        for (place, &candidate) in task.candidates.iter().enumerate().skip(first) {
            if let Some(Conflict(with)) = self.conflict(candidate) {
                conflicts.insert(with);
                continue;
            }
            let (steps, age) = (self.steps.len(), self.age);
            self.edges.push((parent, candidate));
            self.steps.push(Step::Edge);
            let asked = Asked::Named { features: &task.features, default: task.default };
            let groups = self.groups.len();
            let activated = self.activate(candidate, asked);
            let reason = match activated {
                Ok(()) => self.doomed(candidate, groups),
                // It lacks a feature that the dependent asks for.
                Err(()) => Some(BTreeSet::from([parent])),
            };
            match reason {
                None => {
                    if place + 1 < task.candidates.len() {
                        let tasks = Rc::clone(tasks);
                        let next = place + 1;
                        self.choices.push(Choice { steps, age, parent, tasks, task: at, next });
                    }
                    return true;
                }
                Some(reason) => {
                    self.undo(steps);
                    self.age = age;
                    conflicts.extend(reason);
                }
            }
        }
        false
    }

    /// Why a candidate that was just activated cannot stay, by conflicts met before: one of its
    /// own dependencies, or one still to be decided, has no candidate beside what is active.
    fn doomed(&self, candidate: NodeId, groups: usize) -> Option<BTreeSet<NodeId>> {
        let is_active =
            |id: &NodeId| self.active.get(&self.slot(*id)).is_some_and(|(active, _)| active == id);
        let own = self.groups[groups..].iter().flat_map(|group| group.tasks.iter());
        for task in own {
            if let Some(met) = self.past.met(task.asks).find(|met| met.iter().all(is_active)) {
                return Some(met.iter().copied().filter(|id| *id != candidate).collect());
            }
        }
        let related = self.past.about(candidate)?;
        for (_, at) in &self.queue {
            let group = &self.groups[*at];
            for task in group.tasks[group.next..].iter().filter(|it| related.contains(&it.asks)) {
                let mut met = self.past.met(task.asks).filter(|met| met.contains(&candidate));
                if let Some(met) = met.find(|met| met.iter().all(is_active)) {
                    let others = met.iter().copied().filter(|id| *id != candidate);
                    return Some(others.chain([group.parent]).collect());
                }
            }
        }
        None
    }

    fn number(&mut self, asks: Asks) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(asks).or_insert(next)
    }

    fn slot(&self, id: NodeId) -> Slot {
        let catalogue = self.candidates.catalogue;
        Slot {
            name: catalogue.name_number(id),
            origin: catalogue.origin(id),
            range: range(&catalogue.version(id)),
        }
    }

    fn conflict(&self, candidate: NodeId) -> Option<Conflict> {
        if let Some((active, _)) = self.active.get(&self.slot(candidate)) {
            return (*active != candidate).then_some(Conflict(*active));
        }
        let links = self.candidates.catalogue.summary(candidate)?.links.clone()?;
        self.links.get(&links).filter(|with| **with != candidate).map(|with| Conflict(*with))
    }

    /// Activates a package with features; one that is active learns of further features.
    fn activate(&mut self, id: NodeId, asked: Asked<'_>) -> Result<(), ()> {
        let catalogue = self.candidates.catalogue;
        self.age += 1;
        let slot = self.slot(id);
        let summary = catalogue.summary(id);
        if !self.active.contains_key(&slot) {
            self.active.insert(slot, (id, self.age));
            self.steps.push(Step::Activated(slot));
            if let Some(links) = summary.as_ref().and_then(|it| it.links.clone()) {
                self.links.insert(links.clone(), id);
                self.steps.push(Step::Linked(links));
            }
        } else if let Asked::Named { features, default } = asked {
            let on = self.features.get(&id);
            let is_on = |name: &str| on.is_some_and(|on| on.contains(name));
            let has_default = summary.as_ref().is_some_and(|it| it.has_default());
            if features.iter().all(|it| is_on(it)) && (!default || !has_default || is_on("default"))
            {
                return Ok(());
            }
        }
        let Some(summary) = summary else {
            self.activate_as_before(id);
            return Ok(());
        };
        let on = summary.turn_on(asked).map_err(|_| ())?;
        for feature in on.features {
            if self.features.entry(id).or_default().insert(feature.clone()) {
                self.steps.push(Step::Feature(id, feature));
            }
        }
        let mut tasks = Vec::with_capacity(on.dependencies.len());
        for (position, features) in on.dependencies {
            let dependency = &summary.dependencies[position];
            let candidates = self.candidates.of(id, position, dependency);
            let default = dependency.default_features;
            let asks = self.number((List::of(&candidates), features.clone(), default));
            tasks.push(Task { position, asks, default, candidates, features });
        }
        self.group(id, tasks);
        Ok(())
    }

    /// Of a package whose declaration is not known, what it depended on before is all it needs.
    fn activate_as_before(&mut self, id: NodeId) {
        let mut tasks = Vec::new();
        for (position, it) in self.candidates.as_before(id).into_iter().enumerate() {
            let candidates = Rc::new(vec![it]);
            let asks = self.number((List::One(it), Wanted::new(), true));
            tasks.push(Task { position, asks, default: true, candidates, features: Wanted::new() });
        }
        self.group(id, tasks);
    }

    fn group(&mut self, parent: NodeId, mut tasks: Vec<Task>) {
        tasks.sort_by_key(|task| (task.candidates.len(), task.position));
        self.groups.push(Group { parent, tasks: Rc::new(tasks), next: 0 });
        self.queue_group(self.groups.len() - 1, Queue::In);
        self.steps.push(Step::Grouped);
    }

    /// The last decision that could make a difference, with everything after it taken back.
    fn step_back(
        &mut self,
        parent: NodeId,
        conflicts: &BTreeSet<NodeId>,
        again: bool,
    ) -> Option<Choice> {
        let age_of = |id: &NodeId| self.active.get(&self.slot(*id)).map_or(0, |(_, age)| *age);
        let critical = conflicts.iter().chain([&parent]).map(age_of).max().unwrap_or(0);
        while let Some(choice) = self.choices.pop() {
            if again || choice.age < critical {
                self.undo(choice.steps);
                self.age = choice.age;
                return Some(choice);
            }
        }
        None
    }

    fn undo(&mut self, to: usize) {
        while self.steps.len() > to {
            match self.steps.pop() {
                Some(Step::Activated(slot)) => {
                    self.active.remove(&slot);
                }
                Some(Step::Linked(links)) => {
                    self.links.remove(&links);
                }
                Some(Step::Feature(id, feature)) => {
                    if let Some(on) = self.features.get_mut(&id) {
                        on.remove(&feature);
                    }
                }
                Some(Step::Grouped) => {
                    self.queue_group(self.groups.len() - 1, Queue::Out);
                    self.groups.pop();
                }
                Some(Step::Taken(at)) => {
                    self.queue_group(at, Queue::Out);
                    self.groups[at].next -= 1;
                    self.queue_group(at, Queue::In);
                }
                Some(Step::Edge) => {
                    self.edges.pop();
                }
                None => return,
            }
        }
    }

    fn lock(&self) -> Lock {
        let active = self.active.values().map(|(id, _)| (*id, BTreeSet::new()));
        let mut packages: BTreeMap<NodeId, BTreeSet<NodeId>> = active.collect();
        for (from, to) in &self.edges {
            packages.entry(*from).or_default().insert(*to);
        }
        Lock { packages }
    }
}

#[derive(Clone, Copy)]
enum Queue {
    In,
    Out,
}
