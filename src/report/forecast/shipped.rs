//! An evaluation of the shipped coefficients as text: one table of figures for each model, then
//! what people use beside the first of them.

use std::fmt::Write;

use super::{bracketed, calibrated, number, percent_of, same_day, scores_text, signed};
use crate::forecast::{Evaluation, LeftOut, Section};

/// The figures of each model, the packages that a lockfile held first.
pub(super) fn text(evaluation: &Evaluation) -> String {
    let mut text = format!(
        "Shipped forecasts tested on what they were not fitted on, up to {}\n",
        evaluation.cut
    );
    for of_model in evaluation.sections.chunk_by(|a, b| a.forecast == b.forecast) {
        let left_out = evaluation.left_out.iter().filter(|it| it.forecast == of_model[0].forecast);
        model_text(&mut text, of_model, &left_out.collect::<Vec<_>>());
    }
    let is_measured = |id: &str| evaluation.sections.iter().any(|it| it.forecast == id);
    let rest: Vec<&LeftOut> =
        evaluation.left_out.iter().filter(|it| !is_measured(&it.forecast)).collect();
    for of_model in rest.chunk_by(|a, b| a.forecast == b.forecast) {
        let _ = writeln!(text, "\n{}: nothing could be tested", of_model[0].forecast);
        left_out_text(&mut text, of_model);
    }
    text
}

// Writing to a `String` cannot fail, so the results of `writeln!` are passed over.
fn model_text(text: &mut String, sections: &[Section], left_out: &[&LeftOut]) {
    let Section { forecast, title, .. } = &sections[0];
    let _ = writeln!(text, "\n{forecast}: {title}");
    let _ = writeln!(
        text,
        "  {:<15} {:>8} {:>6} {:>7} {:>8}  {:<20} {:<8} {:<23} {:<7} {:<8} {:<20} {:<8} calibrated",
        "packages",
        "examples",
        "events",
        "share",
        "forecast",
        "AUC",
        "baseline",
        "gain",
        "Brier",
        "baseline",
        "ECE",
        "baseline"
    );
    for of_split in sections.chunk_by(|a, b| a.split == b.split) {
        let _ =
            writeln!(text, "  {}{}", of_split[0].split, same_day(&of_split[of_split.len() - 1]));
        of_split.iter().for_each(|section| line(text, section));
    }
    left_out_text(text, left_out);
    if let Some(section) = sections.iter().find(|it| it.headline) {
        let (split, population) = (&section.split, section.population.words());
        let baseline = section.scores.get(1).map_or("none", |it| it.name);
        let _ = writeln!(
            text,
            "  Beside what people use, {split}, {population}: {} packages in {} groups, {}; \
             `baseline` is {baseline}",
            section.packages,
            section.clusters,
            calibrated(section)
        );
        scores_text(text, section);
    }
}

fn line(text: &mut String, section: &Section) {
    let (Some(model), baseline) = (section.scores.first(), section.scores.get(1)) else { return };
    let of_baseline = |value: fn(&crate::forecast::Score) -> f64, digits| {
        baseline.map_or_else(|| "-".to_owned(), |it| number(value(it), digits))
    };
    let within = section.reliability.iter().filter(|bin| bin.is_within()).count();
    let tenths = match section.reliability.len() {
        0 => "-".to_owned(),
        count => format!("{within} of {count}"),
    };
    let _ = writeln!(
        text,
        "    {:<13} {:>8} {:>6} {:>7} {:>8}  {:<20} {:<8} {:<23} {:<7} {:<8} {:<20} {:<8} {tenths}",
        section.population.words(),
        section.examples,
        section.events,
        percent_of(section.events as f64 / section.examples as f64),
        percent_of(section.mean_chance),
        bracketed(&model.metrics.auc),
        of_baseline(|it| it.metrics.auc.value, 3),
        signed(&model.auc_gain),
        number(model.metrics.brier.value, 4),
        of_baseline(|it| it.metrics.brier.value, 4),
        bracketed(&model.metrics.calibration_error),
        of_baseline(|it| it.metrics.calibration_error.value, 3),
    );
}

fn left_out_text(text: &mut String, left_out: &[&LeftOut]) {
    for LeftOut { what, examples, why, .. } in left_out {
        let count = match examples {
            0 => String::new(),
            1 => " (1 example)".to_owned(),
            _ => format!(" ({examples} examples)"),
        };
        let _ = writeln!(text, "  left out: {what}{count}: {why}");
    }
}
