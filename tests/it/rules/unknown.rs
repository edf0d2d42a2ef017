//! What a missing rating and a missing EPSS score count as.

use headwater::model::{AdvisoryKind, Epss, Missing, Observed, Threat, Tier};
use jiff::civil::date;

use super::gatekeeper::{EXPLOITED, LOW, MEDIUM, of, only};
use super::sample::{Case, RULES};

/// Whatever else is the same, an unrated vulnerability stays below a rated high.
#[test]
fn nothing_stands_above_a_rated_high_for_being_unrated() {
    use AdvisoryKind::Vulnerability;
    const EDGE_OF_HIGH: &str = "CVSS:3.1/AV:A/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:L"; // 6.3
    const LOWEST_HIGH: &str = "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:H/A:H"; // 7.0
    let total = |cvss: &str, categories: &[&str], threat: Observed<Threat>| {
        let mut one = of(Vulnerability, cvss, &[("", "1.3.0")]);
        one.categories = categories.iter().map(|&name| name.into()).collect();
        let mut case = Case::new(vec![one]);
        case.threat = threat;
        only(case.judge()).score.total
    };
    let not_listed = Observed::Known(Threat::NotListed);
    let high = total(LOWEST_HIGH, &[], not_listed.clone());
    let categories = RULES.iter().find(|rule| rule.id == "severity").unwrap();
    let categories: Vec<&str> = categories.missing_category.keys().map(String::as_str).collect();
    assert!(categories.contains(&"denial-of-service") && categories.contains(&"malicious"));
    for category in categories.into_iter().chain(["", "of-tomorrow"]) {
        let unrated = total("", &[category], Observed::Missing(Missing::NoCve));
        // Malicious code is there to do harm: nobody rates it.
        assert_eq!(unrated < high, category != "malicious", "{category}: {unrated}, high {high}");
    }
    // Unknown is not harmless either: above a rated low, and the gravest category counts.
    let unrated = |categories: &[&str]| total("", categories, not_listed.clone());
    assert!(unrated(&[]) > total(LOW, &[], not_listed.clone()));
    assert_eq!(unrated(&["file-disclosure", "denial-of-service"]), unrated(&["denial-of-service"]));
    assert!(unrated(&["file-disclosure"]) < unrated(&["denial-of-service"]));
    assert!(unrated(&["memory-corruption"]) > total(EDGE_OF_HIGH, &[], not_listed.clone()));
}

#[test]
fn a_missing_epss_score_never_makes_a_risk_zero() {
    let score =
        |probability| Observed::Known(Epss { probability, percentile: 0.5, on: date(2026, 8, 20) });
    let missing = Observed::Missing(Missing::NoEpss);
    let unlisted = Observed::Known(Threat::NotListed);
    let unknown = Observed::Missing(Missing::NoCve);
    let cases = [
        (unlisted.clone(), score(0.0999)),
        (unlisted.clone(), missing.clone()),
        (unknown.clone(), missing.clone()),
        (unlisted, score(0.1)),
        (EXPLOITED, missing),
    ];
    let found = cases.map(|(threat, epss)| {
        let mut case = Case::new(vec![of(AdvisoryKind::Vulnerability, MEDIUM, &[("", "")])]);
        (case.threat, case.epss) = (threat, epss);
        let found = only(case.judge());
        found.score.terms.iter().find(|term| term.rule == "threat").unwrap().contribution
    });
    assert!(found.is_sorted_by(|a, b| a < b), "{found:?}");
    assert!(found[0] == 0.0 && found[1] > 0.0, "{found:?}");
    // The list outranks the forecast of it.
    let mut case = Case::new(vec![of(AdvisoryKind::Vulnerability, MEDIUM, &[("", "")])]);
    (case.threat, case.epss) = (EXPLOITED, score(0.001));
    assert_eq!(only(case.judge()).tier, Tier::ActNow);
}
