//! Real workspaces, where the environment says where they are.
//!
//! `HEADWATER_WORKSPACES=<folder> cargo test presence -- --nocapture` compares every workspace
//! in a folder: each is a checkout with a `Cargo.lock` whose packages have been fetched
//! (`cargo fetch --locked`). Those that `cargo tree` cannot read are named and left out.

use super::compare::{Compared, EDGES, Options, Workspace, compare};

const CHOICES: [(&str, Options<'_>); 7] = {
    let default =
        Options { target: None, features: "", all_features: false, no_default_features: false };
    [
        ("default", default),
        ("windows", Options { target: Some("x86_64-pc-windows-msvc"), ..default }),
        ("macos", Options { target: Some("aarch64-apple-darwin"), ..default }),
        ("bare", Options { target: Some("thumbv7em-none-eabihf"), ..default }),
        (
            "all features on wasm",
            Options { target: Some("wasm32-unknown-unknown"), all_features: true, ..default },
        ),
        ("all features", Options { all_features: true, ..default }),
        ("no default features", Options { no_default_features: true, ..default }),
    ]
};

#[test]
fn presence_in_real_workspaces_is_as_cargo_tree_says() {
    let Some(checkouts) = std::env::var_os("HEADWATER_WORKSPACES") else {
        eprintln!("did not run: HEADWATER_WORKSPACES is not set");
        return;
    };
    let entries = std::fs::read_dir(checkouts).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.join("Cargo.lock").is_file()).collect();
    folders.sort();
    let mut differences = Vec::new();
    eprintln!("sizes of the sets {EDGES:?}");
    for folder in folders {
        let name = folder.file_name().unwrap().display().to_string();
        let workspace = Workspace { folder, cargo_home: None, unstable: None };
        for (choice, options) in CHOICES {
            match compare(&workspace, options) {
                Ok(Compared { packages, sizes, differences: found }) => {
                    eprintln!("{name}, {packages} packages, {choice}: {sizes:?}");
                    differences.extend(found);
                }
                Err(why) => {
                    let why = why.lines().next_back().unwrap_or_default();
                    eprintln!("{name}, {choice}: left out, `cargo tree` failed: {why}");
                }
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
