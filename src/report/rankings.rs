//! A back-test of the rankings as text and as JSON.

pub mod plot;

use std::fmt::Write;

use super::words::{count_of, thousands};
use crate::forecast::{
    Estimate, Fitted, Part, RANKINGS, REFERENCE, RankedBy, RankingEvaluation, RankingScore,
    RankingSection,
};

/// What is said below the tables.
const NOTES: &str = "\
P@10: share of outcomes among the first ten. AP: average precision. AUC: chance that what has the
outcome stands before what has not. harm@10: share of the outcomes that is among the first ten, where
an outcome counts as many packages of the lockfile as depend on it, directly or not, and one for
itself. Measures are averages over audits; AP, AUC and harm@10 over those with an outcome. Equal
ranks count as drawn in random order, so `random` is what a random order is expected to find.
Brackets hold 95% intervals by 200 bootstrap resamples of upstream packages, each with all its rows
in all audits. `gain` is the difference to days since release in the same resamples. A fitted year is
one whose outcomes the models of the ranking were fitted on: no test. Audits know the releases and
the advisories that were public on their day, and nothing that only an online audit learns.
Exposure ranks packages without an advisory about the locked version.
";

/// The back-test for people.
pub fn text(evaluation: &RankingEvaluation) -> String {
    let RankingEvaluation { cut, lockfiles, projects, sections } = evaluation;
    let mut text = format!(
        "Rankings of {} of {} at past days\n\
         Outcomes are those of the 24 months after each day, as far as they were known on {cut}\n",
        count_of(*lockfiles, "lockfile"),
        count_of(*projects, "project")
    );
    let same =
        |a: &RankingSection, b: &RankingSection| (a.ranking, a.outcome) == (b.ranking, b.outcome);
    for of_outcome in sections.chunk_by(same) {
        let RankingSection { ranking, outcome, .. } = &of_outcome[0];
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "\n{}: {}", ranking_words(*ranking), outcome.words());
        for section in of_outcome.iter().filter(|it| it.part != Part::Year) {
            section_text(&mut text, section);
        }
        years_text(&mut text, of_outcome.iter().filter(|it| it.part == Part::Year));
    }
    text.push('\n');
    text.push_str(NOTES);
    text
}

/// The back-test for programs. What could not be measured is null.
pub fn json(evaluation: &RankingEvaluation) -> String {
    let text = serde_json::to_string_pretty(evaluation);
    text.expect("an evaluation is plain data with text keys") + "\n"
}

fn ranking_words(ranking: RankedBy) -> &'static str {
    match ranking {
        RankedBy::Environmentalist => "environmentalist, upstream projects",
        RankedBy::Exposure => "exposure, packages",
    }
}

/// The years of a section and whether they were fitted.
fn years(section: &RankingSection) -> String {
    let [first, last] = section.years;
    let years = if first == last { first.to_string() } else { format!("{first} to {last}") };
    let fitted = match (section.part, section.fitted) {
        (Part::AllYears, Fitted::Yes | Fitted::Partly) => " (with fitted years)",
        (Part::YearsNotFitted, _) => " (not fitted)",
        (Part::AllYears | Part::Year, Fitted::No) => "",
        (Part::Year, Fitted::Partly) => " (partly fitted)",
        (Part::Year, Fitted::Yes) => " (fitted)",
    };
    format!("{years}{fitted}")
}

fn section_text(text: &mut String, section: &RankingSection) {
    let RankingSection { audits, audits_with_outcome, ranked, outcomes, different, .. } = section;
    let _ = writeln!(
        text,
        "  {}: {}, {audits_with_outcome} with an outcome; {} ({different} different) among {} ranked",
        years(section),
        count_of(*audits, "audit"),
        count_of(*outcomes, "outcome"),
        thousands(*ranked)
    );
    let _ = writeln!(
        text,
        "    {:<22} {:<20} {:<20} {:<20} {:<20} {:<20} {:<20} {:<23} harm@10 gain",
        "", "P@5", "P@10", "P@50", "AP", "AUC", "harm@10", "P@10 gain"
    );
    for score in &section.scores {
        let RankingScore { name, measures, gain } = score;
        let [p5, p10, p50, ap, auc, harm] = [
            &measures.precision_5,
            &measures.precision_10,
            &measures.precision_50,
            &measures.average_precision,
            &measures.auc,
            &measures.harm_10,
        ]
        .map(bracketed);
        let gains = [&gain.precision_10, &gain.harm_10]
            .map(|it| if *name == RANKINGS[REFERENCE] { "-".to_owned() } else { signed(it) });
        let _ = writeln!(
            text,
            "    {name:<22} {p5:<20} {p10:<20} {p50:<20} {ap:<20} {auc:<20} {harm:<20} {:<23} {}",
            gains[0], gains[1]
        );
    }
}

/// The audit's own ranking and days since release, a line for each year.
fn years_text<'a>(text: &mut String, sections: impl Iterator<Item = &'a RankingSection>) {
    let reference = RANKINGS[REFERENCE];
    let _ = writeln!(
        text,
        "    {:<22} {:<20} {:<20} {:<20} {:<20} outcomes",
        "by year",
        "P@10",
        format!("of {reference}"),
        "harm@10",
        format!("of {reference}"),
    );
    for section in sections {
        let [Some(own), Some(other)] = [0, REFERENCE].map(|at| section.scores.get(at)) else {
            continue;
        };
        let (own, other) = (&own.measures, &other.measures);
        let [p10, other_p10, harm, other_harm] =
            [&own.precision_10, &other.precision_10, &own.harm_10, &other.harm_10].map(bracketed);
        let _ = writeln!(
            text,
            "    {:<22} {p10:<20} {other_p10:<20} {harm:<20} {other_harm:<20} {}",
            years(section),
            section.outcomes
        );
    }
}

fn bracketed(estimate: &Estimate) -> String {
    let Estimate { value, low, high } = estimate;
    if value.is_finite() { format!("{value:.3} [{low:.3}, {high:.3}]") } else { "-".to_owned() }
}

fn signed(estimate: &Estimate) -> String {
    let Estimate { value, low, high } = estimate;
    if value.is_finite() { format!("{value:+.3} [{low:+.3}, {high:+.3}]") } else { "-".to_owned() }
}
