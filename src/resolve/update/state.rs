//! What a resolution has decided so far, every bit of which can be taken back.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::NodeId;
use super::agenda::{Agenda, Taken, Task};
use super::candidates::{Candidates, Choices};
use super::numbers::NumberMap;
use super::numbers::Wanted;
use super::past::{Asks, List};
use super::request::Lock;
use super::summary::{Asked, Summary};

/// A change that can be taken back.
enum Step {
    Activated(usize),
    Linked(SmolStr),
    Feature { slot: usize, feature: usize },
    Grouped,
    Taken(usize),
    Edge,
}

/// A package that is part of the outcome, with the features that are on.
struct Active {
    id: NodeId,
    age: u64,
    features: Vec<bool>,
}

/// A place in the course of decisions.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    steps: usize,
    pub(super) age: u64,
}

/// A package lacks a feature that is asked for.
pub(super) struct LacksFeature;

/// What is decided so far.
pub(super) struct State<'a> {
    candidates: &'a Candidates<'a>,
    numbers: NumberMap<Asks, u32>,
    age: u64,
    /// By slot.
    active: Vec<Option<Active>>,
    links: HashMap<SmolStr, NodeId>,
    pub(super) agenda: Agenda,
    edges: Vec<(NodeId, NodeId)>,
    steps: Vec<Step>,
}

impl<'a> State<'a> {
    pub(super) fn new(candidates: &'a Candidates<'a>) -> Self {
        Self {
            candidates,
            numbers: NumberMap::default(),
            age: 0,
            active: Vec::new(),
            links: HashMap::new(),
            agenda: Agenda::default(),
            edges: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// What is active in the slot of a package.
    fn active(&self, id: NodeId) -> Option<&Active> {
        self.active.get(self.candidates.catalogue.slot(id))?.as_ref()
    }

    pub(super) fn is_active(&self, id: NodeId) -> bool {
        self.active(id).is_some_and(|active| active.id == id)
    }

    /// When the slot of a package was taken; 0 where it is free.
    pub(super) fn age_of(&self, id: NodeId) -> u64 {
        self.active(id).map_or(0, |active| active.age)
    }

    /// The active package with which another cannot be.
    pub(super) fn conflict(&self, candidate: NodeId) -> Option<NodeId> {
        if let Some(active) = self.active(candidate) {
            return (active.id != candidate).then_some(active.id);
        }
        let summary = self.candidates.catalogue.summary(candidate)?;
        self.links.get(summary.links.as_ref()?).copied().filter(|with| *with != candidate)
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { steps: self.steps.len(), age: self.age }
    }

    /// The next dependency to decide.
    pub(super) fn take(&mut self) -> Option<Taken> {
        let taken = self.agenda.take()?;
        self.steps.push(Step::Taken(taken.group));
        Some(taken)
    }

    /// Has one package depend on another, and activates that one as the task asks.
    pub(super) fn join(
        &mut self,
        parent: NodeId,
        candidate: NodeId,
        task: &Task,
    ) -> Result<(), LacksFeature> {
        self.edges.push((parent, candidate));
        self.steps.push(Step::Edge);
        self.activate(candidate, Asked::Named { features: task.features, default: task.default })
    }

    /// Activates a package with features; one that is active learns of further features.
    pub(super) fn activate(&mut self, id: NodeId, asked: Asked) -> Result<(), LacksFeature> {
        let catalogue = self.candidates.catalogue;
        self.age += 1;
        let slot = catalogue.slot(id);
        let summary = catalogue.summary(id);
        let is_new = self.active.get(slot).is_none_or(Option::is_none);
        if is_new {
            self.occupy(slot, id, summary.as_deref());
        }
        let Some(summary) = summary else {
            if is_new || !self.asks_nothing(asked) {
                self.activate_as_before(id);
            }
            return Ok(());
        };
        let on = summary.turn_on(asked, &catalogue.tables).ok_or(LacksFeature)?;
        let Some(Some(active)) = self.active.get_mut(slot) else { return Ok(()) };
        let has_all = on.named.iter().all(|at| active.features[*at]);
        if !is_new && has_all && asked != Asked::Everything {
            return Ok(());
        }
        for &feature in &on.features {
            if !std::mem::replace(&mut active.features[feature], true) {
                self.steps.push(Step::Feature { slot, feature });
            }
        }
        let mut tasks = Vec::with_capacity(on.dependencies.len());
        for &(position, features) in &on.dependencies {
            let dependency = &summary.dependencies[position];
            let candidates = self.candidates.of(id, position, dependency);
            let default = dependency.default_features;
            let asks = self.number((candidates.list(), features, default));
            tasks.push(Task { position, asks, default, candidates, features });
        }
        self.group(id, tasks);
        Ok(())
    }

    fn occupy(&mut self, slot: usize, id: NodeId, summary: Option<&Summary>) {
        if slot >= self.active.len() {
            self.active.resize_with(slot + 1, || None);
        }
        let features = vec![false; summary.map_or(0, Summary::feature_count)];
        self.active[slot] = Some(Active { id, age: self.age, features });
        self.steps.push(Step::Activated(slot));
        if let Some(links) = summary.and_then(|it| it.links.clone()) {
            self.links.insert(links.clone(), id);
            self.steps.push(Step::Linked(links));
        }
    }

    fn asks_nothing(&self, asked: Asked) -> bool {
        match asked {
            Asked::Everything => false,
            Asked::Named { features, .. } => {
                self.candidates.catalogue.tables.wanted.value(features).is_empty()
            }
        }
    }

    /// Of a package whose declaration is not known, what it depended on before is all it needs.
    fn activate_as_before(&mut self, id: NodeId) {
        let candidates = self.candidates;
        let features = candidates.catalogue.tables.wanted.number(Wanted::new().into());
        let mut tasks = Vec::new();
        for (position, &it) in candidates.as_before(id).iter().enumerate() {
            let asks = self.number((List::One(it), features, true));
            let candidates = Choices::One(it);
            tasks.push(Task { position, asks, default: true, candidates, features });
        }
        self.group(id, tasks);
    }

    fn group(&mut self, parent: NodeId, tasks: Vec<Task>) {
        self.agenda.add(parent, tasks);
        self.steps.push(Step::Grouped);
    }

    fn number(&mut self, asks: Asks) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(asks).or_insert(next)
    }

    /// Takes back everything after a place.
    pub(super) fn undo(&mut self, to: Mark) {
        self.age = to.age;
        for step in self.steps.drain(to.steps..).rev() {
            match step {
                Step::Activated(slot) => self.active[slot] = None,
                Step::Linked(links) => {
                    self.links.remove(&links);
                }
                Step::Feature { slot, feature } => {
                    if let Some(active) = &mut self.active[slot] {
                        active.features[feature] = false;
                    }
                }
                Step::Grouped => self.agenda.remove_last(),
                Step::Taken(at) => self.agenda.put_back(at),
                Step::Edge => {
                    self.edges.pop();
                }
            }
        }
    }

    pub(super) fn into_lock(self) -> Lock {
        let packages = self.active.iter().flatten().map(|active| active.id).collect();
        Lock::new(packages, self.edges)
    }
}
