//! Exposure: packages without an advisory, apart from findings.

use headwater::model::{
    AdvisoryKind, Exposed, Missing, Observed, Ownership, PackageFacts, Places, Presence,
    RunsAtBuild, Sourced, Tagging, VerdictStatus, Waiver,
};
use headwater::rule::WaiverRequest;
use jiff::civil::date;
use proptest::prelude::*;

use super::sample::{Case, TODAY, advisory, facts, outlook, place};

/// A package of one publisher with a build script, silent for so many days.
fn lonely(silence_days: i32) -> PackageFacts {
    let people = vec!["alice".to_owned()];
    let ownership = Ownership { people, ..Ownership::default() };
    PackageFacts {
        outlook: outlook(silence_days, 9),
        ownership: Observed::Known(Sourced {
            value: ownership,
            from: "the registry".into(),
            on: TODAY,
        }),
        runs_at_build: Observed::Known(RunsAtBuild::BuildScript),
        tagging: Observed::Known(Tagging {
            newest_release: "1.3.0".into(),
            newest_is_tagged: false,
            released_not_tagged: vec!["1.3.0".into()],
            tagged_not_released: Vec::new(),
        }),
        ..facts(Some(place(2, 0.1)))
    }
}

fn contribution(exposed: &Exposed, rule: &str) -> f64 {
    exposed.score.terms.iter().find(|term| term.rule == rule).map_or(0.0, |it| it.contribution)
}

#[test]
fn a_package_without_an_advisory_is_exposed_and_fails_nothing() {
    let judgement = Case::new(Vec::new()).judge_of(lonely(2000));
    let [exposed] = &judgement.exposed[..] else { panic!("{judgement:?}") };
    assert_eq!(judgement.verdict.status, VerdictStatus::Pass);
    assert_eq!(judgement.verdict.reasons, ["no findings"]);
    assert!(!exposed.fails_gate && exposed.waiver.is_none());
    assert_eq!(exposed.places, Places { first: 1, last: 1 });
    // One publisher, a build script, no tag, in the product; nobody was asked about hands.
    for (rule, points) in [
        ("publishers", 12.0),
        ("runs-at-build", 12.0),
        ("tag", 6.0),
        ("presence", 6.0),
        ("change-of-hands", 12.0),
    ] {
        assert_eq!(contribution(exposed, rule), points, "{rule}");
    }
    assert!((exposed.score.unknown() - 12.0).abs() < 1e-9);
    assert!(exposed.reasons[0].contains("no fix in 90 days: 69 % (2000 days since"), "{exposed:?}");
}

#[test]
fn what_an_advisory_speaks_of_or_is_not_built_is_not_exposed() {
    for kind in [AdvisoryKind::Vulnerability, AdvisoryKind::Unmaintained] {
        let found = Case::new(vec![advisory("A-1", kind, &[("", "")])]).judge_of(lonely(2000));
        assert_eq!((found.findings.len(), found.exposed.len()), (1, 0), "{kind:?}");
    }
    let mut case = Case::new(Vec::new());
    for presence in Presence::ALL {
        case.presence = presence;
        let built = !matches!(presence, Presence::OtherTarget | Presence::Inactive);
        let exposed = case.judge_of(lonely(2000)).exposed;
        assert_eq!(exposed.len(), usize::from(built), "{presence:?}");
    }
    // A yanked release is no advisory.
    let mut case = Case::new(Vec::new());
    case.yanked = Observed::Known(true);
    assert_eq!(case.judge_of(lonely(2000)).exposed.len(), 1);
}

#[test]
fn a_policy_may_fail_on_exposure_and_a_waiver_sets_it_aside() {
    let mut case = Case::new(Vec::new());
    let score = case.judge_of(lonely(2000)).exposed[0].score.total;
    for (least, expected) in
        [(score - 1.0, VerdictStatus::Fail), (score + 1.0, VerdictStatus::Pass)]
    {
        case.policy.gate.exposure = Some(least);
        assert_eq!(case.judge_of(lonely(2000)).verdict.status, expected);
    }
    case.policy.gate.exposure = Some(score);
    let reasons = case.judge_of(lonely(2000)).verdict.reasons;
    assert_eq!(reasons, [format!("exposure of {score:.0} in `demo 1.2.0`")]);
    for (package, until, holds) in [
        (None, None, true),
        (Some("demo"), Some(TODAY), true),
        (Some("other"), None, false),
        (None, Some(date(2026, 8, 20)), false),
    ] {
        case.policy.waivers = vec![WaiverRequest {
            id: "exposure".into(),
            package: package.map(str::to_owned),
            waiver: Waiver { reason: "we keep a fork".into(), until },
        }];
        let judgement = case.judge_of(lonely(2000));
        assert_eq!(judgement.exposed[0].fails_gate, !holds, "{package:?} {until:?}");
        assert_eq!(judgement.diagnostics.len(), usize::from(!holds));
    }
}

proptest! {
    /// Whatever was known: a source that fails never makes a package look better.
    #[test]
    fn missing_never_lowers_exposure(silence in 0i32..5000, owners in 1usize..9, nothing: bool) {
        let why = Missing::Unreachable;
        let known = || {
            let mut facts = lonely(silence);
            let Observed::Known(ownership) = &mut facts.ownership else { panic!("it is known") };
            ownership.value.people = (0..owners).map(|at| at.to_string()).collect();
            if nothing {
                facts.runs_at_build = Observed::Known(RunsAtBuild::Nothing);
            }
            facts
        };
        let total = |facts| {
            let score = Case::new(Vec::new()).judge_of(facts).exposed.remove(0).score;
            let sum: f64 = score.terms.iter().map(|term| term.contribution).sum();
            assert!((sum - score.total).abs() < 1e-9 && (0.0..=100.0).contains(&sum));
            sum
        };
        let before = total(known());
        for without in [
            PackageFacts { outlook: Observed::Missing(why), ..known() },
            PackageFacts { ownership: Observed::Missing(why), ..known() },
            PackageFacts { runs_at_build: Observed::Missing(why), ..known() },
            PackageFacts { tagging: Observed::Missing(why), ..known() },
        ] {
            prop_assert!(total(without) >= before - 1e-9);
        }
    }
}
