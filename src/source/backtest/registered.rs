//! Forecasts written down with their day, to be scored once their outcome is known.

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
}

/// Reads the table of registered forecasts.
///
/// # Errors
/// Where a column is missing, or a day, a forecast or a chance is not one, with the line.
pub fn registered(text: &str) -> Result<Vec<RegisteredForecast>, Error> {
    let wanted = ["package", "day", "forecast", "chance", "low", "high"];
    let read = |(line, [package, date, kind, chance, low, high]): (usize, [&str; 6])| {
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
        })
    };
    Cells::new(text, wanted)?.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_forecasts_are_read_by_column() {
        let text = "forecast\tpackage\tday\tchance\tlow\thigh\tmodel\n\
                    silence\tsoap\t2024-01-01\t0.5\t0.25\t1\tsilence\n";
        let read = registered(text).unwrap();
        assert_eq!((read[0].kind, read[0].chance), (ForecastKind::Silence, 0.5));
        for (good, bad) in [("silence\tsoap", "rain\tsoap"), ("0.5", "1.5"), ("0.25", "NaN")] {
            assert_eq!(registered(&text.replace(good, bad)).unwrap_err().line, Some(2), "{bad}");
        }
    }
}
