//! Facts with where they come from.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model;

use super::observed::{Observed, observed};

/// What a source said, with where from and when.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Learned<'a, T> {
    /// Where it comes from: a repository address, a folder, the name of a service.
    from: &'a str,
    /// The day it was learned.
    #[schemars(extend("format" = "date"))]
    on: String,
    #[serde(flatten)]
    value: T,
}

/// A fact as it is written, or the reason why it is not known.
pub(super) fn learned<'a, T, U>(
    fact: &'a model::Observed<model::Sourced<T>>,
    write: impl FnOnce(&'a T) -> U,
) -> Observed<Learned<'a, U>> {
    observed(fact, |fact| Learned {
        from: &fact.from,
        on: fact.on.to_string(),
        value: write(&fact.value),
    })
}
