//! Whom one can pay and how.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model;

/// All that is known about paying a project.
#[derive(Serialize, JsonSchema)]
pub(super) struct Funding<'a> {
    /// The ways to pay.
    payees: Vec<Payee<'a>>,
    /// Past years as the project states them, oldest first.
    history: Vec<FundingYear<'a>>,
}

/// A way to pay a project.
#[derive(Serialize, JsonSchema)]
pub(super) struct Payee<'a> {
    /// The platform as FUNDING.yml names it, or the kind of another channel.
    platform: &'a str,
    /// Account or address, as written.
    account: &'a str,
    /// Address to pay at; null where it cannot be told.
    url: Option<&'a str>,
    /// What the project asks for through this channel.
    plans: Vec<Plan<'a>>,
    /// The files and services that name it; empty where the block says it.
    named_in: &'a [String],
}

/// What a project asks for.
#[derive(Serialize, JsonSchema)]
struct Plan<'a> {
    /// How it is called.
    name: &'a str,
    /// The amount in hundredths of the currency's unit; null where any amount is welcome.
    amount_hundredths: Option<u64>,
    /// ISO 4217 code of the currency, as written.
    currency: &'a str,
    /// How often, as written: `one-time`, `monthly`, `yearly` and so on.
    frequency: &'a str,
}

/// What came in and went out in one year.
#[derive(Serialize, JsonSchema)]
struct FundingYear<'a> {
    /// The calendar year.
    year: i16,
    /// Income in hundredths of the currency's unit; null where it is not stated.
    income_hundredths: Option<u64>,
    /// Expenses in hundredths of the currency's unit; null where they are not stated.
    expenses_hundredths: Option<u64>,
    /// ISO 4217 code of the currency; null where it is not stated.
    currency: Option<&'a str>,
}

pub(super) fn funding(funding: &model::Funding) -> Funding<'_> {
    Funding {
        payees: funding.payees.iter().map(payee).collect(),
        history: funding.history.iter().map(year).collect(),
    }
}

pub(super) fn payee(payee: &model::Payee) -> Payee<'_> {
    Payee {
        platform: &payee.platform,
        account: &payee.account,
        url: payee.url.as_deref(),
        plans: payee.plans.iter().map(plan).collect(),
        named_in: &payee.named_in,
    }
}

fn plan(plan: &model::FundingPlan) -> Plan<'_> {
    Plan {
        name: &plan.name,
        amount_hundredths: plan.amount_hundredths,
        currency: &plan.currency,
        frequency: &plan.frequency,
    }
}

fn year(year: &model::FundingYear) -> FundingYear<'_> {
    FundingYear {
        year: year.year,
        income_hundredths: year.income_hundredths,
        expenses_hundredths: year.expenses_hundredths,
        currency: year.currency.as_deref(),
    }
}
