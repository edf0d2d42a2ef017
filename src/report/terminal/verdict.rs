//! The first and the last line of the report, which say the same verdict.

use std::collections::BTreeSet;

use crate::model::{Audit, Database, FindingKind, Origin, PackageIndex, VerdictStatus};
use crate::report::page::{Page, Tone};
use crate::report::words::{count_of, thousands};

use super::columns::{clip, clip_to};
use super::rows::{PackageRow, is_cleared_by_update};

/// Reasons of an incomplete verdict shown.
const REASONS_SHOWN: usize = 2;
/// Characters of a reason; `--all` has it whole.
const LONGEST_REASON: usize = 200;

/// The verdict in one word.
pub(in crate::report) fn word(audit: &Audit) -> (&'static str, Tone) {
    match audit.verdict.status {
        VerdictStatus::Pass => ("PASS", Tone::Good),
        VerdictStatus::Fail => ("FAIL", Tone::Bad),
        VerdictStatus::Incomplete => ("INCOMPLETE", Tone::Caution),
    }
}

/// The first line: the verdict, why, and the cheapest thing that helps.
pub(super) fn write_first(page: &mut Page, audit: &Audit, rows: &[PackageRow<'_>]) {
    let (word, tone) = word(audit);
    let why = match audit.verdict.status {
        VerdictStatus::Fail => failing(audit, rows),
        VerdictStatus::Pass => passing(audit, rows),
        VerdictStatus::Incomplete => {
            let reasons: Vec<String> = audit
                .verdict
                .reasons
                .iter()
                .take(REASONS_SHOWN)
                .map(|it| clip_to(it, LONGEST_REASON))
                .collect();
            reasons.join("; ")
        }
    };
    page.spaced(0, tone, format!("{word}  {why}").trim_end());
}

fn failing(audit: &Audit, rows: &[PackageRow<'_>]) -> String {
    let findings = audit.findings.iter().filter(|it| it.fails_gate);
    let (mut packages, mut others) = (BTreeSet::<PackageIndex>::new(), false);
    for finding in findings {
        packages.insert(finding.package);
        others |= finding.kind != FindingKind::Vulnerability;
    }
    let exposed = audit.exposed.iter().filter(|it| it.fails_gate).count();
    let mut sentences = Vec::new();
    match (packages.len(), others) {
        (0, _) => {}
        (1, false) => sentences.push("1 package with a known vulnerability".to_owned()),
        (count, false) => {
            sentences.push(format!("{} packages with known vulnerabilities", thousands(count)));
        }
        (count, true) => {
            sentences.push(format!(
                "{} with findings that the policy fails on",
                count_of(count, "package")
            ));
        }
    }
    if exposed > 0 {
        let packages = count_of(exposed, "package");
        sentences.push(format!("{packages} at risk that the policy fails on"));
    }
    let update: Vec<&PackageRow<'_>> =
        rows.iter().filter(|it| is_cleared_by_update(audit, it)).collect();
    if !update.is_empty() {
        let advisories: usize = update.iter().map(|row| row.step.clears).sum();
        let is_complete = audit.plan.as_ref().is_none_or(|plan| plan.index_lacks.is_empty());
        let at_least = if is_complete { "" } else { "at least " };
        let which = match (update.len(), packages.len()) {
            (1, 1) => "it".to_owned(),
            (some, all) if some == all => "all of them".to_owned(),
            (some, _) => format!("{at_least}{} of them", thousands(some)),
        };
        let advisories = count_of(advisories, "finding");
        sentences.push(format!("`cargo update` alone clears {which} ({advisories})"));
    }
    match sentences.len() {
        0 | 1 => sentences.concat(),
        _ => sentences.join(". ") + ".",
    }
}

fn passing(audit: &Audit, rows: &[PackageRow<'_>]) -> String {
    let packages = count_of(audit.graph.len(), "package");
    if rows.is_empty() {
        return format!("no findings in {packages}");
    }
    let waived = audit.findings.iter().filter(|it| it.waiver.is_some()).count();
    let waived = if waived > 0 { format!(", {} waived", thousands(waived)) } else { String::new() };
    let findings = count_of(audit.findings.len(), "finding");
    format!(
        "{findings} in {}{waived}: none that the policy fails on",
        count_of(rows.len(), "package")
    )
}

/// The last line: the verdict, what was audited, and how old the advisories are.
pub(super) fn write_last(page: &mut Page, audit: &Audit) {
    let (word, tone) = word(audit);
    let packages = count_of(audit.graph.len(), "package");
    let databases: Vec<String> = audit.databases.iter().map(|it| database(it, audit)).collect();
    page.spaced(0, tone, &format!("{word}  {packages} \u{b7} {}", databases.join(", ")));
}

fn database(database: &Database, audit: &Audit) -> String {
    let name = clip(&database.name);
    let Some(date) = database.date else { return format!("{name} of unknown date") };
    if !database.is_old(audit.as_of) {
        return format!("{name} {date}");
    }
    let days = count_of((audit.as_of - date).get_days().max(0) as usize, "day");
    let what_next = match database.origin {
        Origin::Given => "fetch it again",
        Origin::Updated | Origin::Embedded => "run `headwater db update`",
    };
    format!("{name} {date}, {days} old: {what_next}")
}
