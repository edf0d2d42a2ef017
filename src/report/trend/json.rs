//! The trend for programs. Wire types are private to this file.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Estimate, FindingCounts, Outcome, Trend, TrendRow};
use crate::report::Options;
use crate::report::json::{context, lines};
use crate::report::words::rounded;

/// Version of the format, `major.minor`: the major number changes when a reader of an older one
/// could be misled.
const SCHEMA_VERSION: &str = "1.0";

/// How the risk of a lockfile moved over the commits that changed it, and what came of what was
/// forecast.
///
/// Each row tells what was known of the lockfile alone on the day of its commit; which packages
/// were built is not known. Advisories count from the day they first appeared in the database, or
/// from their own dates where that day is not recorded. Readers ignore keys they do not know.
/// Expected numbers are rounded to 6 decimals.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "headwater trend")]
pub(in crate::report) struct Report<'a> {
    /// Version of this format, `major.minor`.
    #[schemars(regex(pattern = r"^1\.[0-9]+$"))]
    schema_version: &'static str,
    /// Path of the lockfile, as the user named it.
    lockfile: &'a str,
    /// The first day asked for.
    #[schemars(extend("format" = "date"))]
    since: String,
    /// The last day of which anything is told.
    #[schemars(extend("format" = "date"))]
    as_of: String,
    /// The last day of which it is known what came; null where the database does not say.
    #[schemars(extend("format" = "date"))]
    known_until: Option<String>,
    /// The models are fitted on what was known by this day: earlier forecasts test nothing.
    #[schemars(extend("format" = "date"))]
    fitted_until: String,
    /// How many disclosures there are everywhere was set by what was known by this day: earlier
    /// forecasts test only which packages they are in. Null where it was not set apart.
    #[schemars(extend("format" = "date"))]
    level_until: Option<String>,
    /// What no forecast knew though it looks at it: it shifts nothing and widens the
    /// intervals.
    not_known: Vec<&'static str>,
    /// Commits that changed the lockfile since the first day; `rows` may be fewer, at even steps.
    commits: usize,
    /// The lockfile at its commits, newest first.
    rows: Vec<Row<'a>>,
    /// The advisory database that was asked.
    database: context::Database<'a>,
    /// Complaints about inputs.
    diagnostics: Vec<context::Diagnostic<'a>>,
}

/// The lockfile at one commit.
#[derive(Serialize, JsonSchema)]
struct Row<'a> {
    /// The day (UTC) it was committed, for which the row speaks.
    #[schemars(extend("format" = "date"))]
    day: String,
    /// The commit.
    commit: &'a str,
    /// Locked packages.
    packages: usize,
    /// Locked packages of registries whose releases are not known.
    without_history: usize,
    /// Findings with an advisory, by kind.
    findings: Findings,
    /// Vulnerabilities among them without a fixed release on that day.
    without_fix: usize,
    /// What was to be expected of its packages within 365 days.
    expected: Expected,
    /// What came within these days; null where they are not over, or it is not known.
    outcome: Option<WireOutcome>,
}

/// Findings by kind.
#[derive(Serialize, JsonSchema)]
struct Findings {
    /// Known vulnerabilities.
    vulnerability: usize,
    /// Unsoundness.
    unsound: usize,
    /// Unmaintained packages.
    unmaintained: usize,
    /// Anything else an advisory says.
    notice: usize,
}

/// Sums of chances over packages of the public registry, each name once.
#[derive(Serialize, JsonSchema)]
struct Expected {
    /// Packages with a forecast.
    packages: usize,
    /// Packages with a vulnerability or unsoundness disclosed within 365 days.
    disclosed: Range,
    /// Those of them without a fixed release 90 days after: the expected unfixed exposure.
    unfixed: Range,
}

/// A number with its 95% interval.
#[derive(Serialize, JsonSchema)]
struct Range {
    /// The number.
    value: f64,
    /// Lower end.
    low: f64,
    /// Upper end.
    high: f64,
}

/// What came of the packages with a forecast.
#[derive(Serialize, JsonSchema)]
struct WireOutcome {
    /// Packages with a vulnerability or unsoundness disclosed within 365 days.
    disclosed: usize,
    /// Those of them with one without a fixed release 90 days after.
    unfixed: usize,
    /// Those of them of which that is not known.
    undecided: usize,
}

/// Writes everything a trend says, one row a line.
pub(super) fn render(trend: &Trend, _: &Options) -> String {
    lines::write(&Report {
        schema_version: SCHEMA_VERSION,
        lockfile: &trend.lockfile,
        since: trend.since.to_string(),
        as_of: trend.as_of.to_string(),
        known_until: trend.known_until.map(|day| day.to_string()),
        fitted_until: trend.fitted_until.to_string(),
        level_until: trend.level_until.map(|day| day.to_string()),
        not_known: trend.not_known.iter().map(|feature| feature.name()).collect(),
        commits: trend.commits,
        rows: trend.rows.iter().map(row).collect(),
        database: context::database(&trend.database),
        diagnostics: trend.diagnostics.iter().map(context::diagnostic).collect(),
    })
}

fn row(row: &TrendRow) -> Row<'_> {
    let FindingCounts { vulnerability, unsound, unmaintained, notice } = row.findings;
    Row {
        day: row.day.to_string(),
        commit: &row.commit,
        packages: row.packages,
        without_history: row.without_history,
        findings: Findings { vulnerability, unsound, unmaintained, notice },
        without_fix: row.without_fix,
        expected: Expected {
            packages: row.expected.packages,
            disclosed: range(row.expected.disclosures),
            unfixed: range(row.expected.exposure),
        },
        outcome: row.outcome.map(|Outcome { disclosed, unfixed, undecided }| WireOutcome {
            disclosed,
            unfixed,
            undecided,
        }),
    }
}

fn range(Estimate { value, low, high }: Estimate) -> Range {
    Range { value: rounded(value, 6), low: rounded(low, 6), high: rounded(high, 6) }
}
