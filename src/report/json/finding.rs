//! Findings with their evidence.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::forecast::Models;
use crate::model::{
    self, Certainty, Concerns, FindingKind, PackageIndex, Presence, PublicBasis, Severity, Tier,
};

use super::observed::{Number, Observed, Value, measure, number, observed, observed_number};
use super::outlook::{Forecast, Places, forecast, places};

/// Something about a package that someone may have to act on.
#[derive(Serialize, JsonSchema)]
pub(super) struct Finding<'a> {
    /// The rule that made it, which is the sort of finding.
    #[schemars(extend("enum" = FindingKind::ALL.map(FindingKind::name)))]
    rule: &'static str,
    /// Identifier of the advisory, or the rule's name where there is none.
    id: &'a str,
    /// The advisory behind it; null for a yanked release.
    advisory: Option<Advisory<'a>>,
    /// Identifier of the package.
    package: &'a str,
    /// `possible` where the package has the name and version of the advisory but comes from
    /// elsewhere than the registry the advisory speaks of.
    #[schemars(extend("enum" = [Certainty::Exact, Certainty::Possible].map(Certainty::name)))]
    certainty: &'static str,
    /// `some-versions` where a higher release, published by the day of the audit, is not affected:
    /// then it tells nothing of the project as it is today.
    #[schemars(extend("enum" = Concerns::ALL.map(Concerns::name)))]
    concerns: &'static str,
    /// How the affected code takes part in the build: the package's presence, or
    /// `other-target` where the advisory is limited to platforms that are not built for.
    #[schemars(extend("enum" = Presence::ALL.map(Presence::name)))]
    presence: &'static str,
    /// How urgent it is.
    #[schemars(extend("enum" = Tier::ALL.map(Tier::name)))]
    tier: &'static str,
    /// The gatekeeper's score, 0 to 100.
    score: Number,
    /// What adds up to the score.
    terms: Vec<Term<'a>>,
    /// How far its place among the findings moves when the weights are a little off.
    places: Places,
    /// Shortest paths from workspace members to the package, as package identifiers.
    paths: Vec<Vec<&'a str>>,
    /// Whether it was known to be exploited on the day of the audit.
    threat: Threat,
    /// What would end it.
    fix: Fix<'a>,
    /// The chance that no fixed release comes within 365 days; null but for a vulnerability or
    /// soundness issue without one, of a package whose releases are known.
    stays_unfixed: Option<Forecast>,
    /// The user's decision to set it aside; null where there is none.
    waiver: Option<Waiver<'a>>,
    /// Whether it makes the gate fail.
    fails_gate: bool,
}

/// What an advisory says.
#[derive(Serialize, JsonSchema)]
struct Advisory<'a> {
    /// Identifier.
    id: &'a str,
    /// Other identifiers of the same trouble.
    aliases: &'a [String],
    /// The advisory's own date.
    #[schemars(extend("format" = "date"))]
    date: String,
    /// The day from which on it counts as known: in an audit as of an earlier day it is no finding.
    #[schemars(extend("format" = "date"))]
    public: String,
    /// What that day rests on: `first-seen`, the day it first appeared in the database, or
    /// `own-date` where that was not recorded, so that it may have become public later.
    #[schemars(extend("enum" = PublicBasis::ALL.map(PublicBasis::name)))]
    public_basis: &'static str,
    /// What it is about, in one line; null where the database in use has no titles.
    title: Option<&'a str>,
    /// CVSS vector as written; null where there is none.
    cvss_vector: Option<&'a str>,
    /// CVSS base score, 0.0 to 10.0.
    cvss_score: Number,
    /// Qualitative rating of the base score, or else the one that the database states.
    severity: Observed<Rating>,
    /// Categories, such as `memory-corruption`.
    categories: &'a [String],
    /// Keywords, such as `smtp`.
    keywords: &'a [String],
    /// CPU architectures affected; empty for all.
    arch: &'a [String],
    /// Operating systems affected; empty for all.
    os: &'a [String],
    /// Affected functions and the version requirements they are affected in.
    functions: &'a BTreeMap<String, Vec<String>>,
    /// Address of the primary reference; null where there is none.
    url: Option<&'a str>,
}

/// Qualitative rating of a CVSS base score.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
struct Rating(#[schemars(extend("enum" = ratings()))] &'static str);

/// What one rule adds to a score.
#[derive(Serialize, JsonSchema)]
pub(super) struct Term<'a> {
    /// Identifier of the rule.
    rule: &'a str,
    /// What was measured: a number or the name of a class.
    value: Value,
    /// Unit of the value.
    unit: &'static str,
    /// Place of the value on the rule's curve, 0 to 1.
    level: Number,
    /// Weight of the rule.
    weight: Number,
    /// `level` times `weight`.
    contribution: Number,
}

/// Whether a vulnerability is known to be exploited.
#[derive(Serialize, JsonSchema)]
struct Threat {
    /// FIRST's EPSS: the chance that somebody tries to exploit it within 30 days, 0 to 1.
    epss: Number,
    /// Share of all scored vulnerabilities with the same or a lower chance, 0 to 1.
    epss_percentile: Number,
    /// The day it was listed as exploited; null where it is not listed, which does not show that
    /// nobody exploits it.
    #[schemars(extend("format" = "date"))]
    known_exploited_since: Observed<Option<String>>,
}

/// What would end a finding.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "class", rename_all = "kebab-case")]
enum Fix<'a> {
    /// Updating the lockfile is enough.
    Update {
        /// The newest good release inside every requirement.
        to: String,
    },
    /// Updating the lockfile is enough: what depended on the package then does without it.
    Removed,
    /// Some dependents do not accept any good release.
    Upgrade {
        /// The lowest good release above the locked one.
        to: String,
        /// The dependents in the way.
        blocked_by: Vec<Blocker<'a>>,
    },
    /// The advisory names a fixed version; whether the requirements allow it is not known.
    Released {
        /// The lowest fixed version above the locked one.
        to: String,
    },
    /// No good release exists.
    None,
    /// Facts that would tell are missing.
    Unknown,
}

/// A dependent that does not accept a good release.
#[derive(Serialize, JsonSchema)]
struct Blocker<'a> {
    /// Identifier of the package.
    package: &'a str,
    /// The requirement it has.
    accepts: String,
}

/// A decision of the user to set a finding aside.
#[derive(Serialize, JsonSchema)]
pub(super) struct Waiver<'a> {
    /// Why it is acceptable.
    reason: &'a str,
    /// Last day on which it holds; null for no end.
    #[schemars(extend("format" = "date"))]
    until: Option<String>,
}

fn ratings() -> [&'static str; 5] {
    [Severity::None, Severity::Low, Severity::Medium, Severity::High, Severity::Critical]
        .map(Severity::name)
}

pub(super) fn finding<'a>(
    finding: &'a model::Finding,
    identifiers: &'a [String],
    models: &Models,
) -> Finding<'a> {
    let id = |index: &PackageIndex| identifiers[index.get()].as_str();
    Finding {
        rule: finding.kind.name(),
        id: finding.id(),
        advisory: finding.advisory.as_ref().map(|each| advisory(each)),
        package: id(&finding.package),
        certainty: finding.certainty.name(),
        concerns: finding.concerns.name(),
        presence: finding.presence.name(),
        tier: finding.tier.name(),
        score: number(finding.score.total, 2),
        terms: terms(&finding.score),
        places: places(finding.places),
        paths: finding.paths.iter().map(|path| path.iter().map(id).collect()).collect(),
        threat: threat(&finding.threat, &finding.epss),
        fix: fix(&finding.fix, identifiers),
        stays_unfixed: finding.stays_unfixed.as_ref().map(|it| forecast(it, models.of(it))),
        waiver: finding.waiver.as_ref().map(waiver),
        fails_gate: finding.fails_gate,
    }
}

fn advisory(advisory: &model::Advisory) -> Advisory<'_> {
    let cvss = advisory.cvss_score();
    let severity = model::Observed::from_option(advisory.severity(), model::Missing::NoCvss);
    Advisory {
        id: &advisory.id,
        aliases: &advisory.aliases,
        date: advisory.date.to_string(),
        public: advisory.public().to_string(),
        public_basis: advisory.public_basis().name(),
        title: advisory.title.as_deref(),
        cvss_vector: advisory.cvss.as_deref(),
        cvss_score: observed_number(&cvss.map(|cvss| cvss.score), 1),
        severity: observed(&severity, |severity: &Severity| Rating(severity.name())),
        categories: &advisory.categories,
        keywords: &advisory.keywords,
        arch: &advisory.arch,
        os: &advisory.os,
        functions: &advisory.functions,
        url: advisory.url.as_deref(),
    }
}

pub(super) fn waiver(waiver: &model::Waiver) -> Waiver<'_> {
    Waiver { reason: &waiver.reason, until: waiver.until.map(|day| day.to_string()) }
}

/// The terms of a score.
pub(super) fn terms(score: &model::Score) -> Vec<Term<'_>> {
    let terms = score.terms.iter().map(|term| Term {
        rule: &term.rule,
        value: measure(&term.value),
        unit: term.unit,
        level: number(term.level, 4),
        weight: number(term.weight, 4),
        contribution: number(term.contribution, 2),
    });
    terms.collect()
}

fn threat(threat: &model::Observed<model::Threat>, epss: &model::Observed<model::Epss>) -> Threat {
    let since = |threat: &model::Threat| match threat {
        model::Threat::Exploited { since } => Some(since.to_string()),
        model::Threat::NotListed => None,
    };
    Threat {
        epss: observed_number(&epss.clone().map(|epss| epss.probability), 5),
        epss_percentile: observed_number(&epss.clone().map(|epss| epss.percentile), 5),
        known_exploited_since: observed(threat, since),
    }
}

fn fix<'a>(fix: &model::Fix, identifiers: &'a [String]) -> Fix<'a> {
    match fix {
        model::Fix::Update { to } => Fix::Update { to: to.to_string() },
        model::Fix::Upgrade { to, blocked_by } => Fix::Upgrade {
            to: to.to_string(),
            blocked_by: blocked_by
                .iter()
                .map(|(index, accepts)| Blocker {
                    package: &identifiers[index.get()],
                    accepts: accepts.to_string(),
                })
                .collect(),
        },
        model::Fix::Released { to } => Fix::Released { to: to.to_string() },
        model::Fix::Removed => Fix::Removed,
        model::Fix::None => Fix::None,
        model::Fix::Unknown => Fix::Unknown,
    }
}
