//! Models as files: `rules/forecast/*.toml`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::model::{Direction, Level, Model, Provenance, Term};
use super::shape::Shape;
use crate::model::{Error, Feature, ForecastKind};

/// Digits that numbers are written with; more would differ between machines.
const DIGITS: usize = 6;
/// Characters to a line of prose.
const WIDTH: usize = 116;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelFile {
    id: String,
    forecast: String,
    title: String,
    why: String,
    reference: String,
    intercept: f64,
    calibration_error: f64,
    /// Lower triangle, row by row.
    covariance: Vec<Vec<f64>>,
    provenance: ProvenanceFile,
    terms: Vec<TermFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvenanceFile {
    command: String,
    data: String,
    from: String,
    until: String,
    examples: usize,
    events: usize,
    packages: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<LevelFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelFile {
    until: String,
    examples: usize,
    events: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TermFile {
    title: String,
    phrase: String,
    feature: String,
    shape: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<f64>,
    to: f64,
    direction: String,
    coefficient: f64,
    mean: f64,
}

/// Reads a model.
///
/// # Errors
/// Where it is no model file, or its numbers do not fit together.
pub fn parse(text: &str) -> Result<Model, Error> {
    let file: ModelFile = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
        Error::input(format!("is no forecast model: {}", error.message())).line(line)
    })?;
    let kinds = ForecastKind::ALL.map(ForecastKind::name);
    let kind = ForecastKind::named(&file.forecast)
        .ok_or_else(|| unknown("forecast", &file.forecast, &kinds))?;
    let terms = file.terms.into_iter().map(term).collect::<Result<Vec<_>, _>>()?;
    let provenance = Provenance {
        command: file.provenance.command,
        data: file.provenance.data,
        from: day(&file.provenance.from)?,
        until: day(&file.provenance.until)?,
        examples: file.provenance.examples,
        events: file.provenance.events,
        packages: file.provenance.packages,
        level: file.provenance.level.map(level).transpose()?,
    };
    let model = Model {
        id: file.id,
        kind,
        title: file.title,
        why: file.why,
        reference: file.reference,
        intercept: file.intercept,
        calibration_error: file.calibration_error,
        covariance: full(&file.covariance, terms.len() + 1)?,
        terms,
        provenance,
    };
    check(model)
}

fn level(LevelFile { until, examples, events }: LevelFile) -> Result<Level, Error> {
    Ok(Level { until: day(&until)?, examples, events })
}

fn day(text: &str) -> Result<Date, Error> {
    let written = || Error::input(format!("`{text}` is no day; write 2024-12-31"));
    text.parse().map_err(|_| written())
}

fn term(file: TermFile) -> Result<Term, Error> {
    let feature = Feature::named(&file.feature)
        .ok_or_else(|| unknown("feature", &file.feature, &Feature::ALL.map(Feature::name)))?;
    let shape = shape(&file)?;
    let names = ["raises", "lowers", "either"];
    let direction = match file.direction.as_str() {
        "raises" => Direction::Raises,
        "lowers" => Direction::Lowers,
        "either" => Direction::Either,
        other => return Err(unknown("direction", other, &names)),
    };
    Ok(Term {
        title: file.title,
        phrase: file.phrase,
        feature,
        shape,
        direction,
        coefficient: file.coefficient,
        mean: file.mean,
    })
}

fn shape(file: &TermFile) -> Result<Shape, Error> {
    let (from, to) = (file.from.unwrap_or_default(), file.to);
    if !(0.0 <= from && from <= to && to.is_finite()) {
        return Err(Error::input(format!("`{}` does not rise from 0 or more", file.title)));
    }
    match file.shape.as_str() {
        "doublings" => Ok(Shape::Doublings { from, to }),
        "linear" => Ok(Shape::Linear { to }),
        "at-most" => Ok(Shape::AtMost { to }),
        other => Err(unknown("shape", other, &["doublings", "linear", "at-most"])),
    }
}

/// The whole of a symmetric matrix from its lower triangle.
fn full(lower: &[Vec<f64>], size: usize) -> Result<Vec<Vec<f64>>, Error> {
    let fits = lower.len() == size && lower.iter().enumerate().all(|(i, row)| row.len() == i + 1);
    if !fits {
        let message = format!("`covariance` is no lower triangle of {size} rows");
        return Err(Error::input(message).help("have `headwater forecast fit` write the file"));
    }
    let entry = |i: usize, j: usize| lower[i.max(j)][i.min(j)];
    Ok((0..size).map(|i| (0..size).map(|j| entry(i, j)).collect()).collect())
}

fn check(model: Model) -> Result<Model, Error> {
    let numbers = model.terms.iter().flat_map(|it| [it.coefficient, it.mean]);
    let covariance = model.covariance.iter().flatten().copied();
    let mut all = numbers.chain(covariance).chain([model.intercept, model.calibration_error]);
    if !all.all(f64::is_finite) {
        return Err(Error::input("a number of the forecast model is not finite"));
    }
    for term in &model.terms {
        if !term.direction.allows(term.coefficient) {
            return Err(Error::input(format!("`{}` contradicts its direction", term.title)));
        }
    }
    Ok(model)
}

fn unknown(what: &str, name: &str, known: &[&str]) -> Error {
    Error::input(format!("`{name}` is no {what}")).help(format!("known are {}", known.join(", ")))
}

/// Writes a model as it is kept in `rules/forecast`.
pub fn write(model: &Model) -> Result<String, Error> {
    let lower = |(i, row): (usize, &Vec<f64>)| row[..=i].iter().map(|&it| rounded(it)).collect();
    let provenance = &model.provenance;
    let file = ModelFile {
        id: model.id.clone(),
        forecast: model.kind.name().to_owned(),
        title: model.title.clone(),
        why: model.why.clone(),
        reference: model.reference.clone(),
        intercept: rounded(model.intercept),
        calibration_error: rounded(model.calibration_error),
        covariance: model.covariance.iter().enumerate().map(lower).collect(),
        provenance: ProvenanceFile {
            command: provenance.command.clone(),
            data: provenance.data.clone(),
            from: provenance.from.to_string(),
            until: provenance.until.to_string(),
            examples: provenance.examples,
            events: provenance.events,
            packages: provenance.packages,
            level: provenance.level.as_ref().map(|level| LevelFile {
                until: level.until.to_string(),
                examples: level.examples,
                events: level.events,
            }),
        },
        terms: model.terms.iter().map(term_file).collect(),
    };
    let text = toml::to_string(&file)
        .map_err(|error| Error::input(format!("the model cannot be written: {error}")))?;
    // One row of the matrix to a line, and the reason in lines that can be read.
    let text = text.replace("covariance = [[", "covariance = [\n  [");
    let text = text.replace("], [", "],\n  [").replace("]]\n\n[prov", "],\n]\n\n[prov");
    let start = text.find("why = ").unwrap_or_default();
    let (before, rest) = text.split_at(start);
    let (_, after) = rest.split_once('\n').unwrap_or_default();
    Ok(format!("{before}why = \"\"\"\n{}\"\"\"\n{after}", folded(&model.why)))
}

/// Text for a TOML multi-line string: lines of at most [`WIDTH`] characters, joined by the
/// backslash that hides a line end.
fn folded(text: &str) -> String {
    let (mut folded, mut width) = (String::new(), 0);
    for word in text.replace('\\', "\\\\").replace('"', "\\\"").split_inclusive(' ') {
        if width + word.len() > WIDTH {
            folded.push_str("\\\n");
            width = 0;
        }
        folded.push_str(word);
        width += word.len();
    }
    folded
}

fn term_file(term: &Term) -> TermFile {
    let direction = match term.direction {
        Direction::Raises => "raises",
        Direction::Lowers => "lowers",
        Direction::Either => "either",
    };
    let (shape, from, to) = match term.shape {
        Shape::Doublings { from, to } => ("doublings", Some(from), to),
        Shape::Linear { to } => ("linear", None, to),
        Shape::AtMost { to } => ("at-most", None, to),
    };
    TermFile {
        title: term.title.clone(),
        phrase: term.phrase.clone(),
        feature: term.feature.name().to_owned(),
        shape: shape.to_owned(),
        from,
        to,
        direction: direction.to_owned(),
        coefficient: rounded(term.coefficient),
        mean: rounded(term.mean),
    }
}

/// To six significant digits.
fn rounded(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return number;
    }
    let text = format!("{number:.*e}", DIGITS - 1);
    text.parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{named, names, shipped};

    #[test]
    fn shipped_models_are_read_and_written_alike() {
        for kind in ForecastKind::ALL {
            assert_eq!(shipped(kind).unwrap().kind, kind);
        }
        for name in names() {
            let model = named(name).unwrap();
            assert_eq!(model.id, name);
            assert_eq!(parse(&write(&model).unwrap()).unwrap(), model);
        }
    }

    #[test]
    fn damaged_files_are_refused() {
        let text = write(&shipped(ForecastKind::Disclosure).unwrap()).unwrap();
        let cases = [
            ("forecast = \"disclosure\"", "forecast = \"weather\"", "`weather` is no forecast"),
            ("feature = \"dependents\"", "feature = \"mood\"", "`mood` is no feature"),
            ("direction = \"raises\"", "direction = \"lowers\"", "contradicts its direction"),
            ("covariance = [", "covariance = [[1.0], ", "no lower triangle"),
            ("intercept = ", "intercept = nan # ", "not finite"),
            ("[provenance]", "surprise = 1\n[provenance]", "unknown field"),
        ];
        for (from, to, expected) in cases {
            let error = parse(&text.replacen(from, to, 1)).unwrap_err();
            assert!(error.message.contains(expected), "{to}: {}", error.message);
        }
    }

    #[test]
    fn numbers_keep_six_digits() {
        assert_eq!(rounded(1.234_567_89), 1.234_57);
        assert_eq!(rounded(-0.000_012_345_678), -0.000_012_345_7);
        assert_eq!(rounded(0.0), 0.0);
    }
}
