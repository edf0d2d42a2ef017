//! The shipped models against the history they come from, where the large data are at hand.

use headwater::forecast::{
    Evaluation, Population, Section, Settings, evaluate, evaluate_shipped, examples, fit, named,
    names, with_level,
};
use headwater::report::reliability;
use headwater::world::backtest::TableFiles;

use crate::data;

fn files() -> Option<TableFiles> {
    let data = data::folder("the test of forecasts against history")?;
    let table = |name: &str| data.join("backtest").join(name);
    Some(TableFiles {
        releases: table("releases.tsv.zst"),
        labels: Some(table("rustsec-first-seen.tsv")),
        advisories: Some(table("rustsec-advisories.tsv")),
        dependencies: Some(table("index-slim.jsonl.zst")),
        repositories: Some(table("crate-meta.tsv.zst")),
        ..TableFiles::default()
    })
}

fn with_commits(files: TableFiles) -> Option<TableFiles> {
    let data = data::folder("the test of forecasts against commits")?.join("history");
    let commits = Some(data.join("commits.tsv.zst"));
    Some(TableFiles { commits, package_repositories: Some(data.join("crate-repo.tsv")), ..files })
}

fn with_locks(files: TableFiles) -> Option<TableFiles> {
    let data = data::folder("the test of forecasts for packages in use")?;
    Some(TableFiles { locks: Some(data.join("backtest/lock-events.tsv.zst")), ..files })
}

#[test]
fn the_shipped_coefficients_are_what_the_command_gives() {
    let Some(files) = files() else { return };
    let Some(files_with_commits) = with_commits(files.clone()) else { return };
    let Some(files_with_all) = with_locks(files_with_commits) else { return };
    let Some(files_with_locks) = with_locks(files.clone()) else { return };
    let loaded = [files, files_with_locks, files_with_all].map(|it| it.load(None).unwrap());
    for name in names() {
        let shipped = named(name).unwrap();
        let given = ["--locks", "--commits"].map(|it| shipped.provenance.command.contains(it));
        let loaded = &loaded[given.into_iter().filter(|it| *it).count()];
        let until = headwater::forecast::day_number(shipped.provenance.until);
        let all = examples(shipped.kind, &loaded.tables);
        let known: Vec<_> = all.iter().filter(|it| it.known_by <= until).collect();
        let settings = Settings {
            command: shipped.provenance.command.clone(),
            data: loaded.summary.clone(),
            until: shipped.provenance.until,
        };
        let mut fitted = fit(&shipped, &known, &settings).unwrap();
        if let Some(level) = &shipped.provenance.level {
            fitted = with_level(fitted, &all, level.until).unwrap();
        }
        assert_eq!(fitted.provenance, shipped.provenance);
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-5 * (1.0 + a.abs());
        assert!(close(fitted.intercept, shipped.intercept), "{name}");
        for (new, old) in fitted.terms.iter().zip(&shipped.terms) {
            assert!(close(new.coefficient, old.coefficient), "{name} {new:?}");
            assert!(close(new.mean, old.mean), "{name} {new:?}");
        }
    }
}

fn section<'a>(evaluation: &'a Evaluation, forecast: &str, split: &str) -> &'a Section {
    let mut sections = evaluation.sections.iter();
    let is_it = |it: &&Section| it.forecast == forecast && it.split == split && it.part.is_empty();
    sections.find(is_it).unwrap_or_else(|| panic!("no section `{split}` of {forecast}"))
}

/// AUC of the model and of the first baseline.
fn auc(section: &Section) -> (f64, f64) {
    (section.scores[0].metrics.auc.value, section.scores[1].metrics.auc.value)
}

#[test]
fn forecasts_are_as_good_as_is_said() {
    let Some(files) = files().and_then(with_commits).and_then(with_locks) else { return };
    let loaded = files.load(None).unwrap();
    let models = names().map(|name| named(name).unwrap());
    let evaluation = evaluate(&loaded.tables, &models).unwrap();

    let silence =
        section(&evaluation, "silence", "packages not fitted, 2024-26, fitted before 2023");
    assert!(auc(silence).0 >= 0.90);
    assert!(silence.scores[0].metrics.calibration_error.value <= 0.02);
    let open = "packages not fitted, 2023-26, fitted before 2023";
    let open = section(&evaluation, "unfixed-open", open);
    let strays = open.reliability.iter().filter(|bin| !bin.is_within());
    assert_eq!(strays.count(), 0, "{:?}", open.reliability);

    for (forecast, least) in [("unfixed-90", 0.90), ("unfixed-365", 0.96)] {
        let recent = section(&evaluation, forecast, "2024-26, fitted before 2023");
        assert!(auc(recent).0 >= least, "{forecast}");
        let strays = recent.reliability.iter().filter(|bin| !bin.is_within());
        assert_eq!(strays.count(), 0, "{forecast}: {:?}", recent.reliability);
        // It looks at the days since the last release alone, and puts packages in their order.
        let (model, recency) =
            auc(section(&evaluation, forecast, "packages not fitted, all years"));
        assert!((model - recency).abs() < 1e-9, "{forecast}: {model} is not {recency}");
    }

    let windows = |forecast: &str| {
        [2023, 2024, 2025].map(|year| {
            let split = format!("July {year} to June {}, fitted before", year + 1);
            auc(section(&evaluation, forecast, &split))
        })
    };
    let known = windows("disclosure");
    assert!(known.iter().all(|(model, dependents)| model >= dependents), "{known:?}");
    assert!(known.iter().map(|it| it.0).sum::<f64>() / 3.0 >= 0.78, "{known:?}");
    let not_known = windows("disclosure-without-dependents");
    assert!(not_known.iter().map(|it| it.0).sum::<f64>() / 3.0 >= 0.73, "{not_known:?}");

    // How many there are, on years that set nothing.
    for forecast in ["disclosure", "disclosure-without-dependents"] {
        let split = "last test window, fitted before 2023, level of what came before 2025-01-01";
        let last_window = section(&evaluation, forecast, split);
        let error = last_window.scores[0].metrics.calibration_error;
        assert!(error.value <= 0.005, "{forecast}: {error:?}");
    }

    for split in [
        "repositories not fitted, 2023-26, fitted before 2023",
        "repositories not fitted, all years",
    ] {
        let [with, without, ..] = &section(&evaluation, "silence-with-commits", split).scores[..]
        else {
            panic!("nothing to compare with");
        };
        assert!(with.metrics.auc.value > without.metrics.auc.value, "{split}");
        assert!(with.brier_gain.high < 0.0, "{split}: {:?}", with.brier_gain);
    }

    let of = |name: &str| {
        let mut scores = evaluation.unmaintained.iter();
        scores.find(|it| it.name == name && it.is_test).unwrap().auc.value
    };
    assert!(of("unfixed-365") >= of("days since the last release"));
}

/// Shipped coefficients where they are used: on packages that a lockfile held on the day.
#[test]
fn shipped_coefficients_are_as_good_as_is_said() {
    let Some(files) = files().and_then(with_commits).and_then(with_locks) else { return };
    let loaded = files.load(None).unwrap();
    let models = names().map(|name| named(name).unwrap());
    let evaluation = evaluate_shipped(&loaded.tables, &models);
    let of = |forecast: &str, split: &str, population: Population| {
        let mut sections = evaluation.sections.iter();
        let is_it = |it: &&Section| {
            it.forecast == forecast && it.split == split && it.population == population
        };
        sections.find(is_it).unwrap_or_else(|| panic!("no section `{split}` of {forecast}"))
    };

    let auc = |forecast, split, population| auc(of(forecast, split, population)).0;
    assert!(auc("silence", "2024-25", Population::All) >= 0.90);
    assert!(auc("silence", "2024-25", Population::InLockfile) >= 0.88);
    let silence = of("silence", "2024-25", Population::InLockfile);
    assert!(silence.scores[0].brier_gain.high < 0.0, "days since the last release are as good");
    // The same where usage is known: it tells more apart, and is calibrated in use.
    for (population, least) in [(Population::All, 0.907), (Population::InLockfile, 0.891)] {
        let score = &of("silence-with-usage", "2024-25", population).scores[0].metrics;
        assert!(score.auc.value >= least, "{population:?}: {:?}", score.auc);
        assert!(score.calibration_error.value <= 0.02, "{population:?}");
    }
    assert!(auc("unfixed-90", "2023-26", Population::All) >= 0.90);
    assert!(auc("unfixed-90", "2023", Population::All) >= 0.79);
    let own_date = "2023-26, by the advisory's own date";
    assert!(auc("unfixed-90", own_date, Population::All) >= 0.84);
    let recent = of("unfixed-90", "2024-26", Population::All);
    assert_eq!((recent.fixed_same_day, recent.examples), (Some(90), 105));
    for forecast in ["disclosure", "disclosure-without-dependents"] {
        let section = of(forecast, "2025", Population::All);
        assert!(section.scores[0].metrics.calibration_error.value <= 0.005, "{forecast}");
    }

    // No figure is of what was fitted: every year of the data is measured or said to be left out.
    for model in &models {
        assert!(evaluation.left_out.iter().any(|it| it.forecast == model.id), "{}", model.id);
    }
    assert!(evaluation.unmaintained.iter().any(|it| it.is_test));

    let drawn = include_str!("../../../rules/forecast/reliability.svg");
    assert!(reliability::svg(&evaluation) == drawn, "draw `rules/forecast/reliability.svg` anew");
}
