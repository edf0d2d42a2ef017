//! How far places in a ranking move when the weights of its scores are a little off.
//!
//! Weights are judgement, so a ranking that turns on their last digit should say so. Every weight
//! of every score is set 20% higher or lower, all at once, in a two-level design in which each
//! weight is high in half of the runs and independent of every other (Sylvester's Hadamard matrix;
//! Plackett and Burman, "The Design of Optimum Multifactorial Experiments", Biometrika 33, 1946,
//! <https://doi.org/10.1093/biomet/33.4.305>). No chance is involved.

use crate::model::Places;

/// How much a weight may be off, as a share of it.
const DOUBT: f64 = 0.2;

/// The places that each item takes, where items stand in a ranking by ascending key.
///
/// An item is a list of contributions by name; `key` maps the position of an item and a new sum of
/// its contributions to what it is ranked by. Equal items keep their order. The place that an item
/// takes under the weights as they are is always within the range.
pub(super) fn places<N: AsRef<str>>(
    items: &[Vec<(N, f64)>],
    key: impl Fn(usize, f64) -> f64,
) -> Vec<Places> {
    let mut names: Vec<&str> = Vec::new();
    let parts: Vec<Vec<(usize, f64)>> =
        items.iter().map(|item| contributions(item, &mut names)).collect();
    let factors = names.len();
    let mut places = vec![Places { first: usize::MAX, last: 0 }; items.len()];
    // The lowest bits of a key hold the position, so that plain numbers are sorted: keys that
    // agree in all bits but these are equal.
    let position_bits = items.len().max(1).ilog2() + 1;
    let mut order: Vec<u64> = Vec::with_capacity(items.len());
    for run in 0..(factors + 1).next_power_of_two() {
        let changes: Vec<f64> = (1..=factors).map(|factor| change(run, factor)).collect();
        order.clear();
        order.extend(parts.iter().enumerate().map(|(item, parts)| {
            let total = parts.iter().map(|(number, part)| changes[*number] * part).sum();
            (in_order(key(item, total)) >> position_bits << position_bits) | item as u64
        }));
        order.sort_unstable();
        for (place, key) in order.iter().enumerate() {
            let range = &mut places[(key & ((1 << position_bits) - 1)) as usize];
            range.first = range.first.min(place + 1);
            range.last = range.last.max(place + 1);
        }
    }
    places
}

/// What a factor, counted from 1, is multiplied with in a run. Run 0 of the design would lower all
/// alike; here it is the one without a change.
fn change(run: usize, factor: usize) -> f64 {
    match (factor & run).count_ones() % 2 {
        _ if run == 0 => 1.0,
        0 => 1.0 - DOUBT,
        _ => 1.0 + DOUBT,
    }
}

/// A whole number in the same order as the numbers (IEEE 754, `totalOrder`): whole numbers sort
/// several times faster.
fn in_order(number: f64) -> u64 {
    let bits = number.to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

/// The contributions with the number of their name among `names`, which grows.
fn contributions<'a, N: AsRef<str>>(
    item: &'a [(N, f64)],
    names: &mut Vec<&'a str>,
) -> Vec<(usize, f64)> {
    let numbered = |(place, (name, contribution)): (usize, &'a (N, f64))| {
        let name = name.as_ref();
        // Items of one kind list their parts in the same order.
        let known = match names.get(place) {
            Some(same) if *same == name => Some(place),
            _ => names.iter().position(|known| *known == name),
        };
        let number = known.unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        (number, *contribution)
    };
    item.iter().enumerate().map(numbered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_turns_on_the_weights_moves() {
        // 30 + 10 = 40, 0 + 35 = 35, 5 + 5 = 10: the first two change places when one weight is
        // a fifth lower and the other a fifth higher (32 + 8 against 42), the third stays.
        let items =
            [vec![("a", 30.0), ("b", 10.0)], vec![("b", 35.0)], vec![("a", 5.0), ("b", 5.0)]];
        let ranges = places(&items, |_, total| -total);
        let expected = [(1, 2), (1, 2), (3, 3)].map(|(first, last)| Places { first, last });
        assert_eq!(ranges, expected);
        assert!(places::<&str>(&[], |_, total| total).is_empty());
    }

    #[test]
    fn what_is_not_weighted_holds_its_place() {
        // 1 x 10 against 2 x 4: a fifth of either contribution is 2 and 0.8, times 1 and 2.
        let items = [vec![("a", 10.0)], vec![("b", 4.0)]];
        let ranges = places(&items, |at, total| -(total * [1.0, 2.0][at]));
        assert_eq!(ranges, [Places { first: 1, last: 2 }; 2]);
        let ranges = places(&items, |at, total| -(total * [1.0, 0.1][at]));
        assert_eq!(ranges, [1, 2].map(|place| Places { first: place, last: place }));
    }

    #[test]
    fn equal_items_keep_their_order() {
        let ranges = places(&[[("a", 1.0)].to_vec(), [("a", 1.0)].to_vec()], |_, total| -total);
        assert_eq!(ranges, [Places { first: 1, last: 1 }, Places { first: 2, last: 2 }]);
    }
}
