//! The result of an audit: what every report is made from.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    Classification, Diagnostic, Finding, Graph, Missing, Observed, PackageFacts, PackageIndex,
    Score, Upstream,
};

/// Everything an audit found out.
#[derive(Debug, Clone)]
pub struct Audit {
    /// What was audited, as the user named it: the lockfile's path.
    pub lockfile: String,
    /// The day the audit speaks for.
    pub as_of: Date,
    /// The platform it was resolved for: a target triple, or `all`.
    pub target: String,
    /// The packages and their dependencies.
    pub graph: Graph,
    /// Facts by package position.
    pub facts: Vec<PackageFacts>,
    /// The databases that were asked.
    pub databases: Vec<Database>,
    /// Findings, most urgent first.
    pub findings: Vec<Finding>,
    /// The gatekeeper's judgement.
    pub verdict: Verdict,
    /// The environmentalist's ranking of upstream projects, highest priority first.
    pub ranking: Vec<Project>,
    /// What is not known.
    pub coverage: Coverage,
    /// Complaints about inputs.
    pub diagnostics: Vec<Diagnostic>,
}

/// A database that was asked, and what it can know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// Its name, such as `RustSec`.
    pub name: String,
    /// Which copy was used.
    pub origin: Origin,
    /// Where that copy lies, for one that is not embedded.
    pub path: Option<String>,
    /// Commit of the upstream database, where known.
    pub commit: Option<String>,
    /// Day of that commit, or of the newest advisory where no commit is known.
    pub date: Option<Date>,
    /// Licence of the data.
    pub licence: String,
    /// Number of advisories loaded.
    pub advisories: usize,
    /// Files that could not be understood and were skipped.
    pub skipped: usize,
}

/// Which copy of a database was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A folder named by the user.
    Given,
    /// The user's updated copy.
    Updated,
    /// The snapshot inside the program.
    Embedded,
}

impl Origin {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Updated => "updated",
            Self::Embedded => "embedded",
        }
    }
}

/// The gatekeeper's judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Pass, fail or incomplete.
    pub status: VerdictStatus,
    /// Why, one sentence fragment each, gravest first.
    pub reasons: Vec<String>,
}

/// Outcome of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerdictStatus {
    /// Nothing the policy objects to.
    Pass,
    /// At least one finding the policy objects to.
    Fail,
    /// Facts that the policy needs are missing.
    Incomplete,
}

impl VerdictStatus {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Incomplete => "incomplete",
        }
    }
}

/// An upstream project: packages of one repository; where none is known, those of one publisher,
/// or one package.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Short name: the repository's path, `published by` and the publisher, or the package's
    /// name.
    pub name: String,
    /// Normalised repository address, where known.
    pub repository: Option<String>,
    /// Its packages in the graph, ascending.
    pub packages: Vec<PackageIndex>,
    /// `reliance` times `fragility` divided by 100, 0 to 100.
    pub priority: f64,
    /// How much the audited workspace leans on it, 0 to 100.
    pub reliance: Score,
    /// How likely it is to be running dry, 0 to 100.
    pub fragility: Score,
    /// The strongest reasons in words, strongest first.
    pub reasons: Vec<String>,
    /// What sort of life it leads, with what speaks for it.
    pub class: Observed<Classification>,
    /// What was learned about it; `None` where nobody was asked.
    pub upstream: Option<Upstream>,
}

/// What is not known, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Packages in the graph.
    pub packages: usize,
    /// For each fact, how many packages lack it, by reason. Facts that all packages have are
    /// absent.
    pub missing: BTreeMap<&'static str, BTreeMap<Missing, usize>>,
    /// Packages whose presence is unknown.
    pub presence_unknown: usize,
    /// Packages whose manifest is not cached, so that a procedural macro among them would count
    /// as runtime.
    pub proc_macro_unknown: usize,
}
