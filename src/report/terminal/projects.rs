//! The upstream projects to support first.

use crate::model::{Audit, Project};
use crate::report::label;
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
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
        details: project.reasons.clone(),
    });
    // What is in the packages column is of use only beside the rest.
    let columns = if page.width() < 100 { &COLUMNS[..4] } else { &COLUMNS };
    table(page, columns, &rows.collect::<Vec<_>>());
    let more = audit.ranking.len().saturating_sub(PROJECTS_SHOWN);
    if more > 0 {
        page.line(2, Tone::Plain, &format!("and {} more", thousands(more)));
    }
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
