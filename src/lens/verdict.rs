//! From findings to a verdict: waivers, the gate, and what the gate would need to know.

use std::collections::BTreeMap;

use crate::model::{
    Diagnostic, Exposed, Finding, FindingKind, Level, Missing, Verdict, VerdictStatus,
};

use super::exposure::not_assessed;
use super::input::Input;

/// Sets waivers and `fails_gate` on findings and exposed packages. Returns complaints about waivers
/// that have expired or match nothing: each should leave the configuration.
pub(super) fn apply(
    input: Input<'_>,
    findings: &mut [Finding],
    exposed: &mut [Exposed],
) -> Vec<Diagnostic> {
    let mut used = vec![false; input.policy.waivers.len()];
    for finding in findings {
        let package = &input.graph.package(finding.package).name;
        for (request, used) in input.policy.waivers.iter().zip(&mut used) {
            if request.is_active(input.as_of) && request.matches(finding, package) {
                *used = true;
                finding.waiver.get_or_insert_with(|| request.waiver.clone());
            }
        }
        finding.fails_gate = finding.waiver.is_none() && input.policy.gate.objects_to(finding);
    }
    let least = input.policy.gate.chance_of_trouble;
    let fails = |it: &&mut Exposed| least.is_some_and(|least| it.chance.estimate.value >= least);
    for exposed in exposed.iter_mut().filter(fails) {
        let package = &input.graph.package(exposed.package).name;
        for (request, used) in input.policy.waivers.iter().zip(&mut used) {
            if request.is_active(input.as_of) && request.matches_exposure(package) {
                *used = true;
                exposed.waiver.get_or_insert_with(|| request.waiver.clone());
            }
        }
        exposed.fails_gate = exposed.waiver.is_none();
    }
    let requests = input.policy.waivers.iter().zip(used);
    let complaints = requests
        .filter(|(_, used)| !used)
        .map(|(request, _)| {
            let name = match &request.package {
                Some(package) => format!("waiver of `{}` for `{package}`", request.id),
                None => format!("waiver of `{}`", request.id),
            };
            let message = match request.waiver.until {
                Some(until) if !request.is_active(input.as_of) => {
                    format!("{name} expired after {until}: look again, then renew or remove it")
                }
                _ => format!("{name} matches no finding: remove it"),
            };
            Diagnostic { level: Level::Warning, path: None, line: None, message }
        })
        .collect();
    Diagnostic::first_of(complaints, "waivers that match no finding or have expired")
}

/// The verdict over sorted findings. A failure outranks missing facts; both give reasons.
pub(super) fn verdict(input: Input<'_>, findings: &[Finding], exposed: &[Exposed]) -> Verdict {
    let mut reasons: Vec<String> = findings
        .iter()
        .filter(|finding| finding.fails_gate)
        .map(|finding| {
            let package = input.graph.package(finding.package);
            let (kind, tier) = (finding.kind.name(), finding.tier.name());
            let subject = match &finding.advisory {
                Some(advisory) => format!("{kind} {}", advisory.id),
                None => format!("{kind} release"),
            };
            let presence = finding.presence.name();
            format!("{subject} in `{} {}` ({presence}, {tier})", package.name, package.version)
        })
        .collect();
    reasons.extend(exposed.iter().filter(|it| it.fails_gate).map(|it| {
        let package = input.graph.package(it.package);
        let percent = it.chance.estimate.value * 100.0;
        format!("chance of trouble of {percent:.0}% in `{} {}`", package.name, package.version)
    }));
    let mut unknown = unknown_findings(input);
    unknown.extend(unknown_yanked(input));
    unknown.extend(unknown_chances(input));
    let status = match (reasons.is_empty(), unknown.is_empty()) {
        (false, _) => VerdictStatus::Fail,
        (true, false) => VerdictStatus::Incomplete,
        (true, true) => VerdictStatus::Pass,
    };
    reasons.extend(unknown);
    if status == VerdictStatus::Pass {
        let waived = findings.iter().filter(|finding| finding.waiver.is_some()).count();
        reasons.push(match (findings.len(), waived) {
            (0, _) => "no findings".to_owned(),
            (all, 0) => format!("findings: {all}, none of which the policy fails on"),
            (all, _) => {
                format!("findings: {all}, waived: {waived}, none left that the policy fails on")
            }
        });
    }
    Verdict { status, reasons }
}

/// What may hide findings, where the policy fails on any.
fn unknown_findings(input: Input<'_>) -> Vec<String> {
    if input.policy.gate.kinds.is_empty() {
        return Vec::new();
    }
    input.gaps.to_vec()
}

/// Packages without a chance of trouble, where the policy fails on it.
fn unknown_chances(input: Input<'_>) -> Option<String> {
    input.policy.gate.chance_of_trouble?;
    match not_assessed(input) {
        0 => None,
        1 => Some("the chance of trouble is unknown for 1 package".to_owned()),
        count => Some(format!("the chance of trouble is unknown for {count} packages")),
    }
}

/// What the policy would need to know and does not: only a policy that fails on yanked releases
/// needs more than the advisories.
fn unknown_yanked(input: Input<'_>) -> Vec<String> {
    if !input.policy.gate.kinds.contains(&FindingKind::Yanked) {
        return Vec::new();
    }
    let mut unknown: BTreeMap<Missing, usize> = BTreeMap::new();
    for (package, facts) in input.graph.indices().zip(input.facts) {
        let presence = input.graph.presence(package);
        if let Some(why) = facts.yanked.missing()
            && why != Missing::NotFromRegistry
            && input.policy.gate.concerns(presence)
        {
            *unknown.entry(why).or_default() += 1;
        }
    }
    unknown
        .into_iter()
        .map(|(why, count)| {
            let plural = if count == 1 { "" } else { "s" };
            format!("yanked or not is unknown for {count} package{plural}: {why}")
        })
        .collect()
}
