//! The gatekeeper's policy: scores to tiers, findings to a verdict.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::model::{Certainty, Finding, FindingKind, Observed, Presence, Threat, Tier, Waiver};

/// How the gatekeeper judges. The default is `rules/policy.toml`; a user's configuration
/// replaces fields of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Scores at which tiers begin.
    pub thresholds: Thresholds,
    /// The least urgent tier of what is known to be exploited, caps aside.
    pub exploited: Tier,
    /// The most urgent tier a finding can have.
    pub caps: Caps,
    /// Which findings fail the gate.
    pub gate: Gate,
    /// Findings the user has set aside.
    pub waivers: Vec<WaiverRequest>,
}

/// Lowest score of each tier, 0 to 100; below `watch` a finding is a note.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Lowest score of [`Tier::ActNow`].
    pub act_now: f64,
    /// Lowest score of [`Tier::Plan`].
    pub plan: f64,
    /// Lowest score of [`Tier::Watch`].
    pub watch: f64,
}

/// The most urgent tier a finding can have, however high its score. What is not listed is not
/// capped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caps {
    /// By kind.
    pub kind: BTreeMap<FindingKind, Tier>,
    /// By presence.
    pub presence: BTreeMap<Presence, Tier>,
    /// By certainty.
    pub certainty: BTreeMap<Certainty, Tier>,
}

/// Which findings fail the gate: those that are in all four.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// Kinds that fail.
    pub kinds: BTreeSet<FindingKind>,
    /// Presences that fail.
    pub presences: BTreeSet<Presence>,
    /// Certainties that fail.
    pub certainties: BTreeSet<Certainty>,
    /// The least urgent tier that fails.
    pub tier: Tier,
    /// The chance of trouble within 24 months, 0 to 1, from which a package without an advisory
    /// fails; by default none does.
    pub chance_of_trouble: Option<f64>,
}

/// A user's wish to set findings aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverRequest {
    /// Identifier or alias of the advisory, or `yanked`.
    pub id: String,
    /// Name of the package it is limited to; every package where none is given.
    pub package: Option<String>,
    /// Why it is acceptable, and until when.
    pub waiver: Waiver,
}

impl Policy {
    /// The tier of a finding by its score, kind, presence, certainty and threat.
    pub fn tier(
        &self,
        score: f64,
        kind: FindingKind,
        presence: Presence,
        certainty: Certainty,
        threat: &Observed<Threat>,
    ) -> Tier {
        let by_score = match score {
            s if s >= self.thresholds.act_now => Tier::ActNow,
            s if s >= self.thresholds.plan => Tier::Plan,
            s if s >= self.thresholds.watch => Tier::Watch,
            _ => Tier::Note,
        };
        let by_threat = match threat {
            Observed::Known(Threat::Exploited { .. }) => by_score.min(self.exploited),
            Observed::Known(Threat::NotListed) | Observed::Missing(_) => by_score,
        };
        // Of what a presence may be the one that caps least counts.
        let cap = |presence| self.caps.presence.get(presence).copied().unwrap_or(Tier::ActNow);
        let by_presence = presence.alternatives().iter().map(cap).min();
        let caps = [
            self.caps.kind.get(&kind).copied(),
            by_presence,
            self.caps.certainty.get(&certainty).copied(),
        ];
        // Tiers are ordered most urgent first, so the greatest is the least urgent.
        caps.into_iter().flatten().fold(by_threat, Tier::max)
    }
}

impl Gate {
    /// Whether what is present so can fail the gate; one presence that it may have is enough.
    pub fn concerns(&self, presence: Presence) -> bool {
        presence.alternatives().iter().any(|it| self.presences.contains(it))
    }

    /// Whether a finding fails the gate, waivers aside.
    pub fn objects_to(&self, finding: &Finding) -> bool {
        self.kinds.contains(&finding.kind)
            && self.concerns(finding.presence)
            && self.certainties.contains(&finding.certainty)
            && finding.tier <= self.tier
    }
}

impl WaiverRequest {
    /// Whether it speaks of this finding about a package of this name.
    pub fn matches(&self, finding: &Finding, package: &str) -> bool {
        let aliases = finding.advisory.as_ref().map_or(&[][..], |advisory| &advisory.aliases);
        let mut names = aliases.iter().map(String::as_str).chain([finding.id()]);
        names.any(|name| name.eq_ignore_ascii_case(&self.id))
            && self.package.as_deref().is_none_or(|name| name == package)
    }

    /// Whether it speaks of the exposure of a package of this name.
    pub fn matches_exposure(&self, package: &str) -> bool {
        self.id == "exposure" && self.package.as_deref().is_none_or(|name| name == package)
    }

    /// Whether it holds on a day; its last day is included.
    pub fn is_active(&self, day: Date) -> bool {
        self.waiver.until.is_none_or(|until| day <= until)
    }
}
