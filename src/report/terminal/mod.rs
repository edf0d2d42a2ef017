//! The report for people: what matters first, the rest counted.

mod counts;
pub(super) mod coverage;
mod exposure;
pub(super) mod findings;
mod next;
mod outlook;
mod plan;
mod projects;
pub(super) mod summary;

use crate::model::Audit;

use super::Options;
use super::page::Page;

/// Findings shown in full; the rest is counted.
const FINDINGS_SHOWN: usize = 10;
/// Columns from which there is room for what is of use only beside the rest.
const WIDE: usize = 132;

/// Exposed packages shown; the rest is counted.
const EXPOSED_SHOWN: usize = 5;
/// Projects shown; the rest is counted.
const PROJECTS_SHOWN: usize = 5;

/// Writes the verdict, the findings that matter first, what the next year may bring, whom to
/// support, what is not known, and what to do next.
pub(super) fn render(audit: &Audit, options: &Options) -> String {
    let mut page = Page::new(options);
    summary::write(&mut page, audit);
    findings::write(&mut page, audit);
    counts::write(&mut page, audit);
    outlook::write(&mut page, audit);
    exposure::write(&mut page, audit);
    projects::write(&mut page, audit);
    coverage::write(&mut page, audit);
    next::write(&mut page, audit);
    page.finish()
}
