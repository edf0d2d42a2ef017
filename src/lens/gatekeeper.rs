//! The gatekeeper: findings in tiers, and a verdict.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::model::{
    Advisory, Certainty, Concerns, Diagnostic, Exposed, Finding, FindingKind, Fix, Forecast,
    Missing, Observed, PackageIndex, Places, Presence, Threat, Tier, Verdict,
};
use crate::rule::{About, Policy, Scale, score};
use crate::signal::fix::{Days, fix, newest_good};
use crate::signal::{notice, place, trouble};

use super::exposure::exposed;
pub use super::input::{Input, Platform};
use super::plan;
use super::stability::places;
use super::verdict;

/// The gatekeeper's judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// One finding for each package and advisory, and for each yanked release: most urgent tier
    /// first, then highest score, then package, then identifier.
    pub findings: Vec<Finding>,
    /// Packages without an advisory that could hurt tomorrow, highest score first.
    pub exposed: Vec<Exposed>,
    /// Whether the gate opens.
    pub verdict: Verdict,
    /// Waivers that have expired or match nothing.
    pub diagnostics: Vec<Diagnostic>,
}

/// Judges the graph: finds, scores, sorts into tiers, applies waivers and the gate.
///
/// Yanked is what the index says today, whatever day is judged for: no index keeps when a
/// release was yanked.
pub fn judge(input: Input<'_>) -> Judgement {
    let mut findings = of_advisories(input);
    let yanked = input
        .graph
        .indices()
        .zip(input.facts)
        .filter(|(_, facts)| facts.yanked.known().is_some_and(|yanked| *yanked));
    findings.extend(
        yanked.map(|(package, _)| {
            finding(input, package, FindingKind::Yanked, None, Certainty::Exact)
        }),
    );
    findings.sort_by(|a, b| {
        (a.tier.cmp(&b.tier))
            .then(b.score.total.total_cmp(&a.score.total))
            .then_with(|| (a.package, a.id()).cmp(&(b.package, b.id())))
    });
    let ranges = ranges(input.policy, &findings);
    for (finding, range) in findings.iter_mut().zip(ranges) {
        finding.places = range;
    }
    let concerned = findings.iter().filter(|finding| finding.advisory.is_some());
    let mut exposed = exposed(input, &concerned.map(|finding| finding.package).collect());
    let diagnostics = verdict::apply(input, &mut findings, &mut exposed);
    let verdict = verdict::verdict(input, &findings, &exposed);
    Judgement { findings, exposed, verdict, diagnostics }
}

/// The findings of advisories. Several records of one advisory may reach a package, from two
/// databases or for several reasons: of those that agree on the kind and on whether the code is
/// built, the surest match and the highest score count.
fn of_advisories(input: Input<'_>) -> Vec<Finding> {
    type Key<'a> = (PackageIndex, &'a str, FindingKind, Presence);
    let mut surest: BTreeMap<(PackageIndex, &str), Certainty> = BTreeMap::new();
    for (advisory, package, certainty) in input.matches {
        let entry = surest.entry((*package, &advisory.id)).or_insert(*certainty);
        *entry = (*entry).min(*certainty);
    }
    let mut findings: BTreeMap<Key<'_>, Finding> = BTreeMap::new();
    for (advisory, package, _) in input.matches {
        let certainty = surest[&(*package, advisory.id.as_str())];
        let found = finding(input, *package, advisory.kind.into(), Some(advisory), certainty);
        let key = (*package, advisory.id.as_str(), found.kind, found.presence);
        match findings.entry(key) {
            Entry::Vacant(place) => {
                place.insert(found);
            }
            Entry::Occupied(mut place) => {
                if found.score.total > place.get().score.total {
                    place.insert(found);
                }
            }
        }
    }
    findings.into_values().collect()
}

/// How far each finding moves: first by tier, then by score.
fn ranges(policy: &Policy, findings: &[Finding]) -> Vec<Places> {
    let parts = |finding: &Finding| -> Vec<(SmolStr, f64)> {
        finding.score.terms.iter().map(|term| (term.rule.clone(), term.contribution)).collect()
    };
    let scores: Vec<_> = findings.iter().map(parts).collect();
    places(&scores, |at, total| {
        let it = &findings[at];
        key(policy.tier(total, it.kind, it.presence, it.certainty, &it.threat), total)
    })
}

/// The number that findings are ranked by: ascending by tier, then descending by score, which is at
/// most 120 where weights are a little off.
fn key(tier: Tier, score: f64) -> f64 {
    f64::from(tier as u8) * 1000.0 - score
}

fn finding(
    input: Input<'_>,
    package: PackageIndex,
    kind: FindingKind,
    advisory: Option<&Arc<Advisory>>,
    certainty: Certainty,
) -> Finding {
    let cause = advisory.map(Arc::as_ref);
    let others = (input.advisories)(&input.graph.package(package).name);
    let unheard = Observed::Missing(Missing::NoIndexEntry);
    let history = input.histories.get(package.get()).unwrap_or(&unheard);
    let days = Days { as_of: input.as_of, ranges_of: input.ranges_of };
    let fix = fix(input.graph, package, cause, &others, history, days);
    let id = cause.map_or(kind.name(), |advisory| &advisory.id);
    let agreed = input.plan.and_then(|plan| plan::agree(plan, package, id, &fix));
    let fix = agreed.unwrap_or(fix);
    let concerns = cause.map_or(Concerns::SomeVersions, |advisory| {
        notice::concerns(advisory, history.known().map(Arc::as_ref), input.as_of)
    });
    let threat = cause.map_or(Observed::Known(Threat::NotListed), input.threat);
    let epss = cause.map_or(Observed::Missing(Missing::NoCve), input.epss);
    let presence = presence(input.graph.presence(package), cause, input.platforms);
    let nowhere = Observed::Missing(Missing::NotBuilt);
    let place = input.facts.get(package.get()).map_or(&nowhere, |facts| &facts.place);
    let categories = cause.map_or(&[][..], |advisory| &advisory.categories);
    let about = About { kind: Some(kind), categories };
    let score = score(input.rules, Scale::Gatekeeper, about, |signal| match signal {
        "certainty" => Some(trouble::certainty(certainty)),
        "depth" => Some(place::depth(place)),
        "fix" => Some(trouble::way_out(&fix)),
        "presence" => Some(trouble::presence(presence)),
        "reach" => Some(place::reach(place, presence)),
        "severity" => Some(trouble::severity(cause)),
        "threat" => Some(trouble::threat(&threat, &epss)),
        _ => None,
    });
    Finding {
        kind,
        advisory: advisory.cloned(),
        package,
        certainty,
        concerns,
        presence,
        tier: input.policy.tier(score.total, kind, presence, certainty, &threat),
        threat,
        score,
        stays_unfixed: stays_unfixed(input, package, kind, cause, &fix),
        fix,
        newest_good: newest_good(
            &input.graph.package(package).version,
            &others,
            history,
            input.as_of,
        ),
        epss,
        places: Places { first: 1, last: 1 },
        paths: (input.paths)(package),
        waiver: None,
        fails_gate: false,
    }
}

/// The forecast for trouble that no release of the day ends.
fn stays_unfixed(
    input: Input<'_>,
    package: PackageIndex,
    kind: FindingKind,
    cause: Option<&Advisory>,
    fix: &Fix,
) -> Option<Forecast> {
    let has_none = *fix == Fix::None;
    let is_trouble = matches!(kind, FindingKind::Vulnerability | FindingKind::Unsound);
    let advisory = cause.filter(|_| has_none && is_trouble)?;
    let outlook = input.facts.get(package.get())?.outlook.known()?;
    let open = input.as_of.since(advisory.public()).map_or(0, |span| span.get_days());
    Some(input.models.still_unfixed(outlook, open))
}

/// `other-target` where the advisory is limited to platforms the code does not run on. A package
/// that no feature turns on stays `inactive`.
fn presence(of_package: Presence, advisory: Option<&Advisory>, platforms: &[Platform]) -> Presence {
    let Some(advisory) = advisory else { return of_package };
    let names = |limits: &[String], name: &str| {
        limits.is_empty() || limits.iter().any(|limit| limit.eq_ignore_ascii_case(name))
    };
    let concerned = platforms.is_empty()
        || platforms.iter().any(|platform| {
            names(&advisory.os, &platform.os) && names(&advisory.arch, &platform.arch)
        });
    if concerned || of_package == Presence::Inactive { of_package } else { Presence::OtherTarget }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_ascending_by_tier_and_descending_by_score() {
        let keys = Tier::ALL.map(|tier| [120.0, 60.0, 0.0].map(|score| key(tier, score)));
        let keys: Vec<f64> = keys.into_iter().flatten().collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
    }
}
