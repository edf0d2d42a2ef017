//! Intervals by resampling whole clusters of packages with replacement.

use std::collections::BTreeMap;

use super::metrics::Estimate;

/// Resamples. The ends of a 95% interval are then between the 5th and 6th value from the end.
const RESAMPLES: usize = 200;
const SEED: u64 = 0x5EED_0F0D;

/// Pseudo-random numbers, the same on every machine (SplitMix64; Steele et al. 2014,
/// <https://doi.org/10.1145/2660193.2660195>).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is far below 2^32; the bias of taking the high part of the
    /// product is then under one in a million.
    fn below(&mut self, limit: usize) -> usize {
        (((self.next() >> 32) * limit as u64) >> 32) as usize
    }
}

/// Weights of rows in each resample: how often the row's cluster was drawn.
pub(super) fn resamples(clusters: &[u32]) -> impl Iterator<Item = Vec<f64>> {
    let mut places = BTreeMap::new();
    for &cluster in clusters {
        let next = places.len();
        places.entry(cluster).or_insert(next);
    }
    let row_places: Vec<usize> = clusters.iter().map(|cluster| places[cluster]).collect();
    let mut random = Random(SEED);
    (0..RESAMPLES).map(move |_| {
        let mut drawn = vec![0.0; places.len()];
        for _ in 0..places.len() {
            drawn[random.below(places.len())] += 1.0;
        }
        row_places.iter().map(|&place| drawn[place]).collect()
    })
}

/// A value with the 2.5% and 97.5% quantiles of its resamples. Resamples in which it could not
/// be measured are left out.
pub(super) fn estimate(value: f64, mut resampled: Vec<f64>) -> Estimate {
    resampled.retain(|value| value.is_finite());
    resampled.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * resampled.len().saturating_sub(1) as f64;
        resampled.get(place.round() as usize).copied().unwrap_or(f64::NAN)
    };
    Estimate { value, low: at(0.025), high: at(0.975) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resamples_repeat_and_keep_clusters_together() {
        let clusters = [7, 7, 1, 2, 3];
        let all: Vec<Vec<f64>> = resamples(&clusters).collect();
        assert_eq!(all, resamples(&clusters).collect::<Vec<_>>());
        assert!(all.iter().all(|weights| weights[0] == weights[1]));
        assert!(all.iter().all(|weights| weights[1..].iter().sum::<f64>() == 4.0));
        assert!(all.iter().any(|weights| weights[0] == 0.0));
    }

    #[test]
    fn the_interval_is_between_the_quantiles() {
        let estimate = estimate(50.0, (0..=100).map(f64::from).chain([f64::NAN]).collect());
        assert_eq!((estimate.low, estimate.high), (3.0, 98.0));
    }
}
