//! The upstream projects at risk.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Audit, Missing, Observed, Project};
use crate::report::label;
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
use crate::report::upstream;
use crate::report::words::{chance, chance_interval, count_of, first_few, thousands};

use super::WIDE;
use super::columns::clip;

/// Reasons shown for each project; `headwater explain` has all.
const REASONS_SHOWN: usize = 2;
/// Projects in trouble named on the first screen.
const NAMED_IN_TROUBLE: usize = 3;
/// Projects named of those that are not ranked.
const NAMED_APART: usize = 5;

const FIRST_COLUMNS: [Column; 5] = [
    Column { title: "rank", align: Align::Left, from_width: 0 },
    Column { title: "project", align: Align::Left, from_width: 0 },
    Column { title: "chance of trouble", align: Align::Left, from_width: 0 },
    Column { title: "of your build", align: Align::Right, from_width: 72 },
    Column { title: "what helps", align: Align::Left, from_width: 72 },
];

const COLUMNS: [Column; 5] = [
    Column { title: "rank", align: Align::Left, from_width: 0 },
    Column { title: "project", align: Align::Left, from_width: 0 },
    Column { title: "chance of trouble", align: Align::Right, from_width: 0 },
    Column { title: "of your build", align: Align::Right, from_width: 60 },
    Column { title: "packages", align: Align::Left, from_width: 0 },
];

/// Writes so many projects, a line for each, with what helps.
pub(super) fn write_first(page: &mut Page, audit: &Audit, most: usize) {
    if audit.ranking.is_empty() || most == 0 {
        return;
    }
    let ranked = audit.ranking.iter().take_while(|it| it.chance.known().is_some()).count();
    if ranked > 0 {
        page.heading("Upstream projects at risk within 24 months");
        let rows = audit.ranking[..ranked.min(most)].iter().enumerate();
        let rows: Vec<Row> =
            rows.map(|(position, project)| first_row(position + 1, project)).collect();
        table(page, &FIRST_COLUMNS, &rows);
        let shown = &audit.ranking[..ranked.min(most)];
        for why in shown.iter().filter_map(unadvised).collect::<BTreeSet<_>>() {
            page.line(2, Tone::Faint, &format!("What helps is unknown: {why}"));
        }
    } else {
        page.blank();
    }
    let apart = &audit.ranking[ranked..];
    let (in_trouble, unknown): (Vec<&Project>, Vec<&Project>) =
        apart.iter().partition(|it| it.chance.missing() == Some(Missing::InTrouble));
    if !in_trouble.is_empty() {
        let names: Vec<String> = in_trouble.iter().map(|it| clip(&it.name)).collect();
        let names = first_few(&names, NAMED_IN_TROUBLE);
        page.line(2, Tone::Plain, &format!("Unmaintained, archived or given up: {names}"));
    }
    if !unknown.is_empty() {
        page.line(2, Tone::Plain, &not_assessed(&unknown, audit.ranking.len()));
    }
}

/// `Not assessed: 14 of 323 projects, repository unknown`, with the most frequent reason.
fn not_assessed(unknown: &[&Project], all: usize) -> String {
    let mut reasons: BTreeMap<Missing, usize> = BTreeMap::new();
    for why in unknown.iter().filter_map(|project| project.chance.missing()) {
        *reasons.entry(why).or_default() += 1;
    }
    let most = reasons.iter().max_by_key(|(_, count)| **count).map(|(why, _)| why.reason());
    let online = match reasons.contains_key(&Missing::NoIndexEntry) {
        true => " (run with `--online`)",
        false => "",
    };
    let (unknown, all) = (thousands(unknown.len()), count_of(all, "project"));
    format!("Not assessed: {unknown} of {all}, {}{online}", most.unwrap_or("unknown"))
}

/// Why it is not known what would help a project; one whose repository is not known says so itself.
fn unadvised(project: &Project) -> Option<Missing> {
    project.advice.missing().filter(|why| *why != Missing::NoRepository)
}

fn first_row(place: usize, project: &Project) -> Row {
    let estimate = project.chance.known().map(|chance| chance_interval(chance.estimate));
    let help = match &project.advice {
        Observed::Known(advice) => label::short_advice(advice),
        Observed::Missing(Missing::NoRepository) => Missing::NoRepository.to_string(),
        Observed::Missing(_) => "unknown".to_owned(),
    };
    Row {
        group: None,
        cells: vec![
            label::place(place, project.places),
            clip(&project.name),
            estimate.unwrap_or_default(),
            chance(project.harm.share),
            help,
        ],
        details: Vec::new(),
    }
}

pub(super) fn write(page: &mut Page, audit: &Audit) {
    if audit.ranking.is_empty() {
        return;
    }
    page.heading("Upstream projects at risk within 24 months, by chance and harm");
    let ranked = audit.ranking.iter().take_while(|it| it.chance.known().is_some()).count();
    let shown = &audit.ranking[..ranked];
    let rows = shown.iter().enumerate().map(|(position, project)| Row {
        group: None,
        cells: cells(audit, position + 1, project),
        details: details(project),
    });
    let columns = match page.width() {
        ..WIDE => &COLUMNS[..COLUMNS.len() - 1],
        _ => &COLUMNS,
    };
    if !shown.is_empty() {
        table(page, columns, &rows.collect::<Vec<_>>());
    }
    write_apart(page, audit, ranked);
    write_without_advice(page, shown);
}

/// Projects that are not ranked: in trouble already, or not to be assessed.
fn write_apart(page: &mut Page, audit: &Audit, ranked: usize) {
    let mut apart: BTreeMap<Missing, Vec<String>> = BTreeMap::new();
    for project in &audit.ranking[ranked..] {
        if let Some(why) = project.chance.missing() {
            apart.entry(why).or_default().push(project.name.clone());
        }
    }
    for (why, names) in apart {
        let count = count_of(names.len(), "project");
        let names = first_few(&names, NAMED_APART);
        let standing =
            if why == Missing::InTrouble { "in trouble already" } else { "not assessed" };
        page.line(2, Tone::Plain, &format!("{standing}: {count}, {why}: {names}"));
    }
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
        page.line(2, Tone::Plain, &format!("what would help is unknown{which}: {why}"));
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
    let estimate = project.chance.known().map(|chance| chance_interval(chance.estimate));
    vec![
        label::place(place, project.places),
        project.name.clone(),
        estimate.unwrap_or_default(),
        chance(project.harm.share),
        packages,
    ]
}
