//! Fitting a model: penalised maximum likelihood by Newton's method.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::example::Example;
use super::linear::{self, Matrix};
use super::model::{Model, Provenance, logistic};
use super::timeline::day;
use crate::model::Error;

/// Ridge penalty on standardised coefficients: it keeps rare combinations from running away and
/// does nothing visible to many examples.
pub(super) const RIDGE: f64 = 1.0;
const MOST_STEPS: usize = 50;

/// What a fit is told about itself, for the provenance.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The command that fits it.
    pub command: String,
    /// The data.
    pub data: String,
    /// Outcomes known by this day are fitted.
    pub until: Date,
}

/// Intercept, coefficients and their covariance on centred columns.
#[derive(Debug, Clone, PartialEq)]
struct Fitted {
    intercept: f64,
    coefficients: Vec<f64>,
    covariance: Matrix,
}

/// Examples as columns: centred and scaled shapes.
struct Design {
    rows: Vec<Vec<f64>>,
    outcomes: Vec<f64>,
    packages: Vec<u32>,
    means: Vec<f64>,
    scales: Vec<f64>,
}

/// Where numbers that are fitted on these examples come from.
pub(super) fn provenance(examples: &[&Example], settings: &Settings) -> Provenance {
    let mut packages: Vec<u32> = examples.iter().map(|it| it.package).collect();
    packages.sort_unstable();
    packages.dedup();
    Provenance {
        command: settings.command.clone(),
        data: settings.data.clone(),
        from: examples.iter().map(|it| it.as_of).min().map_or(settings.until, day),
        until: settings.until,
        examples: examples.len(),
        events: examples.iter().filter(|it| it.outcome).count(),
        packages: packages.len(),
        level: None,
    }
}

/// Complains where it happened always or never.
pub(super) fn check_events(id: &str, examples: &[&Example]) -> Result<(), Error> {
    if holds_both(examples) {
        return Ok(());
    }
    let events = examples.iter().filter(|example| example.outcome).count();
    let message =
        format!("`{id}` cannot be fitted: it happened in {events} of {} examples", examples.len());
    Err(Error::input(message).help("give it a longer history"))
}

/// Whether some had the outcome and some had not.
pub(super) fn holds_both(examples: &[&Example]) -> bool {
    let events = examples.iter().filter(|example| example.outcome).count();
    events > 0 && events < examples.len()
}

/// Intercept and slope of the logistic model of one column, fitted as models are; `None` where
/// it happened always or never.
pub(super) fn fit_line(points: &[(f64, bool)]) -> Option<(f64, f64)> {
    let events = points.iter().filter(|it| it.1).count();
    if events == 0 || events == points.len() {
        return None;
    }
    let rows = points.iter().map(|it| vec![it.0]).collect();
    let outcomes = points.iter().map(|it| f64::from(u8::from(it.1))).collect();
    let design = Design::centred(rows, outcomes, vec![0; points.len()]);
    let fitted = newton(&design, &[true])?;
    let slope = fitted.coefficients[0] / design.scales[0];
    Some((fitted.intercept - slope * design.means[0], slope))
}

/// Fits coefficients and covariance only.
pub(super) fn fit_once(model: &Model, examples: &[&Example]) -> Result<Model, Error> {
    check_events(&model.id, examples)?;
    let design = Design::new(model, examples)?;
    let mut used = vec![true; model.terms.len()];
    loop {
        let fitted = newton(&design, &used).ok_or_else(|| {
            Error::input(format!("the fit of `{}` does not converge", model.id))
                .help("give it a longer history")
        })?;
        let strays = model.terms.iter().zip(&fitted.coefficients).enumerate();
        let strays =
            strays.filter(|(_, (term, coefficient))| !term.direction.allows(**coefficient));
        let worst = strays.max_by(|(_, (_, a)), (_, (_, b))| a.abs().total_cmp(&b.abs()));
        match worst.map(|(index, _)| index) {
            Some(index) => used[index] = false,
            None => return Ok(design.apply(model, &fitted)),
        }
    }
}

impl Design {
    fn new(model: &Model, examples: &[&Example]) -> Result<Self, Error> {
        let value = |example: &&Example| -> Option<Vec<f64>> {
            model.terms.iter().map(|term| term.fitted_value(&example.features)).collect()
        };
        let rows = examples.iter().map(value).collect::<Option<Vec<_>>>().ok_or_else(|| {
            Error::input(format!("`{}` needs a feature that is missing", model.id)).help(
                "give `--dependencies`, `--repositories` and `--locks` for the usage of packages",
            )
        })?;
        let outcomes = examples.iter().map(|it| f64::from(u8::from(it.outcome))).collect();
        let packages = examples.iter().map(|it| it.package).collect();
        Ok(Self::centred(rows, outcomes, packages))
    }

    /// Centres and scales the columns; every row is as long as the first.
    fn centred(mut rows: Vec<Vec<f64>>, outcomes: Vec<f64>, packages: Vec<u32>) -> Self {
        let count = rows.len() as f64;
        let columns = rows.first().map_or(0, Vec::len);
        let column = |j: usize| rows.iter().map(move |row| row[j]);
        let means: Vec<f64> = (0..columns).map(|j| column(j).sum::<f64>() / count).collect();
        let spread = |j: usize| column(j).map(|x| (x - means[j]).powi(2)).sum::<f64>() / count;
        let scales: Vec<f64> = (0..columns)
            .map(|j| Some(spread(j).sqrt()).filter(|&it| it > 0.0).unwrap_or(1.0))
            .collect();
        for row in &mut rows {
            for (j, x) in row.iter_mut().enumerate() {
                *x = (*x - means[j]) / scales[j];
            }
        }
        Self { rows, outcomes, packages, means, scales }
    }

    /// The model with fitted numbers, in the units of the shapes.
    fn apply(&self, model: &Model, fitted: &Fitted) -> Model {
        let mut model = model.clone();
        model.intercept = fitted.intercept;
        for (j, term) in model.terms.iter_mut().enumerate() {
            term.coefficient = fitted.coefficients[j] / self.scales[j];
            term.mean = self.means[j];
        }
        let scale = |index: usize| if index == 0 { 1.0 } else { self.scales[index - 1] };
        let size = fitted.covariance.len();
        let entry = |i: usize, j: usize| fitted.covariance[i][j] / (scale(i) * scale(j));
        model.covariance = (0..size).map(|i| (0..size).map(|j| entry(i, j)).collect()).collect();
        model
    }
}

/// Newton's method on the columns in use; the others get coefficient and covariance 0.
fn newton(design: &Design, used: &[bool]) -> Option<Fitted> {
    let places: Vec<usize> = (0..used.len()).filter(|&j| used[j]).collect();
    let mut beta = vec![0.0; places.len() + 1];
    let mut bread = linear::zeros(beta.len());
    for _ in 0..MOST_STEPS {
        let (gradient, hessian) = derivatives(design, &places, &beta);
        bread = linear::inverse(&hessian)?;
        let step = linear::times(&bread, &gradient);
        for (b, s) in beta.iter_mut().zip(&step) {
            // A step of more than 5 standardised log-odds overshoots.
            *b += s.clamp(-5.0, 5.0);
        }
        if step.iter().all(|s| s.abs() < 1e-10) {
            break;
        }
    }
    let small = linear::sandwich(&bread, &clustered(design, &places, &beta));
    let mut coefficients = vec![0.0; used.len()];
    let mut covariance = linear::zeros(used.len() + 1);
    let place = |index: usize| if index == 0 { 0 } else { places[index - 1] + 1 };
    for i in 0..beta.len() {
        if i > 0 {
            coefficients[places[i - 1]] = beta[i];
        }
        for j in 0..beta.len() {
            covariance[place(i)][place(j)] = small[i][j];
        }
    }
    let finite = beta.iter().all(|b| b.is_finite());
    finite.then(|| Fitted { intercept: beta[0], coefficients, covariance })
}

/// Gradient and negative Hessian of the penalised log-likelihood.
fn derivatives(design: &Design, places: &[usize], beta: &[f64]) -> (Vec<f64>, Matrix) {
    let size = beta.len();
    let penalty = |i: usize| if i == 0 { 0.0 } else { RIDGE };
    let mut gradient: Vec<f64> = (0..size).map(|i| -penalty(i) * beta[i]).collect();
    let mut hessian = linear::zeros(size);
    let mut x = vec![1.0; size];
    for (row, outcome) in design.rows.iter().zip(&design.outcomes) {
        let chance = chance_at(row, places, beta, &mut x);
        let weight = (chance * (1.0 - chance)).max(1e-12);
        for i in 0..size {
            gradient[i] += (outcome - chance) * x[i];
            for j in 0..=i {
                hessian[i][j] += weight * x[i] * x[j];
            }
        }
    }
    linear::mirror(&mut hessian);
    for (i, row) in hessian.iter_mut().enumerate() {
        row[i] += penalty(i);
    }
    (gradient, hessian)
}

/// Sum over packages of the outer product of the package's score.
fn clustered(design: &Design, places: &[usize], beta: &[f64]) -> Matrix {
    let size = beta.len();
    let mut scores = BTreeMap::<u32, Vec<f64>>::new();
    let mut x = vec![1.0; size];
    for ((row, outcome), package) in design.rows.iter().zip(&design.outcomes).zip(&design.packages)
    {
        let rest = outcome - chance_at(row, places, beta, &mut x);
        let score = scores.entry(*package).or_insert_with(|| vec![0.0; size]);
        score.iter_mut().zip(&x).for_each(|(s, x)| *s += rest * x);
    }
    let mut meat = linear::zeros(size);
    for score in scores.values() {
        for i in 0..size {
            for j in 0..size {
                meat[i][j] += score[i] * score[j];
            }
        }
    }
    meat
}

/// Fills `x` with 1 and the columns in use and gives the chance there.
fn chance_at(row: &[f64], places: &[usize], beta: &[f64], x: &mut [f64]) -> f64 {
    for (x, &place) in x[1..].iter_mut().zip(places) {
        *x = row[place];
    }
    logistic(x.iter().zip(beta).map(|(x, b)| x * b).sum())
}
