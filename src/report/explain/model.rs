//! What a forecast model says, what it looks at, and where its numbers come from.

use crate::forecast::{Direction, Level, Model, Shape, Term};
use crate::model::ForecastKind;
use crate::report::page::{Page, Tone};
use crate::report::table::{Align, Column, Row, table};
use crate::report::words::{chance, decimal, thousands};
use crate::report::{Options, models};

use super::rule::paragraphs;

const COLUMNS: [Column; 5] = [
    Column { title: "log-odds", align: Align::Right, from_width: 0 },
    Column { title: "for", align: Align::Left, from_width: 0 },
    Column { title: "of", align: Align::Left, from_width: 0 },
    Column { title: "the chance is", align: Align::Left, from_width: 72 },
    Column { title: "mean level", align: Align::Right, from_width: 72 },
];

/// Explains a forecast model: what it forecasts and why so, its terms, where the numbers come from,
/// how it is tested, and its limits.
pub fn model(model: &Model, options: &Options) -> String {
    let mut page = Page::new(options);
    page.heading(&format!("{}: {}", model.id, model.title));
    page.line(2, Tone::Plain, question(model.kind));
    paragraphs(&mut page, &model.why);
    page.heading("Model");
    let average = chance(1.0 / (1.0 + (-model.intercept).exp()));
    page.field("average", &format!("{average}, log-odds {}", decimal(model.intercept, 4)));
    page.field("chance", "log-odds = average + sum of log-odds x (level - mean) of the terms");
    page.blank();
    table(&mut page, &COLUMNS, &model.terms.iter().map(row).collect::<Vec<_>>());
    page.heading("Provenance");
    write_provenance(&mut page, model);
    page.heading("Tests");
    let figures = "`headwater forecast evaluate` prints figures on years and packages not fitted, \
                   beside what people use; README.md has them";
    page.line(2, Tone::Plain, figures);
    let error = format!(
        "intervals are widened by {}, the calibration error on packages not fitted",
        chance(model.calibration_error)
    );
    page.line(2, Tone::Plain, &error);
    page.heading("Limits");
    page.line(2, Tone::Plain, limits(model.kind));
    let models = models();
    if [&models.silence_with_usage.id, &models.disclosure.id].contains(&&model.id) {
        let when = "an audit forecasts with it where `rules/forecast/usage.tsv` knows the package";
        page.line(2, Tone::Plain, when);
    }
    if model.id == models.silence_with_commits.id {
        let when = "an audit forecasts with it where the usage of the package and the commits of \
                    its repository are known";
        page.line(2, Tone::Plain, when);
    }
    let missing = "a fact that is unknown leaves the chance where the known ones put it and widens \
                   the interval; the model is of packages of the public registry";
    page.line(2, Tone::Plain, missing);
    page.heading("Reference");
    page.line(2, Tone::Plain, &model.reference);
    page.finish()
}

fn question(kind: ForecastKind) -> &'static str {
    match kind {
        ForecastKind::Silence => "Will there be no release in the next 365 days?",
        ForecastKind::Unfixed90Days => {
            "If a vulnerability were disclosed today, will no fixed release be out 90 days later?"
        }
        ForecastKind::Unfixed365Days => {
            "If a vulnerability were disclosed today, will no fixed release be out 365 days later?"
        }
        ForecastKind::StillUnfixed => {
            "Will a vulnerability without a fixed release have none 365 days later either?"
        }
        ForecastKind::Disclosure => {
            "Will a vulnerability or unsoundness be disclosed in the next 365 days?"
        }
        ForecastKind::Trouble => {
            "Within 24 months, will it be declared unmaintained, leave a disclosure without a fix \
             for 90 days, or lose half of its dependents without a release?"
        }
    }
}

fn limits(kind: ForecastKind) -> &'static str {
    match kind {
        ForecastKind::Silence => "silence is no fault: small things get finished",
        ForecastKind::Unfixed90Days | ForecastKind::Unfixed365Days | ForecastKind::StillUnfixed => {
            "fitted on few disclosures, of packages that somebody looked at; the last release of \
             the project is that of its packages in the lockfile"
        }
        ForecastKind::Disclosure => {
            "advisories are reported where people look: it says where reports will come, not where \
             flaws are"
        }
        ForecastKind::Trouble => {
            "fitted on about a hundred packages, most of them declared unmaintained: notices are \
             written about packages that somebody still uses"
        }
    }
}

fn row(term: &Term) -> Row {
    let effect = match (term.coefficient == 0.0, term.direction) {
        (true, _) => "not moved: the data would contradict the direction",
        (false, Direction::Raises) => "raised",
        (false, Direction::Lowers) => "lowered",
        (false, Direction::Either) if term.coefficient > 0.0 => "raised, by the data",
        (false, Direction::Either) => "lowered, by the data",
    };
    Row {
        group: None,
        cells: vec![
            decimal(term.coefficient, 4),
            shape(term.shape),
            term.title.clone(),
            effect.to_owned(),
            decimal(term.mean, 4),
        ],
        details: Vec::new(),
    }
}

fn shape(shape: Shape) -> String {
    let number = |value| decimal(value, 2);
    match shape {
        Shape::Doublings { from, to } => {
            format!("each doubling, {} to {}", number(from), number(to))
        }
        Shape::Linear { to } => format!("each one, to {}", number(to)),
        Shape::AtMost { to } => format!("at most {}", number(to)),
    }
}

fn write_provenance(page: &mut Page, model: &Model) {
    let provenance = &model.provenance;
    let [examples, events, packages] =
        [provenance.examples, provenance.events, provenance.packages].map(thousands);
    page.field("fitted on", &format!("{examples} examples of {packages} packages"));
    page.field("came true", &format!("{events} of them"));
    let (from, until) = (provenance.from, provenance.until);
    page.field("days", &format!("forecast from {from} on, outcomes known by {until}"));
    if let Some(Level { until, examples, events }) = provenance.level {
        let [examples, events] = [examples, events].map(thousands);
        let later = format!("{events} of {examples} examples came true, known by {until}");
        page.field("level", &format!("set by later years: {later}"));
    }
    page.field("data", &provenance.data);
    page.field("command", &provenance.command);
}
