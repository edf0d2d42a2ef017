//! The allocation for programs. Wire types are private to this file.

use std::fmt::Write;

use serde::Serialize;

use crate::model::{Allocation, Basis, FundedProject, FundingPlan, Payment, Pledge};
use crate::report::Options;
use crate::report::escape::is_deceptive;
use crate::report::words::rounded;

use super::formula;

/// Version of the format, `major.minor`: the major number changes when a reader of an older one
/// could be misled.
const SCHEMA_VERSION: &str = "1.0";

#[derive(Serialize)]
struct Wire<'a> {
    schema_version: &'static str,
    budget_hundredths: u64,
    currency: &'a str,
    cap_percent: f64,
    floor_hundredths: u64,
    depth_share_percent: f64,
    formula: Vec<String>,
    /// `payees`: amounts are payments. `suggestion`: it is not known whom to pay.
    basis: &'static str,
    payments: Vec<WirePayment<'a>>,
    left_hundredths: u64,
    cannot_be_paid: Vec<WireRemark<'a>>,
    left_out: Vec<WireRemark<'a>>,
    pledge: Option<WirePledge>,
    members_without_repository: usize,
}

#[derive(Serialize)]
struct WirePayment<'a> {
    amount_hundredths: u64,
    payee: Option<WirePayee<'a>>,
    projects: Vec<WireProject<'a>>,
}

#[derive(Serialize)]
struct WirePayee<'a> {
    platform: &'a str,
    account: &'a str,
    url: Option<&'a str>,
    /// What the payee asks for.
    plans: Vec<WirePlan<'a>>,
}

#[derive(Serialize)]
struct WirePlan<'a> {
    name: &'a str,
    /// Null where any amount is welcome.
    amount_hundredths: Option<u64>,
    currency: &'a str,
    frequency: &'a str,
}

#[derive(Serialize)]
struct WireProject<'a> {
    name: &'a str,
    repository: Option<&'a str>,
    priority: f64,
    distance: &'static str,
}

#[derive(Serialize)]
struct WireRemark<'a> {
    #[serde(flatten)]
    project: WireProject<'a>,
    reason: String,
}

#[derive(Serialize)]
struct WirePledge {
    developers: u32,
    per_developer_hundredths: u64,
    asked_usd_hundredths: u64,
    gap_usd_hundredths: Option<u64>,
}

/// Writes everything the allocation says.
pub(super) fn render(allocation: &Allocation, _: &Options) -> String {
    let text = serde_json::to_string_pretty(&wire(allocation));
    let text = text.expect("memory takes every write and all keys are strings");
    let mut shown = String::with_capacity(text.len() + 1);
    for character in text.chars() {
        // Outside of strings the only deceptive character is the line break.
        if character == '\n' || !is_deceptive(character) {
            shown.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\u{unit:04x}");
        }
    }
    shown.push('\n');
    shown
}

fn wire(allocation: &Allocation) -> Wire<'_> {
    let request = &allocation.request;
    let remark =
        |(project, reason): (_, String)| WireRemark { project: wire_project(project), reason };
    let unpayable = allocation.unpayable.iter().map(|(it, why)| (it, why.reason()));
    let left_out = allocation.left_out.iter().map(|(it, why)| (it, why.name().to_owned()));
    Wire {
        schema_version: SCHEMA_VERSION,
        budget_hundredths: request.budget_hundredths,
        currency: &request.currency,
        cap_percent: f64::from(request.cap_basis_points) / 100.0,
        floor_hundredths: request.floor_hundredths,
        depth_share_percent: f64::from(request.depth_share_basis_points) / 100.0,
        formula: formula(request, allocation.basis),
        basis: match allocation.basis {
            Basis::Payees => "payees",
            Basis::Suggestion => "suggestion",
        },
        payments: allocation.payments.iter().map(wire_payment).collect(),
        left_hundredths: allocation.left_hundredths,
        cannot_be_paid: unpayable.map(remark).collect(),
        left_out: left_out.map(remark).collect(),
        pledge: allocation.pledge.map(wire_pledge),
        members_without_repository: allocation.members_without_repository,
    }
}

fn wire_payment(payment: &Payment) -> WirePayment<'_> {
    let payee = payment.payee.as_ref().map(|payee| WirePayee {
        platform: &payee.platform,
        account: &payee.account,
        url: payee.url.as_deref(),
        plans: payee.plans.iter().map(wire_plan).collect(),
    });
    let projects = payment.projects.iter().map(wire_project).collect();
    WirePayment { amount_hundredths: payment.amount_hundredths, payee, projects }
}

fn wire_plan(plan: &FundingPlan) -> WirePlan<'_> {
    WirePlan {
        name: &plan.name,
        amount_hundredths: plan.amount_hundredths,
        currency: &plan.currency,
        frequency: &plan.frequency,
    }
}

fn wire_project(project: &FundedProject) -> WireProject<'_> {
    WireProject {
        name: &project.name,
        repository: project.repository.as_deref(),
        priority: rounded(project.priority, 2),
        distance: project.distance.name(),
    }
}

fn wire_pledge(pledge: Pledge) -> WirePledge {
    WirePledge {
        developers: pledge.developers,
        per_developer_hundredths: pledge.per_developer_hundredths,
        asked_usd_hundredths: pledge.asked_hundredths,
        gap_usd_hundredths: pledge.gap_hundredths,
    }
}
