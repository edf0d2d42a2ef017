//! The repository a declared address speaks of.

/// Forges where owner and repository are the first two parts of the path and case does not count.
const FORGES: [&str; 5] =
    ["bitbucket.org", "codeberg.org", "gitee.com", "github.com", "gitlab.com"];

/// First parts of a forge's path that are pages of the forge and no owner.
const PAGES: [&str; 6] = ["marketplace", "orgs", "search", "settings", "sponsors", "topics"];

/// Parts of a path behind which a view into the repository begins.
const VIEWS: [&str; 11] = [
    "-", "blob", "branch", "commit", "commits", "issues", "pulls", "releases", "src", "tree",
    "wiki",
];

/// Longest address that is looked at, in bytes.
const LONGEST: usize = 512;

/// A source repository, in one spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repository {
    /// `https://host/path`.
    pub address: String,
    /// The path alone, such as `owner/name`.
    pub path: String,
}

/// Reads a declared address and spells it in one way, so that the packages of one repository
/// meet: `https`, lower-case host without `www.`, no user, query, fragment, `.git` or slash at the
/// end, no folder inside the repository; on the big forges lower-case owner and name as well.
///
/// `None` for what is no repository: documentation, a registry's page, a page of the forge, a
/// bare host, or something that is no address.
pub fn repository(declared: &str) -> Option<Repository> {
    let declared = declared.trim();
    if declared.len() > LONGEST || !declared.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let (host, path) = split(declared)?;
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if host.starts_with("docs.") || !is_host(host) || parts.contains(&"..") {
        return None;
    }
    let parts = repository_parts(host, &parts)?;
    let path = parts.join("/");
    let path = path.strip_suffix(".git").unwrap_or(&path);
    let path = if FORGES.contains(&host) { path.to_ascii_lowercase() } else { path.to_owned() };
    Some(Repository { address: format!("https://{host}/{path}"), path })
}

/// Host (with port) and path of `scheme://user@host/path`, `user@host:path` or `host/path`.
fn split(declared: &str) -> Option<(&str, &str)> {
    let end = declared.find(['?', '#']).unwrap_or(declared.len());
    let declared = declared.get(..end)?;
    let (scheme, rest) = match declared.split_once("://") {
        Some((scheme, rest)) => (scheme, rest),
        None => ("", declared.strip_prefix("git+").unwrap_or(declared)),
    };
    let known = ["", "git", "git+http", "git+https", "git+ssh", "http", "https", "ssh"];
    if !known.contains(&scheme.to_ascii_lowercase().as_str()) {
        return None;
    }
    let (authority, path) = match (scheme, rest.split_once('/')) {
        (_, Some((authority, path))) if !(scheme.is_empty() && authority.contains(':')) => {
            (authority, path)
        }
        ("", _) => rest.split_once(':')?,
        _ => return None,
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some((host, path))
}

fn is_host(host: &str) -> bool {
    host.contains('.')
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':'))
}

fn repository_parts<'a>(host: &str, parts: &[&'a str]) -> Option<Vec<&'a str>> {
    let first = *parts.first()?;
    // Groups nest on this forge, so its views are marked by `-` and old links by the view's name.
    if FORGES.contains(&host) && host != "gitlab.com" {
        let second = *parts.get(1)?;
        return (!PAGES.contains(&first)).then(|| vec![first, second]);
    }
    let view = parts.iter().skip(1).position(|part| VIEWS.contains(part));
    let end = view.map_or(parts.len(), |position| position + 1);
    // A registry shows a package as `crates/NAME`.
    let is_registry_page = first == "crates" && end == 2;
    if is_registry_page { None } else { parts.get(..end).map(<[&str]>::to_vec) }
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
        assert_eq!(repository("https://github.com/O/N").unwrap().path, "o/n");
        assert_eq!(repository(&format!("https://git.example/{}", "a".repeat(600))), None);
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
