//! How likely an upstream project is to be running dry.

use crate::model::{
    Activity, Cadence, Classification, Finding, Missing, Observed, PackageIndex, Score, Sourced,
};
use crate::rule::{Rule, Scale, score};
use crate::signal::{people, release, trouble};

/// What fragility is measured from.
pub struct Evidence<'a> {
    /// Release cadence of the project: of the package of it that was released last.
    pub cadence: Observed<Cadence>,
    /// Who does the work.
    pub activity: Observed<Sourced<Activity>>,
    /// What sort of life it leads.
    pub class: Observed<Classification>,
    /// Findings about its packages.
    pub findings: Vec<&'a Finding>,
    /// Its packages in the graph, not empty.
    pub packages: &'a [PackageIndex],
}

/// The fragility of a project, 0 to 100, as a weighted sum of signs.
///
/// Signs of quiet make up less than half of it, since a finished project is quiet too; the rest
/// takes a report of trouble or the absence of people. What is not known raises it.
pub fn fragility(rules: &[Rule], evidence: &Evidence<'_>) -> Score {
    let Evidence { cadence, activity, class, findings, packages } = evidence;
    score(rules, Scale::Fragility, None, |signal| match signal {
        "absence-factor" => Some(people::absence_factor(activity)),
        "class" => Some(people::class(class)),
        "open-vulnerabilities" => Some(trouble::open_vulnerabilities(findings)),
        "releases-36-months" => Some(release::releases_36_months(cadence)),
        "silence" => Some(release::silence_days(cadence)),
        "silence-ratio" => Some(release::silence_ratio(cadence)),
        "unmaintained-share" => Some(trouble::unmaintained_share(findings, packages)),
        "yanked-share" => Some(release::yanked_share(cadence)),
        _ => None,
    })
}

/// The cadence of the package that was released last: a project of many packages releases them
/// one by one, and one that goes on shows that somebody is there.
pub(super) fn freshest<'a>(
    cadences: impl Iterator<Item = &'a Observed<Cadence>> + Clone,
) -> Observed<Cadence> {
    let known = cadences.clone().filter_map(Observed::known);
    let last = known.max_by_key(|cadence| (cadence.last_release, cadence.releases));
    let why = cadences.filter_map(Observed::missing).next().unwrap_or(Missing::NoIndexEntry);
    Observed::from_option(last.cloned(), why)
}
