//! What a rule measures and why.

use crate::report::Options;
use crate::report::page::{Page, Tone};
use crate::report::words::decimal;

/// A rule as its explanation shows it, so that reports need not know how rules are parsed.
#[derive(Debug, Clone)]
pub struct RuleView<'a> {
    /// Identifier, the name that terms carry.
    pub id: &'a str,
    /// What it is about, in a few words.
    pub title: &'a str,
    /// Name of the signal it reads.
    pub signal: &'a str,
    /// Unit of the signal; empty for a class.
    pub unit: &'a str,
    /// How values become levels from 0 to 1, in words, a line each.
    pub curve: Vec<String>,
    /// What a missing value means, in words.
    pub missing: &'a str,
    /// Weight in each score it takes part in, by name of the score.
    pub weights: Vec<(&'a str, f64)>,
    /// Why it matters.
    pub why: &'a str,
    /// What can be done about it.
    pub remedy: &'a str,
    /// Where it comes from.
    pub reference: &'a str,
}

/// Explains a rule.
pub fn rule(view: &RuleView<'_>, options: &Options) -> String {
    let mut page = Page::new(options);
    page.heading(&format!("{}: {}", view.id, view.title));
    for paragraph in view.why.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        let words: Vec<&str> = paragraph.split_whitespace().collect();
        page.line(2, Tone::Plain, &words.join(" "));
    }
    let unit = if view.unit.is_empty() { String::new() } else { format!(", in {}", view.unit) };
    page.heading("Measures");
    page.field("signal", &format!("{}{unit}", view.signal));
    for (position, line) in view.curve.iter().enumerate() {
        page.field(if position == 0 { "level" } else { "" }, line);
    }
    page.field("missing", view.missing);
    for (score, weight) in &view.weights {
        page.field("weight", &format!("{} in {score}", decimal(*weight, 4)));
    }
    page.heading("Remedy");
    page.line(2, Tone::Plain, &view.remedy.split_whitespace().collect::<Vec<_>>().join(" "));
    page.heading("Reference");
    page.line(2, Tone::Plain, view.reference);
    page.finish()
}
