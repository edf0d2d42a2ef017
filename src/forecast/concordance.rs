//! Harrell's C-index: do scores order the times of events?

use super::row::Row;

/// Rows in the order of time, with the rank of their scores, ready to be measured at any weights.
///
/// Of two rows, one must have had its event while the other was still without (Harrell et al.
/// 1982, <https://doi.org/10.1001/jama.1982.03320430047030>). Rows of equal time say nothing
/// about each other, unless one of them was only watched until then and saw none.
pub(super) struct Concordance {
    /// Latest first; at equal times those without an event before the others.
    by_time: Vec<usize>,
    times: Vec<(f64, bool)>,
    /// Dense rank of each score, from 1.
    ranks: Vec<usize>,
    later_is_worse: bool,
}

impl Concordance {
    pub(super) fn new(rows: &[Row], later_is_worse: bool) -> Self {
        let mut scores: Vec<f64> = rows.iter().map(|row| row.score).collect();
        scores.sort_by(f64::total_cmp);
        scores.dedup();
        let rank = |row: &Row| scores.partition_point(|&score| score < row.score) + 1;
        let times: Vec<(f64, bool)> = rows.iter().map(|row| (row.days, row.seen)).collect();
        let mut by_time: Vec<usize> = (0..rows.len()).collect();
        by_time
            .sort_by(|&a, &b| times[b].0.total_cmp(&times[a].0).then(times[a].1.cmp(&times[b].1)));
        Self { by_time, times, ranks: rows.iter().map(rank).collect(), later_is_worse }
    }

    /// The index at these weights, one for each row; not a number where no pair says anything.
    pub(super) fn measure(&self, weights: &[f64]) -> f64 {
        let most = self.ranks.iter().copied().max().unwrap_or_default();
        let mut later = Sums(vec![0.0; most + 1]);
        let (mut above, mut pairs) = (0.0, 0.0);
        for run in self.by_time.chunk_by(|&a, &b| self.times[a] == self.times[b]) {
            for &it in run.iter().filter(|&&it| self.times[it].1) {
                let (rank, weight) = (self.ranks[it], weights[it]);
                let all = later.up_to(most);
                let [below, with] = [later.up_to(rank - 1), later.up_to(rank)];
                above += weight * (all - with + (with - below) / 2.0);
                pairs += weight * all;
            }
            for &it in run {
                later.add(self.ranks[it], weights[it]);
            }
        }
        if self.later_is_worse { above / pairs } else { 1.0 - above / pairs }
    }
}

/// Prefix sums that can be added to, in logarithmic time (Fenwick 1994,
/// <https://doi.org/10.1002/spe.4380240306>). Places count from 1.
struct Sums(Vec<f64>);

impl Sums {
    fn add(&mut self, mut place: usize, weight: f64) {
        while place < self.0.len() {
            self.0[place] += weight;
            place += place & place.wrapping_neg();
        }
    }

    fn up_to(&self, mut place: usize) -> f64 {
        let mut sum = 0.0;
        while place > 0 {
            sum += self.0[place];
            place &= place - 1;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, pair by pair.
    fn by_pairs(rows: &[Row]) -> f64 {
        let (mut right, mut pairs) = (0.0, 0.0);
        for a in rows.iter().filter(|row| row.seen) {
            for b in rows {
                if b.days > a.days || (b.days == a.days && !b.seen) {
                    pairs += 1.0;
                    right += if b.score > a.score {
                        1.0
                    } else if b.score == a.score {
                        0.5
                    } else {
                        0.0
                    };
                }
            }
        }
        right / pairs
    }

    #[test]
    fn agrees_with_the_definition() {
        let rows: Vec<Row> = (0..60_u32)
            .map(|it| Row {
                score: f64::from(it * 7 % 11),
                outcome: false,
                days: f64::from(it * 5 % 13),
                seen: it % 3 != 0,
                cluster: 0,
                stratum: 0,
            })
            .collect();
        let weights = vec![1.0; rows.len()];
        let expected = by_pairs(&rows);
        assert!((Concordance::new(&rows, true).measure(&weights) - expected).abs() < 1e-12);
        assert!((Concordance::new(&rows, false).measure(&weights) - 1.0 + expected).abs() < 1e-12);
    }
}
