//! What a dependency may get, best first, with how Cargo holds on to a lockfile.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use semver::{Version, VersionReq};

use super::catalogue::{Catalogue, NodeId, Origin};
use super::request::{Change, Lock, Request};
use super::summary::SummaryDependency;
use crate::model::DeclaredSource;

/// Packages that are looked at for as much work as one decision is.
const SCANNED_A_UNIT: usize = 16;

/// A name, a requirement and the sort of source.
type Key = (u32, Option<VersionReq>, DeclaredSource);

/// The candidates under one request.
pub(super) struct Candidates<'a> {
    pub(super) catalogue: &'a Catalogue<'a>,
    request: Request<'a>,
    /// Packages that stay, with those of their dependencies that stay.
    kept: BTreeMap<NodeId, BTreeSet<NodeId>>,
    kept_by_name: HashMap<u32, Vec<NodeId>>,
    before_by_name: HashMap<u32, Vec<NodeId>>,
    precise: Option<(u32, Version, NodeId)>,
    cache: RefCell<HashMap<Key, Rc<Vec<NodeId>>>>,
}

impl<'a> Candidates<'a> {
    pub(super) fn new(catalogue: &'a Catalogue<'a>, request: Request<'a>) -> Self {
        let mut loose = BTreeSet::new();
        match request.change {
            Change::All => loose.extend(request.before.packages.keys().copied()),
            Change::One(moved) | Change::Precise { from: moved, .. } => {
                loosen(request.before, moved, &mut loose);
            }
            Change::Workspace => {}
        }
        let mut candidates = Self {
            catalogue,
            request,
            kept: BTreeMap::new(),
            kept_by_name: HashMap::new(),
            before_by_name: HashMap::new(),
            precise: match request.change {
                Change::Precise { from, to } => {
                    Some((catalogue.name_number(from), catalogue.version(from), to))
                }
                Change::One(_) | Change::All | Change::Workspace => None,
            },
            cache: RefCell::default(),
        };
        for package in request.before.packages.keys() {
            let name = catalogue.name_number(*package);
            candidates.before_by_name.entry(name).or_default().push(*package);
        }
        if candidates.has_new_requirement() {
            let movable = request.before.packages.keys().filter(|it| catalogue.is_movable(**it));
            for package in movable.copied().collect::<Vec<_>>() {
                loosen(request.before, package, &mut loose);
            }
        }
        for (package, dependencies) in &request.before.packages {
            if !loose.contains(package) {
                let stay = dependencies.difference(&loose).copied().collect();
                candidates.kept.insert(*package, stay);
                let name = catalogue.name_number(*package);
                candidates.kept_by_name.entry(name).or_default().push(*package);
            }
        }
        for kept in candidates.kept_by_name.values_mut().filter(|kept| kept.len() > 1) {
            kept.sort_by_key(|it| catalogue.version(*it));
        }
        candidates
    }

    /// Whether a member asks for something that nothing in the lockfile satisfies. Cargo then
    /// lets go of all packages of the registry, and still prefers what is locked.
    fn has_new_requirement(&self) -> bool {
        self.catalogue.members().iter().any(|member| {
            let Some(summary) = self.catalogue.summary(*member) else { return false };
            summary.dependencies.iter().enumerate().any(|(position, it)| {
                it.from == DeclaredSource::Registry
                    && !self.before_by_name.get(&it.package).into_iter().flatten().any(|id| {
                        self.requirement(*member, position, it)
                            .is_none_or(|accepts| accepts.matches(&self.catalogue.version(*id)))
                    })
            })
        })
    }

    /// What a dependency requires, after changes of manifests.
    pub(super) fn requirement(
        &self,
        parent: NodeId,
        position: usize,
        dependency: &SummaryDependency,
    ) -> Option<VersionReq> {
        let edited = self.request.edits.get(&(parent, position));
        edited.or(dependency.requirement.as_ref()).cloned()
    }

    /// What a dependency of a package may get, best first.
    pub(super) fn of(
        &self,
        parent: NodeId,
        position: usize,
        dependency: &SummaryDependency,
    ) -> Rc<Vec<NodeId>> {
        let accepts = self.requirement(parent, position, dependency);
        let is_it = |id: &&NodeId| {
            self.catalogue.name_number(**id) == dependency.package
                && self.is_from(dependency, **id)
                && accepts.as_ref().is_none_or(|it| it.matches(&self.catalogue.version(**id)))
        };
        let stays = self.kept.get(&parent).and_then(|stay| stay.iter().find(is_it));
        let by_name = || {
            let named = self.kept_by_name.get(&dependency.package)?;
            self.catalogue.count_work(named.len() / SCANNED_A_UNIT);
            named.iter().find(is_it)
        };
        if let Some(stays) = stays.or_else(by_name) {
            return Rc::new(vec![*stays]);
        }
        let key = (dependency.package, accepts, dependency.from);
        if let Some(known) = self.cache.borrow().get(&key) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.query(dependency, key.1.as_ref()));
        self.cache.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    fn is_from(&self, dependency: &SummaryDependency, id: NodeId) -> bool {
        match (dependency.from, self.catalogue.origin(id)) {
            (DeclaredSource::Registry, Origin::Index) => true,
            (DeclaredSource::Registry, Origin::Fixed(_)) => self.catalogue.is_patch(id),
            (DeclaredSource::Git | DeclaredSource::Path, Origin::Fixed(_)) => true,
            // A package of a git repository or a folder is replaced by one of a registry only
            // by a patch, which is rare the other way round.
            (DeclaredSource::Git | DeclaredSource::Path, Origin::Index) => false,
        }
    }

    fn query(&self, dependency: &SummaryDependency, accepts: Option<&VersionReq>) -> Vec<NodeId> {
        let catalogue = self.catalogue;
        let matches =
            |id: NodeId| accepts.is_none_or(|accepts| accepts.matches(&catalogue.version(id)));
        let elsewhere = catalogue.fixed(dependency.package).iter().copied();
        let mut found: Vec<NodeId> =
            elsewhere.filter(|id| matches(*id) && self.is_from(dependency, *id)).collect();
        if !found.is_empty() || dependency.from != DeclaredSource::Registry {
            found.sort_by_key(|id| Reverse(catalogue.version(*id)));
            return found;
        }
        let before = &self.request.before;
        if let Some((name, from, to)) = &self.precise
            && *name == dependency.package
            && accepts.is_none_or(|accepts| accepts.matches(from))
        {
            return if matches(*to) { vec![*to] } else { Vec::new() };
        }
        let prefers = |id: NodeId| before.has(id) && self.is_preferred(id);
        let listed = catalogue.releases(dependency.package);
        found.extend(
            listed
                .iter()
                .copied()
                .filter(|id| matches(*id) && (!catalogue.is_yanked(*id) || prefers(*id))),
        );
        // A locked release that the index does not list stays a candidate.
        let named = self.before_by_name.get(&dependency.package).into_iter().flatten();
        let unlisted = named.copied().filter(|id| {
            catalogue.is_movable(*id) && !listed.contains(id) && prefers(*id) && matches(*id)
        });
        found.extend(unlisted);
        let rank =
            |id: &NodeId| (prefers(*id), catalogue.supported_rust(*id), catalogue.version(*id));
        found.sort_by_cached_key(|id| Reverse(rank(id)));
        found
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
    pub(super) fn as_before(&self, id: NodeId) -> Vec<NodeId> {
        let before = self.request.before.packages.get(&id);
        before.into_iter().flatten().copied().collect()
    }
}

/// Adds a package and all it leads to.
fn loosen(lock: &Lock, package: NodeId, loose: &mut BTreeSet<NodeId>) {
    let mut pending = vec![package];
    while let Some(package) = pending.pop() {
        if loose.insert(package) {
            pending.extend(lock.packages.get(&package).into_iter().flatten());
        }
    }
}
