//! The upstream projects to support first.

use crate::model::{Audit, Project};
use crate::report::label;
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
use crate::report::upstream;
use crate::report::words::{count_of, first_few, thousands, whole_points};

use super::PROJECTS_SHOWN;

const COLUMNS: [Column; 5] = [
    Column { title: "priority", align: Align::Right, from_width: 0 },
    Column { title: "project", align: Align::Left, from_width: 0 },
    Column { title: "reliance", align: Align::Right, from_width: 60 },
    Column { title: "fragility", align: Align::Right, from_width: 60 },
    Column { title: "packages", align: Align::Left, from_width: 0 },
];

pub(super) fn write(page: &mut Page, audit: &Audit) {
    if audit.ranking.is_empty() {
        return;
    }
    page.heading("Support: upstream projects relied on most and likeliest to run dry");
    let shown = audit.ranking.iter().take(PROJECTS_SHOWN);
    let rows = shown.map(|project| Row {
        group: None,
        cells: cells(audit, project),
        details: details(project),
    });
    // What is in the packages column is of use only beside the rest.
    let columns = if page.width() < 100 { &COLUMNS[..4] } else { &COLUMNS };
    table(page, columns, &rows.collect::<Vec<_>>());
    let more = audit.ranking.len().saturating_sub(PROJECTS_SHOWN);
    if more > 0 {
        page.line(2, Tone::Plain, &format!("and {} more", thousands(more)));
    }
}

/// What sort of life it leads, why it stands where it does, where to pay.
fn details(project: &Project) -> Vec<String> {
    let class = project.class.known().map(label::class);
    let ways = upstream::ways_to_pay(project);
    let pay = ways.first().map(|first| match ways.len() - 1 {
        0 => format!("pay at {first}"),
        more => format!("pay at {first} or in {}", count_of(more, "other way")),
    });
    class.into_iter().chain(project.reasons.iter().cloned()).chain(pay).collect()
}

fn cells(audit: &Audit, project: &Project) -> Vec<String> {
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
        packages,
    ]
}
