//! Everything that was found, for people.

use crate::model::{Audit, Tier};
use crate::report::page::{Page, Tone};
use crate::report::{Options, label};

use super::columns::{self, Cells};
use super::rows::{self, PackageRow};
use super::{counts, coverage, exposure, outlook, plan, projects, summary, verdict};

/// Writes the verdict, every finding by package, what the next year may bring, whom to support,
/// what is not known, and the verdict again.
pub(super) fn everything(audit: &Audit, options: &Options) -> String {
    let mut page = Page::new(options);
    let rows = rows::rows(audit);
    verdict::write_first(&mut page, audit, &rows);
    for reason in &audit.verdict.reasons {
        page.line(2, Tone::Plain, reason);
    }
    summary::write(&mut page, audit);
    write_rows(&mut page, audit, &rows);
    if let Some(steps) = &audit.plan {
        plan::write(&mut page, audit, steps);
    }
    counts::write(&mut page, audit);
    outlook::write(&mut page, audit);
    exposure::write(&mut page, audit);
    projects::write(&mut page, audit);
    coverage::write(&mut page, audit);
    coverage::write_hosts(&mut page, audit);
    page.blank();
    verdict::write_last(&mut page, audit);
    page.finish()
}

/// Writes every finding, by package.
pub(in crate::report) fn write_findings(page: &mut Page, audit: &Audit) {
    write_rows(page, audit, &rows::rows(audit));
}

fn write_rows(page: &mut Page, audit: &Audit, rows: &[PackageRow<'_>]) {
    if rows.is_empty() {
        page.heading("Findings");
        return page.line(2, Tone::Plain, "none");
    }
    let tiers = Tier::ALL.map(Some).into_iter().chain([None]);
    for tier in tiers {
        let of_tier: Vec<&PackageRow<'_>> = rows.iter().filter(|row| row.tier == tier).collect();
        if of_tier.is_empty() {
            continue;
        }
        page.blank();
        match tier {
            Some(tier) => page.line(0, label::tone(tier), label::tier_title(tier)),
            None => page.line(0, Tone::Faint, "Waived"),
        }
        let cells: Vec<Cells> = of_tier.iter().map(|row| row.cells(audit)).collect();
        columns::write(page, &cells, |page, at| rows::write_findings(page, audit, of_tier[at]));
    }
}
