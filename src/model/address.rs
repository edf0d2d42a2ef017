//! When two addresses of a registry or a git repository are one to Cargo.

use url::Url;

/// An address in the form in which Cargo compares it: no `/` and no `.git` at the end, of GitHub in
/// lower case and whatever the protocol, no `sparse+`, and the host as web addresses have it. One
/// that Cargo would not take for an address stays as written.
///
/// This is the `CanonicalUrl` of Cargo.
pub fn canonical_address(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else { return address.to_owned() };
    if url.cannot_be_a_base() {
        return address.to_owned();
    }
    if url.path().ends_with('/')
        && let Ok(mut segments) = url.path_segments_mut()
    {
        segments.pop_if_empty();
    }
    if url.host_str() == Some("github.com") {
        // The protocol of an address cannot be set to one of another kind.
        if let Ok(same) = Url::parse(&format!("https{}", &url[url::Position::AfterScheme..])) {
            url = same;
        }
        let path = url.path().to_lowercase();
        url.set_path(&path);
    }
    let last = url.path_segments().and_then(|mut segments| segments.next_back());
    if let Some(name) = last.and_then(|last| last.strip_suffix(".git")).map(str::to_owned)
        && let Ok(mut segments) = url.path_segments_mut()
    {
        segments.pop().push(&name);
    }
    let plain = url.as_str().strip_prefix("sparse+").and_then(|plain| Url::parse(plain).ok());
    plain.unwrap_or(url).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_as_cargo_does() {
        let cases = [
            ("https://git.example/a.git", "https://git.example/a/", true),
            ("https://git.example/a", "https://GIT.example:443/x/../a", true),
            ("https://github.com/Owner/A", "https://github.com/owner/a.git", true),
            ("http://github.com/o/a", "ssh://github.com/o/a", true),
            ("http://git.example/a", "https://git.example/a", false),
            ("https://git.example/A", "https://git.example/a", false),
            ("https://git.example/a//", "https://git.example/a", false),
            ("https://git.example/a.git.git", "https://git.example/a", false),
            ("https://git.example/a?x=1", "https://git.example/a", false),
            ("https://me@github.com/o/a", "https://github.com/o/a", false),
            ("https://github.com.example/O/a", "https://github.com.example/o/a", false),
            ("sparse+https://r.example/", "https://r.example/", true),
            ("file:///a/b/", "file:///a/b", true),
            ("git@git.example:o/a.git", "git@git.example:o/a", false),
            ("not an address/", "not an address", false),
        ];
        for (one, other, same) in cases {
            let (a, b) = (canonical_address(one), canonical_address(other));
            assert_eq!(a == b, same, "{one} {other}: {a} {b}");
        }
    }
}
