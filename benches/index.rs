//! Cargo's local index to facts: parsed (cold), remembered (memoised) and measured (cadence) at 100 and 1,000 packages.
#![expect(clippy::unwrap_used, reason = "a bench that cannot set up its world is no bench")]

use std::fmt::Write;
use std::fs;
use std::path::Path;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use headwater::model::{Package, Registry, Source};
use headwater::signal::cadence::cadence;
use headwater::world::cache::CacheDir;
use headwater::world::cargo_home::CargoHome;
use headwater::world::registry::load;
use jiff::civil::date;

const REGISTRY: &str = "sparse+https://registry.example/index/";
/// About what a large real lockfile has on average.
const RELEASES: usize = 45;
const DEPENDENCIES: usize = 8;

fn index_file() -> String {
    let mut dependencies = String::new();
    for at in 0..DEPENDENCIES {
        write!(
            dependencies,
            r#"{{"name":"dependency-{at}","req":"^1.{at}","features":["std"],"optional":false,
               "default_features":true,"target":null,"kind":"normal"}},"#
        )
        .unwrap();
    }
    let dependencies = dependencies.trim_end_matches(',');
    let mut file = "\x03\x02\0\0\0Unknown\0".to_owned();
    for at in 0..RELEASES {
        write!(
            file,
            "1.{at}.0\0{{\"name\":\"package\",\"vers\":\"1.{at}.0\",\"deps\":[{dependencies}],\
             \"cksum\":\"{:064}\",\"features\":{{\"default\":[\"std\"],\"std\":[]}},\
             \"yanked\":false,\"pubtime\":\"20{:02}-06-01T00:00:00Z\"}}\0",
            0,
            10 + at / 3
        )
        .unwrap();
    }
    file
}

/// A Cargo home with that many packages, and the packages.
fn home(packages: usize, folder: &Path) -> (CargoHome, Vec<Package>) {
    let registry = tame_index::utils::url_to_local_dir(REGISTRY, true).unwrap().dir_name;
    let cache = folder.join("registry/index").join(registry).join(".cache/pa/ck");
    fs::create_dir_all(&cache).unwrap();
    let content = index_file();
    let package = |at| {
        let name = format!("package-{at}");
        fs::write(cache.join(&name), &content).unwrap();
        let source = Source::Registry(Registry::Other(REGISTRY.into()));
        Package { name, version: "1.20.0".parse().unwrap(), source }
    };
    let packages = (0..packages).map(package).collect();
    (CargoHome::locate(Some(folder.to_owned()), folder).0, packages)
}

fn index(criterion: &mut Criterion) {
    for size in [100, 1_000] {
        let folder = tempfile::tempdir().unwrap();
        let (home, packages) = home(size, folder.path());
        let cache_in = |name: &str| CacheDir::locate(Some(folder.path().join(name)));
        let memo = cache_in("memo");
        let facts = load(&packages, &home, &memo, &|_, _| {});
        let mut group = criterion.benchmark_group(format!("index/{size}"));

        let cold = cache_in("cold");
        group.bench_function("cold", |bencher| {
            bencher.iter_batched(
                || fs::remove_dir_all(folder.path().join("cold")),
                |_| load(&packages, &home, &cold, &|_, _| {}),
                BatchSize::PerIteration,
            );
        });
        group.bench_function("memoised", |bencher| {
            bencher.iter(|| load(&packages, &home, &memo, &|_, _| {}));
        });
        let day = date(2026, 1, 1);
        group.bench_function("cadence", |bencher| {
            bencher.iter(|| {
                let histories = facts.histories.iter().filter_map(|history| history.known());
                histories.map(|history| cadence(history, "1.20.0", day)).collect::<Vec<_>>()
            });
        });
    }
}

criterion_group!(benches, index);
criterion_main!(benches);
