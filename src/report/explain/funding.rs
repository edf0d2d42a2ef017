//! Whom one can pay and how, in sentences.

use crate::model::{Funding, FundingPlan, Payee};
use crate::report::words::decimal;

/// The ways to pay, then the years.
pub(super) fn sentences(funding: &Funding) -> Vec<String> {
    let mut sentences: Vec<String> = funding.payees.iter().map(payee).collect();
    if sentences.is_empty() {
        sentences.push("no way to pay is stated".to_owned());
    }
    sentences.extend(funding.history.iter().map(|year| {
        let of = |what: &str, amount: Option<u64>| {
            amount.map(|hundredths| format!(" {what} {}", units(hundredths)))
        };
        let (income, expenses) =
            (of("income", year.income_hundredths), of("expenses", year.expenses_hundredths));
        let amounts = income.into_iter().chain(expenses).collect::<Vec<_>>().join(",");
        format!("{}:{amounts} {}", year.year, year.currency.as_deref().unwrap_or_default())
    }));
    sentences
}

/// `custom https://pay.example (upkeep: 5000.5 EUR monthly)`
pub(super) fn payee(payee: &Payee) -> String {
    let plans = payee.plans.iter().map(plan).collect::<Vec<_>>().join(", ");
    let plans = if plans.is_empty() { plans } else { format!(" ({plans})") };
    format!("{} {}{plans}", payee.platform, payee.url.as_ref().unwrap_or(&payee.account))
}

fn plan(plan: &FundingPlan) -> String {
    let amount = plan.amount_hundredths.map_or("any amount of".to_owned(), units);
    format!("{}: {amount} {} {}", plan.name, plan.currency, plan.frequency)
}

/// An amount in units of its currency.
fn units(hundredths: u64) -> String {
    decimal(hundredths as f64 / 100.0, 2)
}
