//! The repository a declared address speaks of.

mod project;
mod read;

use crate::model::{Location, NoRepository, Repository};
pub use project::{ProjectKey, find, project_key};
use read::{is_mirror, location};

/// What a declared address speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A source repository.
    Repository(Location),
    /// A repository that by the shape of its address mirrors one that lives elsewhere.
    Mirror(Location),
    /// Something else.
    Other(NoRepository),
}

/// The repository a declared address speaks of, by [`address`]; a mirror counts as one.
pub fn repository(declared: &str) -> Option<Repository> {
    match address(declared) {
        Address::Repository(location) | Address::Mirror(location) => Some(location.repository),
        Address::Other(_) => None,
    }
}

/// Reads a declared address and spells it in one way, so that the packages of one repository
/// meet: `https`, lower-case host without `www.`, no user, query, fragment, `.git` or slash at the
/// end, the folder inside the repository kept apart; on the big forges lower-case owner and name
/// as well.
pub fn address(declared: &str) -> Address {
    match location(declared.trim()) {
        Ok(location) if is_mirror(&location.repository) => Address::Mirror(location),
        Ok(location) => Address::Repository(location),
        Err(why) => Address::Other(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_each_repository() {
        let cases = [
            ("https://github.com/Owner/Name", Some("https://github.com/owner/name")),
            ("http://www.github.com/owner/name/", Some("https://github.com/owner/name")),
            ("https://github.com/owner/name.git", Some("https://github.com/owner/name")),
            ("git+https://github.com/owner/name.git#abc", Some("https://github.com/owner/name")),
            ("git://github.com/owner/name", Some("https://github.com/owner/name")),
            ("ssh://git@github.com/owner/name", Some("https://github.com/owner/name")),
            ("git@github.com:owner/name.git", Some("https://github.com/owner/name")),
            ("github.com/owner/name", Some("https://github.com/owner/name")),
            (" https://GitHub.com/owner/name ", Some("https://github.com/owner/name")),
            ("https://github.com/owner/name/tree/main/part", Some("https://github.com/owner/name")),
            ("https://github.com/owner/name?tab=readme", Some("https://github.com/owner/name")),
            ("https://github.com/owner", None),
            ("https://github.com/sponsors/owner", None),
            (
                "https://gitlab.com/Group/sub/name/-/tree/x",
                Some("https://gitlab.com/group/sub/name"),
            ),
            ("https://gitlab.com/group/name/tree/x", Some("https://gitlab.com/group/name")),
            ("https://codeberg.org/o/n/src/branch/main", Some("https://codeberg.org/o/n")),
            ("https://git.example/~Me/Name/tree/x", Some("https://git.example/~Me/Name")),
            ("https://git.example:8443/name.git", Some("https://git.example:8443/name")),
            ("https://git.example", None),
            ("https://git.example/../etc", None),
            ("https://gitlab.com/group", None),
            ("https://docs.example/name", None),
            ("https://registry.example/crates/name", None),
            ("file:///srv/name", None),
            ("javascript:alert(1)", None),
            ("https://git.example/a b", None),
            ("https://git.example/\u{1b}[31m", None),
            ("no address", None),
            ("", None),
        ];
        for (declared, expected) in cases {
            let address = repository(declared).map(|repository| repository.address);
            assert_eq!(address.as_deref(), expected, "{declared}");
        }
        let one = repository("https://github.com/O/N").unwrap();
        assert_eq!((one.host.as_str(), one.path.as_str()), ("github.com", "o/n"));
        assert_eq!(repository(&format!("https://git.example/{}", "a".repeat(600))), None);
    }

    #[test]
    fn what_is_no_repository_is_told_apart() {
        use NoRepository::{
            Closed, Documentation, Empty, ForgePage, Funding, Profile, Registry, Unreadable,
            WebPage,
        };
        let cases = [
            (" ", Empty),
            ("file:///srv/name", Unreadable),
            ("no address", Unreadable),
            ("https://github.com/sponsors/owner", Funding),
            ("https://github.com/sponsors", Funding),
            ("https://www.patreon.com/owner?from=x", Funding),
            ("https://opencollective.com/name", Funding),
            ("https://docs.example/name", Documentation),
            ("https://name.readthedocs.io/en/latest", Documentation),
            ("https://registry.example/crates/name", Registry),
            ("https://registry.example/package/name", Registry),
            ("https://github.com/owner", Profile),
            ("https://github.com/orgs/owner/repositories", Profile),
            ("https://github.com/search/advanced", ForgePage),
            ("https://code.google.com/p/name", Closed),
            ("https://name.example/", WebPage),
        ];
        for (declared, why) in cases {
            assert_eq!(address(declared), Address::Other(why), "{declared}");
        }
    }

    #[test]
    fn a_folder_and_a_mirror_are_told_by_the_address() {
        let cases = [
            ("https://github.com/o/n", None, false),
            ("https://github.com/o/n/tree/main", None, false),
            ("https://github.com/o/n/tree/main/crates/a/", Some("crates/a"), false),
            ("https://github.com/o/n/blob/main/a/Cargo.toml", Some("a"), false),
            ("https://github.com/o/n/blob/main/README.md", None, false),
            ("https://github.com/o/n/issues/7", None, false),
            ("https://gitlab.com/g/s/n/-/tree/main/a/b", Some("a/b"), false),
            ("https://codeberg.org/o/n/src/branch/main/a", Some("a"), false),
            ("https://bitbucket.org/o/n/src/main/a", Some("a"), false),
            ("https://github.com/mirrors/n", None, true),
            ("https://github.com/o/n-mirror/tree/main/a", Some("a"), true),
            ("https://mirror.example/n.git", None, true),
            ("https://github.com/o/mirror", None, false),
            ("https://github.com/o/mirrored", None, false),
        ];
        for (declared, folder, mirror) in cases {
            let (location, is_mirror) = match address(declared) {
                Address::Repository(location) => (location, false),
                Address::Mirror(location) => (location, true),
                Address::Other(why) => panic!("{declared}: {why:?}"),
            };
            assert_eq!((location.folder.as_deref(), is_mirror), (folder, mirror), "{declared}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived_and_the_result_is_stable(declared in "[ -~]{0,40}") {
            let address = |text: &str| repository(text).map(|repository| repository.address);
            if let Some(once) = address(&declared) {
                // A second `.git` or view may come to light; the spelling never grows.
                proptest::prop_assert!(once.starts_with("https://"));
                proptest::prop_assert!(address(&once).is_none_or(|twice| twice.len() <= once.len()));
            }
        }
    }
}
