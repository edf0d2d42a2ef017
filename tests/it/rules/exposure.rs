//! Exposure: packages without an advisory, apart from findings.

use headwater::model::{
    AdvisoryKind, Exposed, Missing, Observed, Ownership, PackageFacts, Places, Presence,
    RunsAtBuild, Sourced, Tagging, VerdictStatus, Waiver,
};
use headwater::rule::WaiverRequest;
use jiff::civil::date;

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
    exposed
        .chance
        .judged
        .terms
        .iter()
        .find(|term| term.rule == rule)
        .map_or(0.0, |it| it.contribution)
}

#[test]
fn a_package_without_an_advisory_is_exposed_and_fails_nothing() {
    let judgement = Case::new(Vec::new()).judge_of(lonely(2000));
    let [exposed] = &judgement.exposed[..] else { panic!("{judgement:?}") };
    assert_eq!(judgement.verdict.status, VerdictStatus::Pass);
    assert_eq!(judgement.verdict.reasons, ["no findings"]);
    assert!(!exposed.fails_gate && exposed.waiver.is_none());
    assert_eq!(exposed.places, Places { first: 1, last: 1 });
    // One publisher where an ordinary package has two, and no tag; nobody was asked about hands.
    for (rule, log_odds) in [("publishers", 0.25), ("tag", 0.5), ("change-of-hands", 0.0)] {
        assert!((contribution(exposed, rule) - log_odds).abs() < 1e-9, "{rule}");
    }
    assert!(headwater::lens::unknown(&exposed.chance).contains("change-of-hands"));
    let untagged = "the newest release is untagged in the repository";
    assert!(exposed.reasons.iter().any(|it| it == untagged), "{exposed:?}");
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
    let chance = case.judge_of(lonely(2000)).exposed[0].chance.estimate.value;
    for (least, expected) in
        [(chance - 0.01, VerdictStatus::Fail), (chance + 0.01, VerdictStatus::Pass)]
    {
        case.policy.gate.chance_of_trouble = Some(least);
        assert_eq!(case.judge_of(lonely(2000)).verdict.status, expected);
    }
    // Of a package without a known release nobody can say that it is below.
    let unknown = PackageFacts { outlook: Observed::Missing(Missing::NoIndexEntry), ..lonely(1) };
    let verdict = case.judge_of(unknown).verdict;
    assert_eq!(verdict.status, VerdictStatus::Incomplete);
    assert_eq!(verdict.reasons, ["the chance of trouble is unknown for 1 package"]);
    case.policy.gate.chance_of_trouble = Some(chance);
    let reasons = case.judge_of(lonely(2000)).verdict.reasons;
    let percent = chance * 100.0;
    assert_eq!(reasons, [format!("chance of trouble of {percent:.0}% in `demo 1.2.0`")]);
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
