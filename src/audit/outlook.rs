//! The forecasts about each package, from what an audit knows on its day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Inputs;
use crate::forecast::{
    Timeline, day_number, first_stable_of, owner_of, release_features, while_silent, with_activity,
    with_usage, with_version,
};
use crate::model::{
    AdvisoryKind, Feature, Features, Missing, Observed, Outlook, Package, PackageFacts, Upstream,
};

/// The forecasts about each package, by position. Versions of one package have the same ones.
///
/// A project's silence is that of its packages in the lockfile alone: it may have released others
/// since, so that the real silence is at most this one.
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
    let silences = group_silences(inputs, &features, |name| repositories.get(name).copied());
    let owner = |name: &str| repositories.get(name).copied().and_then(owner_of);
    let owner_silences = group_silences(inputs, &features, owner);
    by_name(inputs, |at| {
        let package = &inputs.packages[at];
        let address = repositories.get(package.name.as_str());
        let project = address.and_then(|address| silences.get(address).copied());
        let owner = address.copied().and_then(owner_of);
        let owner = owner.and_then(|owner| owner_silences.get(owner).copied());
        let unheard = || Features::missing(Missing::NoIndexEntry);
        let features = features[at].known().cloned().unwrap_or_else(unheard);
        let features = features
            .with(
                Feature::ProjectSilenceDays,
                Observed::from_option(project, Missing::NoRepository),
            )
            .with(Feature::OwnerSilenceDays, Observed::from_option(owner, Missing::NoRepository))
            .with(Feature::PastDisclosures, Observed::Known(past_disclosures(inputs, package)));
        let features = match inputs.usage.of(&package.name, inputs.as_of) {
            Some(usage) => with_usage(features, &usage),
            None => features,
        };
        let learned = address.and_then(|address| upstream.get(*address));
        let features = match learned.and_then(|learned| learned.activity.known()) {
            Some(activity) => with_activity(features, &activity.value, as_of),
            None => features,
        };
        Arc::new(inputs.models.outlook(&while_silent(features)))
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

/// Days since the last release of any locked package of each repository or owner.
fn group_silences<'a>(
    inputs: &Inputs,
    features: &[Observed<Features>],
    group: impl Fn(&str) -> Option<&'a str>,
) -> BTreeMap<&'a str, f64> {
    let mut silences = BTreeMap::new();
    for (package, features) in inputs.packages.iter().zip(features) {
        let silence = features.known().and_then(|it| it.get(Feature::SilenceDays).known());
        if let (Some(silence), Some(address)) = (silence, group(package.name.as_str())) {
            let least = silences.entry(address).or_insert(*silence);
            *least = least.min(*silence);
        }
    }
    silences
}

/// Days on which vulnerabilities or unsoundness of a package became public.
fn past_disclosures(inputs: &Inputs, package: &Package) -> f64 {
    let about = inputs.advisories.for_package(&package.name).iter();
    let days: BTreeSet<_> = about
        .filter(|advisory| advisory.is_in_force(inputs.as_of))
        .filter(|it| matches!(it.kind, AdvisoryKind::Vulnerability | AdvisoryKind::Unsound))
        .map(|advisory| advisory.public())
        .collect();
    days.len() as f64
}
