//! The result of an audit: what every report is made from.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    Chance, Classification, Diagnostic, Expected, Finding, Graph, Harm, Missing, Observed,
    PackageFacts, PackageIndex, Places, Plan, Upstream, Waiver,
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
    /// The list of vulnerabilities known to be exploited.
    pub exploited: Database,
    /// Findings, most urgent first.
    pub findings: Vec<Finding>,
    /// The steps that end findings; `None` where no lockfile is there to be updated.
    pub plan: Option<Plan>,
    /// Packages at risk without a known advisory, by chance times harm, highest first.
    pub exposed: Vec<Exposed>,
    /// What is to be expected of the packages that the product ships or is built with: present at
    /// run time, in the build, or it is not known where.
    pub expected: Expected,
    /// The gatekeeper's judgement.
    pub verdict: Verdict,
    /// The environmentalist's ranking of upstream projects: highest priority first, then those that
    /// are in trouble already, then those that cannot be assessed, each by harm.
    pub ranking: Vec<Project>,
    /// What is not known.
    pub coverage: Coverage,
    /// Complaints about inputs.
    pub diagnostics: Vec<Diagnostic>,
}

/// A database or list that was asked, and what it can know.
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
    /// Number of advisories, or entries of a list, loaded.
    pub advisories: usize,
    /// Files that could not be understood and were skipped.
    pub skipped: usize,
}

/// A database older than this many days may lack much.
pub const MAXIMUM_AGE_DAYS: i32 = 90;

impl Database {
    /// Whether it is older than [`MAXIMUM_AGE_DAYS`] on a day.
    pub fn is_old(&self, on: Date) -> bool {
        self.date.is_some_and(|date| (on - date).get_days() > MAXIMUM_AGE_DAYS)
    }
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
    /// The chance of trouble within 24 months; missing where too little is known to forecast, or
    /// where it is in trouble already.
    pub chance: Observed<Chance>,
    /// What of the workspace stands on it.
    pub harm: Harm,
    /// How far its place in the ranking moves when the weights are a little off.
    pub places: Places,
    /// What is to be expected of its packages; missing where none is of the public registry.
    pub expected: Observed<Expected>,
    /// The strongest reasons in words, strongest first; of the first hundred in the ranking only.
    pub reasons: Vec<String>,
    /// What would help; missing where too little is known to say.
    pub advice: Observed<Advice>,
    /// Where dependents of its packages have moved, the one that most took first.
    pub alternatives: Vec<Alternative>,
    /// What sort of life it leads, with what speaks for it.
    pub class: Observed<Classification>,
    /// What was learned about it; `None` where nobody was asked.
    pub upstream: Option<Box<Upstream>>,
}

impl Project {
    /// Chance times harm, 0 to 1: an index to rank by. `None` where the chance is not known.
    pub fn priority(&self) -> Option<f64> {
        self.chance.known().map(|chance| chance.priority(self.harm))
    }
}

/// A package at risk, without an advisory about its locked version. Exposure is no finding: nothing
/// is known to be wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposed {
    /// The package.
    pub package: PackageIndex,
    /// The chance that it is left without a maintainer or without a fix within 24 months.
    pub chance: Chance,
    /// What of the workspace stands on it.
    pub harm: Harm,
    /// How far its place moves when the weights are a little off.
    pub places: Places,
    /// The strongest reasons in words, strongest first; of the first hundred in the ranking only.
    pub reasons: Vec<String>,
    /// The waiver that sets it aside, where there is one.
    pub waiver: Option<Waiver>,
    /// Whether the policy, which has to say so, fails on it.
    pub fails_gate: bool,
}

/// What other packages of the registry took in the place of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The package they dropped.
    pub package: String,
    /// The package they took with the same release.
    pub to: String,
    /// How many did.
    pub dependents: usize,
    /// How many dropped the package, whatever they took.
    pub dropped: usize,
    /// The day on which the last of them did.
    pub last_day: Date,
}

/// What would help an upstream project, or those who lean on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What to do.
    pub action: Action,
    /// Why: a fragment without a full stop.
    pub why: String,
    /// What to use instead, where something is known: a package, a path of the standard library,
    /// or a feature of the language.
    pub instead: Option<String>,
}

/// What to do about a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Pay those who do the work.
    Fund,
    /// Give time: reviews, fixes, a second maintainer.
    Contribute,
    /// Take it over, or keep a fork: it has no active maintainer.
    Adopt,
    /// Move to something else.
    Replace,
    /// Nothing: it is finished, or well maintained.
    Nothing,
}

impl Action {
    /// All ways.
    pub const ALL: [Self; 5] =
        [Self::Fund, Self::Contribute, Self::Adopt, Self::Replace, Self::Nothing];

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fund => "fund",
            Self::Contribute => "contribute",
            Self::Adopt => "adopt",
            Self::Replace => "replace",
            Self::Nothing => "nothing",
        }
    }
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
    /// Packages of which it is not known whether they are in the product or only in the build.
    pub presence_undecided: usize,
    /// Packages whose manifest is not cached, so that it is not known whether they are procedural
    /// macros.
    pub proc_macro_unknown: usize,
    /// The hosts that were asked over the network, with their port where it is not the usual one.
    pub hosts_asked: Vec<String>,
}
