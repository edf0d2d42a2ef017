//! The dependency graph. Petgraph stays private to this file.

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use semver::VersionReq;

use super::{DependencyKind, Package};

/// Position of a package in its [`Graph`]: dense, from 0, in sorted order of packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageIndex(pub u32);

impl PackageIndex {
    /// The position as an array index.
    pub fn get(self) -> usize {
        self.0 as usize
    }
}

/// How a package takes part in the build, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Part of the product: reached from a member through normal dependencies.
    Runtime,
    /// In the product or only in a build script: facts that would tell are missing.
    RuntimeOrBuild,
    /// In the product or only in a procedural macro: facts that would tell are missing.
    RuntimeOrProcMacro,
    /// Runs in or is linked into a build script.
    Build,
    /// A procedural macro, or linked into one; runs inside the compiler.
    ProcMacro,
    /// Used only by tests, examples or benches of a member.
    Dev,
    /// Locked, but used only on another platform.
    OtherTarget,
    /// Locked, but no selected feature turns it on.
    Inactive,
    /// Facts that would tell are missing.
    Unknown,
}

impl Presence {
    /// All presences, strongest first.
    pub const ALL: [Self; 9] = [
        Self::Runtime,
        Self::RuntimeOrBuild,
        Self::RuntimeOrProcMacro,
        Self::Build,
        Self::ProcMacro,
        Self::Dev,
        Self::OtherTarget,
        Self::Inactive,
        Self::Unknown,
    ];

    /// The name used in reports for programs, rules and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::RuntimeOrBuild => "runtime-or-build",
            Self::RuntimeOrProcMacro => "runtime-or-proc-macro",
            Self::Build => "build",
            Self::ProcMacro => "proc-macro",
            Self::Dev => "dev",
            Self::OtherTarget => "other-target",
            Self::Inactive => "inactive",
            Self::Unknown => "unknown",
        }
    }
}

impl Presence {
    /// What it is called in reports for people.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::RuntimeOrBuild => "unknown (runtime or build)",
            Self::RuntimeOrProcMacro => "unknown (runtime or proc-macro)",
            Self::Runtime
            | Self::Build
            | Self::ProcMacro
            | Self::Dev
            | Self::OtherTarget
            | Self::Inactive
            | Self::Unknown => self.name(),
        }
    }

    /// What it may be, strongest first: more than one where facts that would tell are missing. A
    /// policy names these.
    pub fn alternatives(self) -> &'static [Self] {
        match self {
            Self::Runtime => &[Self::Runtime],
            Self::RuntimeOrBuild => &[Self::Runtime, Self::Build],
            Self::RuntimeOrProcMacro => &[Self::Runtime, Self::ProcMacro],
            Self::Build => &[Self::Build],
            Self::ProcMacro => &[Self::ProcMacro],
            Self::Dev => &[Self::Dev],
            Self::OtherTarget => &[Self::OtherTarget],
            Self::Inactive => &[Self::Inactive],
            Self::Unknown => &[Self::Unknown],
        }
    }

    /// Whether facts are missing that would tell it.
    pub fn is_undecided(self) -> bool {
        self == Self::Unknown || self.alternatives().len() > 1
    }
}

/// Whether an edge of the lockfile is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeState {
    /// Used when the members are built.
    Built,
    /// Used only when the members' tests, examples or benches are built.
    Dev,
    /// Used only on another platform.
    OtherTarget,
    /// Not used with the selected features.
    Inactive,
    /// Facts that would tell are missing.
    Unknown,
}

impl EdgeState {
    /// Whether the edge takes part in measures of place.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Built | Self::Dev | Self::Unknown)
    }
}

/// One dependency between two locked packages. There is an edge for each kind a package is
/// depended on as; a lockfile without declarations yields one edge without a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// When it is used; `None` where no declaration says.
    pub kind: Option<DependencyKind>,
    /// Whether it is used.
    pub state: EdgeState,
    /// What versions the dependent accepts, where its declaration says.
    pub requirement: Option<VersionReq>,
}

/// Which way to look along edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From a package to what it depends on.
    Dependencies,
    /// From a package to what depends on it.
    Dependents,
}

/// Locked packages and the edges between them.
#[derive(Debug, Clone)]
pub struct Graph {
    inner: DiGraph<Package, Edge>,
    presence: Vec<Presence>,
    members: Vec<PackageIndex>,
}

impl Graph {
    /// Builds a graph.
    ///
    /// `presence` has one entry for each package, `edges` name packages by position, `members`
    /// are the workspace members, sorted.
    ///
    /// # Panics
    /// Where `presence` and `packages` differ in length or an index is out of bounds: both are
    /// mistakes of the caller, not of the input.
    pub fn new(
        packages: Vec<(Package, Presence)>,
        edges: Vec<(PackageIndex, PackageIndex, Edge)>,
        members: Vec<PackageIndex>,
    ) -> Self {
        let mut inner = DiGraph::with_capacity(packages.len(), edges.len());
        let mut presence = Vec::with_capacity(packages.len());
        for (package, how) in packages {
            inner.add_node(package);
            presence.push(how);
        }
        for (from, to, edge) in edges {
            inner.add_edge(NodeIndex::new(from.get()), NodeIndex::new(to.get()), edge);
        }
        Self { inner, presence, members }
    }

    /// Number of packages.
    pub fn len(&self) -> usize {
        self.inner.node_count()
    }

    /// Whether there is no package.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All positions, ascending.
    pub fn indices(&self) -> impl Iterator<Item = PackageIndex> + use<> {
        (0..self.inner.node_count() as u32).map(PackageIndex)
    }

    /// The package at a position.
    pub fn package(&self, index: PackageIndex) -> &Package {
        &self.inner[NodeIndex::new(index.get())]
    }

    /// How the package takes part in the build.
    pub fn presence(&self, index: PackageIndex) -> Presence {
        self.presence[index.get()]
    }

    /// The workspace members, ascending. Empty where none is known.
    pub fn members(&self) -> &[PackageIndex] {
        &self.members
    }

    /// The neighbours of a package and the edges to them. A neighbour appears once for each
    /// kind of dependency.
    pub fn neighbours(
        &self,
        index: PackageIndex,
        direction: Direction,
    ) -> impl Iterator<Item = (PackageIndex, &Edge)> {
        let direction = match direction {
            Direction::Dependencies => petgraph::Direction::Outgoing,
            Direction::Dependents => petgraph::Direction::Incoming,
        };
        self.inner.edges_directed(NodeIndex::new(index.get()), direction).map(move |edge| {
            let node = match direction {
                petgraph::Direction::Outgoing => edge.target(),
                petgraph::Direction::Incoming => edge.source(),
            };
            (PackageIndex(node.index() as u32), edge.weight())
        })
    }

    /// All edges in no particular order.
    pub fn edges(&self) -> impl Iterator<Item = (PackageIndex, PackageIndex, &Edge)> {
        self.inner.edge_references().map(|edge| {
            let index = |node: NodeIndex| PackageIndex(node.index() as u32);
            (index(edge.source()), index(edge.target()), edge.weight())
        })
    }
}
