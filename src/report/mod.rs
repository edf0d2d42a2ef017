//! Audit result to bytes; one file per format.
//!
//! A new format is one file and two lines here: `mod name;` and an entry of [`FORMATS`]. All text
//! that comes from lockfiles, advisories and paths is made visible by [`escape`] on its way to a
//! terminal, and by `\u` escapes on its way into JSON.

pub mod check;
mod escape;
pub mod explain;
pub mod forecast;
pub mod fund;
mod identity;
mod json;
mod label;
mod location;
mod page;
mod planned;
pub mod rankings;
pub mod register;
pub mod reliability;
pub mod schema;
mod step;
mod table;
mod terminal;
pub mod trend;
mod upstream;
mod words;

pub use escape::escape;

use crate::forecast::Models;
use crate::model::Audit;

/// A way to write an audit down.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for, for `--help`.
    pub summary: &'static str,
    /// Writes the whole report. The same audit and options yield the same bytes.
    pub render: fn(&Audit, &Options) -> String,
}

/// All formats, by name.
pub const FORMATS: [Format; 2] = [
    Format {
        name: "json",
        summary: "everything that was found, for programs; see the published schema",
        render: json::render,
    },
    Format {
        name: "terminal",
        summary: "what matters first, for people",
        render: terminal::render,
    },
];

/// What the caller knows about where a report goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Columns that a line may fill; fewer than 20 count as 20.
    pub width: usize,
    /// Whether to colour.
    pub colour: Colour,
    /// How much a report for people shows; a report for programs always shows all.
    pub detail: Detail,
}

/// How much a report for people shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// What matters first, on one screen; the rest is counted.
    Short,
    /// Everything.
    All,
}

/// Whether a report for people carries colour. It never means anything by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Text only.
    Plain,
    /// ANSI escape sequences.
    Ansi,
}

/// The models that say the terms of forecasts in words. Read once per report that needs them.
fn models() -> Models {
    Models::shipped().expect("the shipped models are whole: a test reads them")
}
