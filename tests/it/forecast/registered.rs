//! Forecasts written down with their day, and what came of them.

use std::fmt::Write;

use headwater::forecast::Tables;
use headwater::source::backtest;
use jiff::civil::date;

use super::tables::{headwater, made_up_releases};

#[test]
fn registered_forecasts_are_scored_where_the_outcome_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    // The last release says how far the table reaches.
    let table = made_up_releases() + "latest\t1.0.0\t2026-08-01T00:00:00Z\n";
    std::fs::write(path.join("releases.tsv"), &table).unwrap();
    let day = date(2018, 1, 1);
    let releases = backtest::releases(&table).unwrap();
    let tables = Tables::new(&releases, None, &Default::default(), date(2026, 8, 1));
    let silent = headwater::forecast::silence(&tables, day);
    let mut registered =
        "package\tday\tforecast\tchance\tlow\thigh\tmodel\tknown_until\n".to_owned();
    for example in &silent {
        let (name, chance) = (
            &tables.packages[example.package as usize].name,
            if example.outcome { 0.75 } else { 0.25 },
        );
        writeln!(registered, "{name}\t{day}\tsilence\t{chance}\t0\t1\tsilence\t2017-01-01")
            .unwrap();
    }
    // Too young for its outcome to be known, and not in the tables.
    registered += "package-1\t2026-06-01\tsilence\t0.5\t0\t1\tsilence\t2017-01-01\n";
    registered += "nobody\t2018-01-01\tsilence\t0.5\t0\t1\tsilence\t2017-01-01\n";
    std::fs::write(path.join("registered.tsv"), &registered).unwrap();
    let arguments = ["evaluate", "--releases", "releases.tsv", "--registered", "registered.tsv"];
    let output = headwater(path, &[&arguments[..], &["--cut", "2026-08-01"]].concat());
    let said = String::from_utf8(output.stdout).unwrap();
    let (all, known) = (silent.len() + 2, silent.len());
    let events = silent.iter().filter(|it| it.outcome).count();
    assert!(said.starts_with(&format!("silence: {all} forecasts, outcome known of {known};")));
    // Every chance is 0.25 off, and the order is right.
    assert!(said.contains(&format!("observed {events}; AUC 1.000")), "{said}");
    assert!(said.contains("Brier score 0.062"), "{said}");

    // A model that knew what came tests nothing, and a table that tells too little is refused.
    let write = |rows: &str| std::fs::write(path.join("registered.tsv"), rows).unwrap();
    write(&registered.replace("2017-01-01\n", "2019-01-01\n"));
    let output = headwater(path, &arguments);
    let said = String::from_utf8(output.stdout).unwrap();
    let untested = known + 1;
    assert!(
        said.contains(&format!("not tested: {untested} by a model fitted on later days")),
        "{said}"
    );
    write(&registered.replace("\tsilence\t0", "\ttrouble\t0"));
    let output = headwater(path, &arguments);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("give --labels, --advisories, --dependencies"), "{said}");
    write(&registered);
    let output = headwater(path, &[&arguments[..], &["--cut", "2026-08-02"]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("the tables end on 2026-08-01"), "{said}");
}
