//! Secrets in addresses, which no report, message or log may show.

use std::borrow::Cow;

/// Parts of a query that name a branch, tag or commit; every other may be a token.
const HARMLESS: [&str; 3] = ["branch=", "tag=", "rev="];

/// A text as it may be shown: of each address in it neither user and password nor what a query
/// holds beside a branch, tag or commit. The user of an address by SSH is no secret, and stays.
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    if !text.contains("://") {
        return without_scheme(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        shown.push_str(before);
        shown.push_str("://");
        let (address, next) = after.split_at(after.find(is_outside).unwrap_or(after.len()));
        push_address(&mut shown, address, before.ends_with("ssh"));
        rest = next;
    }
    shown.push_str(rest);
    if shown == text { Cow::Borrowed(text) } else { Cow::Owned(shown) }
}

/// Whether a character ends an address in a sentence.
fn is_outside(character: char) -> bool {
    character.is_whitespace() || matches!(character, '`' | '"' | '\'' | '<' | '>' | '|')
}

/// An address without its scheme.
fn push_address(shown: &mut String, address: &str, is_ssh: bool) {
    let (whole, fragment) = address.split_once('#').map_or((address, None), |(a, b)| (a, Some(b)));
    let (path, query) = whole.split_once('?').map_or((whole, None), |(a, b)| (a, Some(b)));
    let authority = path.split('/').next().unwrap_or(path);
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let user = user.split(':').next().unwrap_or_default();
    if is_ssh && !user.is_empty() {
        shown.push_str(user);
        shown.push('@');
    }
    shown.push_str(host);
    shown.push_str(&path[authority.len()..]);
    let kept = query.map(shown_query).unwrap_or_default();
    if !kept.is_empty() {
        shown.push('?');
        shown.push_str(&kept);
    }
    if let Some(fragment) = fragment {
        shown.push('#');
        shown.push_str(fragment);
    }
}

/// What may be shown of the query of an address.
pub fn shown_query(query: &str) -> String {
    let is_harmless = |part: &&str| HARMLESS.iter().any(|harmless| part.starts_with(harmless));
    query.split('&').filter(is_harmless).collect::<Vec<_>>().join("&")
}

/// `user:password@host:path`, the short form of an address by SSH, without the password.
fn without_scheme(text: &str) -> Cow<'_, str> {
    let Some((before, host)) = text.split_once('@') else { return Cow::Borrowed(text) };
    match before.split_once(':') {
        Some((user, password)) if !password.contains('/') && !text.contains(is_outside) => {
            Cow::Owned(format!("{user}@{host}"))
        }
        Some(_) | None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        let cases = [
            ("https://git.example/a@b", "https://git.example/a@b"),
            ("https://git.example/a?x=c:d@e#f", "https://git.example/a#f"),
            ("https://user:secret@git.example/a", "https://git.example/a"),
            ("sparse+https://token@cargo.example/", "sparse+https://cargo.example/"),
            (
                "g 1.0.0 (git+https://u:p@q@git.example/g?tag=1)",
                "g 1.0.0 (git+https://git.example/g?tag=1)",
            ),
            ("https://h.example/a?token=x&branch=b&key=y", "https://h.example/a?branch=b"),
            (
                "`https://a:b@h.example` and 'http://c:d@i.example/?k=e' differ",
                "`https://h.example` and 'http://i.example/' differ",
            ),
            ("ssh://git@git.example/a", "ssh://git@git.example/a"),
            ("ssh://git:secret@git.example/a", "ssh://git@git.example/a"),
            ("git:secret@git.example:a/b", "git@git.example:a/b"),
            ("git@git.example:a/b", "git@git.example:a/b"),
            ("registry+https:user:secret@r.example/i", "registry+https@r.example/i"),
            ("//user:secret@r.example/i", "//user@r.example/i"),
            ("pkg:cargo/demo@1.2.3", "pkg:cargo/demo@1.2.3"),
            ("no address: a@b", "no address: a@b"),
            ("", ""),
        ];
        for (address, shown) in cases {
            assert_eq!(without_secrets(address), shown);
        }
    }
}
