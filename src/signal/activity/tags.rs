//! Tags of a repository against the releases of a package.

use std::collections::BTreeSet;

use jiff::civil::Date;
use semver::{BuildMetadata, Version};
use smol_str::SmolStr;

use super::work::end_of;
use crate::model::{Missing, Observed, ReleaseHistory, Tag, TaggedVersion, Tagging};

/// Words before a version that name no package.
const RELEASE_WORDS: [&str; 5] = ["r", "rel", "release", "ver", "version"];

/// What may stand between a name and a version.
const SEPARATORS: [char; 4] = ['-', '/', '@', '_'];

/// A longer tag names no version.
const LONGEST_TAG_BYTES: usize = 128;

/// The versions that the tags made before an end name: `1.2.3` or `v1.2.3`, also behind a name and
/// one of `-`, `/`, `@` and `_`.
pub(super) fn tagged_versions(tags: &[Tag], end: i64) -> Vec<TaggedVersion> {
    let made = tags.iter().filter(|tag| tag.made.as_second() < end);
    let mut tagged: Vec<TaggedVersion> = made.filter_map(|tag| tagged_version(&tag.name)).collect();
    tagged.sort();
    tagged.dedup();
    tagged
}

fn tagged_version(tag: &str) -> Option<TaggedVersion> {
    if tag.len() > LONGEST_TAG_BYTES {
        return None;
    }
    let behind_separators = tag.match_indices(SEPARATORS).map(|(at, _)| (at, at + 1));
    // The first that will do: what follows a version with `-` belongs to it.
    std::iter::once((0, 0)).chain(behind_separators).find_map(|(end, start)| {
        let version = version(tag.get(start..)?)?;
        let of = tag.get(..end)?;
        let of = if RELEASE_WORDS.contains(&of) { "" } else { of };
        Some(TaggedVersion { of: SmolStr::new(of), version })
    })
}

/// Compares the tags of a repository with what was released of one of its packages by the end of
/// a day (UTC).
///
/// The tags of a package are those that name it, also without its first words, as `web` does
/// `actix-web`; else those that name nothing. Build metadata is no part of the comparison.
/// Releases older than the first that is tagged are left out, as the project did not tag then,
/// and so are those whose publication time is not known; a tag that has one of those is released
/// nevertheless. `folder` is the package's own in the repository.
///
/// Missing where no release is tagged, by that day, or no publication time is known.
pub fn tags_against_releases(
    tagged: &[TaggedVersion],
    package: &str,
    folder: Option<&str>,
    releases: &ReleaseHistory,
    by: Date,
) -> Observed<Tagging> {
    let mut tags = tags_of(tagged, package);
    let may_be_of_another = tags.is_empty() && folder.is_some();
    if tags.is_empty() {
        tags.extend(named(tagged, ""));
    }
    let is_tagged = |version: &Version| tags.contains(version);
    let Released { dated, undated } = released(releases, by);
    let versions = || dated.iter().map(|(_, version)| version);
    let newest_stable = versions().rfind(|version| version.pre.is_empty());
    let Some(newest) = newest_stable.or_else(|| versions().next_back()) else {
        let any_time = releases.releases.iter().any(|release| release.published.is_some());
        let why = if any_time { Missing::NoReleaseByThen } else { Missing::NoPublishTimes };
        return Observed::Missing(why);
    };
    let Some(first) = versions().position(is_tagged) else {
        return Observed::Missing(Missing::NoTag);
    };
    let since = versions().skip(first);
    let known: BTreeSet<&Version> = versions().chain(&undated).collect();
    let not_released = tags.iter().filter(|version| {
        let since_first = known.first().is_some_and(|first| *version > first);
        !may_be_of_another && since_first && !known.contains(*version)
    });
    Observed::Known(Tagging {
        newest_release: newest.to_string(),
        newest_is_tagged: is_tagged(newest),
        released_not_tagged: since.filter(|it| !is_tagged(it)).map(Version::to_string).collect(),
        tagged_not_released: not_released.map(|version| version.to_string()).collect(),
    })
}

/// The tagged versions of a package, by tags that name it.
fn tags_of<'a>(tagged: &'a [TaggedVersion], package: &str) -> BTreeSet<&'a Version> {
    let last_words = package.match_indices(['-', '_']).map(|(at, _)| &package[at + 1..]);
    let names = std::iter::once(package).chain(last_words).filter(|name| !name.is_empty());
    names.flat_map(|name| named(tagged, name)).collect()
}

/// The tagged versions under a name; all are sorted by it.
fn named<'a>(tagged: &'a [TaggedVersion], name: &str) -> impl Iterator<Item = &'a Version> {
    let start = tagged.partition_point(|tag| tag.of.as_str() < name);
    let end = tagged.partition_point(|tag| tag.of.as_str() <= name);
    tagged[start..end].iter().map(|tag| &tag.version)
}

/// The releases by a day.
struct Released {
    /// Time of publication in seconds since 1970 and version, oldest first.
    dated: Vec<(i64, Version)>,
    undated: Vec<Version>,
}

fn released(releases: &ReleaseHistory, by: Date) -> Released {
    let (mut dated, mut undated) = (Vec::new(), Vec::new());
    for release in &releases.releases {
        let Some(version) = version(&release.version) else { continue };
        match release.published.map(|published| published.as_second()) {
            Some(published) if published < end_of(by) => dated.push((published, version)),
            Some(_) => {}
            None => undated.push(version),
        }
    }
    dated.sort();
    Released { dated, undated }
}

/// The version without build metadata; a `v` may stand before it, with or without a separator.
fn version(text: &str) -> Option<Version> {
    let text = match text.strip_prefix('v') {
        Some(rest) => rest.strip_prefix(SEPARATORS).unwrap_or(rest),
        None => text,
    };
    // Most texts are none, and are told by their first letter.
    let starts = text.starts_with(|letter: char| letter.is_ascii_digit());
    let mut version = starts.then(|| Version::parse(text).ok())??;
    version.build = BuildMetadata::EMPTY;
    Some(version)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::Release;

    const BY: Date = date(2020, 6, 1);

    fn compared(
        tags: &[&str],
        package: &str,
        folder: bool,
        releases: &[&str],
    ) -> Observed<Tagging> {
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
        let tagged = tagged_versions(&tags, end_of(BY));
        tags_against_releases(&tagged, package, folder.then_some("part"), &releases, BY)
    }

    #[test]
    fn a_tag_names_a_version_by_every_convention() {
        let cases = [
            ("1.2.3", Some(("", "1.2.3"))),
            ("v1.2.3", Some(("", "1.2.3"))),
            ("v/1.2.3", Some(("", "1.2.3"))),
            ("release-1.2.3", Some(("", "1.2.3"))),
            ("name-1.2.3", Some(("name", "1.2.3"))),
            ("a-name_v1.2.3", Some(("a-name", "1.2.3"))),
            ("name/v1.2.3-rc.1", Some(("name", "1.2.3-rc.1"))),
            ("name-v/1.2.3+zstd.1.5", Some(("name", "1.2.3"))),
            ("base64@1.2.3", Some(("base64", "1.2.3"))),
            ("nightly-2020-01-01", None),
            ("v1.2", None),
            ("-", None),
            ("", None),
            ("näme-1.2.3", Some(("näme", "1.2.3"))),
        ];
        for (tag, expected) in cases {
            let found = tagged_version(tag).map(|it| (it.of.to_string(), it.version.to_string()));
            let found = found.as_ref().map(|(of, version)| (of.as_str(), version.as_str()));
            assert_eq!(found, expected, "{tag}");
        }
        assert_eq!(tagged_version(&format!("{}1.2.3", "-".repeat(200))), None);
    }

    #[test]
    fn what_differs_is_told() {
        type Case<'a> =
            (&'a [&'a str], &'a [&'a str], Option<(bool, &'a [&'a str], &'a [&'a str])>);
        let cases: [Case<'_>; 15] = [
            (&["v1.0.0", "1.1.0"], &["1.0.0", "1.1.0"], Some((true, &[], &[]))),
            (&["name-v1.0.0"], &["1.0.0", "1.1.0"], Some((false, &["1.1.0"], &[]))),
            (&["name-1.0.0", "other-1.1.0"], &["1.0.0"], Some((true, &[], &[]))),
            (&["name/v1.0.0", "v9.0.0"], &["1.0.0"], Some((true, &[], &[]))),
            (&["name@1.0.0", "name@1.1.0"], &["1.0.0"], Some((true, &[], &["1.1.0"]))),
            (&["v1.0.0", "v1.1.0-rc.1"], &["1.0.0+zstd.1"], Some((true, &[], &["1.1.0-rc.1"]))),
            // Before the first release there was another life.
            (&["v0.1.0", "v1.0.0"], &["1.0.0"], Some((true, &[], &[]))),
            // Before the first tag nobody tagged.
            (&["v1.1.0"], &["1.0.0 2019-01-01", "1.1.0"], Some((true, &[], &[]))),
            // The newest is the one published last, of whatever line.
            (
                &["v1.0.0", "v2.0.0"],
                &["1.0.0", "2.0.0", "1.0.1 2020-02-01"],
                Some((false, &["1.0.1"], &[])),
            ),
            // Nobody has to tag a pre-release.
            (&["v1.0.0"], &["1.0.0", "2.0.0-rc.1 2020-02-01"], Some((true, &["2.0.0-rc.1"], &[]))),
            // The future does not exist, on either side.
            (
                &["v1.0.0", "v2.0.0 2020-06-02"],
                &["1.0.0", "1.1.0 2020-06-02"],
                Some((true, &[], &[])),
            ),
            // Released at an unknown time is released.
            (&["v1.0.0", "v1.1.0"], &["1.0.0", "1.1.0 ?", "1.2.0 ?"], Some((true, &[], &[]))),
            (&["v9.0.0"], &["1.0.0"], None),
            (&["nightly", "v1.0", "namesake-1.0.0"], &["1.0.0"], None),
            (&[], &["1.0.0"], None),
        ];
        for (tags, releases, expected) in cases {
            let found = compared(tags, "name", false, releases);
            let found = found.known().map(|it| {
                let texts = |texts: &[String]| texts.join(" ");
                let [not_tagged, not_released] =
                    [texts(&it.released_not_tagged), texts(&it.tagged_not_released)];
                (it.newest_is_tagged, not_tagged, not_released)
            });
            let expected = expected
                .map(|(newest, tagged, released)| (newest, tagged.join(" "), released.join(" ")));
            assert_eq!(found, expected, "{tags:?} {releases:?}");
        }
    }

    #[test]
    fn tags_of_one_repository_belong_to_its_packages() {
        let tags = ["web-v1.0.0", "web-codegen-v1.0.0", "web-codegen-v1.1.0", "v1.0.0", "v2.0.0"];
        // The tags without a name may be those of another package, where there is a folder.
        let cases = [
            ("group-web", true, Some("")),
            ("group-web-codegen", true, Some("1.1.0")),
            ("group", true, Some("")),
            ("group", false, Some("2.0.0")),
        ];
        for (package, folder, expected) in cases {
            let found = compared(&tags, package, folder, &["1.0.0"]);
            let found = found.known().map(|it| it.tagged_not_released.join(" "));
            assert_eq!(found.as_deref(), expected, "{package}");
        }
    }

    #[test]
    fn what_cannot_be_compared_says_why() {
        let cases: [(&[&str], Missing); 3] = [
            (&["1.0.0 ?"], Missing::NoPublishTimes),
            (&["1.0.0 2021-01-01"], Missing::NoReleaseByThen),
            (&[], Missing::NoPublishTimes),
        ];
        for (releases, why) in cases {
            assert_eq!(compared(&["v1.0.0"], "name", false, releases).missing(), Some(why));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_tag_is_survived(tag in ".{0,40}", named in "[a-z@/_-]{0,20}v?[0-9.-]{0,12}") {
            let _ = (tagged_version(&tag), tagged_version(&named));
        }
    }
}
