//! How well scores tell apart what happened from what did not.
//!
//! All measures take weights, so that a bootstrap need not sort again, and treat equal scores as
//! drawn in random order, so that a yes-or-no score is measured fairly.

use serde::Serialize;

use super::concordance::Concordance;
use super::row::Row;

/// Number of calibration bins: deciles.
const DECILES: usize = 10;

/// A value and its 95% interval from a bootstrap over clusters of packages.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The value on all examples.
    pub value: f64,
    /// 2.5% quantile of the resamples.
    pub low: f64,
    /// 97.5% quantile of the resamples.
    pub high: f64,
}

/// The measures of one score. `T` is a number, or an [`Estimate`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Metrics<T> {
    /// Chance that a random example with the event scores above a random one without (area under
    /// the ROC curve; Hanley and McNeil 1982, <https://doi.org/10.1148/radiology.143.1.7063747>).
    pub auc: T,
    /// Average precision: precision at each recall step, weighted by the step.
    pub average_precision: T,
    /// Harrell's C-index: chance that of two examples the one with the higher score is the one
    /// whose event comes later (fix, release) or sooner (disclosure).
    pub c_index: T,
    /// Mean squared difference of chance and outcome.
    pub brier: T,
    /// Expected calibration error by deciles of the chance.
    pub calibration_error: T,
    /// Share of events among the 50 highest scores.
    pub precision_50: T,
    /// Share of events among the 100 highest scores.
    pub precision_100: T,
    /// Share of all events that are among the 50 highest scores.
    pub recall_50: T,
    /// Share of all events that are among the 100 highest scores.
    pub recall_100: T,
    /// Share of events among the highest 5% of scores.
    pub precision_5_percent: T,
    /// Share of all events that are among the highest 5% of scores.
    pub recall_5_percent: T,
}

impl<T: Copy> Metrics<T> {
    /// All measures, in order.
    pub fn values(&self) -> [T; 11] {
        [
            self.auc,
            self.average_precision,
            self.c_index,
            self.brier,
            self.calibration_error,
            self.precision_50,
            self.precision_100,
            self.recall_50,
            self.recall_100,
            self.precision_5_percent,
            self.recall_5_percent,
        ]
    }

    /// The measures from an array in the order of [`Self::values`].
    pub(super) fn from_values(values: [T; 11]) -> Self {
        let [auc, average_precision, c_index, brier, calibration_error, rest @ ..] = values;
        let [precision_50, precision_100, recall_50, recall_100, rest @ ..] = rest;
        let [precision_5_percent, recall_5_percent] = rest;
        Self {
            auc,
            average_precision,
            c_index,
            brier,
            calibration_error,
            precision_50,
            precision_100,
            recall_50,
            recall_100,
            precision_5_percent,
            recall_5_percent,
        }
    }
}

/// Rows in the orders that the measures need.
pub(super) struct Ranking<'a> {
    rows: &'a [Row],
    /// Highest score first.
    by_score: Vec<usize>,
    /// By stratum, and in it highest score first.
    by_stratum: Vec<usize>,
    concordance: Concordance,
}

impl<'a> Ranking<'a> {
    /// Sorts the rows; `later_is_worse` says whether high scores mean late events.
    pub(super) fn new(rows: &'a [Row], later_is_worse: bool) -> Self {
        let mut by_score: Vec<usize> = (0..rows.len()).collect();
        by_score.sort_by(|&a, &b| rows[b].score.total_cmp(&rows[a].score));
        let mut by_stratum = by_score.clone();
        by_stratum.sort_by_key(|&it| rows[it].stratum);
        Self { rows, by_score, by_stratum, concordance: Concordance::new(rows, later_is_worse) }
    }

    /// All measures at these weights, one for each row. A measure without events, or without
    /// anything else, is not a number.
    pub(super) fn measure(&self, weights: &[f64]) -> Metrics<f64> {
        let total: f64 = weights.iter().sum();
        let [at_50, at_100, at_5_percent] =
            [50.0, 100.0, total * 0.05].map(|count| self.at_top(weights, count));
        Metrics {
            auc: self.auc(weights),
            average_precision: self.average_precision(weights),
            c_index: self.concordance.measure(weights),
            brier: self.brier(weights),
            calibration_error: self.calibration_error(weights),
            precision_50: at_50.0,
            precision_100: at_100.0,
            recall_50: at_50.1,
            recall_100: at_100.1,
            precision_5_percent: at_5_percent.0,
            recall_5_percent: at_5_percent.1,
        }
    }

    /// Weight of events and of the rest in one run of equal scores.
    fn sums(&self, run: &[usize], weights: &[f64]) -> (f64, f64) {
        run.iter().fold((0.0, 0.0), |(events, others), &it| {
            if self.rows[it].outcome {
                (events + weights[it], others)
            } else {
                (events, others + weights[it])
            }
        })
    }

    fn runs<'b>(&'b self, order: &'b [usize]) -> impl Iterator<Item = &'b [usize]> {
        order.chunk_by(|&a, &b| self.rows[a].score == self.rows[b].score)
    }

    /// Mann-Whitney statistic within strata, over all pairs of one event and one other.
    fn auc(&self, weights: &[f64]) -> f64 {
        let (mut right, mut pairs) = (0.0, 0.0);
        let same = |&a: &usize, &b: &usize| self.rows[a].stratum == self.rows[b].stratum;
        for stratum in self.by_stratum.chunk_by(same) {
            let (mut events, mut others) = (0.0, 0.0);
            for run in self.runs(stratum) {
                let (e, o) = self.sums(run, weights);
                right += o * (events + e / 2.0);
                (events, others) = (events + e, others + o);
            }
            pairs += events * others;
        }
        right / pairs
    }

    fn average_precision(&self, weights: &[f64]) -> f64 {
        let (mut events, mut seen, mut sum) = (0.0, 0.0, 0.0);
        for run in self.runs(&self.by_score) {
            let (e, o) = self.sums(run, weights);
            events += e;
            seen += e + o;
            if e > 0.0 {
                sum += e * events / seen;
            }
        }
        sum / events
    }

    /// Mean squared difference of score and outcome.
    pub(super) fn brier(&self, weights: &[f64]) -> f64 {
        let square = |row: &Row| (row.score - f64::from(u8::from(row.outcome))).powi(2);
        let sum: f64 = self.rows.iter().zip(weights).map(|(row, w)| w * square(row)).sum();
        sum / weights.iter().sum::<f64>()
    }

    /// Mean distance of score and share of events in the deciles of the score.
    pub(super) fn calibration_error(&self, weights: &[f64]) -> f64 {
        error(&self.bins(weights))
    }

    /// Precision and recall among the `count` highest scores; of a run of equal scores that does
    /// not fit in whole, its share.
    fn at_top(&self, weights: &[f64], count: f64) -> (f64, f64) {
        let (mut found, mut taken, mut events) = (0.0, 0.0, 0.0);
        for run in self.runs(&self.by_score) {
            let (e, o) = self.sums(run, weights);
            let share = if e + o > 0.0 { ((count - taken) / (e + o)).clamp(0.0, 1.0) } else { 0.0 };
            found += e * share;
            taken += (e + o) * share;
            events += e;
        }
        (found / taken, found / events)
    }

    /// Deciles of the score, lowest first: weight, mean score, share of events.
    pub(super) fn bins(&self, weights: &[f64]) -> Vec<(f64, f64, f64)> {
        let total: f64 = weights.iter().sum();
        let mut sums = [(0.0, 0.0, 0.0); DECILES];
        let mut before = 0.0;
        for &it in self.by_score.iter().rev() {
            let (row, weight) = (&self.rows[it], weights[it]);
            let middle = (before + weight / 2.0) / total;
            let bin = &mut sums[((middle * DECILES as f64) as usize).min(DECILES - 1)];
            bin.0 += weight;
            bin.1 += weight * row.score;
            bin.2 += weight * f64::from(u8::from(row.outcome));
            before += weight;
        }
        let filled = sums.into_iter().filter(|bin| bin.0 > 0.0);
        filled.map(|(weight, scores, events)| (weight, scores / weight, events / weight)).collect()
    }
}

/// Mean distance of chance and share of events, by weight of the bins.
fn error(bins: &[(f64, f64, f64)]) -> f64 {
    let total: f64 = bins.iter().map(|bin| bin.0).sum();
    bins.iter().map(|(weight, mean, share)| weight * (mean - share).abs()).sum::<f64>() / total
}

/// Expected calibration error by deciles (Naeini et al. 2015,
/// <https://doi.org/10.1609/aaai.v29i1.9602>, with bins of equal size).
pub(super) fn calibration_error(rows: &[Row]) -> f64 {
    Ranking::new(rows, true).calibration_error(&vec![1.0; rows.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(pairs: &[(f64, bool)]) -> Vec<Row> {
        let row = |&(score, outcome): &(f64, bool)| Row {
            score,
            outcome,
            days: if outcome { 2.0 } else { 1.0 },
            seen: true,
            cluster: 0,
            stratum: 0,
        };
        pairs.iter().map(row).collect()
    }

    #[test]
    fn measures_by_hand() {
        let rows = rows(&[(0.9, true), (0.8, false), (0.7, true), (0.1, false)]);
        let measured = Ranking::new(&rows, true).measure(&[1.0; 4]);
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} is not {b}");
        close(measured.auc, 0.75);
        close(measured.average_precision, (1.0 + 2.0 / 3.0) / 2.0);
        close(measured.brier, (0.01 + 0.64 + 0.09 + 0.01) / 4.0);
        close(measured.calibration_error, (0.1 + 0.8 + 0.3 + 0.1) / 4.0);
        close(measured.precision_50, 0.5);
        close(measured.recall_50, 1.0);
        close(measured.recall_5_percent, 0.1);
        close(measured.c_index, 0.75);
    }

    #[test]
    fn equal_scores_count_half_and_weights_are_copies() {
        let tied = rows(&[(1.0, true), (1.0, false), (0.0, false)]);
        let measured = Ranking::new(&tied, true).measure(&[1.0; 3]);
        assert_eq!(measured.auc, 0.75);
        let weighted = Ranking::new(&tied, true).measure(&[2.0, 1.0, 0.0]);
        let copied = rows(&[(1.0, true), (1.0, true), (1.0, false)]);
        let copied = Ranking::new(&copied, true).measure(&[1.0; 3]);
        assert_eq!(weighted.auc, copied.auc);
        assert_eq!(weighted.average_precision, copied.average_precision);
        assert_eq!(weighted.precision_50, copied.precision_50);
    }

    #[test]
    fn strata_are_not_compared() {
        let mut rows = rows(&[(0.2, true), (0.1, false), (0.9, true), (0.8, false)]);
        rows[2].stratum = 1;
        rows[3].stratum = 1;
        assert_eq!(Ranking::new(&rows, true).measure(&[1.0; 4]).auc, 1.0);
    }
}
