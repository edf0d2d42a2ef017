//! What a package depends on, with some of its features turned on.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use semver::VersionReq;
use smol_str::SmolStr;

use super::numbers::{NumberMap, Tables, Wanted};
use crate::model::{Declaration, DeclaredSource, Dependency, DependencyKind, Registry};
use crate::resolve::features::FeatureValue;

/// A package as the resolver sees it.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub(super) dependencies: Vec<SummaryDependency>,
    /// With the features that optional dependencies imply, by name.
    features: Vec<(SmolStr, Vec<SmolStr>)>,
    turned_on: RefCell<NumberMap<Asked, Option<Rc<TurnedOn>>>>,
    pub(super) links: Option<SmolStr>,
    pub(super) rust_version: Option<RustVersion>,
}

/// A declared dependency.
#[derive(Debug, Clone)]
pub(super) struct SummaryDependency {
    /// The name in the manifest.
    pub(super) name: SmolStr,
    /// The package, by the number the catalogue gave its name.
    pub(super) package: u32,
    pub(super) requirement: Option<VersionReq>,
    pub(super) from_public_registry: bool,
    /// Number of what is asked of the index for it, as long as no manifest changes.
    pub(super) query: u32,
    kind: DependencyKind,
    optional: bool,
    pub(super) default_features: bool,
    features: Vec<SmolStr>,
}

/// A Rust version: major, minor, patch.
pub(super) type RustVersion = (u64, u64, u64);

/// Reads `1`, `1.70` or `1.70.0`; what follows a `-` or `+` does not count.
pub(super) fn rust_version(text: &str) -> Option<RustVersion> {
    let plain = text.split(['-', '+']).next()?;
    let mut parts = plain.split('.').map(|part| part.parse::<u64>().ok());
    let major = parts.next()??;
    Some((major, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?))
}

/// Which features of a package are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Asked {
    /// All, and dev-dependencies: a workspace member.
    Everything,
    /// Those that a dependent names, by the number of their set.
    Named { features: u32, default: bool },
}

/// A package lacks a feature that is asked for.
#[derive(Debug)]
struct NoSuchFeature;

/// What asking for features turns on. Features are positions among those of the package.
#[derive(Debug, Default)]
pub(super) struct TurnedOn {
    /// Those that are asked for by name.
    pub(super) named: Vec<usize>,
    /// With all that they turn on.
    pub(super) features: Vec<usize>,
    /// Positions of dependencies, with the number of the set of features asked of them.
    pub(super) dependencies: Vec<(usize, u32)>,
}

impl Summary {
    pub(super) fn new(declaration: &Declaration, tables: &Tables) -> Self {
        let dependencies: Vec<SummaryDependency> =
            declaration.dependencies.iter().map(|it| dependency(it, tables)).collect();
        let mut features = declaration.features.clone();
        let named: HashSet<&str> = declaration
            .features
            .values()
            .flatten()
            .filter_map(|value| value.strip_prefix("dep:"))
            .collect();
        for optional in dependencies.iter().filter(|it| it.optional) {
            if !named.contains(optional.name.as_str()) {
                let turns_on = || vec![SmolStr::from(format!("dep:{}", optional.name))];
                features.entry(optional.name.clone()).or_insert_with(turns_on);
            }
        }
        let features = features.into_iter().collect();
        Self { dependencies, features, ..Self::default() }
    }

    /// How many features it has.
    pub(super) fn feature_count(&self) -> usize {
        self.features.len()
    }

    fn feature(&self, name: &str) -> Option<usize> {
        self.features.binary_search_by(|(it, _)| it.as_str().cmp(name)).ok()
    }

    /// What is turned on by what is asked; `None` where it lacks a feature that is asked for.
    pub(super) fn turn_on(&self, asked: Asked, tables: &Tables) -> Option<Rc<TurnedOn>> {
        if let Some(known) = self.turned_on.borrow().get(&asked) {
            return known.clone();
        }
        let made = self.make_turned_on(asked, tables).map(Rc::new).ok();
        self.turned_on.borrow_mut().insert(asked, made.clone());
        made
    }

    fn make_turned_on(&self, asked: Asked, tables: &Tables) -> Result<TurnedOn, NoSuchFeature> {
        let named: Vec<usize> = match asked {
            Asked::Everything => (0..self.features.len()).collect(),
            Asked::Named { features, default } => {
                let features = tables.wanted.value(features);
                let named = features.iter().map(|it| self.feature(it).ok_or(NoSuchFeature));
                let default = default.then(|| self.feature("default")).flatten();
                named.chain(default.map(Ok)).collect::<Result<_, _>>()?
            }
        };
        let mut on = Requirements {
            summary: self,
            dependencies: HashMap::new(),
            features: vec![false; self.features.len()],
        };
        on.require(named.clone())?;
        let mut dependencies = Vec::new();
        for (position, it) in self.dependencies.iter().enumerate() {
            let asked_of = on.dependencies.get(it.name.as_str());
            let is_of_tests = it.kind == DependencyKind::Dev && asked != Asked::Everything;
            if is_of_tests || (it.optional && asked_of.is_none()) {
                continue;
            }
            let mut wanted = asked_of.cloned().unwrap_or_default();
            wanted.extend(it.features.iter().cloned());
            dependencies.push((position, tables.wanted.number(Rc::new(wanted))));
        }
        let features = (0..on.features.len()).filter(|at| on.features[*at]).collect();
        Ok(TurnedOn { named, features, dependencies })
    }

    /// The declared dependencies on a package that count where it is a dependency itself, with
    /// whether each is optional.
    pub(super) fn on(&self, package: u32) -> impl Iterator<Item = (&SummaryDependency, bool)> {
        let counted = self.dependencies.iter().filter(move |it| it.package == package);
        counted.filter(|it| it.kind != DependencyKind::Dev).map(|it| (it, it.optional))
    }

    /// The dependencies that it has whatever its features are, other than for its own tests.
    pub(super) fn needed(&self) -> impl Iterator<Item = &SummaryDependency> {
        let needed = |it: &&SummaryDependency| !it.optional && it.kind != DependencyKind::Dev;
        self.dependencies.iter().filter(needed).filter(|it| it.from_public_registry)
    }
}

/// Whether a declaration takes a package from the public registry, the only one whose releases are
/// known here.
pub(super) fn is_from_public_registry(from: &DeclaredSource) -> bool {
    matches!(from, DeclaredSource::Registry | DeclaredSource::RegistryAt(Registry::CratesIo))
}

fn dependency(declared: &Dependency, tables: &Tables) -> SummaryDependency {
    let package = tables.names.number(declared.package.clone());
    let from_public_registry = is_from_public_registry(&declared.from);
    let requirement = declared.requirement.clone();
    SummaryDependency {
        name: declared.name.clone(),
        package,
        query: tables.queries.number((package, requirement.clone(), from_public_registry)),
        requirement,
        from_public_registry,
        kind: declared.kind,
        optional: declared.optional,
        default_features: declared.default_features,
        features: declared.features.clone(),
    }
}

struct Requirements<'a> {
    summary: &'a Summary,
    dependencies: HashMap<&'a str, Wanted>,
    features: Vec<bool>,
}

impl Requirements<'_> {
    /// Turns features on, with all they turn on: a worklist, so that no chain is too deep.
    fn require(&mut self, mut pending: Vec<usize>) -> Result<(), NoSuchFeature> {
        let summary = self.summary;
        while let Some(at) = pending.pop() {
            if std::mem::replace(&mut self.features[at], true) {
                continue;
            }
            for value in &summary.features[at].1 {
                match FeatureValue::parse(value) {
                    FeatureValue::Feature(name) => {
                        pending.push(summary.feature(name).ok_or(NoSuchFeature)?);
                    }
                    FeatureValue::Dependency(name) => {
                        self.dependencies.entry(name).or_default();
                    }
                    FeatureValue::DependencyFeature { dependency, feature, weak } => {
                        // Versions are chosen as if a weak feature turned the dependency on.
                        let optional =
                            |it: &SummaryDependency| it.optional && it.name == dependency;
                        if !weak && summary.dependencies.iter().any(optional) {
                            pending.extend(summary.feature(dependency));
                        }
                        self.dependencies.entry(dependency).or_default().insert(feature.into());
                    }
                }
            }
        }
        Ok(())
    }
}
