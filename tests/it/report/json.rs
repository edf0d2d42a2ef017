//! The report for programs, and its schema.

use std::collections::BTreeSet;

use headwater::report::schema::{fund, schema, trend};
use serde_json::{Value, json};

use super::{assert_harmless, options, render, sample};

fn report() -> Value {
    serde_json::from_str(&render("json", &sample::audit(), &options(80))).unwrap()
}

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn a_report_with_known_and_missing_facts_fits_the_schema() {
    let report = report();
    let errors: Vec<String> = validator()
        .iter_errors(&report)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_wrong_report_does_not_fit_the_schema() {
    let validator = validator();
    let cases = [
        ("/schema_version", json!("1.3")),
        ("/status", json!("fine")),
        ("/packages/0/presence", json!("sometimes")),
        ("/packages/0/depth", json!(null)),
        ("/packages/0/depth", json!(-1)),
        ("/packages/2/yanked", json!({"missing": "mislaid"})),
        ("/packages/3/runs_at_build", json!("sometimes")),
        ("/packages/2/measures/cadence", json!({})),
        ("/packages/2/measures/cadence/libyears", json!("many")),
        ("/packages/2/source", json!({"kind": "tarball"})),
        ("/findings/0/tier", json!("panic")),
        ("/findings/0/advisory/severity", json!("dreadful")),
        ("/findings/0/fix", json!({"class": "update"})),
        ("/findings/0/threat/known_exploited_since", json!({"missing": "lost"})),
        ("/findings/0/terms/0/value", json!(null)),
        ("/findings/0/score", json!("high")),
        ("/coverage/missing/cadence/0/reason", json!("lost")),
        ("/coverage/upstream/forge/0/reason", json!("lost")),
        ("/projects/0/class/class", json!("sleepy")),
        ("/projects/0/activity", json!({"from": "somewhere", "on": "2026-08-20"})),
        ("/projects/0/activity/from", json!(null)),
        ("/projects/0/activity/change_of_hands/shape", json!("theft")),
        ("/projects/0/forge/archived", json!(null)),
        ("/projects/0/scorecard/checks/Fuzzing", json!("good")),
        ("/projects/0/funding/payees/1/plans/0/amount_hundredths", json!("all")),
        ("/projects/1/scorecard/missing", json!("mislaid")),
        ("/packages/14/ownership/people", json!("alice")),
        ("/packages/14/forecasts", json!([{}])),
        ("/packages/14/forecasts/0/kind", json!("weather")),
        ("/packages/14/forecasts/0/chance", json!("likely")),
        ("/packages/14/forecasts/0/terms/0/feature", json!("stars")),
        ("/packages/14/forecasts/0/terms/0/words", json!(null)),
        ("/findings/0/places", json!([1, 3])),
        ("/exposure/0/priority", json!(null)),
        ("/exposure/0/chance/terms/0/basis", json!("guessed")),
        ("/exposure/0/harm/presence", json!(0.4)),
        ("/exposure/0/fails_gate", json!("no")),
        ("/expected/exposure", json!(0.1)),
        ("/projects/0/expected/packages", json!(-1)),
        ("/projects/0/advice/action", json!("pray")),
        ("/projects/0/advice/instead", json!(1)),
        ("/projects/0/alternatives/0/dependents", json!("many")),
        ("/projects/0/alternatives/0/dropped", json!(-1)),
        ("/findings/0/concerns", json!("everyone")),
    ];
    for (pointer, wrong) in cases {
        let mut report = report();
        *report.pointer_mut(pointer).unwrap() = wrong.clone();
        assert!(!validator.is_valid(&report), "{wrong} at {pointer} is accepted");
    }
    for key in report().as_object().unwrap().keys() {
        let mut report = report();
        report.as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&report), "a report without `{key}` is accepted");
    }
}

#[test]
fn everything_in_the_schema_is_described() {
    fn visit(value: &Value, at: &str, undescribed: &mut Vec<String>) {
        let Some(object) = value.as_object() else { return };
        for (name, property) in
            object.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            let says =
                ["description", "const", "$ref"].iter().any(|key| property.get(key).is_some());
            if !says && name != "missing" {
                undescribed.push(format!("{at}/{name}"));
            }
        }
        for (key, inner) in object {
            visit(inner, &format!("{at}/{key}"), undescribed);
        }
    }
    let mut undescribed = Vec::new();
    for (name, schema) in [("audit", schema()), ("fund", fund()), ("trend", trend())] {
        visit(&serde_json::from_str(&schema).unwrap(), name, &mut undescribed);
    }
    assert!(undescribed.is_empty(), "{undescribed:#?}");
}

#[test]
fn known_values_are_plain_and_missing_ones_say_why() {
    let report = report();
    let cases = [
        ("/schema_version", json!("2.0")),
        ("/status", json!("fail")),
        ("/databases/0/date", json!("2026-06-01")),
        ("/exploited/entries", json!(1404)),
        ("/packages/0/runs_at_build", json!({"missing": "not-from-registry"})),
        ("/packages/3/runs_at_build", json!("build-script")),
        ("/packages/0/measures/cadence", json!({"missing": "not-from-registry"})),
        ("/packages/0/dependencies/0/id", json!("pkg:cargo/cc@1.0.83")),
        ("/packages/0/dependencies/0/state", json!("other-target")),
        ("/packages/16/dependencies/2/kind", json!("normal")),
        ("/packages/16/dependencies/3/kind", json!("dev")),
        ("/packages/2/measures/cadence/libyears", json!({"missing": "version-not-listed"})),
        ("/packages/3/measures/cadence/silence_ratio", json!(8.2581)),
        ("/packages/3/measures/place/pagerank", json!(0.061_234_57)),
        ("/packages/8/depth", json!({"missing": "not-built"})),
        ("/packages/12/id", json!("pkg:cargo/shared-name@1.0.0")),
        ("/packages/13/id", json!("pkg:cargo/shared-name@1.0.0#2")),
        ("/findings/0/score", json!(92.29)),
        ("/findings/0/advisory/severity", json!("critical")),
        ("/findings/0/advisory/date", json!("2026-01-15")),
        ("/findings/0/advisory/public", json!("2026-02-01")),
        ("/findings/0/advisory/public_basis", json!("first-seen")),
        ("/findings/0/terms/1/value", json!("runtime")),
        ("/findings/0/paths/0/2", json!("pkg:cargo/smallvec@1.6.0")),
        ("/findings/0/threat/known_exploited_since", json!("2026-02-03")),
        ("/findings/1/threat/known_exploited_since", json!(null)),
        ("/findings/1/fix/blocked_by/1/accepts", json!("^0.20.1")),
        ("/findings/2/waiver/until", json!("2026-12-31")),
        ("/findings/3/advisory/cvss_score", json!({"missing": "no-cvss"})),
        ("/findings/3/certainty", json!("possible")),
        ("/findings/8/advisory", json!(null)),
        ("/lenses/gatekeeper/verdict", json!("fail")),
        ("/lenses/environmentalist/ranking/0/standing", json!("ranked")),
        ("/lenses/environmentalist/ranking/0/chance/value", json!(0.82)),
        ("/lenses/environmentalist/ranking/0/harm/value", json!(0.955)),
        // 0.82 x (1 + 0.91) / 2
        ("/lenses/environmentalist/ranking/0/priority", json!(0.7831)),
        ("/coverage/missing/place/0", json!({"reason": "not-built", "packages": 1})),
        ("/packages/6/name", json!(sample::HOSTILE)),
    ];
    for (pointer, expected) in cases {
        assert_eq!(report.pointer(pointer), Some(&expected), "{pointer}");
    }
}

#[test]
fn forecasts_say_what_they_are_made_of() {
    let report = report();
    let cases = [
        ("/packages/0/forecasts", json!({"missing": "not-from-registry"})),
        ("/packages/14/forecasts/0/kind", json!("silence")),
        ("/packages/14/forecasts/1/kind", json!("unfixed-90")),
        ("/packages/14/forecasts/1/terms/0/words", json!("1653 days since the last release")),
        ("/packages/14/forecasts/1/terms/0/value", json!(1653.0)),
        ("/exposure/0/package", json!("pkg:cargo/serde_yaml@0.8.26")),
        // 0.31 x 0.4 x (1 + 0.25) / 2
        ("/exposure/0/priority", json!(0.0775)),
        ("/exposure/0/chance/high", json!(0.62)),
        ("/exposure/0/places", json!({"first": 1, "last": 4})),
        ("/exposure/0/reasons/0", json!("1653 days since the last release")),
        ("/expected/packages", json!(371)),
        ("/expected/exposure", json!({"value": 0.12125, "low": 0.060625, "high": 0.2425})),
        ("/findings/0/places/last", json!(3)),
        ("/projects/0/places", json!({"first": 1, "last": 2})),
        ("/projects/0/expected/packages", json!(1)),
        ("/projects/0/advice/action", json!("replace")),
        ("/projects/0/advice/instead", json!("newer")),
        ("/projects/0/alternatives/0/dropped", json!(12)),
        ("/projects/0/alternatives/0/last_day", json!("2026-05-01")),
        ("/findings/0/concerns", json!("project")),
    ];
    for (pointer, expected) in cases {
        assert_eq!(report.pointer(pointer), Some(&expected), "{pointer}");
    }
    for forecast in report["packages"][14]["forecasts"].as_array().unwrap() {
        let number = |value: &Value| value.as_f64().unwrap();
        let terms = forecast["terms"].as_array().unwrap();
        let terms: f64 = terms.iter().map(|term| number(&term["log_odds"])).sum();
        let chance = 1.0 / (1.0 + (-number(&forecast["log_odds"]) - terms).exp());
        assert!((chance - number(&forecast["chance"])).abs() < 0.0005, "{forecast}");
    }
}

#[test]
fn upstream_facts_say_where_from_and_when_or_why_not() {
    let report = report();
    let cases = [
        ("/projects/0/name", json!("example-org/smallvec")),
        ("/projects/0/packages", json!(["pkg:cargo/smallvec@1.6.0"])),
        ("/projects/0/class/class", json!("finished")),
        ("/projects/0/class/evidence/1", json!("3 commits in 12 months")),
        ("/projects/0/activity/from", json!("https://git.example/example-org/smallvec")),
        ("/projects/0/activity/on", json!("2026-08-20")),
        ("/projects/0/activity/commits_3_months", json!(0)),
        ("/projects/0/activity/commits_36_months", json!(60)),
        ("/projects/0/activity/people_12_months", json!(2)),
        ("/projects/0/activity/lead_share_12_months", json!(0.6667)),
        ("/projects/0/activity/silent_months", json!(8.03)),
        ("/projects/0/activity/elephant_factor_12_months", json!({"missing": "no-organisation"})),
        ("/projects/0/activity/change_of_hands/shape", json!("takeover")),
        ("/projects/0/activity/change_of_hands/left", json!("2022-06-28T00:00:00Z")),
        ("/projects/0/activity/change_of_hands/share", json!(0.9123)),
        ("/projects/0/forge/first_response_days", json!(4.26)),
        ("/projects/0/forge/archived_on", json!("2026-03-01")),
        ("/projects/0/scorecard/checks/Fuzzing", json!(0)),
        ("/projects/0/scorecard/checks/Branch-Protection", json!(null)),
        ("/projects/0/funding/payees/1/url", json!("https://pay.example/smallvec")),
        ("/projects/0/funding/payees/1/plans/0/amount_hundredths", json!(500_050)),
        ("/projects/1/class", json!({"missing": "no-git"})),
        ("/projects/1/activity", json!({"missing": "no-git"})),
        ("/projects/1/forge/open_issues", json!(null)),
        ("/projects/2/funding", json!({"missing": "not-asked"})),
        ("/packages/14/ownership/teams", json!(["example-org:core"])),
        ("/packages/14/ownership/on", json!("2026-08-20")),
        ("/packages/16/ownership", json!({"missing": "not-asked"})),
        (
            "/packages/14/location",
            json!({
                "repository": "https://git.example/example-org/smallvec",
                "folder": "crates/smallvec",
                "provenance": "manifest-repository",
                "mirror": false,
                "renamed_to": "new-owner/smallvec",
                "gone": false,
            }),
        ),
        ("/packages/16/location", json!({"missing": "funding-page"})),
        ("/packages/14/tagging/newest_is_tagged", json!(false)),
        ("/packages/14/tagging/released_not_tagged/count", json!(8)),
        ("/packages/14/tagging/released_not_tagged/newest/0", json!("1.9.0")),
        ("/packages/16/tagging", json!({"missing": "not-asked"})),
        (
            "/coverage/upstream/activity",
            json!([{"reason": "not-asked", "projects": 4}, {"reason": "no-git", "projects": 1}]),
        ),
        ("/coverage/upstream/forge", json!([{"reason": "not-asked", "projects": 4}])),
    ];
    for (pointer, expected) in cases {
        assert_eq!(report.pointer(pointer), Some(&expected), "{pointer}");
    }
    let names = |pointer| {
        let projects = report.pointer(pointer).and_then(Value::as_array).unwrap();
        projects.iter().map(|project| project["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names("/projects"), names("/lenses/environmentalist/ranking"));
}

#[test]
fn contributions_add_up_to_the_score() {
    let report = report();
    for finding in report["findings"].as_array().unwrap() {
        let (total, terms) = (&finding["score"], finding["terms"].as_array().unwrap());
        let sum: f64 = terms.iter().map(|term| term["contribution"].as_f64().unwrap()).sum();
        let off = (sum - total.as_f64().unwrap()).abs();
        assert!(off <= 0.01 * terms.len() as f64, "{total} is not the sum of {terms:?}");
    }
}

#[test]
fn every_package_named_anywhere_is_in_the_list_once() {
    let report = report();
    let packages = report["packages"].as_array().unwrap();
    let ids: BTreeSet<&str> = packages.iter().map(|each| each["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), packages.len());
    let findings = report["findings"].as_array().unwrap();
    let in_paths = findings.iter().flat_map(|each| each["paths"].as_array().unwrap());
    let named = findings
        .iter()
        .map(|each| &each["package"])
        .chain(in_paths.flat_map(|path| path.as_array().unwrap()))
        .chain(
            packages
                .iter()
                .flat_map(|each| each["dependencies"].as_array().unwrap())
                .map(|to| &to["id"]),
        );
    for name in named {
        assert!(ids.contains(name.as_str().unwrap()), "{name}");
    }
}

#[test]
fn numbers_that_are_none_are_missing_not_zero() {
    let mut audit = sample::audit();
    audit.findings[0].score.total = f64::NAN;
    audit.findings[0].score.terms[0].level = f64::INFINITY;
    let report: Value = serde_json::from_str(&render("json", &audit, &options(80))).unwrap();
    assert_eq!(report["findings"][0]["score"], json!({"missing": "not-finite"}));
    assert_eq!(report["findings"][0]["terms"][0]["level"], json!({"missing": "not-finite"}));
    assert!(validator().is_valid(&report));
}

#[test]
fn the_same_audit_gives_the_same_bytes_one_package_a_line() {
    let text = render("json", &sample::audit(), &options(80));
    assert_eq!(text, render("json", &sample::audit(), &options(20)));
    assert_harmless(&text);
    let packages = text.lines().filter(|line| line.starts_with("    {\"id\": \"pkg:cargo/"));
    assert_eq!(packages.count(), 17);
    assert!(text.starts_with("{\n  \"schema_version\": \"2.0\",\n  \"tool\": {\n"), "{text}");
    assert!(text.ends_with("\n  ]\n}\n"), "{text}");
}

#[test]
fn a_large_audit_fits_the_schema_too() {
    let text = render("json", &sample::large(1128), &options(80));
    assert!(validator().is_valid(&serde_json::from_str(&text).unwrap()));
}
