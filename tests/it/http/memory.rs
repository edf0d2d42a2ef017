//! What is remembered, for how long, and what is told when it is old.

use std::fs;

use headwater::model::Missing;
use headwater::source::{Method, Request};
use headwater::world::http::{Heard, Kind, Mode, Question};
use jiff::{Timestamp, ToSpan};

use super::server::{Server, answer, ok};
use super::{World, ask, ask_one, body, question, why};

#[test]
fn an_old_answer_is_confirmed_by_its_tag_and_then_young_again() {
    let server = Server::start(|seen| match (seen.number, seen.header("if-none-match")) {
        (1.., Some("\"one\"")) => answer("304 Not Modified", &[("etag", "\"one\"")], ""),
        (1.., _) => ok("the tag was not sent"),
        (0, _) => answer("200 OK", &[("etag", "\"one\""), ("x-other", "1")], "body"),
    });
    let world = World::new();
    // Hour of the run, requests the server has seen after it.
    for (hour, requests) in [(0, 1), (23, 1), (25, 2), (48, 2), (50, 3)] {
        let network = world.network(world.options(hour, Mode::Online));
        let answer = ask_one(&network, server.url("/x"));
        assert_eq!(body(&answer), "body", "hour {hour}");
        assert_eq!(server.seen().len(), requests, "hour {hour}");
        let learned = answer.unwrap();
        assert_eq!(learned.stale, None);
        assert_eq!(learned.answer.headers, [("etag".to_owned(), "\"one\"".to_owned())]);
    }
}

#[test]
fn an_answer_without_a_tag_is_renewed_by_its_date() {
    const DATE: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
    let server = Server::start(|seen| match seen.header("if-modified-since") {
        Some(DATE) => answer("200 OK", &[], "new"),
        _ => answer("200 OK", &[("last-modified", DATE)], "old"),
    });
    let world = World::new();
    for (hour, expected) in [(0, "old"), (25, "new"), (26, "new")] {
        let network = world.network(world.options(hour, Mode::Online));
        assert_eq!(body(&ask_one(&network, server.url("/x"))), expected, "hour {hour}");
    }
}

#[test]
fn each_kind_of_fact_has_its_age() {
    let server = Server::start(|_| ok("x"));
    let world = World::new();
    let cases = [
        (Kind::Forge, 1),
        (Kind::Releases, 1),
        (Kind::Owners, 3),
        (Kind::Scorecard, 7),
        (Kind::DepsDev, 7),
    ];
    for (kind, days) in cases {
        let question = Question { kind, ..question(server.url(&format!("/{kind:?}"))) };
        for (hour, asked) in [(0, true), (days * 24 - 1, false), (days * 24 + 1, true)] {
            let before = server.seen().len();
            ask(&world.network(world.options(hour, Mode::Online)), std::slice::from_ref(&question));
            assert_eq!(server.seen().len() > before, asked, "{kind:?} at hour {hour}");
        }
    }
}

#[test]
fn offline_tells_what_is_remembered_and_of_when_it_is() {
    let server = Server::start(|seen| match seen.line.contains("/gone") {
        true => answer("404 Not Found", &[], "no such thing"),
        false => ok("x"),
    });
    let world = World::new();
    let questions = ["/x", "/gone", "/never"].map(|path| question(server.url(path)));
    let before = Timestamp::now() - 1.second();
    ask(&world.online(), &questions[..2]);
    for (hour, stale) in [(1, None), (9_000, Some(Missing::NotAsked))] {
        let offline = world.network(world.options(hour, Mode::Offline));
        let answers = ask(&offline, &questions);
        let learned = answers[0].as_ref().unwrap();
        assert!(before <= learned.learned && learned.learned <= Timestamp::now());
        assert_eq!(learned.stale.as_ref().map(|stale| stale.why), stale, "hour {hour}");
        assert_eq!(why(&answers[1]), Some(Missing::NotFound));
        assert_eq!(why(&answers[2]), Some(Missing::NotAsked));
    }
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn refresh_asks_once_a_run_and_falls_back_on_what_is_remembered() {
    let server = Server::start(|seen| match seen.number {
        0 | 1 => ok(&seen.number.to_string()),
        _ => answer("500 Internal Server Error", &[], ""),
    });
    let world = World::new();
    assert_eq!(body(&ask_one(&world.online(), server.url("/x"))), "0");
    let refreshing = world.network(world.options(1, Mode::Refresh));
    for _ in 0..2 {
        assert_eq!(body(&ask_one(&refreshing, server.url("/x"))), "1");
    }
    let refreshing = world.network(world.options(2, Mode::Refresh));
    let answer = ask_one(&refreshing, server.url("/x"));
    assert_eq!(body(&answer), "1");
    assert_eq!(answer.unwrap().stale.unwrap().why, Missing::Unreachable);
}

/// A source that fails leaves the old answer standing; one that answers "no" does not.
#[test]
fn an_old_answer_stands_where_the_source_fails() {
    let cases = [
        ("500 Internal Server Error", None),
        ("403 Forbidden", Some(Missing::Refused)),
        ("404 Not Found", Some(Missing::NotFound)),
    ];
    for (status, expected) in cases {
        let server = Server::start(move |seen| match seen.number {
            0 => ok("old"),
            _ => answer(status, &[], ""),
        });
        let world = World::new();
        assert_eq!(body(&ask_one(&world.online(), server.url("/x"))), "old");
        let later = world.network(world.options(100, Mode::Online));
        let answer = ask_one(&later, server.url("/x"));
        assert_eq!(why(&answer), expected, "{status}");
        if expected.is_none() {
            assert_eq!(body(&answer), "old");
            assert!(answer.unwrap().stale.is_some());
            let [note] = &later.old_answers()[..] else { panic!("one note") };
            let day = Timestamp::now().strftime("%Y-%m-%d");
            let expected = format!("1 of 127.0.0.1, the oldest of {day}; the source could not");
            assert!(note.message.contains(&expected), "{}", note.message);
        } else {
            assert_eq!(later.old_answers(), []);
        }
    }
}

#[test]
fn not_found_is_believed_for_a_day() {
    let server = Server::start(|_| answer("404 Not Found", &[("etag", "\"one\"")], "nothing"));
    let world = World::new();
    for (hour, requests) in [(0, 1), (23, 1), (25, 2)] {
        let asked = Question { kind: Kind::Scorecard, ..question(server.url("/x")) };
        let answers = ask(&world.network(world.options(hour, Mode::Online)), &[asked]);
        assert_eq!(why(&answers[0]), Some(Missing::NotFound));
        assert_eq!(server.seen().len(), requests, "hour {hour}");
    }
    assert_eq!(server.seen()[1].header("if-none-match"), None);
}

#[test]
fn what_is_damaged_forbidden_or_forgotten_is_asked_again() {
    let server = Server::start(|seen| match seen.line.contains("/secret") {
        true => answer("200 OK", &[("cache-control", "private, No-Store")], "x"),
        false => ok("x"),
    });
    let world = World::new();
    let asked_again = |path: &str, between: &dyn Fn()| {
        assert_eq!(body(&ask_one(&world.online(), server.url(path))), "x");
        let before = server.seen().len();
        between();
        assert_eq!(body(&ask_one(&world.online(), server.url(path))), "x");
        server.seen().len() > before
    };
    let damage = || {
        for file in fs::read_dir(world.folder.path().join("http")).unwrap() {
            fs::write(file.unwrap().path(), "garbage").unwrap();
        }
    };
    let forget = || world.online().forget(&Request::get(server.url("/c")));
    assert!(!asked_again("/a", &|| ()));
    assert!(asked_again("/b", &damage));
    assert!(asked_again("/c", &forget));
    assert!(asked_again("/secret", &|| ()));
}

#[test]
fn posts_are_remembered_by_what_they_ask() {
    let server = Server::start(|seen| ok(&seen.body));
    let world = World::new();
    let post = |body: &str| {
        let request = Request {
            method: Method::Post,
            url: server.url("/graphql"),
            headers: vec![("content-type", "application/json".into())],
            body: Some(body.into()),
        };
        Question { request, ..question(String::new()) }
    };
    for _ in 0..2 {
        let answers = ask(&world.online(), &[post("a"), post("b")]);
        assert_eq!(answers.iter().map(body).collect::<Vec<_>>(), ["a", "b"]);
    }
    assert_eq!(server.seen().len(), 2);
    assert_eq!(server.seen()[0].header("content-type"), Some("application/json"));
}

#[test]
fn an_unwritable_cache_is_told_and_harms_nothing() {
    let server = Server::start(|_| ok("x"));
    let world = World::new();
    fs::write(world.folder.path().join("http"), "a file, not a folder").unwrap();
    let network = world.online();
    assert_eq!(network.cache_trouble(), None);
    assert_eq!(body(&ask_one(&network, server.url("/x"))), "x");
    assert!(network.cache_trouble().is_some());
}

/// Whoever hears of an answer may ask for what follows from it.
#[test]
fn an_answer_can_lead_to_the_next_question() {
    let server = Server::start(|seen| ok(if seen.line.contains(" /1 ") { "last" } else { "/1" }));
    let world = World::new();
    let network = world.online();
    let mut heard = Vec::new();
    network.ask(&[question(server.url("/0"))], &mut |_, news| match news {
        Heard::Asking => heard.push("asking".to_owned()),
        Heard::Answered(answer) => {
            let next = ask_one(&network, server.url(body(&answer)));
            heard.push(body(&next).to_owned());
        }
    });
    assert_eq!(heard, ["asking", "last"]);
}

#[test]
fn five_hundred_remembered_answers_are_read_in_a_moment() {
    let page = "x".repeat(10_000);
    let server = Server::start(move |_| ok(&page));
    let world = World::new();
    let paths = (0..500).map(|number| question(server.url(&format!("/{number}"))));
    let questions: Vec<_> = paths.collect();
    let first = ask(&world.online(), &questions);
    assert!(first.iter().all(Result::is_ok));
    let started = std::time::Instant::now();
    let second = ask(&world.online(), &questions);
    let took = started.elapsed();
    eprintln!("500 remembered answers of 10 kB: {took:?}");
    assert_eq!(first.len(), second.len());
    assert!(second.iter().all(Result::is_ok));
    assert_eq!(server.seen().len(), 500);
    assert!(took.as_secs() < 1, "{took:?}");
}
