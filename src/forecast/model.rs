//! A logistic model and what it says of a package.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::shape::Shape;
use super::silent::silent_share;
use crate::model::{Error, Feature, Features, Forecast, ForecastKind, ForecastTerm, Observed};

/// Two-sided 95% quantile of the normal distribution.
pub(super) const NORMAL_95: f64 = 1.959_964;

/// What is missing may be anything between two ends. A uniform distribution of that range reaches
/// so far to either side of its middle at 95%: 1.96 standard deviations, each the range by the
/// root of twelve.
pub const HALF_OF_UNIFORM_95: f64 = 0.5658;

/// A logistic model: log-odds = intercept + sum of coefficient x (shape(value) - mean).
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Its name: that of the forecast, and what sets it apart from others of the same forecast.
    pub id: String,
    /// What it forecasts.
    pub kind: ForecastKind,
    /// What it forecasts, as a noun phrase.
    pub title: String,
    /// Why it is made so, and its limits.
    pub why: String,
    /// The literature it follows.
    pub reference: String,
    /// Log-odds of the average package.
    pub intercept: f64,
    /// Expected calibration error on packages that were not fitted, 0 to 1.
    pub calibration_error: f64,
    /// Its terms.
    pub terms: Vec<Term>,
    /// Covariance of intercept and coefficients, in this order; square.
    pub covariance: Vec<Vec<f64>>,
    /// Where the numbers come from.
    pub provenance: Provenance,
}

/// One term of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// What it looks at, a noun phrase.
    pub title: String,
    /// The fact in words, with `{value}` in the place of the value.
    pub phrase: String,
    /// The feature it looks at.
    pub feature: Feature,
    /// How it looks at it.
    pub shape: Shape,
    /// The sign that the coefficient may have.
    pub direction: Direction,
    /// Log-odds by unit of the shape; 0 where the data would contradict the direction.
    pub coefficient: f64,
    /// Mean of the shape over what was fitted.
    pub mean: f64,
}

/// What a rising shape may do to the chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Raise it or nothing.
    Raises,
    /// Lower it or nothing.
    Lowers,
    /// Whatever the data say.
    Either,
}

impl Direction {
    /// Whether a coefficient keeps to it.
    pub fn allows(self, coefficient: f64) -> bool {
        match self {
            Self::Raises => coefficient >= 0.0,
            Self::Lowers => coefficient <= 0.0,
            Self::Either => true,
        }
    }
}

/// Where the numbers of a model come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// The command that prints the file.
    pub command: String,
    /// The data it was given.
    pub data: String,
    /// First day of a forecast in it.
    pub from: Date,
    /// All outcomes were known by this day.
    pub until: Date,
    /// Examples fitted.
    pub examples: usize,
    /// Examples in which it happened.
    pub events: usize,
    /// Packages they come from.
    pub packages: usize,
    /// What the level comes from, where it was set by later examples than the rest.
    pub level: Option<Level>,
}

/// Where the level of a model comes from: examples after those fitted, up to a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// All outcomes were known by this day.
    pub until: Date,
    /// Examples.
    pub examples: usize,
    /// Examples in which it happened.
    pub events: usize,
}

/// A shape's value above its mean: as far as it is known, and when a missing feature counts as bad,
/// and as good, as it can be.
#[derive(Clone, Copy)]
struct Point {
    likely: f64,
    worst: f64,
    best: f64,
}

impl Model {
    /// What the model says of a package.
    ///
    /// A missing feature leaves `chance` where the known ones put it: it counts as the mean, that
    /// of a project or an owner as the package's own. In `high` it counts as bad as it can be, in
    /// `low` as good, so that it widens the interval at both ends. The interval is log-odds +- 1.96 standard
    /// errors (delta method: variance x'Vx, V clustered by package), turned into chances and
    /// widened by the calibration error on packages not fitted.
    pub fn forecast(&self, features: &Features) -> Forecast {
        let points = self.points(features);
        let worst = self.log_odds(points.iter().map(|it| it.worst));
        let best = self.log_odds(points.iter().map(|it| it.best));
        let chance = logistic(self.log_odds(points.iter().map(|it| it.likely)));
        let margin = NORMAL_95 * self.largest_standard_error(&points);
        let high = logistic(worst + margin) + self.calibration_error;
        let low = logistic(best - margin) - self.calibration_error;
        Forecast {
            kind: self.kind,
            chance,
            low: low.clamp(0.0, chance),
            high: high.clamp(chance, 1.0),
            log_odds: self.intercept,
            terms: self.reasons(&points, features),
        }
    }

    /// How far the log-odds of [`Self::chance`] may be off to either side at 95%, below and above,
    /// where independent widths add up as squares: the standard error at the chance, and for each
    /// missing feature a value anywhere between its ends ([`HALF_OF_UNIFORM_95`]).
    ///
    /// Narrower than the interval of [`Self::forecast`], which takes all that is missing to its
    /// worst end at once.
    pub fn margins(&self, features: &Features) -> (f64, f64) {
        let points = self.points(features);
        let sampling = NORMAL_95 * self.standard_error(points.iter().map(|it| it.likely).collect());
        let square = |ends: fn(&Point) -> f64| {
            let missing =
                self.terms.iter().zip(&points).map(|(term, point)| {
                    (HALF_OF_UNIFORM_95 * term.coefficient * ends(point)).powi(2)
                });
            (sampling.powi(2) + missing.sum::<f64>()).sqrt()
        };
        (square(|it| it.likely - it.best), square(|it| it.worst - it.likely))
    }

    /// The chance alone, as [`Self::forecast`] gives it.
    pub fn chance(&self, features: &Features) -> f64 {
        logistic(self.log_odds_of(features))
    }

    /// The log-odds of [`Self::chance`].
    pub(super) fn log_odds_of(&self, features: &Features) -> f64 {
        self.log_odds(self.terms.iter().map(|term| term.point(features).likely))
    }

    /// A term of a forecast of this model in words.
    pub fn say(&self, reason: &ForecastTerm) -> String {
        let title = reason.feature.title();
        let value = match reason.value {
            Observed::Known(value) => in_words(value),
            Observed::Missing(why) if reason.log_odds != 0.0 => {
                return format!("{title} is not known: {why}; its own last release counts");
            }
            Observed::Missing(why) => return format!("{title} is not known: {why}"),
        };
        match self.terms.iter().find(|term| term.feature == reason.feature) {
            Some(term) if value == "1" => {
                term.phrase.replace("{value} days", "1 day").replace("{value}", "1")
            }
            Some(term) => term.phrase.replace("{value}", &value),
            None => format!("{title}: {value}"),
        }
    }

    /// The same without the terms that look at a feature, as a shape to be fitted anew.
    ///
    /// # Errors
    /// Where the model has no such term, or no other.
    pub fn without(mut self, feature: Feature) -> Result<Self, Error> {
        let before = self.terms.len();
        self.terms.retain(|term| term.feature != feature);
        if self.terms.is_empty() || self.terms.len() == before {
            let message = format!("`{}` cannot do without `{}`", self.id, feature.name());
            let features: BTreeSet<&str> = self.terms.iter().map(|it| it.feature.name()).collect();
            let help = format!("it looks at {}", Vec::from_iter(features).join(", "));
            return Err(Error::input(message).help(help));
        }
        self.id = format!("{}-without-{}", self.id, feature.name());
        Ok(self)
    }

    fn points(&self, features: &Features) -> Vec<Point> {
        self.terms.iter().map(|term| term.point(features)).collect()
    }

    fn log_odds(&self, point: impl Iterator<Item = f64>) -> f64 {
        let terms = self.terms.iter().zip(point);
        self.intercept + terms.map(|(term, x)| term.coefficient * x).sum::<f64>()
    }

    /// What each fact adds, strongest first. Several shapes of one fact are one reason.
    fn reasons(&self, points: &[Point], features: &Features) -> Vec<ForecastTerm> {
        let mut reasons: Vec<ForecastTerm> = Vec::with_capacity(self.terms.len());
        for (term, point) in self.terms.iter().zip(points) {
            let (feature, log_odds) = (term.feature, term.coefficient * point.likely);
            match reasons.iter_mut().find(|it| it.feature == feature) {
                Some(same) => same.log_odds += log_odds,
                None => {
                    let value = features.get(feature).clone();
                    reasons.push(ForecastTerm { feature, value, log_odds });
                }
            }
        }
        reasons.sort_by(|a, b| b.log_odds.abs().total_cmp(&a.log_odds.abs()));
        reasons
    }

    /// A bound on the standard error of the log-odds anywhere between the two ends: a standard
    /// error is a norm, so no step along one term adds more than the length of the step times the
    /// standard error of the coefficient.
    fn largest_standard_error(&self, points: &[Point]) -> f64 {
        let steps = points.iter().enumerate().filter(|(_, it)| it.worst != it.best);
        let error = |term: usize| self.covariance[term + 1][term + 1].max(0.0).sqrt();
        let steps = steps.map(|(term, it)| (it.worst - it.best).abs() * error(term));
        self.standard_error(points.iter().map(|it| it.best).collect()) + steps.sum::<f64>()
    }

    /// The standard error of the log-odds at a point, one value for each term.
    fn standard_error(&self, point: Vec<f64>) -> f64 {
        let at = |index: usize| if index == 0 { 1.0 } else { point[index - 1] };
        let row = |(i, row): (usize, &Vec<f64>)| {
            let below: f64 = row[..i].iter().enumerate().map(|(j, it)| it * at(j)).sum();
            at(i) * (2.0 * below + row[i] * at(i))
        };
        self.covariance.iter().enumerate().map(row).sum::<f64>().max(0.0).sqrt()
    }
}

impl Term {
    fn point(&self, features: &Features) -> Point {
        if let Some(value) = features.get(self.feature).known() {
            let x = self.shape.apply(*value) - self.mean;
            return Point { likely: x, worst: x, best: x };
        }
        let (least, most) = (-self.mean, self.most_possible(features) - self.mean);
        if self.coefficient >= 0.0 {
            Point { likely: 0.0, worst: most, best: least }
        } else {
            Point { likely: 0.0, worst: least, best: most }
        }
    }

    /// The shape of the term at a package, as the fit sees it.
    pub(super) fn fitted_value(&self, features: &Features) -> Option<f64> {
        features.get(self.feature).known().map(|value| self.shape.apply(*value))
    }

    /// No repository is silent for longer than each of its packages.
    fn most_possible(&self, features: &Features) -> f64 {
        match (self.feature, features.get(Feature::SilenceDays)) {
            (Feature::CommitSilenceDays, Observed::Known(own)) => self.shape.apply(*own),
            (
                Feature::DependentsWhileSilent
                | Feature::LockfilesWhileSilent
                | Feature::DisclosuresWhileSilent,
                Observed::Known(own),
            ) => (self.shape.most() * silent_share(*own)).max(self.mean),
            _ => self.shape.most(),
        }
    }
}

fn in_words(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value}") } else { format!("{value:.1}") }
}

/// The chance of these log-odds.
pub(super) fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{shape, shipped};
    use crate::model::Missing;

    /// Silence raises the log-odds by 1 for each doubling; a doubling is ordinary.
    fn model() -> Model {
        let mut model = shipped(ForecastKind::Disclosure).unwrap();
        (model.intercept, model.calibration_error) = (-2.0, 0.01);
        model.terms.truncate(1);
        let term = &mut model.terms[0];
        term.feature = Feature::SilenceDays;
        term.shape = Shape::Doublings { from: 0.0, to: 7.0 };
        (term.direction, term.coefficient, term.mean) = (Direction::Raises, 1.0, 1.0);
        term.phrase = "{value} days of silence".to_owned();
        model.covariance = vec![vec![0.04, 0.0], vec![0.0, 0.01]];
        model
    }

    #[test]
    fn a_forecast_by_hand() {
        let silent =
            Features::missing(Missing::NotAsked).with(Feature::SilenceDays, Observed::Known(7.0));
        let forecast = model().forecast(&silent);
        // Three doublings are two above the mean: log-odds -2 + 2 = 0, variance 0.04 + 4 x 0.01.
        assert!((forecast.chance - 0.5).abs() < 1e-12);
        let margin = 1.959_964 * 0.08_f64.sqrt();
        assert!((forecast.high - logistic(margin) - 0.01).abs() < 1e-12);
        assert!((forecast.low - logistic(-margin) + 0.01).abs() < 1e-12);
        assert_eq!(model().say(&forecast.terms[0]), "7 days of silence");
        assert!((forecast.terms[0].log_odds - 2.0).abs() < 1e-12);
    }

    #[test]
    fn features_are_left_out() {
        let all = shipped(ForecastKind::Silence).unwrap();
        let left_out = shape(all.clone(), &[Feature::ReleaseDays]).unwrap();
        assert_eq!((all.terms.len(), left_out.terms.len()), (10, 8));
        assert_eq!(left_out.id, "silence-without-release-days");
        // One that is shipped has terms of its own in place of what is left out.
        let shape =
            shape(shipped(ForecastKind::Disclosure).unwrap(), &[Feature::Dependents]).unwrap();
        let has = |feature| shape.terms.iter().any(|term| term.feature == feature);
        assert!(has(Feature::ReleaseQuarters) && !has(Feature::Dependents));
    }

    #[test]
    fn what_is_missing_changes_nothing_and_widens() {
        let unknown = model().forecast(&Features::missing(Missing::NoIndexEntry));
        // Nothing is known: the average package, log-odds -2.
        assert!((unknown.chance - logistic(-2.0)).abs() < 1e-12);
        assert_eq!(unknown.terms[0].log_odds, 0.0);
        // From no silence, log-odds -3, to 3 doublings, log-odds 0; variance 0.04 + 0.01 and the
        // 3 doublings.
        let margin = 1.959_964 * (0.05_f64.sqrt() + 0.3);
        assert!((unknown.low - logistic(-3.0 - margin).max(0.01) + 0.01).abs() < 1e-12);
        assert!((unknown.high - logistic(margin) - 0.01).abs() < 1e-12);
        let said = model().say(&unknown.terms[0]);
        assert!(said.ends_with("is not known: no entry in Cargo's local index"), "{said}");
    }
}
