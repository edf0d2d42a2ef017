//! The trend for people: a table of the risk, and a table of what came.

use jiff::civil::Date;

use crate::model::{Estimate, Outcome, Trend, TrendRow};
use crate::report::Options;
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
use crate::report::words::{count_of, rounded, thousands};

/// Digits of a commit that are shown.
const COMMIT_SHOWN: usize = 10;

const RISK: [Column; 10] = [
    Column { title: "day", align: Align::Left, from_width: 0 },
    Column { title: "commit", align: Align::Left, from_width: 96 },
    Column { title: "packages", align: Align::Right, from_width: 76 },
    Column { title: "vulnerabilities", align: Align::Right, from_width: 0 },
    Column { title: "no fix", align: Align::Right, from_width: 66 },
    Column { title: "unsound", align: Align::Right, from_width: 56 },
    Column { title: "unmaintained", align: Align::Right, from_width: 56 },
    Column { title: "notices", align: Align::Right, from_width: 116 },
    Column { title: "releases unknown", align: Align::Right, from_width: 116 },
    Column { title: "expected", align: Align::Right, from_width: 0 },
];

const OUTCOMES: [Column; 6] = [
    Column { title: "day", align: Align::Left, from_width: 0 },
    Column { title: "disclosures expected", align: Align::Right, from_width: 0 },
    Column { title: "came", align: Align::Right, from_width: 0 },
    Column { title: "unfixed expected", align: Align::Right, from_width: 60 },
    Column { title: "left unfixed", align: Align::Right, from_width: 60 },
    Column { title: "not known", align: Align::Right, from_width: 90 },
];

/// Writes the trend.
pub(super) fn render(trend: &Trend, options: &Options) -> String {
    let mut page = Page::new(options);
    page.heading(&format!("Trend of {} since {}", trend.lockfile, trend.since));
    page.line(2, Tone::Plain, &shown(trend));
    page.blank();
    let rows: Vec<Row> = trend.rows.iter().map(|row| plain(risk(row).into())).collect();
    table(&mut page, &RISK, &rows);
    page.blank();
    page.line(
        2,
        Tone::Faint,
        "expected: packages with a vulnerability or unsoundness disclosed within 365 days that has \
         no fixed release 90 days later, as a sum of chances from what was known on the day",
    );
    if !trend.not_known.is_empty() {
        let titles: Vec<&str> = trend.not_known.iter().map(|feature| feature.title()).collect();
        let message = format!(
            "not known of any package: {}; that shifts nothing and widens the intervals",
            titles.join(", ")
        );
        page.line(2, Tone::Caution, &message);
    }
    write_outcomes(&mut page, trend);
    page.finish()
}

fn shown(trend: &Trend) -> String {
    let commits = count_of(trend.commits, "commit");
    let changed = format!("{commits} changed it by {}", trend.as_of);
    match trend.rows.len() {
        rows if rows == trend.commits => changed,
        rows => format!("{changed}; {} are shown, at even steps", thousands(rows)),
    }
}

fn risk(row: &TrendRow) -> [String; 10] {
    // What is seldom has no place in narrow pages where there is none of it.
    let seldom = |count: usize| if count == 0 { String::new() } else { thousands(count) };
    [
        row.day.to_string(),
        row.commit.chars().take(COMMIT_SHOWN).collect(),
        thousands(row.packages),
        thousands(row.findings.vulnerability),
        thousands(row.without_fix),
        thousands(row.findings.unsound),
        thousands(row.findings.unmaintained),
        seldom(row.findings.notice),
        seldom(row.without_history),
        format!("{:.3}", rounded(row.expected.exposure.value, 3)),
    ]
}

fn write_outcomes(page: &mut Page, trend: &Trend) {
    page.heading("What was forecast, and what came within 365 days");
    let past = trend.rows.iter().filter_map(|row| Some((row, row.outcome?)));
    let rows: Vec<Row> = past.map(|(row, came)| plain(outcome(row, came).into())).collect();
    if !rows.is_empty() {
        table(page, &OUTCOMES, &rows);
        page.blank();
    }
    let open = trend.rows.len() - rows.len();
    if open > 0 {
        let until = match trend.known_until {
            Some(day) => format!("what came is known until {day}"),
            None => "the day of the advisory database is not known".to_owned(),
        };
        let rows = count_of(open, "row");
        page.line(2, Tone::Plain, &format!("{rows} of which it is not known: {until}"));
    }
    let is_before = |day: Date| trend.rows.iter().any(|row| row.outcome.is_some() && row.day < day);
    if let Some(day) = trend.level_until.filter(|day| is_before(*day)) {
        let level = format!(
            "how many disclosures there are in all was set by what was known by {day}: earlier \
             rows test only which packages they are in"
        );
        page.line(2, Tone::Caution, &level);
    }
    let day = trend.fitted_until;
    if is_before(day) {
        let fitted =
            format!("the models were fitted on what was known by {day}: earlier rows test nothing");
        page.line(2, Tone::Caution, &fitted);
    }
    if rows.len() > 1 {
        page.line(
            2,
            Tone::Faint,
            "the days of neighbouring rows overlap: a disclosure counts in each of them",
        );
    }
}

fn outcome(row: &TrendRow, came: Outcome) -> [String; 6] {
    [
        row.day.to_string(),
        interval(row.expected.disclosures),
        thousands(came.disclosed),
        interval(row.expected.exposure),
        thousands(came.unfixed),
        thousands(came.undecided),
    ]
}

/// `1.25 (0.50-2.00)`.
fn interval(Estimate { value, low, high }: Estimate) -> String {
    let [value, low, high] = [value, low, high].map(|it| rounded(it, 2));
    format!("{value:.2} ({low:.2}-{high:.2})")
}

fn plain(cells: Vec<String>) -> Row {
    Row { group: None, cells, details: Vec::new() }
}
