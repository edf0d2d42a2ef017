//! The first screen: the verdict, what to do first, who is at risk upstream, and the verdict again.

use crate::model::{Audit, Tier};
use crate::report::Options;
use crate::report::page::{Page, Tone};
use crate::report::words::{count_of, thousands};
use crate::report::{label, planned};

use super::columns::{self, Cells, clip};
use super::rows::{self, Evidence, PackageRow, quick_wins};
use super::{coverage, projects, verdict};

/// Lines of the first screen, whatever the workspace.
const MOST_LINES: usize = 40;
/// Rows of packages and of projects shown at most; fewer where they need more lines.
const MOST_PACKAGES: usize = 8;
const MOST_PROJECTS: usize = 5;
/// Rows shown at least of what is less urgent, where there is nothing to act on now.
const LEAST_PACKAGES: usize = 4;

/// Writes as much as fits [`MOST_LINES`].
pub(super) fn screen(audit: &Audit, options: &Options) -> String {
    let rows = rows::rows(audit);
    let mut limits =
        Limits { packages: MOST_PACKAGES, projects: MOST_PROJECTS, evidence: Evidence::Full };
    loop {
        let mut page = Page::new(options);
        write(&mut page, audit, &rows, limits);
        let text = page.finish();
        match limits.tighter() {
            Some(tighter) if text.lines().count() > MOST_LINES => limits = tighter,
            _ => return text,
        }
    }
}

/// How much is shown.
#[derive(Clone, Copy)]
struct Limits {
    packages: usize,
    projects: usize,
    /// What stands below each package.
    evidence: Evidence,
}

impl Limits {
    /// A little less: rows down to four with all that stands below them, then less below them,
    /// then fewer projects and rows by turns.
    fn tighter(self) -> Option<Self> {
        let Self { packages, projects, evidence } = self;
        let next = match evidence {
            Evidence::Full if packages > 4 => Self { packages: packages - 1, ..self },
            Evidence::Full => Self { packages: 5, evidence: Evidence::Short, ..self },
            Evidence::Short if packages > 3 => Self { packages: packages - 1, ..self },
            Evidence::Short if projects > 3 => Self { projects: projects - 1, ..self },
            Evidence::Short => Self { packages: 5, evidence: Evidence::None, ..self },
            Evidence::None if packages > 3 => Self { packages: packages - 1, ..self },
            Evidence::None if projects > 1 => Self { projects: projects - 1, ..self },
            Evidence::None if packages > 1 => Self { packages: packages - 1, ..self },
            Evidence::None if projects > 0 => Self { projects: 0, ..self },
            Evidence::None => return None,
        };
        Some(next)
    }
}

fn write(page: &mut Page, audit: &Audit, rows: &[PackageRow<'_>], limits: Limits) {
    verdict::write_first(page, audit, rows);
    write_packages(page, audit, rows, limits);
    write_exposed(page, audit);
    projects::write_first(page, audit, limits.projects);
    coverage::write_line(page, audit);
    coverage::write_hosts_line(page, audit);
    write_next(page, audit, rows);
    verdict::write_last(page, audit);
}

/// The packages to act on now, or else the most urgent ones; the rest is counted.
fn write_packages(page: &mut Page, audit: &Audit, rows: &[PackageRow<'_>], limits: Limits) {
    let in_tier = |tier| rows.iter().filter(move |row| row.tier == Some(tier));
    let mut left = limits.packages;
    let mut counted = Vec::new();
    for tier in Tier::ALL {
        let all: Vec<&PackageRow<'_>> = in_tier(tier).collect();
        let most = match tier {
            Tier::ActNow => left,
            // What is less urgent fills a screen that would be nearly empty, no more.
            Tier::Plan | Tier::Watch | Tier::Note => {
                let shown = limits.packages - left;
                LEAST_PACKAGES.min(limits.packages).saturating_sub(shown)
            }
        };
        let is_worth_it = tier <= Tier::Plan || all.iter().any(|row| row.fails_gate());
        let shown = if is_worth_it { &all[..all.len().min(most)] } else { &[] };
        if shown.is_empty() {
            if !all.is_empty() {
                counted.push(format!("{} {}", label::tier_title(tier), thousands(all.len())));
            }
            continue;
        }
        left -= shown.len();
        page.blank();
        page.line(0, label::tone(tier), label::tier_title(tier));
        let cells: Vec<Cells> = shown.iter().map(|row| row.cells(audit)).collect();
        columns::write(page, &cells, |page, at| {
            rows::write_first(page, audit, shown[at], limits.evidence);
        });
        if all.len() > shown.len() {
            page.line(2, Tone::Plain, &format!("and {} more", thousands(all.len() - shown.len())));
        }
    }
    let waived = rows.iter().filter(|row| row.tier.is_none()).count();
    if waived > 0 {
        counted.push(format!("waived {}", thousands(waived)));
    }
    if !counted.is_empty() {
        page.blank();
        let counted = counted.join("   ");
        page.spaced(0, Tone::Plain, &format!("{counted}   (packages; headwater audit --all)"));
    }
}

/// Packages without an advisory that the policy fails on, which it does where it says so.
fn write_exposed(page: &mut Page, audit: &Audit) {
    let failing = audit.exposed.iter().filter(|it| it.fails_gate);
    let names: Vec<String> =
        failing.map(|it| clip(&label::package(&audit.graph, it.package))).collect();
    if names.is_empty() {
        return;
    }
    page.blank();
    let count = count_of(names.len(), "package");
    let names = crate::report::words::first_few(&names, 3);
    let text = format!("{count} at risk, no known advisory, fail the policy: {names}");
    page.line(0, Tone::Bad, &text);
}

/// Commands to go on with.
fn write_next(page: &mut Page, audit: &Audit, rows: &[PackageRow<'_>]) {
    let mut steps = Vec::new();
    let (packages, findings) = quick_wins(audit, rows);
    if packages > 0 {
        let (findings, packages) = (count_of(findings, "finding"), count_of(packages, "package"));
        let up_to = match audit.plan.as_ref().filter(|plan| plan.update.is_some()) {
            Some(plan) if plan.index_lacks.is_empty() => "",
            Some(_) => "at least ",
            None => "up to ",
        };
        steps.push((
            "cargo update".to_owned(),
            format!("clears {up_to}{findings} in {packages}, no manifest changes"),
        ));
    }
    if let Some(lacks) = audit.plan.as_ref().and_then(planned::index_lacks) {
        steps.push(("cargo update --dry-run".to_owned(), lacks));
    }
    let name = |row: &PackageRow<'_>| audit.graph.package(row.package).name.clone();
    if let Some(name) = rows.iter().map(name).find(|name| crate::report::step::is_plain(name)) {
        let what = "paths, evidence, what would change the rating".to_owned();
        steps.push((format!("headwater explain {name}"), what));
    } else if let Some(project) = audit.ranking.first()
        && let Some(name) = project.packages.first().map(|it| &audit.graph.package(*it).name)
        && crate::report::step::is_plain(name)
    {
        steps.push((format!("headwater explain {name}"), "evidence about a project".to_owned()));
    }
    if !steps.is_empty() {
        page.blank();
        page.line(0, Tone::Heading, "Next");
        let cells: Vec<Cells> = steps
            .into_iter()
            .map(|(command, what)| Cells {
                title: command,
                others: Vec::new(),
                step: what,
                keep_whole: false,
            })
            .collect();
        columns::write_commands(page, &cells);
    }
}
