//! What advisories measure.

use crate::model::{
    Advisory, Certainty, Epss, Finding, FindingKind, Fix, Measure, Missing, Observed, Presence,
    Severity, Threat,
};

/// The CVSS base score, 0 to 10, or the lowest one of the rating that is stated; missing where there
/// is no advisory, or one without a rating.
pub fn severity(advisory: Option<&Advisory>) -> Observed<Measure> {
    match advisory {
        Some(advisory) => {
            let score = advisory.cvss_score().known().map(|cvss| cvss.score);
            let score = score.or_else(|| advisory.rating.map(Severity::from_score));
            Observed::from_option(score.map(Measure::Number), Missing::NoCvss)
        }
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

/// EPSS probability from which exploitation is likely: about the highest twentieth of all scored
/// vulnerabilities.
pub const LIKELY_FROM: f64 = 0.1;

/// Whether it is known to be exploited, or likely to be, as a class. Without an EPSS score it is
/// what the list of exploited vulnerabilities tells; that it is not listed there is no zero.
pub fn threat(threat: &Observed<Threat>, epss: &Observed<Epss>) -> Observed<Measure> {
    match (threat, epss) {
        (Observed::Known(Threat::Exploited { .. }), _) | (_, Observed::Missing(_)) => {
            threat.clone().map(|threat| Measure::Class(threat.class()))
        }
        (_, Observed::Known(epss)) if epss.probability >= LIKELY_FROM => {
            Observed::Known(Measure::Class("likely"))
        }
        (_, Observed::Known(_)) => Observed::Known(Measure::Class("unlikely")),
    }
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
