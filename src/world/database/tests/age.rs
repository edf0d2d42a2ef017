//! Databases of other days.

use super::*;
use crate::world::gather::DayFrom;

#[test]
fn an_old_database_is_noted_and_a_very_old_one_warned_about() {
    let database = |origin, day| Database {
        name: "RustSec".into(),
        origin,
        path: None,
        commit: None,
        date: day,
        licence: "CC0-1.0".into(),
        advisories: 1,
        skipped: 0,
    };
    let day = Some(date(2024, 1, 1));
    let cases = [
        (Origin::Embedded, day, date(2023, 1, 1), None),
        (Origin::Embedded, day, date(2024, 1, 1), None),
        (Origin::Embedded, day, date(2024, 1, 2), Some((Level::Note, "1 day old"))),
        (Origin::Updated, day, date(2024, 3, 31), Some((Level::Note, "90 days old"))),
        (Origin::Updated, day, date(2024, 4, 1), Some((Level::Warning, "`headwater db update`"))),
        (Origin::Given, day, date(2025, 1, 1), Some((Level::Warning, "366 days old; newer"))),
        (Origin::Given, None, date(2025, 1, 1), Some((Level::Warning, "does not say"))),
    ];
    for (origin, day, today, expected) in cases {
        let diagnostics = age_diagnostics(&database(origin, day), today);
        match expected {
            None => assert_eq!(diagnostics, []),
            Some((level, message)) => {
                assert_eq!(diagnostics[0].level, level, "{today}");
                assert!(diagnostics[0].message.contains(message), "{:?}", diagnostics[0]);
            }
        }
    }
}

#[test]
fn a_clock_before_the_day_of_the_database_is_told() {
    let database = load(None, &CacheDir::locate(None)).unwrap().database;
    let day = database.date.unwrap();
    let before = day.yesterday().unwrap();
    let gap = clock_gap(&database, before, DayFrom::Clock).unwrap();
    assert!(gap.contains(&format!("the clock says {before}")), "{gap}");
    assert_eq!(clock_gap(&database, before, DayFrom::Asked), None);
    assert_eq!(clock_gap(&database, day, DayFrom::Clock), None);
    let undated = Database { date: None, ..database };
    assert_eq!(clock_gap(&undated, before, DayFrom::Clock), None);
}

#[test]
fn a_day_before_the_first_advisory_is_told() {
    let demo = |name: &str| name == "demo";
    let loaded = load_about(None, &CacheDir::locate(None), &demo).unwrap();
    assert_eq!(loaded.index.iter().count(), 0);
    let first = loaded.since.unwrap();
    assert_eq!(nothing_public(None, first), None);
    assert_eq!(nothing_public(Some(first), first), None);
    let gap = nothing_public(Some(first), first.yesterday().unwrap()).unwrap();
    assert!(gap.contains(&format!("the first of the database is of {first}")), "{gap}");
}
