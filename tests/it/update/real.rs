//! Real workspaces, where the environment says where they are.
//!
//! `HEADWATER_UPDATED=<folder> cargo test update::real -- --nocapture` compares, for every
//! workspace in a folder, what a plain `cargo update` is said to lock with the file `updated.lock`
//! beside its `Cargo.lock`, which Cargo wrote. `CARGO_HOME` names the Cargo home whose index that
//! Cargo used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use headwater::audit::Inputs;
use headwater::read::cargo_lock;
use headwater::resolve::update::{Catalogue, Change, Locked, Request, Setup, update};
use headwater::resolve::{Platforms, Selection};
use headwater::world::cache::CacheDir;
use headwater::world::gather::{self, DayFrom, gather};

use crate::data::EMBEDDED;
/// Names and versions of packages.
type Packages = BTreeSet<(String, String)>;

fn inputs(folder: &Path) -> Inputs {
    let cache = tempfile::tempdir().unwrap();
    let request = gather::Request {
        path: folder.to_owned(),
        config: None,
        cargo_home: None,
        cache: CacheDir::locate(Some(cache.path().to_owned())),
        selection: Selection {
            platforms: Platforms::All,
            features: Vec::new(),
            all_features: false,
            default_features: true,
            flags: Default::default(),
        },
        as_of: jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        target_asked: true,
        day_from: DayFrom::Clock,
    };
    gather(request, &EMBEDDED, None, &|_, _| {}).unwrap()
}

/// What a plain update is said to lock.
fn updated(inputs: &Inputs) -> Packages {
    let updating = inputs.updating.as_ref().unwrap();
    let locked = Locked {
        packages: &inputs.packages,
        dependencies: &inputs.locked,
        declarations: &inputs.declarations,
        members: &inputs.members,
    };
    let setup = Setup {
        index: updating.index.as_ref(),
        as_of: inputs.as_of,
        rust_versions: &updating.rust_versions,
        prefers_supported_rust: updating.prefers_supported_rust,
    };
    let catalogue = Catalogue::new(locked, setup);
    let (before, edits) = (catalogue.lock(), BTreeMap::new());
    let request =
        Request { before: &before, change: Change::All, edits: &edits, most_work: 1_000_000 };
    let start = std::time::Instant::now();
    let after = match update(&catalogue, request) {
        Ok(after) => after,
        Err(refusal) => {
            eprintln!("  refused: {refusal:?}, {} decisions", catalogue.work());
            return Packages::new();
        }
    };
    eprintln!("  {} decisions, {:?}", catalogue.work(), start.elapsed());
    let named = after.packages().iter();
    named.map(|id| (catalogue.name(*id).to_string(), catalogue.version(*id).to_string())).collect()
}

#[test]
fn a_plain_update_locks_what_cargo_locks() {
    let Some(folder) = std::env::var_os("HEADWATER_UPDATED") else {
        eprintln!("did not run: HEADWATER_UPDATED is not set");
        return;
    };
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.join("updated.lock").is_file()).collect();
    folders.sort();
    let mut differ = Vec::new();
    for folder in folders {
        let text = std::fs::read_to_string(folder.join("updated.lock")).unwrap();
        let lock = cargo_lock::parse(&text).unwrap();
        let packages = lock.packages.into_iter();
        let cargo: Packages = packages.map(|it| (it.name, it.version.to_string())).collect();
        let ours = updated(&inputs(&folder));
        let missing: Vec<_> = cargo.difference(&ours).collect();
        let more: Vec<_> = ours.difference(&cargo).collect();
        let name = folder.file_name().unwrap().display().to_string();
        eprintln!("{name}: {} packages, Cargo alone {missing:?}, we alone {more:?}", cargo.len());
        if !missing.is_empty() || !more.is_empty() {
            differ.push(name);
        }
    }
    assert!(differ.is_empty(), "{differ:?}");
}
