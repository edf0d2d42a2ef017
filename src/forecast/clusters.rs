//! Which rows a bootstrap must draw together, as one cause may have put them there.

use std::collections::BTreeMap;

/// Puts all rows of one key into one cluster, and with them the clusters they were in.
///
/// `clusters` holds the cluster of each row and `keys` the key of each row.
pub(super) fn join<K: Ord>(clusters: &mut [u32], keys: impl Iterator<Item = K>) {
    let mut rows: Vec<(K, u32)> = keys.zip(clusters.iter().copied()).collect();
    rows.sort_unstable();
    let mut pairs = Vec::new();
    for of_key in rows.chunk_by(|a, b| a.0 == b.0) {
        pairs.extend(of_key.windows(2).map(|pair| (pair[0].1, pair[1].1)));
    }
    pairs.sort_unstable();
    pairs.dedup();
    // Few hundred clusters: pass the smallest label on until nothing changes.
    let mut label: BTreeMap<u32, u32> = clusters.iter().map(|&it| (it, it)).collect();
    loop {
        let mut changed = false;
        for &(a, b) in &pairs {
            let least = label[&a].min(label[&b]);
            changed |= label.insert(a, least) != Some(least);
            changed |= label.insert(b, least) != Some(least);
        }
        if !changed {
            break;
        }
    }
    for cluster in clusters {
        *cluster = label[cluster];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_day_ties_clusters_together() {
        // Owners 1 and 2 meet on day 20, owner 2 and 3 on day 30; owner 4 is alone.
        let mut clusters = [1, 1, 2, 2, 3, 4];
        join(&mut clusters, [10, 20, 20, 30, 30, 40].into_iter());
        assert_eq!(clusters, [1, 1, 1, 1, 1, 4]);
    }
}
