//! An audit of a lockfile at each of its commits, and what came of what was forecast.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Span;
use jiff::civil::Date;
use jiff::tz::Offset;
use semver::Version;

use super::{Inputs, audit, is_in_product};
use crate::model::{
    Advisory, AdvisoryKind, Audit, Declaration, Error, Feature, FindingCounts, FindingKind, Fix,
    Missing, Observed, Outcome, Package, PackageIndex, Packaged, ReleaseHistory, Source, Trend,
    TrendRow,
};
use crate::read::cargo_lock::Lockfile;

/// Days in which a forecast says what will come.
const FORECAST_DAYS: i32 = 365;
/// Days after a disclosure by which a fix is waited for.
const FIX_DAYS: i32 = 90;

/// The lockfile of a repository at commits that changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockfileHistory {
    /// The first day asked for.
    pub since: Date,
    /// How many commits changed it since.
    pub commits: usize,
    /// All of them, or some at even steps, newest first.
    pub snapshots: Vec<Snapshot>,
}

/// A lockfile at one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The commit.
    pub commit: String,
    /// The day (UTC) it was committed.
    pub day: Date,
    /// The lockfile.
    pub lockfile: Lockfile,
}

/// What is known of all packages that any of the lockfiles holds.
struct Known {
    /// Sorted, each once.
    packages: Vec<Package>,
    declarations: Vec<Observed<Arc<Declaration>>>,
    packaged: Vec<Observed<Packaged>>,
    histories: Vec<Observed<Arc<ReleaseHistory>>>,
}

/// Audits each lockfile as of the day of its commit. `inputs` are those of an audit of all
/// packages of all lockfiles, sorted and each once, as of the last day.
///
/// # Errors
/// As for [`audit`].
pub fn trend(mut inputs: Inputs, history: LockfileHistory) -> Result<Trend, Error> {
    let known = Known {
        packages: std::mem::take(&mut inputs.packages),
        declarations: std::mem::take(&mut inputs.declarations),
        packaged: std::mem::take(&mut inputs.packaged),
        histories: std::mem::take(&mut inputs.histories),
    };
    let models = &inputs.knowledge.shipped.models;
    let mut trend = Trend {
        lockfile: inputs.lockfile.clone(),
        since: history.since,
        as_of: inputs.as_of,
        known_until: inputs.knowledge.advisories.database.date.map(|day| day.min(inputs.as_of)),
        fitted_until: models.disclosure.provenance.until.max(models.unfixed_90.provenance.until),
        level_until: models.disclosure.provenance.level.as_ref().map(|level| level.until),
        not_known: Vec::new(),
        commits: history.commits,
        rows: Vec::with_capacity(history.snapshots.len()),
        database: inputs.knowledge.advisories.database.clone(),
        diagnostics: std::mem::take(&mut inputs.diagnostics),
    };
    let (mut asked, mut answered) = (BTreeSet::new(), BTreeSet::new());
    for Snapshot { commit, day, lockfile } in history.snapshots {
        inputs.as_of = day;
        known.put(&mut inputs, lockfile);
        let audit = audit(&inputs)?;
        ask(&audit, &mut asked, &mut answered);
        let outcome = trend.known_until.and_then(|until| outcome(&inputs, &audit, until));
        trend.rows.push(row(&inputs, &audit, commit, outcome));
    }
    trend.not_known = asked.difference(&answered).copied().collect();
    Ok(trend)
}

/// What the forecasts of the exposure look at, and what of it is known of some package.
fn ask(audit: &Audit, asked: &mut BTreeSet<Feature>, answered: &mut BTreeSet<Feature>) {
    let outlooks = audit.facts.iter().filter_map(|facts| facts.outlook.known());
    for term in outlooks.flat_map(|it| it.disclosure.terms.iter().chain(&it.unfixed_90.terms)) {
        asked.insert(term.feature);
        if term.value.known().is_some() {
            answered.insert(term.feature);
        }
    }
}

impl Known {
    /// Makes the inputs those of one lockfile.
    fn put(&self, inputs: &mut Inputs, lockfile: Lockfile) {
        let places: Vec<Option<usize>> =
            lockfile.packages.iter().map(|it| self.packages.binary_search(it).ok()).collect();
        let local = (0..).map(PackageIndex).zip(&lockfile.packages);
        let local = local.filter(|(_, package)| package.source == Source::Path);
        inputs.members = local.map(|(position, _)| position).collect();
        inputs.declarations = pick(&self.declarations, &places);
        inputs.packaged = pick(&self.packaged, &places);
        inputs.histories = pick(&self.histories, &places);
        inputs.packages = lockfile.packages;
        inputs.locked = lockfile.dependencies;
    }
}

fn pick<T: Clone>(all: &[Observed<T>], places: &[Option<usize>]) -> Vec<Observed<T>> {
    let found = |place: &Option<usize>| place.and_then(|place| all.get(place)).cloned();
    places.iter().map(|it| found(it).unwrap_or(Observed::Missing(Missing::NotAsked))).collect()
}

fn row(inputs: &Inputs, audit: &Audit, commit: String, outcome: Option<Outcome>) -> TrendRow {
    let mut findings = FindingCounts::default();
    let mut without_fix = 0;
    for finding in &audit.findings {
        match finding.kind {
            FindingKind::Vulnerability => {
                findings.vulnerability += 1;
                without_fix += usize::from(finding.fix == Fix::None);
            }
            FindingKind::Unsound => findings.unsound += 1,
            FindingKind::Unmaintained => findings.unmaintained += 1,
            FindingKind::Notice => findings.notice += 1,
            // Today's state: nobody knows when a release was yanked.
            FindingKind::Yanked => {}
        }
    }
    let sources = inputs.packages.iter().zip(&inputs.histories);
    let without_history = sources.filter(|(package, history)| {
        matches!(package.source, Source::Registry(_)) && history.known().is_none()
    });
    TrendRow {
        commit,
        day: inputs.as_of,
        packages: inputs.packages.len(),
        without_history: without_history.count(),
        findings,
        without_fix,
        expected: audit.expected,
        outcome,
    }
}

/// What came of the packages with a forecast by the end of its days; `None` where these are not
/// over on the last day of which anything is known.
fn outcome(inputs: &Inputs, audit: &Audit, known_until: Date) -> Option<Outcome> {
    let end = days_after(inputs.as_of, FORECAST_DAYS);
    if end > known_until {
        return None;
    }
    let graph = &audit.graph;
    let forecast = graph.indices().filter(|&package| {
        is_in_product(graph, package) && audit.facts[package.get()].outlook.known().is_some()
    });
    let by_name: BTreeMap<&str, _> =
        forecast.map(|it| (graph.package(it).name.as_str(), &inputs.histories[it.get()])).collect();
    let mut outcome = Outcome::default();
    for (name, history) in by_name {
        let about = inputs.knowledge.advisories.index.for_package(name).iter();
        let fixes: Vec<Option<bool>> = about
            .filter(|it| matches!(it.kind, AdvisoryKind::Vulnerability | AdvisoryKind::Unsound))
            .filter(|it| it.is_in_force(known_until))
            .filter(|it| it.public() > inputs.as_of && it.public() <= end)
            .map(|advisory| is_fixed(advisory, history.known(), known_until))
            .collect();
        outcome.disclosed += usize::from(!fixes.is_empty());
        if fixes.contains(&Some(false)) {
            outcome.unfixed += 1;
        } else if fixes.contains(&None) {
            outcome.undecided += 1;
        }
    }
    Some(outcome)
}

/// Whether a fixed release was out [`FIX_DAYS`] after an advisory became public: one that is stable,
/// not affected, and not below where the first affected versions end. `None` where it is not known.
fn is_fixed(
    advisory: &Advisory,
    history: Option<&Arc<ReleaseHistory>>,
    known_until: Date,
) -> Option<bool> {
    let deadline = days_after(advisory.public(), FIX_DAYS);
    let is_fix = |version: &Version| {
        let mut ends = advisory.affected.iter().filter_map(|range| range.fixed.as_ref());
        version.pre.is_empty() && !advisory.affects(version) && ends.any(|end| version >= end)
    };
    let in_time = history?.releases.iter().filter(|release| {
        let day = release.published.map(|time| Offset::UTC.to_datetime(time).date());
        day.is_some_and(|day| day <= deadline.min(known_until))
    });
    let is_fixed = in_time.filter_map(|it| Version::parse(&it.version).ok()).any(|it| is_fix(&it));
    (is_fixed || deadline <= known_until).then_some(is_fixed)
}

fn days_after(day: Date, days: i32) -> Date {
    day.saturating_add(Span::new().days(days))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Release, VersionRange};
    use jiff::civil::date;

    fn advisory(affected: &[(&str, &str)]) -> Advisory {
        let range = |(introduced, fixed): &(&str, &str)| VersionRange {
            introduced: introduced.parse().ok(),
            fixed: fixed.parse().ok(),
        };
        Advisory {
            id: "A-1".into(),
            package: "soap".into(),
            kind: AdvisoryKind::Vulnerability,
            date: date(2024, 1, 1),
            first_seen: None,
            withdrawn: None,
            affected: affected.iter().map(range).collect(),
            cvss: None,
            aliases: Vec::new(),
            categories: Vec::new(),
            arch: Vec::new(),
            os: Vec::new(),
            functions: BTreeMap::new(),
            url: None,
            licence: "CC0-1.0".into(),
            title: None,
            rating: None,
            keywords: Vec::new(),
        }
    }

    #[test]
    fn a_fix_is_a_release_in_time_above_what_is_affected() {
        let open: &[(&str, &str)] = &[("", "")];
        let fixed: &[(&str, &str)] = &[("1.0.0", "1.2.0"), ("2.0.0", "2.1.0")];
        let (over, running) = (date(2024, 3, 31), date(2024, 3, 30));
        for (affected, version, day, known_until, expected) in [
            (fixed, "1.2.0", "2024-03-31", over, Some(true)),
            (fixed, "1.2.0", "2024-04-01", over, Some(false)),
            // A coordinated release.
            (fixed, "2.1.0", "2023-12-01", over, Some(true)),
            // Never affected, but no fix.
            (fixed, "0.9.0", "2023-12-01", over, Some(false)),
            (fixed, "2.0.5", "2024-02-01", over, Some(false)),
            (fixed, "2.1.0-rc.1", "2024-02-01", over, Some(false)),
            (fixed, "three", "2024-02-01", over, Some(false)),
            (open, "9.0.0", "2024-02-01", over, Some(false)),
            // The 90 days are not over.
            (fixed, "1.1.0", "2024-02-01", running, None),
            (fixed, "1.2.0", "2024-02-01", running, Some(true)),
        ] {
            let published = format!("{day}T12:00:00Z").parse().ok();
            let release = Release { version: version.into(), published, yanked: false };
            let history = Arc::new(ReleaseHistory { releases: vec![release] });
            let found = is_fixed(&advisory(affected), Some(&history), known_until);
            assert_eq!(found, expected, "{version} {day} {known_until}");
        }
        assert_eq!(is_fixed(&advisory(fixed), None, over), None);
        // The days are counted from when it became public.
        let late = Advisory { first_seen: Some(date(2024, 3, 1)), ..advisory(fixed) };
        let published = "2024-05-30T12:00:00Z".parse().ok();
        let release = Release { version: "1.2.0".into(), published, yanked: false };
        let history = Arc::new(ReleaseHistory { releases: vec![release] });
        assert_eq!(is_fixed(&late, Some(&history), date(2024, 6, 30)), Some(true));
        assert_eq!(is_fixed(&late, None, over), None);
    }
}
