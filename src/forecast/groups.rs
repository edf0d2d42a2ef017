//! Packages that share something: a repository, or its owner.

use std::collections::BTreeMap;

use super::tables::PackageRecord;

/// Places of packages by what they share; one that shares nothing known is alone.
pub(super) fn groups<'a>(
    packages: &'a [PackageRecord],
    shared: impl Fn(&'a PackageRecord) -> Option<&'a str>,
) -> Vec<Vec<u32>> {
    let mut by_name = BTreeMap::<&str, Vec<u32>>::new();
    let mut groups = Vec::new();
    for (place, package) in packages.iter().enumerate() {
        match shared(package) {
            Some(name) => by_name.entry(name).or_default().push(place as u32),
            None => groups.push(vec![place as u32]),
        }
    }
    groups.extend(by_name.into_values());
    groups
}
