//! The facts about each package, from what was gathered.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Inputs, outlook, stale};
use crate::graph;
use crate::model::{
    Found, Graph, Missing, NoRepository, Observed, Package, PackageFacts, Packaged, Provenance,
    Registry, ReleaseHistory, Source, Tagging, Upstream, without_secrets,
};
use crate::signal::activity::tags_against_releases;
use crate::signal::build::runs_at_build;
use crate::signal::cadence::cadence;
use crate::signal::repository::{Address, address, find};

/// The facts about each package, by position.
/// With them what was learned about upstream projects, without histories that are stale.
pub(super) fn facts<'a>(
    inputs: &'a Inputs,
    graph: &Graph,
) -> (Vec<PackageFacts>, Cow<'a, BTreeMap<String, Upstream>>) {
    let locations = locations(inputs);
    let upstream = stale::without_stale(inputs, &locations);
    let places = graph::places(graph);
    let known = inputs.packages.iter().zip(&inputs.histories).zip(&inputs.packaged);
    let mut facts: Vec<PackageFacts> = known
        .zip(places)
        .zip(locations)
        .map(|((((package, history), packaged), place), location)| {
            let version = package.version.to_string();
            let ownership = of_public(package, || inputs.ownership.get(&package.name));
            let stated = ownership.known().and_then(|it| it.value.repository.as_deref());
            let tagging =
                history.and_then(|releases| tagging(inputs, package, &location, releases));
            PackageFacts {
                cadence: history.and_then(|history| cadence(history, &version, inputs.as_of)),
                place,
                yanked: history.and_then(|history| {
                    let release = history.find(&version).map(|release| release.yanked);
                    Observed::from_option(release, Missing::VersionNotListed)
                }),
                runs_at_build: packaged
                    .and_then(|packaged| Observed::Known(runs_at_build(packaged))),
                maintenance: packaged.and_then(|packaged| {
                    Observed::from_option(packaged.maintenance, Missing::NotDeclared)
                }),
                outlook: Observed::Missing(Missing::NotFromRegistry),
                repository: declared(packaged, stated),
                location,
                ownership,
                tagging,
                deps_dev: of_public(package, || {
                    inputs.deps_dev.get(&(package.name.clone(), version.clone()))
                }),
            }
        })
        .collect();
    let outlooks = outlook::outlooks(inputs, &upstream, &facts);
    for (facts, outlook) in facts.iter_mut().zip(outlooks) {
        facts.outlook = outlook;
    }
    (facts, upstream)
}

/// Where each package is developed.
fn locations(inputs: &Inputs) -> Vec<Observed<Found>> {
    let packages = inputs.packages.iter().zip(&inputs.packaged);
    let location = |(package, packaged): (&Package, &Observed<Packaged>)| match &package.source {
        Source::Git { url, .. } => taken_from(url),
        Source::Registry(_) | Source::Path => {
            let ownership = of_public(package, || inputs.ownership.get(&package.name));
            location(packaged, ownership.known().and_then(|it| it.value.repository.as_deref()))
        }
    };
    packages.map(location).collect()
}

/// The repository that the packaged manifest declares, else the one the registry states.
fn declared(packaged: &Observed<Packaged>, stated: Option<&str>) -> Observed<String> {
    let declared = packaged.and_then(|packaged| {
        Observed::from_option(packaged.repository.clone(), Missing::NotDeclared)
    });
    let address = match (declared, stated) {
        (Observed::Missing(_), Some(stated)) => Observed::Known(stated.to_owned()),
        (declared, _) => declared,
    };
    address.map(|it| without_secrets(&it).into_owned())
}

fn location(packaged: &Observed<Packaged>, stated: Option<&str>) -> Observed<Found> {
    match (find(packaged.known(), stated), packaged.missing()) {
        (Ok(found), _) => Observed::Known(found),
        (Err(NoRepository::Empty), why) => Observed::Missing(why.unwrap_or(Missing::NotDeclared)),
        (Err(what), _) => Observed::Missing(Missing::NotARepository(what)),
    }
}

/// The repository that the lockfile takes a package from.
fn taken_from(url: &str) -> Observed<Found> {
    let (location, mirror) = match address(url) {
        Address::Repository(location) => (location, false),
        Address::Mirror(location) => (location, true),
        Address::Other(what) => return Observed::Missing(Missing::NotARepository(what)),
    };
    Observed::Known(Found { location, mirror, provenance: Provenance::Lockfile })
}

/// The tags of a package's repository against its releases.
fn tagging(
    inputs: &Inputs,
    package: &Package,
    location: &Observed<Found>,
    releases: &ReleaseHistory,
) -> Observed<Tagging> {
    location.and_then(|Found { location, .. }| {
        // A release without a commit beside it may come from a stale copy, or from somebody who
        // has no access to the repository: the missing tag is told either way.
        let learned = inputs.upstream.get(&location.repository.address);
        let activity = learned.map(|upstream| &upstream.activity);
        activity.unwrap_or(&Observed::Missing(Missing::NotAsked)).and_then(|learned| {
            // What is released on the day of asking may be tagged a little later.
            let day_before = learned.on.yesterday().unwrap_or(learned.on);
            let (tagged, folder) = (&learned.value.tagged, location.folder.as_deref());
            let by = inputs.as_of.min(day_before);
            tags_against_releases(tagged, &package.name, folder, releases, by)
        })
    })
}

/// What was learned about a package from a source that knows the public registry's.
fn of_public<'a, T: Clone + 'a>(
    package: &Package,
    learned: impl FnOnce() -> Option<&'a Observed<T>>,
) -> Observed<T> {
    match package.source {
        Source::Registry(Registry::CratesIo) => {
            learned().cloned().unwrap_or(Observed::Missing(Missing::NotAsked))
        }
        // A name may be somebody else's there.
        Source::Registry(Registry::Other(_)) => Observed::Missing(Missing::NotAsked),
        Source::Git { .. } | Source::Path => Observed::Missing(Missing::NotFromRegistry),
    }
}
