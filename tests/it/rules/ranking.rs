//! Which record of an advisory counts, where a finding stands, and what keeps a verdict open.

use headwater::lens::gatekeeper::Platform;
use headwater::model::{Advisory, AdvisoryKind, VerdictStatus};

use super::gatekeeper::{CRITICAL, HIGH, LOW, of, only};
use super::sample::Case;

#[test]
fn of_the_records_of_one_advisory_the_highest_score_counts() {
    let kind = AdvisoryKind::Vulnerability;
    let [low, high] = [LOW, HIGH].map(|cvss| of(kind, cvss, &[("", "1.3.0")]));
    for list in [vec![low.clone(), high.clone()], vec![high.clone(), low]] {
        let found = only(Case::new(list).judge());
        assert_eq!(found.advisory.as_deref(), Some(&high));
    }
}

/// The places of findings: by tier, then by score.
#[test]
fn a_place_moves_only_where_scores_are_near() {
    let kind = AdvisoryKind::Vulnerability;
    let named = |id: &str, cvss: &str, os: &str| Advisory {
        id: id.into(),
        os: vec![os.into()],
        ..of(kind, cvss, &[("", "1.3.0")])
    };
    let mut case = Case::new(vec![
        named("A-1", LOW, "linux"),
        named("A-2", CRITICAL, "windows"),
        named("A-3", HIGH, "linux"),
        named("A-4", HIGH, "linux"),
    ]);
    case.platforms = vec![Platform { os: "linux".into(), arch: "x86_64".into() }];
    let findings = case.judge().findings;
    let places = findings.iter().map(|it| (it.id(), it.places.first, it.places.last));
    // What is not built for the target is to be watched, as what is of low severity; it ranks by
    // its score. Equal ones keep their order.
    let expected = [("A-3", 1, 1), ("A-4", 2, 2), ("A-2", 3, 4), ("A-1", 3, 4)];
    assert_eq!(places.collect::<Vec<_>>(), expected, "{findings:?}");
}

#[test]
fn what_no_verdict_can_do_without_leaves_it_incomplete() {
    let mut case = Case::new(Vec::new());
    case.gaps = vec!["the lockfile is stale".into()];
    let verdict = case.judge().verdict;
    assert_eq!((verdict.status, verdict.reasons), (VerdictStatus::Incomplete, case.gaps.clone()));
    // A policy that fails on no finding needs nothing to find any.
    case.policy.gate.kinds.clear();
    assert_eq!(case.judge().verdict.status, VerdictStatus::Pass);
}
