//! Lockfiles made to exhaust time, stack or memory.

use std::fmt::Write;
use std::time::{Duration, Instant};

use super::world::{World, assert_contains};

/// Each takes a few seconds without optimisation and below two with it; the bound is for a busy
/// machine, and still far below what anything quadratic or endless would take.
const LONGEST: Duration = Duration::from_secs(120);

fn package(text: &mut String, number: usize, dependencies: impl Iterator<Item = usize>) {
    let names: Vec<String> = dependencies.map(|it| format!("\"p{it}\"")).collect();
    let registry = "registry+https://registry.example/index";
    let source = if number == 0 { String::new() } else { format!("source = \"{registry}\"\n") };
    let names = names.join(", ");
    writeln!(
        text,
        "[[package]]\nname = \"p{number}\"\nversion = \"1.0.0\"\n{source}dependencies = [{names}]"
    )
    .unwrap();
}

fn assert_ends(lockfile: &str) {
    let world = World::empty();
    world.write("w/Cargo.lock", lockfile);
    for manifest in
        [None, Some("[package]\nname = \"p0\"\nversion = \"1.0.0\"\n[dependencies]\np1 = \"1\"\n")]
    {
        if let Some(manifest) = manifest {
            world.write("w/Cargo.toml", manifest);
        }
        let started = Instant::now();
        let ran = world.run("audit --all w --quiet");
        // Where the manifest declares less than is locked, or another registry, the lockfile is stale.
        let exit = if ran.stderr.contains("the lockfile is stale") { 4 } else { 0 };
        assert_eq!(ran.exit, exit, "{}", ran.stderr);
        assert!(started.elapsed() < LONGEST, "{:?}", started.elapsed());
    }
}

#[test]
fn a_chain_of_sixty_thousand_packages() {
    let mut lockfile = String::new();
    for number in 0..60_000 {
        package(&mut lockfile, number, (number + 1..60_000).take(1));
    }
    assert_ends(&lockfile);
}

#[test]
fn three_thousand_packages_that_all_depend_on_two_hundred_others() {
    let mut lockfile = String::new();
    for number in 0..3_000 {
        package(&mut lockfile, number, (1..=200).map(|step| (number + step * 7) % 3_000));
    }
    assert_ends(&lockfile);
}

#[test]
fn two_thousand_vulnerable_versions_of_one_package_in_a_chain() {
    let world = World::named("demo");
    let mut lockfile = String::from(
        "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"parser 1.0.0\"]\n",
    );
    for number in 0..2_000 {
        let next = (number + 1..2_000).take(1).map(|next| format!("\"parser 1.0.{next}\""));
        let next = next.collect::<String>();
        let source = format!("registry+{}", tame_index::CRATES_IO_INDEX);
        writeln!(
            lockfile,
            "[[package]]\nname = \"parser\"\nversion = \"1.0.{number}\"\n\
             source = \"{source}\"\ndependencies = [{next}]"
        )
        .unwrap();
    }
    world.write("w/Cargo.lock", lockfile);
    std::fs::remove_file(world.path("w/Cargo.toml")).unwrap();
    let started = Instant::now();
    let ran = world.run("audit --all w --as-of 2024-05-01 --quiet --format json");
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    assert_eq!(ran.stdout.matches("\"rule\": \"vulnerability\"").count(), 2_000);
    // A path to each would take space by the square of their number.
    assert!(ran.stdout.len() < 20_000_000, "{} bytes", ran.stdout.len());
    assert!(started.elapsed() < LONGEST, "{:?}", started.elapsed());
    for (query, more) in [
        ("parser", "and 1,980 more versions: name one as NAME@VERSION"),
        ("RUSTSEC-2024-0001", "and 1,980 more packages: name one as NAME@VERSION"),
    ] {
        let ran = world.run(&format!("explain {query} w --as-of 2024-05-01 --quiet"));
        assert_contains(&ran.stdout, &[more], query);
        assert!(ran.stdout.len() < 200_000, "{query}: {} bytes", ran.stdout.len());
    }
}

/// Each change of a requirement is looked up once, not once for each of the others.
#[test]
fn a_requirement_to_raise_on_twelve_thousand_platforms() {
    let world = World::named("demo");
    let mut manifest =
        String::from("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    for number in 0..12_000 {
        write!(manifest, "[target.'cfg(a{number})'.dependencies]\nbad = \"=1.0.0\"\n").unwrap();
    }
    world.write("w/Cargo.toml", manifest);
    world.write(
        "w/Cargo.lock",
        format!(
            "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"bad\"]\n\
             [[package]]\nname = \"bad\"\nversion = \"1.0.0\"\nsource = \"registry+{}\"\n",
            tame_index::CRATES_IO_INDEX
        ),
    );
    let release = |version: &str| {
        format!(
            "{{\"name\":\"bad\",\"vers\":\"{version}\",\"deps\":[],\"features\":{{}},\
             \"yanked\":false,\"cksum\":\"{}\"}}\n",
            "0".repeat(64)
        )
    };
    world.publish("bad", &(release("1.0.0") + &release("1.1.0")));
    world.write(
        "advisories/crates/bad/RUSTSEC-2024-0009.md",
        "```toml\n[advisory]\nid = \"RUSTSEC-2024-0009\"\npackage = \"bad\"\n\
         date = \"2024-01-01\"\n[versions]\npatched = [\">=1.1.0\"]\n```\n\n# Bad\n\nText.\n",
    );
    let started = Instant::now();
    let ran = world.run("audit w --as-of 2024-05-01 --quiet --format json");
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let step = &report["plan"]["steps"][0];
    assert_eq!(step["outcome"], "manifest-change", "{step}");
    assert_eq!(step["changes"].as_array().unwrap().len(), 12_000);
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    let shown = world.run("audit w --as-of 2024-05-01 --quiet --all").stdout;
    assert_contains(&shown, &["raise 11,995 more requirements"], "");
    assert!(shown.lines().count() < 100, "{shown}");
}
