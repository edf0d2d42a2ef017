//! The report for people: the first screen, or everything.

mod all;
pub(super) mod columns;
mod counts;
pub(super) mod coverage;
mod exposure;
mod first;
mod outlook;
mod plan;
mod projects;
pub(super) mod rows;
mod summary;
pub(super) mod verdict;

use crate::model::Audit;

use super::{Detail, Options};

pub(super) use all::write_findings;

/// Columns from which there is room for what is of use only beside the rest.
const WIDE: usize = 132;

/// Writes the first screen, or everything where that is asked for.
pub(super) fn render(audit: &Audit, options: &Options) -> String {
    match options.detail {
        Detail::Short => first::screen(audit, options),
        Detail::All => all::everything(audit, options),
    }
}
