//! deps.dev.

use headwater::model::{Dependents, DepsDevProject, Missing, RelatedProject, Scorecard};
use headwater::source::deps_dev::{
    ENDPOINT, dependents_request, project_request, release_request, understand_dependents,
    understand_project, understand_release,
};
use jiff::civil::date;
use proptest::prelude::*;

use super::{answer, case, damaged};

#[test]
fn addresses_carry_names_as_one_segment() {
    let cases = [
        (project_request("forge.example", "o/n", ENDPOINT), "/v3/projects/forge.example%2Fo%2Fn"),
        (
            release_request("cargo", "a", "1.0.0+b", ENDPOINT),
            "/v3/systems/cargo/packages/a/versions/1.0.0%2Bb",
        ),
        (
            dependents_request("npm", "@s/a", "1.0.0", ENDPOINT),
            "/v3alpha/systems/npm/packages/%40s%2Fa/versions/1.0.0:dependents",
        ),
    ];
    for (request, path) in cases {
        assert_eq!(request.url, format!("{ENDPOINT}{path}"));
    }
}

#[test]
fn a_project_a_release_and_its_dependents_are_understood() {
    let scorecard = Scorecard {
        date: Some(date(2026, 11, 2)),
        commit: Some("abc".into()),
        version: Some("v9".into()),
        checks: [("Maintained", Some(3)), ("Fuzzing", None), ("License", None)]
            .map(|(name, score)| (name.to_owned(), score))
            .into(),
    };
    let project = DepsDevProject {
        open_issues: Some(14),
        stars: Some(99),
        licence: Some("MIT".into()),
        scorecard: Some(scorecard),
        oss_fuzz: true,
    };
    assert_eq!(understand_project(&answer(200, case("deps_dev/project.json"))), Ok(project));
    let release = understand_release(&answer(200, case("deps_dev/release.json"))).unwrap();
    assert_eq!(release.advisories, ["GHSA-aaaa", "GHSA-zzzz"]);
    let source = RelatedProject {
        id: "forge.example/owner/name".into(),
        relation: "SOURCE_REPO".into(),
        provenance: "UNVERIFIED_METADATA".into(),
    };
    assert_eq!(release.projects[1], source);
    let dependents = r#"{"dependentCount":9,"directDependentCount":4,"indirectDependentCount":6}"#;
    let expected = Dependents { all: 9, direct: 4 };
    assert_eq!(understand_dependents(&answer(200, dependents)), Ok(expected));
}

#[test]
fn what_is_not_said_is_not_known() {
    let bare = understand_project(&answer(200, r#"{"projectKey":{"id":"x"}}"#)).unwrap();
    assert_eq!(bare, DepsDevProject::default());
    assert_eq!(understand_project(&answer(404, "")), Err(Missing::NotFound));
    assert_eq!(understand_release(&answer(200, "[]x")), Err(Missing::NotUnderstood));
    assert_eq!(understand_dependents(&answer(200, "{}")), Err(Missing::NotUnderstood));
}

proptest! {
    #[test]
    fn garbage_is_survived(at: usize, byte: u8, end: usize, bytes: Vec<u8>) {
        let _ = understand_project(&answer(200, damaged(case("deps_dev/project.json"), at, byte, end)));
        let _ = understand_release(&answer(200, damaged(case("deps_dev/release.json"), at, byte, end)));
        let _ = understand_dependents(&answer(200, bytes));
    }
}
