//! Declared addresses of real packages.

use std::process::Command;

use headwater::model::NoRepository;
use headwater::signal::repository::{Address, address};

use super::data;

#[test]
fn real_addresses_are_repositories_and_their_folders_those_of_the_published_packages() {
    let Some(data) = data::folder("the reading of real addresses") else { return };
    let file = data.join("backtest/crate-meta.tsv.zst");
    let output = Command::new("zstd").args(["-dc", "--long=27"]).arg(file).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut folders = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let (name, declared, recorded) = (fields[0], fields[2], fields[11]);
        match address(declared) {
            Address::Repository(location) => {
                if let Some(folder) = location.folder.filter(|_| !recorded.is_empty()) {
                    assert_eq!(folder, recorded, "{name}");
                    folders += 1;
                }
            }
            Address::Mirror(location) => panic!("{name} is no mirror: {location:?}"),
            Address::Other(why) => assert_eq!(why, NoRepository::Empty, "{name}"),
        }
    }
    assert!(folders > 100, "{folders}");
}
