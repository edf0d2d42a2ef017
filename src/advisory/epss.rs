//! Scores of FIRST's Exploit Prediction Scoring System (EPSS) for the vulnerabilities that
//! advisories name: a text to keep, looked up by CVE identifier.
//!
//! The first line names the table, its day, and how many scores it was taken from; then comes one
//! line for each vulnerability, its CVE identifier, probability and percentile, ascending by
//! identifier. Fields are separated by a tab.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::{Advisory, AdvisoryKind, Epss, Error, Missing, Observed};

/// Name of the table.
pub const NAME: &str = "FIRST EPSS";

/// The scores of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// The day they are of.
    pub date: Date,
    /// How many scores the source had, kept or not: an update that has far fewer is not believed.
    pub total: usize,
    /// CVE identifier to probability and percentile.
    pub scores: BTreeMap<String, (f64, f64)>,
}

impl Scores {
    /// The table as text.
    pub fn to_text(&self) -> String {
        let mut text = format!("{NAME}\t{}\t{}\n", self.date, self.total);
        for (cve, (probability, percentile)) in &self.scores {
            text.push_str(&format!("{cve}\t{probability}\t{percentile}\n"));
        }
        text
    }

    /// Reads what [`Scores::to_text`] wrote.
    ///
    /// # Errors
    /// Where it is not such a text.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let damaged = |line: usize| Error::input("is no table of EPSS scores").line(Some(line));
        let mut lines = text.lines();
        let head = lines.next().and_then(|first| {
            let (date, total) = first.strip_prefix(NAME)?.strip_prefix('\t')?.split_once('\t')?;
            Some((date.parse().ok()?, total.parse().ok()?))
        });
        let (date, total) = head.ok_or_else(|| damaged(1))?;
        let score = |(number, line): (usize, &str)| {
            let mut fields = line.split('\t');
            let cve = fields.next().unwrap_or_default();
            let mut share = || fields.next()?.parse().ok().filter(|it| (0.0..=1.0).contains(it));
            match (share(), share()) {
                (Some(probability), Some(percentile)) => {
                    Ok((cve.to_owned(), (probability, percentile)))
                }
                _ => Err(damaged(number + 2)),
            }
        };
        let scores = lines.enumerate().map(score).collect::<Result<_, Error>>()?;
        Ok(Self { date, total, scores })
    }

    /// The score of what an advisory speaks of, the highest of its identifiers. Scores of a later
    /// day than `on` were not known then.
    pub fn of(&self, advisory: &Advisory, on: Date) -> Observed<Epss> {
        let names = || [&advisory.id].into_iter().chain(&advisory.aliases);
        if matches!(advisory.kind, AdvisoryKind::Unmaintained | AdvisoryKind::Notice)
            || !names().any(|name| name.starts_with("CVE-"))
        {
            return Observed::Missing(Missing::NoCve);
        }
        let scores = names().filter_map(|name| self.scores.get(name));
        let highest = scores.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|_| self.date <= on);
        let epss = highest.map(|&(probability, percentile)| Epss {
            probability,
            percentile,
            on: self.date,
        });
        Observed::from_option(epss, Missing::NoEpss)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::advisory::tests::advisory;

    fn scores() -> Scores {
        let scores = [("CVE-2024-0001", (0.25, 0.9)), ("CVE-2024-0002", (0.00042, 0.05))];
        let scores = scores.map(|(cve, score)| (cve.to_owned(), score)).into();
        Scores { date: date(2024, 5, 6), total: 300_000, scores }
    }

    #[test]
    fn what_was_written_is_read_and_damage_is_named() {
        let text = scores().to_text();
        assert!(text.starts_with("FIRST EPSS\t2024-05-06\t300000\nCVE-2024-0001\t0.25\t0.9\n"));
        assert_eq!(Scores::from_text(&text).unwrap(), scores());
        let cases = [
            (String::new(), 1),
            (text.replace("FIRST", "LAST"), 1),
            (text.replace("300000", "many"), 1),
            (text.replace("0.25", "1.25"), 2),
            (text.replace("0.00042", "NaN"), 3),
            (text.replace("\t0.05", ""), 3),
        ];
        for (text, line) in cases {
            assert_eq!(Scores::from_text(&text).unwrap_err().line, Some(line), "{text}");
        }
    }

    #[test]
    fn a_score_is_of_the_gravest_name_and_unknown_is_no_score() {
        let of = |aliases: &[&str], kind, on| {
            let advisory = Advisory {
                aliases: aliases.iter().map(|&name| name.into()).collect(),
                kind,
                ..advisory("A-1", "demo", "", "")
            };
            scores().of(&advisory, on).map(|epss| epss.probability)
        };
        use AdvisoryKind::{Unmaintained, Vulnerability};
        let (day, before) = (date(2024, 5, 6), date(2024, 5, 5));
        let both = ["CVE-2024-0002", "CVE-2024-0001"];
        let unknown = Observed::Missing(Missing::NoEpss);
        assert_eq!(of(&both, Vulnerability, day), Observed::Known(0.25));
        assert_eq!(of(&both[..1], Vulnerability, day), Observed::Known(0.00042));
        assert_eq!(of(&both, Vulnerability, before), unknown);
        assert_eq!(of(&["CVE-2024-0003"], Vulnerability, day), unknown);
        assert_eq!(of(&["GHSA-x"], Vulnerability, day), Observed::Missing(Missing::NoCve));
        assert_eq!(of(&both, Unmaintained, day), Observed::Missing(Missing::NoCve));
    }
}
