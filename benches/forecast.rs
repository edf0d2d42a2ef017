//! One package: features from its release history, and each forecast with its interval and terms.
#![expect(clippy::unwrap_used, reason = "a bench that cannot set up its world is no bench")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use headwater::forecast::{Timeline, release_features, shipped};
use headwater::model::ForecastKind;

/// Above what nine of ten packages in real lockfiles have.
const RELEASES: i32 = 100;

fn forecast(criterion: &mut Criterion) {
    let timeline = Timeline::new((0..RELEASES).map(|release| release * 20).collect());
    let as_of = RELEASES * 20 + 200;
    criterion.bench_function("forecast/features of 100 releases", |bencher| {
        bencher.iter(|| release_features(black_box(&timeline), as_of));
    });
    let features = release_features(&timeline, as_of);
    for kind in ForecastKind::ALL {
        let model = shipped(kind).unwrap();
        criterion.bench_function(&format!("forecast/{}", kind.name()), |bencher| {
            bencher.iter(|| model.forecast(black_box(&features)));
        });
    }
}

criterion_group!(benches, forecast);
criterion_main!(benches);
