//! What a package depends on, with some of its features turned on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use semver::VersionReq;
use smol_str::SmolStr;

use crate::model::{Declaration, DeclaredSource, Dependency, DependencyKind, Registry};
use crate::resolve::features::FeatureValue;

/// A package as the resolver sees it.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub(super) dependencies: Vec<SummaryDependency>,
    /// With the features that optional dependencies imply.
    features: BTreeMap<SmolStr, Vec<SmolStr>>,
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

/// Features of one dependency that its dependent asks for.
pub(super) type Wanted = BTreeSet<SmolStr>;

/// Which features of a package are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked<'a> {
    /// All, and dev-dependencies: a workspace member.
    Everything,
    /// Those that a dependent names.
    Named { features: &'a Wanted, default: bool },
}

/// A package lacks a feature that is asked for.
#[derive(Debug)]
pub(super) struct NoSuchFeature;

/// What asking for features turns on.
#[derive(Debug, Default)]
pub(super) struct TurnedOn {
    pub(super) features: HashSet<SmolStr>,
    /// Positions of dependencies, with the features asked of them.
    pub(super) dependencies: Vec<(usize, Wanted)>,
}

impl Summary {
    pub(super) fn new(declaration: &Declaration, mut number: impl FnMut(&str) -> u32) -> Self {
        let dependencies: Vec<SummaryDependency> =
            declaration.dependencies.iter().map(|it| dependency(it, number(&it.package))).collect();
        let mut features = declaration.features.clone();
        let named: HashSet<SmolStr> = features
            .values()
            .flatten()
            .filter_map(|value| value.strip_prefix("dep:").map(SmolStr::new))
            .collect();
        for optional in dependencies.iter().filter(|it| it.optional) {
            if !named.contains(&optional.name) {
                let turns_on = || vec![SmolStr::from(format!("dep:{}", optional.name))];
                features.entry(optional.name.clone()).or_insert_with(turns_on);
            }
        }
        Self { dependencies, features, links: None, rust_version: None }
    }

    /// What is turned on by what is asked.
    pub(super) fn turn_on(&self, asked: Asked<'_>) -> Result<TurnedOn, NoSuchFeature> {
        let mut on =
            Requirements { summary: self, dependencies: HashMap::new(), features: HashSet::new() };
        let dev = match asked {
            Asked::Everything => {
                for feature in self.features.keys() {
                    on.require(feature)?;
                }
                true
            }
            Asked::Named { features, default } => {
                for feature in features {
                    on.require(feature)?;
                }
                if default && self.features.contains_key("default") {
                    on.require("default")?;
                }
                false
            }
        };
        let mut dependencies = Vec::new();
        for (position, it) in self.dependencies.iter().enumerate() {
            let asked_of = on.dependencies.get(&it.name);
            if (it.kind == DependencyKind::Dev && !dev) || (it.optional && asked_of.is_none()) {
                continue;
            }
            let mut wanted = asked_of.cloned().unwrap_or_default();
            wanted.extend(it.features.iter().cloned());
            dependencies.push((position, wanted));
        }
        Ok(TurnedOn { features: on.features, dependencies })
    }

    /// Whether it has a feature called `default`.
    pub(super) fn has_default(&self) -> bool {
        self.features.contains_key("default")
    }

    /// The declared dependencies on a package that count where it is a dependency itself, with
    /// whether each is optional.
    pub(super) fn on(&self, package: u32) -> impl Iterator<Item = (&SummaryDependency, bool)> {
        let counted = self.dependencies.iter().filter(move |it| it.package == package);
        counted.filter(|it| it.kind != DependencyKind::Dev).map(|it| (it, it.optional))
    }
}

/// Whether a declaration takes a package from the public registry, the only one whose releases are
/// known here.
pub(super) fn is_from_public_registry(from: &DeclaredSource) -> bool {
    matches!(from, DeclaredSource::Registry | DeclaredSource::RegistryAt(Registry::CratesIo))
}

fn dependency(declared: &Dependency, package: u32) -> SummaryDependency {
    SummaryDependency {
        name: declared.name.clone(),
        package,
        requirement: declared.requirement.clone(),
        from_public_registry: is_from_public_registry(&declared.from),
        kind: declared.kind,
        optional: declared.optional,
        default_features: declared.default_features,
        features: declared.features.clone(),
    }
}

struct Requirements<'a> {
    summary: &'a Summary,
    dependencies: HashMap<SmolStr, Wanted>,
    features: HashSet<SmolStr>,
}

impl Requirements<'_> {
    /// Turns a feature on, with all it turns on: a worklist, so that no chain is too deep.
    fn require(&mut self, feature: &str) -> Result<(), NoSuchFeature> {
        let mut pending = vec![SmolStr::new(feature)];
        while let Some(feature) = pending.pop() {
            if !self.features.insert(feature.clone()) {
                continue;
            }
            let values = self.summary.features.get(&feature).ok_or(NoSuchFeature)?;
            for value in values {
                match FeatureValue::parse(value) {
                    FeatureValue::Feature(name) => pending.push(name.into()),
                    FeatureValue::Dependency(name) => {
                        self.dependencies.entry(name.into()).or_default();
                    }
                    FeatureValue::DependencyFeature { dependency, feature, weak } => {
                        // Versions are chosen as if a weak feature turned the dependency on.
                        let is_optional = self
                            .summary
                            .dependencies
                            .iter()
                            .any(|it| it.optional && it.name == dependency);
                        if !weak && is_optional && self.summary.features.contains_key(dependency) {
                            pending.push(dependency.into());
                        }
                        self.dependencies
                            .entry(dependency.into())
                            .or_default()
                            .insert(feature.into());
                    }
                }
            }
        }
        Ok(())
    }
}
