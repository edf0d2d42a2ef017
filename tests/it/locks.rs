//! The whole pipeline on real lockfiles.

use std::path::Path;

use headwater::audit::audit;
use headwater::model::{Audit, VerdictStatus};
use headwater::report::{Colour, FORMATS, Options};
use headwater::resolve::{Platform, Platforms, Selection};
use headwater::world::cache::CacheDir;
use headwater::world::gather::{DayFrom, Request, gather};
use jiff::civil::date;

use crate::data::{self, EMBEDDED};

/// Audits with the embedded snapshot and an empty Cargo home.
fn audited(lockfile: &Path, world: &Path) -> Audit {
    let request = Request {
        path: lockfile.to_owned(),
        config: None,
        cargo_home: Some(world.join("home")),
        cache: CacheDir::locate(Some(world.join("cache"))),
        selection: Selection {
            platforms: Platforms::One(Platform::from_triple("x86_64-unknown-linux-gnu").unwrap()),
            features: Vec::new(),
            all_features: false,
            default_features: true,
            flags: Default::default(),
        },
        as_of: date(2026, 8, 21),
        target_asked: true,
        day_from: DayFrom::Asked,
    };
    audit(&gather(request, &EMBEDDED, None, &|_, _| {}).unwrap()).unwrap()
}

/// Tests run in the folder of the package.
#[test]
fn a_bare_file_name_is_a_lockfile_in_this_folder() {
    let world = tempfile::tempdir().unwrap();
    let [bare, dotted] =
        ["Cargo.lock", "./Cargo.lock"].map(|it| audited(it.as_ref(), world.path()));
    assert_eq!(bare.diagnostics, dotted.diagnostics);
    assert_eq!(bare.graph.members().len(), 1);
    assert_eq!(bare.graph.package(bare.graph.members()[0]).name, "headwater");
}

#[test]
fn every_real_lockfile_is_audited_to_the_end() {
    let Some(data) = data::folder("the audit of real lockfiles") else { return };
    let world = tempfile::tempdir().unwrap();
    let options =
        Options { width: 80, colour: Colour::Plain, detail: headwater::report::Detail::Short };
    for (name, path) in data::lockfiles(&data) {
        let audit = audited(&path, world.path());
        for finding in &audit.findings {
            let sum: f64 = finding.score.terms.iter().map(|term| term.contribution).sum();
            assert!((sum - finding.score.total).abs() < 1e-9, "{name}: {finding:?}");
        }
        for format in FORMATS {
            let report = (format.render)(&audit, &options);
            assert!(report.lines().count() > 5, "{name}: {report}");
        }
        if name == "BurntSushi+ripgrep/2022-01-01.Cargo.lock" {
            assert_eq!(audit.verdict.status, VerdictStatus::Fail);
            assert!(audit.findings.iter().any(|finding| finding.id() == "RUSTSEC-2022-0013"));
        }
    }
}
