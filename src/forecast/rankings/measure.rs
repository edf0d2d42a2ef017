//! How well an order puts first what something happened to.

use serde::Serialize;

use super::row::Row;

/// The measures of one ranking. Equal scores count as drawn in random order.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measures<T> {
    /// Share of outcomes among the first 5.
    pub precision_5: T,
    /// Share of outcomes among the first 10.
    pub precision_10: T,
    /// Share of outcomes among the first 50.
    pub precision_50: T,
    /// Precision at each outcome, averaged.
    pub average_precision: T,
    /// Chance that what has the outcome stands before what has not.
    pub auc: T,
    /// Share of the outcomes that is among the first 10, an outcome weighing as many packages of
    /// the lockfile as it concerns.
    pub harm_10: T,
}

impl<T: Copy> Measures<T> {
    /// From an array in the order of the fields.
    pub(super) fn from_values(values: [T; MEASURES]) -> Self {
        let [precision_5, precision_10, precision_50, average_precision, auc, harm_10] = values;
        Self { precision_5, precision_10, precision_50, average_precision, auc, harm_10 }
    }
}

/// Number of measures.
pub(super) const MEASURES: usize = 6;
/// The sizes of the tops that precision is measured in.
const TOPS: [f64; 3] = [5.0, 10.0, 50.0];
/// The one that harm is measured in.
const HARM_TOP: usize = 1;

/// Rows by one score, the highest first, in runs of equal scores.
#[derive(Debug, Clone)]
pub(super) struct Order {
    places: Vec<u32>,
    ends: Vec<usize>,
}

impl Order {
    /// The order of the ranking of that number.
    pub(super) fn new(rows: &[Row], ranking: usize) -> Self {
        let score = |place: &u32| rows[*place as usize].scores[ranking];
        let mut places: Vec<u32> = (0..rows.len() as u32).collect();
        places.sort_by(|a, b| score(b).total_cmp(&score(a)));
        let runs = places.chunk_by(|a, b| score(a) == score(b)).map(<[u32]>::len);
        let ends = runs.scan(0, |end, length| {
            *end += length;
            Some(*end)
        });
        Self { ends: ends.collect(), places }
    }

    /// All measures, a row of weight 2 counting as two of its kind. A measure that needs an
    /// outcome, or anything else, and has none is not a number.
    pub(super) fn measure(&self, rows: &[Row], weights: &[f64]) -> [f64; MEASURES] {
        let (mut found, mut taken) = ([0.0; TOPS.len()], [0.0; TOPS.len()]);
        let (mut events, mut others, mut right, mut precision) = (0.0, 0.0, 0.0, 0.0);
        let (mut harm, mut harm_at_top) = (0.0, 0.0);
        let mut start = 0;
        for &end in &self.ends {
            let (e, o, h) = sums(&self.places[start..end], rows, weights);
            start = end;
            let size = e + o;
            if size == 0.0 {
                continue;
            }
            for (top, count) in TOPS.into_iter().enumerate() {
                // Of a run that does not fit in whole, its share.
                let share = ((count - taken[top]) / size).clamp(0.0, 1.0);
                found[top] += e * share;
                taken[top] += size * share;
                if top == HARM_TOP {
                    harm_at_top += h * share;
                }
            }
            right += o * (events + e / 2.0);
            (events, others, harm) = (events + e, others + o, harm + h);
            precision += e * events / (events + others);
        }
        let at = |top: usize| found[top] / taken[top];
        let auc = right / (events * others);
        [at(0), at(1), at(2), precision / events, auc, harm_at_top / harm]
    }
}

/// The weight of outcomes, of other rows, and of the harm in one run.
fn sums(run: &[u32], rows: &[Row], weights: &[f64]) -> (f64, f64, f64) {
    run.iter().fold((0.0, 0.0, 0.0), |(events, others, harm), &place| {
        let (row, weight) = (&rows[place as usize], weights[place as usize]);
        if row.outcome {
            (events + weight, others, harm + weight * row.reach)
        } else {
            (events, others + weight, harm)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::rankings::RANKINGS;

    fn rows(of: &[(f64, bool, f64)]) -> Vec<Row> {
        let row = |&(score, outcome, reach): &(f64, bool, f64)| Row {
            packages: Vec::new(),
            outcome,
            reach,
            scores: [score; RANKINGS.len()],
        };
        of.iter().map(row).collect()
    }

    fn measure(of: &[(f64, bool, f64)], weights: &[f64]) -> Measures<f64> {
        let rows = rows(of);
        Measures::from_values(Order::new(&rows, 0).measure(&rows, weights))
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    #[test]
    fn measures_by_hand() {
        // Twelve in order: outcomes at places 1, 4 and 12, which concern 6, 3 and 1 packages.
        let outcome = |place: usize| match place {
            1 => (true, 6.0),
            4 => (true, 3.0),
            12 => (true, 1.0),
            _ => (false, 100.0),
        };
        let of: Vec<_> =
            (1..=12).map(|place| (-(place as f64), outcome(place).0, outcome(place).1)).collect();
        let measured = measure(&of, &[1.0; 12]);
        close(measured.precision_5, 0.4);
        close(measured.precision_10, 0.2);
        close(measured.precision_50, 0.25);
        close(measured.average_precision, (1.0 + 2.0 / 4.0 + 3.0 / 12.0) / 3.0);
        // 9 others below the first, 7 below the second, 0 below the third, of 27 pairs.
        close(measured.auc, 16.0 / 27.0);
        close(measured.harm_10, 0.9);
    }

    #[test]
    fn equal_scores_are_in_random_order() {
        // One first, then 18 equal ones with two outcomes: half of them fit into the first ten.
        let mut of = vec![(1.0, false, 1.0)];
        of.extend((0..18).map(|at| (0.0, at < 2, 4.0)));
        let measured = measure(&of, &[1.0; 19]);
        close(measured.precision_10, 0.1);
        close(measured.harm_10, 0.5);
        // The mean of all possible orders: 4 of the first 5 are drawn from the 18.
        close(measured.precision_5, 4.0 / 18.0 * 2.0 / 5.0);
        close(measured.auc, 0.5 * 16.0 / 17.0);
        // All equal: what a random order is expected to find.
        let random: Vec<_> = (0..20).map(|at| (0.0, at < 5, 1.0)).collect();
        let random = measure(&random, &[1.0; 20]);
        for value in [random.precision_5, random.precision_10, random.average_precision] {
            close(value, 0.25);
        }
        close(random.harm_10, 0.5);
        close(random.auc, 0.5);
    }

    #[test]
    fn weights_are_copies_and_nothing_is_no_number() {
        let of = [(3.0, true, 2.0), (2.0, false, 1.0), (1.0, true, 8.0)];
        let copied = [of[0], of[0], of[2], of[2], of[2]];
        let weighted = measure(&of, &[2.0, 0.0, 3.0]);
        let copied = measure(&copied, &[1.0; 5]);
        close(weighted.precision_5, copied.precision_5);
        close(weighted.harm_10, copied.harm_10);
        let none = measure(&of[1..2], &[1.0]);
        close(none.precision_10, 0.0);
        assert!([none.average_precision, none.auc, none.harm_10].iter().all(|it| it.is_nan()));
        assert!(measure(&of, &[0.0; 3]).precision_5.is_nan());
    }
}
