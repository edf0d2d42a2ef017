//! GitHub's GraphQL interface.

use std::time::{Duration, Instant};

use headwater::model::{Missing, Observed};
use headwater::world::http::Mode;
use headwater::world::upstream::{Knowledge, Subjects};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Run, World, repositories};
use crate::http::server::{Seen, Server, answer, ok};

/// What is asked in a request: the names, and whether it is for a page of the sample.
struct Query {
    names: Vec<String>,
    is_page: bool,
    body: Value,
}

fn query(seen: &Seen) -> Option<Query> {
    let body: Value = serde_json::from_str(&seen.body).ok()?;
    let variable = |position: usize| body["variables"][format!("n{position}")].as_str();
    let names = (0..).map_while(|position| Some(variable(position)?.to_owned())).collect();
    let is_page = !body["query"].as_str()?.contains("...State");
    Some(Query { names, is_page, body })
}

/// The names in each request for states, in the order of the requests.
fn asked(server: &Server) -> Vec<Vec<String>> {
    let queries = server.seen().iter().filter_map(query).collect::<Vec<_>>();
    queries.into_iter().filter(|query| !query.is_page).map(|query| query.names).collect()
}

fn state(name: &str) -> Value {
    json!({ "nameWithOwner": format!("o/{name}"), "isArchived": false, "stargazerCount": 1 })
}

/// Answers for each repository with what `of` says, with a header that names a token's owner.
fn forge(of: impl Fn(&Seen, &Query, usize) -> Value + Send + Sync + 'static) -> Server {
    Server::start(move |seen| {
        let Some(query) = query(seen) else { return answer("404 Not Found", &[], "") };
        assert_eq!(seen.header("authorization"), Some("Bearer secret"));
        let parts = (0..query.names.len()).map(|at| (format!("r{at}"), of(seen, &query, at)));
        ok(&json!({ "data": parts.collect::<serde_json::Map<_, _>>() }).to_string())
    })
}

fn subjects(names: &[&str]) -> Subjects {
    let addresses = names.iter().map(|name| format!("https://github.com/o/{name}"));
    let addresses: Vec<String> = addresses.collect();
    repositories(&addresses.iter().map(String::as_str).collect::<Vec<_>>())
}

fn name_of<'a>(knowledge: &'a Knowledge, name: &str) -> Result<&'a str, Missing> {
    match &knowledge.upstream[&format!("https://github.com/o/{name}")].forge {
        Observed::Known(forge) => Ok(&forge.value.name),
        Observed::Missing(why) => Err(*why),
    }
}

#[test]
fn another_order_asks_only_for_what_is_new() {
    let server = forge(|_, query, at| state(&query.names[at]));
    let world = World::new();
    let names: Vec<String> = (0..25).map(|at| format!("n{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let first = Run::new(&world, &server).learn(&subjects(&names));
    assert_eq!(name_of(&first, "n24"), Ok("o/n24"));
    assert_eq!(asked(&server).iter().map(Vec::len).collect::<Vec<_>>(), [20, 5]);
    let mut other: Vec<&str> = names.iter().rev().copied().collect();
    other.insert(3, "new");
    let second = Run::new(&world, &server).learn(&subjects(&other));
    assert_eq!(name_of(&second, "n0"), Ok("o/n0"));
    assert_eq!(asked(&server)[2..], [["new"]]);
    let day_later = Run { hours_later: 25, ..Run::new(&world, &server) };
    day_later.learn(&subjects(&names[..2]));
    assert_eq!(asked(&server)[3..], [["n0", "n1"]]);
}

#[test]
fn renamed_gone_and_forbidden_repositories_are_told_apart() {
    let server = Server::start(|seen| match query(seen) {
        Some(_) => ok(&json!({
            "data": { "r0": state("new-name"), "r1": null, "r2": null },
            "errors": [
                { "type": "NOT_FOUND", "path": ["r1"], "message": "no such repository" },
                { "type": "FORBIDDEN", "path": ["r2"], "message": "single sign-on" },
            ],
        })
        .to_string()),
        None => answer("404 Not Found", &[], ""),
    });
    let world = World::new();
    let subjects = subjects(&["old-name", "gone", "closed"]);
    let expected = [Ok("o/new-name"), Err(Missing::NotFound), Err(Missing::Refused)];
    for asked_for in [3, 1] {
        let learned = Run::new(&world, &server).learn(&subjects);
        let found = ["old-name", "gone", "closed"].map(|name| name_of(&learned, name));
        if asked_for == 3 {
            assert_eq!(found, expected);
        }
        assert_eq!(asked(&server).last().map(Vec::len), Some(asked_for), "the rest is remembered");
    }
}

#[test]
fn a_limit_told_inside_a_success_is_waited_for_and_asked_again() {
    let reset = Timestamp::now().as_second() + 2;
    let server = Server::start(move |seen| match (query(seen), seen.number) {
        (None, _) => answer("404 Not Found", &[], ""),
        (Some(query), _) if Timestamp::now().as_second() >= reset => {
            let parts = query.names.iter().enumerate();
            let parts = parts.map(|(at, name)| (format!("r{at}"), state(name)));
            ok(&json!({ "data": parts.collect::<serde_json::Map<_, _>>() }).to_string())
        }
        (Some(_), _) => {
            let body = r#"{"data":null,"errors":[{"type":"RATE_LIMITED","message":"enough"}]}"#;
            let reset = reset.to_string();
            let limit = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset.as_str())];
            answer("200 OK", &limit, body)
        }
    });
    let learned = Run::new(&World::new(), &server).learn(&subjects(&["a", "b"]));
    assert_eq!((name_of(&learned, "a"), name_of(&learned, "b")), (Ok("o/a"), Ok("o/b")));
    assert_eq!(asked(&server), [["a", "b"], ["a", "b"]]);
}

#[test]
fn a_limit_that_outlasts_the_budget_is_told_and_leaves_the_older_answer() {
    let server = Server::start(|seen| match query(seen) {
        None => answer("404 Not Found", &[], ""),
        Some(query) if query.names == ["known"] => {
            ok(&json!({ "data": { "r0": state("known") } }).to_string())
        }
        // A secondary limit, without saying for how long.
        Some(_) => ok(r#"{"data":null,"errors":[{"message":"a secondary rate limit"}]}"#),
    });
    let world = World::new();
    Run::new(&world, &server).learn(&subjects(&["known"]));
    let later = Run { hours_later: 100, ..Run::new(&world, &server) };
    let started = Instant::now();
    let learned = later.learn(&subjects(&["known", "new"]));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(name_of(&learned, "new"), Err(Missing::RateLimited));
    assert_eq!(name_of(&learned, "known"), Ok("o/known"), "the older answer stands");
    let forge = learned.upstream["https://github.com/o/known"].forge.known().unwrap();
    assert!(forge.on <= Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date());
    assert_eq!(asked(&server).len(), 2, "not asked again before the limit is over");
}

#[test]
fn what_took_too_long_is_asked_for_in_smaller_batches() {
    let server = Server::start(|seen| match query(seen) {
        None => answer("404 Not Found", &[], ""),
        Some(query) if query.names.len() <= 5 => {
            let parts = query.names.iter().enumerate();
            let parts = parts.map(|(at, name)| (format!("r{at}"), state(name)));
            ok(&json!({ "data": parts.collect::<serde_json::Map<_, _>>() }).to_string())
        }
        Some(_) => ok(r#"{"data":null,"errors":[{"message":"this took too long"}]}"#),
    });
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let learned = Run::new(&World::new(), &server).learn(&subjects(&names));
    assert!(names.iter().all(|name| name_of(&learned, name).is_ok()), "{learned:?}");
    assert_eq!(asked(&server).iter().map(Vec::len).collect::<Vec<_>>(), [7, 7, 5, 2]);
}

/// Issues by a member, then such of outsiders on the pages that follow.
#[test]
fn a_sample_of_few_outsiders_is_read_on_for_at_most_two_pages() {
    let server = forge(|_, query, at| {
        let by = if query.is_page { "NONE" } else { "MEMBER" };
        let issue = json!({ "createdAt": "2026-01-01T00:00:00Z",
            "closedAt": "2026-01-03T00:00:00Z", "authorAssociation": by });
        let page = json!({ "hasNextPage": query.names[at] != "short", "endCursor": "next" });
        let issues = json!({ "pageInfo": page, "nodes": [issue, null, issue] });
        let mut state = state(&query.names[at]);
        state["newestIssues"] = issues;
        state
    });
    let world = World::new();
    for _ in 0..2 {
        let learned = Run::new(&world, &server).learn(&subjects(&["long", "short"]));
        let sampled = ["long", "short"].map(|name| {
            let upstream = &learned.upstream[&format!("https://github.com/o/{name}")];
            let forge = &upstream.forge.known().unwrap().value;
            (forge.sampled, forge.first_response_days)
        });
        assert_eq!(sampled, [(4, Some(2.0)), (0, None)]);
        let queries: Vec<Query> = server.seen().iter().filter_map(query).collect();
        let pages: Vec<&Query> = queries.iter().filter(|query| query.is_page).collect();
        assert_eq!(pages.len(), 2, "remembered with its pages");
        assert!(pages.iter().all(|page| page.names == ["long"]));
        assert_eq!(pages[0].body["variables"]["i0"], "next");
    }
}

#[test]
fn offline_tells_what_was_learned_at_any_age() {
    let server = forge(|_, query, at| state(&query.names[at]));
    let world = World::new();
    Run::new(&world, &server).learn(&subjects(&["a"]));
    let before = server.seen().len();
    let offline = Run { mode: Mode::Offline, hours_later: 9_000, ..Run::new(&world, &server) };
    let learned = offline.learn(&subjects(&["a", "b"]));
    assert_eq!(name_of(&learned, "a"), Ok("o/a"));
    assert_eq!(name_of(&learned, "b"), Err(Missing::NotAsked));
    assert_eq!(server.seen().len(), before);
}
