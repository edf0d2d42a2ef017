//! An evaluation of forecasts as text and as JSON.

use std::fmt::Write;

use crate::forecast::{
    Coefficients, Early, Estimate, Evaluation, LeftOut, Registered, Resampling, Score, Section,
};

mod shipped;

/// What is said below the tables.
const NOTES: &str = "\
Brackets hold 95% intervals by 200 bootstrap resamples. What one cause may have put there counts as
one: packages disclosed or declared unmaintained on one day, and those of one repository with
commits. `gain` is AUC above the first baseline in the same resamples. A baseline is judged by the
chance that a logistic curve on log2(1 + score) gives it, fitted on the same examples as the model.
`calibrated` are tenths, by chance, whose mean chance lies in the 95% interval of how often it
happened: that of the resamples, or Wilson's where it is wider. Advisories are reported where people
look: a disclosure forecast says where reports will come, not where flaws are.
For comparison: cargo-unmaintained states that it identifies 144 of the 215 packages (67%) that
RustSec listed as unmaintained on 2026-05-22, looked at after the fact and with repositories at
hand (https://github.com/trailofbits/cargo-unmaintained); recall here is a year before, at 5%.
";

/// The evaluation for people.
pub fn text(evaluation: &Evaluation) -> String {
    let mut text = match evaluation.coefficients {
        Coefficients::Shipped => shipped::text(evaluation),
        Coefficients::Refitted => refitted_text(evaluation),
    };
    if !evaluation.unmaintained.is_empty() {
        early_text(&mut text, &evaluation.unmaintained);
    }
    text.push('\n');
    text.push_str(NOTES);
    text.push_str(&resampling(&evaluation.resampling));
    text
}

fn refitted_text(evaluation: &Evaluation) -> String {
    let mut text = format!("Forecasts tested against history up to {}\n", evaluation.cut);
    for section in &evaluation.sections {
        section_text(&mut text, section);
    }
    for left_out in &evaluation.left_out {
        let LeftOut { forecast, what, examples, why } = left_out;
        let _ = writeln!(text, "\n{forecast}: {what}: {examples} examples left out: {why}");
    }
    text
}

/// What the bootstrap draws as one, in words.
fn resampling(resampling: &Resampling) -> String {
    let all = resampling.packages;
    match resampling.packages_with_owner {
        Some(known) => format!(
            "Intervals are by owner of the repository, which is known of {known} of {all} packages; \
             the others\nare drawn one by one, so that intervals are still somewhat too narrow.\n"
        ),
        None => {
            "Intervals are by package and too narrow, as packages of one owner are alike: give \
                 `--repositories`\nto draw all packages of an owner together.\n"
                .to_owned()
        }
    }
}

/// The evaluation for programs. What could not be measured is null.
pub fn json(evaluation: &Evaluation) -> String {
    let text = serde_json::to_string_pretty(evaluation);
    text.expect("an evaluation is plain data with text keys") + "\n"
}

// Writing to a `String` cannot fail, so the results of `writeln!` are passed over.
fn section_text(text: &mut String, section: &Section) {
    let Section { forecast, title, split, part, .. } = section;
    if part.is_empty() {
        let _ = writeln!(text, "\n{forecast}: {title}\n  {split}");
    } else {
        let _ = writeln!(text, "\n{forecast}: {split}: {part}");
    }
    let _ = writeln!(
        text,
        "  {} of {} examples ({}, forecast {}), {} packages in {} groups, {}{}",
        section.events,
        section.examples,
        percent_of(section.events as f64 / section.examples as f64),
        percent_of(section.mean_chance),
        section.packages,
        section.clusters,
        calibrated(section),
        same_day(section),
    );
    scores_text(text, section);
}

/// How many tenths are calibrated.
fn calibrated(section: &Section) -> String {
    let within = section.reliability.iter().filter(|bin| bin.is_within()).count();
    match section.reliability.len() {
        0 => "only the order tested".to_owned(),
        count => format!("{within} of {count} tenths calibrated"),
    }
}

/// How many fixes were out at once.
fn same_day(section: &Section) -> String {
    let say =
        |count| format!(", {count} of {} fixed by the day of the disclosure", section.examples);
    section.fixed_same_day.map(say).unwrap_or_default()
}

/// The model beside what people use.
fn scores_text(text: &mut String, section: &Section) {
    let _ = writeln!(
        text,
        "  {:<28} {:<20} {:<23} {:<6} {:<6} {:<20} {:<20} {:<18} {:<18} {:<18} P@5%",
        "", "AUC", "gain", "AP", "C", "Brier", "ECE", "P@50", "P@100", "R@5%"
    );
    for score in &section.scores {
        score_text(text, score);
    }
    if let [model, baseline, ..] = section.scores.as_slice()
        && model.brier_gain.value.is_finite()
    {
        let (name, gain) = (baseline.name, signed(&model.brier_gain));
        let _ = writeln!(text, "  Brier score above that of {name} (less is better): {gain}");
    }
}

fn score_text(text: &mut String, score: &Score) {
    let metrics = &score.metrics;
    let _ = writeln!(
        text,
        "  {:<28} {:<20} {:<23} {:<6} {:<6} {:<20} {:<20} {:<18} {:<18} {:<18} {}",
        score.name,
        bracketed(&metrics.auc),
        signed(&score.auc_gain),
        number(metrics.average_precision.value, 3),
        number(metrics.c_index.value, 3),
        bracketed(&metrics.brier),
        bracketed(&metrics.calibration_error),
        percent(&metrics.precision_50),
        percent(&metrics.precision_100),
        percent(&metrics.recall_5_percent),
        percent(&metrics.precision_5_percent),
    );
}

fn early_text(text: &mut String, scores: &[Early]) {
    text.push_str("\nunmaintained: declared so by an advisory, scored a year before it appeared\n");
    // Scores of one population and part are side by side once sorted; the sort keeps their order.
    let mut scores: Vec<&Early> = scores.iter().collect();
    scores.sort_by_key(|it| (!it.is_test, it.population));
    let same = |a: &&Early, b: &&Early| (&a.part, a.population) == (&b.part, b.population);
    for of_part in scores.chunk_by(same) {
        let Early { part, population, packages, clusters, .. } = of_part[0];
        let population = population.words();
        let _ =
            writeln!(text, "\n  {part}; {population}: {packages} packages in {clusters} groups");
        let _ = writeln!(
            text,
            "  {:<28} {:<20} {:<18} {:<22} lead of a year or more",
            "", "AUC", "R@5%", "median lead in days"
        );
        for score in of_part {
            let _ = writeln!(
                text,
                "  {:<28} {:<20} {:<18} {:<22} {}",
                score.name,
                bracketed(&score.auc),
                percent(&score.recall_5_percent),
                days(&score.lead_days_median),
                percent(&score.lead_year_share),
            );
        }
    }
}

fn number(value: f64, digits: usize) -> String {
    if value.is_finite() { format!("{value:.digits$}") } else { "-".to_owned() }
}

fn bracketed(estimate: &Estimate) -> String {
    if !estimate.value.is_finite() {
        return "-".to_owned();
    }
    format!(
        "{} [{}, {}]",
        number(estimate.value, 3),
        number(estimate.low, 3),
        number(estimate.high, 3)
    )
}

fn signed(estimate: &Estimate) -> String {
    if !estimate.value.is_finite() {
        return "-".to_owned();
    }
    format!("{:+.3} [{:+.3}, {:+.3}]", estimate.value, estimate.low, estimate.high)
}

fn percent(estimate: &Estimate) -> String {
    if !estimate.value.is_finite() {
        return "-".to_owned();
    }
    let [value, low, high] = [estimate.value, estimate.low, estimate.high].map(|it| it * 100.0);
    format!("{value:.0}% [{low:.0}, {high:.0}]")
}

fn percent_of(share: f64) -> String {
    if share.is_finite() { format!("{:.1}%", 100.0 * share) } else { "-".to_owned() }
}

fn days(estimate: &Estimate) -> String {
    if !estimate.value.is_finite() {
        return "-".to_owned();
    }
    format!("{:.0} [{:.0}, {:.0}]", estimate.value, estimate.low, estimate.high)
}

/// How good registered forecasts were.
pub fn registered(scored: &[Registered]) -> String {
    let mut text = String::new();
    for it in scored {
        let Registered { kind, forecasts, fitted_later, known, events, .. } = it;
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{}: {forecasts} forecasts, outcome known of {known}", kind.name());
        if *known > 0 {
            let _ =
                write!(text, "; expected {:.1}, observed {events}", it.expected * *known as f64);
        }
        if *fitted_later > 0 {
            let _ = write!(text, "; not tested: {fitted_later} by a model fitted on later days");
        }
        if let Some(metrics) = it.metrics {
            let _ = write!(
                text,
                "; AUC {}, calibration error {}, Brier score {} (base rate {})",
                number(metrics.auc, 3),
                number(metrics.calibration_error, 3),
                number(metrics.brier, 3),
                number(it.base_brier, 3),
            );
        }
        text.push('\n');
    }
    text
}
