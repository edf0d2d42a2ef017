//! Real histories, rebuilt from a table of commits, against figures computed straight from the
//! table. They run where `HEADWATER_DATA` names the folder of the data.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use headwater::model::{Activity, ChangeOfHands, History, Observed, ProjectClass};
use headwater::signal::activity::activity;
use headwater::signal::class::{Circumstances, class};
use headwater::world::cache::CacheDir;
use headwater::world::history::{Salt, read};
use jiff::civil::{Date, date};

use super::built::{commit, make};

const DAY: i64 = 86_400;
const AS_OF: Date = date(2026, 8, 22);

/// One row of the table.
struct Row {
    time: i64,
    author: String,
    co_authors: Vec<String>,
    parents: usize,
    bot: bool,
}

pub(crate) struct Project {
    pub(crate) name: String,
    rows: Vec<Row>,
    /// Tags of the commits in the table: name, position of the row, time, whether annotated.
    tags: Vec<(String, usize, i64, bool)>,
}

pub(super) fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("HEADWATER_DATA").map(|data| PathBuf::from(data).join("history"));
    if folder.is_none() {
        eprintln!("not run: HEADWATER_DATA is not set");
    }
    folder
}

pub(super) fn table(file: &Path) -> Vec<Vec<String>> {
    let output = Command::new("zstd").args(["-dc", "--long=27"]).arg(file).output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let cells = |line: &str| line.split('\t').map(str::to_owned).collect();
    text.lines().skip(1).map(cells).collect()
}

pub(crate) fn projects(data: &Path) -> Vec<Project> {
    let mut projects: Vec<Project> = Vec::new();
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for cells in table(&data.join("commits.tsv.zst")) {
        if projects.last().is_none_or(|project| project.name != cells[0]) {
            projects.push(Project { name: cells[0].clone(), rows: Vec::new(), tags: Vec::new() });
        }
        let rows = &mut projects.last_mut().unwrap().rows;
        places.insert((cells[0].clone(), cells[1].clone()), rows.len());
        let co_authors = cells[8].split(',').filter(|it| !it.is_empty()).map(str::to_owned);
        rows.push(Row {
            time: cells[2].parse().unwrap(),
            author: cells[4].clone(),
            co_authors: co_authors.collect(),
            parents: cells[6].parse().unwrap(),
            bot: cells[7] == "1",
        });
    }
    for cells in table(&data.join("tags.tsv.zst")) {
        let place = places.get(&(cells[0].clone(), cells[2].clone()));
        let project = projects.iter_mut().find(|project| project.name == cells[0]);
        if let (Some(&row), Some(project)) = (place, project) {
            let time = cells[3].parse().unwrap();
            project.tags.push((cells[1].clone(), row, time, cells[4] == "1"));
        }
    }
    projects
}

/// Rebuilds the repository of a project with empty trees and reads it.
pub(crate) fn rebuilt(project: &Project) -> History {
    let bots = project.bots();
    let who = |identity: &str| {
        let name = if bots.contains(identity) { format!("{identity}[bot]") } else { "P".into() };
        format!("{name} <{identity}@people.example>")
    };
    let mut stream = String::new();
    let count = project.rows.len();
    // The table begins with the newest commit.
    for (at, row) in project.rows.iter().enumerate().rev() {
        let trailers = row.co_authors.iter().map(|it| format!("Co-authored-by: {}\n", who(it)));
        let message = format!("text\n\n{}", trailers.collect::<String>());
        let mark = count - at;
        commit(&mut stream, mark, &who(&row.author), row.time, &message, row.parents > 1);
    }
    for (name, row, time, annotated) in &project.tags {
        let mark = count - row;
        let tagger = who(&project.rows[*row].author);
        stream.push_str(&if *annotated {
            format!("tag {name}\nfrom :{mark}\ntagger {tagger} {time} +0000\ndata 1\nx\n")
        } else {
            format!("reset refs/tags/{name}\nfrom :{mark}\n\n")
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path().join("repository.git");
    make(&repository, &stream);
    read(&repository, &Salt::of(&CacheDir::locate(Some(folder.path().join("cache"))))).unwrap()
}

impl Project {
    fn bots(&self) -> BTreeSet<&str> {
        self.rows.iter().filter(|row| row.bot).map(|row| row.author.as_str()).collect()
    }

    /// Credits by person of the work in `from..to` days before the end, and the work.
    fn credits(&self, end: i64, from: i64, to: i64) -> (BTreeMap<&str, usize>, usize) {
        let bots = self.bots();
        let (mut credits, mut work) = (BTreeMap::new(), 0);
        for row in &self.rows {
            let days_before = (end - row.time) as f64 / DAY as f64;
            let inside = days_before > 0.0 && days_before <= from as f64 && days_before > to as f64;
            if !inside || row.bot || row.parents > 1 {
                continue;
            }
            work += 1;
            let mut people: BTreeSet<&str> = row.co_authors.iter().map(String::as_str).collect();
            people.insert(&row.author);
            for person in people.difference(&bots) {
                *credits.entry(*person).or_default() += 1;
            }
        }
        (credits, work)
    }
}

/// Takes away the greatest until at most half is left.
fn factor(credits: &BTreeMap<&str, usize>) -> Option<usize> {
    let total: usize = credits.values().sum();
    let mut left: Vec<usize> = credits.values().copied().collect();
    left.sort_unstable();
    let mut taken = 0;
    while 2 * left.iter().sum::<usize>() > total {
        left.pop();
        taken += 1;
    }
    (total > 0).then_some(taken)
}

fn check(project: &Project, end: i64, measured: &Activity) {
    let name = &project.name;
    let until: Vec<&Row> = project.rows.iter().filter(|row| row.time < end).collect();
    let of_people: Vec<&&Row> = until.iter().filter(|row| !row.bot).collect();
    let ever = 1_000_000;
    let (all, work) = project.credits(end, ever, 0);
    let last = of_people.iter().map(|row| row.time).max().unwrap();
    assert_eq!(measured.last_commit.as_second(), last, "{name}");
    let first = of_people.iter().map(|row| row.time).min().unwrap();
    assert_eq!(measured.first_commit.as_second(), first, "{name}");
    assert_eq!(measured.commits, work, "{name}");
    assert_eq!(measured.people, all.len(), "{name}");
    let merges = of_people.iter().filter(|row| row.parents > 1).count();
    assert_eq!(measured.merges, merges, "{name}");
    assert_eq!(measured.bot_commits, until.len() - of_people.len(), "{name}");
    for (at, days) in [91, 365, 1_096].into_iter().enumerate() {
        let (credits, work) = project.credits(end, days, 0);
        assert_eq!(measured.recent_commits[at], work, "{name}");
        assert_eq!(measured.recent_people[at], credits.len(), "{name}");
    }
    let (year, year_work) = project.credits(end, 365, 0);
    assert_eq!(measured.absence_factor.known().copied(), factor(&all), "{name}");
    assert_eq!(measured.absence_factor_12_months.known().copied(), factor(&year), "{name}");
    let lead = year.values().max().map(|most| *most as f64 / year_work as f64);
    assert_eq!(measured.lead_share_12_months.known().copied(), lead, "{name}");
    let (before, _) = project.credits(end, ever, 365);
    let newcomers = year.keys().filter(|person| !before.contains_key(*person)).count();
    assert_eq!(measured.newcomers_12_months, newcomers, "{name}");
    let (year_before, _) = project.credits(end, 730, 365);
    let leavers = year_before.keys().filter(|person| !year.contains_key(*person)).count();
    assert_eq!(measured.leavers_12_months, leavers, "{name}");
    let months = (end - last) as f64 / DAY as f64 / 30.4375;
    assert!((measured.silent_months - months).abs() < 1e-9, "{name}");
    let (older, earlier) =
        (project.credits(end, ever, 1_096).1, project.credits(end, 1_096, 365).1);
    let trend = (older > 0 && earlier > 0).then(|| year_work as f64 / (earlier as f64 / 2.0));
    let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        (a, b) => a == b,
    };
    assert!(close(measured.tempo_trend.known().copied(), trend), "{name}");
    assert!(close(measured.releaser_share.known().copied(), releaser(project, end)), "{name}");
    // Every address has the same domain.
    assert_eq!(measured.organisations_12_months, usize::from(year_work > 0), "{name}");
    let elephant = measured.elephant_factor_12_months.known().copied();
    assert_eq!(elephant, (year_work > 0).then_some(1), "{name}");
}

fn releaser(project: &Project, end: i64) -> Option<f64> {
    let mut tags: Vec<(i64, &str, &Row)> = Vec::new();
    for (name, row, time, annotated) in &project.tags {
        let row = &project.rows[*row];
        tags.push((if *annotated { *time } else { row.time }, name, row));
    }
    tags.retain(|(made, _, row)| *made < end && !row.bot);
    tags.sort_by_key(|(made, name, _)| (*made, *name));
    let (credits, work) = project.credits(end, 1_096, 0);
    let releaser = tags.last()?.2.author.as_str();
    let share = credits.get(releaser).copied().unwrap_or(0) as f64 / work as f64;
    (work > 0).then_some(share)
}

fn end_of(day: Date) -> i64 {
    day.tomorrow().unwrap().to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second()
}

fn known(history: &History, day: Date) -> Option<Activity> {
    activity(history, day).known().cloned()
}

/// The day of the advisory that calls a project unmaintained and is not withdrawn.
fn declared(name: &str) -> Option<Date> {
    let days = [
        ("softprops/atty", date(2024, 9, 25)),
        ("ogham/rust-ansi-term", date(2021, 8, 18)),
        ("chyh1990/yaml-rust", date(2024, 3, 20)),
        ("mcarton/rust-derivative", date(2024, 6, 26)),
        ("rust-lang/rustc-serialize", date(2025, 4, 28)),
        ("rust-lang-nursery/failure", date(2020, 5, 2)),
        ("dotenv-rs/dotenv", date(2021, 12, 24)),
        ("cbreeden/fxhash", date(2025, 9, 5)),
        ("TeXitoi/structopt", date(2022, 2, 8)),
        // Its old versions only, but who reads closely?
        ("briansmith/ring", date(2025, 3, 5)),
    ];
    days.iter().find(|(project, _)| *project == name).map(|(_, day)| *day)
}

/// The classes that the description of a project in the data allows.
fn described(name: &str) -> &'static [ProjectClass] {
    use ProjectClass::{Abandoned, Busy, Finished, SingleMaintainer, TakenOver, Team};
    match name {
        "serde-rs/serde" | "BurntSushi/jiff" => &[Busy, SingleMaintainer],
        "dtolnay/anyhow" | "briansmith/ring" => &[SingleMaintainer],
        "BurntSushi/memchr" | "dtolnay/itoa" => &[Finished, SingleMaintainer],
        "tokio-rs/bytes" | "sfackler/rust-openssl" => &[Team],
        "tokio-rs/tokio" | "rustls/rustls" => &[Busy, Team],
        "rust-lang/cfg-if" | "TeXitoi/structopt" => &[Finished],
        "kornelski/xml-rs" | "tukaani-project/xz" => &[TakenOver],
        "actix/actix-web" => &[Busy],
        "mitsuhiko/insta" => &[SingleMaintainer, Team],
        _ => &[Abandoned],
    }
}

fn circumstances(name: &str) -> Circumstances<'static> {
    // Those with an advisory of another kind that no release fixes.
    let open = ["softprops/atty", "rust-lang/rustc-serialize", "rust-lang-nursery/failure"];
    Circumstances {
        open_needs: Some(u64::from(open.contains(&name))),
        declared_unmaintained: declared(name),
        archived: Some(name == "dtolnay/serde-yaml"),
        cadence: None,
        status: None,
    }
}

#[test]
fn every_measure_equals_one_from_the_table_and_classes_are_as_described() {
    let Some(data) = data() else { return };
    let days = [AS_OF, date(2024, 2, 29), date(2021, 12, 31), date(2018, 6, 1)];
    let mut wrong = Vec::new();
    let mut changes: BTreeMap<String, ChangeOfHands> = BTreeMap::new();
    let mut seen: Vec<(String, i16)> = Vec::new();
    for project in projects(&data) {
        let history = rebuilt(&project);
        for day in days {
            match known(&history, day) {
                Some(measured) => check(&project, end_of(day), &measured),
                None => assert!(project.rows.iter().all(|it| it.bot || it.time >= end_of(day))),
            }
        }
        let measured = known(&history, AS_OF).unwrap();
        let changed = |year: &i16| {
            known(&history, date(*year, 7, 1)).is_some_and(|it| it.change_of_hands.is_some())
        };
        seen.extend((2012..=2026).filter(changed).map(|year| (project.name.clone(), year)));
        let name = project.name.as_str();
        let found = class(&measured, &circumstances(name), AS_OF);
        let bare = class(&measured, &Circumstances::default(), AS_OF).class;
        eprintln!("{name:28} {:18} history alone: {}", found.class.name(), bare.name());
        if !described(name).contains(&found.class) {
            wrong.push(project.name.clone());
        }
        if let Some(change) = measured.change_of_hands {
            changes.insert(project.name, change);
        }
    }
    for (name, change) in &changes {
        eprintln!(
            "{name:28} {:?}: arrived {}, old lead until {}, {:.0}% from {}, tags {}",
            change.shape,
            change.arrived,
            change.left,
            change.share * 100.0,
            change.changed,
            change.makes_tags
        );
    }
    eprintln!("classified otherwise than described: {wrong:?}");
    assert_eq!(wrong, [""; 0]);
    // Real ones: serde 2016, xml-rs 2023, structopt 2019, actix-web 2020, xz 2022. No false alarm.
    let names: Vec<&str> = changes.keys().map(String::as_str).collect();
    let expected = [
        "TeXitoi/structopt",
        "actix/actix-web",
        "kornelski/xml-rs",
        "serde-rs/serde",
        "tukaani-project/xz",
    ];
    assert_eq!(names, expected);
    // Looked at every July: a year that is not over yet can look like a change.
    seen.retain(|(name, _)| !expected.contains(&name.as_str()));
    assert_eq!(seen, [("rustls/rustls".to_owned(), 2022)]);
}

/// The take-over is seen while it goes on, a year before it was uncovered in March 2024.
#[test]
fn the_takeover_of_xz_is_seen_in_time() {
    let Some(data) = data() else { return };
    let projects = projects(&data);
    let xz = projects.iter().find(|project| project.name == "tukaani-project/xz").unwrap();
    let history = rebuilt(xz);
    let seen = |day: Date| known(&history, day).unwrap().change_of_hands;
    let months = (0..40).map(|month| date(2022, 1, 28) + jiff::Span::new().months(month));
    let first = months.into_iter().find(|day| seen(*day).is_some()).unwrap();
    eprintln!("xz: seen from {first} on: {:?}", seen(first));
    assert_eq!(seen(date(2022, 6, 1)), None);
    assert!(first <= date(2023, 9, 28), "{first}");
    let change = seen(date(2024, 3, 28)).unwrap();
    assert_eq!(change.arrived.strftime("%Y-%m").to_string(), "2022-01");
    assert!(matches!(activity(&history, date(2000, 1, 1)), Observed::Missing(_)));
}
