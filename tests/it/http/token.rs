//! Tokens reach the one host they are for, and nothing else.

use std::fs;

use headwater::model::Missing;
use headwater::world::http::{Access, Mode, Network, Options, Question, Secret, Tokens};

use super::server::{Server, answer, ok};
use super::{World, ask, ask_one, body, question, why};

const TOKEN: &str = "very-secret";

fn options_with_token_for(world: &World, server: &Server) -> Options {
    let tokens = Tokens::given([(server.url(""), Secret::new(TOKEN).unwrap())].into());
    Options { tokens, ..world.options(0, Mode::Online) }
}

fn with_token_for(world: &World, server: &Server) -> Network {
    world.network(options_with_token_for(world, server))
}

#[test]
fn a_token_reaches_its_host_and_no_other() {
    let own = Server::start(|_| ok("own"));
    let other = Server::start(|_| ok("other"));
    let world = World::new();
    let network = with_token_for(&world, &own);
    ask(&network, &[question(own.url("/x")), question(other.url("/x"))]);
    assert_eq!(own.seen()[0].header("authorization"), Some("Bearer very-secret"));
    assert_eq!(other.seen()[0].header("authorization"), None);
}

#[test]
fn a_redirect_to_another_host_goes_without_the_token() {
    let other = Server::start(|_| ok("other"));
    let to = other.url("/x");
    let own = Server::start(move |seen| match seen.line.contains("/away") {
        true => answer("302 Found", &[("location", &to)], ""),
        false => answer("302 Found", &[("location", "/away")], ""),
    });
    let world = World::new();
    let network = with_token_for(&world, &own);
    assert_eq!(body(&ask_one(&network, own.url("/x"))), "other");
    for seen in own.seen() {
        assert_eq!(seen.header("authorization"), Some("Bearer very-secret"), "{}", seen.line);
    }
    assert_eq!(own.seen().len(), 2);
    assert_eq!(other.seen()[0].header("authorization"), None);
}

#[test]
fn a_question_that_needs_a_token_is_not_asked_without() {
    let server = Server::start(|_| ok("x"));
    let world = World::new();
    let asked = [Question { access: Access::WithToken, ..question(server.url("/x")) }];
    assert_eq!(why(&ask(&world.online(), &asked)[0]), Some(Missing::NoToken));
    assert_eq!(server.seen().len(), 0);
    assert_eq!(body(&ask(&with_token_for(&world, &server), &asked)[0]), "x");
    // What was learned with a token is known without one.
    assert_eq!(body(&ask(&world.online(), &asked)[0]), "x");
}

#[test]
fn a_refused_token_is_no_missing_one() {
    let server = Server::start(|_| answer("401 Unauthorized", &[], ""));
    let world = World::new();
    let answer = ask_one(&with_token_for(&world, &server), server.url("/x"));
    assert_eq!(why(&answer), Some(Missing::Refused));
}

#[test]
fn no_token_is_in_a_file_or_a_text() {
    let server = Server::start(|seen| match seen.line.contains("/bad") {
        true => answer("500 Internal Server Error", &[], ""),
        // A session is a secret too.
        false => answer("200 OK", &[("set-cookie", "session=very-secret"), ("etag", "1")], "x"),
    });
    let world = World::new();
    let network = with_token_for(&world, &server);
    let with_password = server.url("/y").replace("http://", "http://user:very-secret@");
    let asked = [server.url("/x"), server.url("/bad"), with_password].map(question);
    let answers = ask(&network, &asked);
    let text = format!("{:?} {answers:?}", options_with_token_for(&world, &server));
    assert!(text.contains("[hidden]") && !text.contains(TOKEN), "{text}");
    let mut files = 0;
    for file in fs::read_dir(world.folder.path().join("http")).unwrap() {
        let path = file.unwrap().path();
        let content = fs::read(&path).unwrap();
        assert!(!String::from_utf8_lossy(&content).contains(TOKEN), "{}", path.display());
        assert!(!path.to_string_lossy().contains(TOKEN));
        files += 1;
    }
    assert_eq!(files, 2);
}
