//! How few carry half of the work.

use crate::model::{Missing, Observed};

/// Fewest that have at least half of all credits together; missing where there is no credit.
pub(super) fn fewest_with_half(credits: &[usize], why: Missing) -> Observed<usize> {
    let total: usize = credits.iter().sum();
    if total == 0 {
        return Observed::Missing(why);
    }
    let mut greatest_first = credits.to_vec();
    greatest_first.sort_unstable_by(|a, b| b.cmp(a));
    let mut sum = 0;
    let place = greatest_first.iter().position(|credits| {
        sum += credits;
        2 * sum >= total
    });
    Observed::from_option(place.map(|place| place + 1), why)
}
