//! Tables to forecasts: nothing leaks, everything repeats, the command says what is wrong.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

use headwater::forecast::{
    Clock, Example, Model, Population, Settings, Tables, day_number, disclosure, evaluate,
    evaluate_shipped, examples, fit, shipped, silence, unfixed, with_level,
};
use headwater::model::{Feature, ForecastKind};
use headwater::report::{forecast as report, reliability};
use headwater::source::backtest::{self, RecordedCommit};
use jiff::civil::{Date, date};

const RELEASES: &str = "crate\tversion\tpubtime\tyanked
soap\t1.0.0\t2019-01-01T00:00:00Z\t0
soap\t1.1.0\t2019-12-01T12:00:00Z\t1
soap\t1.1.1\t2020-05-01T00:00:00Z\t0
foam\t0.1.0\t2019-06-01T00:00:00Z\t0
foam\t0.2.0\t2020-03-01T00:00:00Z\t0
";
const LABELS: &str = "id\tpackage\tkind\tadvisory_date\tfirst_seen_in_db\tlast_changed\twithdrawn
A-1\tsoap\tvulnerability\t2020-02-20\t2020-03-01T10:00:00Z\t\t
A-2\tfoam\tunsound\t2020-04-01\t2020-04-02T10:00:00Z\t\t2020-06-01
A-3\tfoam\tvulnerability\t2020-06-01\t2020-06-02T10:00:00Z\t\t
A-4\tfoam\tvulnerability\t2020-06-01\t2020-06-02T11:00:00Z\t\t
";
const PATCHED: &str = "id\tpatched\nA-1\t>= 1.1.1\nA-2\t\nA-3\t>= 0.2.0\nA-4\t\n";
const DEPENDENCIES: &str = r#"{"n":"foam","v":"0.1.0","t":"2019-06-01T00:00:00Z","d":[["soap","^1",""]]}
{"n":"foam","v":"0.2.0","t":"2020-03-01T00:00:00Z"}
"#;
const REPOSITORIES: &str =
    "crate\trepository\nsoap\thttps://forge.example/wash\nfoam\thttps://forge.example/wash.git\n";

fn tables(releases: &str, labels: &str, cut: Date) -> Tables {
    let releases = backtest::releases(releases).unwrap();
    let labels = backtest::labels(labels).unwrap();
    let patched = backtest::unconcerned(PATCHED).unwrap();
    Tables::new(&releases, Some(&labels), &patched, cut)
        .with_dependencies(backtest::dependencies(DEPENDENCIES).unwrap())
        .with_repositories(&backtest::repositories(REPOSITORIES).unwrap())
}

#[test]
fn features_by_hand() {
    let tables = tables(RELEASES, LABELS, date(2022, 1, 1));
    let examples = silence(&tables, date(2020, 4, 10));
    // Packages are in the order of their names: foam, soap.
    let of =
        |place: usize, feature: Feature| examples[place].features.get(feature).known().copied();
    assert_eq!(of(1, Feature::SilenceDays), Some(131.0));
    assert_eq!(of(1, Feature::Dependents), Some(0.0));
    assert_eq!(of(1, Feature::PastDisclosures), Some(1.0));
    // Withdrawn in June, but nobody knew in April.
    assert_eq!(of(0, Feature::PastDisclosures), Some(1.0));
    assert_eq!((examples[0].outcome, examples[1].outcome), (true, false));
    let earlier = silence(&tables, date(2020, 1, 1));
    assert_eq!(earlier[1].features.get(Feature::Dependents).known(), Some(&1.0));
}

#[test]
fn commits_by_hand() {
    let commit = |repository: &str, authored: i64, seen: i64| RecordedCommit {
        repository: repository.into(),
        authored: jiff::Timestamp::from_second(authored * 86_400).unwrap(),
        seen: jiff::Timestamp::from_second(seen * 86_400).unwrap(),
    };
    // Day 18,262 is 2020-01-01. The commit of day 18,360 came five days later.
    let commits = [
        commit("forge.example/wash", 18_340, 18_340),
        commit("forge.example/wash", 18_360, 18_365),
        commit("forge.example/other", 18_360, 18_360),
    ];
    let places = |foam: &str| {
        [("soap".into(), "forge.example/wash".into()), ("foam".into(), foam.into())].into()
    };
    let declared = backtest::repositories(REPOSITORIES).unwrap();
    let silence_of = |foam: &str, place: usize, as_of: Date| {
        let tables = tables(RELEASES, LABELS, date(2022, 1, 1));
        let tables = tables.with_commits(&commits, &places(foam), &declared);
        let features = silence(&tables, as_of).remove(place).features;
        features.get(Feature::CommitSilenceDays).known().copied()
    };
    // Packages are in the order of their names: foam, soap. Soap's last release is older than
    // the commit of 2020-03-19, foam's of 2020-03-01 is too.
    assert_eq!(silence_of("forge.example/wash", 1, date(2020, 4, 10)), Some(22.0));
    assert_eq!(silence_of("forge.example/wash", 1, date(2020, 4, 13)), Some(5.0));
    assert_eq!(silence_of("forge.example/wash", 0, date(2020, 4, 10)), Some(22.0));
    // Nothing had been committed by then; and foam says itself that it is from elsewhere.
    assert_eq!(silence_of("forge.example/wash", 1, date(2020, 1, 10)), None);
    assert_eq!(silence_of("forge.example/other", 0, date(2020, 4, 10)), None);
}

#[test]
fn outcomes_by_hand() {
    let tables = tables(RELEASES, LABELS, date(2022, 1, 1));
    // Fixed 61 days after it appeared, 71 days after its own date; two of one day are one, and
    // unfixed when one of them is; the withdrawn one is none.
    for (clock, days) in [(Clock::FirstSeen, 61.0), (Clock::AdvisoryDate, 71.0)] {
        let examples = unfixed(&tables, 90, clock);
        let seen: Vec<_> = examples.iter().map(|it| (it.package, it.outcome)).collect();
        assert_eq!(seen, [(0, true), (1, false)]);
        assert_eq!((examples[1].days, examples[1].seen), (days, true));
    }
    assert!(unfixed(&tables, 60, Clock::FirstSeen)[1].outcome);
    let outcomes = |day| -> Vec<bool> {
        disclosure(&tables, day).iter().map(|example| example.outcome).collect()
    };
    assert_eq!(outcomes(date(2020, 1, 1)), [true, true]);
    // Only the withdrawn one is in this year's first months for foam; soap has no other.
    assert_eq!(outcomes(date(2020, 3, 1)), [true, false]);
    assert_eq!(outcomes(date(2020, 6, 2)), [false, false]);
}

#[test]
fn a_planted_future_changes_no_feature() {
    let cut = date(2022, 1, 1);
    let planted_release = format!("{RELEASES}foam\t9.0.0\t2020-04-11T00:00:00Z\t0\n");
    let planted_label =
        format!("{LABELS}A-9\tsoap\tvulnerability\t2019-01-01\t2020-04-11T00:00:00Z\t\t\n");
    let features = |tables: &Tables| -> Vec<_> {
        silence(tables, date(2020, 4, 10)).into_iter().map(|example| example.features).collect()
    };
    let known = features(&tables(RELEASES, LABELS, cut));
    assert_eq!(known, features(&tables(&planted_release, &planted_label, cut)));
    // The same plants a day earlier are seen.
    let seen = |text: &str| text.replace("2020-04-11", "2020-04-10");
    assert_ne!(known, features(&tables(&seen(&planted_release), LABELS, cut)));
    assert_ne!(known, features(&tables(RELEASES, &seen(&planted_label), cut)));
}

/// Packages that release every 30, 60, ... days until they stop for good.
pub(super) fn made_up_releases() -> String {
    let mut text = "crate\tversion\tpubtime\n".to_owned();
    for number in 0..80_i64 {
        let interval = 30 * (1 + number % 8);
        let until = 700 + number * 47;
        for day in (number * 7 % 200..until).step_by(interval as usize) {
            let day = date(2014, 1, 1).saturating_add(jiff::Span::new().days(day));
            writeln!(text, "package-{number}\t1.0.0\t{day}T00:00:00Z").unwrap();
        }
    }
    text
}

#[test]
fn an_evaluation_repeats_and_is_drawn() {
    let releases = backtest::releases(&made_up_releases()).unwrap();
    let tables = Tables::new(&releases, None, &Default::default(), date(2026, 8, 1));
    let models = [shipped(ForecastKind::Silence).unwrap()];
    let evaluation = evaluate(&tables, &models).unwrap();
    let again = evaluate(&tables, &models).unwrap();
    assert_eq!(report::json(&evaluation), report::json(&again));
    let headline = evaluation.sections.iter().find(|it| it.headline).unwrap();
    let model = &headline.scores[0];
    assert!(model.metrics.auc.value > 0.8, "{model:?}");
    assert!(model.metrics.auc.low <= model.metrics.auc.value);
    // A baseline is judged by a chance that was fitted to it.
    let baseline = &headline.scores[1].metrics;
    assert!(baseline.brier.value > 0.0 && baseline.brier.value < 0.25, "{baseline:?}");
    let svg = reliability::svg(&evaluation);
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert_eq!(svg.matches("<circle").count(), headline.reliability.len());
    let text = report::text(&evaluation);
    assert!(text.contains("no release for two years"));
    assert!(text.contains("give `--repositories`"), "{text}");
    serde_json::from_str::<serde_json::Value>(&report::json(&evaluation)).unwrap();
}

pub(super) fn headwater(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_headwater"))
        .args(["forecast"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn a_level_expects_as_many_as_came_and_keeps_the_order() {
    let releases = backtest::releases(&made_up_releases()).unwrap();
    let tables = Tables::new(&releases, None, &Default::default(), date(2026, 8, 1));
    let all = examples(ForecastKind::Silence, &tables);
    let (until, level_until) = (date(2019, 1, 1), date(2022, 1, 1));
    let [start, end] = [until, level_until].map(day_number);
    let known: Vec<&Example> = all.iter().filter(|it| it.known_by <= start).collect();
    let settings = Settings { command: "a".into(), data: "b".into(), until };
    let shape = shipped(ForecastKind::Silence).unwrap();
    let shape = headwater::forecast::shape(shape, &[]).unwrap();
    let fitted = fit(&shape, &known, &settings).unwrap();
    let levelled = with_level(fitted.clone(), &all, level_until).unwrap();

    let between: Vec<&Example> =
        all.iter().filter(|it| it.as_of >= start && it.known_by <= end).collect();
    let expected =
        |model: &Model| -> f64 { between.iter().map(|it| model.chance(&it.features)).sum() };
    let came = between.iter().filter(|it| it.outcome).count();
    assert!((expected(&levelled) - came as f64).abs() < 1e-6, "{} {came}", expected(&levelled));
    assert!((expected(&fitted) - came as f64).abs() > 0.5, "nothing to set");
    assert_eq!(levelled.terms, fitted.terms);
    assert!(levelled.covariance[0][0] > fitted.covariance[0][0]);
    assert!(with_level(fitted, &all, until).is_err(), "no example in between");
}

#[test]
fn the_command_fits_tests_and_complains() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("releases.tsv"), made_up_releases()).unwrap();
    let fitted = headwater(path, &["fit", "silence", "--releases", "releases.tsv"]);
    let fitted = String::from_utf8(fitted.stdout).unwrap();
    let model = headwater::forecast::parse(&fitted).unwrap();
    assert!(model.provenance.command.ends_with("--until 2023-01-01 --releases releases.tsv"));
    assert!(model.provenance.examples > 300);
    let levelled = ["--until", "2019-01-01", "--level-until", "2022-01-01"];
    let arguments = [&["fit", "silence", "--releases", "releases.tsv"], &levelled[..]].concat();
    let fitted = headwater(path, &arguments);
    let levelled = headwater::forecast::parse(&String::from_utf8(fitted.stdout).unwrap()).unwrap();
    assert!(levelled.provenance.command.contains("--until 2019-01-01 --level-until 2022-01-01 "));
    let level = levelled.provenance.level.as_ref().unwrap();
    assert!(level.events > 0 && level.events < level.examples, "{level:?}");
    assert_eq!(model.provenance.level, None);
    let tested = headwater(
        path,
        &["evaluate", "--releases", "releases.tsv", "--json", "o.json", "--svg", "o.svg"],
    );
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));
    assert!(path.join("o.json").exists() && path.join("o.svg").exists());
    let tested = headwater(path, &["evaluate", "--shipped", "--releases", "releases.tsv"]);
    let said = String::from_utf8(tested.stdout).unwrap();
    assert!(said.contains("the coefficients were fitted on these years"), "{said}");
    let cases: [(&[&str], &str); 6] = [
        (
            &["fit", "disclosure", "--releases", "releases.tsv"],
            "give --labels, --dependencies, --locks",
        ),
        (&["fit", "silence", "--releases", "none.tsv"], "cannot read"),
        (
            &["fit", "silence", "--releases", "releases.tsv", "--until", "2014-01-01"],
            "cannot be fitted",
        ),
        (
            &["fit", "silence", "--releases", "releases.tsv", "--without", "dependents"],
            "`silence` cannot do without `dependents`",
        ),
        (&["fit", "silence", "--releases", "releases.tsv", "--commits", "none"], "required"),
        (&["fit", "weather", "--releases", "releases.tsv"], "invalid value"),
    ];
    for (arguments, expected) in cases {
        let output = headwater(path, arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn lockfiles_by_hand() {
    let tables = tables(RELEASES, LABELS, date(2022, 1, 1));
    let on =
        |tables: &Tables, day: Date| [0, 1].map(|place| tables.adoption(place, day_number(day)));
    assert_eq!(on(&tables, date(2020, 1, 3)), [None, None]);
    let changes = "repo\tcommit_time\top\tcrate\tversion\tsource\n\
                   a/a\t2020-01-02T12:00:00Z\t+\tsoap\t1.0.0\tr\n\
                   a/a\t2020-01-02T12:00:00Z\t+\tfoam\t0.1.0\tl\n\
                   b/b\t2020-01-03T12:00:00Z\t+\tsoap\t1.1.0\tr\n\
                   a/a\t2020-01-04T12:00:00Z\t-\tsoap\t1.0.0\tr\n";
    let tables = tables.with_locks(&backtest::lock_changes(changes).unwrap());
    // Packages are in the order of their names: foam, soap. Foam comes from a path.
    let soap = [1, 2, 3, 4].map(|day| on(&tables, date(2020, 1, day)));
    assert_eq!(soap, [0, 1, 2, 1].map(|count| [Some(0), Some(count)]));
}

#[test]
fn owners_are_resampled_as_one() {
    let releases = format!(
        "{RELEASES}brush\t1.0.0\t2019-01-01T00:00:00Z\t0\nrinse\t1.0.0\t2019-01-01T00:00:00Z\t0\n"
    );
    let repositories = "crate\trepository\nsoap\thttps://forge.example/wash/soap\n\
                        foam\thttps://forge.example/Wash/foam.git\n\
                        brush\thttps://forge.example/other/brush\n";
    let tables = tables(&releases, LABELS, date(2022, 1, 1));
    assert_eq!(tables.packages_with_owner(), Some(2));
    let tables = tables.with_repositories(&backtest::repositories(repositories).unwrap());
    assert_eq!(tables.packages_with_owner(), Some(3));
    // In the order of their names: brush, foam, rinse, soap. Foam and soap have one owner.
    let examples = silence(&tables, date(2020, 4, 10));
    let clusters: Vec<u32> = examples.iter().map(|it| it.cluster).collect();
    assert_eq!(clusters, [0, 1, 2, 1]);
    // Disclosed on different days and yet one, by the owner.
    let fixes = unfixed(&tables, 60, Clock::FirstSeen);
    assert_eq!(fixes.iter().map(|it| it.cluster).collect::<Vec<_>>(), [1, 1]);
}

/// A lockfile that holds the first 40 made-up packages from 2023-07-01 on.
fn made_up_locks() -> String {
    let mut text = "repo\tcommit_time\top\tcrate\tversion\tsource\n".to_owned();
    for number in 0..40 {
        writeln!(text, "a/a\t2023-07-01T12:00:00Z\t+\tpackage-{number}\t1.0.0\tr").unwrap();
    }
    text
}

#[test]
fn shipped_coefficients_are_tested_on_later_years_by_population() {
    let releases = backtest::releases(&made_up_releases()).unwrap();
    let tables = Tables::new(&releases, None, &Default::default(), date(2026, 8, 1))
        .with_locks(&backtest::lock_changes(&made_up_locks()).unwrap());
    let model = shipped(ForecastKind::Silence).unwrap();
    let from = model.provenance.until;
    let evaluation = evaluate_shipped(&tables, std::slice::from_ref(&model));
    let all = examples(ForecastKind::Silence, &tables);
    let later: Vec<&Example> = all.iter().filter(|it| it.as_of >= day_number(from)).collect();
    // The 40 in the lockfile had all stopped before, so that nothing is left to tell apart among
    // them: it is said. 40 packages on each half-year from 2024-01-01 to 2025-07-01.
    let said = |what: &str| evaluation.left_out.iter().find(|it| it.what == what);
    let in_use = said(&format!("{}-25, in a lockfile", from.year())).unwrap();
    assert_eq!(in_use.examples, 40 * 4);
    let of = |population| {
        let mut sections = evaluation.sections.iter();
        let split = format!("{}-25", from.year());
        sections.find(|it| it.population == population && it.split == split).unwrap().examples
    };
    assert_eq!(of(Population::All), later.len());
    assert_eq!(of(Population::InNoLockfile) + 40 * 4, later.len());
    assert_eq!(said("2026").unwrap().why, "no outcome is known by 2026-08-01");
    let fitted = all.iter().filter(|it| it.known_by <= day_number(from)).count();
    let why = "the coefficients were fitted on these years";
    assert_eq!(evaluation.left_out.iter().find(|it| it.why == why).unwrap().examples, fitted);
}

#[test]
fn the_chance_of_a_shipped_model_is_what_is_tested() {
    // Every made-up package releases on, as an evaluation needs both outcomes.
    let mut text = made_up_releases();
    for number in 0..80 {
        let day = date(2024, 1, 1).saturating_add(jiff::Span::new().days(number * 5));
        writeln!(text, "package-{number}\t2.0.0\t{day}T00:00:00Z").unwrap();
    }
    let releases = backtest::releases(&text).unwrap();
    let tables = Tables::new(&releases, None, &Default::default(), date(2026, 8, 1))
        .with_locks(&backtest::lock_changes(&made_up_locks()).unwrap());
    let model = shipped(ForecastKind::Silence).unwrap();
    let evaluation = evaluate_shipped(&tables, std::slice::from_ref(&model));
    let all = examples(ForecastKind::Silence, &tables);
    let in_use = |it: &&Example| {
        let name = &tables.packages[it.package as usize].name;
        let number: usize = name.trim_start_matches("package-").parse().unwrap();
        it.as_of >= day_number(date(2024, 1, 1)) && number < 40
    };
    let in_use: Vec<&Example> = all.iter().filter(in_use).collect();
    let mean =
        in_use.iter().map(|it| model.chance(&it.features)).sum::<f64>() / in_use.len() as f64;
    let headline = evaluation.sections.iter().find(|it| it.headline).unwrap();
    assert_eq!(headline.population, Population::InLockfile);
    assert_eq!((headline.examples, headline.split.as_str()), (in_use.len(), "2024-25"));
    assert!((headline.mean_chance - mean).abs() < 1e-12, "{} {mean}", headline.mean_chance);
    let text = report::text(&evaluation);
    assert!(text.contains("in a lockfile") && text.contains("in no lockfile"), "{text}");
}
