//! The upstream projects to support first.

use std::collections::BTreeMap;

use crate::model::{Audit, Missing, Project};
use crate::report::label;
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
use crate::report::upstream;
use crate::report::words::{count_of, first_few, thousands, whole_points};

use super::{PROJECTS_SHOWN, WIDE};

/// Reasons shown for each project; `headwater explain` has all.
const REASONS_SHOWN: usize = 2;

const COLUMNS: [Column; 7] = [
    Column { title: "priority", align: Align::Right, from_width: 0 },
    Column { title: "project", align: Align::Left, from_width: 0 },
    Column { title: "reliance", align: Align::Right, from_width: 60 },
    Column { title: "fragility", align: Align::Right, from_width: 60 },
    Column { title: "of it not known", align: Align::Right, from_width: 76 },
    Column { title: "place", align: Align::Right, from_width: 76 },
    Column { title: "packages", align: Align::Left, from_width: 0 },
];

pub(super) fn write(page: &mut Page, audit: &Audit) {
    if audit.ranking.is_empty() {
        return;
    }
    page.heading("Support: upstream projects relied on most and likeliest to run dry");
    let shown = &audit.ranking[..audit.ranking.len().min(PROJECTS_SHOWN)];
    let rows = shown.iter().enumerate().map(|(position, project)| Row {
        group: None,
        cells: cells(audit, position + 1, project),
        details: details(project),
    });
    let columns = match page.width() {
        ..WIDE => &COLUMNS[..COLUMNS.len() - 1],
        _ => &COLUMNS,
    };
    table(page, columns, &rows.collect::<Vec<_>>());
    let more = audit.ranking.len() - shown.len();
    if more > 0 {
        page.line(2, Tone::Plain, &format!("and {} more", thousands(more)));
    }
    write_without_advice(page, shown);
}

/// Why it is not known what would help, once for all projects it is not known of.
fn write_without_advice(page: &mut Page, shown: &[Project]) {
    let mut reasons: BTreeMap<Missing, usize> = BTreeMap::new();
    for why in shown.iter().filter_map(|project| project.advice.missing()) {
        *reasons.entry(why).or_default() += 1;
    }
    for (why, count) in reasons {
        let which = if count == shown.len() {
            String::new()
        } else {
            format!(" of {count} of these {}", shown.len())
        };
        page.line(2, Tone::Plain, &format!("what would help is not known{which}: {why}"));
    }
}

/// What would help, what sort of life it leads, why it stands where it does, where to pay.
fn details(project: &Project) -> Vec<String> {
    let advice = project.advice.known().map(label::advice);
    let class = project.class.known().map(label::class);
    let ways = upstream::ways_to_pay(project);
    let pay = ways.first().map(|first| match ways.len() - 1 {
        0 => format!("pay at {first}"),
        more => format!("pay at {first} or in {}", count_of(more, "other way")),
    });
    let reasons = project.reasons.iter().take(REASONS_SHOWN).cloned();
    advice.into_iter().chain(class).chain(reasons).chain(pay).collect()
}

fn cells(audit: &Audit, place: usize, project: &Project) -> Vec<String> {
    let labels = project.packages.iter().map(|&index| label::package(&audit.graph, index));
    let packages = match project.packages.len() {
        0..=2 => first_few(&labels.collect::<Vec<_>>(), 2),
        many => count_of(many, "package"),
    };
    vec![
        whole_points(project.priority),
        project.name.clone(),
        whole_points(project.reliance.total),
        whole_points(project.fragility.total),
        whole_points(project.fragility.unknown()),
        label::place(place, project.places),
        packages,
    ]
}
