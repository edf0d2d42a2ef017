//! What every report asks of the facts about upstream projects.

use std::collections::BTreeMap;

use crate::model::{Audit, FundingPlan, Missing, Payee, Project, Upstream};

use super::words::decimal;

/// Facts that can be learned about a project.
pub(super) const FACTS: usize = 5;

static NOT_ASKED: Upstream = Upstream::NOT_ASKED;

/// What was learned about a project.
pub(super) fn of(project: &Project) -> &Upstream {
    project.upstream.as_deref().unwrap_or(&NOT_ASKED)
}

/// Facts about packages that are learned when projects are asked about.
const LEARNED_OF_PACKAGES: [&str; 2] = ["deps.dev", "ownership"];

/// The facts that packages lack, by reason. That nobody was asked about them is left out where it
/// is said of projects already.
pub(super) fn missing_of_packages(
    audit: &Audit,
) -> BTreeMap<&'static str, BTreeMap<Missing, usize>> {
    let mut facts = audit.coverage.missing.clone();
    let is_said = |why: Missing| audit.ranking.iter().flat_map(missing).any(|(_, it)| it == why);
    if is_said(Missing::NotAsked) {
        for fact in LEARNED_OF_PACKAGES {
            if let Some(reasons) = facts.get_mut(fact) {
                reasons.remove(&Missing::NotAsked);
            }
        }
        facts.retain(|_, reasons| !reasons.is_empty());
    }
    facts
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
    let nowhere = project.repository.is_none();
    // Without a repository there is nothing to ask about.
    let why = move |why| if nowhere { Missing::NoRepository } else { why };
    facts.into_iter().filter_map(move |(fact, reason)| Some((fact, why(reason?))))
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

/// What a project asks for through a payee: `upkeep: 5000.5 EUR monthly`, one text each.
pub(super) fn asked(payee: &Payee) -> Vec<String> {
    let plan = |plan: &FundingPlan| {
        let amount = plan.amount_hundredths.map_or("any amount of".to_owned(), units);
        format!("{}: {amount} {} {}", plan.name, plan.currency, plan.frequency)
    };
    payee.plans.iter().map(plan).collect()
}

/// An amount in units of its currency.
pub(super) fn units(hundredths: u64) -> String {
    decimal(hundredths as f64 / 100.0, 2)
}

/// How many projects lack a fact, by fact and reason.
pub(super) fn coverage(audit: &Audit) -> BTreeMap<&'static str, BTreeMap<Missing, usize>> {
    let mut counts: BTreeMap<&'static str, BTreeMap<Missing, usize>> = BTreeMap::new();
    for (fact, why) in audit.ranking.iter().flat_map(missing) {
        *counts.entry(fact).or_default().entry(why).or_default() += 1;
    }
    counts
}
