//! The table of platforms says what the compiler says.
//!
//! `HEADWATER_WRITE_PLATFORMS=1 cargo test --test it platforms` writes it anew.

use std::path::Path;
use std::process::Command;
use std::thread;

fn rustc(arguments: &[&str]) -> String {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    // Flags of the user's own are not those of an ordinary build.
    let output = Command::new(program).args(arguments).env_remove("RUSTFLAGS").output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn version() -> String {
    // Without hash and date: what a compiler knows of targets goes with its release.
    rustc(&["--version"]).split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

fn line(triple: &str) -> String {
    let printed = rustc(&["--print", "cfg", "--target", triple]);
    let mut values: Vec<&str> = printed.lines().collect();
    values.sort_unstable();
    assert!(values.iter().all(|value| !value.contains([' ', '\t'])), "{triple}: {values:?}");
    format!("{triple}\t{}\n", values.join(" "))
}

/// What the table of this compiler is.
fn made() -> String {
    let list = rustc(&["--print", "target-list"]);
    let triples: Vec<&str> = list.lines().collect();
    let share = triples.len().div_ceil(4);
    let lines: Vec<String> = thread::scope(|scope| {
        let parts = triples.chunks(share);
        let parts: Vec<_> = parts
            .map(|part| scope.spawn(|| part.iter().map(|triple| line(triple)).collect()))
            .collect();
        parts.into_iter().flat_map(|part| -> Vec<String> { part.join().unwrap() }).collect()
    });
    format!("# {}: values of `rustc --print cfg` for every target\n{}", version(), lines.concat())
}

#[test]
fn the_table_of_platforms_is_what_rustc_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/platforms.tsv");
    if std::env::var_os("HEADWATER_WRITE_PLATFORMS").is_some() {
        std::fs::write(&path, made()).unwrap();
    }
    let table = std::fs::read_to_string(&path).unwrap();
    assert!(table.lines().count() > 300);
    let (made_by, _) = table.trim_start_matches("# ").split_once(':').unwrap();
    if made_by != version() {
        eprintln!("did not run: the table is of {made_by}, and this is {}", version());
        return;
    }
    let made = made();
    for (found, expected) in table.lines().zip(made.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(table.lines().count(), made.lines().count());
}
