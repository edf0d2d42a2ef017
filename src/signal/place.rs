//! What a package's place in the graph measures.
//!
//! What is known not to be built has a place that can be told: nothing built depends on it. Its
//! measures are then zero, not missing.

use crate::model::{Measure, Missing, Observed, Place, Presence};

/// Fewest edges from a workspace member; missing for what is not built.
pub fn depth(place: &Observed<Place>) -> Observed<Measure> {
    place.and_then(|place| number(f64::from(place.depth)))
}

/// Share of live packages that depend on it, 0 to 1.
pub fn reach(place: &Observed<Place>, presence: Presence) -> Observed<Measure> {
    match (place, presence) {
        (Observed::Missing(Missing::NotBuilt), Presence::OtherTarget | Presence::Inactive) => {
            number(0.0)
        }
        (place, _) => place.and_then(|place| number(place.reach)),
    }
}

fn number(value: f64) -> Observed<Measure> {
    Observed::Known(Measure::Number(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_built_is_zero_only_where_the_presence_says_so() {
        let nowhere = Observed::Missing(Missing::NotBuilt);
        assert_eq!(reach(&nowhere, Presence::Inactive), number(0.0));
        assert_eq!(reach(&nowhere, Presence::Unknown), Observed::Missing(Missing::NotBuilt));
        assert_eq!(depth(&nowhere), Observed::Missing(Missing::NotBuilt));
    }
}
