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
    measure(place, presence, |place| place.reach)
}

/// Share of `members` workspace members that reach it, 0 to 1; missing where there are none.
pub fn members_share(
    place: &Observed<Place>,
    presence: Presence,
    members: usize,
) -> Observed<Measure> {
    if members == 0 {
        return Observed::Missing(Missing::NotBuilt);
    }
    measure(place, presence, |place| f64::from(place.members) / members as f64)
}

/// Share of the graph's PageRank, 0 to 1.
pub fn pagerank(place: &Observed<Place>, presence: Presence) -> Observed<Measure> {
    measure(place, presence, |place| place.pagerank)
}

/// Packages that only it brings in.
pub fn brings_in(place: &Observed<Place>, presence: Presence) -> Observed<Measure> {
    measure(place, presence, |place| f64::from(place.brings_in))
}

/// Fewest edges to cut so that no member reaches it.
pub fn min_cut(place: &Observed<Place>, presence: Presence) -> Observed<Measure> {
    match place {
        Observed::Known(place) => match place.min_cut {
            Observed::Known(edges) => number(f64::from(edges)),
            Observed::Missing(why) => Observed::Missing(why),
        },
        Observed::Missing(_) => measure(place, presence, |_| 0.0),
    }
}

fn measure(
    place: &Observed<Place>,
    presence: Presence,
    of: impl FnOnce(&Place) -> f64,
) -> Observed<Measure> {
    match (place, presence) {
        (Observed::Missing(Missing::NotBuilt), Presence::OtherTarget | Presence::Inactive) => {
            number(0.0)
        }
        (place, _) => place.and_then(|place| number(of(place))),
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

    #[test]
    fn shares_are_of_all_members() {
        let place = Observed::Known(Place {
            depth: 2,
            members: 3,
            dependents: 9,
            reach: 0.25,
            brings_in: 1,
            min_cut: Observed::Known(2),
            pagerank: 0.01,
        });
        assert_eq!(members_share(&place, Presence::Runtime, 4), number(0.75));
        let without = members_share(&place, Presence::Runtime, 0);
        assert_eq!(without, Observed::Missing(Missing::NotBuilt));
    }
}
