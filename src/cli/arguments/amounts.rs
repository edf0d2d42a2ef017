//! Amounts, shares and currencies as they are written.

use crate::model::WHOLE_BASIS_POINTS;

/// Hundredths of an amount written with at most two decimals: `5000`, `99.5`, `0.01`.
pub(in crate::cli) fn parse_hundredths(text: &str) -> Result<u64, String> {
    let wrong = || "write it as 5000 or 5000.00".to_owned();
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if !is_digits(whole) || !is_digits(part) || part.len() > 2 {
        return Err(wrong());
    }
    let part: u64 = format!("{part:0<2}").parse().map_err(|_| wrong())?;
    let whole: Option<u64> = whole.parse().ok();
    let hundredths = whole.and_then(|whole| whole.checked_mul(100)?.checked_add(part));
    hundredths.ok_or_else(|| format!("more than {} is too much", u64::MAX / 100))
}

/// Hundredths of a percent, 0 to 100%, with at most two decimals; a percent sign may follow.
pub(in crate::cli) fn parse_percent(text: &str) -> Result<u32, String> {
    let parsed = parse_hundredths(text.trim_end_matches('%')).ok();
    let basis_points = parsed.and_then(|it| u32::try_from(it).ok());
    basis_points
        .filter(|it| *it <= WHOLE_BASIS_POINTS)
        .ok_or_else(|| "write a percentage from 0 to 100".to_owned())
}

/// A code in the form of ISO 4217, in capitals.
pub(in crate::cli) fn parse_currency(text: &str) -> Result<String, String> {
    if text.len() == 3 && text.bytes().all(|it| it.is_ascii_alphabetic()) {
        Ok(text.to_ascii_uppercase())
    } else {
        Err("write the three letters of ISO 4217, such as USD".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_whole_hundredths() {
        let cases = [
            ("0", Some(0)),
            ("5000", Some(500_000)),
            ("99.5", Some(9950)),
            ("0.01", Some(1)),
            ("184467440737095516.15", Some(u64::MAX)),
            ("184467440737095516.16", None),
            ("99999999999999999999999", None),
            ("", None),
            (".5", None),
            ("5.", None),
            ("1.234", None),
            ("-1", None),
            ("+1", None),
            ("1e3", None),
            ("1,000", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_hundredths(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn percentages_and_currencies() {
        let cases =
            [("20", Some(2000)), ("12.5%", Some(1250)), ("100", Some(10_000)), ("101", None)];
        for (text, expected) in cases {
            assert_eq!(parse_percent(text).ok(), expected, "{text}");
        }
        assert_eq!(parse_currency("eur").as_deref(), Ok("EUR"));
        for wrong in ["", "EURO", "E1R", "€"] {
            assert!(parse_currency(wrong).is_err(), "{wrong}");
        }
    }
}
