//! Cargo's feature resolver over locked packages.
//!
//! The rules are those of <https://doc.rust-lang.org/cargo/reference/features.html> and
//! <https://doc.rust-lang.org/cargo/reference/resolver.html#feature-resolver-version-2>. The
//! outcome is a least fixed point, so the order of work does not matter: a worklist takes the
//! place of recursion, and a deep chain cannot overflow the stack.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use smol_str::SmolStr;

use super::answers::Side;
use super::link::{Link, Links};
use super::{Input, IsProcMacro};
use crate::model::{Declaration, DependencyKind, Observed, Resolver};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DevDependencies {
    Included,
    Excluded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlatformFilter {
    /// Dependencies limited to another platform are left out.
    Applied,
    /// Dependencies of every platform are taken.
    Ignored,
}

/// What a package counts as of which it is not known whether it is a procedural macro.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnknownMacro {
    /// A library and a procedural macro: everything that may be built is.
    Both,
    /// A procedural macro: what is in the product all the same is so for sure.
    Macro,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    pub(super) resolver: Resolver,
    pub(super) dev: DevDependencies,
    pub(super) platforms: PlatformFilter,
    pub(super) unknown: UnknownMacro,
}

impl Options {
    /// Whether features of the host side are kept apart from those of the target side.
    fn sides_apart(self) -> bool {
        self.resolver == Resolver::Two
    }

    /// The sides a dependency is built for, given whether it is a procedural macro and the side of
    /// its dependent.
    pub(super) fn sides(
        self,
        link: &Link<'_>,
        is_proc_macro: IsProcMacro,
        side: Side,
    ) -> impl Iterator<Item = Side> + use<> {
        let (one, other) = match (link.artifact, link.declared.kind, is_proc_macro) {
            (Some(artifact), ..) => (artifact, None),
            (None, DependencyKind::Build, _) | (None, _, IsProcMacro::Yes) => (Side::Host, None),
            (None, _, IsProcMacro::No) => (side, None),
            (None, _, IsProcMacro::Unknown) => match self.unknown {
                UnknownMacro::Macro => (Side::Host, None),
                UnknownMacro::Both => (side, Some(Side::Host).filter(|host| *host != side)),
            },
        };
        std::iter::once(one).chain(other)
    }

    /// The side under which features are kept.
    fn kept_under(self, side: Side) -> Side {
        if self.sides_apart() { side } else { Side::Target }
    }

    /// Whether feature resolution follows a link. Version 1 follows all of them, and leaves it
    /// to the walk to leave out other platforms and dev-dependencies.
    fn follows(self, link: &Link<'_>, side: Side) -> bool {
        if self.resolver == Resolver::One {
            return true;
        }
        if self.dev == DevDependencies::Excluded && link.declared.kind == DependencyKind::Dev {
            return false;
        }
        self.platforms == PlatformFilter::Ignored || link.is_used_on(side)
    }
}

/// A feature value, as in the `features` table of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FeatureValue<'a> {
    /// `a`
    Feature(&'a str),
    /// `dep:a`
    Dependency(&'a str),
    /// `a/b`, or `a?/b` where `weak`.
    DependencyFeature { dependency: &'a str, feature: &'a str, weak: bool },
}

impl<'a> FeatureValue<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        if let Some((dependency, feature)) = text.split_once('/') {
            return match dependency.strip_suffix('?') {
                Some(dependency) => Self::DependencyFeature { dependency, feature, weak: true },
                None => Self::DependencyFeature { dependency, feature, weak: false },
            };
        }
        text.strip_prefix("dep:").map_or(Self::Feature(text), Self::Dependency)
    }
}

/// The features of one package, with those that optional dependencies imply.
pub(super) type FeatureTable<'a> = HashMap<&'a str, Vec<FeatureValue<'a>>>;

/// The feature tables of all packages, each made when it is first asked for: packages that no
/// run reaches need none.
pub(super) struct Tables<'a> {
    declarations: &'a [Observed<Arc<Declaration>>],
    made: Vec<OnceCell<FeatureTable<'a>>>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(input: Input<'a>) -> Self {
        let made = vec![OnceCell::new(); input.declarations.len()];
        Self { declarations: input.declarations, made }
    }

    fn of(&self, package: u32) -> &FeatureTable<'a> {
        let at = package as usize;
        self.made[at].get_or_init(|| table(self.declarations[at].known()))
    }
}

/// Every optional dependency implies a feature, also one that is not locked: a package that is
/// locked for its features has no others yet.
fn table<'a>(declaration: Option<&'a Arc<Declaration>>) -> FeatureTable<'a> {
    let declared = declaration.into_iter().flat_map(|known| &known.features);
    let parse = |values: &'a Vec<SmolStr>| values.iter().map(|text| FeatureValue::parse(text));
    let mut table: FeatureTable<'a> =
        declared.map(|(name, values)| (name.as_str(), parse(values).collect())).collect();
    let named: HashSet<&str> = table.values().flatten().filter_map(named_by_dep).collect();
    let dependencies = declaration.into_iter().flat_map(|known| &known.dependencies);
    for optional in dependencies.filter(|dependency| dependency.optional) {
        let name = optional.name.as_str();
        if !named.contains(name) {
            table.entry(name).or_insert_with(|| vec![FeatureValue::Dependency(name)]);
        }
    }
    table
}

fn named_by_dep<'a>(value: &FeatureValue<'a>) -> Option<&'a str> {
    match value {
        FeatureValue::Dependency(name) => Some(name),
        FeatureValue::Feature(_) | FeatureValue::DependencyFeature { .. } => None,
    }
}

/// Which optional dependencies are on.
#[derive(Debug)]
pub(super) struct Activation<'a> {
    options: Options,
    dependencies: HashSet<(u32, Side, &'a str)>,
}

impl Activation<'_> {
    /// Whether an optional dependency of a package is on, as part of the product or of the build.
    pub(super) fn is_on_anywhere(&self, package: u32, name: &str) -> bool {
        self.is_on(package, Side::Target, name) || self.is_on(package, Side::Host, name)
    }

    /// Whether an optional dependency of a package on that side is on.
    pub(super) fn is_on(&self, package: u32, side: Side, name: &str) -> bool {
        self.dependencies.contains(&(package, self.options.kept_under(side), name))
    }
}

/// Activates features from what is requested of each member.
pub(super) fn activate<'a>(
    input: Input<'a>,
    links: &'a Links<'a>,
    tables: &'a Tables<'a>,
    requested: &[(u32, Vec<FeatureValue<'a>>)],
    options: Options,
) -> Activation<'a> {
    let mut work = Worklist {
        proc_macro: input.proc_macro,
        links,
        tables,
        options,
        features: HashSet::new(),
        activation: Activation { options, dependencies: HashSet::new() },
        processed: HashSet::new(),
        deferred: HashMap::new(),
        tasks: Vec::new(),
    };
    for (member, values) in requested {
        work.package(*member, Side::Target, values);
        if options.sides_apart() && input.proc_macro[*member as usize] == IsProcMacro::Yes {
            work.package(*member, Side::Host, values);
        }
    }
    while let Some(task) = work.tasks.pop() {
        work.step(task);
    }
    work.activation
}

/// One feature value to turn on in one package on one side.
type Task<'a> = (u32, Side, FeatureValue<'a>);

struct Worklist<'a> {
    proc_macro: &'a [IsProcMacro],
    links: &'a Links<'a>,
    tables: &'a Tables<'a>,
    options: Options,
    features: HashSet<(u32, Side, &'a str)>,
    activation: Activation<'a>,
    processed: HashSet<(u32, Side)>,
    /// Features asked for by `a?/b` of dependencies that are not on yet.
    deferred: HashMap<(u32, Side, &'a str), Vec<&'a str>>,
    tasks: Vec<Task<'a>>,
}

impl<'a> Worklist<'a> {
    /// Turns a package on with some of its features, and with it what it always depends on.
    fn package(&mut self, package: u32, side: Side, values: &[FeatureValue<'a>]) {
        let mut pending = vec![(package, side)];
        self.tasks.extend(values.iter().map(|value| (package, side, *value)));
        while let Some((package, side)) = pending.pop() {
            if !self.processed.insert((package, side)) {
                continue;
            }
            let links = self.links;
            for link in &links[package as usize] {
                if !link.declared.optional && self.options.follows(link, side) {
                    for to_side in self.sides_of(link, side) {
                        self.request(link, to_side);
                        pending.push((link.to, to_side));
                    }
                }
            }
        }
    }

    /// Asks a dependency for the features its dependent wants.
    fn request(&mut self, link: &'a Link<'a>, side: Side) {
        let wanted = link.declared.features.iter().map(|text| FeatureValue::parse(text));
        self.tasks.extend(wanted.map(|value| (link.to, side, value)));
        if link.declared.default_features {
            self.tasks.push((link.to, side, FeatureValue::Feature("default")));
        }
    }

    fn sides_of(&self, link: &Link<'_>, side: Side) -> impl Iterator<Item = Side> + use<> {
        let sides = self.options.sides(link, self.proc_macro[link.to as usize], side);
        // Where sides are not told apart, all is on one.
        let apart = self.options.sides_apart();
        sides.map(move |to_side| if apart { to_side } else { side })
    }

    fn step(&mut self, (package, side, value): Task<'a>) {
        match value {
            FeatureValue::Feature(name) => self.feature(package, side, name),
            FeatureValue::Dependency(name) => self.dependency(package, side, name),
            FeatureValue::DependencyFeature { dependency, feature, weak } => {
                self.dependency_feature(package, side, dependency, feature, weak);
            }
        }
    }

    fn feature(&mut self, package: u32, side: Side, name: &'a str) {
        if !self.features.insert((package, self.options.kept_under(side), name)) {
            return;
        }
        let tables = self.tables;
        if let Some(values) = tables.of(package).get(name) {
            self.tasks.extend(values.iter().map(|value| (package, side, *value)));
        }
    }

    fn dependency(&mut self, package: u32, side: Side, name: &'a str) {
        let kept = self.options.kept_under(side);
        self.activation.dependencies.insert((package, kept, name));
        let deferred = self.deferred.remove(&(package, side, name)).unwrap_or_default();
        let links = self.links;
        for link in &links[package as usize] {
            if link.declared.name != name || !self.options.follows(link, side) {
                continue;
            }
            for to_side in self.sides_of(link, side) {
                let values = deferred.iter().map(|feature| FeatureValue::parse(feature));
                self.tasks.extend(values.map(|value| (link.to, to_side, value)));
                self.request(link, to_side);
                self.package(link.to, to_side, &[]);
            }
        }
    }

    fn dependency_feature(
        &mut self,
        package: u32,
        side: Side,
        dependency: &'a str,
        feature: &'a str,
        weak: bool,
    ) {
        let links = self.links;
        if !weak && !links[package as usize].iter().any(|link| link.declared.name == dependency) {
            // Not locked, but it would be if the lockfile were made for this selection.
            self.tasks.push((package, side, FeatureValue::Dependency(dependency)));
        }
        for link in &links[package as usize] {
            if link.declared.name != dependency || !self.options.follows(link, side) {
                continue;
            }
            if link.declared.optional {
                if weak && !self.activation.is_on(package, side, dependency) {
                    self.deferred.entry((package, side, dependency)).or_default().push(feature);
                    continue;
                }
                self.tasks.push((package, side, FeatureValue::Dependency(dependency)));
                // Before weak dependencies, `a/b` also turned on the feature named `a`.
                if !weak && self.tables.of(package).contains_key(dependency) {
                    self.tasks.push((package, side, FeatureValue::Feature(dependency)));
                }
            }
            for to_side in self.sides_of(link, side) {
                self.tasks.push((link.to, to_side, FeatureValue::parse(feature)));
            }
        }
    }
}
