//! Usage of packages as features, and the table of it.

use jiff::civil::Date;
use smol_str::SmolStr;

use super::tables::Tables;
use super::timeline::day_number;
use crate::model::{Feature, Features, Observed};
use crate::source::usage::{DatedUsage, Usage};

/// Features with what the table of usage tells.
#[must_use]
pub fn with_usage(mut features: Features, usage: &DatedUsage) -> Features {
    let values = [
        (Feature::Dependents, usage.now.dependents),
        (Feature::DependentsYearBefore, usage.year_before.dependents),
        (Feature::Lockfiles, usage.now.lockfiles),
        (Feature::LockfilesYearBefore, usage.year_before.lockfiles),
    ];
    for (feature, value) in values {
        features = features.with(feature, Observed::Known(f64::from(value)));
    }
    features
}

/// The usage of every package on each of these days; none before its first release.
pub fn usage(tables: &Tables, days: &[Date]) -> Vec<(SmolStr, Vec<Option<Usage>>)> {
    let on = |package: &super::PackageRecord, day: Date| {
        let day = day_number(day);
        package.timeline.last(day)?;
        let features = tables.features(package, day);
        let count = |feature| features.get(feature).known().map(|&value| value as u32);
        Some(Usage {
            dependents: count(Feature::Dependents)?,
            lockfiles: count(Feature::Lockfiles)?,
        })
    };
    let row = |package: &super::PackageRecord| {
        (package.name.clone(), days.iter().map(|&day| on(package, day)).collect())
    };
    tables.packages.iter().map(row).collect()
}
