//! Who does the work on an upstream project.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{self, HandsShape};

use super::observed::{Number, Observed, number, observed, observed_number};

/// Who does the work, from the git history of the main branch, by author time. Work is commits
/// by people that are not merges. The last 3, 12 and 36 months are 91, 365 and 1,096 days.
#[derive(Serialize, JsonSchema)]
pub(super) struct Activity {
    /// First commit of a person, merges included.
    #[schemars(extend("format" = "date-time"))]
    first_commit: String,
    /// Last commit of a person, merges included.
    #[schemars(extend("format" = "date-time"))]
    last_commit: String,
    /// Commits that are work.
    commits: usize,
    /// Work in the last 3 months.
    commits_3_months: usize,
    /// Work in the last 12 months.
    commits_12_months: usize,
    /// Work in the last 36 months.
    commits_36_months: usize,
    /// Merges by people.
    merges: usize,
    /// Commits by bots, merges included.
    bot_commits: usize,
    /// People who did work.
    people: usize,
    /// People who did work in the last 3 months.
    people_3_months: usize,
    /// People who did work in the last 12 months.
    people_12_months: usize,
    /// People who did work in the last 36 months.
    people_36_months: usize,
    /// Contributor absence factor of the last 12 months: fewest people with at least half of the
    /// work (<https://chaoss.community/kb/metric-contributor-absence-factor/>).
    absence_factor_12_months: Observed<usize>,
    /// The same of all time.
    absence_factor: Observed<usize>,
    /// Greatest share of the work of the last 12 months that one person did, 0 to 1.
    lead_share_12_months: Number,
    /// Organisations, by e-mail domain without public providers, with work in the last 12 months.
    organisations_12_months: usize,
    /// Elephant factor of the last 12 months: fewest organisations with at least half of the
    /// work of organisations (<https://chaoss.community/kb/metric-elephant-factor/>).
    elephant_factor_12_months: Observed<usize>,
    /// People whose first work was in the last 12 months.
    newcomers_12_months: usize,
    /// People with work in the 365 days before the last 12 months, and none since.
    leavers_12_months: usize,
    /// Months from the last commit of a person to the end of the audit's day.
    silent_months: Number,
    /// Work in the last 12 months divided by half of the work of the 24 months before them.
    tempo_trend: Number,
    /// Share of the work of the last 36 months that was done by the person who made the newest
    /// tag, 0 to 1.
    releaser_share: Number,
    /// The newest time the work passed to a newcomer; null where it never did.
    change_of_hands: Option<ChangeOfHands>,
}

/// The work passed to a newcomer.
#[derive(Serialize, JsonSchema)]
struct ChangeOfHands {
    /// `takeover` where the old lead fell silent while a newcomer took over, `awakening` where a
    /// dormant project woke up under a new name.
    #[schemars(extend("enum" = [HandsShape::Takeover, HandsShape::Awakening].map(shape)))]
    shape: &'static str,
    /// First work of the newcomer.
    #[schemars(extend("format" = "date-time"))]
    arrived: String,
    /// Last work of the old lead before falling silent.
    #[schemars(extend("format" = "date-time"))]
    left: String,
    /// Begin of the year in which the newcomer took over.
    #[schemars(extend("format" = "date-time"))]
    changed: String,
    /// The newcomer's share of the work in that year, 0 to 1.
    share: Number,
    /// Whether the newcomer made more than half of the tags of that year.
    makes_tags: bool,
}

fn shape(shape: HandsShape) -> &'static str {
    match shape {
        HandsShape::Takeover => "takeover",
        HandsShape::Awakening => "awakening",
    }
}

pub(super) fn activity(activity: &model::Activity) -> Activity {
    let [commits_3_months, commits_12_months, commits_36_months] = activity.recent_commits;
    let [people_3_months, people_12_months, people_36_months] = activity.recent_people;
    let count = |count: &usize| *count;
    Activity {
        first_commit: activity.first_commit.to_string(),
        last_commit: activity.last_commit.to_string(),
        commits: activity.commits,
        commits_3_months,
        commits_12_months,
        commits_36_months,
        merges: activity.merges,
        bot_commits: activity.bot_commits,
        people: activity.people,
        people_3_months,
        people_12_months,
        people_36_months,
        absence_factor_12_months: observed(&activity.absence_factor_12_months, count),
        absence_factor: observed(&activity.absence_factor, count),
        lead_share_12_months: observed_number(&activity.lead_share_12_months, 4),
        organisations_12_months: activity.organisations_12_months,
        elephant_factor_12_months: observed(&activity.elephant_factor_12_months, count),
        newcomers_12_months: activity.newcomers_12_months,
        leavers_12_months: activity.leavers_12_months,
        silent_months: number(activity.silent_months, 2),
        tempo_trend: observed_number(&activity.tempo_trend, 4),
        releaser_share: observed_number(&activity.releaser_share, 4),
        change_of_hands: activity.change_of_hands.as_ref().map(change_of_hands),
    }
}

fn change_of_hands(change: &model::ChangeOfHands) -> ChangeOfHands {
    ChangeOfHands {
        shape: shape(change.shape),
        arrived: change.arrived.to_string(),
        left: change.left.to_string(),
        changed: change.changed.to_string(),
        share: number(change.share, 4),
        makes_tags: change.makes_tags,
    }
}
