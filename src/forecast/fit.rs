//! Fitting a model anew, with what it cannot be told by the examples it was fitted on.

use super::added;
use super::example::Example;
use super::metrics::calibration_error;
use super::model::Model;
use super::newton::{Settings, fit_once, provenance};
use super::row::Row;
use super::tables::FOLDS;
use crate::model::Error;

/// Fits the terms of `model` anew: coefficients, covariance, calibration error, provenance.
///
/// Maximises the logistic log-likelihood less half the ridge penalty (le Cessie and van
/// Houwelingen 1992, <https://doi.org/10.2307/2347628>). Where a coefficient contradicts its
/// direction, the worst one is set to 0 and the rest is fitted again. The covariance is the
/// sandwich estimate clustered by package (Liang and Zeger 1986,
/// <https://doi.org/10.1093/biomet/73.1.13>), as a package appears in many examples. The
/// calibration error is that of forecasts for packages left out of the fit, in five folds. A term
/// on commits is fitted apart, on top of the others, on examples whose repository has a history.
///
/// # Errors
/// Where there are too few examples, or none or all of them with the outcome.
pub fn fit(model: &Model, examples: &[&Example], settings: &Settings) -> Result<Model, Error> {
    if let Some((releases, commits)) = added::split(model) {
        return added::fit_on_top((&releases, &commits), examples, settings);
    }
    let mut fitted = fit_once(model, examples)?;
    let mut held_out = Vec::with_capacity(examples.len());
    for fold in 0..FOLDS {
        let (out, rest): (Vec<&Example>, _) = examples.iter().partition(|it| it.fold == fold);
        let part = fit_once(model, &rest)?;
        let row = |it: &&Example| Row::of(part.chance(&it.features), it);
        held_out.extend(out.iter().map(row));
    }
    fitted.calibration_error = calibration_error(&held_out);
    fitted.provenance = provenance(examples, settings);
    Ok(fitted)
}
