//! What tells how likely exploitation is: fetched by `db update`, used by an audit.

use std::io::Write;
use std::sync::{Arc, Mutex};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::database::repository;
use super::world::{World, assert_contains};
use crate::http::server::{Server, answer};

/// CISA's catalogue with so many made-up entries and one of the advisories of the case `demo`.
fn catalogue(entries: usize, released: &str) -> Vec<u8> {
    let made = (0..entries)
        .map(|at| format!(r#"{{"cveID":"CVE-1999-{at:04}","dateAdded":"2024-01-02"}}"#));
    let own = r#"{"cveID":"CVE-2024-1111","dateAdded":"2024-05-07"}"#.to_owned();
    let entries = made.chain([own]).collect::<Vec<_>>().join(",");
    format!(r#"{{"dateReleased":"{released}T00:00:00Z","vulnerabilities":[{entries}]}}"#).into()
}

/// FIRST's table with so many made-up scores and one of the same advisory.
fn table(scores: usize, probability: &str) -> String {
    let made = (0..scores).map(|at| format!("CVE-1999-{at:04},0.001,0.5\n"));
    let made = made.collect::<String>();
    format!(
        "#model_version:v1,score_date:2026-01-02T00:00:00Z\ncve,epss,percentile\n\
         {made}CVE-2024-1111,{probability},0.97\n"
    )
}

fn compressed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn body(bytes: &[u8]) -> Vec<u8> {
    let mut whole = answer("200 OK", &[], "");
    whole = String::from_utf8(whole).unwrap().replace(": 0", &format!(": {}", bytes.len())).into();
    whole.extend(bytes);
    whole
}

#[test]
fn lists_are_fetched_used_and_kept_where_an_update_cannot_be_believed() {
    let world = World::named("demo");
    let url = repository(&world);
    let served = Arc::new(Mutex::new([
        body(&catalogue(1_500, "2026-01-01")),
        body(&compressed(&table(1_500, "0.42"))),
    ]));
    let answers = Arc::clone(&served);
    let server = Server::start(move |seen| {
        let served = answers.lock().unwrap();
        served[usize::from(seen.line.contains("/epss"))].clone()
    });
    let (kev, epss) = (server.url("/kev"), server.url("/epss"));
    let update = || world.run(&format!("db update --url {url} --kev-url {kev} --epss-url {epss}"));
    let updated = update();
    assert_eq!(updated.exit, 0, "{}", updated.stderr);
    let words = updated.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_contains(&words, &["database CISA KEV copy updated", "advisories 1501"], "");
    assert_contains(&words, &["database FIRST EPSS copy updated", "date 2026-01-02"], "");

    let audit = |as_of: &str| world.run(&format!("audit --all w --quiet --as-of {as_of}"));
    let all = audit("2026-02-01");
    let (exploited, likely) = ("known to be exploited since 2024-05-07", "EPSS 42%");
    assert_contains(&all.stdout, &[exploited, likely], &all.stderr);
    // Scores of a later day were not known then.
    let before = audit("2026-01-01").stdout;
    assert!(before.contains(exploited) && !before.contains("EPSS"), "{before}");
    let explained = world.run("explain CVE-2024-1111 w --quiet --as-of 2026-02-01").stdout;
    assert_contains(&explained, &["42% chance of exploitation within 30 days", "97%"], "");

    let not_found = answer("404 Not Found", &[], "");
    let good = [body(&catalogue(1_500, "2026-01-01")), body(table(1_500, "0.42").as_bytes())];
    let wrong: [(Vec<u8>, Vec<u8>, &[&str]); 5] = [
        (body(&catalogue(1_300, "2026-01-03")), good[1].clone(), &["/kev` has 1301 entries"]),
        (body(&catalogue(1_500, "2025-12-31")), good[1].clone(), &["is dated 2025-12-31, before"]),
        (good[0].clone(), body(table(9, "0.01").as_bytes()), &["/epss` has 10 entries"]),
        (body(b"<html>"), body(b"<html>"), &["is no catalogue", "is no table of EPSS scores"]),
        (not_found.clone(), not_found, &["/kev` cannot be fetched", "/epss` cannot be fetched"]),
    ];
    for (kev, epss, complaints) in wrong {
        *served.lock().unwrap() = [kev, epss];
        let ran = update();
        assert_eq!(ran.exit, 4, "{complaints:?}\n{}", ran.stderr);
        assert_contains(&ran.stderr, complaints, "");
        assert_eq!(ran.stdout, updated.stdout, "{complaints:?}");
        assert_eq!(audit("2026-02-01").stdout, all.stdout, "{complaints:?}");
    }
}

#[test]
fn what_was_kept_and_cannot_be_read_is_warned_of() {
    let world = World::named("demo");
    world.write("cache/epss.tsv", "garbage");
    world.write("cache/exploited.tsv", "garbage");
    let ran = world.run("audit w --as-of 2024-05-10");
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let expected = ["is no table of EPSS scores", "is no list of exploited vulnerabilities"];
    assert_contains(&ran.stderr, &expected, "");
}

#[test]
fn an_old_list_is_warned_of_as_old_advisories_are() {
    let world = World::named("demo");
    world.write("epss.csv", table(3, "0.42"));
    let ran = world.run("audit w --kev kev.json --epss epss.csv --as-of 2026-06-01");
    let expected = [
        "warning: the given threat list `CISA KEV` is dated 2024-05-10, 752 days old",
        "warning: the given threat list `FIRST EPSS` is dated 2026-01-02, 150 days old",
    ];
    assert_contains(&ran.stderr, &expected, "");
    let fresh = world.run("audit w --kev kev.json --as-of 2024-05-11");
    assert!(!fresh.stderr.contains("threat list"), "{}", fresh.stderr);
}
