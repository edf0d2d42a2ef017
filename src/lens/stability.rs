//! How far places in a ranking move when the weights of its scores are a little off.
//!
//! Weights are judgement, so a ranking that turns on their last digit should say so. Every weight
//! of every score is set 20 % higher or lower, all at once, in a two-level design in which each
//! weight is high in half of the runs and independent of every other (Sylvester's Hadamard matrix;
//! Plackett and Burman, "The Design of Optimum Multifactorial Experiments", Biometrika 33, 1946,
//! <https://doi.org/10.1093/biomet/33.4.305>). No chance is involved.

use crate::model::{Places, Score};

/// How much a weight may be off, as a share of it.
const DOUBT: f64 = 0.2;

/// The places that each item takes, where items stand in a ranking by ascending key.
///
/// An item's scores are the `N` sums its key is made from; `key` maps the position of an item and
/// new totals of its scores to what it is ranked by. Equal items keep their order. The place that
/// an item takes under the weights as they are is always within the range.
pub(super) fn places<const N: usize>(
    items: &[[&Score; N]],
    key: impl Fn(usize, [f64; N]) -> f64,
) -> Vec<Places> {
    let mut rules: [Vec<&str>; N] = std::array::from_fn(|_| Vec::new());
    let parts: Vec<[Vec<(usize, f64)>; N]> = items
        .iter()
        .map(|scores| std::array::from_fn(|at| contributions(scores[at], &mut rules[at])))
        .collect();
    let factors: usize = rules.iter().map(Vec::len).sum();
    let mut places = vec![Places { first: usize::MAX, last: 0 }; items.len()];
    // The lowest bits of a key hold the position, so that plain numbers are sorted: keys that
    // agree in all bits but these are equal.
    let position_bits = items.len().max(1).ilog2() + 1;
    let mut order: Vec<u64> = Vec::with_capacity(items.len());
    for run in 0..(factors + 1).next_power_of_two() {
        let changes: Vec<f64> = (1..=factors).map(|factor| change(run, factor)).collect();
        order.clear();
        order.extend(parts.iter().enumerate().map(|(item, parts)| {
            let mut rest = &changes[..];
            let totals = std::array::from_fn(|at| {
                let (own, others) = rest.split_at(rules[at].len());
                rest = others;
                parts[at].iter().map(|(number, contribution)| own[*number] * contribution).sum()
            });
            (in_order(key(item, totals)) >> position_bits << position_bits) | item as u64
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

/// The terms' contributions with the number of their rule among `rules`, which grows.
fn contributions<'a>(score: &'a Score, rules: &mut Vec<&'a str>) -> Vec<(usize, f64)> {
    let of_term = |(place, term): (usize, &'a crate::model::Term)| {
        let rule = term.rule.as_str();
        // Scores of one scale list their rules in the same order.
        let known = match rules.get(place) {
            Some(same) if *same == rule => Some(place),
            _ => rules.iter().position(|known| *known == rule),
        };
        let number = known.unwrap_or_else(|| {
            rules.push(rule);
            rules.len() - 1
        });
        (number, term.contribution)
    };
    score.terms.iter().enumerate().map(of_term).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Measure, Observed, Term};

    fn score(contributions: &[(&str, f64)]) -> Score {
        let term = |(rule, contribution): &(&str, f64)| Term {
            rule: (*rule).into(),
            value: Observed::Known(Measure::Number(0.0)),
            unit: "share",
            level: 0.0,
            weight: 0.0,
            contribution: *contribution,
        };
        let terms: Vec<Term> = contributions.iter().map(term).collect();
        Score { total: terms.iter().map(|term| term.contribution).sum(), terms }
    }

    #[test]
    fn only_what_turns_on_the_weights_moves() {
        // 30 + 10 = 40, 0 + 35 = 35, 5 + 5 = 10: the first two change places when one weight is
        // a fifth lower and the other a fifth higher (32 + 8 against 42), the third stays.
        let scores = [
            score(&[("a", 30.0), ("b", 10.0)]),
            score(&[("b", 35.0)]),
            score(&[("a", 5.0), ("b", 5.0)]),
        ];
        let items: Vec<[&Score; 1]> = scores.iter().map(|score| [score]).collect();
        let ranges = places(&items, |_, [total]| -total);
        let expected = [(1, 2), (1, 2), (3, 3)].map(|(first, last)| Places { first, last });
        assert_eq!(ranges, expected);
    }

    #[test]
    fn weights_of_two_scores_move_apart() {
        // 10 x 10 against 9.8 x 10.1: within a fifth of each of the two weights.
        let scores = [score(&[("a", 10.0)]), score(&[("b", 9.8)])];
        let others = [score(&[("a", 10.0)]), score(&[("a", 10.1)])];
        let items = [[&scores[0], &others[0]], [&scores[1], &others[1]]];
        let ranges = places(&items, |_, [a, b]| -(a * b));
        assert_eq!(ranges, [Places { first: 1, last: 2 }; 2]);
        assert!(places::<1>(&[], |_, [total]| total).is_empty());
    }

    #[test]
    fn equal_items_keep_their_order() {
        let one = score(&[("a", 1.0)]);
        let ranges = places(&[[&one], [&one]], |_, [total]| -total);
        assert_eq!(ranges, [Places { first: 1, last: 1 }, Places { first: 2, last: 2 }]);
    }
}
