//! The rating of a vulnerability, from every record that speaks of it.

use std::collections::BTreeMap;

use crate::model::Advisory;

/// Gives records without a rating the vector and rating of a rated one that shares an identifier
/// with them. All are about one package.
pub(super) fn share(advisories: &mut [Advisory]) {
    if advisories.len() < 2 || advisories.iter().all(Advisory::is_rated) {
        return;
    }
    let mut rated: BTreeMap<String, usize> = BTreeMap::new();
    for (position, advisory) in advisories.iter().enumerate() {
        if advisory.is_rated() {
            for name in names(advisory) {
                rated.entry(name).or_insert(position);
            }
        }
    }
    for position in 0..advisories.len() {
        if advisories[position].is_rated() {
            continue;
        }
        let other = names(&advisories[position]).find_map(|name| rated.get(&name).copied());
        if let Some(other) = other {
            advisories[position].cvss = advisories[other].cvss.clone();
            advisories[position].rating = advisories[other].rating;
        }
    }
}

fn names(advisory: &Advisory) -> impl Iterator<Item = String> + '_ {
    [&advisory.id].into_iter().chain(&advisory.aliases).map(|name| name.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advisory::AdvisoryIndex;
    use crate::advisory::tests::advisory;
    use crate::model::Severity;

    #[test]
    fn a_rating_is_shared_by_records_about_the_same_trouble_in_the_same_package() {
        let record = |id: &str, package: &str, aliases: &[&str], rating| Advisory {
            aliases: aliases.iter().map(|&name| name.into()).collect(),
            rating,
            ..advisory(id, package, "", "1.0.0")
        };
        let high = Some(Severity::High);
        let index = AdvisoryIndex::new(vec![
            record("GHSA-1", "demo", &["cve-2024-1"], high),
            record("GHSA-2", "demo", &[], Some(Severity::Low)),
            record("RUSTSEC-1", "demo", &["CVE-2024-1"], None),
            record("RUSTSEC-2", "demo", &["CVE-2024-2"], None),
            record("RUSTSEC-3", "demo", &["GHSA-2", "GHSA-1"], None),
            record("RUSTSEC-4", "other", &["GHSA-1"], None),
        ]);
        let ratings: Vec<_> = index.iter().map(|it| (it.id.as_str(), it.rating)).collect();
        let low = Some(Severity::Low);
        let expected = [
            ("GHSA-1", high),
            ("GHSA-2", low),
            ("RUSTSEC-1", high),
            ("RUSTSEC-2", None),
            ("RUSTSEC-3", low),
            ("RUSTSEC-4", None),
        ];
        assert_eq!(ratings, expected);
        let named = |name| index.named(name).iter().map(|it| it.id.clone()).collect::<Vec<_>>();
        assert_eq!(named("Cve-2024-1"), ["GHSA-1", "RUSTSEC-1"]);
        assert!(named("CVE").is_empty());
    }
}
