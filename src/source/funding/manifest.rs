//! The shapes of funding.json.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{MOST_PAYEES, holds_mailbox, sorted};
use crate::model::{Funding, FundingPlan, FundingYear, Payee};
use crate::source::wire::bounded;

/// Most plans and years kept of one file.
const MOST_ENTRIES: usize = 100;

pub(super) fn parse(bytes: &[u8]) -> Result<Funding, String> {
    let file: File = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if let Some(funding) = file.funding {
        return Ok(funding.read());
    }
    let accounts = file.drips.ok_or("it has neither `funding` nor `drips`")?;
    let payee = |(chain, account): (String, DripsAccount)| {
        let mut payee = Payee::account("drips", &bounded(account.owned_by));
        payee.account = bounded(format!("{chain}:{}", payee.account));
        payee
    };
    Ok(Funding { payees: sorted(accounts.into_iter().map(payee)), history: Vec::new() })
}

impl WireFunding {
    fn read(self) -> Funding {
        let plans: Vec<(Vec<String>, FundingPlan)> =
            self.plans.into_iter().take(MOST_ENTRIES).filter_map(Plan::read).collect();
        let channels = self.channels.into_iter().take(MOST_PAYEES);
        let payees = channels.map(|channel| channel.read(&plans));
        let mut history: Vec<FundingYear> =
            self.history.into_iter().take(MOST_ENTRIES).map(Year::read).collect();
        history.sort();
        Funding { payees: sorted(payees), history }
    }
}

impl Channel {
    /// A channel without an address, or with a mailbox for one, is named by its identifier: one
    /// learns from it that the way exists.
    fn read(self, plans: &[(Vec<String>, FundingPlan)]) -> Payee {
        let address = bounded(self.address.unwrap_or_default().trim().to_owned());
        let mut payee = if address.is_empty() || holds_mailbox(&address) {
            Payee::account(&bounded(self.kind.clone()), &bounded(self.guid.clone()))
        } else {
            Payee::link(&address)
        };
        let says_more = !matches!(self.kind.as_str(), "" | "other" | "payment-provider");
        if payee.platform == "custom" && says_more {
            payee.platform = bounded(self.kind);
        }
        let offered = plans.iter().filter(|(channels, _)| channels.contains(&self.guid));
        payee.plans = offered.map(|(_, plan)| plan.clone()).collect();
        payee.plans.sort();
        payee
    }
}

impl Plan {
    /// The channels of an active plan and what it asks.
    fn read(self) -> Option<(Vec<String>, FundingPlan)> {
        let plan = FundingPlan {
            name: bounded(self.name),
            amount_hundredths: self.amount.and_then(hundredths).filter(|amount| *amount > 0),
            currency: bounded(self.currency),
            frequency: bounded(self.frequency),
        };
        (self.status != "inactive").then_some((self.channels, plan))
    }
}

impl Year {
    fn read(self) -> FundingYear {
        FundingYear {
            year: self.year,
            income_hundredths: self.income.and_then(hundredths),
            expenses_hundredths: self.expenses.and_then(hundredths),
            currency: self.currency.map(bounded),
        }
    }
}

/// An amount in hundredths. Ten thousand million of anything is beyond belief; below, the
/// conversion keeps the value.
fn hundredths(amount: f64) -> Option<u64> {
    (0.0..=1e10).contains(&amount).then(|| (amount * 100.0).round() as u64)
}

#[derive(Deserialize)]
struct File {
    funding: Option<WireFunding>,
    drips: Option<BTreeMap<String, DripsAccount>>,
}

#[derive(Deserialize)]
struct DripsAccount {
    #[serde(rename = "ownedBy")]
    owned_by: String,
}

#[derive(Deserialize)]
struct WireFunding {
    #[serde(default)]
    channels: Vec<Channel>,
    #[serde(default)]
    plans: Vec<Plan>,
    #[serde(default, deserialize_with = "list_or_null")]
    history: Vec<Year>,
}

fn list_or_null<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Year>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[derive(Deserialize)]
struct Channel {
    #[serde(default)]
    guid: String,
    #[serde(rename = "type", default)]
    kind: String,
    address: Option<String>,
}

#[derive(Deserialize)]
struct Plan {
    #[serde(default)]
    status: String,
    #[serde(default)]
    name: String,
    amount: Option<f64>,
    #[serde(default)]
    currency: String,
    #[serde(default)]
    frequency: String,
    #[serde(default)]
    channels: Vec<String>,
}

#[derive(Deserialize)]
struct Year {
    year: i16,
    income: Option<f64>,
    expenses: Option<f64>,
    currency: Option<String>,
}
