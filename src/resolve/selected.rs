//! What the command line asks of each member.

use super::features::FeatureValue;
use super::link::Links;
use super::{Input, Selection};

/// For each member, the feature values to turn on.
///
/// A feature is given to every member that has it, as Cargo does for a whole workspace.
///
/// # Errors
/// Where no member has a feature; the message names it.
pub(super) fn requested<'a>(
    input: Input<'a>,
    links: &Links<'a>,
    selection: &'a Selection,
) -> Result<Vec<(u32, Vec<FeatureValue<'a>>)>, String> {
    let wanted: Vec<&str> = selection
        .features
        .iter()
        .flat_map(|text| text.split([',', ' ']))
        .filter(|text| !text.is_empty())
        .collect();
    let mut found = vec![false; wanted.len()];
    let mut requested = Vec::with_capacity(input.members.len());
    for member in input.members {
        let declaration = input.declarations[member.get()].known();
        let mut values = Vec::new();
        let has = |name: &str| {
            declaration.is_some_and(|known| known.features.contains_key(name))
                || links[member.get()]
                    .iter()
                    .any(|link| link.declared.optional && link.declared.name == name)
        };
        if selection.all_features {
            let names = declaration.into_iter().flat_map(|known| known.features.keys());
            values.extend(names.map(|name| FeatureValue::Feature(name)));
            let optional = links[member.get()].iter().filter(|link| link.declared.optional);
            values.extend(optional.map(|link| FeatureValue::Feature(&link.declared.name)));
        }
        if selection.default_features {
            values.push(FeatureValue::Feature("default"));
        }
        for (text, found) in wanted.iter().zip(&mut found) {
            let value = match FeatureValue::parse(text) {
                FeatureValue::Feature(name) => has(name).then_some(FeatureValue::Feature(name)),
                FeatureValue::DependencyFeature { dependency, feature, .. }
                    if dependency == input.packages[member.get()].name =>
                {
                    has(feature).then_some(FeatureValue::Feature(feature))
                }
                value @ FeatureValue::DependencyFeature { dependency, .. } => links[member.get()]
                    .iter()
                    .any(|link| link.declared.name == dependency)
                    .then_some(value),
                FeatureValue::Dependency(_) => None,
            };
            *found |= value.is_some();
            values.extend(value);
        }
        requested.push((member.0, values));
    }
    match wanted.iter().zip(found).find(|(_, found)| !found) {
        Some((name, _)) => Err(format!("no workspace member has the feature `{name}`")),
        None => Ok(requested),
    }
}
