//! Taking an address apart.

use crate::model::{Location, NoRepository, Payee, Repository};

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

/// First parts of a path that show a package of a registry.
const REGISTRY_PAGES: [&str; 2] = ["crates", "package"];

/// Forges that have shut down.
const CLOSED: [&str; 7] = [
    "alioth.debian.org",
    "code.google.com",
    "codeplex.com",
    "developer.berlios.de",
    "fedorahosted.org",
    "gitorious.org",
    "rubyforge.org",
];

/// First labels of hosts that serve repositories.
const FORGE_LABELS: [&str; 5] = ["forgejo", "git", "gitea", "gitlab", "hg"];

/// Longest address that is looked at, in bytes.
const LONGEST: usize = 512;

/// The place an address speaks of, in one spelling.
pub(super) fn location(declared: &str) -> Result<Location, NoRepository> {
    if declared.is_empty() {
        return Err(NoRepository::Empty);
    }
    if declared.len() > LONGEST || !declared.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(NoRepository::Unreadable);
    }
    let (host, path) = split(declared).ok_or(NoRepository::Unreadable)?;
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if !is_host(host) || parts.contains(&"..") {
        return Err(NoRepository::Unreadable);
    }
    if host.starts_with("docs.") || host.ends_with(".readthedocs.io") {
        return Err(NoRepository::Documentation);
    }
    if CLOSED.contains(&host) {
        return Err(NoRepository::Closed);
    }
    if Payee::link(&format!("https://{host}/{}", parts.join("/"))).platform != "custom" {
        return Err(NoRepository::Funding);
    }
    let (parts, view) = repository_parts(host, &parts)?;
    let path = parts.join("/");
    let path = path.strip_suffix(".git").unwrap_or(&path);
    let path = if FORGES.contains(&host) { path.to_ascii_lowercase() } else { path.to_owned() };
    let address = format!("https://{host}/{path}");
    let repository = Repository { address, host: host.to_owned(), path };
    Ok(Location { repository, folder: folder(view) })
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

/// Splits a path into the repository's and the view's parts.
fn repository_parts<'a, 'b>(
    host: &str,
    parts: &'b [&'a str],
) -> Result<(&'b [&'a str], &'b [&'a str]), NoRepository> {
    let first = *parts.first().ok_or(NoRepository::WebPage)?;
    if FORGES.contains(&host) {
        if first == "sponsors" {
            return Err(NoRepository::Funding);
        }
        if parts.len() == 1 || first == "orgs" {
            return Err(NoRepository::Profile);
        }
        if PAGES.contains(&first) {
            return Err(NoRepository::ForgePage);
        }
        if host != "gitlab.com" {
            return Ok(parts.split_at(2));
        }
    }
    // Groups nest on this forge, so its views are marked by `-` and old links by the view's name.
    let view = parts.iter().skip(1).position(|part| VIEWS.contains(part));
    let end = view.map_or(parts.len(), |position| position + 1);
    if end == 2 && REGISTRY_PAGES.contains(&first) {
        return Err(NoRepository::Registry);
    }
    Ok(parts.split_at(end))
}

/// The folder that the view of a forge shows.
fn folder(view: &[&str]) -> Option<String> {
    let view = view.strip_prefix(&["-"]).unwrap_or(view);
    let parts = match view {
        ["tree", _, folder @ ..] | ["blob", _, folder @ .., _] => folder,
        ["src", "branch" | "commit" | "tag", _, folder @ ..] | ["src", _, folder @ ..] => folder,
        _ => &[],
    };
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Whether a repository says in its own address that it is a copy. A repository that is merely
/// called `mirror` need not be one.
pub(super) fn is_mirror(repository: &Repository) -> bool {
    let first_label = repository.host.split('.').next();
    let owner = repository.path.split_once('/').map(|(owner, _)| owner);
    let is_named = |part: &str| matches!(part, "mirror" | "mirrors");
    let says_so = |part: &str| {
        let part = part.to_ascii_lowercase();
        ["-mirror", "-mirrors", ".mirror"].iter().any(|end| part.ends_with(end))
    };
    first_label.into_iter().chain(owner).any(is_named) || repository.path.split('/').any(says_so)
}

/// Whether the host is known to serve repositories, or says so by its name.
pub(super) fn is_forge(host: &str) -> bool {
    FORGES.contains(&host)
        || host.split('.').next().is_some_and(|label| FORGE_LABELS.contains(&label))
}
