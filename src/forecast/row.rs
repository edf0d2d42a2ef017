//! One forecast and what came of it.

use super::example::Example;

/// A score beside what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub(super) score: f64,
    pub(super) outcome: bool,
    pub(super) days: f64,
    pub(super) seen: bool,
    pub(super) cluster: u32,
    /// AUC compares only rows of one stratum: the folds of a cross-validation are forecast by
    /// different fits, and comparing across them would mix their intercepts in (Airola et al.
    /// 2011, <https://doi.org/10.1016/j.csda.2010.11.018>).
    pub(super) stratum: u32,
}

impl Row {
    pub(super) fn of(score: f64, example: &Example) -> Self {
        Self {
            score,
            outcome: example.outcome,
            days: example.days,
            seen: example.seen,
            cluster: example.cluster,
            stratum: 0,
        }
    }
}
