//! The advice for each class, and what is said without one.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::model::{Certainty, Concerns, Estimate, Missing, Places, Presence, Score, Threat, Tier};
use crate::source::superseded::Authority;

/// A situation in which nothing speaks for anything but a class.
fn situation<'a>(
    class: &'a Observed<Classification>,
    expected: &'a Observed<Expected>,
) -> Situation<'a> {
    Situation {
        packages: &[PackageIndex(1)],
        class,
        forge: None,
        findings: &[],
        status: None,
        cadence: None,
        expected,
        has_payee: true,
        superseded: &[],
        alternatives: &[],
    }
}

const UNKNOWN: Observed<Expected> = Observed::Missing(Missing::NoIndexEntry);

fn classified(class: Option<ProjectClass>) -> Observed<Classification> {
    let class = class.map(|class| Classification { class, evidence: Vec::new() });
    Observed::from_option(class, Missing::NotAsked)
}

fn words(advice: Observed<Advice>) -> String {
    match advice {
        Observed::Known(advice) => format!("{}: {}", advice.action.name(), advice.why),
        Observed::Missing(why) => why.reason().to_owned(),
    }
}

fn switched_to(dependents: usize, dropped: usize) -> Alternative {
    Alternative {
        package: "older".into(),
        to: "newer".into(),
        dependents,
        dropped,
        last_day: date(2026, 1, 1),
    }
}

fn by(extent: Extent) -> Superseded {
    Superseded {
        package: "older".into(),
        by: "std::newer".into(),
        extent,
        source: Authority::Rust("1.70".into()),
        day: date(2023, 6, 1),
    }
}

/// A finding of an advisory that calls a package unmaintained.
fn notice(package: u32, concerns: Concerns) -> Finding {
    Finding {
        kind: FindingKind::Unmaintained,
        advisory: None,
        package: PackageIndex(package),
        certainty: Certainty::Exact,
        concerns,
        presence: Presence::Runtime,
        threat: Observed::Known(Threat::NotListed),
        fix: Fix::None,
        tier: Tier::Note,
        score: Score::default(),
        places: Places { first: 1, last: 1 },
        stays_unfixed: None,
        newest_good: None,
        epss: Observed::Missing(Missing::NoEpss),
        paths: Vec::new(),
        waiver: None,
        fails_gate: false,
    }
}

fn cadence(silence_days: f64, newest: &str) -> Cadence {
    let day = |text: &str| format!("{text}T00:00:00Z").parse().unwrap();
    Cadence {
        first_release: day("2015-01-01"),
        last_release: day("2020-01-01"),
        releases: 9,
        median_interval_days: Observed::Known(30.0),
        p90_interval_days: Observed::Known(30.0),
        releases_12_months: 0,
        releases_36_months: 0,
        silence_days,
        silence_ratio: Observed::Known(9.0),
        yanked_share: 0.0,
        versions_behind: Observed::Known(0),
        libyears: Observed::Known(0.0),
        newest: Some(newest.to_owned()),
    }
}

#[test]
fn each_class_leads_to_its_own_action() {
    use ProjectClass::{Abandoned, Busy, Dormant, Finished, SingleMaintainer, TakenOver, Team};
    let moved = [switched_to(9, 12)];
    let review = "contribute: the work passed to a newcomer: review what was released since";
    let cases: [(_, &[Alternative], _); 11] = [
        (Some(Finished), &[], "nothing: finished"),
        (Some(Team), &moved, "nothing: well maintained"),
        (Some(Busy), &[], "nothing: well maintained"),
        (Some(TakenOver), &[], review),
        (Some(SingleMaintainer), &[], "fund: one person does most of the work"),
        (Some(Abandoned), &[], "adopt: no active maintainer"),
        (
            Some(Abandoned),
            &moved,
            "replace: no active maintainer; 9 of 12 crates that dropped `older` switched to `newer`",
        ),
        (Some(Dormant), &[], "no activity for a year or more, and open needs are not known"),
        (Some(Dormant), &moved, "no activity for a year or more, and open needs are not known"),
        (None, &[], "not fetched (run with `--online`)"),
        (None, &moved, "not fetched (run with `--online`)"),
    ];
    for (class, alternatives, expected) in cases {
        let class = classified(class);
        let found = advice(&Situation { alternatives, ..situation(&class, &UNKNOWN) });
        assert_eq!(words(found), expected);
    }
    let class = classified(Some(SingleMaintainer));
    let unpaid = Situation { has_payee: false, ..situation(&class, &UNKNOWN) };
    assert_eq!(words(advice(&unpaid)), "contribute: one person does most of the work");
    let few = [switched_to(3, 4)];
    let gone = classified(Some(Abandoned));
    let found = advice(&Situation { alternatives: &few, ..situation(&gone, &UNKNOWN) });
    let expected = "replace: no active maintainer; 3 crates switched from `older` to `newer`";
    assert_eq!(words(found), expected);
}

#[test]
fn a_notice_counts_where_it_is_about_the_whole_project_of_today() {
    let unknown = classified(None);
    let [whole, other, old] = [
        notice(1, Concerns::Project),
        notice(2, Concerns::Project),
        notice(1, Concerns::SomeVersions),
    ];
    let both = [PackageIndex(1), PackageIndex(2)];
    let says = "adopt: no active maintainer, says unmaintained";
    let nothing = "not fetched (run with `--online`)";
    let cases: [(&[&Finding], &[PackageIndex], &str); 5] = [
        (&[&whole], &both[..1], says),
        (&[&whole], &both, nothing),
        (&[&whole, &other], &both, says),
        (&[&old], &both[..1], nothing),
        (&[&old, &other], &both, nothing),
    ];
    for (findings, packages, expected) in cases {
        let found = advice(&Situation { findings, packages, ..situation(&unknown, &UNKNOWN) });
        assert_eq!(words(found), expected);
    }
    // Whose people went on since has answered it.
    let alive = classified(Some(ProjectClass::Team));
    let found = advice(&Situation { findings: &[&whole], ..situation(&alive, &UNKNOWN) });
    assert_eq!(words(found), "nothing: well maintained");
}

#[test]
fn what_its_authors_say_is_heard() {
    let wanted = "adopt: its manifest looks for a maintainer";
    for class in [None, Some(ProjectClass::SingleMaintainer), Some(ProjectClass::Finished)] {
        let class = classified(class);
        let status = Some(MaintenanceStatus::LookingForMaintainer);
        let found = advice(&Situation { status, ..situation(&class, &UNKNOWN) });
        assert_eq!(words(found), wanted);
    }
    let class = classified(None);
    let status = Some(MaintenanceStatus::ActivelyDeveloped);
    let found = advice(&Situation { status, ..situation(&class, &UNKNOWN) });
    assert_eq!(words(found), "not fetched (run with `--online`)");
    let last = cadence(10.0, "0.9.34+deprecated");
    let found = advice(&Situation { cadence: Some(&last), ..situation(&class, &UNKNOWN) });
    assert_eq!(
        words(found),
        "adopt: its authors mark its newest version as deprecated (`0.9.34+deprecated`)"
    );
}

#[test]
fn what_is_superseded_as_a_whole_is_replaced_and_in_part_only_mentioned() {
    let (whole, part) = ([by(Extent::Whole)], [by(Extent::Part)]);
    let replace = "replace: superseded by `std::newer` since Rust 1.70";
    for class in [None, Some(ProjectClass::Finished), Some(ProjectClass::Busy)] {
        let class = classified(class);
        let found = advice(&Situation { superseded: &whole, ..situation(&class, &UNKNOWN) });
        assert_eq!(words(found), replace);
    }
    let class = classified(Some(ProjectClass::Team));
    let found = advice(&Situation { superseded: &part, ..situation(&class, &UNKNOWN) });
    let expected = "nothing: well maintained; partly superseded by `std::newer` since Rust 1.70";
    assert_eq!(words(found), expected);
}

#[test]
fn silence_alone_condemns_nothing() {
    let class = classified(None);
    let estimate = |value| Estimate { value, low: 0.0, high: 1.0 };
    let expected = |unfixed| {
        let zero = estimate(0.0);
        Observed::Known(Expected {
            packages: 1,
            disclosures: zero,
            unfixed: estimate(unfixed),
            exposure: zero,
        })
    };
    let cases = [
        (731.0, 0.29, Some((5, 15)), true),
        (730.0, 0.29, Some((5, 15)), false),
        (731.0, 0.28, Some((5, 15)), false),
        (731.0, 0.29, Some((5, 16)), false),
        (731.0, 0.29, Some((4, 5)), false),
        (9_999.0, 1.0, None, false),
    ];
    for (silence_days, unfixed, moved, is_left) in cases {
        let (cadence, expected) = (cadence(silence_days, "1.0.0"), expected(unfixed));
        let moved: Vec<Alternative> =
            moved.map(|(some, all)| switched_to(some, all)).into_iter().collect();
        let found = advice(&Situation {
            cadence: Some(&cadence),
            alternatives: &moved,
            ..situation(&class, &expected)
        });
        assert_eq!(found.known().is_some(), is_left, "{silence_days} {unfixed} {moved:?}");
    }
    let (cadence, expected) = (cadence(731.0, "1.0.0"), expected(0.29));
    let found = advice(&Situation {
        cadence: Some(&cadence),
        superseded: &[by(Extent::Part)],
        ..situation(&class, &expected)
    });
    let because =
        "replace: fixes are likely to be slow; partly superseded by `std::newer` since Rust 1.70";
    assert_eq!(words(found), because);
}

proptest! {
    /// Whatever is known, an action never contradicts the class beside it.
    #[test]
    fn advice_agrees_with_the_class(
        class in proptest::option::of(proptest::sample::select(vec![
            ProjectClass::Busy, ProjectClass::Team, ProjectClass::SingleMaintainer,
            ProjectClass::Finished, ProjectClass::Dormant, ProjectClass::Abandoned,
            ProjectClass::TakenOver,
        ])),
        noticed: bool,
        superseded in proptest::option::of(proptest::sample::select(vec![Extent::Whole, Extent::Part])),
        moved in proptest::option::of((3usize..40, 0usize..40)),
        silence_days in 0.0f64..5_000.0,
    ) {
        let known = classified(class);
        let finding = notice(1, Concerns::Project);
        let findings: Vec<&Finding> = noticed.then_some(&finding).into_iter().collect();
        let superseded: Vec<Superseded> = superseded.map(by).into_iter().collect();
        let moved: Vec<Alternative> =
            moved.map(|(some, more)| switched_to(some, some + more)).into_iter().collect();
        let cadence = cadence(silence_days, "1.0.0");
        let found = advice(&Situation {
            findings: &findings,
            superseded: &superseded,
            alternatives: &moved,
            cadence: Some(&cadence),
            ..situation(&known, &UNKNOWN)
        });
        let is_left = found.known().is_some_and(|it| matches!(it.action, Action::Replace | Action::Adopt));
        let is_gone = class == Some(ProjectClass::Abandoned);
        let is_superseded = superseded.iter().any(|it| it.extent == Extent::Whole);
        prop_assert_eq!(is_left, is_gone || is_superseded || noticed && matches!(class, None | Some(ProjectClass::Dormant)));
        let named = found.known().and_then(|it| it.instead.as_deref());
        let replaces = found.known().is_some_and(|it| it.action == Action::Replace);
        prop_assert_eq!(named.is_some(), replaces);
    }
}
