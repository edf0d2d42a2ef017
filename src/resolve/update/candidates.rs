//! What a dependency may get, best first, with how Cargo holds on to a lockfile.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::rc::Rc;

use semver::{Version, VersionReq};

use super::catalogue::Catalogue;
use super::node_id::NodeId;
use super::nodes::Origin;
use super::numbers::NumberMap;
use super::past::List;
use super::request::{Change, Lock, Request};
use super::summary::SummaryDependency;

/// Packages that are looked at for as much work as one decision is.
const SCANNED_A_UNIT: usize = 16;

/// What a dependency may get, best first.
#[derive(Debug, Clone)]
pub(super) enum Choices {
    One(NodeId),
    /// None or several, by the number of the query.
    Several(u32, Rc<[NodeId]>),
}

impl Choices {
    pub(super) fn as_slice(&self) -> &[NodeId] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(_, list) => list,
        }
    }

    pub(super) fn list(&self) -> List {
        match self {
            Self::One(one) => List::One(*one),
            Self::Several(query, _) => List::Several(*query),
        }
    }
}

/// The candidates under one request.
pub(super) struct Candidates<'a> {
    pub(super) catalogue: &'a Catalogue<'a>,
    request: Request<'a>,
    loose: Loose,
    /// Packages that stay, by name and then version.
    kept: Vec<(u32, NodeId)>,
    before: Vec<(u32, NodeId)>,
    precise: Option<(u32, Version, NodeId)>,
    cache: RefCell<NumberMap<u32, Choices>>,
}

/// Locked packages that need not stay.
struct Loose(Vec<bool>);

impl Loose {
    fn has(&self, id: NodeId) -> bool {
        self.0.get(id.0 as usize).is_some_and(|loose| *loose)
    }

    /// Adds a package and all it leads to.
    fn add(&mut self, lock: &Lock, package: NodeId) {
        let mut pending = vec![package];
        while let Some(package) = pending.pop() {
            if !self.insert(package) {
                pending.extend(lock.dependencies(package));
            }
        }
    }

    /// Adds a package alone; whether it was there.
    fn insert(&mut self, package: NodeId) -> bool {
        let at = package.0 as usize;
        if at >= self.0.len() {
            self.0.resize(at + 1, false);
        }
        std::mem::replace(&mut self.0[at], true)
    }
}

/// The packages of a name in a list that is sorted by name.
fn named(list: &[(u32, NodeId)], name: u32) -> &[(u32, NodeId)] {
    let from = list.partition_point(|(it, _)| *it < name);
    let count = list[from..].iter().take_while(|(it, _)| *it == name).count();
    &list[from..from + count]
}

impl<'a> Candidates<'a> {
    pub(super) fn new(catalogue: &'a Catalogue<'a>, request: Request<'a>) -> Self {
        let lock = request.before;
        let with_name = |id: &NodeId| (catalogue.name_number(*id), *id);
        let mut before: Vec<_> = lock.packages().iter().map(with_name).collect();
        before.sort_unstable_by_key(|(name, id)| (u64::from(*name) << 32) | u64::from(id.0));
        let mut candidates = Self {
            catalogue,
            request,
            loose: Loose(Vec::new()),
            kept: Vec::new(),
            before,
            precise: match request.change {
                Change::Precise { from, to } => {
                    Some((catalogue.name_number(from), catalogue.version(from), to))
                }
                Change::One(_) | Change::All | Change::Workspace => None,
            },
            cache: RefCell::default(),
        };
        let mut loose = Loose(Vec::new());
        let all = lock.packages().iter().copied();
        match request.change {
            Change::All => {
                for id in all.clone() {
                    loose.insert(id);
                }
            }
            Change::One(moved) | Change::Precise { from: moved, .. } => loose.add(lock, moved),
            Change::Workspace => {}
        }
        if candidates.has_new_requirement() {
            for id in all.filter(|id| catalogue.is_movable(*id)) {
                loose.add(lock, id);
            }
        }
        candidates.loose = loose;
        let stays = |(_, id): &&(u32, NodeId)| !candidates.loose.has(*id);
        candidates.kept = candidates.before.iter().filter(stays).copied().collect();
        for kept in candidates.kept.chunk_by_mut(|a, b| a.0 == b.0).filter(|it| it.len() > 1) {
            kept.sort_by_cached_key(|(_, id)| catalogue.version(*id));
        }
        candidates
    }

    /// Whether a member asks for something that nothing in the lockfile satisfies. Cargo then
    /// lets go of all packages of the registry, and still prefers what is locked.
    fn has_new_requirement(&self) -> bool {
        self.catalogue.members().iter().any(|member| {
            let Some(summary) = self.catalogue.summary(*member) else { return false };
            summary.dependencies.iter().enumerate().any(|(position, it)| {
                let accepts = self.requirement(*member, position, it);
                let named = named(&self.before, it.package);
                it.from_public_registry
                    && !named.iter().any(|(_, id)| self.catalogue.is_accepted(*id, accepts))
            })
        })
    }

    fn edited(&self, parent: NodeId, position: usize) -> Option<&'a VersionReq> {
        self.request.edits.get(&(parent, position))
    }

    /// What a dependency requires, after changes of manifests.
    pub(super) fn requirement<'d>(
        &self,
        parent: NodeId,
        position: usize,
        dependency: &'d SummaryDependency,
    ) -> Option<&'d VersionReq>
    where
        'a: 'd,
    {
        self.edited(parent, position).or(dependency.requirement.as_ref())
    }

    /// What a dependency of a package may get, best first.
    pub(super) fn of(
        &self,
        parent: NodeId,
        position: usize,
        dependency: &SummaryDependency,
    ) -> Choices {
        let accepts = self.requirement(parent, position, dependency);
        if let Some(stays) = self.stays(parent, dependency, accepts) {
            return Choices::One(stays);
        }
        let query = match self.edited(parent, position) {
            None => dependency.query,
            Some(edited) => {
                let from = dependency.from_public_registry;
                let query = (dependency.package, Some(edited.clone()), from);
                self.catalogue.tables.queries.number(query)
            }
        };
        if let Some(known) = self.cache.borrow().get(&query) {
            return known.clone();
        }
        let found = self.query(dependency, query, accepts);
        let found = match *found {
            [one] => Choices::One(one),
            _ => Choices::Several(query, found),
        };
        self.cache.borrow_mut().insert(query, found.clone());
        found
    }

    /// The locked package that a dependency keeps.
    fn stays(
        &self,
        parent: NodeId,
        dependency: &SummaryDependency,
        accepts: Option<&VersionReq>,
    ) -> Option<NodeId> {
        let is_it =
            |id: &NodeId| self.is_from(dependency, *id) && self.catalogue.is_accepted(*id, accepts);
        if !self.loose.has(parent) {
            let had = self.request.before.dependencies(parent).iter().copied();
            let is_named = |id: &NodeId| self.catalogue.name_number(*id) == dependency.package;
            let mut stay = had.filter(|id| is_named(id) && !self.loose.has(*id));
            if let Some(stays) = stay.find(is_it) {
                return Some(stays);
            }
        }
        let named = named(&self.kept, dependency.package);
        self.catalogue.count_work((named.len() / SCANNED_A_UNIT) as u64);
        named.iter().map(|(_, id)| *id).find(is_it)
    }

    fn is_from(&self, dependency: &SummaryDependency, id: NodeId) -> bool {
        match (dependency.from_public_registry, self.catalogue.origin(id)) {
            (true, Origin::Index) => true,
            (true, Origin::Fixed(_)) => self.catalogue.is_patch(id),
            (false, Origin::Fixed(_)) => true,
            // A package of a git repository or a folder is replaced by one of a registry only
            // by a patch, which is rare the other way round.
            (false, Origin::Index) => false,
        }
    }

    fn query(
        &self,
        dependency: &SummaryDependency,
        query: u32,
        accepts: Option<&VersionReq>,
    ) -> Rc<[NodeId]> {
        let (catalogue, name) = (self.catalogue, dependency.package);
        let matches = |id: &NodeId| catalogue.is_accepted(*id, accepts);
        let elsewhere = catalogue.fixed(name).iter().copied();
        let mut found: Vec<NodeId> =
            elsewhere.filter(|id| matches(id) && self.is_from(dependency, *id)).collect();
        if !found.is_empty() || !dependency.from_public_registry {
            found.sort_by_key(|id| Reverse(catalogue.version(*id)));
            return found.into();
        }
        if let Some((moved, from, to)) = &self.precise
            && *moved == name
            && accepts.is_none_or(|accepts| accepts.matches(from))
        {
            return [*to].into_iter().filter(matches).collect();
        }
        let listed = catalogue.accepted(name, query, accepts);
        // What is locked comes first where Cargo prefers it, also where it is yanked or not listed.
        let locked = named(&self.before, name).iter().map(|(_, id)| *id);
        let preferred = |id: &NodeId| catalogue.is_movable(*id) && self.is_preferred(*id);
        let mut found: Vec<NodeId> = locked.filter(|id| preferred(id) && matches(id)).collect();
        if found.is_empty() {
            return listed;
        }
        found.sort_by_cached_key(|id| Reverse(catalogue.rank(*id)));
        let rest = listed.iter().filter(|id| !found.contains(id)).copied().collect::<Vec<_>>();
        found.extend(rest);
        found.into()
    }

    /// Whether Cargo would rather keep a locked package: all but the named ones.
    fn is_preferred(&self, id: NodeId) -> bool {
        match self.request.change {
            Change::All => false,
            Change::One(moved) | Change::Precise { from: moved, .. } => id != moved,
            Change::Workspace => true,
        }
    }

    /// What a package of unknown declaration depended on before: it is taken to need just that.
    pub(super) fn as_before(&self, id: NodeId) -> &[NodeId] {
        self.request.before.dependencies(id)
    }
}
