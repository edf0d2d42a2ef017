//! The chance of trouble and the terms it is made of.

use crate::forecast::Models;
use crate::model::{Chance, Harm, Measure, Observed};
use crate::report::page::Page;
use crate::report::words::{chance as percent, chance_interval, two_digits};

/// Writes the chance, the harm, and what raised or lowered the odds, strongest first; what is
/// fitted on history and what is judged are told apart, and what is unknown stands at the end.
pub(super) fn write(page: &mut Page, models: &Models, chance: &Chance, harm: Harm) {
    let average = percent(1.0 / (1.0 + (-chance.fitted.log_odds).exp()));
    let estimate = chance_interval(chance.estimate);
    page.field(
        "chance",
        &format!("{estimate} of trouble within 24 months; average package: {average}"),
    );
    for (odds, basis, words) in terms(models, chance) {
        page.field("", &format!("{}: {words} ({basis})", effect(odds)));
    }
    let unknown = crate::lens::unknown(chance);
    if !unknown.is_empty() {
        let names = unknown.into_iter().collect::<Vec<_>>().join(", ");
        page.field("unknown", &format!("{names}: they are not counted and widen the interval"));
    }
    let (share, weight) = (percent(harm.share), two_digits(harm.weight));
    let presence = harm.presence.in_words();
    page.field(
        "harm",
        &format!(
            "{} = {weight} ({presence}) x (1 + {share} of the build) / 2",
            percent(harm.value)
        ),
    );
    page.field("priority", &format!("{} = chance x harm", percent(chance.priority(harm))));
}

/// What a term of so many log-odds does, in words.
pub(super) fn effect(log_odds: f64) -> String {
    let odds = two_digits(log_odds.exp());
    match odds.as_str() {
        "1" => "no change".to_owned(),
        _ if log_odds > 0.0 => format!("raised, odds x {odds}"),
        _ => format!("lowered, odds x {odds}"),
    }
}

/// The known terms: log-odds, basis, words.
fn terms(models: &Models, chance: &Chance) -> Vec<(f64, &'static str, String)> {
    let fitted = chance.fitted.terms.iter().filter(|it| it.value.known().is_some());
    let fitted = fitted.map(|it| (it.log_odds, "fitted", models.of(&chance.fitted).say(it)));
    let judged = chance.judged.terms.iter().filter(|it| it.contribution != 0.0);
    let judged =
        judged.map(|it| (it.contribution, "judged", format!("{}: {}", it.rule, said(&it.value))));
    let mut terms: Vec<_> = fitted.chain(judged).collect();
    terms.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    terms
}

fn said(value: &Observed<Measure>) -> String {
    match value {
        Observed::Known(Measure::Class(name)) => (*name).to_owned(),
        Observed::Known(Measure::Number(number)) => two_digits(*number),
        Observed::Missing(why) => format!("unknown: {why}"),
    }
}

/// The chance in one line.
pub(super) fn compact(page: &mut Page, chance: &Observed<Chance>, harm: Harm) {
    match chance {
        Observed::Known(chance) => {
            let estimate = chance_interval(chance.estimate);
            let share = percent(harm.share);
            page.field(
                "trouble",
                &format!("{estimate} within 24 months; {share} of the build stands on it"),
            );
        }
        Observed::Missing(why) => page.field("trouble", &format!("no chance given: {why}")),
    }
}
