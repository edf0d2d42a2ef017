//! Tables from a Cargo home and a checkout of advisories.

use std::path::Path;
use std::process::Command;

use headwater::forecast::silence;
use headwater::model::Feature;
use headwater::world::backtest::TableFiles;
use headwater::world::cargo_home::CargoHome;
use headwater::world::export::{TABLES, export};
use jiff::civil::date;

use crate::case::write;

const ADVISORY: &str = "```toml
[advisory]
id = \"RUSTSEC-2020-0001\"
package = \"Laundry\"
date = \"2020-02-01\"
[versions]
patched = [\"^1.0.1\", \">= 2.0.0\"]
```
# Stains
";

fn git(folder: &Path, day: &str, arguments: &[&str]) {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=A", "-c", "user.email=a@mail.example"])
        .args(arguments)
        .envs([("GIT_AUTHOR_DATE", day), ("GIT_COMMITTER_DATE", day)])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A checkout in which an advisory came on one day and was moved on another.
fn checkout(folder: &Path) {
    git(folder, "2020-03-01T00:00:00Z", &["init", "--quiet"]);
    write(&folder.join("crates/RUSTSEC-2020-0001.toml"), "old form");
    git(folder, "2020-03-01T00:00:00Z", &["add", "."]);
    git(folder, "2020-03-01T00:00:00Z", &["commit", "--quiet", "-m", "add"]);
    std::fs::remove_file(folder.join("crates/RUSTSEC-2020-0001.toml")).unwrap();
    write(&folder.join("crates/Laundry/RUSTSEC-2020-0001.md"), ADVISORY);
    git(folder, "2021-01-01T00:00:00Z", &["add", "--all", "."]);
    git(folder, "2021-01-01T00:00:00Z", &["commit", "--quiet", "-m", "move"]);
}

/// A Cargo home that knows `Laundry` and `foam`, which depends on it.
fn home(folder: &Path) -> CargoHome {
    let (home, _) = CargoHome::locate(Some(folder.to_owned()), folder);
    let url = tame_index::CRATES_IO_HTTP_INDEX;
    let registry = tame_index::utils::url_to_local_dir(url, true).unwrap().dir_name;
    let cache = folder.join("registry/index").join(registry).join(".cache");
    let entry = |name: &str, version: &str, time: &str, dependencies: &str| {
        format!(
            "{version}\0{{\"name\":\"{name}\",\"vers\":\"{version}\",\"deps\":[{dependencies}],\
             \"cksum\":\"{:064}\",\"features\":{{}},\"yanked\":false{time}}}\0",
            0
        )
    };
    let dependency = |name: &str, kind: &str| {
        format!(
            "{{\"name\":\"{name}\",\"req\":\"^1\",\"features\":[],\"optional\":false,\
             \"default_features\":true,\"target\":null,\"kind\":\"{kind}\"}}"
        )
    };
    let time = |day: &str| format!(",\"pubtime\":\"{day}T00:00:00Z\"");
    let laundry = [
        entry("Laundry", "1.0.0", &time("2020-01-01"), &dependency("foam", "dev")),
        entry("Laundry", "1.0.1", &time("2020-03-11"), ""),
        entry("Laundry", "1.0.2", "", ""),
    ];
    let foam = [("0.1.0", "2020-02-01"), ("0.1.1", "2022-01-01")]
        .map(|(version, day)| entry("foam", version, &time(day), &dependency("Laundry", "normal")));
    let foam = foam.concat();
    let header = "\x03\x02\0\0\0Unknown\0";
    write(&cache.join("la/un/laundry"), format!("{header}{}", laundry.concat()));
    write(&cache.join("fo/am/foam"), format!("{header}{foam}"));
    write(&cache.join("fo/am/foal"), "damaged");
    home
}

#[test]
fn tables_are_built_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let [database, cargo, tables] = ["db", "cargo", "tables"].map(|it| folder.path().join(it));
    std::fs::create_dir(&database).unwrap();
    checkout(&database);
    let diagnostics = export(&home(&cargo), &database, &tables).unwrap();
    let said: Vec<&str> = diagnostics.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(diagnostics.len(), 2, "{said:?}");
    assert!(said[1].contains("knows 3 packages") && said[1].ends_with("left out: 1"));

    let table = |name: &str| tables.join(name);
    let files = TableFiles {
        releases: table(TABLES[0]),
        labels: Some(table(TABLES[1])),
        advisories: Some(table(TABLES[2])),
        dependencies: Some(table(TABLES[3])),
        repositories: Some(table(TABLES[4])),
        ..TableFiles::default()
    };
    let loaded = files.load(Some(date(2022, 1, 1))).unwrap();
    let laundry = loaded.tables.packages.iter().find(|it| it.name == "Laundry").unwrap();
    let disclosed = &laundry.disclosures[0];
    assert_eq!(disclosed.first_seen, headwater::forecast::day_number(date(2020, 3, 1)));
    assert_eq!(disclosed.fixed.map(|day| day - disclosed.first_seen), Some(10));
    let examples = silence(&loaded.tables, date(2020, 2, 15));
    let dependents = examples.iter().map(|it| it.features.get(Feature::Dependents).known());
    assert_eq!(Vec::from_iter(dependents), [Some(&1.0), Some(&0.0)]);
}

#[test]
fn a_checkout_without_history_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(&folder.path().join("cargo"));
    write(&folder.path().join("db/crates/Laundry/RUSTSEC-2020-0001.md"), ADVISORY);
    let error = export(&home, &folder.path().join("db"), &folder.path().join("out")).unwrap_err();
    assert!(error.message.contains("no git checkout"), "{error}");
    for name in ["objects", "refs"] {
        std::fs::create_dir_all(folder.path().join("db/.git").join(name)).unwrap();
    }
    write(&folder.path().join("db/.git/HEAD"), "ref: refs/heads/main\n");
    write(&folder.path().join("db/.git/shallow"), "0123456789abcdef0123456789abcdef01234567\n");
    let error = export(&home, &folder.path().join("db"), &folder.path().join("out")).unwrap_err();
    assert!(error.message.contains("without its history"), "{error}");
    assert!(error.help.unwrap().contains("--unshallow"));
}
