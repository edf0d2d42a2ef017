//! Use and disclosures, as far as a package is silent.

use crate::model::{Feature, Features, Observed};

/// From so many days without a release a package counts as silent to some degree, and from so
/// many wholly.
const SILENT_FROM_DAYS: f64 = 180.0;

const SILENT_UNTIL_DAYS: f64 = 1095.0;

/// The same with the features that weight use and earlier disclosures by silence. Of a package that
/// is not silent they are 0, whoever uses it.
pub fn while_silent(features: Features) -> Features {
    let silence = features.get(Feature::SilenceDays).clone();
    let share = silence.map(silent_share);
    let pairs = [
        (Feature::Dependents, Feature::DependentsWhileSilent),
        (Feature::Lockfiles, Feature::LockfilesWhileSilent),
        (Feature::PastDisclosures, Feature::DisclosuresWhileSilent),
    ];
    pairs.into_iter().fold(features, |features, (of, weighted)| {
        let value = match (features.get(of), &share) {
            (Observed::Known(value), Observed::Known(share)) => Observed::Known(value * share),
            (Observed::Missing(_), Observed::Known(share)) if *share == 0.0 => Observed::Known(0.0),
            (Observed::Missing(why), _) | (_, Observed::Missing(why)) => Observed::Missing(*why),
        };
        features.with(weighted, value)
    })
}

/// How much of the way from half a year to three years without a release is gone, in doublings,
/// 0 to 1.
pub(super) fn silent_share(days: f64) -> f64 {
    let doublings = |days: f64| ((1.0 + days) / (1.0 + SILENT_FROM_DAYS)).log2();
    let silent = days.clamp(SILENT_FROM_DAYS, SILENT_UNTIL_DAYS);
    doublings(silent) / doublings(SILENT_UNTIL_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Missing;

    #[test]
    fn use_counts_as_far_as_a_package_is_silent() {
        let known = |silence: f64| {
            let features = Features::missing(Missing::NotAsked)
                .with(Feature::SilenceDays, Observed::Known(silence))
                .with(Feature::Lockfiles, Observed::Known(40.0));
            let features = while_silent(features);
            // Who depends on it is not known, and does not matter of what is not silent.
            let dependents = features.get(Feature::DependentsWhileSilent).known().copied();
            assert_eq!(dependents, (silence <= 180.0).then_some(0.0));
            *features.get(Feature::LockfilesWhileSilent).known().unwrap()
        };
        assert_eq!([0.0, 180.0, 1095.0, 4000.0].map(known), [0.0, 0.0, 40.0, 40.0]);
        // log2(444 / 181) / log2(1096 / 181) = 0.4983
        assert!((known(443.0) - 40.0 * 0.4983).abs() < 0.01);
    }
}
