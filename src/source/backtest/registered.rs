//! Forecasts written down with their day, to be scored once their outcome is known.

use std::collections::BTreeSet;

use jiff::civil::Date;
use smol_str::SmolStr;

use super::{Cells, day};
use crate::model::{Error, ForecastKind};

/// The line of column names.
pub const COLUMNS: [&str; 8] =
    ["package", "day", "forecast", "chance", "low", "high", "model", "known_until"];

/// A line of the table of registered forecasts.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisteredForecast {
    /// Name of the package, whatever its version.
    pub package: SmolStr,
    /// The day it was made.
    pub day: Date,
    /// What was forecast.
    pub kind: ForecastKind,
    /// The chance, 0 to 1.
    pub chance: f64,
    /// Lower end of its 95% interval.
    pub low: f64,
    /// Upper end of its 95% interval.
    pub high: f64,
    /// The day up to which its model knew what came.
    pub known_until: Date,
}

/// Reads the table of registered forecasts.
///
/// # Errors
/// Where a column is missing, a day, a forecast or a chance is not one, or a forecast stands there
/// twice, with the line.
pub fn registered(text: &str) -> Result<Vec<RegisteredForecast>, Error> {
    let wanted = ["package", "day", "forecast", "chance", "low", "high", "known_until"];
    let mut seen = BTreeSet::new();
    let read = |(line, [package, date, kind, chance, low, high, until]): (usize, [&str; 7])| {
        if !seen.insert([package, date, kind].map(SmolStr::new)) {
            let message = format!("a second forecast of {kind} about `{package}` on {date}");
            return Err(Error::input(message).line(Some(line)).help("keep one of them"));
        }
        let unknown = || Error::input(format!("`{kind}` is not a forecast")).line(Some(line));
        let number = |text: &str| {
            let number = text.parse::<f64>().ok().filter(|it| (0.0..=1.0).contains(it));
            number.ok_or_else(|| {
                Error::input(format!("`{text}` is not a chance from 0 to 1")).line(Some(line))
            })
        };
        Ok(RegisteredForecast {
            package: package.into(),
            day: day(date, line)?,
            kind: ForecastKind::named(kind).ok_or_else(unknown)?,
            chance: number(chance)?,
            low: number(low)?,
            high: number(high)?,
            known_until: day(until, line)?,
        })
    };
    Cells::new(text, wanted)?.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_forecasts_are_read_by_column() {
        let text = "forecast\tpackage\tday\tchance\tlow\thigh\tknown_until\n\
                    silence\tsoap\t2024-01-01\t0.5\t0.25\t1\t2023-01-01\n";
        let read = registered(text).unwrap();
        assert_eq!((read[0].kind, read[0].chance), (ForecastKind::Silence, 0.5));
        for (good, bad) in [("silence\tsoap", "rain\tsoap"), ("0.5", "1.5"), ("0.25", "NaN")] {
            assert_eq!(registered(&text.replace(good, bad)).unwrap_err().line, Some(2), "{bad}");
        }
        let twice = format!("{text}silence\tsoap\t2024-01-01\t0.75\t0.25\t1\t2023-01-01\n");
        let error = registered(&twice).unwrap_err();
        assert_eq!(error.line, Some(3));
        assert!(error.to_string().contains("a second forecast of silence about `soap`"));
    }
}
