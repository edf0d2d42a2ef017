//! `headwater.toml`: what the user's gate objects to, and what it sets aside.
//!
//! ```toml
//! version = 1
//!
//! [gate]                                   # what is absent keeps the default of rules/policy.toml
//! kinds = ["vulnerability", "unsound"]     # vulnerability, unsound, unmaintained, notice, yanked
//! presences = ["runtime", "build"]         # runtime, build, proc-macro, dev, other-target, inactive, unknown
//! certainties = ["exact"]                  # exact, possible
//! tier = "watch"                           # the least urgent tier that fails: act now, plan, watch, note
//! chance_of_trouble = 30                   # off by default: packages without an advisory fail from this chance on, in percent
//!
//! [[waiver]]
//! id = "RUSTSEC-2024-0001"                 # an advisory, one of its aliases, `yanked` or `exposure`
//! package = "demo"                         # optional: only for this package
//! reason = "the affected function is never called"
//! until = 2027-03-31                       # optional: the last day it holds
//! ```

use std::collections::BTreeSet;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use crate::model::Waiver;
use crate::report::escape;
use crate::rule::{Policy, WaiverRequest, certainty_named, kind_named, presence_named, tier_named};

/// The name of the configuration file, looked for beside the lockfile.
pub const FILE_NAME: &str = "headwater.toml";

/// The version of the configuration format this program reads.
pub const VERSION: u32 = 1;

/// Complaints that are shown; who mends these sees the next.
const COMPLAINTS_SHOWN: usize = 20;

/// The longest line that is quoted, in bytes.
const LONGEST_LINE: usize = 500;

/// What is wrong with a configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Byte range in the text.
    pub span: Range<usize>,
    /// What is wrong and what to do: a lowercase fragment without a full stop.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    version: Option<Spanned<u32>>,
    #[serde(default)]
    gate: WireGate,
    #[serde(default)]
    waiver: Vec<WireWaiver>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireGate {
    kinds: Option<Vec<Spanned<String>>>,
    presences: Option<Vec<Spanned<String>>>,
    certainties: Option<Vec<Spanned<String>>>,
    tier: Option<Spanned<String>>,
    chance_of_trouble: Option<Spanned<f64>>,
    exposure: Option<Spanned<toml::Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireWaiver {
    id: Spanned<String>,
    package: Option<String>,
    reason: Spanned<String>,
    until: Option<Spanned<toml::Value>>,
}

/// Applies a configuration to the default policy.
///
/// # Errors
/// Every complaint about the text; at least one.
pub fn apply(text: &str, mut policy: Policy) -> Result<Policy, Vec<Complaint>> {
    let wire: Wire = toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        vec![Complaint { span, message: error.message().trim().replace('\n', ", ") }]
    })?;
    let mut complaints = Vec::new();
    if let Some(version) = wire.version.filter(|version| *version.get_ref() != VERSION) {
        let message =
            format!("version {} is not known; this program reads {VERSION}", version.get_ref());
        complaints.push(Complaint { span: version.span(), message });
    }
    let gate = &mut policy.gate;
    let complain = &mut complaints;
    replace(&mut gate.kinds, wire.gate.kinds, kind_named, "a kind of finding", complain);
    replace(&mut gate.presences, wire.gate.presences, presence_named, "a presence", complain);
    replace(&mut gate.certainties, wire.gate.certainties, certainty_named, "a certainty", complain);
    if let Some(name) = wire.gate.tier {
        gate.tier = named(&name, tier_named, "a tier", complain).unwrap_or(gate.tier);
    }
    if let Some(least) = wire.gate.chance_of_trouble {
        if (0.0..=100.0).contains(least.get_ref()) {
            gate.chance_of_trouble = Some(*least.get_ref() / 100.0);
        } else {
            let message = "not a chance; write a percentage from 0 to 100".to_owned();
            complain.push(Complaint { span: least.span(), message });
        }
    }
    if let Some(score) = wire.gate.exposure {
        let message =
            "`exposure` was a score and is gone; write `chance_of_trouble`, a percentage \
                       within 24 months"
                .to_owned();
        complain.push(Complaint { span: score.span(), message });
    }
    policy.waivers = wire.waiver.into_iter().map(|it| waiver(it, complain)).collect();
    if complaints.is_empty() { Ok(policy) } else { Err(complaints) }
}

fn replace<T: Ord>(
    set: &mut BTreeSet<T>,
    names: Option<Vec<Spanned<String>>>,
    known: fn(&str) -> Option<T>,
    what: &str,
    complaints: &mut Vec<Complaint>,
) {
    if let Some(names) = names {
        *set = names.iter().filter_map(|name| named(name, known, what, complaints)).collect();
    }
}

fn named<T>(
    name: &Spanned<String>,
    known: fn(&str) -> Option<T>,
    what: &str,
    complaints: &mut Vec<Complaint>,
) -> Option<T> {
    let found = known(name.get_ref());
    if found.is_none() {
        let message = format!("`{}` is not {what}", name.get_ref());
        complaints.push(Complaint { span: name.span(), message });
    }
    found
}

fn waiver(wire: WireWaiver, complaints: &mut Vec<Complaint>) -> WaiverRequest {
    if wire.reason.get_ref().trim().is_empty() {
        let message = "a waiver needs a reason that a later reader can check".to_owned();
        complaints.push(Complaint { span: wire.reason.span(), message });
    }
    let until = wire.until.and_then(|written| {
        let text = written.get_ref().to_string();
        let date = text.trim_matches('"').parse::<Date>().ok();
        if date.is_none() {
            let message = "not a date; write it as 2027-03-31".to_owned();
            complaints.push(Complaint { span: written.span(), message });
        }
        date
    });
    WaiverRequest {
        id: wire.id.into_inner(),
        package: wire.package,
        waiver: Waiver { reason: wire.reason.into_inner(), until },
    }
}

/// The lines that complaints are about, with the complaints.
pub fn excerpt(path: &str, text: &str, complaints: &[Complaint]) -> String {
    let shown = &complaints[..complaints.len().min(COMPLAINTS_SHOWN)];
    let message = |complaint: &Complaint| {
        let message: String = complaint.message.chars().take(LONGEST_LINE).collect();
        escape(&message).into_owned()
    };
    if text.lines().any(|line| line.len() > LONGEST_LINE) {
        let line =
            |at: usize| text.as_bytes()[..at.min(text.len())].split(|it| *it == b'\n').count();
        let plain =
            shown.iter().map(|it| format!("  {path}:{}: {}", line(it.span.start), message(it)));
        return plain.collect::<Vec<_>>().join("\n");
    }
    let messages: Vec<String> = shown.iter().map(message).collect();
    let complaints = shown.iter().zip(&messages);
    let snippet =
        complaints.fold(Snippet::source(text).path(path), |snippet, (complaint, message)| {
            let end = complaint.span.end.min(text.len());
            let span = complaint.span.start.min(end)..end;
            snippet.annotation(AnnotationKind::Primary.span(span).label(message))
        });
    Renderer::plain().render(&[Group::with_level(Level::ERROR).element(snippet)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FindingKind, Tier};
    use crate::rule::policy;

    #[test]
    fn what_is_written_replaces_the_default_and_the_rest_stays() {
        let default = policy().unwrap();
        let text = "version = 1\n[gate]\nkinds = [\"vulnerability\", \"unsound\"]\ntier = \"plan\"\n\
                    [[waiver]]\nid = \"RUSTSEC-2024-0001\"\nreason = \"not called\"\nuntil = 2027-03-31\n";
        let policy = apply(text, default.clone()).unwrap();
        let kinds = BTreeSet::from([FindingKind::Vulnerability, FindingKind::Unsound]);
        assert_eq!(policy.gate.kinds, kinds);
        assert_eq!(policy.gate.tier, Tier::Plan);
        assert_eq!(policy.gate.presences, default.gate.presences);
        let expected = Some(jiff::civil::date(2027, 3, 31));
        assert_eq!(policy.waivers[0].waiver.until, expected);
    }

    #[test]
    fn every_complaint_is_shown_with_its_line() {
        let text = "version = 2\n[gate]\nkinds = [\"bugs\"]\ntier = \"soon\"\n\
                    [[waiver]]\nid = \"X\"\nreason = \" \"\nuntil = \"tomorrow\"\n";
        let complaints = apply(text, policy().unwrap()).unwrap_err();
        let shown = excerpt("headwater.toml", text, &complaints);
        for expected in [
            "version 2 is not known",
            "`bugs` is not a kind",
            "`soon` is not a tier",
            "needs a reason",
            "not a date",
            "headwater.toml:1",
        ] {
            assert!(shown.contains(expected), "{expected} in:\n{shown}");
        }
    }

    #[test]
    fn a_chance_is_a_percentage() {
        let cases = [
            ("30", Ok(Some(0.3))),
            ("0", Ok(Some(0.0))),
            ("100.0", Ok(Some(1.0))),
            ("101", Err(())),
        ];
        for (written, expected) in cases {
            let text = format!("[gate]\nchance_of_trouble = {written}\n");
            let policy = apply(&text, policy().unwrap());
            let chance = policy.map(|policy| policy.gate.chance_of_trouble).map_err(drop);
            assert_eq!(chance, expected, "{written}");
        }
    }

    #[test]
    fn a_long_line_is_named_and_not_quoted() {
        for (length, quoted) in [(LONGEST_LINE, true), (LONGEST_LINE + 1, false)] {
            let comment = "#".repeat(length);
            let text = format!("version = 1\n{comment}\n[gate]\ntier = \"soon\"\n");
            let complaints = apply(&text, policy().unwrap()).unwrap_err();
            let shown = excerpt("headwater.toml", &text, &complaints);
            assert_eq!(shown.contains("tier = "), quoted, "{shown}");
            let plain = "  headwater.toml:4: `soon` is not a tier";
            assert_eq!(shown.contains(plain), !quoted, "{shown}");
        }
    }

    #[test]
    fn unknown_keys_are_refused_where_they_stand() {
        let text = "[gate]\nkind = [\"vulnerability\"]\n";
        let complaints = apply(text, policy().unwrap()).unwrap_err();
        assert_eq!(&text[complaints[0].span.clone()], "kind");
    }
}
