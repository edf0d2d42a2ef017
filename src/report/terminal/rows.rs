//! One row a package: its findings together, with the cheapest step.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use unicode_width::UnicodeWidthStr;

use crate::model::{Audit, Finding, FindingKind, Fix, PackageIndex, Severity, Tier};
use crate::report::label;
use crate::report::page::{Page, Tone};
use crate::report::step::{self, Effort, Step, is_open, is_plain};
use crate::report::words::{count_of, thousands};

use super::columns::{Cells, clip, clip_to};

/// Characters of an advisory and its title in a row.
const LONGEST_TITLE: usize = 240;

/// The findings about one package.
pub(in crate::report) struct PackageRow<'a> {
    pub(in crate::report) package: PackageIndex,
    /// Most urgent first.
    pub(in crate::report) findings: Vec<&'a Finding>,
    /// The most urgent tier of a finding that is not waived; none where all are.
    pub(in crate::report) tier: Option<Tier>,
    pub(in crate::report) step: Step,
}

/// The findings by package: by tier, then what makes the gate fail, then quick wins, then by score.
/// Waived ones are last.
pub(in crate::report) fn rows(audit: &Audit) -> Vec<PackageRow<'_>> {
    let mut by_package: BTreeMap<PackageIndex, Vec<&Finding>> = BTreeMap::new();
    for finding in &audit.findings {
        by_package.entry(finding.package).or_default().push(finding);
    }
    let mut rows: Vec<PackageRow<'_>> = by_package
        .into_iter()
        .map(|(package, findings)| {
            let step = step::step(audit, package, &findings);
            let open = findings.iter().filter(|it| it.waiver.is_none());
            PackageRow { package, tier: open.map(|it| it.tier).min(), findings, step }
        })
        .collect();
    let score =
        |row: &PackageRow<'_>| row.findings.iter().map(|it| it.score.total).fold(0.0, f64::max);
    rows.sort_by(|a, b| {
        (a.tier.is_none(), a.tier, !a.fails_gate(), a.step.effort)
            .cmp(&(b.tier.is_none(), b.tier, !b.fails_gate(), b.step.effort))
            .then(score(b).total_cmp(&score(a)))
            .then(a.package.cmp(&b.package))
    });
    rows
}

impl<'a> PackageRow<'a> {
    /// Whether one of its findings makes the gate fail.
    pub(in crate::report) fn fails_gate(&self) -> bool {
        self.findings.iter().any(|it| it.fails_gate)
    }

    /// The finding that stands for the row: the most urgent one, of several the gravest.
    fn first(&self) -> &'a Finding {
        self.findings.iter().min_by_key(|it| rank(it)).expect("a row is made of findings")
    }

    /// Presence, severity, and how many advisories it has, as cells of a line.
    pub(in crate::report) fn cells(&self, audit: &Audit) -> Cells {
        let first = self.first();
        let rating = match label::severity(first) {
            empty if empty.is_empty() => first.kind.name().to_owned(),
            severity if first.kind == FindingKind::Vulnerability => severity,
            severity => format!("{} {severity}", first.kind.name()),
        };
        let count = match self.findings.len() {
            1 => String::new(),
            count if self.findings.iter().all(|it| it.advisory.is_some()) => {
                format!("{} advisories", thousands(count))
            }
            count => count_of(count, "finding"),
        };
        Cells {
            title: clip(&label::package(&audit.graph, self.package)),
            others: vec![first.presence.in_words().to_owned(), clip(&rating), count],
            step: clip_to(&self.step.text, LONGEST_TITLE),
            keep_whole: self.step.is_command(),
        }
    }
}

/// Tier, then severity, then score.
fn rank(finding: &Finding) -> (bool, Tier, Reverse<Option<Severity>>) {
    let severity = finding.advisory.as_ref().and_then(|advisory| advisory.severity());
    (finding.waiver.is_some(), finding.tier, Reverse(severity))
}

/// What stands below the row of a package.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// The gravest advisory, its link, and how to see the others.
    Full,
    /// The gravest advisory, and its link where that fits the line.
    Short,
    /// Nothing.
    None,
}

/// Writes the finding that stands for a row, and how many more there are.
pub(super) fn write_first(
    page: &mut Page,
    audit: &Audit,
    row: &PackageRow<'_>,
    evidence: Evidence,
) {
    let first = row.first();
    match evidence {
        Evidence::Full => write_finding(page, first, None, Link::Always),
        Evidence::Short => write_finding(page, first, None, Link::WhereItFits),
        Evidence::None => return,
    }
    for text in remarks(audit, first) {
        page.line(6, Tone::Faint, &clip(&text));
    }
    if evidence != Evidence::Full {
        return;
    }
    let name = &audit.graph.package(row.package).name;
    let more = row.findings.len() - 1;
    if more > 0 && is_plain(name) {
        page.command_at(6, &format!("and {} more: headwater explain {name}", thousands(more)));
    }
}

/// Writes all findings of a row with what qualifies them.
pub(in crate::report) fn write_findings(page: &mut Page, audit: &Audit, row: &PackageRow<'_>) {
    for finding in &row.findings {
        let severity = label::severity(finding);
        let kind = match severity.is_empty() {
            true => finding.kind.name().to_owned(),
            false => format!("{} {severity}", finding.kind.name()),
        };
        write_finding(page, finding, Some(&kind), Link::Always);
        let fix = label::fix(&finding.fix);
        let gate = finding.fails_gate.then(|| "fails the gate".to_owned());
        let presence = (finding.presence != audit.graph.presence(row.package))
            .then(|| finding.presence.in_words().to_owned());
        let parts: Vec<String> =
            gate.into_iter().chain([fix]).chain(presence).chain(remarks(audit, finding)).collect();
        page.line(8, Tone::Faint, &parts.join("; "));
    }
}

/// That it is exploited or likely to be, and what qualifies it.
fn remarks(audit: &Audit, finding: &Finding) -> Vec<String> {
    let exploited = label::exploited(finding).into_iter();
    let likely = label::likely(finding).into_iter();
    exploited.chain(likely).chain(label::qualifications(audit, finding)).collect()
}

/// Whether the link of an advisory is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    /// Beside it or below it.
    Always,
    /// Only beside it.
    WhereItFits,
}

/// `RUSTSEC-2023-0072  X509StoreRef::objects is unsound  https://...`, the link below where there
/// is no room. Links are never broken.
fn write_finding(page: &mut Page, finding: &Finding, kind: Option<&str>, link: Link) {
    let Some(advisory) = &finding.advisory else {
        return page.line(6, Tone::Plain, "this release is yanked");
    };
    let title = advisory.title.clone().unwrap_or_else(|| about(finding));
    let parts = [Some(advisory.id.as_str()), kind, Some(title.as_str())];
    let parts: Vec<&str> = parts.into_iter().flatten().filter(|it| !it.is_empty()).collect();
    let text = clip_to(&parts.join("  "), LONGEST_TITLE);
    let address = advisory.link().filter(|address| {
        link == Link::Always || 6 + text.width() + 2 + address.width() <= page.width()
    });
    page.line_with_link(6, &text, address.as_deref());
}

/// What a finding is about where the database has no title for it: facts.
fn about(finding: &Finding) -> String {
    let Some(advisory) = &finding.advisory else { return String::new() };
    let mut facts: Vec<String> =
        advisory.categories.iter().map(|category| category.replace('-', " ")).collect();
    if facts.is_empty() {
        facts.extend(advisory.functions.keys().next().map(|function| format!("in {function}")));
    }
    if facts.is_empty() {
        facts.extend(advisory.keywords.iter().take(3).cloned());
    }
    if facts.is_empty() {
        facts.push(finding.kind.name().to_owned());
    }
    facts.join(", ")
}

/// The packages about which `cargo update` alone ends findings, and these findings: what the plan
/// says, or where none was made as far as the requirements tell.
pub(super) fn quick_wins(audit: &Audit, rows: &[PackageRow<'_>]) -> (usize, usize) {
    if let Some(cleared) = audit.plan.as_ref().and_then(|plan| plan.update.as_ref()) {
        let packages: BTreeSet<PackageIndex> = cleared.iter().map(|it| it.package).collect();
        return (packages.len(), cleared.len());
    }
    let quick = rows.iter().filter(|row| row.tier.is_some() && row.step.effort == Effort::Lockfile);
    quick.fold((0, 0), |(packages, findings), row| (packages + 1, findings + row.step.clears))
}

/// Whether `cargo update` alone ends what fails the gate about a package.
pub(super) fn is_cleared_by_update(audit: &Audit, row: &PackageRow<'_>) -> bool {
    let cleared = audit.plan.as_ref().and_then(|plan| plan.update.as_ref());
    let by_update = |it: &&Finding| match cleared {
        Some(cleared) => cleared.iter().any(|one| one.package == it.package && one.id == it.id()),
        None => matches!(it.fix, Fix::Update { .. } | Fix::Removed),
    };
    let failing: Vec<&&Finding> = row.findings.iter().filter(|it| it.fails_gate).collect();
    !failing.is_empty() && failing.into_iter().all(|it| is_open(it) && by_update(it))
}
