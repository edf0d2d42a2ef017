//! Who does the work on an upstream project, in sentences.

use crate::model::{Activity, ChangeOfHands, HandsShape, Observed};
use crate::report::words::{count_of, decimal, thousands};

use super::block::day;

/// The newest change of hands first, where there is one: it outweighs every count.
pub(super) fn sentences(activity: &Activity) -> Vec<String> {
    let mut sentences = Vec::new();
    sentences.extend(activity.change_of_hands.as_ref().map(change_of_hands));
    let (last, silent) = (day(activity.last_commit), decimal(activity.silent_months, 1));
    let first = day(activity.first_commit);
    sentences.push(format!("last commit {last}, {silent} silent months; first {first}"));
    sentences.push(format!(
        "commits: {} in 3, 12, 36 months, {} of all time; merges {}, by bots {}",
        three(activity.recent_commits),
        thousands(activity.commits),
        thousands(activity.merges),
        thousands(activity.bot_commits)
    ));
    sentences.push(format!(
        "people: {} in 3, 12, 36 months, {} of all time; {} and {} in 12 months",
        three(activity.recent_people),
        thousands(activity.people),
        count_of(activity.newcomers_12_months, "newcomer"),
        count_of(activity.leavers_12_months, "leaver")
    ));
    sentences.push(format!(
        "absence factor {} in 12 months, {} of all time",
        count(&activity.absence_factor_12_months),
        count(&activity.absence_factor)
    ));
    sentences.push(format!(
        "the busiest person did {} of the work of 12 months",
        share(&activity.lead_share_12_months)
    ));
    sentences.push(format!(
        "{} in 12 months, elephant factor {}",
        count_of(activity.organisations_12_months, "organisation"),
        count(&activity.elephant_factor_12_months)
    ));
    sentences.push(match &activity.tempo_trend {
        Observed::Known(times) => {
            format!("tempo of 12 months: {} times that of the 24 before", decimal(*times, 2))
        }
        Observed::Missing(why) => format!("tempo unknown: {why}"),
    });
    sentences.push(match &activity.releaser_share {
        Observed::Known(of_work) => {
            format!("who made the newest tag did {} of the work of 36 months", percent(*of_work))
        }
        Observed::Missing(why) => format!("work of who released last unknown: {why}"),
    });
    sentences
}

fn change_of_hands(change: &ChangeOfHands) -> String {
    let (arrived, left, changed) = (day(change.arrived), day(change.left), day(change.changed));
    let before = match change.shape {
        HandsShape::Takeover => format!("the old lead fell silent after {left}"),
        HandsShape::Awakening => format!("the project had been dormant since {left}"),
    };
    let tags = if change.makes_tags { " and most of its tags" } else { "" };
    let work = percent(change.share);
    format!(
        "changed hands: a newcomer arrived on {arrived} and did {work} of the work{tags} in the \
         year from {changed} on; {before}"
    )
}

fn three(counts: [usize; 3]) -> String {
    counts.map(thousands).join(", ")
}

fn count(fact: &Observed<usize>) -> String {
    match fact {
        Observed::Known(count) => thousands(*count),
        Observed::Missing(why) => format!("not known ({why})"),
    }
}

fn share(fact: &Observed<f64>) -> String {
    match fact {
        Observed::Known(share) => percent(*share),
        Observed::Missing(why) => format!("an unknown part ({why})"),
    }
}

fn percent(share: f64) -> String {
    format!("{}%", decimal(share * 100.0, 0))
}
