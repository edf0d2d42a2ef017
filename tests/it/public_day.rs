//! Nothing from the future: an audit of a past day uses no advisory before it was public.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use headwater::advisory::AdvisoryIndex;
use headwater::audit::{Inputs, Knowledge, audit};
use headwater::model::{Advisory, AdvisoryKind, Audit, Feature};
use headwater::resolve::{Platforms, Selection};
use headwater::world::cache::CacheDir;
use headwater::world::gather::{DayFrom, Request, gather};
use headwater::world::knowledge::{self, Databases};
use jiff::civil::{Date, date};
use semver::Version;

use crate::case::write;
use crate::data;

/// The inputs of an audit of an application with these packages of the public registry.
fn inputs(packages: &BTreeSet<(String, Version)>, database: Option<&Path>) -> Inputs {
    let folder = tempfile::tempdir().unwrap();
    let mut lockfile =
        "version = 4\n[[package]]\nname = \"an-app\"\nversion = \"0.1.0\"\n".to_owned();
    for (name, version) in packages {
        lockfile += &format!(
            "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"registry+{}\"\n",
            tame_index::CRATES_IO_INDEX
        );
    }
    write(&folder.path().join("Cargo.lock"), lockfile);
    let request = Request {
        path: folder.path().join("Cargo.lock"),
        config: None,
        cargo_home: Some(folder.path().join("home")),
        cache: CacheDir::locate(Some(folder.path().join("cache"))),
        selection: Selection {
            platforms: Platforms::All,
            features: Vec::new(),
            all_features: false,
            default_features: true,
            flags: Default::default(),
        },
        as_of: date(2026, 8, 21),
        target_asked: true,
        day_from: DayFrom::Asked,
    };
    let given = Databases { advisories: database.map(Path::to_owned), ..Databases::default() };
    let knowledge = Arc::new(knowledge::load(&given, &request.cache).unwrap());
    gather(request, &knowledge, None, &|_, _| {}).unwrap()
}

/// Has these advisories take the place of the database.
fn replace(inputs: &mut Inputs, advisories: Vec<Advisory>) {
    let mut knowledge = Knowledge::clone(&inputs.knowledge);
    knowledge.advisories.index = AdvisoryIndex::new(advisories);
    inputs.knowledge = Arc::new(knowledge);
}

/// A version that an advisory affects, for each of its ranges.
fn affected_versions(advisory: &Advisory) -> Vec<Version> {
    let lowest = || Version::new(0, 0, 0);
    let ranges = advisory.affected.iter();
    let versions = ranges.map(|range| range.introduced.clone().unwrap_or_else(lowest));
    versions.filter(|version| advisory.affects(version)).collect()
}

/// What an audit of a day makes of advisories: identifier, package and version of each finding.
fn found(audit: &Audit) -> BTreeSet<(String, String, Version)> {
    let findings = audit.findings.iter();
    let found = findings.filter_map(|finding| {
        let package = audit.graph.package(finding.package);
        let id = finding.advisory.as_ref()?.id.clone();
        Some((id, package.name.clone(), package.version.clone()))
    });
    found.collect()
}

/// Past disclosures of each package, as the forecasts look at them.
fn past_disclosures(audit: &Audit) -> BTreeMap<String, f64> {
    let mut past = BTreeMap::new();
    for (index, facts) in audit.graph.indices().zip(&audit.facts) {
        let Some(outlook) = facts.outlook.known() else { continue };
        let terms = outlook.disclosure.terms.iter();
        let value = terms.clone().find(|term| term.feature == Feature::PastDisclosures);
        let value = value.and_then(|term| term.value.known().copied()).unwrap();
        past.insert(audit.graph.package(index).name.clone(), value);
    }
    past
}

/// Columns of the table of first appearances: own date, first appearance in UTC, withdrawal.
fn table(data: &Path) -> BTreeMap<String, (Date, Date, Option<Date>)> {
    let text = std::fs::read_to_string(data.join("backtest/rustsec-first-seen.tsv")).unwrap();
    let rows = text.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    let appeared = rows.filter(|cells| !cells[4].is_empty()).map(|cells| {
        let seen: jiff::Timestamp = cells[4].parse().unwrap();
        let seen = seen.to_zoned(jiff::tz::TimeZone::UTC).date();
        let withdrawn = cells.get(6).and_then(|day| day.parse().ok());
        (cells[0].to_owned(), (cells[3].parse().unwrap(), seen, withdrawn))
    });
    appeared.collect()
}

fn is_disclosure(advisory: &Advisory) -> bool {
    matches!(advisory.kind, AdvisoryKind::Vulnerability | AdvisoryKind::Unsound)
}

/// On every half-year since 2019, an audit of all packages that RustSec has advisories about finds
/// those and only those which were in the database by then, and the forecasts count no other:
/// with the snapshot inside the program, and with a folder of files without a history.
#[test]
fn no_advisory_is_used_before_it_was_public() {
    let Some(data) = data::folder("the comparison with days of appearance") else { return };
    let table = table(&data);
    let folder = data.join("advisories/rustsec-advisory-db");
    let embedded =
        headwater::advisory::snapshot::read(headwater::advisory::snapshot::EMBEDDED).unwrap();
    let advisories = embedded.advisories;
    assert_eq!(advisories.len(), 1_205);
    let packages: BTreeSet<(String, Version)> = advisories
        .iter()
        .flat_map(|it| affected_versions(it).into_iter().map(|at| (it.package.clone(), at)))
        .collect();
    let mut early_by_own_date = 0;
    for database in [None, Some(folder.as_path())] {
        let mut inputs = inputs(&packages, database);
        for half_year in 0..16 {
            inputs.as_of = date(2019 + half_year / 2, if half_year % 2 == 0 { 1 } else { 7 }, 1);
            let day = inputs.as_of;
            let is_public = |it: &&Advisory| {
                let (own, seen, withdrawn) = table[&it.id];
                early_by_own_date += usize::from(own <= day && seen > day);
                seen <= day && withdrawn.is_none_or(|withdrawn| withdrawn > day)
            };
            let public: Vec<&Advisory> = advisories.iter().filter(is_public).collect();
            let mut expected = BTreeSet::new();
            let mut days: BTreeMap<&str, BTreeSet<Date>> = BTreeMap::new();
            for advisory in &public {
                for (name, version) in packages.iter().filter(|it| it.0 == advisory.package) {
                    if advisory.affects(version) {
                        expected.insert((advisory.id.clone(), name.clone(), version.clone()));
                    }
                }
                if is_disclosure(advisory) {
                    days.entry(&advisory.package).or_default().insert(table[&advisory.id].1);
                }
            }
            let audit = audit(&inputs).unwrap();
            assert!(found(&audit) == expected, "{day} {database:?}");
            assert!(!expected.is_empty());
            for (name, past) in past_disclosures(&audit) {
                let known = days.get(name.as_str()).map_or(0, BTreeSet::len);
                assert_eq!(past, known as f64, "{name} {day}");
            }
        }
    }
    // The own dates alone would have let hundreds in.
    assert!(early_by_own_date > 500, "{early_by_own_date}");
}

#[test]
fn what_was_entered_late_is_not_known_before() {
    let packages = BTreeSet::from([("soap".to_owned(), Version::new(1, 0, 0))]);
    let mut inputs = inputs(&packages, None);
    let text = "```toml\n[advisory]\nid = \"RUSTSEC-2023-9999\"\npackage = \"soap\"\n\
                date = \"2023-01-01\"\n[versions]\npatched = []\n```\n# T\n";
    let own = headwater::source::rustsec::parse(text).unwrap();
    let entered = Advisory { first_seen: Some(date(2023, 6, 1)), ..own.clone() };
    let cases = [
        (own, date(2022, 12, 31), 0),
        (entered.clone(), date(2023, 3, 1), 0),
        (entered.clone(), date(2023, 5, 31), 0),
        (entered, date(2023, 6, 1), 1),
    ];
    for (advisory, as_of, expected) in cases {
        replace(&mut inputs, vec![advisory]);
        inputs.as_of = as_of;
        let audit = audit(&inputs).unwrap();
        assert_eq!(found(&audit).len(), expected, "{as_of}");
        assert_eq!(past_disclosures(&audit)["soap"], expected as f64, "{as_of}");
    }
}

/// Two advisories of one own date that appeared on two days are two disclosures, and two of
/// different dates that appeared together are one, as the models were fitted.
#[test]
fn past_disclosures_are_counted_by_the_days_they_appeared_on() {
    let packages = BTreeSet::from([("soap".to_owned(), Version::new(1, 0, 0))]);
    let mut inputs = inputs(&packages, None);
    inputs.as_of = date(2024, 1, 1);
    for (days, expected) in [
        ([("2023-01-01", "2023-02-01"), ("2023-01-01", "2023-03-01")], 2.0),
        ([("2023-01-01", "2023-03-01"), ("2023-01-02", "2023-03-01")], 1.0),
    ] {
        let advisory = |(at, (own, seen)): (usize, (&str, &str))| {
            let text = format!(
                "```toml\n[advisory]\nid = \"RUSTSEC-2023-999{at}\"\npackage = \"soap\"\n\
                 date = \"{own}\"\n[versions]\npatched = []\n```\n# T\n"
            );
            let advisory = headwater::source::rustsec::parse(&text).unwrap();
            Advisory { first_seen: seen.parse().ok(), ..advisory }
        };
        replace(&mut inputs, days.into_iter().enumerate().map(advisory).collect());
        assert_eq!(past_disclosures(&audit(&inputs).unwrap())["soap"], expected, "{days:?}");
    }
}
