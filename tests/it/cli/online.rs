//! Audits and checks that ask the network, on the loopback address.

use tame_index::CRATES_IO_INDEX;

use super::world::{World, assert_contains};
use crate::http::server::{Server, answer, ok};

/// A workspace that depends on one package of the public registry, without a repository.
pub(super) fn world() -> World {
    let world = unindexed();
    world.publish("needed", NEEDED);
    world
}

const NEEDED: &str = r#"{"name":"needed","vers":"1.0.0","deps":[],"features":{},"yanked":false,"pubtime":"2024-05-06T07:08:09Z"}"#;

/// The same workspace where the local index lacks the package.
fn unindexed() -> World {
    needing("\"1\"", &format!("registry+{CRATES_IO_INDEX}"))
}

/// A workspace that depends on one package, declared so and locked from a source.
pub(super) fn needing(declared: &str, source: &str) -> World {
    let world = World::empty();
    let identity = "name = \"app\"\nversion = \"0.1.0\"\n";
    let needs = format!("[dependencies]\nneeded = {declared}\n");
    world.write("w/Cargo.toml", format!("[package]\n{identity}{needs}"));
    world.write(
        "w/Cargo.lock",
        format!(
            "version = 4\n[[package]]\n{identity}dependencies = [\"needed\"]\n\
             [[package]]\nname = \"needed\"\nversion = \"1.0.0\"\nsource = \"{source}\"\n"
        ),
    );
    world
}

fn registry() -> Server {
    Server::start(|seen| {
        let is_owners = seen.line.contains("/owners ");
        ok(if is_owners { r#"{"users":[]}"# } else { r#"{"crate":{},"versions":[]}"# })
    })
}

fn of_index(path: &str) -> String {
    format!("GET /index/{path} HTTP/1.1")
}

fn asked(server: &Server) -> Vec<String> {
    server.seen().into_iter().map(|seen| seen.line).collect()
}

#[test]
fn an_audit_asks_the_registry_of_the_index_once_and_only_with_leave() {
    let (world, server) = (world(), registry());
    world.connect(&server.url(""));
    assert_eq!(world.run("audit --all w --quiet").exit, 0);
    assert_eq!(asked(&server), [""; 0], "without `--online`");
    for _ in 0..2 {
        let ran = world.run("audit --all w --online");
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        assert!(!ran.stderr.contains("cannot be remembered"), "{}", ran.stderr);
        let package = "GET /api/v1/crates/needed";
        let expected = ["?include=versions,downloads", "/owners"];
        assert_eq!(asked(&server), expected.map(|rest| format!("{package}{rest} HTTP/1.1")));
    }
}

#[test]
fn what_is_not_known_of_packages_is_counted_and_told_once() {
    let (asked, unasked, server) = (world(), world(), registry());
    asked.connect(&server.url(""));
    let manifest = "[package]\nrepository = \"https://git.example/group/needed\"\n";
    unasked.unpack("needed-1.0.0/Cargo.toml", manifest);
    // Arguments; reasons why owners and deps.dev are not known; what is told and what not.
    let not_asked = Some("not-asked");
    let cases = [
        (&unasked, "", [not_asked; 2], "1 project: not fetched (run with `--online`)", "ownership"),
        (
            &asked,
            "--online",
            [None, Some("unreachable")],
            "deps.dev        1: the sour",
            "ownership",
        ),
        (&asked, "", [None, not_asked], "1 project: repository unknown", "project: not fetched"),
    ];
    for (world, arguments, reasons, told, not_told) in cases {
        let text = world.run(&format!("audit --all w {arguments}")).stdout;
        assert_contains(&text, &[told], arguments);
        assert!(!text.contains(not_told), "{text}");
        let report = world.run(&format!("audit --all w {arguments} --format json")).stdout;
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let missing = &report["coverage"]["missing"];
        let found = ["ownership", "deps.dev"].map(|fact| missing[fact][0]["reason"].as_str());
        assert_eq!(found, reasons, "{arguments}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_told() {
    let (world, server) = (world(), registry());
    world.connect(&server.url(""));
    world.write("cache", "a file, where a folder is needed");
    let ran = world.run("audit --all w --online");
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let told = ["note: ", "answers of the network cannot be remembered", "`--cache-dir`"];
    assert_contains(&ran.stderr, &told, "");
}

/// The sparse index of a package that needs one that is there and one that is not.
fn index() -> Server {
    let dependency = |name: &str| {
        format!(
            r#"{{"name":"{name}","req":"^1","features":[],"optional":false,"default_features":true,"target":null,"kind":"normal"}}"#
        )
    };
    let release = move |name: &str, needs: &str| {
        let needs = if needs.is_empty() { String::new() } else { dependency(needs) };
        format!(
            r#"{{"name":"{name}","vers":"1.2.0","deps":[{needs}],"features":{{}},"yanked":false}}"#
        )
    };
    Server::start(move |seen| match seen.line.split(' ').nth(1).unwrap() {
        "/index/up/pe/upper" => ok(&release("upper", "lower")),
        "/index/lo/we/lower" => ok(&release("lower", "absent")),
        "/index/ga/rb/garbled" => ok("<html>"),
        _ => answer("404 Not Found", &[], ""),
    })
}

#[test]
fn an_audit_asks_the_index_for_what_is_not_on_this_machine() {
    let registry = registry();
    let config = format!(r#"{{"dl":"https://dl.example","api":"{}"}}"#, registry.url(""));
    let server = Server::start(move |seen| match seen.line.split(' ').nth(1).unwrap() {
        "/index/config.json" => ok(&config),
        "/index/ne/ed/needed" => ok(NEEDED),
        _ => answer("404 Not Found", &[], ""),
    });
    let mut world = unindexed();
    world.replace_registry(&server.url("/index/"));
    let last_release = |world: &World, arguments: &str| {
        let ran = world.run(&format!("audit --all w {arguments} --format json"));
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect(&ran.stderr);
        let packages = report["packages"].as_array().unwrap();
        let needed = packages.iter().find(|package| package["name"] == "needed").unwrap();
        needed["measures"]["cadence"]["last_release"].clone()
    };
    assert!(last_release(&world, "").is_null());
    assert_eq!(asked(&server), [""; 0], "without `--online`");
    for _ in 0..2 {
        assert_eq!(last_release(&world, "--online"), "2024-05-06T07:08:09Z");
        assert_eq!(asked(&server), ["ne/ed/needed", "config.json"].map(of_index));
        assert_eq!(asked(&registry).len(), 2, "the package and its owners");
    }
    assert_eq!(last_release(&world, ""), "2024-05-06T07:08:09Z", "it is remembered");
}

#[test]
fn a_check_asks_the_index_for_the_tree_that_is_not_on_this_machine() {
    let (mut world, server) = (World::empty(), index());
    world.replace_registry(&server.url("/index/"));

    let offline = world.run("check upper --offline");
    assert_eq!((offline.exit, offline.stdout.as_str()), (4, ""), "{}", offline.stderr);
    assert_contains(&offline.stderr, &["`upper` is known", "local index", "`--online`"], "");
    assert_eq!(asked(&server), [""; 0]);

    let expected = ["up/pe/upper", "lo/we/lower", "ab/se/absent", "config.json"].map(of_index);
    for _ in 0..2 {
        let online = world.run("check upper --online");
        assert_contains(&online.stdout, &["upper 1.2.0"], &online.stderr);
        let left_out = "lower 1.2.0 needs absent ^1, of which no release is known";
        assert_contains(&online.stderr, &[left_out], "");
        assert_eq!(asked(&server), expected, "each once, and remembered");
    }

    let cases = [
        ("absent", "the source does not know it"),
        ("garbled", "could not be understood"),
        ("upper@9.9.9", "no such release"),
    ];
    for (package, why) in cases {
        let ran = world.run(&format!("check {package} --online"));
        assert_eq!((ran.exit, ran.stdout.as_str()), (4, ""), "{}", ran.stderr);
        assert_contains(&ran.stderr, &[why], package);
    }
}

/// The addresses that a checkout's Cargo configuration names are not the user's.
#[test]
fn a_checkout_leads_to_no_private_host_unless_it_is_allowed_by_name() {
    let server = Server::start(|_| ok(NEEDED));
    let mut world = unindexed();
    world.replace_registry(&server.url("/index/"));
    let run = |arguments: &str| {
        let mut command = world.command(&format!("audit w --online {arguments}"));
        command.env_remove("HEADWATER_ALLOW_HOST").output().unwrap()
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let refused = run("--format json");
    assert_eq!(asked(&server), [""; 0]);
    let report: serde_json::Value = serde_json::from_slice(&refused.stdout).unwrap();
    let reason = &report["coverage"]["missing"]["cadence"][0]["reason"];
    assert_eq!(reason, "private-host", "{}", text(&refused.stderr));
    let hosts = |report: &serde_json::Value| report["coverage"]["hosts_asked"].clone();
    assert!(!hosts(&report).to_string().contains("127.0.0.1"), "{}", hosts(&report));
    let told = text(&run("").stdout);
    assert_contains(&told, &["private network", "--allow-host"], "");

    let allowed = run("--format json --allow-host 127.0.0.1");
    assert_contains(&asked(&server)[0], &["/index/ne/ed/needed"], "");
    let report: serde_json::Value = serde_json::from_slice(&allowed.stdout).unwrap();
    assert_contains(&hosts(&report).to_string(), &["127.0.0.1:"], "");
    let told = text(&run("--allow-host a.example,127.0.0.1 --refresh").stdout);
    assert_contains(&told, &["Asked over the network", "127.0.0.1:"], "");
}

/// What the user's own Cargo configuration names is allowed thereby.
#[test]
fn the_registry_of_the_users_own_configuration_may_be_private() {
    let server = Server::start(|_| ok(NEEDED));
    let world = unindexed();
    let source = format!("[source.m]\nregistry = 'sparse+{}'\n", server.url("/index/"));
    let config = format!("[source.crates-io]\nreplace-with = 'm'\n{source}");
    world.write("home/config.toml", config);
    let mut command = world.command("audit w --online");
    command.env_remove("HEADWATER_ALLOW_HOST").output().unwrap();
    assert_contains(&asked(&server)[0], &["/index/ne/ed/needed"], "");
}
