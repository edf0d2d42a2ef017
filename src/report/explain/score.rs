//! A score and the terms that add up to it.

use crate::model::{Measure, Observed, Score, Term};
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
use crate::report::words::{decimal, points};

const COLUMNS: [Column; 5] = [
    Column { title: "adds", align: Align::Right, from_width: 0 },
    Column { title: "rule", align: Align::Left, from_width: 0 },
    Column { title: "level", align: Align::Right, from_width: 60 },
    Column { title: "weight", align: Align::Right, from_width: 60 },
    Column { title: "measured", align: Align::Left, from_width: 60 },
];

/// Writes the total and, for each term, what was measured and what it adds.
pub(super) fn write(page: &mut Page, name: &str, score: &Score) {
    page.field(name, &format!("{}, the sum of", points(score.total)));
    let rows = score.terms.iter().map(|term| Row {
        group: None,
        cells: vec![
            points(term.contribution),
            term.rule.to_string(),
            decimal(term.level, 4),
            decimal(term.weight, 4),
            measured(term),
        ],
        details: Vec::new(),
    });
    if score.terms.is_empty() {
        page.line(2, Tone::Plain, "no terms");
    } else {
        table(page, &COLUMNS, &rows.collect::<Vec<_>>());
    }
}

fn measured(term: &Term) -> String {
    match &term.value {
        Observed::Known(Measure::Class(name)) => (*name).to_owned(),
        Observed::Known(Measure::Number(share)) if term.unit == "share" => {
            format!("{}%", decimal(share * 100.0, 2))
        }
        Observed::Known(Measure::Number(value)) => format!("{} {}", decimal(*value, 2), term.unit),
        Observed::Missing(why) => format!("unknown: {why}"),
    }
}

/// Terms named as what would change a score most; the others change it less.
const CHANGES_SHOWN: usize = 3;

/// What would change the score: facts not known first, then the largest terms.
pub(super) fn changes(score: &Score) -> Vec<String> {
    let (known, unknown): (Vec<&Term>, Vec<&Term>) =
        score.terms.iter().partition(|term| term.value.known().is_some());
    let unknown = unknown.into_iter().map(|term| {
        let (rule, adds) = (&term.rule, points(term.contribution));
        format!("learning what `{rule}` measures, which adds {adds} while {}", measured(term))
    });
    let mut largest: Vec<&Term> =
        known.into_iter().filter(|term| term.contribution > 0.0).collect();
    largest.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    let largest = largest.into_iter().take(CHANGES_SHOWN).map(|term| {
        let (adds, without) = (points(term.contribution), score.total - term.contribution);
        format!("`{}` ({}) adds {adds}; without it {}", term.rule, measured(term), points(without))
    });
    unknown.chain(largest).collect()
}
