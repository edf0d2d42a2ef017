//! Forecasts: facts known on a day to a chance with an interval and its terms; and the fitting and
//! the back-testing of the models they are made with.
//!
//! A model is a logistic regression of few terms. Each term looks at one feature through a simple
//! shape, and where a direction is certain (older silence never lowers the chance of silence) the
//! fit may not contradict it. Coefficients, their covariance and where they come from are data in
//! `rules/forecast`; `headwater forecast fit` prints such a file and `evaluate` judges one.

mod added;
mod adoption;
mod bootstrap;
mod clusters;
mod commits;
mod concordance;
mod dependents;
mod evaluate;
mod example;
mod examples;
mod file;
mod fit;
mod level;
mod linear;
mod metrics;
mod model;
mod models;
mod newton;
mod open;
mod population;
mod rankings;
mod registered;
mod row;
mod shape;
mod silent;
mod successor;
mod tables;
mod timeline;
mod trouble;
mod unmaintained;
mod usage;

use crate::model::{Error, Feature, ForecastKind};

pub use commits::with_activity;
pub use dependents::Dependents;
pub use evaluate::{
    Bin, Coefficients, Evaluation, LeftOut, Resampling, Score, Section, evaluate, evaluate_shipped,
};
pub use example::Example;
pub use examples::{Clock, disclosure, examples, silence, unfixed};
pub use file::{parse, write};
pub use fit::fit;
pub use level::with_level;
pub use metrics::{Estimate, Metrics};
pub use model::{Direction, HALF_OF_UNIFORM_95, Level, Model, Provenance, Term};
pub use models::Models;
pub use newton::Settings;
pub use open::open;
pub use population::Population;
pub use rankings::{
    Fitted, FittedUntil, Measures, Part, RANKINGS, REFERENCE, RankedBy, RankedItem, RankedOutcome,
    RankingEvaluation, RankingScore, RankingSection, ReplayedAudit, evaluate_rankings,
    is_outcome_known,
};
pub use registered::{Registered, score_registered};
pub use shape::Shape;
pub use silent::while_silent;
pub use successor::moves;
pub use tables::{Disclosure, PackageRecord, Tables};
pub use timeline::{
    Timeline, day as day_of_number, day_number, first_stable, first_stable_of, release_features,
    with_version,
};
pub use trouble::{dropped, trouble};
pub use unmaintained::{Early, unmaintained};
pub use usage::{usage, with_usage};

/// The shipped models: name and file.
const FILES: [(&str, &str); 10] = [
    ("silence", include_str!("../../rules/forecast/silence.toml")),
    ("silence-with-usage", include_str!("../../rules/forecast/silence-with-usage.toml")),
    ("silence-with-commits", include_str!("../../rules/forecast/silence-with-commits.toml")),
    ("unfixed-90", include_str!("../../rules/forecast/unfixed-90.toml")),
    ("unfixed-365", include_str!("../../rules/forecast/unfixed-365.toml")),
    ("unfixed-open", include_str!("../../rules/forecast/unfixed-open.toml")),
    ("disclosure", include_str!("../../rules/forecast/disclosure.toml")),
    (
        "disclosure-without-dependents",
        include_str!("../../rules/forecast/disclosure-without-dependents.toml"),
    ),
    ("trouble", include_str!("../../rules/forecast/trouble.toml")),
    ("trouble-without-usage", include_str!("../../rules/forecast/trouble-without-usage.toml")),
];

/// Names of the shipped models; those of one forecast are side by side.
pub fn names() -> [&'static str; FILES.len()] {
    FILES.map(|(name, _)| name)
}

/// The shipped model of this name.
///
/// # Errors
/// Where there is none, or its file in `rules/forecast` is damaged, which a test excludes.
pub fn named(name: &str) -> Result<Model, Error> {
    let file = FILES.iter().find(|(it, _)| *it == name);
    let unknown = || {
        Error::input(format!("`{name}` is no forecast model"))
            .help(format!("known are {}", names().join(", ")))
    };
    parse(file.ok_or_else(unknown)?.1)
}

/// The shipped model of a kind, without commits; of silence, without usage.
///
/// # Errors
/// As of [`named`].
pub fn shipped(kind: ForecastKind) -> Result<Model, Error> {
    named(kind.name())
}

/// The shipped silence forecast for packages whose usage is known.
///
/// # Errors
/// As of [`named`].
pub fn silence_with_usage() -> Result<Model, Error> {
    named("silence-with-usage")
}

/// The shipped silence forecast for packages whose repository's commits are known
/// ([`with_activity`]).
///
/// # Errors
/// As of [`named`].
pub fn silence_with_commits() -> Result<Model, Error> {
    named("silence-with-commits")
}

/// The shipped disclosure forecast for who knows releases and advisories but not who depends on a
/// package: dependents are counted in an index of all packages, which an audit does not have.
///
/// # Errors
/// As of [`named`].
pub fn disclosure_without_dependents() -> Result<Model, Error> {
    named("disclosure-without-dependents")
}

/// The terms to fit where a model must do without some features: those of the shipped model for
/// that, else what is left of the model.
///
/// # Errors
/// Where the model does not look at a feature, or at nothing else.
pub fn shape(model: Model, left_out: &[Feature]) -> Result<Model, Error> {
    let shape = left_out.iter().try_fold(model, |model, &feature| model.without(feature))?;
    if names().contains(&shape.id.as_str()) { named(&shape.id) } else { Ok(shape) }
}
