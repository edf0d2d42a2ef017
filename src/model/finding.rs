//! Findings and the scores that rank them.

use std::sync::Arc;

use jiff::civil::Date;
use semver::{Version, VersionReq};
use smol_str::SmolStr;

use super::{Advisory, AdvisoryKind, Forecast, Measure, Observed, PackageIndex, Places, Presence};

/// Something about a package that someone may have to act on.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What sort of finding it is; also the name of the rule that made it.
    pub kind: FindingKind,
    /// The advisory behind it; none for a yanked release.
    pub advisory: Option<Arc<Advisory>>,
    /// The package it is about.
    pub package: PackageIndex,
    /// Whether the package is surely the one the advisory speaks of.
    pub certainty: Certainty,
    /// Whether the advisory speaks of the project as it is on the day, or of some versions only.
    pub concerns: Concerns,
    /// How the affected code takes part in the build. It is the package's presence, or
    /// `other-target` where the advisory is limited to platforms that are not built for.
    pub presence: Presence,
    /// Whether it was known to be exploited on the day judged for.
    pub threat: Observed<Threat>,
    /// How likely it was that day to be exploited within 30 days.
    pub epss: Observed<Epss>,
    /// What would end it.
    pub fix: Fix,
    /// The newest stable release above the locked one without a known vulnerability or soundness
    /// issue; none where there is none, or the releases are unknown.
    pub newest_good: Option<Version>,
    /// The chance that no fixed release comes within 365 days; only for a vulnerability or soundness
    /// issue that has none, of a package whose release history is known.
    pub stays_unfixed: Option<Forecast>,
    /// How urgent it is.
    pub tier: Tier,
    /// The gatekeeper's score, 0 to 100, with its terms.
    pub score: Score,
    /// How far its place among the findings moves when the weights are a little off.
    pub places: Places,
    /// Shortest paths from workspace members to the package, members first, best first.
    pub paths: Vec<Vec<PackageIndex>>,
    /// The waiver that sets it aside.
    pub waiver: Option<Waiver>,
    /// Whether it makes the gate fail under the policy in force.
    pub fails_gate: bool,
}

impl Finding {
    /// Whether it says that nobody maintains the project any more. A notice about old versions
    /// does not: it asks for an upgrade.
    pub fn says_unmaintained(&self) -> bool {
        self.kind == FindingKind::Unmaintained && self.concerns == Concerns::Project
    }

    /// The advisory's identifier, or the kind's name where there is no advisory.
    pub fn id(&self) -> &str {
        self.advisory.as_ref().map_or(self.kind.name(), |advisory| &advisory.id)
    }
}

/// Sort of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A known security vulnerability.
    Vulnerability,
    /// Safe code can cause undefined behaviour.
    Unsound,
    /// Nobody maintains the package any more.
    Unmaintained,
    /// Anything else an advisory says.
    Notice,
    /// The locked release was withdrawn from its registry.
    Yanked,
}

impl FindingKind {
    /// All kinds, gravest first.
    pub const ALL: [Self; 5] =
        [Self::Vulnerability, Self::Unsound, Self::Unmaintained, Self::Notice, Self::Yanked];

    /// The name used in reports, rules and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Unsound => "unsound",
            Self::Unmaintained => "unmaintained",
            Self::Notice => "notice",
            Self::Yanked => "yanked",
        }
    }
}

impl From<AdvisoryKind> for FindingKind {
    fn from(kind: AdvisoryKind) -> Self {
        match kind {
            AdvisoryKind::Vulnerability => Self::Vulnerability,
            AdvisoryKind::Unsound => Self::Unsound,
            AdvisoryKind::Unmaintained => Self::Unmaintained,
            AdvisoryKind::Notice => Self::Notice,
        }
    }
}

/// Whether the package is surely the one an advisory speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// Same registry, name and an affected version.
    Exact,
    /// Same name and an affected version, but from a git repository, a path or another
    /// registry: it may be a fork with the fix, or something else altogether.
    Possible,
}

impl Certainty {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Possible => "possible",
        }
    }
}

/// What a finding is evidence about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concerns {
    /// The project as it is on the day: no release gets away from it.
    Project,
    /// Some versions, the locked one among them: a higher release is not affected.
    SomeVersions,
}

impl Concerns {
    /// Both, the graver first.
    pub const ALL: [Self; 2] = [Self::Project, Self::SomeVersions];

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::SomeVersions => "some-versions",
        }
    }
}

/// Whether a vulnerability is known to be exploited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threat {
    /// Attackers are known to have used it.
    Exploited {
        /// The day that was listed.
        since: Date,
    },
    /// No list of exploited vulnerabilities has it. That does not show that nobody exploits it.
    NotListed,
}

impl Threat {
    /// The class used in rules and reports.
    pub fn class(self) -> &'static str {
        match self {
            Self::Exploited { .. } => "exploited",
            Self::NotListed => "not-listed",
        }
    }
}

/// A score of FIRST's Exploit Prediction Scoring System.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epss {
    /// The chance that somebody tries to exploit it within 30 days, 0 to 1.
    pub probability: f64,
    /// Share of all scored vulnerabilities with the same or a lower probability, 0 to 1.
    pub percentile: f64,
    /// The day of the score.
    pub on: Date,
}

/// What would end a finding.
#[derive(Debug, Clone, PartialEq)]
pub enum Fix {
    /// A good release exists inside every requirement: updating the lockfile is enough.
    Update {
        /// The newest such release.
        to: Version,
    },
    /// A good release exists, but some dependents do not accept it.
    Upgrade {
        /// The lowest good release above the locked one.
        to: Version,
        /// The dependents in the way, with what they accept.
        blocked_by: Vec<(PackageIndex, VersionReq)>,
    },
    /// A good release exists, but whether the requirements allow it is not known: a dependent
    /// has no declaration, or the release is announced by the advisory and not in the local index.
    Released {
        /// The lowest fixed version above the locked one.
        to: Version,
    },
    /// Updating the lockfile is enough: what depended on the package then does without it.
    Removed,
    /// No good release exists.
    None,
    /// Facts that would tell are missing.
    Unknown,
}

impl Fix {
    /// The class used in rules and reports.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Update { .. } | Self::Removed => "update",
            Self::Upgrade { .. } => "upgrade",
            Self::Released { .. } => "released",
            Self::None => "none",
            Self::Unknown => "unknown",
        }
    }
}

/// How urgent a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Drop other work.
    ActNow,
    /// Put it in the next plan.
    Plan,
    /// Look again when something changes.
    Watch,
    /// Good to know.
    Note,
}

impl Tier {
    /// All tiers, most urgent first.
    pub const ALL: [Self; 4] = [Self::ActNow, Self::Plan, Self::Watch, Self::Note];

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::ActNow => "act now",
            Self::Plan => "plan",
            Self::Watch => "watch",
            Self::Note => "note",
        }
    }
}

/// A score together with the terms that add up to it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    /// Sum of the contributions.
    pub total: f64,
    /// What adds up to the total, in the order of the rules.
    pub terms: Vec<Term>,
}

impl Score {
    /// The points of the total that stand in for what is not known.
    pub fn unknown(&self) -> f64 {
        let missing = self.terms.iter().filter(|term| term.value.known().is_none());
        // The sum of nothing is minus zero.
        missing.map(|term| term.contribution).sum::<f64>() + 0.0
    }
}

/// What one rule adds to a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Identifier of the rule.
    pub rule: SmolStr,
    /// What was measured.
    pub value: Observed<Measure>,
    /// Unit of the measured value.
    pub unit: &'static str,
    /// Place of the value on the rule's curve, 0 to 1.
    pub level: f64,
    /// Weight of the rule in this lens.
    pub weight: f64,
    /// `level` times `weight`.
    pub contribution: f64,
}

/// A decision of the user to set a finding aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Why it is acceptable.
    pub reason: String,
    /// Last day on which it holds.
    pub until: Option<Date>,
}
