//! What the command line asks of each member
//! (<https://doc.rust-lang.org/cargo/reference/features.html#command-line-feature-options>).

use super::features::FeatureValue;
use super::link::Links;
use super::{Input, Selection};
use crate::model::{Declaration, PackageIndex, Resolver};

/// For each member, the feature values to turn on.
///
/// A feature is given to every member that has it, as Cargo does for a whole workspace. With
/// version 1 of the resolver and a package in the root manifest, it is given to that package, and
/// `--no-default-features` is about it alone.
///
/// # Errors
/// Where a feature exists in no member, or not in the one it is asked of; the message names it.
pub(super) fn requested<'a>(
    input: Input<'a>,
    links: &Links<'a>,
    selection: &'a Selection,
) -> Result<Vec<(u32, Vec<FeatureValue<'a>>)>, String> {
    let texts = selection.features.iter().flat_map(|text| text.split([',', ' ']));
    let wanted: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    if let Some(text) = wanted.iter().find(|text| !is_well_formed(text)) {
        return Err(format!("`{text}` is no feature: write `a`, `member/a` or `dependency/a`"));
    }
    let root = input.root_package.filter(|_| input.resolver == Resolver::One);
    let mut found = vec![false; wanted.len()];
    let mut requested = Vec::with_capacity(input.members.len());
    for &member in input.members {
        let member = Member::new(input, links, member);
        let is_root = root == Some(member.at);
        let mut values = Vec::new();
        if selection.all_features {
            values.extend(member.all());
        }
        if selection.default_features || root.is_some() && !is_root {
            values.push(FeatureValue::Feature("default"));
        }
        for (text, found) in wanted.iter().zip(&mut found) {
            let asked = match root {
                None => member.asked(text),
                Some(_) if is_root => member.asked_of_root(input, text),
                Some(_) => member.asked_by_name(text),
            };
            let value = asked.map(|value| member.checked(input, value)).transpose()?;
            *found |= value.is_some();
            values.extend(value);
        }
        requested.push((member.at.0, values));
    }
    match wanted.iter().zip(found).find(|(_, found)| !found) {
        Some((name, _)) => Err(format!("no workspace member has the feature `{name}`")),
        None => Ok(requested),
    }
}

/// `dep:a` and `a/b/c` are for manifests or for nothing.
fn is_well_formed(text: &str) -> bool {
    !text.starts_with("dep:") && text.matches('/').count() < 2
}

struct Member<'a, 'l> {
    at: PackageIndex,
    name: &'a str,
    declaration: Option<&'a Declaration>,
    links: &'l [super::link::Link<'a>],
}

impl<'a, 'l> Member<'a, 'l> {
    fn new(input: Input<'a>, links: &'l Links<'a>, at: PackageIndex) -> Self {
        Self {
            at,
            name: &input.packages[at.get()].name,
            declaration: input.declarations[at.get()].known().map(AsRef::as_ref),
            links: &links[at.get()],
        }
    }

    /// Every feature, those of optional dependencies among them.
    fn all(&self) -> impl Iterator<Item = FeatureValue<'a>> + use<'a> {
        let names = self.declaration.into_iter().flat_map(|known| known.features.keys());
        let dependencies = self.declaration.into_iter().flat_map(|known| &known.dependencies);
        let optional = dependencies.filter(|it| it.optional).map(|it| &it.name);
        names.chain(optional).map(|name| FeatureValue::Feature(name))
    }

    fn has(&self, feature: &str) -> bool {
        self.declaration.is_some_and(|known| {
            known.features.contains_key(feature)
                || known.dependencies.iter().any(|it| it.optional && it.name == feature)
        })
    }

    fn depends_on(&self, name: &str) -> bool {
        self.declaration.is_some_and(|known| known.dependencies.iter().any(|it| it.name == name))
    }

    /// What a text asks of any member.
    fn asked(&self, text: &'a str) -> Option<FeatureValue<'a>> {
        match FeatureValue::parse(text) {
            FeatureValue::Feature(name) => self.has(name).then_some(FeatureValue::Feature(name)),
            value @ FeatureValue::DependencyFeature { dependency, .. }
                if self.depends_on(dependency) =>
            {
                Some(value)
            }
            FeatureValue::DependencyFeature { .. } => self.asked_by_name(text),
            FeatureValue::Dependency(_) => None,
        }
    }

    /// What a text asks of the member that it names.
    fn asked_by_name(&self, text: &'a str) -> Option<FeatureValue<'a>> {
        match FeatureValue::parse(text) {
            FeatureValue::DependencyFeature { dependency, feature, .. }
                if dependency == self.name && self.has(feature) =>
            {
                Some(FeatureValue::Feature(feature))
            }
            FeatureValue::DependencyFeature { .. }
            | FeatureValue::Feature(_)
            | FeatureValue::Dependency(_) => None,
        }
    }

    /// What a text asks of the root package: everything but what names another member.
    fn asked_of_root(&self, input: Input<'_>, text: &'a str) -> Option<FeatureValue<'a>> {
        if let FeatureValue::DependencyFeature { dependency, .. } = FeatureValue::parse(text) {
            let others = input.members.iter().filter(|member| **member != self.at);
            let names_other =
                others.into_iter().any(|it| input.packages[it.get()].name == dependency);
            if names_other || dependency == self.name {
                return None;
            }
        }
        self.asked(text)
    }

    /// The value, where there is such a feature.
    fn checked(
        &self,
        input: Input<'_>,
        value: FeatureValue<'a>,
    ) -> Result<FeatureValue<'a>, String> {
        match value {
            FeatureValue::Feature(feature) => {
                match self.declaration.is_some_and(|known| is_hidden(known, feature)) {
                    true => Err(hidden(self.name, feature)),
                    false => Ok(value),
                }
            }
            FeatureValue::DependencyFeature { dependency, feature, .. } => {
                let mut links = self.links.iter().filter(|it| it.declared.name == dependency);
                match links.find(|link| lacks(input, link.to, feature)) {
                    Some(_) => Err(format!(
                        "`{dependency}` of `{}` does not have the feature `{feature}`",
                        self.name
                    )),
                    None => Ok(value),
                }
            }
            FeatureValue::Dependency(_) => Ok(value),
        }
    }
}

fn hidden(package: &str, feature: &str) -> String {
    format!(
        "no workspace member has the feature `{feature}`: it is an optional dependency of \
         `{package}`, and a feature names it as `dep:{feature}`, so that it is no feature itself"
    )
}

/// Whether a name is that of an optional dependency which implies no feature, as some feature
/// names it with `dep:`.
fn is_hidden(declaration: &Declaration, name: &str) -> bool {
    if declaration.features.contains_key(name) {
        return false;
    }
    let is_optional = declaration.dependencies.iter().any(|it| it.optional && it.name == name);
    let mut values = declaration.features.values().flatten();
    is_optional && values.any(|value| FeatureValue::parse(value) == FeatureValue::Dependency(name))
}

/// Whether a package is known not to have a feature.
fn lacks(input: Input<'_>, package: u32, feature: &str) -> bool {
    input.declarations[package as usize].known().is_some_and(|known| {
        let implied = known.dependencies.iter().any(|it| it.optional && it.name == feature);
        let has = known.features.contains_key(feature) || implied && !is_hidden(known, feature);
        // Every package may be asked for `default`, whether it has it or not.
        !has && feature != "default"
    })
}
