//! Packages at risk without a known advisory.

use crate::model::{Audit, Exposed};
use crate::report::label;
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
use crate::report::words::{chance, chance_interval, thousands};

/// Reasons shown for each package; `headwater explain` has all.
const REASONS_SHOWN: usize = 2;

const COLUMNS: [Column; 5] = [
    Column { title: "rank", align: Align::Left, from_width: 0 },
    Column { title: "package", align: Align::Left, from_width: 0 },
    Column { title: "chance of trouble", align: Align::Right, from_width: 0 },
    Column { title: "of your build", align: Align::Right, from_width: 60 },
    Column { title: "presence", align: Align::Left, from_width: 76 },
];

pub(super) fn write(page: &mut Page, audit: &Audit) {
    let all = &audit.exposed;
    if all.is_empty() {
        return;
    }
    page.heading(
        "Packages at risk, no known advisory: left without a maintainer or a fix within 24 months",
    );
    let failing = all.iter().filter(|exposed| exposed.fails_gate).count();
    page.line(2, Tone::Faint, &standing(failing));
    let shown = all.iter().enumerate();
    let rows = shown.map(|(position, exposed)| row(audit, position + 1, exposed));
    table(page, &COLUMNS, &rows.collect::<Vec<_>>());
}

/// What exposure means to the gate.
fn standing(failing: usize) -> String {
    match failing {
        0 => "no findings; they fail no gate unless `headwater.toml` says so".to_owned(),
        1 => "no findings, but one fails the gate, as `headwater.toml` says".to_owned(),
        some => {
            let some = thousands(some);
            format!("no findings, but {some} of them fail the gate, as `headwater.toml` says")
        }
    }
}

fn row(audit: &Audit, place: usize, exposed: &Exposed) -> Row {
    let gate = exposed.fails_gate.then(|| "fails the gate".to_owned());
    let waiver = exposed.waiver.as_ref().map(label::waiver);
    let reasons = exposed.reasons.iter().take(REASONS_SHOWN).cloned();
    Row {
        group: None,
        cells: vec![
            label::place(place, exposed.places),
            label::package(&audit.graph, exposed.package),
            chance_interval(exposed.chance.estimate),
            chance(exposed.harm.share),
            audit.graph.presence(exposed.package).in_words().to_owned(),
        ],
        details: gate.into_iter().chain(waiver).chain(reasons).collect(),
    }
}
