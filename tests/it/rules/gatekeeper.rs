//! The gatekeeper: scenarios to tiers, platforms, waivers, the verdict.

use headwater::lens::gatekeeper::{Judgement, Platform};
use headwater::model::{
    Advisory, AdvisoryKind, Certainty, Finding, FindingKind, Missing, Observed, Place, Presence,
    Threat, Tier, VerdictStatus, Waiver,
};
use headwater::rule::WaiverRequest;
use jiff::civil::date;
use proptest::prelude::*;

use super::sample::{Case, advisory, history, place};

pub(super) const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"; // 9.8
pub(super) const HIGH: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"; // 7.5
pub(super) const MEDIUM: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"; // 5.3
pub(super) const LOW: &str = "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:N/I:N/A:L"; // 2.2

pub(super) fn only(judgement: Judgement) -> Finding {
    assert_eq!(judgement.findings.len(), 1);
    judgement.findings.into_iter().next().unwrap()
}

pub(super) fn of(kind: AdvisoryKind, cvss: &str, ranges: &[(&str, &str)]) -> Advisory {
    let cvss = (!cvss.is_empty()).then(|| cvss.to_owned());
    Advisory { cvss, ..advisory("A-1", kind, ranges) }
}

/// A finding by kind, CVSS vector, presence, depth, certainty, and whether an update exists.
fn finding(
    kind: AdvisoryKind,
    cvss: &str,
    presence: Presence,
    depth: u32,
    certainty: Certainty,
    update: bool,
) -> Finding {
    let ranges: &[_] = if update { &[("", "1.3.0")] } else { &[("", "")] };
    let mut case = Case::new(vec![of(kind, cvss, ranges)]);
    case.presence = presence;
    let built = !matches!(presence, Presence::OtherTarget | Presence::Inactive);
    case.place = built.then(|| place(depth, 0.005));
    case.advisories[0].1 = certainty;
    only(case.judge())
}

#[test]
fn scenarios_and_their_tiers() {
    use AdvisoryKind::{Notice, Unmaintained, Unsound, Vulnerability};
    use Certainty::{Exact, Possible};
    use Presence::{Build, Dev, Inactive, OtherTarget, ProcMacro, Runtime, Unknown};
    use Tier::{ActNow, Note, Plan, Watch};
    let cases = [
        // kind, CVSS, presence, depth, certainty, update exists, expected
        (Vulnerability, CRITICAL, Runtime, 1, Exact, true, ActNow),
        (Vulnerability, CRITICAL, Runtime, 7, Exact, true, ActNow),
        (Vulnerability, CRITICAL, Runtime, 7, Exact, false, ActNow),
        (Vulnerability, CRITICAL, Unknown, 4, Exact, true, ActNow),
        (Vulnerability, CRITICAL, Build, 4, Exact, true, ActNow),
        (Vulnerability, CRITICAL, Dev, 1, Exact, true, Plan),
        (Vulnerability, CRITICAL, OtherTarget, 0, Exact, true, Watch),
        (Vulnerability, CRITICAL, Inactive, 0, Exact, true, Note),
        (Vulnerability, CRITICAL, Runtime, 1, Possible, true, Plan),
        (Vulnerability, HIGH, Runtime, 1, Exact, true, ActNow),
        (Vulnerability, HIGH, Runtime, 2, Exact, true, ActNow),
        (Vulnerability, HIGH, Runtime, 7, Exact, true, Plan),
        (Vulnerability, HIGH, Runtime, 4, Exact, false, Plan),
        (Vulnerability, HIGH, ProcMacro, 4, Exact, true, Plan),
        (Vulnerability, HIGH, OtherTarget, 0, Exact, true, Watch),
        (Vulnerability, HIGH, OtherTarget, 0, Exact, false, Watch),
        (Vulnerability, "", Runtime, 4, Exact, true, Plan),
        (Vulnerability, "", Runtime, 4, Exact, false, Watch),
        (Vulnerability, MEDIUM, Runtime, 1, Exact, true, Plan),
        (Vulnerability, MEDIUM, Runtime, 4, Exact, true, Plan),
        (Vulnerability, MEDIUM, Runtime, 4, Exact, false, Watch),
        (Vulnerability, LOW, Runtime, 4, Exact, true, Watch),
        (Vulnerability, LOW, Runtime, 4, Exact, false, Note),
        (Vulnerability, LOW, Dev, 4, Exact, false, Note),
        (Unsound, "", Runtime, 1, Exact, true, Plan),
        (Unsound, "", Runtime, 1, Exact, false, Plan),
        (Unsound, "", Runtime, 4, Exact, false, Watch),
        (Unsound, CRITICAL, Runtime, 1, Exact, true, Plan),
        (Unmaintained, "", Runtime, 1, Exact, false, Plan),
        (Unmaintained, "", Runtime, 2, Exact, false, Watch),
        (Unmaintained, "", Runtime, 6, Exact, false, Note),
        (Unmaintained, "", ProcMacro, 3, Exact, false, Note),
        (Unmaintained, "", Dev, 4, Exact, false, Note),
        (Notice, "", Runtime, 1, Exact, true, Watch),
    ];
    for (kind, cvss, presence, depth, certainty, update, expected) in cases {
        let finding = finding(kind, cvss, presence, depth, certainty, update);
        let subject = (kind, cvss, presence, depth, certainty, update);
        assert_eq!(finding.tier, expected, "{subject:?} scores {}", finding.score.total);
    }
}

#[test]
fn a_score_by_hand() {
    // 7.5 lies at 5/19 between 7.0 (0.64) and 8.9 (0.8); depth 4 at 1/3 between 0.25 and 0.
    let finding =
        finding(AdvisoryKind::Vulnerability, HIGH, Presence::Runtime, 4, Certainty::Exact, true);
    let terms: Vec<_> =
        finding.score.terms.iter().map(|term| (&*term.rule, term.contribution)).collect();
    let expected = [
        ("certainty", 11.0),
        ("depth", 11.0 * 0.25 * 2.0 / 3.0),
        ("fix", 13.0),
        ("presence", 16.0),
        ("reach", 4.0 * 0.125),
        ("severity", 37.0 * (0.64 + 0.16 * 5.0 / 19.0)),
        ("threat", 8.0 * 0.05),
    ];
    assert_eq!(terms.len(), expected.len());
    for ((rule, contribution), (name, by_hand)) in terms.into_iter().zip(expected) {
        assert_eq!(rule, name);
        assert!((contribution - by_hand).abs() < 1e-9, "{rule}: {contribution}, not {by_hand}");
    }
    assert!((finding.score.total - 67.971).abs() < 1e-3, "{}", finding.score.total);
}

pub(super) const EXPLOITED: Observed<Threat> =
    Observed::Known(Threat::Exploited { since: date(2026, 2, 3) });

#[test]
fn what_is_exploited_is_urgent_wherever_it_is_built() {
    use AdvisoryKind::{Unsound, Vulnerability};
    use Certainty::{Exact, Possible};
    use Presence::{Build, Dev, Inactive, OtherTarget, ProcMacro, Runtime, Unknown};
    use Tier::{ActNow, Note, Plan, Watch};
    let cases = [
        (Vulnerability, LOW, Runtime, Exact, ActNow),
        (Vulnerability, "", Build, Exact, ActNow),
        (Vulnerability, LOW, ProcMacro, Exact, ActNow),
        (Vulnerability, LOW, Unknown, Exact, ActNow),
        (Vulnerability, CRITICAL, Dev, Exact, Plan),
        (Vulnerability, CRITICAL, OtherTarget, Exact, Watch),
        (Vulnerability, CRITICAL, Inactive, Exact, Note),
        (Vulnerability, CRITICAL, Runtime, Possible, Plan),
        (Unsound, LOW, Runtime, Exact, Plan),
    ];
    for (kind, cvss, presence, certainty, expected) in cases {
        let mut case = Case::new(vec![of(kind, cvss, &[("", "")])]);
        (case.presence, case.place, case.threat) = (presence, Some(place(9, 0.0)), EXPLOITED);
        case.advisories[0].1 = certainty;
        let finding = only(case.judge());
        assert_eq!(finding.tier, expected, "{kind:?} {cvss} {presence:?} {certainty:?}");
        assert_eq!(finding.threat, EXPLOITED);
    }
}

#[test]
fn an_advisory_for_another_platform_is_labelled() {
    let platform = |os: &str, arch: &str| Platform { os: os.into(), arch: arch.into() };
    let linux = platform("linux", "x86_64");
    let windows = platform("windows", "x86");
    let cases = [
        (&["windows"][..], &[][..], vec![linux.clone()], Presence::OtherTarget),
        (&["windows"], &[], vec![linux.clone(), windows.clone()], Presence::Runtime),
        (&["windows"], &["x86_64"], vec![linux.clone(), windows], Presence::OtherTarget),
        (&["linux"], &[], vec![linux.clone()], Presence::Runtime),
        (&[], &["arm"], vec![linux], Presence::OtherTarget),
        (&["windows"], &[], vec![], Presence::Runtime),
    ];
    for (os, arch, platforms, expected) in cases {
        let mut one = of(AdvisoryKind::Vulnerability, CRITICAL, &[("", "1.3.0")]);
        one.os = os.iter().map(|&name| name.into()).collect();
        one.arch = arch.iter().map(|&name| name.into()).collect();
        let mut case = Case::new(vec![one]);
        case.platforms = platforms;
        let found = only(case.judge());
        assert_eq!(found.presence, expected, "{os:?} {arch:?}");
        assert_eq!(found.fails_gate, expected == Presence::Runtime);
    }
}

#[test]
fn the_default_gate_fails_on_built_vulnerabilities_only() {
    for kind in [AdvisoryKind::Unsound, AdvisoryKind::Unmaintained, AdvisoryKind::Notice] {
        let judgement = Case::new(vec![of(kind, CRITICAL, &[("", "1.3.0")])]).judge();
        assert_eq!(judgement.verdict.status, VerdictStatus::Pass, "{kind:?}");
    }
    for presence in Presence::ALL {
        let mut case = Case::new(vec![of(AdvisoryKind::Vulnerability, LOW, &[("", "")])]);
        case.presence = presence;
        let built = !matches!(presence, Presence::OtherTarget | Presence::Inactive);
        let expected = if built { VerdictStatus::Fail } else { VerdictStatus::Pass };
        assert_eq!(case.judge().verdict.status, expected, "{presence:?}");
        case.advisories[0].1 = Certainty::Possible;
        assert_eq!(case.judge().verdict.status, VerdictStatus::Pass, "{presence:?}");
    }
    let verdict = Case::new(vec![of(AdvisoryKind::Vulnerability, HIGH, &[("", "1.3.0")])]).judge();
    let reasons = ["vulnerability A-1 in `demo 1.2.0` (runtime, plan)"];
    assert_eq!(verdict.verdict.reasons, reasons);
}

#[test]
fn a_gate_may_ask_for_urgency() {
    let mut case = Case::new(vec![of(AdvisoryKind::Vulnerability, MEDIUM, &[("", "1.3.0")])]);
    case.place = Some(place(1, 0.0));
    case.policy.gate.tier = Tier::ActNow;
    assert_eq!(case.judge().verdict.status, VerdictStatus::Pass);
    case.policy.gate.tier = Tier::Plan;
    assert_eq!(case.judge().verdict.status, VerdictStatus::Fail);
}

#[test]
fn a_policy_on_yanked_releases_needs_to_know_them() {
    let mut case = Case::new(Vec::new());
    case.yanked = Observed::Known(true);
    let found = only(case.judge());
    assert_eq!((found.kind, found.id()), (FindingKind::Yanked, "yanked"));
    assert!(!found.fails_gate);
    case.policy.gate.kinds.insert(FindingKind::Yanked);
    assert_eq!(case.judge().verdict.status, VerdictStatus::Fail);
    for (why, expected) in [
        (Missing::NoIndexEntry, VerdictStatus::Incomplete),
        (Missing::NotFromRegistry, VerdictStatus::Pass),
    ] {
        case.yanked = Observed::Missing(why);
        assert_eq!(case.judge().verdict.status, expected, "{why:?}");
    }
    case.yanked = Observed::Missing(Missing::NoIndexEntry);
    let reasons = case.judge().verdict.reasons;
    assert!(reasons[0].starts_with("yanked or not is unknown for 1 package: "), "{reasons:?}");
}

#[test]
fn waivers_hold_until_their_day_and_stale_ones_are_named() {
    let request = |id: &str, package: Option<&str>, until| WaiverRequest {
        id: id.into(),
        package: package.map(Into::into),
        waiver: Waiver { reason: "not called".into(), until },
    };
    let cases = [
        (request("A-1", None, None), true, ""),
        (request("CVE-A-1", None, None), true, ""),
        (request("A-1", Some("demo"), Some(date(2026, 8, 21))), true, ""),
        (request("A-1", None, Some(date(2026, 8, 20))), false, "expired after 2026-08-20"),
        (request("A-1", Some("other"), None), false, "waiver of `A-1` for `other` matches no"),
        (request("A-2", None, None), false, "waiver of `A-2` matches no finding"),
        (
            request("A-2", None, Some(date(2026, 8, 21))),
            false,
            "waiver of `A-2` matches no finding",
        ),
    ];
    for (waiver, holds, complaint) in cases {
        let mut case = Case::new(vec![of(AdvisoryKind::Vulnerability, HIGH, &[("", "1.3.0")])]);
        case.policy.waivers = vec![waiver.clone()];
        let judgement = case.judge();
        assert_eq!(judgement.findings[0].waiver.is_some(), holds, "{waiver:?}");
        assert_eq!(judgement.verdict.status == VerdictStatus::Pass, holds, "{waiver:?}");
        assert_eq!(judgement.findings[0].fails_gate, !holds);
        let complaints: Vec<_> = judgement.diagnostics.iter().map(|one| &one.message).collect();
        assert_eq!(complaints.len(), usize::from(!holds), "{complaints:?}");
        assert!(complaints.iter().all(|message| message.contains(complaint)), "{complaints:?}");
    }
}

#[test]
fn one_finding_for_each_advisory_in_order_of_urgency() {
    let kind = AdvisoryKind::Vulnerability;
    let named =
        |id: &str, cvss: &str| Advisory { id: id.into(), ..of(kind, cvss, &[("", "1.3.0")]) };
    let list = [named("A-3", LOW), named("A-2", HIGH), named("A-1", HIGH), named("A-2", HIGH)];
    // Whichever of the two matches of one advisory is the less sure.
    for possible in [1, 3] {
        let mut case = Case::new(list.to_vec());
        case.advisories[possible].1 = Certainty::Possible;
        let findings = case.judge().findings;
        let ids: Vec<_> = findings.iter().map(Finding::id).collect();
        assert_eq!(ids, ["A-1", "A-2", "A-3"]);
        assert_eq!(findings[1].certainty, Certainty::Exact, "{possible}");
        assert!(findings[1].fails_gate, "{possible}");
    }
}

fn built() -> impl Strategy<Value = Option<Place>> {
    proptest::option::of((0u32..20, 0.0f64..=1.0).prop_map(|(depth, reach)| place(depth, reach)))
}

proptest! {
    #[test]
    fn terms_add_up_and_stay_in_bounds(
        place in built(),
        presence in prop::sample::select(Presence::ALL.to_vec()),
        cvss in prop::sample::select(vec!["", "nonsense", LOW, MEDIUM, HIGH, CRITICAL]),
        kind in prop::sample::select(vec![
            AdvisoryKind::Vulnerability,
            AdvisoryKind::Unsound,
            AdvisoryKind::Unmaintained,
            AdvisoryKind::Notice,
        ]),
        known in any::<bool>(),
    ) {
        let mut case = Case::new(vec![of(kind, cvss, &[("", "1.3.0")])]);
        (case.place, case.presence) = (place, presence);
        if !known {
            case.history = Observed::Missing(Missing::NoIndexEntry);
        }
        let score = only(case.judge()).score;
        let sum: f64 = score.terms.iter().map(|term| term.contribution).sum();
        prop_assert!((sum - score.total).abs() < 1e-9);
        prop_assert!((0.0..=100.0).contains(&score.total));
        let weights: f64 = score.terms.iter().map(|term| term.weight).sum();
        prop_assert_eq!(weights, 100.0);
    }

    #[test]
    fn a_listing_never_lowers_a_score_or_an_urgency(
        place in built(),
        presence in prop::sample::select(Presence::ALL.to_vec()),
        cvss in prop::sample::select(vec!["", LOW, MEDIUM, HIGH, CRITICAL]),
        kind in prop::sample::select(vec![
            AdvisoryKind::Vulnerability,
            AdvisoryKind::Unsound,
            AdvisoryKind::Unmaintained,
            AdvisoryKind::Notice,
        ]),
    ) {
        let mut case = Case::new(vec![of(kind, cvss, &[("", "")])]);
        (case.place, case.presence) = (place, presence);
        let unknown = Observed::Missing(Missing::NewerThanList);
        let found = [Observed::Known(Threat::NotListed), unknown, EXPLOITED].map(|threat| {
            case.threat = threat;
            only(case.judge())
        });
        prop_assert!(found.is_sorted_by(|a, b| a.score.total < b.score.total));
        // Tiers are ordered most urgent first.
        prop_assert!(found.is_sorted_by(|a, b| a.tier >= b.tier));
    }

    #[test]
    fn not_knowing_never_lowers_a_score(place in built(), reach in 0.0f64..=0.01) {
        // What an ordinary healthy case has: three edges away, little depends on it.
        let total = |place: Option<Place>, known: bool, presence: Presence| {
            let mut case = Case::new(vec![of(AdvisoryKind::Vulnerability, "", &[("", "1.3.0")])]);
            (case.place, case.presence) = (place, presence);
            if !known {
                case.history = Observed::Missing(Missing::NoPublishTimes);
            }
            only(case.judge()).score.total
        };
        let ordinary = super::sample::place(3, reach);
        prop_assert!(total(None, true, Presence::Runtime) >= total(Some(ordinary), true, Presence::Runtime));
        prop_assert!(total(place.clone(), false, Presence::Runtime) >= total(place.clone(), true, Presence::Runtime));
        prop_assert!(total(place.clone(), true, Presence::Unknown) >= total(place, true, Presence::Runtime));
    }
}

#[test]
fn a_higher_base_score_never_lowers_the_score() {
    let totals = [LOW, MEDIUM, HIGH, CRITICAL].map(|cvss| {
        let case = Case::new(vec![of(AdvisoryKind::Vulnerability, cvss, &[("", "1.3.0")])]);
        only(case.judge()).score.total
    });
    assert!(totals.is_sorted_by(|a, b| a < b), "{totals:?}");
}

#[test]
fn a_release_without_history_is_still_judged() {
    let mut case = Case::new(vec![of(AdvisoryKind::Vulnerability, HIGH, &[("", "1.3.0")])]);
    case.history = history(&[]);
    assert_eq!(only(case.judge()).fix.class(), "released");
}
