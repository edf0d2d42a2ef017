//! An evaluation of forecasts as text and as JSON.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::forecast::{Early, Estimate, Evaluation, Score, Section};

/// What is said below the table.
const NOTES: &str = "\
Brackets hold 95 % intervals by 200 bootstrap resamples of whole packages; packages disclosed or
declared unmaintained on one day, and those of one repository with commits, count as one. `gain` is
AUC above the first baseline in the same resamples. Advisories are reported where people look: a
disclosure forecast says where reports will come, not where flaws are. Baselines without Brier score
and calibration are no chances. `as forecast` are tenths, by chance, whose mean chance lies in the
95 % interval of how often it happened: that of the resamples, or Wilson's where it is wider.
For comparison: cargo-unmaintained states that it identifies 144 of the 215 packages (67 %) that
RustSec listed as unmaintained on 2026-05-22, looked at after the fact and with repositories at
hand (https://github.com/trailofbits/cargo-unmaintained); recall here is a year before, at 5 %.
";

/// The evaluation for people.
pub fn text(evaluation: &Evaluation) -> String {
    let mut text = format!("Forecasts tested against history up to {}\n", evaluation.cut);
    for section in &evaluation.sections {
        section_text(&mut text, section);
    }
    if !evaluation.unmaintained.is_empty() {
        early_text(&mut text, &evaluation.unmaintained);
    }
    text.push('\n');
    text.push_str(NOTES);
    text
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
        "  {} of {} examples ({:.1} %, forecast {:.1} %), {} packages in {} groups, {} of {} tenths \
         as forecast",
        section.events,
        section.examples,
        100.0 * section.events as f64 / section.examples as f64,
        100.0 * section.mean_chance,
        section.packages,
        section.clusters,
        section.reliability.iter().filter(|bin| bin.is_within()).count(),
        section.reliability.len()
    );
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
    let parts: BTreeSet<&str> = scores.iter().map(|it| it.part).collect();
    for part in parts {
        let of_part: Vec<&Early> = scores.iter().filter(|it| it.part == part).collect();
        let (packages, days_seen) = (of_part[0].packages, of_part[0].clusters);
        let _ = writeln!(text, "\n  {part}: {packages} packages on {days_seen} days");
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
    format!("{value:.0} % [{low:.0}, {high:.0}]")
}

fn days(estimate: &Estimate) -> String {
    if !estimate.value.is_finite() {
        return "-".to_owned();
    }
    format!("{:.0} [{:.0}, {:.0}]", estimate.value, estimate.low, estimate.high)
}
