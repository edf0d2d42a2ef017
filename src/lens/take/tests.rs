//! A row for each answer and each reason.

use std::sync::Arc;

use jiff::civil::date;

use super::*;
use crate::model::{
    Advisory, AdvisoryKind, Concerns, PackageIndex, Places, Score, Threat, Tier, Waiver,
};
use crate::source::superseded::Authority;

fn advisory(id: &str) -> Arc<Advisory> {
    Arc::new(Advisory {
        id: id.into(),
        package: "demo".into(),
        kind: AdvisoryKind::Vulnerability,
        date: date(2026, 1, 1),
        first_seen: None,
        withdrawn: None,
        affected: Vec::new(),
        cvss: None,
        aliases: Vec::new(),
        categories: Vec::new(),
        arch: Vec::new(),
        os: Vec::new(),
        functions: Default::default(),
        url: None,
        licence: "CC0-1.0".into(),
        title: None,
        rating: None,
        keywords: Vec::new(),
    })
}

fn finding(kind: FindingKind, fix: Fix) -> Finding {
    Finding {
        kind,
        advisory: (kind != FindingKind::Yanked).then(|| advisory("R-1")),
        package: PackageIndex(1),
        certainty: Certainty::Exact,
        concerns: Concerns::Project,
        presence: Presence::Runtime,
        threat: Observed::Known(Threat::NotListed),
        fix,
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

fn released(version: &str) -> Fix {
    Fix::Released { to: version.parse().unwrap() }
}

fn vulnerable(fix: Fix) -> Finding {
    finding(FindingKind::Vulnerability, fix)
}

fn advice(action: Action, why: &str, instead: Option<&str>) -> Option<Advice> {
    Some(Advice { action, why: why.into(), instead: instead.map(str::to_owned) })
}

fn superseded(extent: Extent, source: Authority) -> Vec<Superseded> {
    let day = date(2023, 6, 1);
    vec![Superseded { package: "demo".into(), by: "std::newer".into(), extent, source, day }]
}

/// What is known of a package, owned; nothing speaks against it.
struct Known {
    advice: Option<Advice>,
    trouble: Observed<Estimate>,
    superseded: Vec<Superseded>,
    own: Vec<Finding>,
    brought: Vec<Finding>,
    publishers: Observed<Measure>,
    verdict: Verdict,
}

fn known() -> Known {
    Known {
        advice: None,
        trouble: trouble(0.02),
        superseded: Vec::new(),
        own: Vec::new(),
        brought: Vec::new(),
        publishers: Observed::Missing(Missing::NotAsked),
        verdict: verdict(VerdictStatus::Pass),
    }
}

fn trouble(value: f64) -> Observed<Estimate> {
    Observed::Known(Estimate { value, low: value, high: value })
}

fn verdict(status: VerdictStatus) -> Verdict {
    Verdict { status, reasons: vec!["as the policy says".into()] }
}

/// The answer and its reasons in one text.
fn answered(known: &Known) -> String {
    let own: Vec<&Finding> = known.own.iter().collect();
    let brought: Vec<(String, &Finding)> =
        known.brought.iter().map(|it| ("other 2.0.0".to_owned(), it)).collect();
    let Take { answer, reasons } = judge(&Subject {
        name: "demo",
        advice: known.advice.as_ref(),
        trouble: &known.trouble,
        superseded: &known.superseded,
        own: &own,
        brought: &brought,
        publishers: &known.publishers,
        verdict: &known.verdict,
    });
    let answer = match answer {
        Answer::Take => "take".to_owned(),
        Answer::WithCare => "care".to_owned(),
        Answer::Avoid => "avoid".to_owned(),
        Answer::UseInstead(what) => format!("use {what}"),
    };
    format!("{answer}: {}", reasons.join("; "))
}

/// What nothing speaks against, with one change, and the expected answer.
type Case = (fn(&mut Known), &'static str);

fn check(cases: &[Case]) {
    for (change, expected) in cases {
        let mut known = known();
        change(&mut known);
        assert_eq!(answered(&known), *expected);
    }
}

#[test]
fn something_else_is_used_where_it_is_known() {
    check(&[
        (
            |it| {
                it.advice = advice(
                    Action::Replace,
                    "no active maintainer, says R-1; 4 crates switched from `demo` to `new`",
                    Some("new"),
                );
                it.own = vec![finding(FindingKind::Unmaintained, Fix::None)];
                it.trouble = Observed::Missing(Missing::InTrouble);
            },
            "use new: no active maintainer, says R-1; 4 crates switched from `demo` to `new`",
        ),
        (
            |it| it.superseded = superseded(Extent::Whole, Authority::Rust("1.70".into())),
            "use std::newer: superseded by `std::newer` since Rust 1.70",
        ),
        (
            |it| it.own = vec![vulnerable(released("1.2.4"))],
            "use demo 1.2.4: a known vulnerability (R-1), fixed in 1.2.4",
        ),
        // The later of two fixes has both.
        (
            |it| {
                it.own = vec![vulnerable(released("1.10.0")), vulnerable(released("1.9.0"))];
                it.own[1].advisory = Some(advisory("R-2"));
            },
            "use demo 1.10.0: a known vulnerability (R-1), fixed in 1.10.0; a known vulnerability (R-2), fixed in 1.9.0",
        ),
    ]);
}

#[test]
fn what_is_in_trouble_is_avoided() {
    check(&[
        (
            |it| it.advice = advice(Action::Adopt, "its repository is archived", None),
            "avoid: its repository is archived",
        ),
        (|it| it.advice = advice(Action::Replace, "given up", None), "avoid: given up"),
        (
            |it| it.trouble = Observed::Missing(Missing::InTrouble),
            "avoid: declared unmaintained, archived or given up already",
        ),
        // An advisory says so, whatever the project's other packages do.
        (
            |it| it.own = vec![finding(FindingKind::Unmaintained, Fix::None)],
            "avoid: declared unmaintained (R-1)",
        ),
        (
            |it| it.own = vec![vulnerable(Fix::None)],
            "avoid: a known vulnerability (R-1), no fixed release",
        ),
        (
            |it| it.own = vec![vulnerable(Fix::Unknown)],
            "avoid: a known vulnerability (R-1), fix unknown",
        ),
        // One of two has no fix: no version is free of both.
        (
            |it| {
                it.own = vec![vulnerable(released("1.2.4")), vulnerable(Fix::None)];
                it.own[1].advisory = Some(advisory("R-2"));
            },
            "avoid: a known vulnerability (R-2), no fixed release; a known vulnerability (R-1), fixed in 1.2.4",
        ),
        // A later version is no way out of a project that is in trouble.
        (
            |it| {
                it.own = vec![vulnerable(released("1.2.4"))];
                it.trouble = Observed::Missing(Missing::InTrouble);
            },
            "avoid: declared unmaintained, archived or given up already; a known vulnerability (R-1), fixed in 1.2.4",
        ),
    ]);
}

#[test]
fn what_has_something_to_keep_in_mind_is_taken_with_care() {
    check(&[
        (|it| it.trouble = trouble(0.1), "care: 10% chance of trouble within 24 months"),
        (
            |it| it.trouble = Observed::Known(Estimate { value: 0.02, low: 0.0, high: 0.995 }),
            "care: 2% chance of trouble within 24 months, but too little is known: up to over 99%",
        ),
        (
            |it| it.trouble = Observed::Missing(Missing::NoIndexEntry),
            "care: chance of trouble unknown: no entry in Cargo's local index",
        ),
        (
            |it| it.own = vec![finding(FindingKind::Unsound, Fix::None)],
            "care: unsound (R-1), no fixed release",
        ),
        (|it| it.own = vec![finding(FindingKind::Notice, Fix::None)], "care: has a notice (R-1)"),
        (
            |it| it.own = vec![finding(FindingKind::Yanked, Fix::None)],
            "care: this release is yanked",
        ),
        (
            |it| {
                it.own = vec![finding(FindingKind::Unmaintained, Fix::None)];
                it.own[0].concerns = Concerns::SomeVersions;
            },
            "care: old versions unmaintained (R-1)",
        ),
        // Not surely there, on another platform, or set aside by the user.
        (
            |it| {
                it.own = vec![vulnerable(Fix::None)];
                it.own[0].certainty = Certainty::Possible;
            },
            "care: possibly a known vulnerability (R-1), no fixed release",
        ),
        (
            |it| {
                it.own = vec![vulnerable(Fix::None)];
                it.own[0].presence = Presence::OtherTarget;
            },
            "care: a known vulnerability (R-1), no fixed release",
        ),
        (
            |it| {
                it.own = vec![vulnerable(Fix::None)];
                it.own[0].waiver = Some(Waiver { reason: "x".into(), until: None });
            },
            "care: a known vulnerability (R-1), no fixed release, waived",
        ),
        (
            |it| it.brought = vec![vulnerable(Fix::None)],
            "care: brings other 2.0.0: a known vulnerability (R-1), no fixed release",
        ),
        (
            |it| it.advice = advice(Action::Contribute, "one person does most of the work", None),
            "care: one person does most of the work",
        ),
        (
            |it| it.publishers = Observed::Known(Measure::Number(1.0)),
            "care: one person alone can publish it",
        ),
        (|it| it.verdict = verdict(VerdictStatus::Fail), "care: as the policy says"),
        (|it| it.verdict = verdict(VerdictStatus::Incomplete), "care: as the policy says"),
        // Superseded, and the model does not say by what is safe: never a bare pass.
        (
            |it| it.superseded = superseded(Extent::Whole, Authority::Readme),
            "care: superseded by `std::newer` according to its README",
        ),
    ]);
}

#[test]
fn what_nothing_speaks_against_is_taken() {
    check(&[
        (|_| {}, "take: no known issues; 2% chance of trouble within 24 months"),
        (
            |it| it.trouble = trouble(0.004),
            "take: no known issues; under 1% chance of trouble within 24 months",
        ),
        (
            |it| it.advice = advice(Action::Nothing, "well maintained", None),
            "take: its project is well maintained; no known issues; 2% chance of trouble within 24 months",
        ),
        (
            |it| it.publishers = Observed::Known(Measure::Number(2.0)),
            "take: no known issues; 2% chance of trouble within 24 months",
        ),
        (
            |it| it.superseded = superseded(Extent::Part, Authority::Rust("1.75".into())),
            "take: no known issues; 2% chance of trouble within 24 months; partly superseded by `std::newer` since Rust 1.75",
        ),
    ]);
}

#[test]
fn whoever_takes_a_package_anew_takes_its_newest_release_without_trouble() {
    let answer = |newest: Option<&str>| {
        let newest_good = newest.map(|version| version.parse().unwrap());
        let own = vec![Finding { newest_good, ..vulnerable(released("0.2.0")) }];
        answered(&Known { own, ..known() })
    };
    assert!(answer(Some("0.3.47")).starts_with("use demo 0.3.47: "), "{}", answer(Some("0.3.47")));
    assert!(answer(None).starts_with("use demo 0.2.0: "), "{}", answer(None));
    // An index that ends before the fix.
    assert!(answer(Some("0.1.9")).starts_with("use demo 0.2.0: "));
}
