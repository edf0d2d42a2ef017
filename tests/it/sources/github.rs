//! GitHub's GraphQL interface.

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use headwater::model::{Forge, Missing};
use headwater::source::github::{ENDPOINT, Limit, MOST_REPOSITORIES, request, understand};
use headwater::source::{Answer, Method};
use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::Value;

use super::{answer, case, damaged, data, with_header};

const ASKED: [(&str, &str); 7] = [
    ("owner", "busy"),
    ("owner", "gone"),
    ("owner", "closed"),
    ("oldowner", "oldname"),
    ("owner", "hidden"),
    ("owner", "odd"),
    ("owner", "new"),
];

fn now() -> Timestamp {
    "2026-11-20T00:00:00Z".parse().unwrap()
}

fn forges(answer: &Answer) -> Vec<Result<Forge, Missing>> {
    understand(answer, &ASKED, now()).forges
}

#[test]
fn a_repository_of_a_batch_is_understood() {
    let understood = understand(&answer(200, case("github/batch.json")), &ASKED, now());
    assert_eq!(
        understood.limit,
        Limit {
            cost: Some(12),
            remaining: Some(4321),
            resets: Some("2026-11-20T01:00:00Z".parse().unwrap()),
            retry_after_seconds: None,
        }
    );
    let busy = understood.forges[0].clone().unwrap();
    assert_eq!(busy.name, "owner/busy");
    assert_eq!((busy.open_issues, busy.closed_issues), (Some(3), Some(40)));
    assert_eq!((busy.open_requests, busy.closed_requests), (Some(2), Some(100)));
    assert_eq!((busy.releases, busy.stars), (Some(9), Some(70)));
    assert_eq!(busy.last_release, Some("2026-10-01T08:00:00Z".parse().unwrap()));
    assert_eq!(busy.pushed, Some("2026-11-19T12:00:00Z".parse().unwrap()));
    assert_eq!(busy.security_policy, Some(true));
    assert_eq!((busy.archived, busy.disabled, busy.mirror), (false, Some(false), Some(false)));
    let funding: Vec<_> = busy.funding.iter().map(|it| (&*it.platform, &*it.account)).collect();
    assert_eq!(
        funding,
        [
            ("github", "https://github.com/owner"),
            ("ko_fi", "owner"),
            ("some_new_one", "https://new.example/owner"),
        ]
    );
}

#[test]
fn the_time_to_a_first_answer_is_that_of_other_people_to_outsiders() {
    let forges = forges(&answer(200, case("github/batch.json")));
    let busy = forges[0].as_ref().unwrap();
    // Answered after 2 days and, by a review, after half a day; closed after 4 days without a
    // word of anybody known to be another; waiting for 10 days. The middle of 0.5, 2, 4, 10.
    assert_eq!((busy.first_response_days, busy.sampled), (Some(3.0), 4));
    let quiet = forges[3].as_ref().unwrap();
    assert_eq!((quiet.first_response_days, quiet.sampled), (None, 0));
}

#[test]
fn each_repository_of_a_batch_fails_by_itself() {
    let forges = forges(&answer(200, case("github/batch.json")));
    let why: Vec<Option<Missing>> = forges.iter().map(|it| it.as_ref().err().copied()).collect();
    assert_eq!(
        why,
        [
            None,
            Some(Missing::NotFound),
            Some(Missing::Refused),
            None,
            None,
            Some(Missing::NotUnderstood),
            Some(Missing::Unreachable),
        ]
    );
    let renamed = forges[3].as_ref().unwrap();
    assert_eq!(renamed.name, "newowner/newname");
    assert!(renamed.archived && renamed.mirror == Some(true));
    assert_eq!(renamed.archived_on, Some(date(2024, 2, 3)));
    assert_eq!(renamed.fork_of.as_deref(), Some("first/name"));
    assert_eq!((forges[0].as_ref().unwrap().fork, renamed.fork), (Some(false), Some(true)));
    assert_eq!(renamed.created, Some("2019-08-07T06:05:04Z".parse().unwrap()));
    assert_eq!(renamed.open_issues, Some(0));
    let hidden = forges[4].as_ref().unwrap();
    assert_eq!((hidden.open_issues, hidden.releases, hidden.security_policy), (None, None, None));
}

#[test]
fn an_answer_to_no_repository_says_why() {
    let limited = r#"{"data":null,"errors":[{"type":"RATE_LIMITED","message":"enough"}]}"#;
    let timeout = r#"{"data":null,"errors":[{"message":"this took too long"}]}"#;
    let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
    let cases = [
        (answer(200, limited), Missing::RateLimited),
        (answer(200, timeout), Missing::Unreachable),
        (answer(200, r#"{"errors":[{"message":"a secondary rate limit"}]}"#), Missing::RateLimited),
        (answer(200, "{}"), Missing::NotUnderstood),
        (answer(200, "<html>"), Missing::NotUnderstood),
        (answer(401, r#"{"message":"Bad credentials"}"#), Missing::NoToken),
        (answer(403, secondary), Missing::RateLimited),
        (answer(403, "{}"), Missing::Refused),
        (with_header(answer(403, "{}"), "retry-after", "60"), Missing::RateLimited),
        (with_header(answer(403, "{}"), "x-ratelimit-remaining", "0"), Missing::RateLimited),
        (answer(502, ""), Missing::Unreachable),
    ];
    for (answer, why) in cases {
        assert_eq!(forges(&answer), vec![Err(why); ASKED.len()], "{answer:?}");
    }
    let limited = with_header(answer(403, "{}"), "retry-after", "60");
    let limited = with_header(limited, "x-ratelimit-reset", "1795000000");
    let limit = understand(&limited, &ASKED, now()).limit;
    assert_eq!(limit.retry_after_seconds, Some(60));
    assert_eq!(limit.resets, Some(Timestamp::from_second(1_795_000_000).unwrap()));
}

#[test]
fn owners_and_names_are_variables_and_never_a_part_of_the_query() {
    let hostile = "x\") { id } evil: viewer { login } #\n{";
    let request = request(&[("owner", "name"), (hostile, "}")], ENDPOINT);
    assert_eq!((request.method, request.url.as_str()), (Method::Post, ENDPOINT));
    let body: Value = serde_json::from_str(&request.body.unwrap()).unwrap();
    let query = body["query"].as_str().unwrap();
    assert!(query.contains("r1: repository(owner: $o1, name: $n1) { ...State }"));
    assert!(!query.contains("evil"));
    let expected = serde_json::json!({"o0": "owner", "n0": "name", "o1": hostile, "n1": "}"});
    assert_eq!(body["variables"], expected);
}

#[test]
fn the_query_validates_against_the_published_schema() {
    let Some(data) = data::folder("the check of the GraphQL query") else { return };
    let path = data.join("schemas/github/schema.graphql");
    let schema = std::fs::read_to_string(&path).unwrap();
    // The published schema defines two fields twice, which concern nothing here.
    let schema = Schema::parse_and_validate(schema, path)
        .unwrap_or_else(|errors| Valid::assume_valid(errors.partial));
    for count in [1, MOST_REPOSITORIES] {
        let body = request(&vec![("owner", "name"); count], ENDPOINT).body.unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        let query = body["query"].as_str().unwrap();
        let document = ExecutableDocument::parse_and_validate(&schema, query, "query.graphql");
        assert!(document.is_ok(), "{}", document.unwrap_err());
    }
    let right = "query { repository(owner: \"o\", name: \"n\") { isFork } }";
    for (query, is_valid) in [
        (right.to_owned(), true),
        (right.replace("isFork", "isSpoon"), false),
        (right.replace("\"o\"", "1"), false),
    ] {
        let checked = ExecutableDocument::parse_and_validate(&schema, query, "other.graphql");
        assert_eq!(checked.is_ok(), is_valid);
    }
}

proptest! {
    #[test]
    fn garbage_is_survived(at: usize, byte: u8, end: usize, bytes: Vec<u8>) {
        let damaged = damaged(case("github/batch.json"), at, byte, end);
        prop_assert_eq!(forges(&answer(200, damaged)).len(), ASKED.len());
        prop_assert_eq!(forges(&answer(200, bytes)).len(), ASKED.len());
    }
}
