//! What may come of a package: the forecasts, what they add up to, and its exposure.

use std::iter;

use crate::forecast::{Model, Models};
use crate::lens;
use crate::model::{
    Audit, Estimate, Expected, Forecast, ForecastTerm, Observed, Outlook, PackageIndex, Places,
};
use crate::report::label;
use crate::report::page::Page;
use crate::report::words::{chance as percent, chance_interval, count_of, interval, thousands};

use super::chance::{self, effect};

/// Reasons told for each forecast, strongest first.
const REASONS_SHOWN: usize = 3;

/// Least log-odds for a fact to be told as a reason: a change of the odds by 5%.
const TOLD_FROM_LOG_ODDS: f64 = 0.05;

/// Writes the forecasts with their strongest reasons, and the unfixed exposure they add up to.
pub(super) fn write(page: &mut Page, audit: &Audit, models: &Models, index: PackageIndex) {
    page.heading("Forecasts");
    let outlook = match &audit.facts[index.get()].outlook {
        Observed::Known(outlook) => outlook,
        Observed::Missing(why) => return page.field("not known", &why.to_string()),
    };
    for forecast in outlook.forecasts() {
        write_forecast(page, models.of(forecast), forecast);
    }
    page.field("exposure", &exposure(outlook));
}

fn write_forecast(page: &mut Page, model: &Model, forecast: &Forecast) {
    let average = percent(1.0 / (1.0 + (-forecast.log_odds).exp()));
    let estimate = chance_interval(estimate(forecast));
    let title = &model.title;
    let name = forecast.kind.name();
    page.field(name, &format!("{estimate}: {title}; average package: {average}"));
    let told = |term: &&ForecastTerm| term.log_odds.abs() >= TOLD_FROM_LOG_ODDS;
    for term in forecast.terms.iter().filter(told).take(REASONS_SHOWN) {
        page.field("", &format!("{}: {}", effect(term.log_odds), model.say(term)));
    }
}

fn estimate(forecast: &Forecast) -> Estimate {
    Estimate { value: forecast.chance, low: forecast.low, high: forecast.high }
}

/// `0.21% (0.04-1.1%) = disclosure 0.85% x unfixed-90 25%`.
fn exposure(outlook: &Outlook) -> String {
    let expected = lens::expected(iter::once(outlook));
    let exposure = chance_interval(expected.exposure);
    let [disclosure, unfixed] = [&outlook.disclosure, &outlook.unfixed_90];
    let factor = |it: &Forecast| format!("{} {}", it.kind.name(), percent(it.chance));
    let (disclosure, unfixed) = (factor(disclosure), factor(unfixed));
    format!("{exposure} = {disclosure} x {unfixed}: disclosed within a year, no fix 90 days after")
}

/// The forecasts in one line.
pub(super) fn write_compact(page: &mut Page, audit: &Audit, index: PackageIndex) {
    match &audit.facts[index.get()].outlook {
        Observed::Known(outlook) => {
            let each = |it: &Forecast| format!("{} {}", it.kind.name(), percent(it.chance));
            page.field("forecasts", &outlook.forecasts().map(each).join(", "));
        }
        Observed::Missing(why) => page.field("forecasts", &format!("unknown: {why}")),
    }
}

/// Writes the exposure of a package that no finding with an advisory is about.
pub(super) fn write_exposure(page: &mut Page, audit: &Audit, models: &Models, index: PackageIndex) {
    let mut all = audit.exposed.iter().enumerate();
    let Some((position, exposed)) = all.find(|(_, exposed)| exposed.package == index) else {
        return;
    };
    page.heading("At risk, no known advisory");
    page.field("place", &place(position + 1, audit.exposed.len(), exposed.places));
    if exposed.fails_gate {
        page.field("gate", "fails, as `headwater.toml` says");
    }
    if let Some(waiver) = &exposed.waiver {
        page.field("label", &label::waiver(waiver));
    }
    for reason in &exposed.reasons {
        page.field("", reason);
    }
    chance::write(page, models, &exposed.chance, exposed.harm);
}

/// `3 of 12; 1 to 5 where each weight is up to 20% off`.
pub(super) fn place(place: usize, of: usize, Places { first, last }: Places) -> String {
    let [place, of, first, last] = [place, of, first, last].map(thousands);
    if first == last {
        return format!("{place} of {of}, also where weights are 20% off");
    }
    format!("{place} of {of}; {first} to {last} where weights are 20% off")
}

/// What is to be expected of several packages in the next year.
pub(super) fn expected(expected: &Expected) -> String {
    let packages = count_of(expected.packages, "package");
    let [disclosures, exposure] = [expected.disclosures, expected.exposure].map(interval);
    let unfixed = chance_interval(expected.unfixed);
    format!(
        "{exposure} a year in {packages} = {disclosures} disclosures x {unfixed} without a fix after \
         90 days"
    )
}
