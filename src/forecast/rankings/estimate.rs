//! Averages over audits with intervals by resampling upstream packages.

use std::collections::BTreeSet;

use super::measure::{MEASURES, Measures, Order};
use super::row::Row;
use super::{Part, RANKINGS, REFERENCE, RankingScore};
use crate::forecast::bootstrap::{estimate, resamples};
use crate::forecast::clusters::join;
use crate::forecast::tables::Tables;

/// The rows of one audit in the order of each ranking.
#[derive(Debug)]
pub(super) struct Replay {
    pub(super) rows: Vec<Row>,
    orders: [Order; RANKINGS.len()],
}

impl Replay {
    pub(super) fn new(rows: Vec<Row>) -> Self {
        let orders = std::array::from_fn(|ranking| Order::new(&rows, ranking));
        Self { rows, orders }
    }

    /// Rows with the outcome.
    pub(super) fn outcomes(&self) -> usize {
        self.rows.iter().filter(|row| row.outcome).count()
    }
}

/// Audits that are averaged, by place.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) part: Part,
    pub(super) audits: Vec<usize>,
}

/// A value for each ranking and measure.
type Values = [[f64; MEASURES]; RANKINGS.len()];

/// The cluster of each row of each audit: rows that share a package in whatever audit are one,
/// and where owners are known rows of one owner.
pub(super) fn clusters(tables: &Tables, replays: &[Replay]) -> Vec<u32> {
    let mut members: Vec<(usize, u32)> = Vec::new();
    for (at, row) in replays.iter().flat_map(|replay| &replay.rows).enumerate() {
        members.extend(row.packages.iter().map(|&it| (at, tables.packages[it as usize].owner)));
    }
    let mut clusters: Vec<u32> = members.iter().map(|(_, cluster)| *cluster).collect();
    join(&mut clusters, members.iter().map(|(row, _)| *row));
    let firsts = members.chunk_by(|a, b| a.0 == b.0).scan(0, |next, members| {
        let first = *next;
        *next += members.len();
        Some(clusters[first])
    });
    firsts.collect()
}

/// How many clusters have an outcome in these audits.
pub(super) fn different(replays: &[Replay], clusters: &[u32], audits: &[usize]) -> usize {
    let wanted: BTreeSet<usize> = audits.iter().copied().collect();
    let rows =
        replays.iter().enumerate().flat_map(|(at, it)| it.rows.iter().map(move |row| (at, row)));
    let with_outcome =
        rows.zip(clusters).filter(|((at, row), _)| row.outcome && wanted.contains(at));
    with_outcome.map(|(_, cluster)| *cluster).collect::<BTreeSet<u32>>().len()
}

/// The measures of each ranking in each group of audits: averages over those audits in which
/// there is something to measure.
pub(super) fn estimates(
    replays: &[Replay],
    clusters: &[u32],
    groups: &[Group],
) -> Vec<Vec<RankingScore>> {
    let of_groups = |weights: &[f64]| {
        let values = measure(replays, weights);
        groups.iter().map(|group| average(&values, &group.audits)).collect::<Vec<Values>>()
    };
    let point = of_groups(&vec![1.0; clusters.len()]);
    let resampled: Vec<Vec<Values>> =
        resamples(clusters).map(|weights| of_groups(&weights)).collect();
    let scores = |group: usize| {
        let score = |ranking: usize| {
            let of = |value: &dyn Fn(&Values, usize) -> f64| {
                let measures: [_; MEASURES] = std::array::from_fn(|measure| {
                    let samples = resampled.iter().map(|it| value(&it[group], measure)).collect();
                    estimate(value(&point[group], measure), samples)
                });
                Measures::from_values(measures)
            };
            RankingScore {
                name: RANKINGS[ranking],
                measures: of(&|values, measure| values[ranking][measure]),
                gain: of(&|values, measure| values[ranking][measure] - values[REFERENCE][measure]),
            }
        };
        (0..RANKINGS.len()).map(score).collect()
    };
    (0..groups.len()).map(scores).collect()
}

/// The measures of each audit.
fn measure(replays: &[Replay], weights: &[f64]) -> Vec<Values> {
    let mut rest = weights;
    let of_replay = |replay: &Replay| {
        let own;
        (own, rest) = rest.split_at(replay.rows.len());
        let measure = |ranking: usize| replay.orders[ranking].measure(&replay.rows, own);
        std::array::from_fn(measure)
    };
    replays.iter().map(of_replay).collect()
}

/// Averages over audits, without what is not a number.
fn average(values: &[Values], audits: &[usize]) -> Values {
    let mean = |ranking: usize, measure: usize| {
        let known = audits.iter().map(|&at| values[at][ranking][measure]);
        let (sum, count) = known
            .filter(|value| value.is_finite())
            .fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        sum / count
    };
    std::array::from_fn(|ranking| std::array::from_fn(|measure| mean(ranking, measure)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::backtest;
    use jiff::civil::date;

    /// A row of packages with a score for headwater and another for all others.
    fn row(packages: &[u32], outcome: bool, (own, other): (f64, f64)) -> Row {
        let mut scores = [other; RANKINGS.len()];
        scores[0] = own;
        Row { packages: packages.to_vec(), outcome, reach: 1.0, scores }
    }

    fn tables() -> Tables {
        let releases = "crate\tversion\tpubtime\na\t1.0.0\t2019-01-01T00:00:00Z\n\
                        b\t1.0.0\t2019-01-01T00:00:00Z\nc\t1.0.0\t2019-01-01T00:00:00Z\n\
                        d\t1.0.0\t2019-01-01T00:00:00Z\n";
        let releases = backtest::releases(releases).unwrap();
        Tables::new(&releases, None, &Default::default(), date(2022, 1, 1))
    }

    #[test]
    fn rows_with_a_package_in_common_are_one_cluster() {
        let of = |packages: &[&[u32]]| {
            Replay::new(packages.iter().map(|it| row(it, true, (0.0, 0.0))).collect())
        };
        let replays = [of(&[&[0], &[1], &[3]]), of(&[&[1, 2], &[0]])];
        let found = clusters(&tables(), &replays);
        assert_eq!(found, [0, 1, 3, 1, 0]);
        assert_eq!(different(&replays, &found, &[0, 1]), 3);
        assert_eq!(different(&replays, &found, &[1]), 2);
    }

    #[test]
    fn audits_count_the_same_and_the_gain_is_paired() {
        // The first audit of two has the outcome first, the second has none.
        let first = vec![row(&[0], true, (2.0, 1.0)), row(&[1], false, (1.0, 2.0))];
        let second = (0..4).map(|it| row(&[it], false, (0.0, 0.0))).collect();
        let replays = [Replay::new(first), Replay::new(second)];
        let clusters = clusters(&tables(), &replays);
        let group = Group { part: Part::AllYears, audits: vec![0, 1] };
        let scores = estimates(&replays, &clusters, &[group]).remove(0);
        let [own, others] = [&scores[0], &scores[REFERENCE]];
        // Half of two, none of four; the order is measured in the first only.
        assert_eq!(own.measures.precision_10.value, 0.25);
        assert_eq!((own.measures.auc.value, others.measures.auc.value), (1.0, 0.0));
        let gain = own.gain.auc;
        // Where either of the two is not drawn there is nothing to compare.
        assert_eq!((gain.value, gain.low, gain.high), (1.0, 1.0, 1.0));
        assert_eq!(others.gain.precision_5.high, 0.0);
        // The outcome is drawn never in some resamples and alone in others.
        assert!(own.measures.precision_10.low < 0.1 && own.measures.precision_10.high > 0.3);
    }
}
