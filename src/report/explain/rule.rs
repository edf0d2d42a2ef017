//! What a rule measures and why.

use crate::model::FindingKind;
use crate::report::Options;
use crate::report::page::{Page, Tone};
use crate::report::words::decimal;
use crate::rule::{Curve, Rule, Scale};

/// Explains a rule: what it measures, how a value counts, and why.
pub fn rule(rule: &Rule, options: &Options) -> String {
    let mut page = Page::new(options);
    page.heading(&format!("{}: {}", rule.id, rule.title));
    paragraphs(&mut page, &rule.why);
    page.heading("Measures");
    page.field("signal", &format!("{}, in {}", rule.signal, rule.unit));
    for (position, line) in curve(&rule.curve).iter().enumerate() {
        page.field(if position == 0 { "level" } else { "" }, line);
    }
    if Scale::Gatekeeper.weight(rule).is_some() {
        page.field("missing", &format!("{} in gatekeeper", missing(rule)));
        for (category, level) in &rule.missing_category {
            let level = decimal(*level, 4);
            page.field("", &format!("{level} for a vulnerability of category {category}"));
        }
    }
    if Scale::Trouble.weight(rule).is_some() {
        page.field("missing", "moves nothing in trouble, and widens the interval");
    }
    paragraphs(&mut page, &rule.missing_why);
    for scale in Scale::ALL {
        if let Some(weight) = scale.weight(rule) {
            page.field("weight", &format!("{} in {}", decimal(weight, 4), scale.name()));
        }
    }
    page.heading("Remedy");
    paragraphs(&mut page, &rule.remedy);
    page.heading("Reference");
    page.line(2, Tone::Plain, &rule.reference);
    page.finish()
}

pub(super) fn paragraphs(page: &mut Page, text: &str) {
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        let words: Vec<&str> = paragraph.split_whitespace().collect();
        page.line(2, Tone::Plain, &words.join(" "));
    }
}

/// One line for each point or class, highest level first among classes.
fn curve(curve: &Curve) -> Vec<String> {
    match curve {
        Curve::Points(points) => {
            let line = |(value, level): &(f64, f64)| {
                format!("{} at {}", decimal(*level, 4), decimal(*value, 4))
            };
            points.iter().map(line).collect()
        }
        Curve::Levels(levels) => {
            let mut levels: Vec<_> = levels.iter().collect();
            levels.sort_by(|a, b| b.1.total_cmp(a.1).then(a.0.cmp(b.0)));
            levels
                .iter()
                .map(|(class, level)| format!("{} for {class}", decimal(**level, 4)))
                .collect()
        }
    }
}

/// The level that stands in for a missing value, by kind of finding where they differ.
fn missing(rule: &Rule) -> String {
    let [first, ..] = rule.missing;
    if rule.missing.iter().all(|level| *level == first) {
        return format!("counts as level {}", decimal(first, 4));
    }
    let kinds = FindingKind::ALL.iter().zip(rule.missing);
    let each = kinds.map(|(kind, level)| format!("{} for {}", decimal(level, 4), kind.name()));
    format!("counts as level {}", each.collect::<Vec<_>>().join(", "))
}
