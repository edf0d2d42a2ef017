//! Git histories: read from a clone (cold), remembered (warm) and measured, at 23,000 commits and
//! for 500 projects.
#![expect(clippy::unwrap_used, reason = "a bench that cannot set up its world is no bench")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};
use headwater::signal::activity::activity;
use headwater::world::cache::CacheDir;
use headwater::world::history::{Salt, of_folder, read};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 1, 1);
/// About what the largest of the usual upstream projects has.
const LARGE: usize = 23_000;
const USUAL: usize = 2_000;
const PROJECTS: usize = 500;
const PEOPLE: usize = 1_000;

/// A packed bare repository with so many commits, as a treeless clone has.
fn repository(folder: &Path, commits: usize) {
    let mut stream = String::new();
    for mark in 1..=commits {
        let who = format!("Person <person-{}@people.example>", mark * mark % PEOPLE);
        let seconds = 1_400_000_000 + mark * 360_000_000 / commits;
        let message = format!("Change number {mark}\n\nWhy it was made, in some words.\n");
        let length = message.len();
        writeln!(
            stream,
            "commit refs/heads/main\nmark :{mark}\nauthor {who} {seconds} +0200\n\
             committer {who} {seconds} +0200\ndata {length}\n{message}"
        )
        .unwrap();
        if mark > 2 && mark % 10 == 0 {
            writeln!(stream, "from :{}\nmerge :{}", mark - 1, mark - 2).unwrap();
        }
    }
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(folder);
        git
    };
    assert!(git(&["init", "--quiet", "--bare", "-b", "main", "."]).status().unwrap().success());
    let mut import = git(&["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().unwrap();
    import.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(import.wait().unwrap().success());
    assert!(git(&["repack", "-a", "-d", "-f", "-q"]).status().unwrap().success());
}

fn history(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, commits| {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        repository(&path, commits);
        path
    };
    let (large, usual) = (make("large.git", LARGE), make("usual.git", USUAL));
    let cache = CacheDir::locate(Some(folder.path().join("cache")));
    let salt = Salt::of(&cache);
    let mut group = criterion.benchmark_group("history");
    group.sample_size(10);
    group.bench_function("23000 commits/cold", |bencher| {
        bencher.iter(|| read(&large, &salt).unwrap());
    });
    group.bench_function("23000 commits/warm", |bencher| {
        bencher.iter(|| of_folder(&large, &cache, TODAY).unwrap());
    });
    let measured = read(&large, &salt).unwrap();
    group.bench_function("23000 commits/activity", |bencher| {
        bencher.iter(|| activity(&measured, TODAY));
    });
    // The same clone under 500 names is remembered 500 times.
    let projects: Vec<_> =
        (0..PROJECTS).map(|at| usual.join("./".repeat(at)).join("../usual.git")).collect();
    group.bench_function("500 projects/warm", |bencher| {
        bencher.iter(|| {
            let histories = projects.iter().map(|path| of_folder(path, &cache, TODAY).unwrap());
            histories.map(|history| activity(&history.value, TODAY)).collect::<Vec<_>>()
        });
    });
}

criterion_group!(benches, history);
criterion_main!(benches);
