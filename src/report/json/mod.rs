//! The report for programs.
//!
//! `schema_version` follows semantic versioning: the major number changes when a reader of an
//! older report could be misled (something removed, renamed or given another meaning), the minor
//! number when something is added. Readers ignore what they do not know.
//!
//! Wire types are private to this folder, so that the model can change without the format.

mod activity;
mod chance;
pub(super) mod context;
mod deps_dev;
mod exposure;
mod finding;
mod forge;
mod funding;
mod learned;
mod lens;
pub(super) mod lines;
mod location;
mod observed;
mod outlook;
mod package;
mod plan;
mod project;

use schemars::JsonSchema;
use serde::Serialize;

use crate::forecast::Models;
use crate::model::{Audit, VerdictStatus};

use super::identity::identifiers;
use super::{Options, models};

/// Version of the format.
const SCHEMA_VERSION: &str = "2.0";

/// Writes everything an audit found out, one package or finding a line.
pub(super) fn render(audit: &Audit, _: &Options) -> String {
    let identifiers = identifiers(&audit.graph);
    lines::write(&report(audit, &identifiers, &models()))
}

/// A headwater audit report.
///
/// `schema_version` is `major.minor`: the major number changes when a reader of an older report
/// could be misled, the minor number when something is added. Readers ignore keys they do not
/// know. A value that is not known is an object `{"missing": reason}`, never zero or false; null
/// stands for nothing, or for what an answer leaves out.
/// Numbers are rounded: scores, contributions, days, months and years to 2 decimals, levels, weights,
/// shares, ratios, chances, log-odds and measured values of terms to 4, CVSS scores to 1, expected
/// numbers to 6, PageRank to 8. The contributions of a score add up to its total within 0.01 for
/// each term.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "headwater audit report")]
pub(super) struct Report<'a> {
    /// Version of this format, `major.minor`.
    #[schemars(regex(pattern = r"^2\.[0-9]+$"))]
    schema_version: &'static str,
    /// The program that wrote the report.
    tool: Tool,
    /// Outcome of the gate.
    #[schemars(extend("enum" = statuses()))]
    status: &'static str,
    /// The day the audit speaks for.
    #[schemars(extend("format" = "date"))]
    as_of: String,
    /// Path of the lockfile, as the user named it.
    lockfile: &'a str,
    /// The platform it was resolved for: a target triple, or `all`.
    target: &'a str,
    /// The advisory databases that were asked.
    databases: Vec<context::Database<'a>>,
    /// The list of vulnerabilities known to be exploited.
    exploited: context::ExploitedList<'a>,
    /// All locked packages, by name and version.
    packages: Vec<package::Package<'a>>,
    /// Upstream projects in the order of the environmentalist's ranking.
    projects: Vec<project::Project<'a>>,
    /// All findings, most urgent first.
    findings: Vec<finding::Finding<'a>>,
    /// The steps that end findings; null where no lockfile is there to be updated.
    plan: Option<plan::Plan<'a>>,
    /// Packages without an advisory that could hurt tomorrow, highest score first. They are no
    /// findings.
    exposure: Vec<exposure::Exposed<'a>>,
    /// What is to be expected of the packages that are shipped or built with: present at run time,
    /// in the build, or it is not known where.
    expected: outlook::Expected,
    /// The two judgements.
    lenses: lens::Lenses<'a>,
    /// What is not known.
    coverage: context::Coverage,
    /// Complaints about inputs.
    diagnostics: Vec<context::Diagnostic<'a>>,
}

/// The program that wrote the report.
#[derive(Serialize, JsonSchema)]
struct Tool {
    /// Its name.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

fn statuses() -> [&'static str; 3] {
    [VerdictStatus::Pass, VerdictStatus::Fail, VerdictStatus::Incomplete].map(VerdictStatus::name)
}

fn report<'a>(audit: &'a Audit, identifiers: &'a [String], models: &Models) -> Report<'a> {
    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        status: audit.verdict.status.name(),
        as_of: audit.as_of.to_string(),
        lockfile: &audit.lockfile,
        target: &audit.target,
        databases: audit.databases.iter().map(context::database).collect(),
        exploited: context::exploited(&audit.exploited),
        packages: package::packages(audit, identifiers, models),
        projects: project::projects(audit, identifiers),
        findings: audit
            .findings
            .iter()
            .map(|each| finding::finding(each, identifiers, models))
            .collect(),
        plan: audit.plan.as_ref().map(|each| plan::plan(each, identifiers)),
        exposure: exposure::exposed(audit, identifiers),
        expected: outlook::expected(&audit.expected),
        lenses: lens::lenses(audit, identifiers),
        coverage: context::coverage(audit),
        diagnostics: audit.diagnostics.iter().map(context::diagnostic).collect(),
    }
}
