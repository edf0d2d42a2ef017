//! What of the audited workspace stands on packages.

use crate::model::{Graph, Harm, PackageFacts, PackageIndex, Presence};
use crate::rule::Rule;

/// The rule whose levels weigh dependency scopes.
const SCOPES: &str = "presence";

/// What stands on these packages together: as a lower bound, on the one that most depend on. What
/// is not built harms nothing that is.
pub(super) fn harm(
    rules: &[Rule],
    graph: &Graph,
    facts: &[PackageFacts],
    packages: &[PackageIndex],
) -> Harm {
    let places = packages.iter().filter_map(|package| facts.get(package.get())?.place.known());
    let share = places.map(|place| place.reach).fold(0.0, f64::max);
    let presence = strongest(packages.iter().map(|package| graph.presence(*package)));
    let rule = rules.iter().find(|rule| rule.id == SCOPES);
    let weight = rule.and_then(|rule| rule.curve.class(presence.name())).unwrap_or(1.0);
    Harm::new(share, presence, weight)
}

/// The strongest presence. Unknown may be runtime, so it comes right after it.
fn strongest(presences: impl Iterator<Item = Presence> + Clone) -> Presence {
    let strongest = presences.clone().min().unwrap_or(Presence::Unknown);
    let any_unknown = presences.into_iter().any(|presence| presence == Presence::Unknown);
    if any_unknown && strongest != Presence::Runtime { Presence::Unknown } else { strongest }
}
