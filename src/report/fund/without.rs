//! The projects that get nothing: without a known payee, left out, or not assessed.

use std::collections::BTreeMap;

use crate::model::{Action, Advice, Allocation, Basis, FundedProject, LeftOut, Missing};
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
use crate::report::words::{chance, count_of, first_few, thousands};

use super::advice;

/// Projects named for each reason why they are left out or not assessed.
const NAMED: usize = 8;

const UNPAYABLE: [Column; 3] = [
    Column { title: "priority", align: Align::Right, from_width: 0 },
    Column { title: "project", align: Align::Left, from_width: 0 },
    Column { title: "why", align: Align::Left, from_width: 60 },
];

/// Writes who gets nothing, and why.
pub(super) fn write(page: &mut Page, allocation: &Allocation, unpayable: usize) {
    write_unpayable(page, allocation, unpayable);
    write_left_out(page, allocation);
    write_not_assessed(page, allocation);
}

fn write_unpayable(page: &mut Page, allocation: &Allocation, most: usize) {
    let all = &allocation.unpayable;
    // In a suggestion these are the projects above.
    if all.is_empty() || allocation.basis == Basis::Suggestion {
        return;
    }
    let projects = count_of(all.len(), "project");
    page.heading(&format!("Cannot be paid: {projects}; ask at the repository"));
    let rows = all.iter().take(most).map(|(project, why)| Row {
        group: None,
        cells: vec![
            project.priority.map_or_else(|| "-".to_owned(), chance),
            project.name.clone(),
            why.reason(),
        ],
        details: std::iter::once(
            project.repository.clone().unwrap_or_else(|| "repository unknown".to_owned()),
        )
        .chain(advice(std::slice::from_ref(project)))
        .collect(),
    });
    if most > 0 {
        table(page, &UNPAYABLE, &rows.collect::<Vec<_>>());
    }
    let more = all.len().saturating_sub(most);
    if more > 0 {
        let more = thousands(more);
        page.line(2, Tone::Plain, &format!("and {more} more: `--all` shows them"));
    }
}

fn write_left_out(page: &mut Page, allocation: &Allocation) {
    if allocation.left_out.is_empty() {
        return;
    }
    page.heading("Left out");
    for why in LeftOut::ALL {
        let projects = allocation.left_out.iter().filter(|(_, reason)| *reason == why);
        let projects: Vec<String> = projects.map(|(it, _)| named(it, why)).collect();
        if !projects.is_empty() {
            let how =
                if why == LeftOut::NoAction { "; `--include-maintained` pays them" } else { "" };
            let names = first_few(&projects, NAMED);
            page.field(why.name(), &format!("{names}{how}"));
        }
    }
}

/// A project with what makes it be left out, where the name of the reason does not say it all.
fn named(project: &FundedProject, why: LeftOut) -> String {
    let name = &project.name;
    match (why, project.advice.known()) {
        (LeftOut::Replace, Some(Advice { instead: Some(instead), .. })) => {
            format!("{name} (use {instead})")
        }
        (LeftOut::NoAction, Some(Advice { action: Action::Nothing, why, .. })) => {
            format!("{name} ({why})")
        }
        _ => name.clone(),
    }
}

/// Who could not be assessed, by reason, with the option that would tell.
fn write_not_assessed(page: &mut Page, allocation: &Allocation) {
    if allocation.not_assessed.is_empty() {
        return;
    }
    let mut by_reason: BTreeMap<Missing, Vec<String>> = BTreeMap::new();
    for (project, why) in &allocation.not_assessed {
        by_reason.entry(*why).or_default().push(project.name.clone());
    }
    let projects = count_of(allocation.not_assessed.len(), "project");
    page.heading(&format!("Not assessed: {projects}; no amount can be told"));
    for (why, names) in by_reason {
        let count = count_of(names.len(), "project");
        // The index of the registry is asked for what the local one lacks.
        let how = if why == Missing::NoIndexEntry { " (run with `--online`)" } else { "" };
        let names = first_few(&names, NAMED);
        page.line(2, Tone::Plain, &format!("{count}: {why}{how}: {names}"));
    }
}
