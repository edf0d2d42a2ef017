//! How grave a vulnerability is: CVSS base scores and their ratings.

use cvss::Cvss;

/// A CVSS base score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CvssScore {
    /// 0.0 to 10.0.
    pub score: f64,
    /// The qualitative rating of the specification the vector follows.
    pub severity: Severity,
}

/// Qualitative severity rating (CVSS v3.1 section 5, CVSS v4.0 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// 0.0
    None,
    /// 0.1 to 3.9
    Low,
    /// 4.0 to 6.9
    Medium,
    /// 7.0 to 8.9
    High,
    /// 9.0 to 10.0
    Critical,
}

impl Severity {
    /// The rating of a base score.
    pub fn of(score: f64) -> Self {
        match score {
            s if s >= 9.0 => Self::Critical,
            s if s >= 7.0 => Self::High,
            s if s >= 4.0 => Self::Medium,
            s if s > 0.0 => Self::Low,
            _ => Self::None,
        }
    }

    /// The rating of a name, in any case; `moderate` is what some databases call medium.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "none" => Some(Self::None),
            "low" => Some(Self::Low),
            "medium" | "moderate" => Some(Self::Medium),
            "high" => Some(Self::High),
            "critical" => Some(Self::Critical),
            _ => None,
        }
    }

    /// The lowest base score that has the rating.
    pub fn from_score(self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Low => 0.1,
            Self::Medium => 4.0,
            Self::High => 7.0,
            Self::Critical => 9.0,
        }
    }

    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl CvssScore {
    /// Reads a CVSS vector of version 2, 3.0, 3.1 or 4.0. `None` where it cannot be read.
    ///
    /// Temporal and environmental metrics of versions 2 and 3 do not count. Version 4.0 has no
    /// score without the threat and environmental metrics that a vector states: they count.
    pub fn parse(vector: &str) -> Option<Self> {
        let vector: Cvss = vector.parse().ok()?;
        if let Cvss::CvssV30(vector) | Cvss::CvssV31(vector) = &vector
            && !has_base_metrics(vector)
        {
            return None;
        }
        let score = vector.score();
        Some(Self { score, severity: Severity::of(score) })
    }
}

/// Versions 2 and 4 are refused by the parser where one is lacking; in version 3 it would count
/// as harmless.
fn has_base_metrics(vector: &cvss::v3::Vector) -> bool {
    vector.av.is_some()
        && vector.ac.is_some()
        && vector.pr.is_some()
        && vector.ui.is_some()
        && vector.s.is_some()
        && vector.c.is_some()
        && vector.i.is_some()
        && vector.a.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cvss_vectors_of_every_version_have_a_base_score() {
        // Scores by the calculators of the specifications.
        let cases = [
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P", Some((7.5, Severity::High))),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some((9.8, Severity::Critical))),
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C",
                Some((9.8, Severity::Critical)),
            ),
            ("CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:N/I:N/A:H", Some((4.7, Severity::Medium))),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Some((0.0, Severity::None))),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                Some((9.3, Severity::Critical)),
            ),
            ("CVSS:3.1/AV:N", None),
            ("CVSS:3.1/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", None),
            ("CVSS:4.0/AV:N", None),
            ("AV:N/AC:L", None),
            ("", None),
            ("\u{1f980}", None),
        ];
        for (vector, expected) in cases {
            let score = CvssScore::parse(vector).map(|it| (it.score, it.severity));
            assert_eq!(score, expected, "{vector}");
        }
    }

    #[test]
    fn ratings_are_named_as_databases_name_them() {
        for (name, expected) in [("MODERATE", Severity::Medium), ("high", Severity::High)] {
            assert_eq!(Severity::named(name), Some(expected));
            assert_eq!(Severity::of(expected.from_score()), expected);
        }
        assert_eq!(Severity::named("urgent"), None);
    }
}
