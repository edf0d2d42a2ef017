//! What is not known.

use std::collections::BTreeMap;

use crate::model::{Audit, Missing};
use crate::report::page::{Page, Tone};
use crate::report::upstream;
use crate::report::words::{count_of, first_few, thousands};

/// Hosts shown; the rest is counted, and all are in the JSON report.
const HOSTS_SHOWN: usize = 20;

/// What is unknown in one line, with the commands that would tell.
pub(super) fn write_line(page: &mut Page, audit: &Audit) {
    let coverage = &audit.coverage;
    let mut unknown = Vec::new();
    let skipped: usize = audit.databases.iter().map(|database| database.skipped).sum();
    if skipped > 0 {
        let files = count_of(skipped, "advisory file");
        unknown.push(format!("{files} could not be understood"));
    }
    let presence = coverage.presence_unknown + coverage.presence_undecided;
    if presence > 0 {
        let packages = count_of(presence, "package");
        unknown
            .push(format!("presence of {packages} (run `cargo fetch --locked` in the workspace)"));
    }
    let lacks_index = coverage.missing.get("cadence").and_then(|it| it.get(&Missing::NoIndexEntry));
    if let Some(&packages) = lacks_index {
        let packages = count_of(packages, "package");
        unknown.push(format!("releases of {packages} (run with `--online`)"));
    }
    if !unknown.is_empty() {
        page.blank();
        page.line(0, Tone::Plain, &format!("Unknown: {}", unknown.join("; ")));
    }
}

/// Everything that is not known, by fact and reason.
pub(in crate::report) fn write(page: &mut Page, audit: &Audit) {
    let coverage = &audit.coverage;
    let skipped: usize = audit.databases.iter().map(|database| database.skipped).sum();
    let projects = upstream_lines(audit);
    let facts = upstream::missing_of_packages(audit);
    let nothing = facts.is_empty()
        && projects.is_empty()
        && coverage.presence_unknown + coverage.proc_macro_unknown + skipped == 0;
    if nothing {
        return;
    }
    page.heading(&format!("Unknown, of {}", count_of(coverage.packages, "package")));
    for (fact, reasons) in &facts {
        page.field(fact, &describe(reasons));
    }
    if coverage.presence_unknown > 0 {
        let count = thousands(coverage.presence_unknown);
        page.field("presence", &format!("{count}: no manifest or index entry tells"));
    }
    if coverage.presence_undecided > 0 {
        let count = thousands(coverage.presence_undecided);
        page.field("", &format!("{count}: runtime, or only for procedural macros or the build"));
    }
    if coverage.proc_macro_unknown > 0 {
        let count = thousands(coverage.proc_macro_unknown);
        let why = "manifest not cached, so that it is not known whether it is a procedural macro; \
                   run `cargo fetch --locked` in the workspace";
        page.field("proc-macro", &format!("{count}: {why}"));
    }
    if skipped > 0 {
        page.field("advisories", &(count_of(skipped, "file") + " could not be understood"));
    }
    for (position, line) in projects.iter().enumerate() {
        page.field(if position == 0 { "upstream" } else { "" }, line);
    }
}

/// The hosts that were asked in one line, where any was.
pub(super) fn write_hosts_line(page: &mut Page, audit: &Audit) {
    let hosts = &audit.coverage.hosts_asked;
    if !hosts.is_empty() {
        page.line(0, Tone::Plain, &format!("Asked over the network: {}", first_few(hosts, 3)));
    }
}

/// The hosts that were asked, where any was.
pub(super) fn write_hosts(page: &mut Page, audit: &Audit) {
    let hosts = &audit.coverage.hosts_asked;
    if hosts.is_empty() {
        return;
    }
    page.heading(&format!("Asked over the network: {}", count_of(hosts.len(), "host")));
    let shown: Vec<&str> = hosts.iter().take(HOSTS_SHOWN).map(String::as_str).collect();
    let rest = match hosts.len().saturating_sub(HOSTS_SHOWN) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    page.field("hosts", &format!("{}{rest}", shown.join(", ")));
}

/// A line for each reason why facts about upstream projects are missing:
/// `136 projects: not fetched`, or with the facts where not all projects lack all of them
/// `12 projects: needs a token (activity 2, forge 12)`.
fn upstream_lines(audit: &Audit) -> Vec<String> {
    let mut lacking: BTreeMap<Missing, (usize, BTreeMap<&str, usize>)> = BTreeMap::new();
    for project in &audit.ranking {
        for (why, facts) in upstream::missing_by_reason(project) {
            let (projects, counts) = lacking.entry(why).or_default();
            *projects += 1;
            for fact in facts {
                *counts.entry(fact).or_default() += 1;
            }
        }
    }
    let line = |(why, (projects, counts)): (Missing, (usize, BTreeMap<&str, usize>))| {
        let everything = counts.values().sum::<usize>() == projects * upstream::FACTS;
        let each = counts.iter().map(|(fact, &count)| format!("{fact} {}", thousands(count)));
        let each = each.collect::<Vec<_>>().join(", ");
        let which = if everything { String::new() } else { format!(" ({each})") };
        format!("{}: {why}{which}", count_of(projects, "project"))
    };
    lacking.into_iter().map(line).collect()
}

/// `13: no entry in Cargo's local index`, or with several reasons
/// `15: 13 no entry in Cargo's local index, 2 not from a registry`.
fn describe(reasons: &BTreeMap<Missing, usize>) -> String {
    let total = thousands(reasons.values().sum());
    let single = reasons.len() == 1;
    let each = reasons.iter().map(|(why, &count)| {
        if single { why.to_string() } else { format!("{} {why}", thousands(count)) }
    });
    format!("{total}: {}", each.collect::<Vec<_>>().join(", "))
}
