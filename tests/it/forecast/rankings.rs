//! Rankings of past days against what happened: by hand, without the future, and on real lockfiles.

use std::fmt::Write;
use std::path::Path;

use headwater::audit::replay::{PastLockfile, replay};
use headwater::forecast::{
    Fitted, FittedUntil, Part, REFERENCE, RankedBy, RankedItem, RankedOutcome, RankingEvaluation,
    RankingSection, ReplayedAudit, Tables, evaluate_rankings, is_outcome_known,
};
use headwater::read::cargo_lock;
use headwater::source::backtest;
use headwater::world::backtest::TableFiles;
use headwater::world::rankings;
use jiff::civil::{Date, date};

use super::tables::headwater;
use crate::case::write;
use crate::data;

/// `package-01` is released in January 2020, `package-11` in November, `package-12` a year later.
fn releases() -> String {
    let mut text = "crate\tversion\tpubtime\n".to_owned();
    for number in 1..=12 {
        let month = if number == 12 { "2021-02".to_owned() } else { format!("2020-{number:02}") };
        writeln!(text, "package-{number:02}\t1.0.0\t{month}-05T00:00:00Z").unwrap();
    }
    // The tables reach this day.
    text += "latest\t1.0.0\t2026-08-01T00:00:00Z\n";
    text
}

/// In 2022 `package-01` and `package-12` are declared unmaintained, which `package-05` is before;
/// of `package-03` it is taken back. The disclosure about `package-02` is fixed at once, that about
/// `package-04` never.
const LABELS: &str = "id\tpackage\tkind\tadvisory_date\tfirst_seen_in_db\twithdrawn
A-1\tpackage-01\tunmaintained\t2022-03-01\t2022-03-01T10:00:00Z\t
A-2\tpackage-12\tunmaintained\t2022-04-01\t2022-04-01T10:00:00Z\t
A-3\tpackage-05\tunmaintained\t2021-12-31\t2021-12-31T10:00:00Z\t
A-4\tpackage-03\tunmaintained\t2022-04-01\t2022-04-01T10:00:00Z\t2022-05-01
A-5\tpackage-02\tvulnerability\t2022-06-01\t2022-06-01T10:00:00Z\t
A-6\tpackage-04\tvulnerability\t2022-09-01\t2022-09-01T10:00:00Z\t
";
const ADVISORIES: &str = "id\tpatched\nA-5\t>= 1.0.0\nA-6\t\n";
const DEPENDENCIES: &str = r#"{"n":"package-02","v":"1.0.0","t":"2020-02-05T00:00:00Z","d":[["package-12","^1",""]]}
"#;
/// Before the 90 days of the last disclosure are over, and long after.
const EARLY: Date = date(2022, 10, 1);
const LATE: Date = date(2026, 8, 1);

/// An application that depends on all twelve; 2, 3 and 4 depend on 12.
fn lockfile() -> String {
    let application = "version = 4\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n";
    let mut text = format!("{application}dependencies = [\n");
    (1..=12).for_each(|number| writeln!(text, " \"package-{number:02}\",").unwrap());
    text += "]\n";
    for number in 1..=12 {
        let source = format!("source = \"registry+{}\"", tame_index::CRATES_IO_INDEX);
        let name = format!("name = \"package-{number:02}\"\nversion = \"1.0.0\"");
        writeln!(text, "[[package]]\n{name}\n{source}").unwrap();
        if (2..=4).contains(&number) {
            text += "dependencies = [\"package-12\"]\n";
        }
    }
    text
}

fn replayed(releases: &str) -> ReplayedAudit {
    let lockfile = PastLockfile {
        project: "app".to_owned(),
        day: date(2022, 1, 1),
        path: "Cargo.lock".to_owned(),
        lockfile: cargo_lock::parse(&lockfile()).unwrap(),
    };
    let releases = backtest::releases(releases).unwrap();
    let inputs = rankings::inputs().unwrap();
    replay(inputs, &releases, vec![lockfile], &|_, _| {}).unwrap().remove(0)
}

fn evaluated(audit: ReplayedAudit, cut: Date) -> RankingEvaluation {
    let releases = backtest::releases(&releases()).unwrap();
    let labels = backtest::labels(LABELS).unwrap();
    let patched = backtest::unconcerned(ADVISORIES).unwrap();
    let tables = Tables::new(&releases, Some(&labels), &patched, cut)
        .with_dependencies(backtest::dependencies(DEPENDENCIES).unwrap());
    let until = FittedUntil { environmentalist: date(2023, 1, 1), exposure: date(2021, 1, 1) };
    evaluate_rankings(&tables, &[audit], until)
}

fn section(evaluation: &RankingEvaluation, of: (RankedBy, RankedOutcome, Part)) -> &RankingSection {
    let mut sections = evaluation.sections.iter();
    sections.find(|it| (it.ranking, it.outcome, it.part) == of).unwrap()
}

const TROUBLE: (RankedBy, RankedOutcome, Part) =
    (RankedBy::Environmentalist, RankedOutcome::Trouble, Part::AllYears);

/// Precision at 5 and at 10, AUC and harm at 10 of a ranking, to six digits.
fn measured(section: &RankingSection, name: &str) -> [f64; 4] {
    let score = section.scores.iter().find(|it| it.name == name).unwrap();
    let it = &score.measures;
    [it.precision_5, it.precision_10, it.auc, it.harm_10].map(|it| rounded(it.value))
}

fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[test]
fn rankings_by_hand() {
    let evaluation = evaluated(replayed(&releases()), EARLY);
    let found = section(&evaluation, TROUBLE);
    // One of the twelve was declared unmaintained before the day.
    assert_eq!((found.audits, found.ranked, found.outcomes, found.different), (1, 11, 2, 2));
    assert_eq!(found.fitted, Fitted::Partly);
    // `package-01` concerns itself and the application; `package-12` three packages more.
    let harm = |found: f64| rounded(found / 7.0);
    assert_eq!(measured(found, "days since release"), [0.2, 0.1, 0.5, harm(2.0)]);
    assert_eq!(measured(found, "no release for a year"), [0.1, 0.1, 0.25, harm(2.0)]);
    assert_eq!(measured(found, "random"), [0.181818, 0.181818, 0.5, 0.909091]);
    let last_first = [0.28, 0.19, 0.75, harm(5.0 + 2.0 * 0.9)];
    for name in ["dependents", "share of the build"] {
        assert_eq!(measured(found, name), last_first, "{name}");
    }
    // Fixed at once is not unfixed, and whether the other will be nobody knows yet.
    let unfixed = (RankedBy::Exposure, RankedOutcome::Unfixed, Part::AllYears);
    assert_eq!(section(&evaluation, unfixed).outcomes, 0);
    let disclosed = (RankedBy::Exposure, RankedOutcome::Disclosure, Part::YearsNotFitted);
    let disclosed = section(&evaluation, disclosed);
    assert_eq!((disclosed.ranked, disclosed.outcomes, disclosed.fitted), (12, 2, Fitted::No));
    let later = evaluated(replayed(&releases()), LATE);
    assert_eq!(section(&later, unfixed).outcomes, 1);
    assert_eq!(section(&later, TROUBLE).outcomes, 3);
}

#[test]
fn what_is_not_ranked_comes_last_and_a_project_is_its_packages() {
    let mut audit = replayed(&releases());
    let name = |it: &RankedItem| it.packages[0].clone();
    audit.environmentalist.sort_by_key(name);
    for (place, item) in audit.environmentalist.iter_mut().enumerate() {
        item.place = (name(item) != "package-01").then_some(20 - place);
    }
    let of = |audit| measured(section(&evaluated(audit, EARLY), TROUBLE), "headwater");
    assert_eq!(of(audit.clone()), [0.2, 0.1, 0.5, rounded(5.0 / 7.0)]);
    // With `package-06` in one project the first is as young as that one and has its trouble.
    audit.environmentalist.remove(0);
    audit.environmentalist[4].packages.push("package-01".to_owned());
    let evaluation = evaluated(audit, EARLY);
    let found = section(&evaluation, TROUBLE);
    assert_eq!((found.ranked, found.outcomes), (10, 2));
    assert_eq!(measured(found, "days since release")[2], 5.0 / 16.0);
}

#[test]
fn a_replayed_audit_knows_no_later_release() {
    let planted = "package-01\t2.0.0\t2022-01-02T00:00:00Z\nother\t1.0.0\t2022-03-01T00:00:00Z\n";
    let known = "package-01\t2.0.0\t2022-01-01T23:59:59Z\n";
    assert_eq!(replayed(&(releases() + planted)), replayed(&releases()));
    assert_ne!(replayed(&(releases() + known)), replayed(&releases()));
}

#[test]
fn the_command_writes_text_json_and_a_plot_or_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write(&path.join("locks/app/2022-01-01.Cargo.lock"), lockfile());
    write(&path.join("locks/app/head.Cargo.lock"), "nonsense");
    write(&path.join("locks/notes.txt"), "nonsense");
    write(&path.join("empty/app/head.Cargo.lock"), lockfile());
    write(&path.join("damaged/app/2022-01-01.Cargo.lock"), "nonsense");
    for (name, text) in [("releases", releases().as_str()), ("labels", LABELS)] {
        write(&path.join(name), text);
    }
    write(&path.join("advisories"), ADVISORIES);
    write(&path.join("dependencies"), DEPENDENCIES);
    let tables = "--releases releases --labels labels --advisories advisories --dependencies \
                  dependencies --cut 2026-08-01";
    let run = |arguments: &str| {
        let arguments = format!("rankings {arguments}");
        let output = headwater(path, &arguments.split_whitespace().collect::<Vec<_>>());
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, text, error) =
        run(&format!("--locks-dir locks {tables} --json out.json --svg out.svg"));
    assert_eq!(code, Some(0), "{error}");
    assert!(text.starts_with("Rankings of 1 lockfile of 1 project at"), "{text}");
    assert!(text.contains("2022 (fitted)"), "{text}");
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(path.join("out.json")).unwrap()).unwrap();
    let first = &json["sections"][0];
    assert_eq!((&first["ranking"], &first["outcomes"]), (&"environmentalist".into(), &3.into()));
    assert_eq!(first["scores"][1]["measures"]["auc"]["value"], 0.5);
    let svg = std::fs::read_to_string(path.join("out.svg")).unwrap();
    assert!(svg.contains("days since release 0."), "{svg}");
    let cases = [
        (format!("--locks-dir empty {tables}"), "no lockfile of the years 2021 to 2025"),
        (format!("--locks-dir locks {tables} --from 2023"), "set `--from` and `--to`"),
        (format!("--locks-dir locks {tables} --from 2023 --to 2022"), "is after `--to 2022`"),
        (format!("--locks-dir locks {tables} --from 1"), "1 is not in 2015..=2999"),
        (format!("--locks-dir none {tables}"), "cannot read the folder"),
        (format!("--locks-dir damaged {tables}"), "2022-01-01.Cargo.lock"),
        (
            format!("--locks-dir locks {tables}").replace("2026-08-01", "2022-12-31"),
            "no outcomes are known of the years 2021 to 2025",
        ),
        (
            "--locks-dir locks --releases releases --labels labels".to_owned(),
            "give --advisories, --dependencies",
        ),
    ];
    for (arguments, expected) in cases {
        let (code, text, error) = run(&arguments);
        assert_eq!((code, text.as_str()), (Some(2), ""), "{arguments}");
        assert!(error.contains(expected), "{arguments}: {error}");
    }
}

/// The ranking is worth its name only if it is ahead of what anybody could do: harm@10 on real
/// lockfiles of five years.
#[test]
fn upstream_projects_are_ranked_better_than_by_days_since_release() {
    let Some(data) = data::folder("the back-test of the rankings") else { return };
    let evaluation = evaluate_real(&data);
    let found = section(&evaluation, TROUBLE);
    assert!(found.audits > 150 && found.outcomes > 500, "{} {}", found.audits, found.outcomes);
    let [own, other] = [0, REFERENCE].map(|at| found.scores[at].measures.harm_10.value);
    eprintln!("harm@10: headwater {own:.3}, days since release {other:.3}");
    assert!(own > other, "harm@10: headwater {own:.3}, days since release {other:.3}");
}

fn evaluate_real(data: &Path) -> RankingEvaluation {
    let table = |name: &str| data.join("backtest").join(name);
    let files = TableFiles {
        releases: table("releases.tsv.zst"),
        labels: Some(table("rustsec-first-seen.tsv")),
        advisories: Some(table("rustsec-advisories.tsv")),
        dependencies: Some(table("index-slim.jsonl.zst")),
        ..TableFiles::default()
    };
    let releases = files.releases().unwrap();
    let tables = files.join(&releases, None).unwrap().tables;
    let lockfiles = rankings::lockfiles(&data.join("cargo-locks"), 2021..=2025).unwrap();
    assert!(lockfiles.iter().all(|it| is_outcome_known(&tables, it.day)));
    let inputs = rankings::inputs().unwrap();
    let until = inputs.knowledge.shipped.models.trouble.provenance.until;
    let until = FittedUntil { environmentalist: until, exposure: until };
    let audits = replay(inputs, &releases, lockfiles, &|_, _| {}).unwrap();
    evaluate_rankings(&tables, &audits, until)
}
