//! The chance of trouble: what is fitted on history, moved by what else is known.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::forecast::{HALF_OF_UNIFORM_95, Model, while_silent};
use crate::model::{
    Chance, Classification, Estimate, Feature, Features, Finding, Forecast, Measure, Missing,
    Observed, Outlook, Score, Upstream,
};
use crate::rule::{About, Rule, Scale, score};
use crate::signal::{people, trouble};

/// Chances are kept this far from 0 and 1, where log-odds have no end.
const LEAST: f64 = 1e-4;

/// What is known beside the release history; what is `None` does not apply.
pub(super) struct Evidence<'a> {
    /// What was learned about the project.
    pub(super) upstream: Option<&'a Upstream>,
    /// Why, where nothing was.
    pub(super) unasked: Missing,
    /// Its class.
    pub(super) class: Option<&'a Observed<Classification>>,
    /// Who can publish it, as a number of people.
    pub(super) publishers: Option<Observed<Measure>>,
    /// Whether its newest release is tagged.
    pub(super) tag: Option<Observed<Measure>>,
    /// Findings about it.
    pub(super) findings: &'a [&'a Finding],
    /// The day judged for.
    pub(super) as_of: Date,
}

/// The chance of trouble that features and evidence make.
///
/// The log-odds of the fitted forecast and of the judged terms are added up. The interval is that
/// of the fitted forecast, widened by every missing fact as far as it could move the chance;
/// independent widths add up as squares.
pub(super) fn chance(
    rules: &[Rule],
    model: &Model,
    features: &Features,
    evidence: &Evidence<'_>,
) -> Chance {
    let fitted = model.forecast(features);
    let judged = score(rules, Scale::Trouble, About::default(), |signal| measure(evidence, signal));
    let estimate = estimate(rules, &fitted, model.margins(features), &judged);
    Chance { estimate, fitted, judged }
}

fn measure(evidence: &Evidence<'_>, signal: &str) -> Option<Observed<Measure>> {
    let unknown = || Observed::Missing(evidence.unasked);
    let learned = evidence.upstream;
    match signal {
        "absence-factor" => {
            Some(learned.map_or_else(unknown, |it| people::absence_factor(&it.activity)))
        }
        "change-of-hands" => Some(
            learned
                .map_or_else(unknown, |it| people::change_of_hands(&it.activity, evidence.as_of)),
        ),
        "class" => evidence.class.map(people::class),
        "commit-silence" => Some(
            learned.map_or_else(unknown, |it| people::commit_silence(&it.activity, evidence.as_of)),
        ),
        "first-response" => {
            learned.map_or_else(|| Some(unknown()), |it| people::first_response(&it.forge))
        }
        "funding" => Some(learned.map_or_else(unknown, |it| people::funding(&it.funding))),
        "open-vulnerabilities" => Some(trouble::open_vulnerabilities(evidence.findings)),
        "publishers" => evidence.publishers.clone(),
        "tag" => evidence.tag.clone(),
        _ => None,
    }
}

fn estimate(rules: &[Rule], fitted: &Forecast, margins: (f64, f64), judged: &Score) -> Estimate {
    let (mut below, mut above) = (margins.0.powi(2), margins.1.powi(2));
    for term in judged.terms.iter().filter(|term| term.value.known().is_none()) {
        let rule = rules.iter().find(|rule| rule.id == term.rule);
        let ordinary = rule.map_or(0.0, Rule::ordinary_level);
        below += (HALF_OF_UNIFORM_95 * term.weight * ordinary).powi(2);
        above += (HALF_OF_UNIFORM_95 * term.weight * (1.0 - ordinary)).powi(2);
    }
    let at = log_odds(fitted.chance) + judged.total;
    Estimate {
        value: odds_to_chance(at),
        low: odds_to_chance(at - below.sqrt()),
        high: odds_to_chance(at + above.sqrt()),
    }
}

/// The log-odds (natural logarithm) of a chance.
pub(super) fn log_odds(chance: f64) -> f64 {
    let chance = chance.clamp(LEAST, 1.0 - LEAST);
    (chance / (1.0 - chance)).ln()
}

fn odds_to_chance(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// The features of a project of several packages: it is as silent as the one that was released
/// last, used as much as the one used most, and has all of their disclosures. Missing where no
/// release of any is known.
pub(super) fn project_features(outlooks: &[&Outlook]) -> Observed<Features> {
    let known = |outlook: &&&Outlook| outlook.features.get(Feature::SilenceDays).known().copied();
    let freshest = outlooks
        .iter()
        .filter(|it| known(it).is_some())
        .min_by(|a, b| known(a).partial_cmp(&known(b)).unwrap_or(std::cmp::Ordering::Equal));
    let Some(freshest) = freshest else { return Observed::Missing(Missing::NoIndexEntry) };
    let of = |feature: Feature| {
        outlooks.iter().filter_map(move |it| it.features.get(feature).known().copied())
    };
    let mut features = freshest.features.clone();
    for feature in [Feature::Dependents, Feature::Lockfiles] {
        if let Some(most) = of(feature).reduce(f64::max) {
            features = features.with(feature, Observed::Known(most));
        }
    }
    let disclosures: f64 = of(Feature::PastDisclosures).sum();
    Observed::Known(while_silent(
        features.with(Feature::PastDisclosures, Observed::Known(disclosures)),
    ))
}

/// What makes up the log-odds of a chance, by name: the fitted terms by their features, the judged
/// ones by their rules.
pub(super) fn parts(chance: &Chance) -> Vec<(String, f64)> {
    let fitted = chance.fitted.terms.iter();
    let fitted = fitted.map(|term| (term.feature.name().to_owned(), term.log_odds));
    let judged = chance.judged.terms.iter();
    fitted.chain(judged.map(|term| (term.rule.to_string(), term.contribution))).collect()
}

/// The names of what was not known of a chance, what its model had to do without included.
pub fn unknown(chance: &Chance) -> BTreeSet<String> {
    let looks_at = |feature| chance.fitted.terms.iter().any(|it| it.feature == feature);
    let usage = [
        (Feature::DependentsWhileSilent, Feature::Dependents),
        (Feature::LockfilesWhileSilent, Feature::Lockfiles),
    ];
    let without = usage.into_iter().filter(|(term, _)| !looks_at(*term));
    let without = without.map(|(_, feature)| feature.name().to_owned());
    let fitted = chance.fitted.terms.iter().filter(|it| it.value.known().is_none());
    let judged = chance.judged.terms.iter().filter(|it| it.value.known().is_none());
    let fitted = fitted.map(|it| it.feature.name().to_owned());
    fitted.chain(judged.map(|it| it.rule.to_string())).chain(without).collect()
}

/// The chance of log-odds that parts add up to, above those of the average package.
pub(super) fn at(base: f64, parts: f64) -> f64 {
    odds_to_chance(base + parts)
}
