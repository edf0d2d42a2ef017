//! Rules from `rules/*.toml`: signals to levels, levels to terms.
//!
//! A rule turns what a signal measured into a level from 0 to 1 by its curve, and the level into
//! a [`Term`](crate::model::Term) by its weight in a score. What it does with a missing
//! measurement is written in the rule. A rule's file is
//! its documentation and, with its examples, its test.
//!
//! A new rule is a file in `rules/` and a line in the table below.

mod curve;
mod names;
mod parse;
mod policy;
mod policy_file;
mod score;

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::model::{Error, FindingKind, Measure, Observed};

pub use curve::{Curve, Value};
pub use names::{certainty_named, kind_named, presence_named, tier_named};
pub use policy::{Caps, Gate, Policy, Thresholds, WaiverRequest};
pub use score::{Scale, score};

/// Every rule: path in the project and text, sorted by path.
const FILES: [(&str, &str); 16] = [
    ("rules/absence-factor.toml", include_str!("../../rules/absence-factor.toml")),
    ("rules/certainty.toml", include_str!("../../rules/certainty.toml")),
    ("rules/change-of-hands.toml", include_str!("../../rules/change-of-hands.toml")),
    ("rules/class.toml", include_str!("../../rules/class.toml")),
    ("rules/commit-silence.toml", include_str!("../../rules/commit-silence.toml")),
    ("rules/depth.toml", include_str!("../../rules/depth.toml")),
    ("rules/fix.toml", include_str!("../../rules/fix.toml")),
    ("rules/funding.toml", include_str!("../../rules/funding.toml")),
    ("rules/open-vulnerabilities.toml", include_str!("../../rules/open-vulnerabilities.toml")),
    ("rules/presence.toml", include_str!("../../rules/presence.toml")),
    ("rules/publishers.toml", include_str!("../../rules/publishers.toml")),
    ("rules/reach.toml", include_str!("../../rules/reach.toml")),
    ("rules/responsiveness.toml", include_str!("../../rules/responsiveness.toml")),
    ("rules/severity.toml", include_str!("../../rules/severity.toml")),
    ("rules/tag.toml", include_str!("../../rules/tag.toml")),
    ("rules/threat.toml", include_str!("../../rules/threat.toml")),
];

/// One rule: how a measured value counts, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Identifier, the name of its file.
    pub id: SmolStr,
    /// What is measured, as a noun phrase.
    pub title: String,
    /// The signal that measures it.
    pub signal: String,
    /// Unit of the measured value.
    pub unit: &'static str,
    /// How to say a measured value, with `{value}` in its place.
    pub phrase: String,
    /// From value to level.
    pub curve: Curve,
    /// The value an ordinary healthy package has; what stands out is told by its distance.
    pub ordinary: Value,
    /// The level that stands in for a missing measurement, at least the one of `ordinary`, by
    /// kind of finding in the order of [`FindingKind::ALL`]. In the chance of trouble a missing
    /// measurement counts as an ordinary one.
    pub missing: [f64; 5],
    /// The same for a vulnerability of a category, such as `denial-of-service`; of several the
    /// gravest counts, of one that is not here the level of the kind.
    pub missing_category: BTreeMap<String, f64>,
    /// Why that level; empty for a rule that is only part of the chance of trouble.
    pub missing_why: String,
    /// Weight in the gatekeeper's score, in points.
    pub gatekeeper: Option<f64>,
    /// Weight in the chance of trouble: log-odds that the highest level adds to the lowest.
    pub trouble: Option<f64>,
    /// Why it counts.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
    /// Address of the standard or paper it follows.
    pub reference: String,
    /// Values and the levels they have to yield.
    pub examples: Vec<Example>,
}

/// What a finding is about, as far as the level of a missing measurement depends on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// The kind of finding; none for what is no finding.
    pub kind: Option<FindingKind>,
    /// The categories its advisory names.
    pub categories: &'a [String],
}

impl From<FindingKind> for About<'_> {
    fn from(kind: FindingKind) -> Self {
        Self { kind: Some(kind), categories: &[] }
    }
}

/// A value and the level it has to yield.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The measured value; none for a missing one.
    pub value: Option<Value>,
    /// The kind of finding, where the level depends on it.
    pub kind: Option<FindingKind>,
    /// The category of the vulnerability, where the level depends on it.
    pub category: Option<String>,
    /// The level.
    pub level: f64,
}

/// All rules, sorted by identifier. Parse once per run.
///
/// # Errors
/// A rule that cannot be understood, with file and line.
pub fn rules() -> Result<Vec<Rule>, Error> {
    FILES.iter().map(|(path, text)| parse::rule(path, text)).collect()
}

/// The policy in force when the user says nothing else, from `rules/policy.toml`.
///
/// # Errors
/// What cannot be understood in it, with the line.
pub fn policy() -> Result<Policy, Error> {
    policy_file::parse("rules/policy.toml", include_str!("../../rules/policy.toml"))
}

impl Rule {
    /// The level of a measurement, 0 to 1. A value the curve has no place for, such as NaN or an
    /// unknown class, counts as missing. Without a kind the gravest missing level of a kind stands in.
    pub fn level(&self, value: &Observed<Measure>, about: About<'_>) -> f64 {
        self.known_level(value).unwrap_or_else(|| self.missing_level(about))
    }

    /// The level of a known measurement; `None` for a missing one, and for a value that the curve
    /// has no place for.
    pub fn known_level(&self, value: &Observed<Measure>) -> Option<f64> {
        match value {
            Observed::Known(Measure::Number(number)) => self.curve.number(*number),
            Observed::Known(Measure::Class(name)) => self.curve.class(name),
            Observed::Missing(_) => None,
        }
    }

    /// The level that stands in for a missing measurement.
    pub fn missing_level(&self, about: About<'_>) -> f64 {
        let of_category = |category: &String| self.missing_category.get(category).copied();
        let of_categories = match about.kind {
            Some(FindingKind::Vulnerability) => {
                about.categories.iter().filter_map(of_category).reduce(f64::max)
            }
            _ => None,
        };
        let mut kinds = FindingKind::ALL.iter().zip(self.missing);
        let of_kind = kinds.find(|(of, _)| Some(**of) == about.kind).map(|(_, level)| level);
        let gravest = || self.missing.into_iter().fold(0.0, f64::max);
        of_categories.or(of_kind).unwrap_or_else(gravest)
    }

    /// The level of an ordinary healthy package.
    pub fn ordinary_level(&self) -> f64 {
        self.curve.level(&self.ordinary).unwrap_or(0.0)
    }

    /// Says a measurement in words: a fragment without a full stop.
    pub fn say(&self, value: &Observed<Measure>) -> String {
        match value {
            Observed::Known(measure) => {
                let value = self.in_words(measure);
                // The phrase holds `{value}` once, and no other brace.
                let (before, rest) = self.phrase.split_once('{').unwrap_or((&self.phrase, ""));
                let (_, after) = rest.split_once('}').unwrap_or_default();
                [before, &value, after].concat()
            }
            Observed::Missing(why) => format!("{} unknown: {why}", self.title),
        }
    }

    fn in_words(&self, measure: &Measure) -> String {
        match (measure, self.unit) {
            (Measure::Number(share), "share") if *share < 0.1 => format!("{:.1}%", share * 100.0),
            (Measure::Number(share), "share") => format!("{:.0}%", share * 100.0),
            (Measure::Number(number), "CVSS score") => format!("{number:.1}"),
            (Measure::Number(number), _) => format!("{number:.0}"),
            (Measure::Class(name), _) => (*name).to_owned(),
        }
    }
}
