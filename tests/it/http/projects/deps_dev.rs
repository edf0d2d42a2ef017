//! deps.dev.

use headwater::model::{Dependents, DepsDevRelease, Missing, Observed};
use headwater::world::http::Mode;

use super::{Run, World, repositories};
use crate::http::server::{Seen, Server, answer, ok};

const PROJECT: &str = "https://github.com/o/n";

fn service() -> Server {
    Server::start(|seen: &Seen| match seen.line.split(' ').nth(1).unwrap() {
        "/deps-dev/v3/projects/github.com%2Fo%2Fn" => {
            ok(r#"{"projectKey":{"id":"github.com/o/n"},"license":"MIT","ossFuzz":{}}"#)
        }
        "/deps-dev/v3/systems/cargo/packages/a/versions/1.0.0" => {
            ok(r#"{"advisoryKeys":[{"id":"GHSA-a"}]}"#)
        }
        "/deps-dev/v3alpha/systems/cargo/packages/a/versions/1.0.0:dependents" => {
            ok(r#"{"dependentCount":7,"directDependentCount":2}"#)
        }
        "/deps-dev/v3/systems/cargo/packages/b/versions/2.0.0" => ok("{}"),
        "/deps-dev/v3/systems/cargo/packages/c/versions/3.0.0" => ok("<html>"),
        _ => answer("404 Not Found", &[], ""),
    })
}

fn asked(server: &Server) -> usize {
    server.seen().iter().filter(|seen| seen.line.contains("/deps-dev/")).count()
}

#[test]
fn a_project_and_its_releases_are_learned_and_remembered_for_a_week() {
    let (world, server) = (World::new(), service());
    let release = |name: &str, version: &str| (name.to_owned(), version.to_owned());
    let releases = [("a", "1.0.0"), ("b", "2.0.0"), ("c", "3.0.0"), ("d", "4.0.0")];
    let mut subjects = repositories(&[PROJECT, "https://git.example/o/n"]);
    subjects.releases = releases.map(|(name, version)| release(name, version)).to_vec();

    let first = Run::new(&world, &server).learn(&subjects);
    let Observed::Known(project) = &first.upstream[PROJECT].deps_dev else { panic!("{first:?}") };
    assert_eq!((project.from.as_str(), project.value.oss_fuzz), ("deps.dev", true));
    assert_eq!(project.value.licence.as_deref(), Some("MIT"));
    let elsewhere = &first.upstream["https://git.example/o/n"];
    assert_eq!(elsewhere.deps_dev.missing(), Some(Missing::UnknownHost));
    assert_eq!(elsewhere.forge.missing(), Some(Missing::UnknownHost));

    let of = |name, version| first.deps_dev[&release(name, version)].clone();
    let expected = DepsDevRelease {
        advisories: vec!["GHSA-a".into()],
        dependents: Some(Dependents { all: 7, direct: 2 }),
        ..DepsDevRelease::default()
    };
    assert_eq!(of("a", "1.0.0").known().unwrap().value, expected);
    assert_eq!(of("b", "2.0.0").known().unwrap().value, DepsDevRelease::default());
    assert_eq!(of("c", "3.0.0").missing(), Some(Missing::NotUnderstood));
    assert_eq!(of("d", "4.0.0").missing(), Some(Missing::NotFound));
    let before = asked(&server);
    assert_eq!(before, 1 + 2 * releases.len());

    // What was not found is believed for a day, what was garbled not at all.
    for (hours_later, again) in [(1, 1), (25, 5), (6 * 24, 5), (8 * 24, 9)] {
        let run = Run { hours_later, ..Run::new(&world, &server) };
        let before = asked(&server);
        run.learn(&subjects);
        assert_eq!(asked(&server) - before, again, "after {hours_later} hours");
    }
    let before = server.seen().len();
    let offline = Run { mode: Mode::Offline, hours_later: 9_000, ..Run::new(&world, &server) };
    let offline = offline.learn(&subjects);
    assert_eq!(offline.deps_dev[&release("a", "1.0.0")].known().unwrap().value, expected);
    assert_eq!(server.seen().len(), before);
}
