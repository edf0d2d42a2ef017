//! How the risk of a lockfile moved, one file per format.

pub(super) mod json;
mod people;

use crate::model::Trend;

use super::Options;

/// A way to write a trend down.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for, for `--help`.
    pub summary: &'static str,
    /// Writes it. The same trend and options yield the same bytes.
    pub render: fn(&Trend, &Options) -> String,
}

/// All formats, by name.
pub const FORMATS: [Format; 2] = [
    Format {
        name: "json",
        summary: "everything, for programs; see `headwater schema trend`",
        render: json::render,
    },
    Format { name: "terminal", summary: "tables, for people", render: people::render },
];
