//! What every shipped model must do for any package.

use headwater::forecast::{Timeline, named, names, release_features};
use headwater::model::{Feature, Features, Missing, Observed};
use proptest::prelude::*;

/// Values a feature may have, and beyond.
fn value(feature: Feature) -> BoxedStrategy<Observed<f64>> {
    let most = match feature {
        Feature::SilenceDays | Feature::SpanDays => 9_000.0,
        Feature::SilenceByLongestInterval => 2_000.0,
        // They are weighted by silence, which may be none.
        Feature::DependentsWhileSilent
        | Feature::LockfilesWhileSilent
        | Feature::DisclosuresWhileSilent => 1e-9,
        Feature::CommitSilenceDays => 1.0,
        Feature::ReleaseDays90
        | Feature::ReleaseDays365
        | Feature::ReleaseDays730
        | Feature::ReleaseQuarters
        | Feature::ReleaseDays
        | Feature::SilenceByMeanInterval
        | Feature::SilenceByRecord
        | Feature::FreshReleases
        | Feature::BelowOne
        | Feature::Dependents
        | Feature::DependentsYearBefore
        | Feature::Lockfiles
        | Feature::LockfilesYearBefore
        | Feature::OpenDays
        | Feature::PastDisclosures => 3_000.0,
    };
    prop_oneof![
        1 => Just(Observed::Missing(Missing::NoIndexEntry)),
        4 => (0.0..most).prop_map(|it: f64| Observed::Known(it)),
        1 => Just(Observed::Known(0.0)),
    ]
    .boxed()
}

fn features() -> impl Strategy<Value = Features> {
    Feature::ALL.map(value).to_vec().prop_map(|values| {
        let mut features = Features::missing(Missing::NotAsked);
        for (feature, value) in Feature::ALL.into_iter().zip(values) {
            features = features.with(feature, value);
        }
        // A repository is at most as silent as the package.
        let own = features.get(Feature::SilenceDays).known().copied().unwrap_or(9_000.0);
        let silence = features.get(Feature::CommitSilenceDays).clone().map(|share| share * own);
        features.with(Feature::CommitSilenceDays, silence)
    })
}

fn timeline() -> impl Strategy<Value = Timeline> {
    proptest::collection::vec(0..4_000_i32, 1..40).prop_map(Timeline::new)
}

proptest! {
    #[test]
    fn terms_add_up_to_the_chance(features in features()) {
        for name in names() {
            let forecast = named(name).unwrap().forecast(&features);
            let terms: f64 = forecast.terms.iter().map(|term| term.log_odds).sum();
            let chance = 1.0 / (1.0 + (-(forecast.log_odds + terms)).exp());
            prop_assert!((chance - forecast.chance).abs() < 1e-9);
            prop_assert!(0.0 <= forecast.low && forecast.low <= forecast.chance);
            prop_assert!(forecast.chance <= forecast.high && forecast.high <= 1.0);
        }
    }

    #[test]
    fn what_is_missing_shifts_nothing_and_always_widens(features in features(), at in 0..Feature::ALL.len()) {
        let hidden = Feature::ALL[at];
        let without = features.clone().with(hidden, Observed::Missing(Missing::NotFound));
        for name in names() {
            let model = named(name).unwrap();
            let (known, unknown) = (model.forecast(&features), model.forecast(&without));
            let term = unknown.terms.iter().find(|term| term.feature == hidden);
            prop_assert!(term.is_none_or(|it| it.log_odds == 0.0), "{name} {hidden:?}");
            prop_assert!(unknown.high >= known.high - 1e-12, "{name} {hidden:?}");
            prop_assert!(unknown.low <= known.low + 1e-12, "{name} {hidden:?}");
        }
    }

    #[test]
    fn older_silence_never_lowers(timeline in timeline(), day in 4_000..7_000_i32, more in 0..3_000_i32) {
        for name in ["silence", "silence-with-usage", "unfixed-90", "unfixed-365"] {
            let model = named(name).unwrap();
            let at = |day: i32| model.chance(&release_features(&timeline, day));
            prop_assert!(at(day + more) >= at(day) - 1e-12, "{name}");
        }
    }

    #[test]
    fn commits_never_make_livelier(features in features(), days in 0.0..9_000.0_f64, more in 0.0..3_000.0_f64) {
        let [releases, with] = ["silence-with-usage", "silence-with-commits"].map(|it| named(it).unwrap());
        let at = |days| {
            with.chance(&features.clone().with(Feature::CommitSilenceDays, Observed::Known(days)))
        };
        prop_assert!(at(days) >= releases.chance(&features) - 1e-12);
        prop_assert!(at(days + more) >= at(days) - 1e-12);
    }

    #[test]
    fn later_releases_do_not_exist(days in proptest::collection::vec(0..4_000_i32, 1..40), day in 0..4_000_i32) {
        let before: Vec<i32> = days.iter().copied().filter(|&it| it <= day).collect();
        let (all, before) = (Timeline::new(days), Timeline::new(before));
        prop_assert_eq!(release_features(&all, day), release_features(&before, day));
    }
}
