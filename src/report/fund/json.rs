//! The allocation for programs. Wire types are private to this file.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{
    Action, Allocation, Basis, Distance, FundedProject, FundingPlan, LeftOut, Maintained,
    PayeeCoverage, Payment, Pledge,
};
use crate::report::Options;
use crate::report::escape::is_deceptive;
use crate::report::words::rounded;

use super::formula;

/// Version of the format, `major.minor`: the major number changes when a reader of an older one
/// could be misled.
const SCHEMA_VERSION: &str = "2.0";

/// A budget shared out over upstream projects.
///
/// Amounts are whole hundredths of the currency's unit; those of the payments and what is left add
/// up to the budget. Readers ignore keys they do not know.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "headwater fund")]
pub(in crate::report) struct Report<'a> {
    /// Version of this format, `major.minor`.
    #[schemars(regex(pattern = r"^2\.[0-9]+$"))]
    schema_version: &'static str,
    /// The budget.
    budget_hundredths: u64,
    /// ISO 4217 code of the currency.
    currency: &'a str,
    /// Largest share of the budget for one payee, in percent.
    cap_percent: f64,
    /// Smallest payment.
    floor_hundredths: u64,
    /// Largest share of the budget for all transitive dependencies together, in percent.
    depth_share_percent: f64,
    /// Whether projects that need no action are paid like the others.
    include_maintained: bool,
    /// How the amounts come about, a sentence each.
    formula: Vec<String>,
    /// `payees`: amounts are payments. `suggestion`: it is not known whom to pay.
    #[schemars(extend("enum" = [Basis::Payees, Basis::Suggestion].map(basis)))]
    basis: &'static str,
    /// How much of the priority has a known payee; null where there is no priority to share by.
    payees: Option<WirePayees>,
    /// The shares, largest first.
    payments: Vec<WirePayment<'a>>,
    /// What cap, floor and depth share let nobody take.
    left_hundredths: u64,
    /// Projects that cannot be paid, in the order of the ranking.
    cannot_be_paid: Vec<WireRemark<'a>>,
    /// Projects that get nothing for another reason, in the order of the ranking.
    left_out: Vec<WireLeftOut<'a>>,
    /// Projects of which too little is known to say how much they need it, in the order of the
    /// ranking.
    not_assessed: Vec<WireRemark<'a>>,
    /// Comparison with the Open Source Pledge; null where the number of developers is not given.
    pledge: Option<WirePledge>,
    /// Workspace members whose repository is not known, so that a project of one's own may be among
    /// the payments.
    members_without_repository: usize,
}

/// The priority of the projects that money could help, by whether it is known whom to pay. The
/// shares add up to 1.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Payees")]
struct WirePayees {
    /// The share with a known payee.
    known: f64,
    /// The share whose projects name nobody, or no address.
    none: f64,
    /// The share of which it is unknown whom to pay.
    unknown: f64,
}

/// One share of the budget.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Payment")]
struct WirePayment<'a> {
    /// The amount.
    amount_hundredths: u64,
    /// Whom to pay; null in a suggestion.
    payee: Option<WirePayee<'a>>,
    /// The projects it is for, in the order of the ranking.
    projects: Vec<WireProject<'a>>,
}

/// Whom to pay.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Payee")]
struct WirePayee<'a> {
    /// The platform, `custom` for an address alone.
    platform: &'a str,
    /// The account there.
    account: &'a str,
    /// Where to pay.
    url: Option<&'a str>,
    /// What the payee asks for.
    plans: Vec<WirePlan<'a>>,
}

/// An amount that a payee asks for.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Plan")]
struct WirePlan<'a> {
    /// Its name.
    name: &'a str,
    /// The amount; null where any is welcome.
    amount_hundredths: Option<u64>,
    /// ISO 4217 code of its currency, as written.
    currency: &'a str,
    /// How often, as written.
    frequency: &'a str,
}

/// An upstream project.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Project")]
struct WireProject<'a> {
    /// Its name in the ranking.
    name: &'a str,
    /// Its repository, where to ask; null where it is not known.
    repository: Option<&'a str>,
    /// Its priority, 0 to 1; null for one that is not ranked.
    priority: Option<f64>,
    /// Its chance of trouble within 24 months, 0 to 1; null where none is given.
    chance_of_trouble: Option<f64>,
    /// The share of the built packages that stand on it, 0 to 1.
    share_of_build: f64,
    /// Whether a workspace member depends on it directly.
    #[schemars(extend("enum" = [Distance::Direct, Distance::Transitive].map(Distance::name)))]
    distance: &'static str,
    /// What would help it; null where too little is known to say.
    advice: Option<WireAdvice<'a>>,
}

/// What would help a project, or those who lean on it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Advice")]
struct WireAdvice<'a> {
    /// Pay those who do the work, give time, take it over, move to something else, or nothing.
    #[schemars(extend("enum" = Action::ALL.map(Action::name)))]
    action: &'static str,
    /// Why.
    why: &'a str,
    /// What to use instead: a package, a path of the standard library, or a feature of the
    /// language; null where nothing is known.
    instead: Option<&'a str>,
}

/// A project and why it gets nothing.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Remark")]
struct WireRemark<'a> {
    #[serde(flatten)]
    project: WireProject<'a>,
    /// Why it gets nothing.
    reason: String,
}

/// A project that gets nothing although it could be paid, or whether it could was not looked at.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LeftOut")]
struct WireLeftOut<'a> {
    #[serde(flatten)]
    project: WireProject<'a>,
    /// Why it gets nothing.
    #[schemars(extend("enum" = LeftOut::ALL.map(LeftOut::name)))]
    reason: &'static str,
}

/// A budget of one year beside the Open Source Pledge.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Pledge")]
struct WirePledge {
    /// Developers.
    developers: u32,
    /// The budget for each of them.
    per_developer_hundredths: u64,
    /// The least the pledge asks for, in hundredths of a US dollar.
    asked_usd_hundredths: u64,
    /// What the budget lacks, in hundredths of a US dollar; null for a budget in another currency.
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

fn wire(allocation: &Allocation) -> Report<'_> {
    let request = &allocation.request;
    let remark =
        |(project, reason): (_, String)| WireRemark { project: wire_project(project), reason };
    let unpayable = allocation.unpayable.iter().map(|(it, why)| (it, why.reason()));
    let left_out = allocation.left_out.iter();
    let not_assessed = allocation.not_assessed.iter().map(|(it, why)| (it, why.to_string()));
    Report {
        schema_version: SCHEMA_VERSION,
        budget_hundredths: request.budget_hundredths,
        currency: &request.currency,
        cap_percent: f64::from(request.cap_basis_points) / 100.0,
        floor_hundredths: request.floor_hundredths,
        depth_share_percent: f64::from(request.depth_share_basis_points) / 100.0,
        include_maintained: request.maintained == Maintained::Included,
        formula: formula(request, allocation.basis),
        basis: basis(allocation.basis),
        payees: wire_payees(allocation.payees),
        payments: allocation.payments.iter().map(wire_payment).collect(),
        left_hundredths: allocation.left_hundredths,
        cannot_be_paid: unpayable.map(remark).collect(),
        left_out: left_out
            .map(|(it, why)| WireLeftOut { project: wire_project(it), reason: why.name() })
            .collect(),
        not_assessed: not_assessed.map(remark).collect(),
        pledge: allocation.pledge.map(wire_pledge),
        members_without_repository: allocation.members_without_repository,
    }
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Payees => "payees",
        Basis::Suggestion => "suggestion",
    }
}

fn wire_payees(payees: PayeeCoverage) -> Option<WirePayees> {
    let total = payees.known + payees.none + payees.unknown;
    let share = |sum: f64| rounded(sum / total, 6);
    payees.share().map(|known| WirePayees {
        known: rounded(known, 6),
        none: share(payees.none),
        unknown: share(payees.unknown),
    })
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
        priority: project.priority.map(|priority| rounded(priority, 6)),
        chance_of_trouble: project.chance.map(|chance| rounded(chance, 6)),
        share_of_build: rounded(project.share, 6),
        distance: project.distance.name(),
        advice: project.advice.known().map(|it| WireAdvice {
            action: it.action.name(),
            why: &it.why,
            instead: it.instead.as_deref(),
        }),
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
