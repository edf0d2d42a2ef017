//! Hosts of this machine and of private networks are asked only where the user allows it by name.

use headwater::model::Missing;
use headwater::world::http::{Mode, Network, Options, Secret, Tokens};

use super::server::{Server, answer, ok};
use super::{World, ask_one, body, why};

fn allowing(world: &World, hosts: &[&str]) -> Network {
    let allowed_hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    world.network(Options { allowed_hosts, ..world.options(0, Mode::Online) })
}

/// The same server, by a name.
fn by_name(server: &Server) -> String {
    format!("http://localhost:{}/x", server.address.port())
}

#[test]
fn a_private_host_is_asked_only_where_it_is_allowed_by_name() {
    let server = Server::start(|_| ok("x"));
    let cases = [
        (server.url("/x"), &[][..], false),
        (by_name(&server), &[], false),
        (server.url("/x"), &["localhost"], false),
        (by_name(&server), &["127.0.0.1"], false),
        (server.url("/x"), &["127.0.0.1"], true),
        (by_name(&server), &["LOCALHOST"], true),
    ];
    for (url, allowed, expected) in cases {
        let before = server.seen().len();
        let network = allowing(&World::new(), allowed);
        let answer = ask_one(&network, url.clone());
        let private = (!expected).then_some(Missing::PrivateHost);
        assert_eq!(why(&answer), private, "{url} {allowed:?}");
        assert_eq!(server.seen().len() - before, usize::from(expected), "{url} {allowed:?}");
        assert_eq!(network.hosts_asked().len(), usize::from(expected), "{url} {allowed:?}");
        assert_eq!(network.permits(&url), expected, "{url} {allowed:?}");
    }
}

#[test]
fn no_redirect_leads_to_a_private_host() {
    let hidden = Server::start(|_| ok("hidden"));
    let to = by_name(&hidden);
    let server = Server::start(move |_| answer("302 Found", &[("location", &to)], ""));
    let world = World::new();
    let network = allowing(&world, &["127.0.0.1"]);
    assert_eq!(why(&ask_one(&network, server.url("/x"))), Some(Missing::PrivateHost));
    assert_eq!((server.seen().len(), hidden.seen().len()), (1, 0));

    let both = allowing(&world, &["127.0.0.1", "localhost"]);
    assert_eq!(body(&ask_one(&both, server.url("/x"))), "hidden");
    let port = |server: &Server| server.address.port();
    let expected = [format!("127.0.0.1:{}", port(&server)), format!("localhost:{}", port(&hidden))];
    assert_eq!(both.hosts_asked(), expected);
}

/// On the way to another name of the same machine and port, and to another port of the same name.
#[test]
fn a_token_stays_with_its_forge_through_every_redirect() {
    let other = Server::start(|_| ok("other"));
    for to in [other.url("/x"), by_name(&other)] {
        let own = Server::start(move |_| answer("307 Temporary", &[("location", &to)], ""));
        let world = World::new();
        let secret = Secret::new("very-secret").unwrap();
        let tokens = Tokens::given([(own.url(""), secret)].into());
        let network = world.network(Options { tokens, ..world.options(0, Mode::Online) });
        assert_eq!(body(&ask_one(&network, own.url("/x"))), "other");
        assert!(own.seen()[0].header("authorization").is_some());
    }
    assert_eq!(other.seen().len(), 2);
    assert!(other.seen().iter().all(|seen| seen.header("authorization").is_none()));
}

#[test]
fn another_program_may_ask_no_private_host_either() {
    let network = allowing(&World::new(), &["127.0.0.2"]);
    for (url, expected) in [
        ("https://127.0.0.1/o/n", false),
        ("https://[::1]/o/n", false),
        ("https://localhost/o/n", false),
        ("https://127.0.0.2/o/n", true),
        ("https://93.184.216.34/o/n", true),
        ("no address", false),
    ] {
        assert_eq!(network.permits(url), expected, "{url}");
    }
}
