//! FIRST's daily table of EPSS scores: its CSV file (<https://www.first.org/epss/data_stats>).

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::Error;

/// The table, as far as it is used.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The day of the scores.
    pub date: Date,
    /// How many scores there are.
    pub total: usize,
    /// Wanted CVE identifiers to probability and percentile, each 0 to 1.
    pub scores: BTreeMap<String, (f64, f64)>,
}

/// Reads the table and keeps the scores of wanted identifiers.
///
/// # Errors
/// Where the text is not such a table: its first line tells the day, its second the columns.
pub fn parse(text: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Table, Error> {
    let wrong = |line: usize, what: &str| {
        Error::input(format!("is no table of EPSS scores: {what}")).line(Some(line))
    };
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let day = first.split_once("score_date:").and_then(|(_, rest)| rest.get(..10)?.parse().ok());
    let date = day.filter(|_| first.starts_with('#')).ok_or_else(|| wrong(1, "no `score_date`"))?;
    if lines.next() != Some("cve,epss,percentile") {
        return Err(wrong(2, "the columns are not `cve,epss,percentile`"));
    }
    let (mut total, mut scores) = (0, BTreeMap::new());
    for (number, line) in lines.enumerate() {
        let mut fields = line.split(',');
        let cve = fields.next().unwrap_or_default();
        let mut share = || fields.next()?.parse::<f64>().ok().filter(|it| (0.0..=1.0).contains(it));
        let (Some(probability), Some(percentile)) = (share(), share()) else {
            return Err(wrong(number + 3, "not an identifier and two shares"));
        };
        if !cve.starts_with("CVE-") {
            return Err(wrong(number + 3, "not an identifier and two shares"));
        }
        total += 1;
        if wanted(cve) {
            scores.insert(cve.to_owned(), (probability, percentile));
        }
    }
    if total == 0 { Err(wrong(3, "no score")) } else { Ok(Table { date, total, scores }) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TABLE: &str = "#model_version:v2026.06.15,score_date:2026-09-29T12:00:22Z\n\
                         cve,epss,percentile\nCVE-1999-0001,0.03351,0.88255\n\
                         CVE-2024-0001,0.5,0.99\n";

    #[test]
    fn wanted_scores_are_kept_and_all_are_counted() {
        let table = parse(TABLE, &|cve| cve == "CVE-2024-0001").unwrap();
        let scores = BTreeMap::from([("CVE-2024-0001".to_owned(), (0.5, 0.99))]);
        assert_eq!(table, Table { date: date(2026, 9, 29), total: 2, scores });
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_line() {
        let cases = [
            (String::new(), 1),
            ("<html>".to_owned(), 1),
            (TABLE.replace("#model", "model"), 1),
            (TABLE.replace("2026-09-29", "2026-99-29"), 1),
            (TABLE.replace("cve,epss", "epss,cve"), 2),
            (TABLE.replace("0.03351", "1.5"), 3),
            (TABLE.replace(",0.99", ""), 4),
            (TABLE.replace("CVE-2024", "GHSA-2024"), 4),
            (TABLE.lines().take(2).collect::<Vec<_>>().join("\n"), 3),
        ];
        for (text, line) in cases {
            assert_eq!(parse(&text, &|_| true).unwrap_err().line, Some(line), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC*", field in "\\PC{0,9}") {
            let _ = parse(&text, &|_| true);
            let _ = parse(&TABLE.replace("0.5", &field), &|_| true);
            let _ = parse(&TABLE.replace("2026-09-29", &field), &|_| true);
        }
    }
}
