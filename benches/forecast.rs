//! Features from release histories, and each forecast: of one package, of a thousand, and what
//! reading the models costs.
#![expect(clippy::unwrap_used, reason = "a bench that cannot set up its world is no bench")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use headwater::forecast::{Timeline, named, names, release_features};
use headwater::model::Features;

/// Above what nine of ten packages in real lockfiles have.
const RELEASES: i32 = 100;
/// About what a large lockfile has.
const PACKAGES: i32 = 1_000;

/// Packages with 1 to 40 releases at different intervals, seen from one day.
fn packages() -> Vec<Timeline> {
    let days = |package: i32| (0..1 + package % 40).map(move |it| it * (5 + package % 90));
    (0..PACKAGES).map(|package| Timeline::new(days(package).collect())).collect()
}

fn forecast(criterion: &mut Criterion) {
    let timeline = Timeline::new((0..RELEASES).map(|release| release * 20).collect());
    let as_of = RELEASES * 20 + 200;
    criterion.bench_function("forecast/features of 100 releases", |bencher| {
        bencher.iter(|| release_features(black_box(&timeline), as_of));
    });
    let timelines = packages();
    let features = || timelines.iter().map(|it| release_features(it, 4_000)).collect();
    criterion.bench_function("forecast/features of 1,000 packages", |bencher| {
        bencher.iter(|| -> Vec<Features> { features() });
    });
    let features = features();
    for id in names() {
        let model = named(id).unwrap();
        let name = |what: &str| format!("forecast/{what} {id}");
        criterion.bench_function(&name("one"), |bencher| {
            bencher.iter(|| model.forecast(black_box(&features[500])));
        });
        criterion.bench_function(&name("1,000"), |bencher| {
            bencher.iter(|| features.iter().map(|it| model.forecast(it).chance).sum::<f64>());
        });
    }
    criterion.bench_function("forecast/models read", |bencher| {
        bencher.iter(|| names().map(|id| named(id).unwrap()));
    });
}

criterion_group!(benches, forecast);
criterion_main!(benches);
