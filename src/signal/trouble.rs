//! What advisories measure.

use crate::model::{
    Advisory, Certainty, Finding, FindingKind, Fix, Measure, Missing, Observed, Presence, Threat,
};

/// The CVSS base score, 0 to 10; missing where there is no advisory or no readable vector.
pub fn severity(advisory: Option<&Advisory>) -> Observed<Measure> {
    match advisory {
        Some(advisory) => advisory.cvss_score().map(|cvss| Measure::Number(cvss.score)),
        None => Observed::Missing(Missing::NoCvss),
    }
}

/// The presence as a class.
pub fn presence(presence: Presence) -> Observed<Measure> {
    Observed::Known(Measure::Class(presence.name()))
}

/// The certainty as a class.
pub fn certainty(certainty: Certainty) -> Observed<Measure> {
    Observed::Known(Measure::Class(certainty.name()))
}

/// Whether it is known to be exploited, as a class.
pub fn threat(threat: &Observed<Threat>) -> Observed<Measure> {
    threat.clone().map(|threat| Measure::Class(threat.class()))
}

/// The way out as a class.
pub fn way_out(fix: &Fix) -> Observed<Measure> {
    Observed::Known(Measure::Class(fix.class()))
}

/// Number of vulnerabilities and soundness issues that no release fixes, as far as is known; an
/// advisory about several locked versions counts once.
pub fn open_vulnerabilities(findings: &[&Finding]) -> Observed<Measure> {
    let mut open: Vec<&str> = findings
        .iter()
        .filter(|finding| matches!(finding.kind, FindingKind::Vulnerability | FindingKind::Unsound))
        .filter(|finding| finding.fix == Fix::None)
        .map(|finding| finding.id())
        .collect();
    open.sort_unstable();
    open.dedup();
    Observed::Known(Measure::Number(open.len() as f64))
}
