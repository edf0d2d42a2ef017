//! GitHub's GraphQL interface.

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use headwater::model::{Forge, Missing};
use headwater::source::github::{
    Cursors, ENDPOINT, MOST_REPOSITORIES, lengthened, more, pages_request, parts, request,
    understand,
};
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
    let parts = parts(answer, ASKED.len()).into_iter();
    parts.map(|part| Ok(understand(&part?, now())?.forge)).collect()
}

#[test]
fn a_repository_of_a_batch_is_understood() {
    let busy = forges(&answer(200, case("github/batch.json")))[0].clone().unwrap();
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
        [("github", "owner"), ("ko_fi", "owner"), ("some_new_one", "https://new.example/owner"),]
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
}

/// A part about one repository with so many issues of outsiders, and where the list goes on.
fn part(issues: usize, next: Option<&str>) -> Answer {
    let issue = r#"{"createdAt":"2026-01-01T00:00:00Z","closedAt":"2026-01-03T00:00:00Z"}"#;
    let (goes_on, cursor) = (next.is_some(), serde_json::json!(next));
    let issues = vec![issue; issues].join(",");
    let body = format!(
        r#"{{"data":{{"r0":{{"nameWithOwner":"o/n","isArchived":false,"newestIssues":{{
           "pageInfo":{{"hasNextPage":{goes_on},"endCursor":{cursor}}},"nodes":[{issues}]}}}}}}}}"#
    );
    answer(200, body)
}

#[test]
fn a_small_sample_goes_on_until_it_is_large_enough_or_at_its_end() {
    let next = |text: &str| Some(Cursors { issues: Some(text.into()), requests: None });
    assert_eq!(more(&part(3, Some("a"))), next("a"));
    assert_eq!(more(&part(10, Some("a"))), None, "large enough");
    assert_eq!(more(&part(3, None)), None, "at its end");
    let longer = lengthened(&part(3, Some("a")), &part(4, Some("b")));
    assert_eq!(more(&longer), next("b"));
    let longest = lengthened(&longer, &part(5, Some("c")));
    assert_eq!(more(&longest), None);
    let forge = understand(&longest, now()).unwrap().forge;
    assert_eq!((forge.sampled, forge.first_response_days), (12, Some(2.0)));
    for odd in [r#"{"data":{"r0":{"newestIssues":7}}}"#, r#"{"data":{"r0":7}}"#, "{}", "<"] {
        let page = answer(200, odd);
        assert_eq!(understand(&lengthened(&longest, &page), now()), understand(&longest, now()));
        assert_eq!(more(&page), None, "{odd}");
    }
}

#[test]
fn files_of_the_repository_say_whom_to_pay_and_the_same_payee_is_one() {
    let json = r#"{"funding":{"channels":[{"guid":"k","type":"other","address":"https://ko-fi.com/k"},
        {"guid":"m","type":"bank","address":"m@mail.example"}],
        "plans":[{"guid":"p","status":"active","name":"work","amount":50,"currency":"EUR",
        "frequency":"monthly","channels":["k"]}],"history":[{"year":2025,"income":9}]}}"#;
    let repository = serde_json::json!({
        "nameWithOwner": "o/n", "isArchived": false,
        "fundingLinks": [
            { "platform": "GITHUB", "url": "https://github.com/owner" },
            { "platform": "KO_FI", "url": "https://ko-fi.com/K" },
        ],
        "fundingYaml": { "text": "github: owner\nnew_one: x\ncustom: y@mail.example\n" },
        "fundingJson": { "text": json },
        "packageJson": { "text": r#"{"author":"a <a@mail.example>","funding":"b@mail.example"}"# },
    });
    let body = serde_json::json!({ "data": { "r0": repository } }).to_string();
    let part = parts(&answer(200, body), 1).remove(0).unwrap();
    assert!(!String::from_utf8_lossy(&part.body).contains("@mail"), "{part:?}");
    let funding = understand(&part, now()).unwrap().funding;
    let payees = funding.payees.iter().map(|it| {
        let plans: Vec<_> = it.plans.iter().map(|plan| plan.amount_hundredths).collect();
        (format!("{} {}", it.platform, it.account), it.named_in.join(", "), plans)
    });
    let expected = [
        ("bank m", "funding.json", vec![]),
        ("github owner", ".github/FUNDING.yml, GitHub", vec![]),
        ("ko_fi K", "GitHub, funding.json", vec![Some(5_000)]),
        ("new_one x", ".github/FUNDING.yml", vec![]),
    ];
    let expected = expected.map(|(who, by, plans)| (who.to_owned(), by.to_owned(), plans));
    assert_eq!(payees.collect::<Vec<_>>(), expected);
    assert_eq!(funding.history[0].income_hundredths, Some(900));
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
    let cursors = Cursors { issues: Some("a".into()), requests: None };
    let requests = [1, MOST_REPOSITORIES].map(|count| {
        let pages = vec![("owner", "name", cursors.clone()); count];
        [request(&vec![("owner", "name"); count], ENDPOINT), pages_request(&pages, ENDPOINT)]
    });
    for request in requests.into_iter().flatten() {
        let body = request.body.unwrap();
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
