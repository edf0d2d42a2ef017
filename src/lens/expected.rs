//! From the forecasts about packages to what is to be expected of several of them.

use crate::model::{Estimate, Expected, Forecast, Outlook};

/// What is to be expected of packages in the next year, from the forecasts about each. Without
/// packages nothing is expected.
pub fn expected<'a>(outlooks: impl Iterator<Item = &'a Outlook>) -> Expected {
    let nothing = Estimate { value: 0.0, low: 0.0, high: 0.0 };
    let mut expected =
        Expected { packages: 0, disclosures: nothing, unfixed: nothing, exposure: nothing };
    let mut unfixed = nothing;
    for outlook in outlooks {
        let (disclosure, fix) = (estimate(&outlook.disclosure), estimate(&outlook.unfixed_90));
        expected.packages += 1;
        add(&mut expected.disclosures, disclosure, 1.0);
        add(&mut expected.exposure, times(disclosure, fix), 1.0);
        add(&mut unfixed, fix, disclosure.value);
    }
    let disclosures = expected.disclosures.value;
    if disclosures > 0.0 {
        add(&mut expected.unfixed, unfixed, 1.0 / disclosures);
    }
    expected
}

fn estimate(forecast: &Forecast) -> Estimate {
    Estimate { value: forecast.chance, low: forecast.low, high: forecast.high }
}

fn times(a: Estimate, b: Estimate) -> Estimate {
    Estimate { value: a.value * b.value, low: a.low * b.low, high: a.high * b.high }
}

fn add(sum: &mut Estimate, other: Estimate, weight: f64) {
    sum.value += weight * other.value;
    sum.low += weight * other.low;
    sum.high += weight * other.high;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Features, ForecastKind, Missing};

    fn forecast(kind: ForecastKind, chance: f64) -> Forecast {
        let (low, high) = (chance / 2.0, (chance * 1.5).min(1.0));
        Forecast { kind, chance, low, high, log_odds: 0.0, terms: Vec::new() }
    }

    fn outlook(disclosure: f64, unfixed: f64) -> Outlook {
        Outlook {
            silence: forecast(ForecastKind::Silence, 0.5),
            unfixed_90: forecast(ForecastKind::Unfixed90Days, unfixed),
            unfixed_365: forecast(ForecastKind::Unfixed365Days, unfixed),
            disclosure: forecast(ForecastKind::Disclosure, disclosure),
            trouble: forecast(ForecastKind::Trouble, 0.1),
            features: Features::missing(Missing::NotAsked),
        }
    }

    fn close(estimate: Estimate, value: f64, low: f64, high: f64) -> bool {
        let pairs = [(estimate.value, value), (estimate.low, low), (estimate.high, high)];
        pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-12)
    }

    #[test]
    fn by_hand() {
        // One package that is looked at and keeps up, one that is neither.
        let two = [outlook(0.08, 0.1), outlook(0.02, 0.6)];
        let expected = expected(two.iter());
        assert_eq!(expected.packages, 2);
        assert!(close(expected.disclosures, 0.1, 0.05, 0.15), "{expected:?}");
        // 0.08 x 0.1 + 0.02 x 0.6; the ends are the products of the ends.
        assert!(close(expected.exposure, 0.02, 0.005, 0.045 * 0.02 / 0.02), "{expected:?}");
        // The mean chance of no fix, weighted by the chance of a disclosure.
        assert!(close(expected.unfixed, 0.2, 0.1, 0.3), "{expected:?}");
        let product = expected.disclosures.value * expected.unfixed.value;
        assert!((product - expected.exposure.value).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_expected_of_no_package() {
        let none = expected(std::iter::empty());
        assert_eq!((none.packages, none.exposure.high, none.unfixed.high), (0, 0.0, 0.0));
    }
}
