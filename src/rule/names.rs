//! What rules and policies call kinds, presences, certainties and tiers.

use crate::model::{Certainty, FindingKind, Presence, Tier};

/// The kind of finding with this name.
pub fn kind_named(name: &str) -> Option<FindingKind> {
    FindingKind::ALL.into_iter().find(|kind| kind.name() == name)
}

/// The presence with this name. One that may be several goes by the names of those.
pub fn presence_named(name: &str) -> Option<Presence> {
    let mut single = Presence::ALL.into_iter().filter(|it| it.alternatives().len() == 1);
    single.find(|presence| presence.name() == name)
}

/// The certainty with this name.
pub fn certainty_named(name: &str) -> Option<Certainty> {
    [Certainty::Exact, Certainty::Possible].into_iter().find(|certainty| certainty.name() == name)
}

/// The tier with this name.
pub fn tier_named(name: &str) -> Option<Tier> {
    Tier::ALL.into_iter().find(|tier| tier.name() == name)
}
