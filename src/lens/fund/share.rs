//! Whole hundredths shared out by weight, within bounds. Integers only: the same everywhere.

use std::cmp::Reverse;

/// Weights of one payee: those of its direct and those of its transitive projects.
///
/// A weight is at most 10^8 for each project, so that amount times weight fits 128 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weights {
    pub(super) direct: u64,
    pub(super) transitive: u64,
}

/// Bounds in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// What is shared out.
    pub(super) budget: u64,
    /// Most for one payee; at least the floor.
    pub(super) cap: u64,
    /// Least for one payee.
    pub(super) floor: u64,
    /// Most for the transitive projects together.
    pub(super) transitive: u64,
}

/// The amount of each payee. Together they are at most the budget.
///
/// Of the payees that would get less than the floor, the half (rounded up) with the smallest
/// shares gets nothing, of equal ones the later; then all is shared out again, until none gets
/// less. Halving instead of dropping one at a time bounds the rounds by the logarithm of their
/// number.
pub(super) fn share_out(weights: &[Weights], bounds: Bounds) -> Vec<u64> {
    let mut kept = weights.to_vec();
    loop {
        let amounts = pour(&kept, bounds);
        let is_small = |at: &usize| {
            kept[*at].direct + kept[*at].transitive > 0 && amounts[*at] < bounds.floor.max(1)
        };
        let mut small: Vec<usize> = (0..kept.len()).filter(is_small).collect();
        if small.is_empty() {
            return amounts;
        }
        small.sort_by_key(|&at| (amounts[at], Reverse(at)));
        for &at in &small[..small.len().div_ceil(2)] {
            kept[at] = Weights { direct: 0, transitive: 0 };
        }
    }
}

/// Shares out without a floor: direct projects first, with what the transitive ones are not
/// entitled to; then the transitive ones, within their bound; what these cannot take goes back
/// to the direct ones.
fn pour(weights: &[Weights], bounds: Bounds) -> Vec<u64> {
    let direct: Vec<u64> = weights.iter().map(|each| each.direct).collect();
    let transitive: Vec<u64> = weights.iter().map(|each| each.transitive).collect();
    let entitled = proportion(bounds.budget, sum(&transitive), sum(&direct) + sum(&transitive));
    let mut amounts = vec![0; weights.len()];
    let budget = bounds.budget;
    let left =
        budget - fill(budget - entitled.min(bounds.transitive), &direct, bounds.cap, &mut amounts);
    let left = left - fill(left.min(bounds.transitive), &transitive, bounds.cap, &mut amounts);
    fill(left, &direct, bounds.cap, &mut amounts);
    amounts
}

/// Adds a pot to the amounts in proportion to weights, none above the cap, and says how much was
/// added: the whole pot where anybody of some weight stays below the cap.
///
/// Those whose share would reach the cap get up to it, and the others share the rest by largest
/// remainder (Hamilton's method), of equal remainders the first.
fn fill(pot: u64, weights: &[u64], cap: u64, amounts: &mut [u64]) -> u64 {
    let room = |at: usize, amounts: &[u64]| cap.saturating_sub(amounts[at]);
    let mut open: Vec<usize> = (0..weights.len()).filter(|&at| weights[at] > 0).collect();
    // Least room for its weight first: once one stays below the cap, so do all after it.
    open.sort_by(|&a, &b| {
        let cross = |x: usize, y: usize| u128::from(room(x, amounts)) * u128::from(weights[y]);
        cross(a, b).cmp(&cross(b, a)).then(a.cmp(&b))
    });
    let mut all: u128 = open.iter().map(|&at| u128::from(weights[at])).sum();
    let mut rest = pot;
    let mut open = open.as_slice();
    while let [at, others @ ..] = open {
        let share = u128::from(rest) * u128::from(weights[*at]);
        let room = room(*at, amounts);
        if share < u128::from(room) * all {
            break;
        }
        amounts[*at] += room;
        rest -= room;
        all -= u128::from(weights[*at]);
        open = others;
    }
    if open.is_empty() {
        return pot - rest;
    }
    let mut remainders: Vec<(Reverse<u128>, usize)> = Vec::with_capacity(open.len());
    let mut odd = rest;
    for &at in open {
        let share = u128::from(rest) * u128::from(weights[at]);
        let whole = proportion(rest, u128::from(weights[at]), all);
        amounts[at] += whole;
        odd -= whole;
        remainders.push((Reverse(share % all), at));
    }
    remainders.sort_unstable();
    for (_, at) in remainders.iter().zip(0..odd).map(|(each, _)| each) {
        amounts[*at] += 1;
    }
    pot
}

fn sum(weights: &[u64]) -> u128 {
    weights.iter().map(|&weight| u128::from(weight)).sum()
}

/// `amount * part / whole`, rounded down; 0 of nothing. `part` is at most `whole`.
pub(super) fn proportion(amount: u64, part: u128, whole: u128) -> u64 {
    let share = (u128::from(amount) * part).checked_div(whole).unwrap_or(0);
    u64::try_from(share).unwrap_or(amount)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MOST: u64 = u64::MAX;

    fn weights(pairs: &[(u64, u64)]) -> Vec<Weights> {
        pairs.iter().map(|&(direct, transitive)| Weights { direct, transitive }).collect()
    }

    #[test]
    fn shares_computed_by_hand() {
        // Direct and transitive weight of each payee; budget, cap, floor, most for transitive.
        type Row<'a> = (&'a [(u64, u64)], [u64; 4], &'a [u64]);
        let cases: [Row<'_>; 19] = [
            // In proportion, nothing binding.
            (&[(6, 0), (3, 0), (1, 0)], [1000, 1000, 0, 0], &[600, 300, 100]),
            // 33.33 each: the odd hundredth goes to the first of equal remainders.
            (&[(1, 0), (1, 0), (1, 0)], [100, 100, 0, 0], &[34, 33, 33]),
            // 14.29, 28.57, 57.14: the largest remainder gets the odd one.
            (&[(1, 0), (2, 0), (4, 0)], [100, 100, 0, 0], &[14, 29, 57]),
            // 600 is capped at 400; 600 left go 3 to 1.
            (&[(6, 0), (3, 0), (1, 0)], [1000, 500, 0, 0], &[500, 375, 125]),
            // Capping the first lifts the second above the cap too.
            (&[(6, 0), (3, 0), (1, 0)], [1000, 360, 0, 0], &[360, 360, 280]),
            // All capped: 100 are left.
            (&[(6, 0), (3, 0), (1, 0)], [1000, 300, 0, 0], &[300, 300, 300]),
            // 100 is below the floor of 150: 1000 go 6 to 3.
            (&[(6, 0), (3, 0), (1, 0)], [1000, 1000, 150, 0], &[667, 333, 0]),
            // 250 each is below 300: of four equal the last two go.
            (&[(1, 0), (1, 0), (1, 0), (1, 0)], [1000, 1000, 300, 0], &[500, 500, 0, 0]),
            // 50 and 50 are below 60: the later goes, and 52.63 is still below.
            (&[(18, 0), (1, 0), (1, 0)], [1000, 1000, 60, 0], &[1000, 0, 0]),
            // 60 to the transitive by weight, but at most 30: the direct one takes 70.
            (&[(4, 0), (0, 3), (0, 3)], [100, 100, 0, 30], &[70, 15, 15]),
            // 60 by weight is within the bound of 80.
            (&[(4, 0), (0, 3), (0, 3)], [100, 100, 0, 80], &[40, 30, 30]),
            // The direct one is capped at 20: the transitive take 80.
            (&[(4, 0), (0, 3), (0, 3)], [100, 40, 0, 80], &[40, 30, 30]),
            (&[(9, 0), (0, 1)], [100, 50, 0, 50], &[50, 50]),
            // The transitive one is capped at 40 of its 60: the direct ones take the rest.
            (&[(2, 0), (2, 0), (0, 6)], [100, 40, 0, 100], &[30, 30, 40]),
            // One payee of both: 50 direct, 25 of 50 transitive, then the rest as direct.
            (&[(1, 1)], [100, 100, 0, 25], &[100]),
            // Nobody direct: only what the transitive ones may get.
            (&[(0, 1)], [100, 100, 0, 25], &[25]),
            (&[(0, 1), (1, 0)], [100, 100, 0, 0], &[0, 100]),
            // One payee of no weight, and none at all.
            (&[(0, 0)], [100, 100, 0, 100], &[0]),
            (
                &[(100_000_000, 0), (100_000_000, 0)],
                [MOST, MOST, 0, MOST],
                &[MOST / 2 + 1, MOST / 2],
            ),
        ];
        for (given, [budget, cap, floor, transitive], expected) in cases {
            let bounds = Bounds { budget, cap, floor, transitive };
            assert_eq!(share_out(&weights(given), bounds), expected, "{given:?} {bounds:?}");
        }
    }

    proptest! {
        #[test]
        fn bounds_hold_and_nothing_is_lost(
            given in proptest::collection::vec((0..=100_000_000_u64, 0..=100_000_000_u64), 0..30),
            budget in prop_oneof![1..10_000_u64, Just(u64::MAX)],
            [cap, floor, transitive] in [0..=100_u64, 0..=100_u64, 0..=100_u64],
        ) {
            let part = |percent: u64| proportion(budget, u128::from(percent), 100);
            let floor = part(floor);
            let cap = part(cap).max(floor);
            let bounds = Bounds { budget, cap, floor, transitive: part(transitive) };
            let weights = weights(&given);
            let amounts = share_out(&weights, bounds);
            let total: u128 = amounts.iter().map(|&amount| u128::from(amount)).sum();
            prop_assert!(total <= u128::from(budget));
            for (amount, weight) in amounts.iter().zip(&weights) {
                prop_assert!(*amount == 0 || (*amount >= floor && *amount <= cap));
                prop_assert!(*amount == 0 || weight.direct + weight.transitive > 0);
            }
            let only_transitive = |(amount, weight): (&u64, &Weights)| {
                if weight.direct == 0 { u128::from(*amount) } else { 0 }
            };
            let transitive: u128 = amounts.iter().zip(&weights).map(only_transitive).sum();
            prop_assert!(transitive <= u128::from(bounds.transitive));
            // Something is left only where every direct payee that gets something is at the cap.
            let has_room = |(amount, weight): (&u64, &Weights)| {
                weight.direct > 0 && *amount > 0 && *amount < cap
            };
            let room = amounts.iter().zip(&weights).any(has_room);
            prop_assert!(!room || total == u128::from(budget));
        }
    }
}
