//! What every report asks of the facts about upstream projects.

use std::collections::BTreeMap;

use crate::model::{Audit, Missing, Observed, Project, Upstream};

/// Facts that can be learned about a project.
pub(super) const FACTS: usize = 5;

/// What is known of a project that nobody was asked about.
static NOT_ASKED: Upstream = Upstream {
    activity: Observed::Missing(Missing::NotAsked),
    forge: Observed::Missing(Missing::NotAsked),
    scorecard: Observed::Missing(Missing::NotAsked),
    deps_dev: Observed::Missing(Missing::NotAsked),
    funding: Observed::Missing(Missing::NotAsked),
};

/// What was learned about a project.
pub(super) fn of(project: &Project) -> &Upstream {
    project.upstream.as_ref().unwrap_or(&NOT_ASKED)
}

/// The facts about a project that are not known, with the reason.
pub(super) fn missing(project: &Project) -> impl Iterator<Item = (&'static str, Missing)> {
    let Upstream { activity, forge, scorecard, deps_dev, funding } = of(project);
    let facts: [_; FACTS] = [
        ("activity", activity.missing()),
        ("forge", forge.missing()),
        ("scorecard", scorecard.missing()),
        ("deps.dev", deps_dev.missing()),
        ("funding", funding.missing()),
    ];
    facts.into_iter().filter_map(|(fact, why)| Some((fact, why?)))
}

/// The facts about a project that are not known, by reason.
pub(super) fn missing_by_reason(project: &Project) -> BTreeMap<Missing, Vec<&'static str>> {
    let mut facts: BTreeMap<Missing, Vec<&'static str>> = BTreeMap::new();
    for (fact, why) in missing(project) {
        facts.entry(why).or_default().push(fact);
    }
    facts
}

/// Addresses at which a project can be paid, none twice: those of its own funding files first,
/// then those only the forge tells.
pub(super) fn ways_to_pay(project: &Project) -> Vec<&str> {
    let Upstream { forge, funding, .. } = of(project);
    let own = funding.known().map_or(&[][..], |funding| &funding.value.payees);
    let told = forge.known().map_or(&[][..], |forge| &forge.value.funding);
    let mut addresses: Vec<&str> = Vec::new();
    for address in own.iter().chain(told).filter_map(|payee| payee.url.as_deref()) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

/// How many projects lack a fact, by fact and reason.
pub(super) fn coverage(audit: &Audit) -> BTreeMap<&'static str, BTreeMap<Missing, usize>> {
    let mut counts: BTreeMap<&'static str, BTreeMap<Missing, usize>> = BTreeMap::new();
    for (fact, why) in audit.ranking.iter().flat_map(missing) {
        *counts.entry(fact).or_default().entry(why).or_default() += 1;
    }
    counts
}
