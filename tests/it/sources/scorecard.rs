//! OpenSSF Scorecard results.

use std::collections::BTreeMap;

use headwater::model::{Missing, Scorecard};
use headwater::source::scorecard::{ENDPOINT, request, understand};
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::Value;

use super::{answer, case, damaged, data};

#[test]
fn the_parts_of_a_result_are_kept_apart() {
    let expected = Scorecard {
        date: Some(date(2026, 11, 2)),
        commit: Some("0123456789abcdef0123456789abcdef01234567".into()),
        version: Some("v9.9.9".into()),
        checks: BTreeMap::from([
            ("Maintained".into(), Some(10)),
            ("Code-Review".into(), Some(0)),
            ("Packaging".into(), None),
            ("Brand-New".into(), None),
        ]),
    };
    assert_eq!(understand(&answer(200, case("scorecard/result.json"))), Ok(expected));
    let url = request("forge.example", "owner/na me", ENDPOINT).url;
    assert_eq!(url, format!("{ENDPOINT}/projects/forge.example/owner/na%20me"));
}

#[test]
fn what_is_no_result_is_none() {
    let probes = r#"{"date":"2026-01-01","repo":{},"findings":[]}"#;
    let cases = [
        (answer(404, ""), Missing::NotFound),
        (answer(200, probes), Missing::NotUnderstood),
        (answer(200, "not JSON"), Missing::NotUnderstood),
    ];
    for (answer, why) in cases {
        assert_eq!(understand(&answer), Err(why));
    }
    let bare = understand(&answer(200, r#"{"date":"soon","checks":[]}"#)).unwrap();
    assert_eq!(bare, Scorecard::default());
}

#[test]
fn real_results_are_understood_check_by_check() {
    let Some(data) = data::folder("the reading of Scorecard results") else { return };
    let mut read = 0;
    for file in std::fs::read_dir(data.join("scorecard-samples")).unwrap() {
        let body = std::fs::read(file.unwrap().path()).unwrap();
        let sample: Value = serde_json::from_slice(&body).unwrap();
        let Some(checks) = sample["checks"].as_array() else { continue };
        let result = understand(&answer(200, body)).unwrap();
        assert!(result.date.is_some());
        for check in checks {
            let score = check["score"].as_i64().unwrap();
            let expected = u8::try_from(score).ok();
            assert_eq!(result.checks[check["name"].as_str().unwrap()], expected);
        }
        read += 1;
    }
    assert!(read >= 10, "{read}");
}

proptest! {
    #[test]
    fn garbage_is_survived(at: usize, byte: u8, end: usize, bytes: Vec<u8>) {
        let _ = understand(&answer(200, damaged(case("scorecard/result.json"), at, byte, end)));
        let _ = understand(&answer(200, bytes));
    }
}
