//! The packages that a resolution may choose from, each numbered once.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use semver::{Version, VersionReq};
use smol_str::SmolStr;

use super::ReleaseIndex;
use super::request::Lock;
use super::summary::{RustVersion, Summary, rust_version};
use crate::model::{Declaration, DeclaredSource, Dependency, Observed, Package, PackageIndex};

/// Number of a package in its [`Catalogue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

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

/// Where a package comes from, as far as a choice of versions goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    /// A release of the public registry.
    Index,
    /// The locked package at this position, from elsewhere: it stays as it is.
    Fixed(u32),
}

#[derive(Debug)]
struct Node {
    name: u32,
    version: Version,
    origin: Origin,
    yanked: bool,
    summary: RefCell<Option<Option<Rc<Summary>>>>,
}

/// The packages known so far. It learns of releases as they are asked for.
#[derive(Debug)]
pub struct Catalogue<'a> {
    locked: Locked<'a>,
    setup: Setup<'a>,
    rust_versions: Vec<RustVersion>,
    numbers: RefCell<HashMap<SmolStr, u32>>,
    names: RefCell<Vec<SmolStr>>,
    nodes: RefCell<Vec<Rc<Node>>>,
    /// Releases by name, ascending; loaded once.
    releases: RefCell<HashMap<u32, Rc<Vec<NodeId>>>>,
    known: RefCell<HashMap<(u32, Version), NodeId>>,
    fixed: HashMap<u32, Vec<NodeId>>,
    patched: HashSet<NodeId>,
    members: Vec<NodeId>,
    position: Vec<NodeId>,
    lacking: RefCell<BTreeSet<SmolStr>>,
    work: Cell<u64>,
}

impl<'a> Catalogue<'a> {
    /// A catalogue around a lockfile.
    pub fn new(locked: Locked<'a>, setup: Setup<'a>) -> Self {
        let mut catalogue = Self {
            locked,
            setup,
            rust_versions: setup.rust_versions.iter().filter_map(|it| rust_version(it)).collect(),
            numbers: RefCell::default(),
            names: RefCell::default(),
            nodes: RefCell::default(),
            releases: RefCell::default(),
            known: RefCell::default(),
            fixed: HashMap::new(),
            patched: HashSet::new(),
            members: Vec::new(),
            position: Vec::new(),
            lacking: RefCell::default(),
            work: Cell::new(0),
        };
        for (position, package) in (0..).zip(locked.packages) {
            let name = catalogue.number(&package.name);
            let node = if package.is_from_crates_io() {
                catalogue.release(name, &package.version, false)
            } else {
                let node = catalogue.add(name, &package.version, Origin::Fixed(position), false);
                catalogue.fixed.entry(name).or_default().push(node);
                node
            };
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
            for it in declared.filter(|it| it.from == DeclaredSource::Registry) {
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
                if self.node(node).origin != Origin::Index {
                    patched.insert(node);
                }
            }
        }
        patched
    }

    fn node(&self, id: NodeId) -> Rc<Node> {
        Rc::clone(&self.nodes.borrow()[id.0 as usize])
    }

    fn add(&self, name: u32, version: &Version, origin: Origin, yanked: bool) -> NodeId {
        let mut nodes = self.nodes.borrow_mut();
        let version = version.clone();
        nodes.push(Rc::new(Node { name, version, origin, yanked, summary: RefCell::new(None) }));
        NodeId((nodes.len() - 1) as u32)
    }

    fn release(&self, name: u32, version: &Version, yanked: bool) -> NodeId {
        if let Some(known) = self.known.borrow().get(&(name, version.clone())) {
            return *known;
        }
        let node = self.add(name, version, Origin::Index, yanked);
        self.known.borrow_mut().insert((name, version.clone()), node);
        node
    }

    /// The number of a name.
    pub(super) fn number(&self, name: &str) -> u32 {
        if let Some(known) = self.numbers.borrow().get(name) {
            return *known;
        }
        let mut names = self.names.borrow_mut();
        names.push(name.into());
        let number = (names.len() - 1) as u32;
        self.numbers.borrow_mut().insert(name.into(), number);
        number
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
        let to = |&at: &u32| self.position[at as usize];
        let dependencies = self.locked.dependencies.iter().map(|it| it.iter().map(to).collect());
        Lock { packages: self.position.iter().copied().zip(dependencies).collect() }
    }

    /// Name of a package.
    pub fn name(&self, id: NodeId) -> SmolStr {
        self.names.borrow()[self.node(id).name as usize].clone()
    }

    pub(super) fn name_number(&self, id: NodeId) -> u32 {
        self.node(id).name
    }

    /// Version of a package.
    pub fn version(&self, id: NodeId) -> Version {
        self.node(id).version.clone()
    }

    /// Whether a package is a release of the public registry, so that it may move.
    pub fn is_movable(&self, id: NodeId) -> bool {
        self.node(id).origin == Origin::Index
    }

    /// Whether a package is a member of the workspace.
    pub fn is_member(&self, id: NodeId) -> bool {
        self.members.contains(&id)
    }

    pub(super) fn members(&self) -> &[NodeId] {
        &self.members
    }

    pub(super) fn origin(&self, id: NodeId) -> Origin {
        self.node(id).origin
    }

    pub(super) fn fixed(&self, name: u32) -> &[NodeId] {
        self.fixed.get(&name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_patch(&self, id: NodeId) -> bool {
        self.patched.contains(&id)
    }

    /// Whether the index says that a release is yanked.
    pub fn is_yanked(&self, id: NodeId) -> bool {
        self.node(id).yanked
    }

    /// The releases of the name of a package, ascending, yanked ones among them.
    pub fn releases_of(&self, id: NodeId) -> Rc<Vec<NodeId>> {
        self.releases(self.node(id).name)
    }

    pub(super) fn releases(&self, name: u32) -> Rc<Vec<NodeId>> {
        if let Some(known) = self.releases.borrow().get(&name) {
            return Rc::clone(known);
        }
        let text = self.names.borrow()[name as usize].clone();
        let mut found = Vec::new();
        match self.setup.index.releases(&text) {
            Some(history) => {
                for release in &history.releases {
                    let day = release.published.map(|time| time.to_zoned(TimeZone::UTC).date());
                    if day.is_some_and(|day| day > self.setup.as_of) {
                        continue;
                    }
                    let Ok(version) = Version::parse(&release.version) else { continue };
                    found.push((version, release.yanked));
                }
            }
            None => {
                self.lacking.borrow_mut().insert(text);
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let nodes = found.iter().map(|(version, yanked)| self.listed(name, version, *yanked));
        let nodes = Rc::new(nodes.collect::<Vec<_>>());
        self.releases.borrow_mut().insert(name, Rc::clone(&nodes));
        nodes
    }

    /// A release that the index lists; a locked one learns here whether it is yanked.
    fn listed(&self, name: u32, version: &Version, yanked: bool) -> NodeId {
        let id = self.release(name, version, yanked);
        let node = self.node(id);
        if node.yanked != yanked {
            let (version, origin) = (node.version.clone(), node.origin);
            let summary = RefCell::new(None);
            self.nodes.borrow_mut()[id.0 as usize] =
                Rc::new(Node { name, version, origin, yanked, summary });
        }
        id
    }

    /// Names that the index has no entry of and that were asked for, since the last call.
    pub fn take_lacking(&self) -> BTreeSet<SmolStr> {
        std::mem::take(&mut self.lacking.borrow_mut())
    }

    /// Work done so far over all resolutions, in units of a decision.
    pub fn work(&self) -> u64 {
        self.work.get()
    }

    /// Counts work, in units of a decision.
    pub fn count_work(&self, units: usize) {
        self.work.set(self.work.get() + units as u64);
    }

    /// What a package depends on; `None` where its declaration is not known.
    pub(super) fn summary(&self, id: NodeId) -> Option<Rc<Summary>> {
        let node = self.node(id);
        let known = node.summary.borrow().clone();
        if let Some(known) = known {
            return known;
        }
        let made = self.make_summary(&node).map(Rc::new);
        *node.summary.borrow_mut() = Some(made.clone());
        made
    }

    fn make_summary(&self, node: &Node) -> Option<Summary> {
        let number = |name: &str| self.number(name);
        match node.origin {
            Origin::Fixed(position) => {
                let declaration = self.locked.declarations[position as usize].known()?;
                Some(Summary::new(declaration, number))
            }
            Origin::Index => {
                let name = self.names.borrow()[node.name as usize].clone();
                let found = self.setup.index.published(&name, &node.version.to_string())?;
                let mut summary = Summary::new(&found.declaration, number);
                summary.links = found.links;
                summary.rust_version = found.rust_version.as_deref().and_then(rust_version);
                Some(summary)
            }
        }
    }

    /// How many of the Rust versions that the members promise a release supports, where Cargo
    /// chooses by it.
    pub(super) fn supported_rust(&self, id: NodeId) -> usize {
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
        let declared = summary.on(self.node(on).name);
        Some(declared.map(|(it, optional)| (it.requirement.clone(), optional)).collect())
    }

    /// The dependencies of a workspace member on a package, of every kind, with their positions
    /// among what it declares.
    pub fn declared(&self, member: NodeId, on: NodeId) -> Vec<(usize, &Dependency)> {
        let Origin::Fixed(position) = self.node(member).origin else { return Vec::new() };
        let name = self.name(on);
        let declared = self.locked.declarations[position as usize].known();
        let declared = declared.into_iter().flat_map(|it| &it.dependencies).enumerate();
        declared
            .filter(|(_, it)| it.package == name && it.from == DeclaredSource::Registry)
            .collect()
    }

    /// Day on which a package of the index was last released.
    pub fn last_release(&self, id: NodeId) -> Option<Date> {
        let history = self.setup.index.releases(&self.name(id))?;
        let published = history.releases.iter().filter_map(|it| it.published);
        let days = published.map(|time| time.to_zoned(TimeZone::UTC).date());
        days.filter(|day| *day <= self.setup.as_of).max()
    }
}
