//! Forecasts: facts known on a day to a chance with an interval and its terms; and the fitting and
//! the back-testing of the models they are made with.
//!
//! A model is a logistic regression of few terms. Each term looks at one feature through a simple
//! shape, and where a direction is certain (older silence never lowers the chance of silence) the
//! fit may not contradict it. Coefficients, their covariance and where they come from are data in
//! `rules/forecast`; `headwater forecast fit` prints such a file and `evaluate` judges one.

mod bootstrap;
mod concordance;
mod dependents;
mod evaluate;
mod examples;
mod file;
mod fit;
mod linear;
mod metrics;
mod model;
mod models;
mod shape;
mod successor;
mod tables;
mod timeline;
mod unmaintained;

use crate::model::{Error, ForecastKind};

pub use dependents::Dependents;
pub use evaluate::{Bin, Evaluation, Score, Section, evaluate};
pub use examples::{Clock, Example, disclosure, examples, silence, unfixed};
pub use file::{parse, write};
pub use fit::{Settings, fit};
pub use metrics::{Estimate, Metrics};
pub use model::{Direction, Model, Provenance, Term};
pub use models::Models;
pub use shape::Shape;
pub use successor::moves;
pub use tables::{Disclosure, PackageRecord, Tables};
pub use timeline::{Timeline, day_number, release_features};
pub use unmaintained::{Early, unmaintained};

/// The shipped models by kind, in the order of [`ForecastKind::ALL`].
const FILES: [&str; 4] = [
    include_str!("../../rules/forecast/silence.toml"),
    include_str!("../../rules/forecast/unfixed-90.toml"),
    include_str!("../../rules/forecast/unfixed-365.toml"),
    include_str!("../../rules/forecast/disclosure.toml"),
];

/// The shipped model of a kind.
///
/// # Errors
/// Where the file in `rules/forecast` is damaged, which a test excludes.
pub fn shipped(kind: ForecastKind) -> Result<Model, Error> {
    parse(FILES[kind as usize])
}
