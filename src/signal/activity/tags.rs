//! Tags of a repository against the releases of a package.

use jiff::civil::Date;
use semver::{BuildMetadata, Version};

use super::work::end_of;
use crate::model::{Missing, Observed, ReleaseHistory, Tag, TagMismatch};

/// Compares the tags made by the end of a day (UTC) with what was released by then.
///
/// A tag speaks of a version as `v1.2.3` or `1.2.3`, of a package's version as `name-v1.2.3`,
/// with `-`, `/`, `@` or `_` between and with or without the `v`. Where any tag names the
/// package, only those count: in a repository of several packages a bare version may be another
/// one's. Build metadata is no part of the comparison. Releases older than the first that is
/// tagged are left out, as the project did not tag then, and so are those whose publication time
/// is not known; a tag that has one of those is released nevertheless.
///
/// Missing where no tag speaks of a version.
pub fn tags_against_releases(
    tags: &[Tag],
    package: &str,
    releases: &ReleaseHistory,
    as_of: Date,
) -> Observed<TagMismatch> {
    let end = end_of(as_of);
    let made: Vec<&str> =
        tags.iter().filter(|it| it.made.as_second() < end).map(|it| &it.name[..]).collect();
    let mut tagged: Vec<Version> =
        made.iter().filter_map(|tag| version(strip_package(tag, package)?)).collect();
    if tagged.is_empty() {
        tagged = made.iter().filter_map(|tag| version(tag)).collect();
    }
    if tagged.is_empty() {
        return Observed::Missing(Missing::NoTag);
    }
    tagged.sort();
    tagged.dedup();
    let mut released: Vec<(i64, Version)> = Vec::new();
    let mut undated: Vec<Version> = Vec::new();
    for release in &releases.releases {
        let Some(version) = version(&release.version) else { continue };
        match release.published.map(|published| published.as_second()) {
            Some(published) if published < end => released.push((published, version)),
            Some(_) => {}
            None => undated.push(version),
        }
    }
    released.sort();
    let is_tagged = |version: &Version| tagged.binary_search(version).is_ok();
    let first = released.iter().position(|(_, version)| is_tagged(version));
    let since = released.get(first.unwrap_or(released.len())..).unwrap_or_default();
    let not_tagged = since.iter().map(|(_, version)| version).filter(|it| !is_tagged(it));
    let mut known: Vec<&Version> = released.iter().map(|(_, it)| it).chain(&undated).collect();
    known.sort();
    let not_released = tagged.iter().filter(|version| known.binary_search(version).is_err());
    Observed::Known(TagMismatch {
        released_not_tagged: not_tagged.map(Version::to_string).collect(),
        tagged_not_released: not_released.map(Version::to_string).collect(),
    })
}

/// What follows the package's name in a tag.
fn strip_package<'a>(tag: &'a str, package: &str) -> Option<&'a str> {
    tag.strip_prefix(package)?.strip_prefix(['-', '/', '@', '_'])
}

/// The version without build metadata.
fn version(text: &str) -> Option<Version> {
    let mut version = Version::parse(text.strip_prefix('v').unwrap_or(text)).ok()?;
    version.build = BuildMetadata::EMPTY;
    Some(version)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::Release;

    fn mismatch(tags: &[&str], releases: &[&str]) -> Observed<TagMismatch> {
        let tag = |text: &&str| {
            let (name, day) = text.split_once(' ').unwrap_or((text, "2020-01-01"));
            let made = format!("{day}T00:00:00Z").parse().unwrap();
            Tag { name: name.into(), made, by: None }
        };
        let release = |text: &&str| {
            let (version, day) = text.split_once(' ').unwrap_or((text, "2020-01-01"));
            let published = (day != "?").then(|| format!("{day}T00:00:00Z").parse().unwrap());
            Release { version: version.into(), published, yanked: false }
        };
        let releases = ReleaseHistory { releases: releases.iter().map(release).collect() };
        let tags: Vec<Tag> = tags.iter().map(tag).collect();
        tags_against_releases(&tags, "name", &releases, date(2020, 6, 1))
    }

    #[test]
    fn what_differs_is_told_by_every_convention() {
        type Case<'a> = (&'a [&'a str], &'a [&'a str], Option<(&'a [&'a str], &'a [&'a str])>);
        let cases: [Case<'_>; 12] = [
            (&["v1.0.0", "1.1.0"], &["1.0.0", "1.1.0"], Some((&[], &[]))),
            (&["name-v1.0.0"], &["1.0.0", "1.1.0"], Some((&["1.1.0"], &[]))),
            (&["name-1.0.0", "other-1.1.0"], &["1.0.0"], Some((&[], &[]))),
            (&["name/v1.0.0", "v9.0.0"], &["1.0.0"], Some((&[], &[]))),
            (&["name@1.0.0", "name@1.1.0"], &["1.0.0"], Some((&[], &["1.1.0"]))),
            (&["v1.0.0-rc.1", "v1.0.0+zstd.1"], &["1.0.0"], Some((&[], &["1.0.0-rc.1"]))),
            // Before the first tag nobody tagged.
            (&["v1.1.0"], &["1.0.0 2019-01-01", "1.1.0"], Some((&[], &[]))),
            // The future does not exist, on either side.
            (&["v1.0.0", "v2.0.0 2020-06-02"], &["1.0.0", "1.1.0 2020-06-02"], Some((&[], &[]))),
            // Released at an unknown time is released.
            (&["v1.0.0", "v1.1.0"], &["1.0.0", "1.1.0 ?", "1.2.0 ?"], Some((&[], &[]))),
            (&["v1.0.0"], &[], Some((&[], &["1.0.0"]))),
            (&["nightly", "v1.0", "namesake-1.0.0"], &["1.0.0"], None),
            (&[], &["1.0.0"], None),
        ];
        for (tags, releases, expected) in cases {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            let expected = expected.map(|(released, tagged)| TagMismatch {
                released_not_tagged: owned(released),
                tagged_not_released: owned(tagged),
            });
            let expected = Observed::from_option(expected, Missing::NoTag);
            assert_eq!(mismatch(tags, releases), expected, "{tags:?} {releases:?}");
        }
    }
}
