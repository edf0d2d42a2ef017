//! Lockfiles made to exhaust: time stays in seconds even without optimisation.

use std::fmt::Write;
use std::time::{Duration, Instant};

use super::world::World;

/// A generous bound for a debug build on a busy machine.
const LONGEST: Duration = Duration::from_secs(30);

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
        let ran = world.run("audit w --quiet");
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        eprintln!("{:?}", started.elapsed());
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
