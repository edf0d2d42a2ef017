//! Sources that fail, mislead or talk too much.

use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use headwater::model::Missing;
use headwater::world::http::{Mode, Options};

use super::server::{Server, answer, ok};
use super::{World, ask, ask_one, body, question, why};

#[test]
fn a_status_is_told_as_what_it_means() {
    let cases = [
        ("204 No Content", None),
        ("400 Bad Request", Some(Missing::Refused)),
        ("401 Unauthorized", Some(Missing::NoToken)),
        ("403 Forbidden", Some(Missing::Refused)),
        ("404 Not Found", Some(Missing::NotFound)),
        ("410 Gone", Some(Missing::NotFound)),
        ("451 Unavailable For Legal Reasons", Some(Missing::Refused)),
        ("500 Internal Server Error", Some(Missing::Unreachable)),
        ("304 Not Modified", Some(Missing::NotUnderstood)),
        ("300 Multiple Choices", Some(Missing::NotUnderstood)),
    ];
    for (status, expected) in cases {
        let server = Server::start(move |_| answer(status, &[], ""));
        let answer = ask_one(&World::new().online(), server.url("/x"));
        assert_eq!(why(&answer), expected, "{status}");
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}

#[test]
fn an_error_inside_a_success_is_handed_on() {
    let server = Server::start(|_| ok(r#"{"errors":[{"type":"RATE_LIMITED"}]}"#));
    let answer = ask_one(&World::new().online(), server.url("/graphql"));
    assert_eq!(body(&answer), r#"{"errors":[{"type":"RATE_LIMITED"}]}"#);
}

#[test]
fn redirects_are_followed_to_an_end() {
    let server = Server::start(|seen| {
        let to = |path: &str| answer("301 Moved Permanently", &[("location", path)], "");
        match seen.line.split(' ').nth(1) {
            Some("/renamed") => to("/new"),
            Some("/round") => to("/about"),
            Some("/about") => to("/round"),
            Some("/ftp") => to("ftp://a.example/"),
            Some("/new") => ok("new"),
            Some(path) => to(&format!("{path}x")),
            None => to("/"),
        }
    });
    let world = World::new();
    let network = world.online();
    assert_eq!(body(&ask_one(&network, server.url("/renamed"))), "new");
    let cases = [("/round", "circle"), ("/endless", "more than 5 redirects")];
    for (path, detail) in cases {
        let unanswered = ask_one(&network, server.url(path)).unwrap_err();
        assert_eq!(unanswered.why, Missing::Unreachable, "{path}");
        assert!(unanswered.detail.contains(detail), "{unanswered}");
    }
    assert!(ask_one(&network, server.url("/ftp")).is_err());
    // Trouble of single questions is no reason to give up a host.
    assert_eq!(body(&ask_one(&network, server.url("/new"))), "new");
}

#[test]
fn a_body_without_end_is_not_read() {
    const CHUNK: usize = 1_024 * 1_024;
    let server = Server::start(|_| {
        let mut bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        for _ in 0..33 {
            bytes.extend_from_slice(format!("{CHUNK:x}\r\n").as_bytes());
            bytes.resize(bytes.len() + CHUNK, b' ');
            bytes.extend_from_slice(b"\r\n");
        }
        bytes
    });
    let unanswered = ask_one(&World::new().online(), server.url("/x")).unwrap_err();
    assert_eq!(unanswered.why, Missing::NotUnderstood);
    assert!(unanswered.detail.contains("33554432 bytes"), "{unanswered}");
    assert_eq!(server.seen().len(), 1);
}

/// The bytes are `gzip` of "hello\n", and the same cut off.
#[test]
fn compressed_bodies_are_read_and_broken_ones_are_not_understood() {
    const HELLO: [u8; 26] = [
        0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 2, 0, 0x20, 0x30,
        0x3a, 0x36, 6, 0, 0, 0,
    ];
    let server = Server::start(|seen| {
        assert_eq!(seen.header("accept-encoding"), Some("gzip"));
        let length = if seen.line.contains("/whole") { HELLO.len() } else { 12 };
        let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length:";
        let mut bytes = format!("{head} {length}\r\n\r\n").into_bytes();
        bytes.extend_from_slice(&HELLO[..length]);
        bytes
    });
    let network = World::new().online();
    assert_eq!(body(&ask_one(&network, server.url("/whole"))), "hello\n");
    let broken = ask_one(&network, server.url("/cut"));
    assert_eq!(why(&broken), Some(Missing::NotUnderstood), "{broken:?}");
}

/// A host without any answer is tried a few times for each of a few questions, and no more.
#[test]
fn a_host_that_never_answers_is_given_up() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unanswering = [
        Server::start(|_| b"garbage\r\n\r\n".to_vec()),
        Server::start(|_| Vec::new()),
        Server::start(|_| b"HTTP/1.1 200 OK\r\nlength: 9\r\n".to_vec()),
    ];
    let mut hosts: Vec<_> = unanswering.iter().map(|server| server.url("")).collect();
    hosts.push(format!("http://{nobody}"));
    let world = World::new();
    let questions: Vec<_> = hosts
        .iter()
        .flat_map(|host| (0..50).map(move |number| question(format!("{host}/{number}"))))
        .collect();
    let started = Instant::now();
    let answers = ask(&world.online(), &questions);
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    for answer in &answers {
        assert_eq!(why(answer), Some(Missing::Unreachable), "{answer:?}");
    }
    for server in &unanswering {
        let requests = server.seen().len();
        assert!((4..=32).contains(&requests), "{requests}");
    }
    let unanswered = answers[150].as_ref().unwrap_err();
    assert!(unanswered.detail.contains("refused"), "{unanswered}");
}

#[test]
fn a_connection_that_fails_once_is_no_failure() {
    let server = Server::start(|seen| match seen.number {
        0 => Vec::new(),
        // The connection ends in the middle of the body.
        1 => b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx".to_vec(),
        _ => ok("whole"),
    });
    assert_eq!(body(&ask_one(&World::new().online(), server.url("/x"))), "whole");
}

#[test]
fn a_slow_server_is_left_after_the_limit_of_a_request() {
    let server = Server::start(|_| {
        thread::sleep(Duration::from_millis(800));
        ok("x")
    });
    let world = World::new();
    let request_limit = Duration::from_millis(200);
    let network = world.network(Options { request_limit, ..world.options(0, Mode::Online) });
    let started = Instant::now();
    let questions: Vec<_> =
        (0..90).map(|number| question(server.url(&format!("/{number}")))).collect();
    let answers = ask(&network, &questions);
    // Ninety limits, six at a time, would be three seconds.
    assert!(started.elapsed() < Duration::from_millis(1_500), "{:?}", started.elapsed());
    for answer in &answers {
        assert_eq!(why(answer), Some(Missing::Unreachable), "{answer:?}");
    }
}

#[test]
fn what_is_no_address_is_not_asked_for() {
    let network = World::new().online();
    for url in ["", "a.example", "ftp://a.example/", "file:///etc/hosts", "http://", "http://[::"] {
        let answer = ask_one(&network, url.to_owned());
        assert_eq!(why(&answer), Some(Missing::Unreachable), "{url:?}");
    }
}
