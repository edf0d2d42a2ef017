//! Numbers and lists in words.

use crate::model::Estimate;

/// A count with a comma between thousands: `1,128`.
pub(super) fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun, whose plural is made with `s`: `1 package`, `1,128 packages`.
pub(super) fn count_of(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(count))
}

/// The first `most` items and how many more there are: `a, b and 3 more`.
pub(super) fn first_few(items: &[String], most: usize) -> String {
    let shown = items[..items.len().min(most)].join(", ");
    match items.len() - items.len().min(most) {
        0 => shown,
        more => format!("{shown} and {} more", thousands(more)),
    }
}

/// Rounds half away from zero to so many decimals, the same in every report. Never -0.
pub(super) fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    let rounded = (value * scale).round() / scale;
    // A value too large to be scaled has no decimals to lose. Adding zero turns -0 into 0.
    if rounded.is_finite() { rounded + 0.0 } else { value }
}

/// A score or a contribution to one, with two decimals.
pub(super) fn points(value: f64) -> String {
    format!("{:.2}", rounded(value, 2))
}

/// A number with at most so many decimals, without trailing zeros.
pub(super) fn decimal(value: f64, decimals: i32) -> String {
    rounded(value, decimals).to_string()
}

/// A number with two digits, or all those before the point: `0.0021`, `1.9`, `371`.
pub(super) fn two_digits(value: f64) -> String {
    // Of zero and of what is no finite number there is no first digit.
    let first_digit = value.abs().log10().floor();
    let decimals = if first_digit.is_finite() { (1.0 - first_digit).clamp(0.0, 9.0) } else { 0.0 };
    decimal(value, decimals as i32)
}

/// How a chance begins that is next to certain.
const OVER: &str = "over";

/// A chance, 0 to 1, in percent. What is not certain is not said to be.
pub(super) fn chance(share: f64) -> String {
    if (0.995..1.0).contains(&share) {
        return format!("{OVER} 99%");
    }
    format!("{}%", two_digits(share * 100.0))
}

/// A number with its interval: `1.9 (1.1 to 3.4)`.
pub(super) fn interval(Estimate { value, low, high }: Estimate) -> String {
    let [value, low, high] = [value, low, high].map(two_digits);
    format!("{value} ({low} to {high})")
}

/// A chance with its interval: `25% (12-40%)`.
pub(super) fn chance_interval(Estimate { value, low, high }: Estimate) -> String {
    let [value, low, high] = [value, low, high].map(chance);
    let ends = match (low.strip_suffix('%'), high.starts_with(OVER)) {
        (Some(_), true) if low.starts_with(OVER) => low,
        (Some(low), false) => format!("{low}-{high}"),
        _ => format!("{low} to {high}"),
    };
    format!("{value} ({ends})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (count, expected) in [(0, "0"), (999, "999"), (1128, "1,128"), (1234567, "1,234,567")] {
            assert_eq!(thousands(count), expected);
        }
        assert_eq!(count_of(1, "package"), "1 package");
        assert_eq!(count_of(1128, "package"), "1,128 packages");
        for (value, expected) in [(3.0, "3"), (3.145_9, "3.15"), (-0.001, "0"), (1e300, "1e300")] {
            assert_eq!(decimal(value, 2).replace(&"0".repeat(300), "e300"), expected);
        }
        let cases = [0.0, 0.002_149, 0.099_9, 1.94, 9.97, 12.3, 371.4, f64::NAN];
        let expected = ["0", "0.0021", "0.1", "1.9", "10", "12", "371", "NaN"];
        assert_eq!(cases.map(two_digits), expected);
        assert_eq!(
            [0.0, 0.012_3, 0.99, 0.998, 1.0].map(chance),
            ["0%", "1.2%", "99%", "over 99%", "100%"]
        );
        let estimate = Estimate { value: 0.25, low: 0.123, high: 1.0 };
        assert_eq!(interval(estimate), "0.25 (0.12 to 1)");
        assert_eq!(chance_interval(estimate), "25% (12-100%)");
        let next_to_certain = Estimate { high: 0.998, ..estimate };
        assert_eq!(chance_interval(next_to_certain), "25% (12% to over 99%)");
        let sure = Estimate { value: 0.997, low: 0.996, high: 0.998 };
        assert_eq!(chance_interval(sure), "over 99% (over 99%)");
        assert_eq!([points(54.285), points(f64::NAN)], ["54.29", "NaN"]);
    }

    #[test]
    fn a_long_list_says_how_many_are_left_out() {
        let items: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        assert_eq!(first_few(&items, 3), "a, b, c");
        assert_eq!(first_few(&items, 2), "a, b and 1 more");
    }
}
