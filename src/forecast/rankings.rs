//! The rankings of an audit against what happened, beside rankings that anybody could make.
//!
//! Audits of past days are replayed elsewhere. Here the order in which each put upstream projects
//! and packages is compared with the outcomes of the 24 months after its day.

mod estimate;
mod measure;
mod outcome;
mod row;

use jiff::civil::Date;
use serde::Serialize;

use super::metrics::Estimate;
use super::tables::Tables;
use super::timeline::day_number;
use super::trouble::HORIZON_DAYS;
use estimate::{Group, Replay, estimates};
use row::rows;

pub use measure::Measures;
pub use outcome::RankedOutcome;

/// The rankings that are compared. The first is the audit's own.
pub const RANKINGS: [&str; 7] = [
    "headwater",
    "random",
    "days since release",
    "dependents",
    "PageRank",
    "share of the build",
    "no release for a year",
];
/// The ranking that gains are counted from: days since release.
pub const REFERENCE: usize = 2;
/// Outcomes of fewer days say little.
const FEWEST_DAYS: i32 = 365;

/// Which ranking of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RankedBy {
    /// The environmentalist's ranking of upstream projects.
    Environmentalist,
    /// The ranking of packages without an advisory by exposure.
    Exposure,
}

/// An upstream project or a package in a ranking of one audit.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedItem {
    /// Names of its packages of the public registry, each once.
    pub packages: Vec<String>,
    /// Its place in the ranking, from 0; `None` where the ranking lists it apart or not at all,
    /// which counts as after all others.
    pub place: Option<usize>,
    /// Packages of the lockfile that depend on it, directly or not, and one for itself.
    pub reach: usize,
    /// The PageRank of its packages together, where it has one.
    pub pagerank: Option<f64>,
}

/// What an audit of one lockfile ranked on one past day.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayedAudit {
    /// Whose lockfile it was.
    pub project: String,
    /// The day the audit speaks for.
    pub day: Date,
    /// Upstream projects.
    pub environmentalist: Vec<RankedItem>,
    /// Packages.
    pub exposure: Vec<RankedItem>,
}

/// Until when the models behind each ranking were fitted on outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FittedUntil {
    /// Those of the environmentalist's ranking.
    pub environmentalist: Date,
    /// Those of the exposure.
    pub exposure: Date,
}

/// Whether a model was fitted on outcomes of the days that a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fitted {
    /// On none: the figure is a test.
    No,
    /// On those of a part of the 24 months.
    Partly,
    /// On all of them.
    Yes,
}

impl Fitted {
    /// Of 24 months from a day, for a model fitted on outcomes known by another.
    fn of(day: Date, until: Date) -> Self {
        let (day, until) = (day_number(day), day_number(until));
        if day >= until {
            Self::No
        } else if day + HORIZON_DAYS > until {
            Self::Partly
        } else {
            Self::Yes
        }
    }
}

/// Everything that was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankingEvaluation {
    /// The last day of which the outcomes tell.
    pub cut: String,
    /// Lockfiles that were audited.
    pub lockfiles: usize,
    /// Projects they belong to.
    pub projects: usize,
    /// By ranking, outcome and years.
    pub sections: Vec<RankingSection>,
}

/// One ranking of the audits of some years against one outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankingSection {
    /// The ranking.
    pub ranking: RankedBy,
    /// The outcome.
    pub outcome: RankedOutcome,
    /// The first and the last year.
    pub years: [i16; 2],
    /// How the years were chosen.
    pub part: Part,
    /// Whether the models were fitted on outcomes of these years.
    pub fitted: Fitted,
    /// Audits.
    pub audits: usize,
    /// Audits in which there is an outcome: of the others only precision is measured.
    pub audits_with_outcome: usize,
    /// Projects or packages in all audits.
    pub ranked: usize,
    /// Outcomes among them.
    pub outcomes: usize,
    /// Different projects or packages with an outcome.
    pub different: usize,
    /// In the order of [`RANKINGS`].
    pub scores: Vec<RankingScore>,
}

/// How the years of a section were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// All of them.
    AllYears,
    /// Those that no model was fitted on.
    YearsNotFitted,
    /// One year.
    Year,
}

/// How good one ranking was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankingScore {
    /// One of [`RANKINGS`].
    pub name: &'static str,
    /// The measures.
    pub measures: Measures<Estimate>,
    /// Above those of days since release, in the same resamples.
    pub gain: Measures<Estimate>,
}

/// Whether enough is known of what came after a day to replay an audit of it: a year.
pub fn is_outcome_known(tables: &Tables, day: Date) -> bool {
    day_number(day) + FEWEST_DAYS <= tables.cut
}

/// Compares the rankings of replayed audits with what came.
pub fn evaluate_rankings(
    tables: &Tables,
    audits: &[ReplayedAudit],
    until: FittedUntil,
) -> RankingEvaluation {
    let mut projects: Vec<&str> = audits.iter().map(|it| it.project.as_str()).collect();
    projects.sort_unstable();
    projects.dedup();
    let mut sections = Vec::new();
    for ranking in [RankedBy::Environmentalist, RankedBy::Exposure] {
        let (outcomes, until) = match ranking {
            RankedBy::Environmentalist => (RankedOutcome::OF_PROJECTS, until.environmentalist),
            RankedBy::Exposure => (RankedOutcome::OF_PACKAGES, until.exposure),
        };
        for outcome in outcomes {
            let replays: Vec<Replay> = audits
                .iter()
                .map(|audit| {
                    let items = match ranking {
                        RankedBy::Environmentalist => &audit.environmentalist,
                        RankedBy::Exposure => &audit.exposure,
                    };
                    Replay::new(rows(tables, items, audit.day, outcome))
                })
                .collect();
            sections.extend(sections_of((ranking, outcome), audits, &replays, (tables, until)));
        }
    }
    let cut = super::timeline::day(tables.cut).to_string();
    RankingEvaluation { cut, lockfiles: audits.len(), projects: projects.len(), sections }
}

fn sections_of(
    (ranking, outcome): (RankedBy, RankedOutcome),
    audits: &[ReplayedAudit],
    replays: &[Replay],
    (tables, until): (&Tables, Date),
) -> Vec<RankingSection> {
    let groups = groups(audits, until);
    let clusters = estimate::clusters(tables, replays);
    let scores = estimates(replays, &clusters, &groups);
    let section = |(group, scores): (&Group, Vec<RankingScore>)| {
        let of_group = || group.audits.iter().map(|&at| &replays[at]);
        let days = || group.audits.iter().map(|&at| audits[at].day);
        let year = |day: Option<Date>| day.map_or(0, Date::year);
        RankingSection {
            ranking,
            outcome,
            years: [year(days().min()), year(days().max())],
            part: group.part,
            fitted: days().map(|day| Fitted::of(day, until)).max().unwrap_or(Fitted::No),
            audits: group.audits.len(),
            audits_with_outcome: of_group().filter(|it| it.outcomes() > 0).count(),
            ranked: of_group().map(|it| it.rows.len()).sum(),
            outcomes: of_group().map(Replay::outcomes).sum(),
            different: estimate::different(replays, &clusters, &group.audits),
            scores,
        }
    };
    groups.iter().zip(scores).map(section).collect()
}

/// All years, those not fitted where they are not the same, and each year.
fn groups(audits: &[ReplayedAudit], until: Date) -> Vec<Group> {
    let chosen = |part: Part, keep: &dyn Fn(Date) -> bool| {
        let audits = audits.iter().enumerate();
        let audits = audits.filter(|(_, it)| keep(it.day)).map(|(at, _)| at).collect();
        Group { part, audits }
    };
    let mut groups = vec![
        chosen(Part::AllYears, &|_| true),
        chosen(Part::YearsNotFitted, &|day| Fitted::of(day, until) == Fitted::No),
    ];
    groups.retain(|it| !it.audits.is_empty());
    let mut years: Vec<i16> = audits.iter().map(|it| it.day.year()).collect();
    years.sort_unstable();
    years.dedup();
    groups.extend(years.iter().map(|&year| chosen(Part::Year, &|day| day.year() == year)));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_year_is_fitted_as_far_as_its_outcomes_were_known() {
        let until = date(2024, 1, 1);
        let of = |year: i16| Fitted::of(date(year, 1, 1), until);
        // 730 days from the first of January 2022 end on the first of January 2024.
        let expected = [Fitted::Yes, Fitted::Yes, Fitted::Partly, Fitted::No, Fitted::No];
        assert_eq!([2021, 2022, 2023, 2024, 2025].map(of), expected);
        assert_eq!(Fitted::of(date(2023, 12, 31), until), Fitted::Partly);
        let audit = |year: i16| ReplayedAudit {
            project: "app".to_owned(),
            day: date(year, 1, 1),
            environmentalist: Vec::new(),
            exposure: Vec::new(),
        };
        let audits: Vec<_> = [2022, 2024, 2022].map(audit).into();
        let found: Vec<_> =
            groups(&audits, until).into_iter().map(|it| (it.part, it.audits)).collect();
        let expected = [
            (Part::AllYears, vec![0, 1, 2]),
            (Part::YearsNotFitted, vec![1]),
            (Part::Year, vec![0, 2]),
            (Part::Year, vec![1]),
        ];
        assert_eq!(found, expected);
    }
}
