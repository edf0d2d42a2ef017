//! The file format of the policy, and the names its values go by.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use crate::model::{Error, Tier};

use super::names::{certainty_named, kind_named, presence_named, tier_named};
use super::parse::line_of;
use super::policy::{Caps, Gate, Policy, Thresholds};

type Name = Spanned<String>;
type CapNames = BTreeMap<Name, Name>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    tiers: TierScores,
    floor: Floor,
    cap: CapTables,
    gate: GateNames,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct TierScores {
    act_now: f64,
    plan: f64,
    watch: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floor {
    exploited: Name,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CapTables {
    kind: CapNames,
    presence: CapNames,
    certainty: CapNames,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GateNames {
    kinds: Vec<Name>,
    presences: Vec<Name>,
    certainties: Vec<Name>,
    tier: Name,
}

/// Reads a policy.
///
/// # Errors
/// The first thing that cannot be understood, with its line.
pub(super) fn parse(path: &str, text: &str) -> Result<Policy, Error> {
    let complain = |position: usize, message: String| {
        Error::input(message).at(path).line(Some(line_of(text, position)))
    };
    let file: File = toml::from_str(text).map_err(|error| {
        complain(error.span().map_or(0, |span| span.start), error.message().to_owned())
    })?;
    let TierScores { act_now, plan, watch } = file.tiers;
    let policy = || -> Result<Policy, &Name> {
        Ok(Policy {
            thresholds: Thresholds { act_now, plan, watch },
            exploited: read(&file.floor.exploited, tier_named)?,
            caps: Caps {
                kind: caps(&file.cap.kind, kind_named)?,
                presence: caps(&file.cap.presence, presence_named)?,
                certainty: caps(&file.cap.certainty, certainty_named)?,
            },
            gate: Gate {
                kinds: set(&file.gate.kinds, kind_named)?,
                presences: set(&file.gate.presences, presence_named)?,
                certainties: set(&file.gate.certainties, certainty_named)?,
                tier: read(&file.gate.tier, tier_named)?,
                chance_of_trouble: None,
            },
            waivers: Vec::new(),
        })
    };
    policy().map_err(|name| {
        complain(name.span().start, format!("`{}` is not a name known here", name.get_ref()))
    })
}

fn read<T>(name: &Name, named: fn(&str) -> Option<T>) -> Result<T, &Name> {
    named(name.get_ref()).ok_or(name)
}

fn set<T: Ord>(names: &[Name], named: fn(&str) -> Option<T>) -> Result<BTreeSet<T>, &Name> {
    names.iter().map(|name| read(name, named)).collect()
}

fn caps<T: Ord>(
    names: &CapNames,
    named: fn(&str) -> Option<T>,
) -> Result<BTreeMap<T, Tier>, &Name> {
    names.iter().map(|(name, tier)| Ok((read(name, named)?, read(tier, tier_named)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Certainty, FindingKind, Presence};

    const EMBEDDED: &str = include_str!("../../rules/policy.toml");

    #[test]
    fn the_default_gate_fails_on_exact_vulnerabilities_of_what_is_built() {
        let policy = parse("policy.toml", EMBEDDED).unwrap();
        assert_eq!(policy.gate.kinds, BTreeSet::from([FindingKind::Vulnerability]));
        let outside: Vec<_> =
            Presence::ALL.into_iter().filter(|presence| !policy.gate.concerns(*presence)).collect();
        assert_eq!(outside, [Presence::OtherTarget, Presence::Inactive]);
        assert_eq!(policy.gate.certainties, BTreeSet::from([Certainty::Exact]));
        assert_eq!(policy.gate.tier, Tier::Note);
        assert_eq!(policy.caps.kind.len(), FindingKind::ALL.len());
        let single = Presence::ALL.into_iter().filter(|it| it.alternatives().len() == 1);
        assert_eq!(policy.caps.presence.len(), single.count());
    }

    #[test]
    fn a_presence_that_may_be_several_counts_as_each_and_goes_by_their_names() {
        let mut gate = parse("policy.toml", EMBEDDED).unwrap().gate;
        for (named, concerned) in [
            (Presence::Runtime, true),
            (Presence::ProcMacro, true),
            (Presence::Build, false),
            (Presence::Unknown, false),
        ] {
            gate.presences = BTreeSet::from([named]);
            assert_eq!(gate.concerns(Presence::RuntimeOrProcMacro), concerned, "{named:?}");
        }
        assert_eq!(presence_named("runtime"), Some(Presence::Runtime));
        assert_eq!(presence_named("runtime-or-build"), None);
    }

    #[test]
    fn complaints_name_the_line() {
        let cases = [
            ("unsound = \"plan\"", "unsound = \"soon\"", "`soon`"),
            ("unsound = \"plan\"", "unsafe = \"plan\"", "`unsafe`"),
            ("tier = \"note\"", "tier = \"all\"", "`all`"),
            ("watch = 46", "look = 46", "unknown field"),
        ];
        for (from, to, message) in cases {
            let text = EMBEDDED.replacen(from, to, 1);
            let error = parse("policy.toml", &text).unwrap_err();
            let line = text.lines().position(|line| line == to).map(|index| index + 1);
            assert_eq!(error.line, line, "{error}");
            assert!(error.message.contains(message), "{error}");
        }
    }
}
