//! One example of what a forecast is about.

use super::tables::{Disclosure, PackageRecord};
use crate::model::Features;

/// Forecasts look this far, in days, where their name does not say otherwise.
pub(super) const YEAR: i32 = 365;

/// What was known of a package on a day and whether the forecast event came.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Place of the package in the tables.
    pub package: u32,
    /// The day of the forecast.
    pub as_of: i32,
    /// The day on which the outcome is known.
    pub known_by: i32,
    /// The features on the day.
    pub features: Features,
    /// Whether it happened.
    pub outcome: bool,
    /// Days until the release, fix or disclosure that decides, or until the data end.
    pub days: f64,
    /// Whether that came before the data end.
    pub seen: bool,
    /// The fold of the package.
    pub fold: u32,
    /// Examples of one owner, or that one event may have put there together: resampled as one.
    pub cluster: u32,
    /// Place of the history of the package's repository, where there is one.
    pub history: Option<u32>,
    /// A class to tell examples apart in reports.
    pub class: &'static str,
}

pub(super) fn begin(
    place: usize,
    package: &PackageRecord,
    as_of: i32,
    known_by: i32,
    features: Features,
) -> Example {
    Example {
        package: place as u32,
        as_of,
        known_by,
        features,
        outcome: false,
        days: 0.0,
        seen: false,
        fold: package.fold,
        cluster: package.owner,
        history: package.history,
        class: "",
    }
}

pub(super) fn disclosure_class(disclosure: &Disclosure) -> &'static str {
    if disclosure.is_vulnerability { "vulnerability" } else { "unsoundness" }
}
