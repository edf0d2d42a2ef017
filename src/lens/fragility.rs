//! How likely an upstream project is to leave its users alone with trouble.

use jiff::civil::Date;

use crate::model::{
    Activity, Cadence, Classification, Expected, Finding, Forge, Missing, Observed, PackageIndex,
    Score, Sourced,
};
use crate::rule::{Rule, Scale, score};
use crate::signal::{people, release, trouble};

/// What fragility is measured from.
pub struct Evidence<'a> {
    /// What is to be expected of its packages.
    pub expected: Observed<Expected>,
    /// Release cadence of the project: of the package of it that was released last.
    pub cadence: Observed<Cadence>,
    /// Who does the work.
    pub activity: Observed<Sourced<Activity>>,
    /// State and responsiveness.
    pub forge: Observed<Sourced<Forge>>,
    /// What sort of life it leads.
    pub class: Observed<Classification>,
    /// Findings about its packages.
    pub findings: Vec<&'a Finding>,
    /// Its packages in the graph, not empty.
    pub packages: &'a [PackageIndex],
    /// The day judged for.
    pub as_of: Date,
}

/// The fragility of a project, 0 to 100, as a weighted sum.
///
/// It is built on the forecasts: the chance that a vulnerability stays without a fix, and the
/// unfixed exposure to be expected. The rest takes a report of trouble or the absence of people.
/// What is not known counts as the worst, so that learning less never lowers it.
pub fn fragility(rules: &[Rule], evidence: &Evidence<'_>) -> Score {
    let Evidence { expected, cadence, activity, forge, class, findings, packages, as_of } =
        evidence;
    score(rules, Scale::Fragility, None, |signal| match signal {
        "absence-factor" => Some(people::absence_factor(activity)),
        "archived" => Some(people::archived(forge)),
        "change-of-hands" => Some(people::change_of_hands(activity, *as_of)),
        "class" => Some(people::class(class)),
        "expected-exposure" => Some(release::expected_exposure(expected)),
        "first-response" => people::first_response(forge),
        "open-vulnerabilities" => Some(trouble::open_vulnerabilities(findings)),
        "unfixed" => Some(release::unfixed(expected)),
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
