//! What sort of life a project leads, by a few questions asked in order.

use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::model::{
    Activity, Cadence, ChangeOfHands, Classification, MaintenanceStatus, ProjectClass,
};

/// A silence this long in months means that nobody can be counted on.
const LONG_SILENCE_MONTHS: f64 = 24.0;
/// After a year without a commit or release, somebody's presence is a guess.
const SILENCE_MONTHS: f64 = 12.0;
/// How long a change of hands is news: by then the newcomer has a record of their own.
const NEWS_OF_CHANGE_MONTHS: f64 = 60.0;
/// A project younger than this is not finished, only quiet.
const MATURE_MONTHS: f64 = 36.0;
/// At most three commits a month over 36 months is upkeep, no development; over 12 of them at most
/// half of what those may have. A project that only pauses has done more before.
const MOST_COMMITS_OF_UPKEEP: [usize; 2] = [54, 108];
/// With a commit a month by several people, a project is in maintenance by a team.
const LEAST_COMMITS_OF_TEAM: usize = 12;
/// Fewest people of a team.
const LEAST_PEOPLE_OF_TEAM: usize = 3;
/// Two commits a week.
const LEAST_COMMITS_OF_BUSY: usize = 100;
/// Two thirds: the others together do at most half of what the lead does.
const LEAST_SHARE_OF_LEAD: f64 = 2.0 / 3.0;
const SECONDS_PER_MONTH: f64 = 30.4375 * 86_400.0;

/// What is known about a project besides its history.
#[derive(Debug, Clone, Copy, Default)]
pub struct Circumstances<'a> {
    /// Cadence of its most recently released package.
    pub cadence: Option<&'a Cadence>,
    /// Things users wait for, such as vulnerabilities without a fix; `None` where not known.
    pub open_needs: Option<u64>,
    /// The day since which an advisory has called it unmaintained.
    pub declared_unmaintained: Option<Date>,
    /// Whether its repository is archived; `None` where not known.
    pub archived: Option<bool>,
    /// The worst that the manifests of its packages in use say about its maintenance. It is told, and
    /// decides nothing: of a manifest that is not at hand nobody knows what it says.
    pub status: Option<MaintenanceStatus>,
}

/// Classifies a project as of the end of a day, the day of `activity`. The first that holds:
///
/// 1. archived: abandoned;
/// 2. declared unmaintained by that day, no commit of a person since: abandoned;
/// 3. silent (neither commit nor release) for 24 months: finished if it is known to have no open
///    need, abandoned if it is known to have one, else dormant;
/// 4. passed to a newcomer in the last 60 months: taken over;
/// 5. at least 36 months old, at most 54 commits in the last 12 months and 108 in 36, no open need known: if
///    silent for 12 months and open needs are not known, dormant; if there were at least 12
///    commits by at least 3 people, of whom none did half, a team that maintains it; else
///    finished;
/// 6. silent for 12 months: dormant;
/// 7. one person did two thirds of the last 12 months' work: single maintainer;
/// 8. at least 100 commits in the last 12 months: busy, else team.
pub fn class(
    activity: &Activity,
    circumstances: &Circumstances<'_>,
    as_of: Date,
) -> Classification {
    let silent_months = silent_months(activity, circumstances.cadence);
    let declared = declared_unmaintained(activity, circumstances, as_of);
    let mut evidence = Vec::new();
    let class = if circumstances.archived == Some(true) {
        evidence.push("the repository is archived".to_owned());
        ProjectClass::Abandoned
    } else if let Some(Declaration::Unanswered(day)) = declared {
        evidence.push(format!("declared unmaintained on {day}, and no commit since"));
        ProjectClass::Abandoned
    } else if silent_months >= LONG_SILENCE_MONTHS {
        silent(circumstances.open_needs)
    } else if let Some(change) = recent_change(activity, as_of) {
        evidence.push(describe(change));
        ProjectClass::TakenOver
    } else {
        alive(activity, circumstances.open_needs, silent_months)
    };
    if let Some(status) = circumstances.status {
        evidence.push(format!("a manifest of it says `{}`", status.name()));
    }
    evidence.push(format!("last commit or release {silent_months:.0} months ago"));
    let (commits, people) = (activity.recent_commits[1], activity.recent_people[1]);
    let people = if people == 1 { "one person".to_owned() } else { format!("{people} people") };
    evidence.push(format!("{commits} commits in 12 months, by {people}"));
    if let Some(share) = activity.lead_share_12_months.known() {
        evidence.push(format!("one person did {:.0}% of them", share * 100.0));
    }
    evidence.push(match circumstances.open_needs {
        Some(0) => "no open need".to_owned(),
        Some(open) => format!("{open} open needs"),
        None => "open needs are not known".to_owned(),
    });
    if let Some(Declaration::Answered(day)) = declared {
        evidence.push(format!("declared unmaintained on {day}, with commits since"));
    }
    Classification { class, evidence }
}

/// An advisory that calls a project unmaintained, and whether its people went on since.
#[derive(Clone, Copy)]
enum Declaration {
    Answered(Date),
    Unanswered(Date),
}

fn declared_unmaintained(
    activity: &Activity,
    circumstances: &Circumstances<'_>,
    as_of: Date,
) -> Option<Declaration> {
    let day = circumstances.declared_unmaintained.filter(|day| *day <= as_of)?;
    let answered = activity.last_commit.as_second() >= end_of(day);
    Some(if answered { Declaration::Answered(day) } else { Declaration::Unanswered(day) })
}

fn silent(open_needs: Option<u64>) -> ProjectClass {
    match open_needs {
        Some(0) => ProjectClass::Finished,
        Some(_) => ProjectClass::Abandoned,
        None => ProjectClass::Dormant,
    }
}

fn alive(activity: &Activity, open_needs: Option<u64>, silent_months: f64) -> ProjectClass {
    let age_months = activity.silent_months + months(activity.first_commit, activity.last_commit);
    let upkeep =
        activity.recent_commits[1..].iter().zip(MOST_COMMITS_OF_UPKEEP).all(|(n, most)| *n <= most);
    let settled = age_months >= MATURE_MONTHS && upkeep && open_needs.is_none_or(|open| open == 0);
    let silent = silent_months >= SILENCE_MONTHS;
    let lead_share = activity.lead_share_12_months.known();
    if settled && !silent && is_kept_by_team(activity) {
        ProjectClass::Team
    } else if settled && !(silent && open_needs.is_none()) {
        ProjectClass::Finished
    } else if silent {
        ProjectClass::Dormant
    } else if lead_share.is_some_and(|share| *share >= LEAST_SHARE_OF_LEAD) {
        ProjectClass::SingleMaintainer
    } else if activity.recent_commits[1] >= LEAST_COMMITS_OF_BUSY {
        ProjectClass::Busy
    } else {
        ProjectClass::Team
    }
}

/// Whether several people keep up a project with little left to do.
fn is_kept_by_team(activity: &Activity) -> bool {
    activity.recent_commits[1] >= LEAST_COMMITS_OF_TEAM
        && activity.recent_people[1] >= LEAST_PEOPLE_OF_TEAM
        && activity.absence_factor_12_months.known().is_some_and(|people| *people > 1)
}

/// Months without commit and release: a release shows that somebody is there.
fn silent_months(activity: &Activity, cadence: Option<&Cadence>) -> f64 {
    let since_release = cadence.map(|cadence| cadence.silence_days * 86_400.0 / SECONDS_PER_MONTH);
    since_release.map_or(activity.silent_months, |months| months.min(activity.silent_months))
}

pub(super) fn recent_change(activity: &Activity, as_of: Date) -> Option<&ChangeOfHands> {
    let now = Timestamp::from_second(end_of(as_of)).ok()?;
    let change = activity.change_of_hands.as_ref();
    change.filter(|change| months(change.changed, now) <= NEWS_OF_CHANGE_MONTHS)
}

fn describe(change: &ChangeOfHands) -> String {
    let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    let share = change.share * 100.0;
    format!(
        "a newcomer arrived on {} and did {share:.0}% of the work of the year from {} on",
        day(change.arrived),
        day(change.changed)
    )
}

fn months(from: Timestamp, to: Timestamp) -> f64 {
    (to.as_second() - from.as_second()) as f64 / SECONDS_PER_MONTH
}

/// The end of a day in UTC, in seconds since 1970.
pub(crate) fn end_of(day: Date) -> i64 {
    day.duration_since(date(1970, 1, 1)).as_secs() + 86_400
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{HandsShape, Observed};

    const DAY: Date = date(2025, 12, 31);

    /// A project begun ten years ago.
    fn project(commits: usize, lead_share: f64, silent_months: f64) -> Activity {
        let seconds = end_of(DAY) - (silent_months * SECONDS_PER_MONTH) as i64;
        Activity {
            first_commit: "2016-01-01T00:00:00Z".parse().unwrap(),
            last_commit: Timestamp::from_second(seconds).unwrap(),
            commits: 500,
            merges: 0,
            bot_commits: 0,
            people: 10,
            recent_commits: [commits / 4, commits, commits * 3],
            recent_people: [1, 2, 3],
            absence_factor_12_months: Observed::Known(1),
            absence_factor: Observed::Known(1),
            lead_share_12_months: Observed::Known(lead_share),
            organisations_12_months: 0,
            elephant_factor_12_months: Observed::Known(1),
            newcomers_12_months: 0,
            leavers_12_months: 0,
            silent_months,
            tempo_trend: Observed::Known(1.0),
            releaser_share: Observed::Known(1.0),
            change_of_hands: None,
            tagged: Vec::new(),
        }
    }

    /// One person's project with so many commits in 12 and 36 months.
    fn in_months(year: usize, three_years: usize) -> Activity {
        Activity { recent_commits: [0, year, three_years], ..project(year, 0.9, 0.1) }
    }

    #[test]
    fn questions_are_asked_in_order() {
        use ProjectClass::{Abandoned, Busy, Dormant, Finished, SingleMaintainer, Team};
        let nothing = Circumstances::default();
        let needs = |open| Circumstances { open_needs: Some(open), ..nothing };
        let archived = Circumstances { archived: Some(true), ..nothing };
        let declared =
            |year| Circumstances { declared_unmaintained: Some(date(year, 1, 1)), ..needs(0) };
        let says = |status| Circumstances { status: Some(status), ..needs(0) };
        let cases = [
            (project(300, 0.3, 0.1), nothing, Busy),
            (project(300, 0.9, 0.1), nothing, SingleMaintainer),
            (project(99, 0.3, 0.1), nothing, Team),
            (project(24, 0.9, 0.1), nothing, Finished),
            (project(24, 0.9, 0.1), needs(1), SingleMaintainer),
            // What is kept up by one, and what only paused or has just picked up.
            (in_months(53, 100), nothing, Finished),
            (in_months(54, 108), nothing, Finished),
            (in_months(55, 100), nothing, SingleMaintainer),
            (in_months(50, 196), nothing, SingleMaintainer),
            (in_months(20, 337), nothing, SingleMaintainer),
            (project(3, 0.5, 13.0), needs(0), Finished),
            (project(3, 0.5, 13.0), nothing, Dormant),
            (project(3, 0.5, 13.0), needs(2), Dormant),
            (project(0, 0.0, 25.0), needs(0), Finished),
            (project(0, 0.0, 25.0), nothing, Dormant),
            (project(0, 0.0, 25.0), needs(1), Abandoned),
            (project(300, 0.3, 0.1), archived, Abandoned),
            // An advisory that the project answered by going on does not decide.
            (project(0, 0.0, 30.0), declared(2025), Abandoned),
            (project(0, 0.0, 30.0), declared(2020), Finished),
            (project(300, 0.3, 0.1), declared(2020), Busy),
            (project(3, 0.5, 13.0), says(MaintenanceStatus::Deprecated), Finished),
            (project(300, 0.3, 0.1), declared(2026), Busy),
        ];
        for (activity, circumstances, expected) in cases {
            let found = class(&activity, &circumstances, DAY);
            assert_eq!(found.class, expected, "{circumstances:?} {:?}", found.evidence);
        }
        let team = |commits| Activity {
            absence_factor_12_months: Observed::Known(2),
            recent_people: [1, 3, 5],
            ..project(commits, 0.3, 0.1)
        };
        assert_eq!(class(&team(12), &needs(0), DAY).class, Team);
        assert_eq!(class(&team(11), &needs(0), DAY).class, Finished);
        let pair = Activity { recent_people: [1, 2, 5], ..team(12) };
        assert_eq!(class(&pair, &needs(0), DAY).class, Finished);
        let young = Activity {
            first_commit: "2025-01-01T00:00:00Z".parse().unwrap(),
            ..project(24, 0.9, 0.1)
        };
        assert_eq!(class(&young, &nothing, DAY).class, SingleMaintainer);
    }

    #[test]
    fn a_change_of_hands_is_news_for_five_years() {
        let change = |changed: &str| ChangeOfHands {
            shape: HandsShape::Takeover,
            arrived: changed.parse().unwrap(),
            left: changed.parse().unwrap(),
            changed: changed.parse().unwrap(),
            share: 0.625,
            makes_tags: true,
        };
        let cases = [
            ("2021-02-01T00:00:00Z", ProjectClass::TakenOver),
            ("2020-12-01T00:00:00Z", ProjectClass::Busy),
        ];
        for (changed, expected) in cases {
            let activity =
                Activity { change_of_hands: Some(change(changed)), ..project(300, 0.3, 0.1) };
            assert_eq!(class(&activity, &Circumstances::default(), DAY).class, expected);
        }
        let activity =
            Activity { change_of_hands: Some(change(cases[0].0)), ..project(300, 0.3, 0.1) };
        let found = class(&activity, &Circumstances::default(), DAY);
        assert_eq!(
            found.evidence[0],
            "a newcomer arrived on 2021-02-01 and did 62% of the work of the year from \
             2021-02-01 on"
        );
    }
}
