//! Why a finding is what it is.

use crate::model::{
    Advisory, Audit, Certainty, Estimate, Finding, FindingKind, Fix, Forecast, Observed,
    VersionRange,
};
use crate::report::label;
use crate::report::page::{Page, Tone};
use crate::report::words::{chance, chance_interval};

use super::{outlook, score};

/// What the advisory says.
pub(super) fn write_advisory(page: &mut Page, kind: FindingKind, advisory: &Advisory) {
    page.heading(&format!("{}: {} in {}", advisory.id, kind.name(), advisory.package));
    if let Some(title) = &advisory.title {
        page.line(2, Tone::Plain, title);
    }
    if let Some(link) = advisory.link() {
        page.command(&link);
    }
    page.field("date", &advisory.date.to_string());
    match advisory.first_seen {
        Some(day) if day == advisory.date => {}
        Some(day) => page.field("public", &format!("{day}, when the database first had it")),
        None => page.field("public", "not recorded: its own date is used"),
    }
    let optional = |page: &mut Page, label: &str, text: String| {
        if !text.is_empty() {
            page.field(label, &text);
        }
    };
    optional(page, "aliases", advisory.aliases.join(", "));
    optional(page, "reference", advisory.url.clone().unwrap_or_default());
    match advisory.cvss_score().known() {
        Some(cvss) => {
            page.field("severity", &format!("{} {:.1}", cvss.severity.name(), cvss.score))
        }
        None => match advisory.rating {
            Some(rating) => {
                page.field("severity", &format!("{}, as its database says", rating.name()))
            }
            None => page.field(
                "severity",
                "unrated: no readable CVSS vector (`headwater explain severity`)",
            ),
        },
    }
    optional(page, "cvss", advisory.cvss.clone().unwrap_or_default());
    optional(page, "categories", advisory.categories.join(", "));
    optional(page, "keywords", advisory.keywords.join(", "));
    optional(page, "platforms", label::platforms(advisory));
    let ranges: Vec<String> = advisory.affected.iter().map(range).collect();
    optional(page, "affected", ranges.join(", or "));
    for (function, requirements) in &advisory.functions {
        page.field("function", &format!("{function} in {}", requirements.join(", ")));
    }
}

/// A range of versions in words.
pub(super) fn range(range: &VersionRange) -> String {
    match (&range.introduced, &range.fixed) {
        (None, None) => "every version".to_owned(),
        (None, Some(fixed)) => format!("< {fixed}"),
        (Some(introduced), None) => format!(">= {introduced}"),
        (Some(introduced), Some(fixed)) => format!(">= {introduced}, < {fixed}"),
    }
}

/// What the finding is, what adds up to its score, what ends it, what would change it.
pub(super) fn write(page: &mut Page, audit: &Audit, finding: &Finding) {
    page.field("kind", finding.kind.name());
    let gate = if finding.fails_gate { ", fails the gate" } else { "" };
    page.field("tier", &format!("{}{gate}", finding.tier.name()));
    let is_this = |other: &Finding| std::ptr::eq(other, finding);
    if let Some(position) = audit.findings.iter().position(is_this) {
        page.field("place", &outlook::place(position + 1, audit.findings.len(), finding.places));
    }
    if finding.presence != audit.graph.presence(finding.package) {
        page.field("presence", finding.presence.in_words());
    }
    for qualification in label::qualifications(audit, finding) {
        page.field("label", &qualification);
    }
    if finding.advisory.is_some() {
        page.field("threat", &threat(audit, finding));
    }
    if finding.advisory.is_some() {
        page.field("EPSS", &epss(finding));
    }
    page.field("fix", &fix(audit, finding));
    if let Some(forecast) = &finding.stays_unfixed {
        page.field("outlook", &stays_unfixed(forecast));
    }
    score::write(page, "score", &finding.score);
    write_changes(page, finding);
}

fn threat(audit: &Audit, finding: &Finding) -> String {
    let list = &audit.exploited;
    let by = list.date.map(|day| format!(" by {day}")).unwrap_or_default();
    let listed = label::exploited(finding).map(|since| format!("{since} ({})", list.name));
    match &finding.threat {
        Observed::Known(_) => listed.unwrap_or_else(|| format!("not listed in {}{by}", list.name)),
        Observed::Missing(why) => format!("unknown: {why}"),
    }
}

fn epss(finding: &Finding) -> String {
    match &finding.epss {
        Observed::Known(epss) => format!(
            "{} chance of exploitation within 30 days, higher than {} of all scored, dated {}",
            chance(epss.probability),
            chance(epss.percentile),
            epss.on
        ),
        Observed::Missing(why) => format!("unknown: {why}"),
    }
}

fn fix(audit: &Audit, finding: &Finding) -> String {
    match &finding.fix {
        Fix::Update { to } => format!("update the lockfile to {to}: every requirement allows it"),
        Fix::Upgrade { to, blocked_by } if blocked_by.is_empty() => {
            format!("{to} is good, but a requirement keeps it out")
        }
        Fix::Upgrade { to, blocked_by } => {
            let blockers = blocked_by
                .iter()
                .map(|(index, accepts)| {
                    format!("{} accepts only {accepts}", label::package(&audit.graph, *index))
                })
                .collect::<Vec<_>>();
            format!("{to} is the lowest good release, but {}", blockers.join(", and "))
        }
        Fix::Released { to } => format!(
            "the advisory says {to} is good; the local index does not tell whether the \
             requirements allow it"
        ),
        Fix::Removed => "update the lockfile: what depends on it then does without it".to_owned(),
        Fix::None => "no good release exists".to_owned(),
        Fix::Unknown => "unknown: facts that would tell are missing".to_owned(),
    }
}

fn stays_unfixed(forecast: &Forecast) -> String {
    let Forecast { chance: value, low, high, .. } = *forecast;
    let chance = chance_interval(Estimate { value, low, high });
    format!("{chance} that no fixed release comes within 12 months")
}

fn write_changes(page: &mut Page, finding: &Finding) {
    page.line(2, Tone::Faint, "what would change it");
    for change in changes(finding) {
        page.line(4, Tone::Plain, &format!("- {change}"));
    }
}

fn changes(finding: &Finding) -> Vec<String> {
    let mut changes = Vec::new();
    match &finding.fix {
        Fix::Update { to } | Fix::Upgrade { to, .. } | Fix::Released { to } => {
            changes.push(format!("locking {to} ends it"));
        }
        Fix::None => changes.push("a good release, or doing without the package".to_owned()),
        Fix::Removed => changes.push("updating the lockfile ends it".to_owned()),
        Fix::Unknown => {}
    }
    if finding.certainty == Certainty::Possible {
        changes.push("finding out whether this source carries the trouble or its fix".to_owned());
    }
    if finding.presence.is_undecided() {
        changes.push(
            "knowing its presence: run `cargo fetch --locked`, then audit the workspace".to_owned(),
        );
    }
    changes.extend(score::changes(&finding.score));
    if let Some(waiver) = &finding.waiver {
        changes.push(match waiver.until {
            Some(day) => format!("the waiver ends after {day}"),
            None => "removing the waiver".to_owned(),
        });
    }
    changes
}
