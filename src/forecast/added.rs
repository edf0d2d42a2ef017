//! Fitting a term on commits on top of a forecast from releases.
//!
//! Few repositories have a history at hand, far too few to fit everything anew. So the forecast
//! from releases stays as it is, and one coefficient through the origin is added: log-odds =
//! those from releases + coefficient x shape(days without a commit).

use std::collections::{BTreeMap, BTreeSet};

use super::example::Example;
use super::metrics::calibration_error;
use super::model::{Model, Term, logistic};
use super::newton::{RIDGE, Settings, check_events, fit_once, provenance};
use super::row::Row;
use crate::model::{Error, Feature};

const MOST_STEPS: usize = 50;

/// The terms on releases, and the one on commits where the model has it.
pub(super) fn split(model: &Model) -> Option<(Model, Term)> {
    let mut releases = model.clone();
    let place = releases.terms.iter().position(|it| it.feature == Feature::CommitSilenceDays)?;
    let commits = releases.terms.remove(place);
    Some((releases, commits))
}

/// Fits a model with a term on commits: the rest on all examples, then that term on those with
/// commits. The calibration error is that of packages whose repository was left out.
pub(super) fn fit_on_top(
    (releases, commits): (&Model, &Term),
    examples: &[&Example],
    settings: &Settings,
) -> Result<Model, Error> {
    let releases = fit_once(releases, examples)?;
    let known: Vec<&Example> = examples.iter().copied().filter(|it| knows_commits(it)).collect();
    let rows = held_out(&releases, commits, &known, &known)?;
    let rows: Vec<Row> = rows.iter().map(|(it, chance)| Row::of(*chance, it)).collect();
    let mut fitted = add(&releases, commits, &known)?;
    fitted.calibration_error = calibration_error(&rows);
    fitted.provenance = provenance(&known, settings);
    Ok(fitted)
}

/// Whether the commits of the package's repository are known.
pub(super) fn knows_commits(example: &Example) -> bool {
    example.features.get(Feature::CommitSilenceDays).known().is_some()
}

/// The chance of each test example by a fit without any example of its repository.
pub(super) fn held_out<'a>(
    releases: &Model,
    commits: &Term,
    training: &[&Example],
    test: &[&'a Example],
) -> Result<Vec<(&'a Example, f64)>, Error> {
    let histories: BTreeSet<Option<u32>> = test.iter().map(|it| it.history).collect();
    let mut rows = Vec::with_capacity(test.len());
    for history in histories {
        let others = training.iter().copied().filter(|it| it.history != history);
        let fitted = add(releases, commits, &others.collect::<Vec<_>>())?;
        let own = test.iter().filter(|it| it.history == history);
        rows.extend(own.map(|it| (*it, fitted.chance(&it.features))));
    }
    Ok(rows)
}

/// What the fit of one coefficient sees of an example.
struct Point {
    /// The shape of the term.
    x: f64,
    /// The log-odds from releases.
    offset: f64,
    outcome: f64,
    history: Option<u32>,
}

impl Point {
    /// First derivative of the log-likelihood by the coefficient, and the second one negated.
    fn derivatives(&self, coefficient: f64) -> (f64, f64) {
        let chance = logistic(self.offset + coefficient * self.x);
        (self.x * (self.outcome - chance), self.x * self.x * chance * (1.0 - chance))
    }
}

/// The forecast from releases with a term on commits. Its variance is the sandwich estimate
/// clustered by repository, taken as independent of the rest, which is fitted on a hundred times
/// as much.
fn add(releases: &Model, commits: &Term, examples: &[&Example]) -> Result<Model, Error> {
    check_events(&releases.id, examples)?;
    let point = |it: &&Example| {
        let days = it.features.get(commits.feature).known()?;
        let (x, outcome) = (commits.shape.apply(*days), f64::from(u8::from(it.outcome)));
        let offset = releases.log_odds_of(&it.features);
        Some(Point { x, offset, outcome, history: it.history })
    };
    let points: Vec<Point> = examples.iter().filter_map(point).collect();
    let (coefficient, information) = most_likely(&points);
    let mut scores = BTreeMap::<Option<u32>, f64>::new();
    for point in &points {
        *scores.entry(point.history).or_default() += point.derivatives(coefficient).0;
    }
    let variance = scores.values().map(|it| it * it).sum::<f64>() / information.powi(2);
    let is_used = variance.is_finite() && commits.direction.allows(coefficient);
    let (coefficient, variance) = if is_used { (coefficient, variance) } else { (0.0, 0.0) };
    Ok(with_term(releases, Term { coefficient, mean: 0.0, ..commits.clone() }, variance))
}

/// The coefficient of the greatest penalised likelihood by Newton's method, with the second
/// derivative there, negated.
fn most_likely(points: &[Point]) -> (f64, f64) {
    let count = points.len() as f64;
    let mean = points.iter().map(|it| it.x).sum::<f64>() / count;
    let penalty = RIDGE * points.iter().map(|it| (it.x - mean).powi(2)).sum::<f64>() / count;
    let (mut coefficient, mut information) = (0.0, penalty);
    for _ in 0..MOST_STEPS {
        let mut gradient = -penalty * coefficient;
        information = penalty;
        for (first, second) in points.iter().map(|it| it.derivatives(coefficient)) {
            (gradient, information) = (gradient + first, information + second);
        }
        if information <= 0.0 {
            break;
        }
        // A step of more than 1 overshoots.
        let step = (gradient / information).clamp(-1.0, 1.0);
        coefficient += step;
        if step.abs() < 1e-10 {
            break;
        }
    }
    (coefficient, information)
}

fn with_term(model: &Model, term: Term, variance: f64) -> Model {
    let mut model = model.clone();
    model.terms.push(term);
    model.covariance.iter_mut().for_each(|row| row.push(0.0));
    let mut row = vec![0.0; model.terms.len()];
    row.push(variance);
    model.covariance.push(row);
    model
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(rows: &[(f64, f64)]) -> Vec<Point> {
        let point = |&(x, outcome)| Point { x, offset: 0.0, outcome, history: None };
        rows.iter().map(point).collect()
    }

    #[test]
    fn the_coefficient_by_hand() {
        // Of 1,000 with x = 1 it happened in 3 of 4: log-odds ln 3, but for a small penalty; those
        // with x = 0 say nothing.
        let happened = |x: f64, outcome: f64, count: usize| vec![(x, outcome); count];
        let rows = [happened(1.0, 1.0, 750), happened(1.0, 0.0, 250), happened(0.0, 0.0, 500)];
        let (coefficient, information) = most_likely(&points(&rows.concat()));
        assert!((coefficient - 3.0_f64.ln()).abs() < 0.002, "{coefficient}");
        assert!((information - 1_000.0 * 0.75 * 0.25).abs() < 0.5, "{information}");
        // Where all are alike there is nothing to learn, and no number that is not one.
        assert_eq!(most_likely(&points(&happened(0.0, 1.0, 3))).0, 0.0);
    }
}
