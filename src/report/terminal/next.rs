//! What to do next: commands to copy and requirements to raise.

use std::collections::BTreeMap;

use semver::{Version, VersionReq};

use crate::model::{Audit, Certainty, Finding, Fix, PackageIndex};
use crate::report::label;
use crate::report::page::{Page, Tone};
use crate::report::words::{count_of, first_few};

use super::plan;

/// Packages for which steps are shown; the rest is counted.
const STEPS_SHOWN: usize = 5;

pub(super) fn write(page: &mut Page, audit: &Audit) {
    let steps = steps(audit);
    let query = steps.iter().find_map(|step| explain_query(audit, step));
    let Some(query) = query else { return };
    page.heading("Next");
    match &audit.plan {
        Some(plan) => plan::write(page, audit, plan),
        None => write_without_plan(page, audit, &steps),
    }
    page.command(&format!("headwater explain {query}"));
    page.line(6, Tone::Faint, "shows paths, evidence, and what would change the score");
}

/// What the requirements of direct dependents allow, where no plan was made.
fn write_without_plan(page: &mut Page, audit: &Audit, steps: &[Step<'_>]) {
    let useful: Vec<&Step<'_>> = steps.iter().filter(|step| step.is_useful()).collect();
    for step in useful.iter().take(STEPS_SHOWN) {
        write_update(page, audit, step);
        write_upgrades(page, audit, step);
    }
    let more = useful.len().saturating_sub(STEPS_SHOWN);
    if more > 0 {
        page.line(2, Tone::Plain, &format!("and so for {}", count_of(more, "more package")));
    }
}

/// The open findings about one package.
struct Step<'a> {
    package: PackageIndex,
    findings: Vec<&'a Finding>,
}

impl Step<'_> {
    fn is_useful(&self) -> bool {
        let has_release = |finding: &&Finding| match finding.fix {
            Fix::Update { .. } | Fix::Released { .. } | Fix::Upgrade { .. } => true,
            Fix::Removed | Fix::None | Fix::Unknown => false,
        };
        self.findings.iter().any(has_release)
    }
}

/// Findings that are surely there and not waived, by package, in the order of the findings.
fn steps(audit: &Audit) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    let mut positions: BTreeMap<PackageIndex, usize> = BTreeMap::new();
    for finding in &audit.findings {
        if finding.waiver.is_some() || finding.certainty == Certainty::Possible {
            continue;
        }
        let package = finding.package;
        let position = *positions.entry(package).or_insert_with(|| {
            steps.push(Step { package, findings: Vec::new() });
            steps.len() - 1
        });
        steps[position].findings.push(finding);
    }
    steps
}

/// The command that moves the lockfile to a good release, and what it clears.
fn write_update(page: &mut Page, audit: &Audit, step: &Step<'_>) {
    let mut releases: Vec<&Version> = Vec::new();
    let mut clears: Vec<String> = Vec::new();
    let mut allowed = true;
    for finding in &step.findings {
        match &finding.fix {
            Fix::Update { to } => releases.push(to),
            Fix::Released { to } => {
                allowed = false;
                releases.push(to);
            }
            Fix::Upgrade { .. } | Fix::Removed | Fix::None | Fix::Unknown => continue,
        }
        clears.push(finding.id().to_owned());
    }
    let (Some(lowest), Some(highest)) = (releases.iter().min(), releases.iter().max()) else {
        return;
    };
    let clears = first_few(&clears, 3);
    // Where findings name different newest good releases, only up to the lowest all of them are
    // cleared, and a plain update could go beyond it.
    let (precise, outcome) = match (allowed, lowest == highest) {
        (false, _) => {
            (String::new(), format!("clears {clears}, if the requirements allow {highest}"))
        }
        (true, true) => (String::new(), format!("to {highest}, clears {clears}")),
        (true, false) => (format!(" --precise {lowest}"), format!("clears {clears}")),
    };
    let name = &audit.graph.package(step.package).name;
    if is_plain(name) {
        let specification = specification(audit, step.package);
        page.command(&format!("cargo update -p {specification}{precise}"));
    } else {
        page.line(2, Tone::Plain, &format!("update `{name}` in the lockfile"));
    }
    page.line(6, Tone::Faint, &outcome);
}

/// The package as Cargo wants it named: with its version where the lockfile has several.
fn specification(audit: &Audit, index: PackageIndex) -> String {
    let package = audit.graph.package(index);
    let same = |other: &PackageIndex| audit.graph.package(*other).name == package.name;
    match audit.graph.indices().filter(same).count() {
        1 => package.name.clone(),
        _ => format!("{}@{}", package.name, package.version),
    }
}

/// Whether a name can stand in a command that a user copies into a shell.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !name.is_empty() && !name.starts_with('-') && name.bytes().all(plain)
}

/// One line for each dependent that keeps a good release out.
fn write_upgrades(page: &mut Page, audit: &Audit, step: &Step<'_>) {
    let mut blockers: BTreeMap<PackageIndex, (&VersionReq, &Version)> = BTreeMap::new();
    for finding in &step.findings {
        let Fix::Upgrade { to, blocked_by } = &finding.fix else { continue };
        for (dependent, accepts) in blocked_by {
            let highest = blockers.entry(*dependent).or_insert((accepts, to));
            highest.1 = highest.1.max(to);
        }
    }
    let name = &audit.graph.package(step.package).name;
    for (dependent, (accepts, to)) in blockers {
        let who = label::package(&audit.graph, dependent);
        let own = audit.graph.members().binary_search(&dependent).is_ok();
        let upgrade = if own {
            format!("in {who}: raise {name} from {accepts} to accept {to}")
        } else {
            format!("upstream, in {who}: {name} {accepts} has to accept {to}")
        };
        page.line(2, Tone::Plain, &upgrade);
    }
}

/// An advisory or package name to explain as an example.
fn explain_query(audit: &Audit, step: &Step<'_>) -> Option<String> {
    let advisories = step.findings.iter().filter_map(|finding| finding.advisory.as_ref());
    let name = &audit.graph.package(step.package).name;
    let mut queries = advisories.map(|advisory| &advisory.id).chain([name]);
    queries.find(|query| is_plain(query)).cloned()
}
