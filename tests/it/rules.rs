//! The rules as data: files, examples, weights, and what holds for every score.

mod environmentalist;
mod exposure;
mod fix;
mod gatekeeper;
mod ranking;
mod sample;
mod unknown;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use headwater::model::{FindingKind, Measure, Missing, Observed, Presence, Threat};
use headwater::rule::{self, About, Curve, Rule, Scale, Value};
use jiff::civil::date;

fn rules() -> Vec<Rule> {
    rule::rules().unwrap()
}

fn number(value: f64) -> Observed<Measure> {
    Observed::Known(Measure::Number(value))
}

#[test]
fn every_file_is_in_the_table_and_the_table_is_sorted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .filter(|name| name != "policy" && name != "advisories")
        .collect();
    let ids: Vec<String> = rules().into_iter().map(|rule| rule.id.to_string()).collect();
    assert_eq!(ids, files.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_example_holds() {
    for rule in rules() {
        let has_missing = rule.examples.iter().any(|example| example.value.is_none());
        assert_eq!(has_missing, rule.gatekeeper.is_some(), "{}", rule.id);
        for example in &rule.examples {
            let level = match &example.value {
                Some(value) => rule.curve.level(value).unwrap(),
                None => {
                    let categories = Vec::from_iter(example.category.clone());
                    rule.missing_level(About { kind: example.kind, categories: &categories })
                }
            };
            let close = (level - example.level).abs() < 1e-3;
            assert!(close, "{}: {example:?} has level {level}", rule.id);
        }
    }
}

#[test]
fn the_weights_of_the_gatekeeper_sum_to_100() {
    let sum: f64 = rules().iter().filter_map(|rule| Scale::Gatekeeper.weight(rule)).sum();
    assert_eq!(sum, 100.0);
}

#[test]
fn a_missing_fact_moves_no_chance() {
    for rule in rules().into_iter().filter(|rule| rule.trouble.is_some()) {
        let missing = Observed::Missing(Missing::NotAsked);
        let score =
            rule::score(std::slice::from_ref(&rule), Scale::Trouble, About::default(), |_| {
                Some(missing.clone())
            });
        assert_eq!(score.total, 0.0, "{}", rule.id);
    }
}

#[test]
fn missing_is_never_healthier_than_ordinary() {
    for rule in rules() {
        let kinds = FindingKind::ALL.map(Some).into_iter().chain([None]);
        for kind in kinds {
            let about = About { kind, categories: &[] };
            let missing = rule.level(&Observed::Missing(Missing::NoIndexEntry), about);
            assert!(missing >= rule.ordinary_level(), "{} {kind:?}", rule.id);
            let nonsense = rule.level(&number(f64::NAN), about);
            assert_eq!(nonsense, missing, "{}: NaN is not known", rule.id);
        }
    }
}

#[test]
fn classes_of_the_model_all_have_a_level() {
    let rules = rules();
    let presence = rules.iter().find(|rule| rule.id == "presence").unwrap();
    for class in Presence::ALL {
        assert!(presence.curve.level(&Value::Class(class.name().into())).is_some(), "{class:?}");
    }
    let threat = rules.iter().find(|rule| rule.id == "threat").unwrap();
    for class in [Threat::NotListed, Threat::Exploited { since: date(2024, 1, 2) }] {
        assert!(threat.curve.level(&Value::Class(class.class().into())).is_some(), "{class:?}");
    }
    for class in ["likely", "unlikely"] {
        assert!(threat.curve.level(&Value::Class(class.into())).is_some(), "{class}");
    }
    let fix = rules.iter().find(|rule| rule.id == "fix").unwrap();
    for class in ["update", "upgrade", "released", "none", "unknown"] {
        assert!(fix.curve.level(&Value::Class(class.into())).is_some(), "{class}");
    }
}

#[test]
fn curves_rise_with_trouble() {
    let falling = ["absence-factor", "depth", "publishers"];
    for rule in rules() {
        let Curve::Points(points) = &rule.curve else { continue };
        let rises = points.is_sorted_by(|(_, a), (_, b)| a <= b);
        let falls = points.is_sorted_by(|(_, a), (_, b)| a >= b);
        assert_eq!((rises, falls), (!falling.contains(&&*rule.id), falling.contains(&&*rule.id)));
    }
}

#[test]
fn texts_are_there_and_say_the_value() {
    for rule in rules() {
        for text in [&rule.title, &rule.why, &rule.remedy] {
            assert!(!text.trim().is_empty(), "{}", rule.id);
        }
        assert_eq!(rule.missing_why.is_empty(), rule.gatekeeper.is_none(), "{}", rule.id);
        assert!(rule.reference.starts_with("http"), "{}", rule.id);
        assert_eq!(rule.phrase.matches("{value}").count(), 1, "{}", rule.id);
    }
}

#[test]
fn a_measurement_is_said_in_its_unit() {
    let cases = [
        ("reach", number(0.314), "31% of the built packages depend on it"),
        (
            "responsiveness",
            number(13.4),
            "days until the project answers others, in the middle: 13",
        ),
        ("severity", number(7.5), "CVSS base score 7.5"),
        ("presence", Observed::Known(Measure::Class("dev")), "dependency scope: dev"),
        (
            "funding",
            Observed::Missing(Missing::NotAsked),
            "a known funding channel unknown: not fetched (run with `--online`)",
        ),
    ];
    let rules = rules();
    for (id, value, expected) in cases {
        let rule = rules.iter().find(|rule| rule.id == id).unwrap();
        assert_eq!(rule.say(&value), expected);
    }
}
