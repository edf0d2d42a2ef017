//! The file format of a rule.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::model::{Error, FindingKind};

use super::names::kind_named;
use super::{Curve, Example, Rule, Value};

/// Units a rule may have.
const UNITS: [&str; 7] = ["CVSS score", "advisories", "class", "days", "edges", "people", "share"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: Spanned<String>,
    title: String,
    signal: String,
    unit: Spanned<String>,
    phrase: String,
    curve: Option<Spanned<Vec<(f64, f64)>>>,
    levels: Option<Spanned<BTreeMap<String, f64>>>,
    ordinary: Spanned<Value>,
    missing: Option<Spanned<MissingLevel>>,
    #[serde(default)]
    missing_category: BTreeMap<String, Spanned<f64>>,
    #[serde(default)]
    missing_why: String,
    weights: Spanned<Weights>,
    why: String,
    remedy: String,
    reference: String,
    examples: Vec<Spanned<ExampleEntry>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum MissingLevel {
    Same(f64),
    ByKind(BTreeMap<String, f64>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    gatekeeper: Option<f64>,
    trouble: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleEntry {
    value: Option<Value>,
    #[serde(default)]
    missing: bool,
    kind: Option<String>,
    category: Option<String>,
    level: f64,
}

/// Reads a rule.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub(super) fn rule(path: &str, text: &str) -> Result<Rule, Error> {
    let complain = |span: Range<usize>, message: String| {
        Error::input(message).at(path).line(Some(line_of(text, span.start)))
    };
    let file: File = toml::from_str(text)
        .map_err(|error| complain(error.span().unwrap_or(0..0), error.message().to_owned()))?;
    check(path, file).map_err(|(span, message)| complain(span, message))
}

/// Line of a byte position, from 1.
pub(super) fn line_of(text: &str, position: usize) -> usize {
    text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
}

type Complaint = (Range<usize>, String);

fn check(path: &str, file: File) -> Result<Rule, Complaint> {
    if path != format!("rules/{}.toml", file.id.get_ref()) {
        let message = format!("`id` is `{}`, not the name of the file", file.id.get_ref());
        return Err((file.id.span(), message));
    }
    let known_unit = UNITS.into_iter().find(|unit| unit == file.unit.get_ref());
    let unknown = || (file.unit.span(), format!("`unit` is not one of {}", UNITS.join(", ")));
    let unit = known_unit.ok_or_else(unknown)?;
    let curve = curve(file.curve, file.levels)?;
    let no_place = || (file.ordinary.span(), "`ordinary` has no place on the curve".to_owned());
    let ordinary = curve.level(file.ordinary.get_ref()).ok_or_else(no_place)?;
    let Weights { gatekeeper, trouble } = *file.weights.get_ref();
    let missing = match (&file.missing, gatekeeper) {
        (Some(given), Some(_)) => {
            let levels = missing(given)?;
            if levels.iter().any(|level| *level < ordinary) {
                let message =
                    format!("`missing` is healthier than an ordinary package ({ordinary})");
                return Err((given.span(), message));
            }
            levels
        }
        (None, None) => [ordinary; 5],
        (Some(given), None) => {
            let message = "`missing` is for the gatekeeper: elsewhere it moves nothing";
            return Err((given.span(), message.to_owned()));
        }
        (None, Some(_)) => {
            let message =
                "a rule of the gatekeeper says with `missing` what a missing fact counts as";
            return Err((file.weights.span(), message.to_owned()));
        }
    };
    let weights: Vec<f64> = [gatekeeper, trouble].into_iter().flatten().collect();
    if weights.is_empty() || !weights.iter().all(|weight| (0.0..=100.0).contains(weight)) {
        return Err((file.weights.span(), "`weights` need one or more from 0 to 100".to_owned()));
    }
    Ok(Rule {
        id: file.id.into_inner().into(),
        title: file.title,
        signal: file.signal,
        unit,
        phrase: file.phrase,
        curve,
        ordinary: file.ordinary.into_inner(),
        missing,
        missing_category: missing_category(file.missing_category, ordinary)?,
        missing_why: file.missing_why,
        gatekeeper,
        trouble,
        why: file.why,
        remedy: file.remedy,
        reference: file.reference,
        examples: file.examples.into_iter().map(example).collect::<Result<_, _>>()?,
    })
}

fn curve(
    points: Option<Spanned<Vec<(f64, f64)>>>,
    levels: Option<Spanned<BTreeMap<String, f64>>>,
) -> Result<Curve, Complaint> {
    match (points, levels) {
        (Some(points), None) => {
            let given = points.get_ref();
            let ascending = given.is_sorted_by(|(a, _), (b, _)| a < b);
            if given.is_empty() || !ascending || !given.iter().all(|(_, level)| is_level(*level)) {
                let message = "`curve` needs points with ascending values and levels from 0 to 1";
                return Err((points.span(), message.to_owned()));
            }
            Ok(Curve::Points(points.into_inner()))
        }
        (None, Some(levels)) => {
            if !levels.get_ref().values().all(|level| is_level(*level)) {
                return Err((levels.span(), "`levels` go from 0 to 1".to_owned()));
            }
            Ok(Curve::Levels(levels.into_inner()))
        }
        (Some(both), Some(_)) => {
            Err((both.span(), "give `curve` or `levels`, not both".to_owned()))
        }
        (None, None) => Err((0..0, "a rule needs `curve` or `levels`".to_owned())),
    }
}

fn missing(given: &Spanned<MissingLevel>) -> Result<[f64; 5], Complaint> {
    let levels = FindingKind::ALL.map(|kind| match given.get_ref() {
        MissingLevel::Same(level) => Some(*level),
        MissingLevel::ByKind(levels) => levels.get(kind.name()).copied(),
    });
    let unknown_kind = match given.get_ref() {
        MissingLevel::Same(_) => false,
        MissingLevel::ByKind(levels) => levels.keys().any(|name| kind_named(name).is_none()),
    };
    if unknown_kind || !levels.iter().all(|level| level.is_some_and(is_level)) {
        let message = "`missing` needs one level from 0 to 1, or one for each kind of finding";
        return Err((given.span(), message.to_owned()));
    }
    Ok(levels.map(Option::unwrap_or_default))
}

/// Levels by category, none healthier than an ordinary package.
fn missing_category(
    given: BTreeMap<String, Spanned<f64>>,
    ordinary: f64,
) -> Result<BTreeMap<String, f64>, Complaint> {
    let level = |(name, level): (String, Spanned<f64>)| {
        if !is_level(*level.get_ref()) || *level.get_ref() < ordinary {
            let message = format!("`{name}` needs a level from {ordinary} to 1");
            return Err((level.span(), message));
        }
        Ok((name, level.into_inner()))
    };
    given.into_iter().map(level).collect()
}

fn example(entry: Spanned<ExampleEntry>) -> Result<Example, Complaint> {
    let span = entry.span();
    let ExampleEntry { value, missing, kind, category, level } = entry.into_inner();
    if value.is_some() == missing {
        return Err((span, "an example has a `value` or is `missing = true`".to_owned()));
    }
    let kind = match kind {
        Some(name) => {
            let known = kind_named(&name);
            Some(known.ok_or_else(|| (span, format!("`{name}` is no kind of finding")))?)
        }
        None => None,
    };
    Ok(Example { value, kind, category, level })
}

fn is_level(level: f64) -> bool {
    (0.0..=1.0).contains(&level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::About;

    const GOOD: &str = r#"id = "demo"
title = "days of rain"
signal = "rain"
unit = "days"
phrase = "{value} days of rain"
curve = [[0, 0], [10, 1]]
ordinary = 2
missing = 0.5
missing_why = "half"
why = "wet"
remedy = "umbrella"
reference = "https://weather.example"
[weights]
gatekeeper = 10
[[examples]]
value = 5
level = 0.5
"#;

    #[test]
    fn a_rule_is_read() {
        let rule = rule("rules/demo.toml", GOOD).unwrap();
        assert_eq!(rule.unit, "days");
        assert_eq!(rule.gatekeeper, Some(10.0));
        assert_eq!(rule.missing_level(About::default()), 0.5);
        assert_eq!(rule.ordinary_level(), 0.2);
    }

    #[test]
    fn complaints_name_file_and_line() {
        let cases = [
            ("id = \"demo\"", "id = \"other\"", 1, "not the name of the file"),
            ("unit = \"days\"", "unit = \"weeks\"", 4, "`unit`"),
            ("[[0, 0], [10, 1]]", "[[0, 0], [0, 1]]", 6, "ascending"),
            ("[[0, 0], [10, 1]]", "[[0, 0], [10, 2]]", 6, "from 0 to 1"),
            ("[[0, 0], [10, 1]]", "[]", 6, "`curve`"),
            ("ordinary = 2", "ordinary = \"dry\"", 7, "`ordinary`"),
            ("missing = 0.5", "missing = 0.1", 8, "healthier"),
            ("missing = 0.5", "missing = { vulnerability = 0.5 }", 8, "each kind"),
            (
                "[[examples]]",
                "[missing_category]\nhail = 0.1\n[[examples]]",
                16,
                "`hail` needs a level from 0.2 to 1",
            ),
            ("why = \"wet\"", "wherefore = \"wet\"", 10, "unknown field"),
            ("gatekeeper = 10", "gatekeeper = 101", 13, "`weights`"),
            ("gatekeeper = 10", "beauty = 10", 14, "unknown field"),
            ("value = 5", "kind = \"storm\"", 15, "`value`"),
            ("title = ", "title ", 2, ""),
        ];
        for (from, to, line, message) in cases {
            let text = GOOD.replacen(from, to, 1);
            let error = rule("rules/demo.toml", &text).unwrap_err();
            assert_eq!(error.line, Some(line), "{to}: {error}");
            assert!(error.message.contains(message), "{to}: {error}");
        }
    }
}
