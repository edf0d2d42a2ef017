//! What the gatekeeper works on.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::forecast::Models;
use crate::model::{
    Advisory, Certainty, Epss, Graph, Observed, PackageFacts, PackageIndex, Plan, ReleaseHistory,
    Threat, Upstream,
};
use crate::rule::{Policy, Rule};

/// What the gatekeeper judges by.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The packages and their dependencies.
    pub graph: &'a Graph,
    /// Facts by package position.
    pub facts: &'a [PackageFacts],
    /// Release histories by package position.
    pub histories: &'a [Observed<Arc<ReleaseHistory>>],
    /// Advisories that affect a locked package.
    pub matches: &'a [(Arc<Advisory>, PackageIndex, Certainty)],
    /// All advisories about packages of a name, whatever versions they affect.
    pub advisories: &'a dyn Fn(&str) -> Vec<Arc<Advisory>>,
    /// Whether what an advisory speaks of is known to be exploited.
    pub threat: &'a dyn Fn(&Advisory) -> Observed<Threat>,
    /// How likely it is that what an advisory speaks of will be exploited.
    pub epss: &'a dyn Fn(&Advisory) -> Observed<Epss>,
    /// Shortest paths from workspace members to a package, best first.
    pub paths: &'a dyn Fn(PackageIndex) -> Vec<Vec<PackageIndex>>,
    /// The platforms that code runs on, of the target and of the build; empty for any.
    pub platforms: &'a [Platform],
    /// What was learned about upstream projects, by normalised repository address.
    pub upstream: &'a BTreeMap<String, Upstream>,
    /// The rules.
    pub rules: &'a [Rule],
    /// The models of forecasts.
    pub models: &'a Models,
    /// The policy in force.
    pub policy: &'a Policy,
    /// What no verdict over findings can do without and is not known, each in words.
    pub gaps: &'a [String],
    /// The steps that end findings, where a plan was made.
    pub plan: Option<&'a Plan>,
    /// The day judged for.
    pub as_of: Date,
    /// The day of the advisories' database, where it is known.
    pub ranges_of: Option<Date>,
}

/// A platform as advisories name it, by Cargo's `target_os` and `target_arch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// Operating system, such as `linux`.
    pub os: String,
    /// CPU architecture, such as `x86_64`.
    pub arch: String,
}
