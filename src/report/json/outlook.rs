//! Forecasts about packages, and what is to be expected of several of them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::forecast::{Model, Models};
use crate::model::{self, Estimate, Feature, ForecastKind};

use super::observed::{Number, number, observed_number};

/// A chance, how sure it is, and what it is made of.
#[derive(Serialize, JsonSchema)]
pub(super) struct Forecast {
    /// What is forecast: no release within 365 days (`silence`); if a vulnerability were disclosed
    /// today, no fixed release after 90 or 365 days (`unfixed-90`, `unfixed-365`); a vulnerability
    /// or unsoundness disclosed within 365 days (`disclosure`); no fixed release within 365 days for
    /// a vulnerability that has none (`unfixed-open`).
    #[schemars(extend("enum" = ForecastKind::ALL.map(ForecastKind::name)))]
    kind: &'static str,
    /// The chance, 0 to 1. A missing fact leaves it where the known ones put it.
    chance: Number,
    /// Lower end of the 95% interval. What is missing counts as good as it can be.
    low: Number,
    /// Upper end of the 95% interval.
    high: Number,
    /// Log-odds (natural logarithm) of the average package. With those of the terms it adds up to
    /// the log-odds of `chance`.
    log_odds: Number,
    /// What each fact adds, strongest first.
    terms: Vec<ForecastTerm>,
}

/// What one fact adds to a forecast.
#[derive(Serialize, JsonSchema)]
struct ForecastTerm {
    /// The fact.
    #[schemars(extend("enum" = Feature::ALL.map(Feature::name)))]
    feature: &'static str,
    /// What was measured, in the unit that the name of the fact says.
    value: Number,
    /// Its log-odds above those of the average package.
    log_odds: Number,
    /// The fact in words.
    words: String,
}

/// Sums of chances over packages of the public registry, each name once. What is reported depends
/// on where people look, so that a small number may mean that few have looked.
#[derive(Serialize, JsonSchema)]
pub(super) struct Expected {
    /// Packages with a forecast.
    packages: usize,
    /// Number of packages expected to have a vulnerability or unsoundness disclosed within 365 days.
    disclosures: Interval,
    /// Chance that such a disclosure has no fixed release 90 days later, 0 to 1.
    unfixed: Interval,
    /// Number of packages expected to have a disclosure without a fixed release 90 days later:
    /// `disclosures` times `unfixed`.
    exposure: Interval,
}

/// A number with its 95% interval.
#[derive(Serialize, JsonSchema)]
struct Interval {
    /// The number. A missing fact leaves it where the known ones put it.
    value: Number,
    /// Lower end. What is missing counts as good as it can be.
    low: Number,
    /// Upper end.
    high: Number,
}

/// The places in a ranking that are taken when every weight of the score may be 20% off, from 1.
#[derive(Serialize, JsonSchema)]
pub(super) struct Places {
    /// The highest place.
    first: usize,
    /// The lowest place.
    last: usize,
}

pub(super) fn forecasts(outlook: &model::Outlook, models: &Models) -> Vec<Forecast> {
    outlook.forecasts().map(|it| forecast(it, models.of(it))).into()
}

pub(super) fn forecast(forecast: &model::Forecast, model: &Model) -> Forecast {
    let term = |term: &model::ForecastTerm| ForecastTerm {
        feature: term.feature.name(),
        value: observed_number(&term.value, 4),
        log_odds: number(term.log_odds, 4),
        words: model.say(term),
    };
    Forecast {
        kind: forecast.kind.name(),
        chance: number(forecast.chance, 4),
        low: number(forecast.low, 4),
        high: number(forecast.high, 4),
        log_odds: number(forecast.log_odds, 4),
        terms: forecast.terms.iter().map(term).collect(),
    }
}

pub(super) fn expected(expected: &model::Expected) -> Expected {
    Expected {
        packages: expected.packages,
        disclosures: interval(expected.disclosures),
        unfixed: interval(expected.unfixed),
        exposure: interval(expected.exposure),
    }
}

fn interval(estimate: Estimate) -> Interval {
    let [value, low, high] = [estimate.value, estimate.low, estimate.high].map(|it| number(it, 6));
    Interval { value, low, high }
}

pub(super) fn places(places: model::Places) -> Places {
    Places { first: places.first, last: places.last }
}
