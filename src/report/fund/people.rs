//! The allocation for people: whom to pay, whom to ask, and how the amounts came about.

use std::collections::BTreeMap;

use crate::model::{Allocation, Basis, LeftOut, Missing, Payment, Pledge, Unpayable};
use crate::report::Options;
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
use crate::report::upstream::asked;
use crate::report::words::{chance, count_of, first_few, thousands};

use super::{advice, formula, money, names};

/// Suggested amounts shown at most; the other formats have all.
const SUGGESTED_SHOWN: usize = 25;
/// Projects of one payment whose advice is shown; the other formats have all.
const ADVICE_SHOWN: usize = 3;
/// Projects that cannot be paid shown at most; the other formats have all.
const UNPAYABLE_SHOWN: usize = 15;
/// Amounts shown that a payee asks for; the other formats have all.
const ASKED_SHOWN: usize = 3;
/// Projects named for each reason why they are left out.
const LEFT_OUT_SHOWN: usize = 8;

const PAYMENTS: [Column; 5] = [
    Column { title: "amount", align: Align::Right, from_width: 0 },
    Column { title: "payee", align: Align::Left, from_width: 0 },
    Column { title: "for", align: Align::Left, from_width: 0 },
    Column { title: "priority", align: Align::Right, from_width: 60 },
    Column { title: "dependency", align: Align::Left, from_width: 80 },
];

const UNPAYABLE: [Column; 3] = [
    Column { title: "priority", align: Align::Right, from_width: 0 },
    Column { title: "project", align: Align::Left, from_width: 0 },
    Column { title: "why", align: Align::Left, from_width: 60 },
];

/// Writes the allocation.
pub(super) fn render(allocation: &Allocation, options: &Options) -> String {
    let mut page = Page::new(options);
    write_payments(&mut page, allocation);
    write_sums(&mut page, allocation);
    write_unpayable(&mut page, allocation);
    write_left_out(&mut page, allocation);
    page.heading("How the amounts came about");
    for sentence in formula(&allocation.request, allocation.basis) {
        page.line(2, Tone::Plain, &sentence);
    }
    page.finish()
}

fn write_payments(page: &mut Page, allocation: &Allocation) {
    let (budget, currency) = budget(allocation);
    let most = match allocation.basis {
        Basis::Payees => {
            page.heading(&format!("Fund: {budget} {currency} by priority"));
            if let Some(unknown) = unknown_payees(allocation) {
                page.line(2, Tone::Caution, &unknown);
            }
            allocation.payments.len()
        }
        Basis::Suggestion => {
            page.heading(&format!("Suggestion: {budget} {currency} by priority"));
            let why = why_unknown(allocation);
            page.line(2, Tone::Caution, &format!("whom to pay is not known of any project: {why}"));
            SUGGESTED_SHOWN
        }
    };
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
        page.line(
            2,
            Tone::Plain,
            &format!("and {more} more, {sum} together: `--format csv` has all"),
        );
    }
}

/// Where to pay or ask, what the payee asks for, and what would help.
fn details(payment: &Payment) -> Vec<String> {
    let advice = advice(&payment.projects);
    let advice = (!advice.is_empty()).then(|| first_few(&advice, ADVICE_SHOWN));
    address(payment).into_iter().chain(asks(payment)).chain(advice).collect()
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

/// What is not known of whom to pay, where the budget would be shared out otherwise if it were.
fn unknown_payees(allocation: &Allocation) -> Option<String> {
    let is_unknown = |why: &Unpayable| matches!(why, Unpayable::Unknown(_));
    let unknown = allocation.unpayable.iter().filter(|(_, why)| is_unknown(why));
    let unknown: Vec<f64> = unknown.filter_map(|(project, _)| project.priority).collect();
    let paid = allocation.payments.iter().flat_map(|payment| &payment.projects);
    let paid: f64 = paid.filter_map(|project| project.priority).sum();
    let of_unknown: f64 = unknown.iter().sum();
    if unknown.is_empty() || of_unknown <= 0.0 {
        return None;
    }
    let (projects, why) = (count_of(unknown.len(), "project"), why_unknown(allocation));
    let share = chance(of_unknown / (of_unknown + paid));
    Some(format!(
        "whom to pay is not known of {projects} with {share} of the priority ({why}): the others \
         get what is theirs until it is"
    ))
}

/// The reason that most projects have for not being known to be payable.
fn why_unknown(allocation: &Allocation) -> &'static str {
    let mut counts: BTreeMap<Missing, usize> = BTreeMap::new();
    for (_, why) in &allocation.unpayable {
        if let Unpayable::Unknown(why) = why {
            *counts.entry(*why).or_default() += 1;
        }
    }
    let most = counts.iter().max_by_key(|(_, count)| **count);
    most.map_or("", |(why, _)| why.reason())
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
            &format!("the repository of {members} is not known; leave yours out with `--exclude`"),
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

fn write_unpayable(page: &mut Page, allocation: &Allocation) {
    let all = &allocation.unpayable;
    // In a suggestion these are the projects above.
    if all.is_empty() || allocation.basis == Basis::Suggestion {
        return;
    }
    page.heading(&format!(
        "Cannot be paid: {}; ask at the repository",
        count_of(all.len(), "project")
    ));
    let rows = all.iter().take(UNPAYABLE_SHOWN).map(|(project, why)| Row {
        group: None,
        cells: vec![
            project.priority.map_or_else(|| "-".to_owned(), chance),
            project.name.clone(),
            why.reason(),
        ],
        details: std::iter::once(
            project.repository.clone().unwrap_or("no repository is known".to_owned()),
        )
        .chain(advice(std::slice::from_ref(project)))
        .collect(),
    });
    table(page, &UNPAYABLE, &rows.collect::<Vec<_>>());
    let more = all.len().saturating_sub(UNPAYABLE_SHOWN);
    if more > 0 {
        let more = thousands(more);
        page.line(2, Tone::Plain, &format!("and {more} more: `--format csv` has all"));
    }
}

fn write_left_out(page: &mut Page, allocation: &Allocation) {
    if allocation.left_out.is_empty() {
        return;
    }
    page.heading("Left out");
    for why in [LeftOut::Own, LeftOut::Excluded, LeftOut::Archived, LeftOut::BelowFloor] {
        let projects = allocation.left_out.iter().filter(|(_, reason)| *reason == why);
        let projects: Vec<String> = projects.map(|(it, _)| it.name.clone()).collect();
        if !projects.is_empty() {
            page.field(why.name(), &first_few(&projects, LEFT_OUT_SHOWN));
        }
    }
}

fn budget(allocation: &Allocation) -> (String, &str) {
    (money(allocation.request.budget_hundredths), &allocation.request.currency)
}
