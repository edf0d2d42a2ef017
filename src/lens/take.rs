//! Whether to take a package on as a dependency: one word, with its reasons.

use crate::model::{
    Action, Advice, Audit, Certainty, Estimate, Finding, FindingKind, Fix, Measure, Missing,
    Observed, PackageIndex, Presence, Verdict, VerdictStatus,
};
use crate::signal::people::publishers;
use crate::source::superseded::{self, Extent, Superseded};

use semver::Version;

/// From this chance of trouble within 24 months on, a package is taken with care: about one in ten
/// such packages is left without a maintainer or a fix.
pub const CARE_FROM: f64 = 0.1;

/// From this upper end of its interval on, a chance is too uncertain to rely on: trouble may be as
/// likely as not.
pub const UNCERTAIN_FROM: f64 = 0.5;

/// Whether to take a package, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Take {
    /// The answer.
    pub answer: Answer,
    /// Why, gravest first: fragments without a full stop.
    pub reasons: Vec<String>,
}

/// Whether to take a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nothing speaks against it.
    Take,
    /// It can be taken, with something to keep in mind or to find out first.
    WithCare,
    /// It is in trouble, and nothing is known that replaces it.
    Avoid,
    /// Something else does the same: another package or version, or Rust itself.
    UseInstead(String),
}

/// What is known of a package that may be taken.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its name.
    pub name: &'a str,
    /// What would help its upstream project.
    pub advice: Option<&'a Advice>,
    /// The chance of trouble within 24 months.
    pub trouble: &'a Observed<Estimate>,
    /// What takes its place, the most important first.
    pub superseded: &'a [Superseded],
    /// Findings about the version in question.
    pub own: &'a [&'a Finding],
    /// Findings about what it brings, with the name and version of the package.
    pub brought: &'a [(String, &'a Finding)],
    /// Who can publish it, as a number of people.
    pub publishers: &'a Observed<Measure>,
    /// What the policy says of it and all it brings.
    pub verdict: &'a Verdict,
}

/// The answer about a package of an audit.
pub fn take(audit: &Audit, package: PackageIndex) -> Take {
    let about = audit.graph.package(package);
    let project = audit.ranking.iter().find(|project| project.packages.contains(&package));
    let trouble = project.map_or(Observed::Missing(Missing::NotFromRegistry), |project| {
        project.chance.clone().map(|chance| chance.estimate)
    });
    let superseded = match about.is_from_crates_io() {
        true => superseded::of(&about.name, audit.as_of),
        false => Vec::new(),
    };
    let (own, brought): (Vec<&Finding>, Vec<&Finding>) =
        audit.findings.iter().partition(|finding| finding.package == package);
    let label = |finding: &Finding| {
        let package = audit.graph.package(finding.package);
        format!("{} {}", package.name, package.version)
    };
    let brought: Vec<_> = brought.into_iter().map(|it| (label(it), it)).collect();
    let ownership = audit.facts.get(package.get()).map(|facts| publishers(&facts.ownership));
    judge(&Subject {
        name: &about.name,
        advice: project.and_then(|project| project.advice.known()),
        trouble: &trouble,
        superseded: &superseded,
        own: &own,
        brought: &brought,
        publishers: &ownership.unwrap_or(Observed::Missing(Missing::NotAsked)),
        verdict: &audit.verdict,
    })
}

/// The answer, the first of these that has a reason:
///
/// 1. use something else: the advice names what replaces it, Rust itself does all it does, or a
///    later version has the fix of a vulnerability;
/// 2. avoid: it is declared unmaintained, archived or given up, or a vulnerability in this version
///    has no known fix;
/// 3. take with care: a chance of trouble of 10% or more, one that is too uncertain or cannot be
///    given, any finding about it or what it brings, a project that needs help, a single publisher, or a policy that
///    does not pass;
/// 4. take.
///
/// Reasons of a milder answer follow those that decide.
pub fn judge(subject: &Subject<'_>) -> Take {
    let replaced = replacement(subject);
    let avoid = reasons_to_avoid(subject);
    let care = reasons_for_care(subject);
    let answer = match (&replaced, avoid.is_empty(), care.is_empty()) {
        (Some((to, _)), _, _) => Answer::UseInstead(to.clone()),
        (None, false, _) => Answer::Avoid,
        (None, true, false) => Answer::WithCare,
        (None, true, true) => Answer::Take,
    };
    let mut reasons = replaced.map(|(_, why)| why).unwrap_or_default();
    reasons.extend(avoid);
    reasons.extend(care);
    match answer {
        Answer::Take => reasons.extend(in_favour(subject)),
        Answer::WithCare => reasons.extend(no_action(subject)),
        Answer::Avoid | Answer::UseInstead(_) => {}
    }
    let partly = subject.superseded.iter().filter(|it| it.extent == Extent::Part);
    reasons.extend(partly.map(Superseded::in_words));
    let mut told: Vec<String> = Vec::with_capacity(reasons.len());
    for reason in reasons {
        if !told.iter().any(|it| it.contains(&reason)) {
            told.push(reason);
        }
    }
    Take { answer, reasons: told }
}

/// What to use in its place, and why.
fn replacement(subject: &Subject<'_>) -> Option<(String, Vec<String>)> {
    if let Some(Advice { action: Action::Replace, why, instead: Some(instead) }) = subject.advice {
        return Some((instead.clone(), vec![why.clone()]));
    }
    let whole = |it: &&Superseded| it.extent == Extent::Whole && it.is_by_rust();
    if let Some(superseded) = subject.superseded.iter().find(whole) {
        return Some((superseded.by.to_string(), vec![superseded.in_words()]));
    }
    fixed_version(subject)
}

/// The version that has the fixes of all vulnerabilities of the one in question, where each has one
/// and nothing else says to avoid the package.
fn fixed_version(subject: &Subject<'_>) -> Option<(String, Vec<String>)> {
    if !reasons_to_avoid(subject).is_empty() {
        return None;
    }
    let open: Vec<&Finding> = subject.own.iter().copied().filter(|it| is_open(it)).collect();
    let fixed = open.iter().filter_map(|it| fixed_in(&it.fix)).max()?;
    // Whoever takes it anew takes the newest release that is free of trouble.
    let newest = open.iter().filter_map(|it| it.newest_good.as_ref()).max();
    let to = newest.filter(|newest| *newest > fixed).unwrap_or(fixed);
    Some((format!("{} {to}", subject.name), open.iter().map(|it| in_words(it)).collect()))
}

/// A vulnerability that is surely in the version, in code that is built, and not waived.
fn is_open(finding: &Finding) -> bool {
    finding.kind == FindingKind::Vulnerability
        && finding.certainty == Certainty::Exact
        && finding.waiver.is_none()
        && is_built(finding)
}

fn is_built(finding: &Finding) -> bool {
    !matches!(finding.presence, Presence::OtherTarget | Presence::Inactive)
}

fn fixed_in(fix: &Fix) -> Option<&Version> {
    match fix {
        Fix::Update { to } | Fix::Upgrade { to, .. } | Fix::Released { to } => Some(to),
        Fix::Removed | Fix::None | Fix::Unknown => None,
    }
}

fn reasons_to_avoid(subject: &Subject<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    match subject.advice.map(|advice| (advice.action, &advice.why)) {
        Some((Action::Adopt | Action::Replace, why)) => reasons.push(why.clone()),
        Some((Action::Fund | Action::Contribute | Action::Nothing, _)) | None => {}
    }
    let is_told = |id: &str| subject.advice.is_some_and(|advice| advice.why.contains(id));
    let notices = subject.own.iter().filter(|it| it.says_unmaintained() && !is_told(it.id()));
    reasons.extend(notices.map(|it| format!("declared unmaintained ({})", it.id())));
    if reasons.is_empty() && subject.trouble.missing() == Some(Missing::InTrouble) {
        reasons.push(Missing::InTrouble.to_string());
    }
    let unfixed = subject.own.iter().filter(|it| is_open(it) && fixed_in(&it.fix).is_none());
    reasons.extend(unfixed.map(|it| in_words(it)));
    reasons
}

fn reasons_for_care(subject: &Subject<'_>) -> Vec<String> {
    let own = subject.own.iter().filter(|it| !it.says_unmaintained());
    let mut reasons: Vec<String> = own.map(|it| in_words(it)).collect();
    let whole = subject.superseded.iter().filter(|it| it.extent == Extent::Whole);
    reasons.extend(whole.map(Superseded::in_words));
    let built = subject.brought.iter().filter(|(_, it)| is_built(it) || it.fails_gate);
    reasons.extend(built.map(|(name, it)| format!("brings {name}: {}", in_words(it))));
    match subject.trouble {
        Observed::Known(estimate) if estimate.value >= CARE_FROM => {
            reasons.push(chance(estimate.value));
        }
        Observed::Known(estimate) if estimate.high >= UNCERTAIN_FROM => {
            let high = percent(estimate.high);
            reasons
                .push(format!("{}, but too little is known: up to {high}", chance(estimate.value)));
        }
        Observed::Known(_) | Observed::Missing(Missing::InTrouble) => {}
        Observed::Missing(why) => reasons.push(format!("chance of trouble unknown: {why}")),
    }
    match subject.advice.map(|advice| (advice.action, &advice.why)) {
        Some((Action::Fund | Action::Contribute, why)) => reasons.push(why.clone()),
        Some((Action::Adopt | Action::Replace | Action::Nothing, _)) | None => {}
    }
    if subject.publishers.known() == Some(&Measure::Number(1.0)) {
        reasons.push("one person alone can publish it".to_owned());
    }
    if subject.verdict.status != VerdictStatus::Pass && reasons.is_empty() {
        reasons.extend(subject.verdict.reasons.first().cloned());
    }
    reasons
}

/// Why nothing speaks against it.
fn in_favour(subject: &Subject<'_>) -> Vec<String> {
    let chance = subject.trouble.known().map(|estimate| chance(estimate.value));
    let known = "no known issues".to_owned();
    no_action(subject).into_iter().chain([known]).chain(chance).collect()
}

/// Why its project needs nothing: finished or well maintained.
fn no_action(subject: &Subject<'_>) -> Option<String> {
    let advice = subject.advice.filter(|advice| advice.action == Action::Nothing);
    advice.map(|advice| format!("its project is {}", advice.why))
}

fn chance(value: f64) -> String {
    format!("{} chance of trouble within 24 months", percent(value))
}

/// A chance that is neither certain nor impossible is not said to be.
fn percent(value: f64) -> String {
    match value * 100.0 {
        ..1.0 => "under 1%".to_owned(),
        99.0.. => "over 99%".to_owned(),
        percent => format!("{percent:.0}%"),
    }
}

/// `RUSTSEC-2021-0145 unsound, no fixed release`.
fn in_words(finding: &Finding) -> String {
    let kind = match finding.kind {
        FindingKind::Vulnerability => "a known vulnerability",
        FindingKind::Unsound => "unsound",
        FindingKind::Unmaintained if finding.says_unmaintained() => "declared unmaintained",
        FindingKind::Unmaintained => "old versions unmaintained",
        FindingKind::Notice => "has a notice",
        FindingKind::Yanked => return with_waiver(finding, "this release is yanked".to_owned()),
    };
    let certainty = match finding.certainty {
        Certainty::Exact => "",
        Certainty::Possible => "possibly ",
    };
    let fix = match (&finding.fix, finding.kind) {
        (_, FindingKind::Unmaintained | FindingKind::Notice | FindingKind::Yanked) => String::new(),
        (Fix::None, _) => ", no fixed release".to_owned(),
        (Fix::Unknown, _) => ", fix unknown".to_owned(),
        (fix, _) => fixed_in(fix).map(|to| format!(", fixed in {to}")).unwrap_or_default(),
    };
    with_waiver(finding, format!("{certainty}{kind} ({}){fix}", finding.id()))
}

fn with_waiver(finding: &Finding, words: String) -> String {
    if finding.waiver.is_some() { format!("{words}, waived") } else { words }
}

#[cfg(test)]
mod tests;
