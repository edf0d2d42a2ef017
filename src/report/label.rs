//! Short words for packages, findings and fixes, the same in every text report.

use crate::model::{
    Action, Advice, Advisory, Audit, Certainty, Classification, Finding, FindingKind, Fix, Graph,
    Observed, PackageIndex, Places, Presence, Registry, Source, Threat, Tier, Waiver,
    without_secrets,
};

use super::page::Tone;
use super::words::thousands;
use crate::signal::trouble::LIKELY_FROM;

/// Name, version, and the sort of source where it is not the public registry.
pub(super) fn package(graph: &Graph, index: PackageIndex) -> String {
    let package = graph.package(index);
    let source = match &package.source {
        Source::Registry(Registry::CratesIo) => "",
        Source::Registry(Registry::Other(_)) => " (other registry)",
        Source::Git { .. } => " (git)",
        // A member needs no remark; any other path dependency does.
        Source::Path if graph.members().binary_search(&index).is_ok() => "",
        Source::Path => " (path)",
    };
    format!("{} {}{source}", package.name, package.version)
}

/// The tone that goes with a tier.
pub(super) fn tone(tier: Tier) -> Tone {
    match tier {
        Tier::ActNow => Tone::Bad,
        Tier::Plan => Tone::Caution,
        Tier::Watch => Tone::Heading,
        Tier::Note => Tone::Faint,
    }
}

/// The heading of a tier.
pub(super) fn tier_title(tier: Tier) -> &'static str {
    match tier {
        Tier::ActNow => "Act now",
        Tier::Plan => "Plan",
        Tier::Watch => "Watch",
        Tier::Note => "Note",
    }
}

/// `critical 9.8`, or `high` where only a rating is stated; empty for what has no severity. A
/// vulnerability without a rating says so, with its category.
pub(super) fn severity(finding: &Finding) -> String {
    let Some(advisory) = &finding.advisory else { return String::new() };
    if let Observed::Known(cvss) = advisory.cvss_score() {
        return format!("{} {:.1}", cvss.severity.name(), cvss.score);
    }
    match (advisory.rating, advisory.categories.first()) {
        (Some(rating), _) => rating.name().to_owned(),
        (None, _) if finding.kind != FindingKind::Vulnerability => String::new(),
        (None, Some(category)) => format!("unrated, {}", category.replace('-', " ")),
        (None, None) => "unrated".to_owned(),
    }
}

/// What would end a finding, in a few words.
pub(super) fn fix(fix: &Fix) -> String {
    match fix {
        Fix::Update { to } => format!("update to {to}"),
        Fix::Upgrade { to, .. } => format!("upgrade to {to}"),
        Fix::Released { to } => format!("fixed in {to}"),
        Fix::Removed => "update removes it".to_owned(),
        Fix::None => "no fixed release".to_owned(),
        Fix::Unknown => "fix unknown".to_owned(),
    }
}

/// Since when what a finding speaks of is known to be exploited, where it is.
pub(super) fn exploited(finding: &Finding) -> Option<String> {
    match finding.threat {
        Observed::Known(Threat::Exploited { since }) => {
            Some(format!("known to be exploited since {since}"))
        }
        Observed::Known(Threat::NotListed) | Observed::Missing(_) => None,
    }
}

/// How likely it is to be exploited, where it is likely.
pub(super) fn likely(finding: &Finding) -> Option<String> {
    let epss = finding.epss.known().filter(|it| it.probability >= LIKELY_FROM)?;
    Some(format!("likely to be exploited: EPSS {}", super::words::chance(epss.probability)))
}

/// The labels that qualify a finding, one sentence fragment each.
pub(super) fn qualifications(audit: &Audit, finding: &Finding) -> Vec<String> {
    let mut labels = Vec::new();
    if finding.certainty == Certainty::Possible {
        labels.push(format!(
            "possible match: same name and version, but from {}",
            sort_of_source(&audit.graph.package(finding.package).source)
        ));
    }
    if finding.presence == Presence::OtherTarget {
        labels.push(format!("other target: {}", other_target(audit, finding)));
    }
    if let Some(waiver) = &finding.waiver {
        labels.push(self::waiver(waiver));
    }
    labels
}

/// A user's decision to set something aside.
pub(super) fn waiver(waiver: &Waiver) -> String {
    let until = waiver.until.map(|day| format!(" until {day}")).unwrap_or_default();
    format!("waived{until}: {}", waiver.reason)
}

/// Why a finding does not concern the target.
pub(super) fn other_target(audit: &Audit, finding: &Finding) -> String {
    if audit.graph.presence(finding.package) == Presence::OtherTarget {
        return format!("not built for {}", audit.target);
    }
    let platforms = finding.advisory.as_ref().map(|advisory| platforms(advisory));
    match platforms.filter(|platforms| !platforms.is_empty()) {
        Some(platforms) => format!("the advisory concerns only {platforms}"),
        None => format!("not built for {}", audit.target),
    }
}

/// The architectures and operating systems an advisory is limited to.
pub(super) fn platforms(advisory: &Advisory) -> String {
    advisory.arch.iter().chain(&advisory.os).cloned().collect::<Vec<_>>().join(", ")
}

/// What sort of life a project leads and what speaks for it: `finished: no open need`.
pub(super) fn class(class: &Classification) -> String {
    format!("{}: {}", class.class.name(), class.evidence.join(", "))
}

/// What would help and why: `adopt: no active maintainer`.
pub(super) fn advice(advice: &Advice) -> String {
    let action = match advice.action {
        Action::Fund | Action::Contribute | Action::Adopt | Action::Replace => advice.action.name(),
        Action::Nothing => "no action",
    };
    format!("{action}: {}", advice.why)
}

/// What would help and why, the first reason only, for a table.
pub(super) fn short_advice(advice: &Advice) -> String {
    let whole = self::advice(advice);
    let end = whole.find("; ").unwrap_or(whole.len());
    whole[..end].to_owned()
}

/// A place and how far it moves when the weights are a little off: `2 (1-4)`.
pub(super) fn place(place: usize, Places { first, last }: Places) -> String {
    let place = thousands(place);
    if first == last {
        place
    } else {
        format!("{place} ({}-{})", thousands(first), thousands(last))
    }
}

/// Where the code of a package comes from, in words.
pub(super) fn source(source: &Source) -> String {
    match source {
        Source::Registry(Registry::CratesIo) => "the public Rust registry".to_owned(),
        Source::Registry(Registry::Other(address)) => {
            format!("the registry {}", without_secrets(address))
        }
        Source::Git { url, commit, .. } => {
            let at = if commit.is_empty() { String::new() } else { format!(" at {commit}") };
            format!("the git repository {}{at}", without_secrets(url))
        }
        Source::Path => "a folder of this machine".to_owned(),
    }
}

fn sort_of_source(source: &Source) -> &'static str {
    match source {
        Source::Registry(Registry::CratesIo) => "the public Rust registry",
        Source::Registry(Registry::Other(_)) => "another registry",
        Source::Git { .. } => "a git repository",
        Source::Path => "a folder",
    }
}

#[cfg(test)]
mod tests;
