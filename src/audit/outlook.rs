//! The forecasts about each package, from what an audit knows on its day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Inputs;
use crate::forecast::{
    Timeline, day_number, first_stable_of, release_features, while_silent, with_activity,
    with_usage, with_version,
};
use crate::model::{
    AdvisoryKind, Feature, Features, Missing, Observed, Outlook, Package, PackageFacts, Source,
    Upstream,
};

/// The forecasts about each package, by position. Versions of one package have the same ones.
pub(super) fn outlooks(
    inputs: &Inputs,
    upstream: &BTreeMap<String, Upstream>,
    facts: &[PackageFacts],
) -> Vec<Observed<Arc<Outlook>>> {
    let as_of = day_number(inputs.as_of);
    let features: Vec<Observed<Features>> = by_name(inputs, |at| {
        let history = inputs.histories[at].known();
        let why = inputs.histories[at].missing().unwrap_or(Missing::NoIndexEntry);
        match history {
            Some(history) => {
                let features = release_features(&Timeline::of(history), as_of);
                with_version(features, first_stable_of(history), as_of)
            }
            None => Features::missing(why),
        }
    });
    let repositories = repositories(inputs, facts);
    by_name(inputs, |at| {
        let package = &inputs.packages[at];
        let address = repositories.get(package.name.as_str());
        let unheard = || Features::missing(Missing::NoIndexEntry);
        let features = features[at].known().cloned().unwrap_or_else(unheard);
        let past = Observed::Known(past_disclosures(inputs, package));
        let features = features.with(Feature::PastDisclosures, past);
        let features = match inputs.knowledge.shipped.usage.of(&package.name, inputs.as_of) {
            Some(usage) => with_usage(features, &usage),
            None => features,
        };
        let learned = address.and_then(|address| upstream.get(*address));
        let features = match learned.and_then(|learned| learned.activity.known()) {
            Some(activity) => with_activity(features, &activity.value, as_of),
            None => features,
        };
        Arc::new(inputs.knowledge.shipped.models.outlook(&while_silent(features)))
    })
}

/// Measures each package of the public registry, several versions of one name once.
fn by_name<T: Clone>(inputs: &Inputs, mut measure: impl FnMut(usize) -> T) -> Vec<Observed<T>> {
    let mut measured: Vec<Observed<T>> = Vec::with_capacity(inputs.packages.len());
    for (at, package) in inputs.packages.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &inputs.packages[before]);
        let same =
            before.is_some_and(|other| other.name == package.name && other.is_from_crates_io());
        measured.push(match measured.last() {
            _ if matches!(package.source, Source::Registry(_)) && !package.is_from_crates_io() => {
                Observed::Missing(Missing::NoIndexEntry)
            }
            _ if !package.is_from_crates_io() => Observed::Missing(Missing::NotFromRegistry),
            Some(last) if same => last.clone(),
            _ => Observed::Known(measure(at)),
        });
    }
    measured
}

/// The repository of each package by name, that of its highest version that leads to one.
fn repositories<'a>(inputs: &'a Inputs, facts: &'a [PackageFacts]) -> BTreeMap<&'a str, &'a str> {
    let packages = inputs.packages.iter().zip(facts);
    packages
        .filter(|(package, _)| package.is_from_crates_io())
        .filter_map(|(package, facts)| {
            let found = facts.location.known()?;
            Some((package.name.as_str(), found.location.repository.address.as_str()))
        })
        .collect()
}

/// Days on which vulnerabilities or unsoundness of a package became public.
fn past_disclosures(inputs: &Inputs, package: &Package) -> f64 {
    let about = inputs.knowledge.advisories.index.for_package(&package.name).iter();
    let days: BTreeSet<_> = about
        .filter(|advisory| advisory.is_in_force(inputs.as_of))
        .filter(|it| matches!(it.kind, AdvisoryKind::Vulnerability | AdvisoryKind::Unsound))
        .map(|advisory| advisory.public())
        .collect();
    days.len() as f64
}
