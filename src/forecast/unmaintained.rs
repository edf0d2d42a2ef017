//! Do forecasts see a year before that somebody will declare a package unmaintained?

use serde::Serialize;

use super::bootstrap::{estimate, resamples};
use super::clusters::join;
use super::metrics::Estimate;
use super::model::Model;
use super::population::Population;
use super::tables::Tables;
use super::timeline::day_number;
use crate::model::{Feature, Features, ForecastKind};

use jiff::civil::{Date, date};

/// Days before the advisory first appeared at which packages are scored.
const BEFORE_DAYS: i32 = 365;
/// Steps in which it is looked back for the lead time.
const STEP_DAYS: i32 = 91;
const TOP_SHARE: f64 = 0.05;

/// How early one score found packages that were declared unmaintained later.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Early {
    /// Name of a forecast or baseline.
    pub name: &'static str,
    /// Which advisories.
    pub part: String,
    /// Whether all of them were scored after everything that a model was fitted on was known.
    pub is_test: bool,
    /// Which packages, by the day a year before.
    pub population: Population,
    /// Packages with such an advisory and a release a year before it.
    pub packages: usize,
    /// Clusters of them that are resampled as one: advisories of one day, packages of one owner.
    pub clusters: usize,
    /// Chance that such a package scores above one that was never declared unmaintained, on the
    /// day a year before its advisory appeared.
    pub auc: Estimate,
    /// Share of them among the highest 5% of scores on that day.
    pub recall_5_percent: Estimate,
    /// Median of the days before the advisory from which on the package was always among the
    /// highest 5%, looked at every 91 days; 0 where it was not at the end. No number for a score
    /// that cannot tell 5% of packages apart.
    pub lead_days_median: Estimate,
    /// Share of them with at least a year of such lead.
    pub lead_year_share: Estimate,
}

type ScoreOf<'a> = Box<dyn Fn(&Features) -> f64 + 'a>;

/// A package that was declared unmaintained.
struct Declared {
    place: usize,
    day: i32,
    cluster: u32,
}

/// What one package yields for one score.
struct Found {
    auc: f64,
    in_top: f64,
    lead_days: f64,
}

/// Measures each silence and fix model and each baseline. Advisories are counted by the day they
/// first appeared; withdrawn ones are none. Only packages scored on `tested_from` or later are a
/// test of the models; the earlier ones are measured apart.
pub fn unmaintained(tables: &Tables, models: &[Model], tested_from: Date) -> Vec<Early> {
    let scores = scores(models);
    let declared = declared(tables);
    let is_test = |it: &Declared| it.day - BEFORE_DAYS >= day_number(tested_from);
    let parts = [
        (true, format!("scored from {tested_from} on")),
        (false, format!("scored before {tested_from}, in fitted years: no test")),
    ];
    let mut results = Vec::new();
    for &population in Population::of(tables) {
        for (name, score) in &scores {
            let judge = Judge { tables, score, population };
            let thresholds = judge.thresholds();
            for (tested, part) in &parts {
                let found: Vec<(u32, Found)> = declared
                    .iter()
                    .filter(|it| is_test(it) == *tested)
                    .filter(|it| population.holds(tables, it.place, it.day - BEFORE_DAYS))
                    .map(|it| (it.cluster, judge.found(it, &thresholds)))
                    .collect();
                if !found.is_empty() {
                    results.push(early((name, part, population, *tested), &found));
                }
            }
        }
    }
    results
}

/// Packages that were declared unmaintained and had a release a year before.
fn declared(tables: &Tables) -> Vec<Declared> {
    let packages = tables.packages.iter().enumerate();
    let mut declared: Vec<Declared> = packages
        .filter_map(|(place, package)| {
            let day = package.unmaintained?;
            package.timeline.last(day - BEFORE_DAYS)?;
            Some(Declared { place, day, cluster: package.owner })
        })
        .collect();
    let mut clusters: Vec<u32> = declared.iter().map(|it| it.cluster).collect();
    join(&mut clusters, declared.iter().map(|it| it.day));
    for (it, cluster) in declared.iter_mut().zip(clusters) {
        it.cluster = cluster;
    }
    declared
}

fn scores(models: &[Model]) -> Vec<(&'static str, ScoreOf<'_>)> {
    let known = |feature: Feature| {
        move |features: &Features| features.get(feature).known().copied().unwrap_or_default()
    };
    let beyond = move |days: f64| {
        move |features: &Features| f64::from(u8::from(known(Feature::SilenceDays)(features) > days))
    };
    let wanted = models.iter().filter(|model| {
        !matches!(model.kind, ForecastKind::Disclosure | ForecastKind::StillUnfixed)
    });
    let mut scores: Vec<(&'static str, ScoreOf<'_>)> = wanted
        .map(|model| {
            let score: ScoreOf<'_> = Box::new(|features: &Features| model.chance(features));
            (model.kind.name(), score)
        })
        .collect();
    scores.push(("days since the last release", Box::new(known(Feature::SilenceDays))));
    scores.push(("no release for a year", Box::new(beyond(365.0))));
    scores.push(("no release for two years", Box::new(beyond(730.0))));
    let rhythm = known(Feature::SilenceByLongestInterval);
    scores.push(("silence over own rhythm", Box::new(rhythm)));
    scores
}

/// One score on one population.
struct Judge<'a> {
    tables: &'a Tables,
    score: &'a ScoreOf<'a>,
    population: Population,
}

impl Judge<'_> {
    /// For every step back from the cut: the day and the score that only 5% of packages reach,
    /// where it tells so few apart.
    fn thresholds(&self) -> Vec<(i32, Option<f64>)> {
        let steps = (0..).map(|step| self.tables.cut - step * STEP_DAYS);
        let first = day_number(date(2015, 1, 1));
        let threshold = |day: i32| {
            let mut scores: Vec<f64> = self.scores(day, |_| true).collect();
            scores.sort_by(|a, b| b.total_cmp(a));
            let most = (scores.len() as f64 * TOP_SHARE) as usize;
            let threshold = *scores.get(most)?;
            let reached = scores.partition_point(|&it| it >= threshold);
            (reached <= 2 * most).then_some(threshold)
        };
        steps.take_while(|&day| day >= first).map(|day| (day, threshold(day))).collect()
    }

    /// Scores of the packages of the population with a release by the day.
    fn scores(&self, day: i32, keep: impl Fn(usize) -> bool) -> impl Iterator<Item = f64> {
        let places = 0..self.tables.packages.len();
        let places = places.filter(move |&place| {
            let released = self.tables.packages[place].timeline.last(day).is_some();
            released && keep(place) && self.population.holds(self.tables, place, day)
        });
        places.map(move |place| self.of(place, day))
    }

    fn of(&self, place: usize, as_of: i32) -> f64 {
        (self.score)(&self.tables.features(&self.tables.packages[place], as_of))
    }

    fn found(&self, declared: &Declared, thresholds: &[(i32, Option<f64>)]) -> Found {
        let Declared { place, day, .. } = *declared;
        let as_of = day - BEFORE_DAYS;
        let own = self.of(place, as_of);
        let (mut below, mut equal, mut others) = (0.0, 0.0, 0.0);
        for other in self.scores(as_of, |it| self.tables.packages[it].unmaintained.is_none()) {
            others += 1.0;
            below += f64::from(u8::from(other < own));
            equal += f64::from(u8::from(other == own));
        }
        // The share of the run of equal scores, itself included, that fits into the top.
        let above = others - below - equal;
        let in_top = (((others + 1.0) * TOP_SHARE - above) / (equal + 1.0)).clamp(0.0, 1.0);
        let steps: Vec<_> = thresholds.iter().filter(|(step, _)| *step <= day).collect();
        let tells_apart = steps.first().is_some_and(|(_, threshold)| threshold.is_some());
        let is_in_top = |(step, threshold): &&&(i32, Option<f64>)| {
            let there = self.tables.packages[place].timeline.last(*step).is_some();
            there && threshold.is_some_and(|threshold| self.of(place, *step) >= threshold)
        };
        let lead_days = match steps.iter().take_while(is_in_top).last() {
            _ if !tells_apart => f64::NAN,
            Some((step, _)) => f64::from(day - step),
            None => 0.0,
        };
        Found { auc: (below + equal / 2.0) / others, in_top, lead_days }
    }
}

fn early(
    (name, part, population, is_test): (&'static str, &str, Population, bool),
    found: &[(u32, Found)],
) -> Early {
    let clusters: Vec<u32> = found.iter().map(|(cluster, _)| *cluster).collect();
    let mean = |value: fn(&Found) -> f64| {
        let measure = |weights: &[f64]| {
            let sum: f64 = found.iter().zip(weights).map(|(it, w)| value(&it.1) * w).sum();
            sum / weights.iter().sum::<f64>()
        };
        let resampled = resamples(&clusters).map(|weights| measure(&weights)).collect();
        estimate(measure(&vec![1.0; found.len()]), resampled)
    };
    let mut distinct = clusters.clone();
    distinct.sort_unstable();
    distinct.dedup();
    Early {
        name,
        part: part.to_owned(),
        is_test,
        population,
        packages: found.len(),
        clusters: distinct.len(),
        auc: mean(|it| it.auc),
        recall_5_percent: mean(|it| it.in_top),
        lead_days_median: {
            let resampled = resamples(&clusters).map(|weights| median_lead(found, &weights));
            estimate(median_lead(found, &vec![1.0; found.len()]), resampled.collect())
        },
        lead_year_share: mean(|it| {
            if it.lead_days.is_nan() {
                f64::NAN
            } else {
                f64::from(u8::from(it.lead_days >= 365.0))
            }
        }),
    }
}

fn median_lead(found: &[(u32, Found)], weights: &[f64]) -> f64 {
    let mut leads: Vec<(f64, f64)> =
        found.iter().zip(weights).map(|(it, &weight)| (it.1.lead_days, weight)).collect();
    leads.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = weights.iter().sum::<f64>() / 2.0;
    let mut before = 0.0;
    for (lead, weight) in leads {
        before += weight;
        if before >= half {
            return lead;
        }
    }
    f64::NAN
}
