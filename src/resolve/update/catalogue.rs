//! The packages that a resolution may choose from, each numbered once.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use semver::{Version, VersionReq};
use smol_str::SmolStr;

use super::ReleaseIndex;
use super::node_id::NodeId;
use super::nodes::{Nodes, Origin};
use super::numbers::{NumberMap, Tables};
use super::request::Lock;
use super::summary::{RustVersion, Summary, is_from_public_registry, rust_version};
use super::without_entry::WithoutEntry;
use crate::model::{Declaration, Dependency, Observed, Package, PackageIndex};

/// A lockfile with what its packages declare. All slices are by package position.
#[derive(Debug, Clone, Copy)]
pub struct Locked<'a> {
    /// The locked packages, sorted.
    pub packages: &'a [Package],
    /// Positions each package depends on.
    pub dependencies: &'a [Vec<u32>],
    /// What each package declares.
    pub declarations: &'a [Observed<Arc<Declaration>>],
    /// The workspace members, ascending.
    pub members: &'a [PackageIndex],
}

/// What versions are chosen by.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a> {
    /// The releases.
    pub index: &'a dyn ReleaseIndex,
    /// Later releases do not count.
    pub as_of: Date,
    /// Rust versions that the members promise to build with, as written.
    pub rust_versions: &'a [SmolStr],
    /// Whether Cargo prefers releases that support these (resolver 3), or takes the newest.
    pub prefers_supported_rust: bool,
}

/// The packages known so far. It learns of releases as they are asked for.
#[derive(Debug)]
pub struct Catalogue<'a> {
    locked: Locked<'a>,
    setup: Setup<'a>,
    rust_versions: Vec<RustVersion>,
    /// Releases of this time and later do not count.
    until: Option<Timestamp>,
    pub(super) tables: Tables,
    nodes: Nodes,
    /// Releases by name, ascending; loaded once.
    releases: RefCell<NumberMap<u32, Rc<Vec<NodeId>>>>,
    /// Releases by query.
    accepted: RefCell<NumberMap<u32, Rc<[NodeId]>>>,
    /// Locked releases by name.
    locked_releases: HashMap<u32, Vec<NodeId>>,
    fixed: HashMap<u32, Vec<NodeId>>,
    patched: HashSet<NodeId>,
    members: Vec<NodeId>,
    position: Vec<NodeId>,
    pub(super) without_entry: WithoutEntry,
    work: Cell<u64>,
}

impl<'a> Catalogue<'a> {
    /// A catalogue around a lockfile.
    pub fn new(locked: Locked<'a>, setup: Setup<'a>) -> Self {
        let mut catalogue = Self {
            locked,
            setup,
            rust_versions: setup.rust_versions.iter().filter_map(|it| rust_version(it)).collect(),
            until: end_of(setup.as_of),
            tables: Tables::default(),
            nodes: Nodes::default(),
            releases: RefCell::default(),
            accepted: RefCell::default(),
            locked_releases: HashMap::new(),
            fixed: HashMap::new(),
            patched: HashSet::new(),
            members: Vec::new(),
            position: Vec::new(),
            without_entry: WithoutEntry::default(),
            work: Cell::new(0),
        };
        for (position, package) in (0..).zip(locked.packages) {
            let name = catalogue.tables.names.number(SmolStr::new(&package.name));
            let version = package.version.clone();
            let (origin, named) = match package.is_from_crates_io() {
                true => (Origin::Index, &mut catalogue.locked_releases),
                false => (Origin::Fixed(position), &mut catalogue.fixed),
            };
            let named = named.entry(name).or_default();
            let nodes = &catalogue.nodes;
            let is_it =
                |id: &&NodeId| nodes.origin(**id) == origin && nodes.has_version(**id, &version);
            let node = named
                .iter()
                .find(is_it)
                .copied()
                .unwrap_or_else(|| nodes.add(name, version.clone(), origin, false));
            named.push(node);
            catalogue.position.push(node);
        }
        catalogue.members = locked.members.iter().map(|it| catalogue.position[it.get()]).collect();
        catalogue.patched = catalogue.find_patched();
        catalogue
    }

    /// Locked packages from elsewhere that stand in for one of a registry.
    fn find_patched(&self) -> HashSet<NodeId> {
        let mut patched = HashSet::new();
        for (declaration, locked) in self.locked.declarations.iter().zip(self.locked.dependencies) {
            let declared = declaration.known().into_iter().flat_map(|it| &it.dependencies);
            for it in declared.filter(|it| is_from_public_registry(&it.from)) {
                let mut named = locked.iter().filter(|&&at| {
                    let package = &self.locked.packages[at as usize];
                    package.name == it.package
                        && it
                            .requirement
                            .as_ref()
                            .is_none_or(|accepts| accepts.matches(&package.version))
                });
                let [Some(&only), None] = [named.next(), named.next()] else { continue };
                let node = self.position[only as usize];
                if self.nodes.origin(node) != Origin::Index {
                    patched.insert(node);
                }
            }
        }
        patched
    }

    /// Whether it is known what every package declares that does not come from the public registry:
    /// without that nobody can tell what a plain update would lock.
    pub fn is_complete(&self) -> bool {
        let mut fixed = self.fixed.values().flatten();
        fixed.all(|id| self.summary(*id).is_some())
    }

    /// The package of a lockfile position.
    pub fn locked(&self, index: PackageIndex) -> NodeId {
        self.position[index.get()]
    }

    /// The position of a package that the lockfile has.
    pub fn position(&self, id: NodeId) -> Option<PackageIndex> {
        let found = self.position.iter().position(|it| *it == id)?;
        Some(PackageIndex(found as u32))
    }

    /// The lockfile as it is.
    pub fn lock(&self) -> Lock {
        let dependencies = self.position.iter().zip(self.locked.dependencies);
        let edges = dependencies
            .flat_map(|(from, on)| on.iter().map(|at| (*from, self.position[*at as usize])));
        Lock::new(self.position.clone(), edges.collect())
    }

    /// Name of a package.
    pub fn name(&self, id: NodeId) -> SmolStr {
        self.tables.names.value(self.nodes.name(id))
    }

    /// Whether two packages have one name.
    pub fn is_same_name(&self, a: NodeId, b: NodeId) -> bool {
        self.nodes.name(a) == self.nodes.name(b)
    }

    pub(super) fn name_number(&self, id: NodeId) -> u32 {
        self.nodes.name(id)
    }

    /// Version of a package.
    pub fn version(&self, id: NodeId) -> Version {
        self.nodes.version(id)
    }

    /// Whether a requirement accepts a package; none accepts all.
    pub fn is_accepted(&self, id: NodeId, accepts: Option<&VersionReq>) -> bool {
        self.nodes.is_accepted(id, accepts)
    }

    /// Number of the place that a package takes in a build, which has one package in each.
    pub(super) fn slot(&self, id: NodeId) -> usize {
        self.nodes.slot(id)
    }

    /// Whether a package is a release of the public registry, so that it may move.
    pub fn is_movable(&self, id: NodeId) -> bool {
        self.nodes.origin(id) == Origin::Index
    }

    /// Whether a package is a member of the workspace.
    pub fn is_member(&self, id: NodeId) -> bool {
        self.members.contains(&id)
    }

    pub(super) fn members(&self) -> &[NodeId] {
        &self.members
    }

    pub(super) fn origin(&self, id: NodeId) -> Origin {
        self.nodes.origin(id)
    }

    pub(super) fn fixed(&self, name: u32) -> &[NodeId] {
        self.fixed.get(&name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_patch(&self, id: NodeId) -> bool {
        self.patched.contains(&id)
    }

    /// Whether the index says that a release is yanked.
    pub fn is_yanked(&self, id: NodeId) -> bool {
        self.nodes.is_yanked(id)
    }

    /// The releases of the name of a package, ascending, yanked ones among them.
    pub fn releases_of(&self, id: NodeId) -> Rc<Vec<NodeId>> {
        self.releases(self.nodes.name(id))
    }

    pub(super) fn releases(&self, name: u32) -> Rc<Vec<NodeId>> {
        if let Some(known) = self.releases.borrow().get(&name) {
            self.without_entry.asked(name);
            return Rc::clone(known);
        }
        let text = self.tables.names.value(name);
        let mut found = Vec::new();
        match self.setup.index.releases(&text) {
            Some(history) => {
                let counts = |time: Timestamp| self.until.is_none_or(|until| time < until);
                let listed = history.releases.iter();
                for release in listed.filter(|it| it.published.is_none_or(counts)) {
                    let Ok(version) = Version::parse(&release.version) else { continue };
                    found.push((version, release.yanked));
                }
            }
            None => {
                self.without_entry.insert(name);
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let mut nodes: Vec<NodeId> = Vec::with_capacity(found.len());
        let locked = self.locked_releases.get(&name).map_or(&[][..], Vec::as_slice);
        for (version, yanked) in found {
            let last = nodes.last().filter(|id| self.nodes.has_version(**id, &version));
            let known =
                last.or_else(|| locked.iter().find(|id| self.nodes.has_version(**id, &version)));
            nodes.push(match known {
                // A locked release learns here whether it is yanked.
                Some(&id) => {
                    self.nodes.set_yanked(id, yanked);
                    id
                }
                None => self.nodes.add(name, version, Origin::Index, yanked),
            });
        }
        let nodes = Rc::new(nodes);
        self.releases.borrow_mut().insert(name, Rc::clone(&nodes));
        nodes
    }

    /// The releases that a requirement accepts and that are not yanked, best first.
    pub(super) fn accepted(
        &self,
        name: u32,
        query: u32,
        accepts: Option<&VersionReq>,
    ) -> Rc<[NodeId]> {
        if let Some(known) = self.accepted.borrow().get(&query) {
            self.without_entry.asked(name);
            return Rc::clone(known);
        }
        let listed = self.releases(name);
        let counts = |id: &NodeId| !self.is_yanked(*id) && self.is_accepted(*id, accepts);
        let mut found: Vec<NodeId> = listed.iter().copied().filter(counts).collect();
        found.sort_by_cached_key(|id| Reverse(self.rank(*id)));
        let found: Rc<[NodeId]> = found.into();
        self.accepted.borrow_mut().insert(query, Rc::clone(&found));
        found
    }

    /// By what Cargo chooses between releases: the highest is the best.
    pub(super) fn rank(&self, id: NodeId) -> (usize, Version) {
        (self.supported_rust(id), self.version(id))
    }

    /// Work done so far over all resolutions, in units of a decision.
    pub fn work(&self) -> u64 {
        self.work.get()
    }

    /// Counts work, in units of a decision.
    pub fn count_work(&self, units: u64) {
        self.work.set(self.work.get() + units);
    }

    /// What a package depends on; `None` where its declaration is not known.
    pub(super) fn summary(&self, id: NodeId) -> Option<Rc<Summary>> {
        if let Some(known) = self.nodes.summary(id) {
            return known;
        }
        let made = self.make_summary(id).map(Rc::new);
        self.nodes.set_summary(id, made.clone());
        made
    }

    fn make_summary(&self, id: NodeId) -> Option<Summary> {
        match self.nodes.origin(id) {
            Origin::Fixed(position) => {
                let declaration = self.locked.declarations[position as usize].known()?;
                Some(Summary::new(declaration, &self.tables))
            }
            Origin::Index => {
                let version = self.version(id).to_string();
                let found = self.setup.index.published(&self.name(id), &version)?;
                let mut summary = Summary::new(&found.declaration, &self.tables);
                summary.links = found.links;
                summary.rust_version = found.rust_version.as_deref().and_then(rust_version);
                Some(summary)
            }
        }
    }

    /// How many of the Rust versions that the members promise a release supports, where Cargo
    /// chooses by it.
    fn supported_rust(&self, id: NodeId) -> usize {
        if !self.setup.prefers_supported_rust || self.rust_versions.is_empty() {
            return 0;
        }
        let needs = self.summary(id).and_then(|it| it.rust_version);
        let supports = |promised: &&RustVersion| needs.is_none_or(|needs| needs <= **promised);
        self.rust_versions.iter().filter(supports).count()
    }

    /// The Rust version that a release needs, where the workspace promises to build with an
    /// older one.
    pub fn needs_newer_rust(&self, id: NodeId) -> Option<(u64, u64, u64)> {
        let promised = self.rust_versions.iter().min()?;
        self.summary(id)?.rust_version.filter(|needs| needs > promised)
    }

    /// What a package requires of another, other than for its own tests, and whether that is
    /// optional; `None` where its declaration is not known.
    pub fn requirements(&self, id: NodeId, on: NodeId) -> Option<Vec<(Option<VersionReq>, bool)>> {
        let summary = self.summary(id)?;
        let declared = summary.on(self.nodes.name(on));
        Some(declared.map(|(it, optional)| (it.requirement.clone(), optional)).collect())
    }

    /// The dependencies of a workspace member on a package, of every kind, with their positions
    /// among what it declares.
    pub fn declared(&self, member: NodeId, on: NodeId) -> Vec<(usize, &Dependency)> {
        let Origin::Fixed(position) = self.nodes.origin(member) else { return Vec::new() };
        let name = self.name(on);
        let declared = self.locked.declarations[position as usize].known();
        let declared = declared.into_iter().flat_map(|it| &it.dependencies).enumerate();
        declared.filter(|(_, it)| it.package == name && is_from_public_registry(&it.from)).collect()
    }

    /// The dependency at a position among what a workspace member declares.
    pub fn declared_at(&self, member: NodeId, position: usize) -> Option<&Dependency> {
        let Origin::Fixed(at) = self.nodes.origin(member) else { return None };
        self.locked.declarations[at as usize].known()?.dependencies.get(position)
    }

    /// Day on which a package of the index was last released.
    pub fn last_release(&self, id: NodeId) -> Option<Date> {
        let history = self.setup.index.releases(&self.name(id))?;
        let published = history.releases.iter().filter_map(|it| it.published);
        let days = published.map(|time| time.to_zoned(TimeZone::UTC).date());
        days.filter(|day| *day <= self.setup.as_of).max()
    }
}

/// The first moment after a day; `None` where there is none.
fn end_of(day: Date) -> Option<Timestamp> {
    Some(day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
