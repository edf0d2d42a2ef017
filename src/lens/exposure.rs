//! Exposure: packages at risk without a known advisory.

use std::collections::BTreeSet;

use crate::model::{Exposed, Missing, PackageIndex, Places, Presence, Source};
use crate::signal::people;

use super::environmentalist::ranges;
use super::harm::harm;
use super::input::Input;
use super::reason::{TOLD, reasons};
use super::trouble::{Evidence, chance};

/// Ranks the packages of registries that are built, tested, or may be, and that no finding with an
/// advisory is about, by the chance of trouble times harm; highest first, equal ones in the order
/// of the graph. Packages of which no release is known are left out: nothing can be said of them.
pub(super) fn exposed(input: Input<'_>, concerned: &BTreeSet<PackageIndex>) -> Vec<Exposed> {
    let mut exposed: Vec<Exposed> = input
        .graph
        .indices()
        .filter(|&package| is_candidate(input, package) && !concerned.contains(&package))
        .filter_map(|package| judge(input, package))
        .collect();
    let priority = |it: &Exposed| it.chance.priority(it.harm);
    exposed.sort_by(|a, b| {
        priority(b).total_cmp(&priority(a)).then_with(|| a.package.cmp(&b.package))
    });
    let ranked: Vec<_> = exposed.iter().map(|it| (&it.chance, it.harm)).collect();
    let ranges = ranges(&ranked);
    for (exposed, range) in exposed.iter_mut().zip(ranges) {
        exposed.places = range;
    }
    for exposed in exposed.iter_mut().take(TOLD) {
        let outlook = input.facts[exposed.package.get()].outlook.known();
        let features = outlook.map(|outlook| &outlook.features);
        exposed.reasons = reasons(input.rules, &exposed.chance, features);
    }
    exposed
}

/// Candidates of which no release is known, so that no chance can be given.
pub(super) fn not_assessed(input: Input<'_>) -> usize {
    let candidates = input.graph.indices().filter(|&package| is_candidate(input, package));
    candidates.filter(|&package| outlook(input, package).is_none()).count()
}

fn outlook<'a>(input: Input<'a>, package: PackageIndex) -> Option<&'a crate::model::Outlook> {
    let outlook = input.facts[package.get()].outlook.known()?;
    outlook.unknown().is_none().then_some(outlook.as_ref())
}

fn is_candidate(input: Input<'_>, package: PackageIndex) -> bool {
    let built = match input.graph.presence(package) {
        Presence::Runtime
        | Presence::RuntimeOrBuild
        | Presence::RuntimeOrProcMacro
        | Presence::Build
        | Presence::ProcMacro
        | Presence::Dev
        | Presence::Unknown => true,
        Presence::OtherTarget | Presence::Inactive => false,
    };
    built && matches!(input.graph.package(package).source, Source::Registry(_))
}

fn judge(input: Input<'_>, package: PackageIndex) -> Option<Exposed> {
    let facts = &input.facts[package.get()];
    let outlook = outlook(input, package)?;
    let found = facts.location.known();
    let upstream = found.and_then(|found| input.upstream.get(&found.location.repository.address));
    let unasked = if found.is_some() { Missing::NotAsked } else { Missing::NoRepository };
    let evidence = Evidence {
        upstream,
        unasked,
        class: None,
        publishers: Some(people::publishers(&facts.ownership)),
        tag: people::newest_tag(&facts.tagging),
        findings: &[],
        as_of: input.as_of,
    };
    let model = input.models.trouble_of(&outlook.features);
    let chance = chance(input.rules, model, &outlook.features, &evidence);
    let harm = harm(input.rules, input.graph, input.facts, &[package]);
    let places = Places { first: 1, last: 1 };
    let reasons = Vec::new();
    Some(Exposed { package, chance, harm, places, reasons, waiver: None, fails_gate: false })
}
