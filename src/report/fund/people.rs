//! The allocation for people: whom to pay, whom to ask, and how the amounts came about.

use std::collections::BTreeMap;

use crate::model::{Allocation, Basis, FundedProject, Missing, Payment, Pledge, Unpayable};
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
use crate::report::upstream::asked;
use crate::report::words::{chance, count_of, first_few, thousands};
use crate::report::{Detail, Options, label};

use super::{formula, money, names, without};

/// Lines of the first screen.
const MOST_LINES: usize = 40;

/// Rows shown of payments and of projects that cannot be paid, and whether the formula is, from
/// much to little.
const LIMITS: [Limits; 7] = [
    Limits { payments: 25, unpayable: 15, formula: true },
    Limits { payments: 25, unpayable: 15, formula: false },
    Limits { payments: 12, unpayable: 8, formula: false },
    Limits { payments: 8, unpayable: 4, formula: false },
    Limits { payments: 5, unpayable: 2, formula: false },
    Limits { payments: 3, unpayable: 1, formula: false },
    Limits { payments: 1, unpayable: 0, formula: false },
];

/// How much is shown.
#[derive(Clone, Copy)]
struct Limits {
    payments: usize,
    unpayable: usize,
    formula: bool,
}
/// Projects of one payment of which it is told why it helps; the other formats have all.
const ADVICE_SHOWN: usize = 3;
/// Amounts shown that a payee asks for; the other formats have all.
const ASKED_SHOWN: usize = 3;

const PAYMENTS: [Column; 5] = [
    Column { title: "amount", align: Align::Right, from_width: 0 },
    Column { title: "payee", align: Align::Left, from_width: 0 },
    Column { title: "for", align: Align::Left, from_width: 0 },
    Column { title: "priority", align: Align::Right, from_width: 60 },
    Column { title: "dependency", align: Align::Left, from_width: 80 },
];

/// Writes the allocation: as much as fits the first screen, or everything.
pub(super) fn render(allocation: &Allocation, options: &Options) -> String {
    let all = Limits { payments: usize::MAX, unpayable: usize::MAX, formula: true };
    if options.detail == Detail::All {
        return render_within(allocation, options, all);
    }
    let mut text = String::new();
    for limits in LIMITS {
        text = render_within(allocation, options, limits);
        if text.lines().count() <= MOST_LINES {
            break;
        }
    }
    text
}

fn render_within(allocation: &Allocation, options: &Options, limits: Limits) -> String {
    let mut page = Page::new(options);
    write_coverage(&mut page, allocation);
    write_payments(&mut page, allocation, limits.payments);
    write_sums(&mut page, allocation);
    without::write(&mut page, allocation, limits.unpayable);
    if limits.formula {
        page.heading("How the amounts came about");
        for sentence in formula(&allocation.request, allocation.basis) {
            page.line(2, Tone::Plain, &sentence);
        }
    } else {
        page.blank();
        page.line(0, Tone::Faint, "The rest, and how the amounts came about: headwater fund --all");
    }
    page.finish()
}

/// First of all, how much of the priority the amounts rest on.
fn write_coverage(page: &mut Page, allocation: &Allocation) {
    const WHOLE: f64 = 0.9995;
    match allocation.payees.share() {
        None => {}
        Some(WHOLE..) => page.line(0, Tone::Good, "All of the priority has a known payee"),
        Some(share) => {
            let share = format!("{} of the priority has a known payee", chance(share));
            let rest = "this split follows who asks for money, not who needs it";
            let line = match (allocation.basis, why_unknown(allocation)) {
                (Basis::Suggestion, why) => format!("{share}: {}", rest_of(why)),
                (Basis::Payees, Some((Missing::NotAsked, _))) => {
                    format!("{share}: run with `--online`, or {rest}")
                }
                (Basis::Payees, Some((why, projects))) => {
                    let projects = count_of(projects, "project");
                    format!("{share}; unknown for {projects}, {why}: {rest}")
                }
                (Basis::Payees, None) => format!("{share}, the rest names none: {rest}"),
            };
            page.line(0, Tone::Caution, &line);
        }
    }
}

/// What to do where no payee is known at all.
fn rest_of(why: Option<(Missing, usize)>) -> String {
    match why {
        Some((Missing::NotAsked, _)) => "run with `--online` to find funding channels".to_owned(),
        Some((why, _)) => why.to_string(),
        None => "no project names one".to_owned(),
    }
}

fn write_payments(page: &mut Page, allocation: &Allocation, most: usize) {
    let (budget, currency) = budget(allocation);
    match allocation.basis {
        Basis::Payees => page.heading(&format!("Fund: {budget} {currency} by priority")),
        Basis::Suggestion => {
            page.heading(&format!(
                "Suggestion: {budget} {currency} allocated, no funding channel found for any project"
            ));
        }
    }
    if allocation.payments.is_empty() {
        return page.line(2, Tone::Plain, "no payments");
    }
    // Without payees that column has nothing to say.
    let shown = |at: &usize| *at != 1 || allocation.basis == Basis::Payees;
    let columns = (0..).zip(PAYMENTS).filter(|(at, _)| shown(at));
    let rows = allocation.payments.iter().take(most).map(|payment| Row {
        group: None,
        cells: (0..).zip(cells(payment)).filter(|(at, _)| shown(at)).map(|(_, it)| it).collect(),
        details: details(payment),
    });
    let columns: Vec<Column> = columns.map(|(_, column)| column).collect();
    table(page, &columns, &rows.collect::<Vec<_>>());
    let more = allocation.payments.get(most..).unwrap_or_default();
    if !more.is_empty() {
        let sum = money(more.iter().map(|payment| payment.amount_hundredths).sum());
        let more = thousands(more.len());
        page.line(2, Tone::Plain, &format!("and {more} more, {sum} together: `--all` shows them"));
    }
}

/// Where to pay or ask, what the payee asks for, and why it helps.
fn details(payment: &Payment) -> Vec<String> {
    let why: Vec<String> = payment.projects.iter().map(|it| why_it_helps(payment, it)).collect();
    let why = (!why.is_empty()).then(|| first_few(&why, ADVICE_SHOWN));
    address(payment).into_iter().chain(asks(payment)).chain(why).collect()
}

/// What would help a project, how likely trouble is, and what stands on it; with its name where
/// the payment is for several.
fn why_it_helps(payment: &Payment, project: &FundedProject) -> String {
    let advice = project.advice.known().map(label::advice);
    let trouble = project.chance.map(|it| format!("{} chance of trouble", chance(it)));
    let share = format!("{} of the build stands on it", chance(project.share));
    let parts: Vec<String> = advice.into_iter().chain(trouble).chain([share]).collect();
    let parts = parts.join(", ");
    if payment.projects.len() == 1 { parts } else { format!("{}: {parts}", project.name) }
}

/// Where to pay, else where to ask.
fn address(payment: &Payment) -> Option<String> {
    let url = payment.payee.as_ref().and_then(|payee| payee.url.clone());
    url.or_else(|| payment.projects.first()?.repository.clone())
}

/// What the payee asks for.
fn asks(payment: &Payment) -> Option<String> {
    let asked = payment.payee.as_ref().map(asked).filter(|asked| !asked.is_empty())?;
    Some(format!("asks for {}", first_few(&asked, ASKED_SHOWN)))
}

/// Why it is unknown whom to pay, as most projects have it, and of how many projects it is unknown.
fn why_unknown(allocation: &Allocation) -> Option<(Missing, usize)> {
    let mut counts: BTreeMap<Missing, usize> = BTreeMap::new();
    for (_, why) in &allocation.unpayable {
        if let Unpayable::Unknown(why) = why {
            *counts.entry(*why).or_default() += 1;
        }
    }
    let projects = counts.values().sum();
    let most = counts.iter().max_by_key(|(_, count)| **count);
    most.map(|(why, _)| (*why, projects))
}

fn cells(payment: &Payment) -> [String; 5] {
    let payee = payment.payee.as_ref();
    let priority: f64 = payment.projects.iter().filter_map(|project| project.priority).sum();
    let mut distances: Vec<&str> =
        payment.projects.iter().map(|project| project.distance.name()).collect();
    distances.sort_unstable();
    distances.dedup();
    [
        money(payment.amount_hundredths),
        payee.map(|payee| format!("{} {}", payee.platform, payee.account)).unwrap_or_default(),
        names(&payment.projects),
        chance(priority),
        distances.join(", "),
    ]
}

fn write_sums(page: &mut Page, allocation: &Allocation) {
    let (budget, currency) = budget(allocation);
    page.blank();
    let left = money(allocation.left_hundredths);
    let why = if allocation.left_hundredths == 0 || allocation.payments.is_empty() {
        ""
    } else {
        ": cap, floor and depth share let nobody take it"
    };
    page.field("left", &format!("{left} of {budget} {currency}{why}"));
    if let Some(pledge) = allocation.pledge {
        page.field("pledge", &pledge_text(pledge, currency));
    }
    if allocation.members_without_repository > 0 {
        let members = count_of(allocation.members_without_repository, "workspace member");
        page.field(
            "own projects",
            &format!("repository unknown for {members}: leave yours out with `--exclude`"),
        );
    }
}

fn pledge_text(pledge: Pledge, currency: &str) -> String {
    let each = money(pledge.per_developer_hundredths);
    let developers = count_of(pledge.developers as usize, "developer");
    let asked = money(pledge.asked_hundredths);
    let outcome = match pledge.gap_hundredths {
        Some(0) => "met, where this is the budget of a year".to_owned(),
        Some(gap) => format!("{} USD short, where this is the budget of a year", money(gap)),
        None => format!("not comparable without a rate from {currency}"),
    };
    format!(
        "{each} {currency} for each of {developers}; the Open Source Pledge asks for at least \
         2000.00 USD each a year, {asked} USD in all: {outcome}"
    )
}

fn budget(allocation: &Allocation) -> (String, &str) {
    (money(allocation.request.budget_hundredths), &allocation.request.currency)
}
