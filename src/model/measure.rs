//! Measurements of one package, made by `signal` and `graph`.

use jiff::Timestamp;

use super::Observed;

/// Release cadence of a package as of a day, from its release history.
#[derive(Debug, Clone, PartialEq)]
pub struct Cadence {
    /// First publication.
    pub first_release: Timestamp,
    /// Latest publication on or before the day.
    pub last_release: Timestamp,
    /// Number of releases, yanked ones included.
    pub releases: usize,
    /// Median of the days between consecutive releases.
    pub median_interval_days: Observed<f64>,
    /// 90th percentile of the days between consecutive releases.
    pub p90_interval_days: Observed<f64>,
    /// Releases in the last 12 months (365 days).
    pub releases_12_months: usize,
    /// Releases in the last 36 months (1,096 days).
    pub releases_36_months: usize,
    /// Days since the last release.
    pub silence_days: f64,
    /// Days since the last release divided by the 90th percentile interval (at least one day):
    /// above 1 the project is quieter than it used to be nine times out of ten.
    pub silence_ratio: Observed<f64>,
    /// Share of releases that are yanked today, 0 to 1.
    pub yanked_share: f64,
    /// Newer stable releases, not yanked, than the locked version (every release counts, not
    /// only the ones inside the requirement).
    pub versions_behind: Observed<usize>,
    /// Years between the locked release and the newest stable one, at least 0 (libyear,
    /// <https://libyear.com>).
    pub libyears: Observed<f64>,
    /// The newest stable release, not yanked, by version order.
    pub newest: Option<String>,
}

/// Place of a package in the graph of what is built.
///
/// The graph holds the packages that the workspace members reach over live edges: built, dev, or
/// not known to be unused. Several dependencies of one package on another count as one edge.
/// Where no member is known, the packages nothing depends on stand in for the members.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Fewest edges from a workspace member; 0 for a member. Dev edges are used only where
    /// nothing else reaches the package.
    pub depth: u32,
    /// Workspace members that reach it, itself not counted.
    pub members: u32,
    /// Packages that depend on it, directly or not, itself not counted.
    pub dependents: u32,
    /// `dependents` as a share of all other packages of the graph, 0 to 1.
    pub reach: f64,
    /// Packages that only it brings in: those no member reaches without it, itself not counted
    /// (size of its dominator subtree).
    pub brings_in: u32,
    /// Fewest edges to cut so that no member reaches it (minimum edge cut); 0 for a member.
    /// Missing where the graph is too large and too dense to find it in bounded time.
    pub min_cut: Observed<u32>,
    /// PageRank, damping 0.85, edges from dependent to dependency; sums to 1 over the graph.
    pub pagerank: f64,
}
