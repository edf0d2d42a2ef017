//! Whom one can pay and how, in sentences.

use crate::model::{Funding, Payee};
use crate::report::upstream::{asked, units};

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

/// `custom https://pay.example (upkeep: 5000.5 EUR monthly), named in funding.json`
pub(super) fn payee(payee: &Payee) -> String {
    let plans = asked(payee).join(", ");
    let plans = if plans.is_empty() { plans } else { format!(" ({plans})") };
    let named_in = payee.named_in.join(", ");
    let named_in = if named_in.is_empty() { named_in } else { format!(", named in {named_in}") };
    format!("{} {}{plans}{named_in}", payee.platform, payee.url.as_ref().unwrap_or(&payee.account))
}
