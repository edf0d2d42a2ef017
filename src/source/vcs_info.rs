//! `.cargo_vcs_info.json`: which commit and folder a published package was made from.

use serde::Deserialize;

/// Longest path that is believed, in bytes.
const LONGEST_PATH: usize = 1024;

/// Where a published package comes from, as Cargo recorded it when the package was made. The
/// publisher's machine wrote it: it is a claim, not a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VcsInfo {
    /// The commit: 40 or 64 lower-case hexadecimal digits.
    pub commit: String,
    /// The package's folder in the repository, with `/`; `None` for the repository's root, and
    /// where an old Cargo did not record it.
    pub folder: Option<String>,
    /// Whether files differed from the commit. Cargo says so since 1.84.
    pub dirty: bool,
}

/// Reads a `.cargo_vcs_info.json`.
///
/// # Errors
/// Where it is not such a file or its commit is no commit: a lowercase fragment that says so.
pub fn parse(bytes: &[u8]) -> Result<VcsInfo, String> {
    let file: File = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let commit = file.git.sha1.to_ascii_lowercase();
    if !matches!(commit.len(), 40 | 64) || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("`git.sha1` is not a commit".to_owned());
    }
    let folder = file.path_in_vcs.as_deref().and_then(folder);
    Ok(VcsInfo { commit, folder, dirty: file.git.dirty.unwrap_or(false) })
}

/// A path inside the repository; one that leads out of it says nothing.
fn folder(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let parts: Vec<&str> =
        path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let is_inside = path.len() <= LONGEST_PATH && !parts.is_empty() && !parts.contains(&"..");
    is_inside.then(|| parts.join("/"))
}

#[derive(Deserialize)]
struct File {
    git: Git,
    path_in_vcs: Option<String>,
}

#[derive(Deserialize)]
struct Git {
    sha1: String,
    dirty: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn a_published_package_tells_its_commit_and_folder() {
        let cases = [
            ("", "", None, false),
            ("", r#","path_in_vcs":"""#, None, false),
            ("", r#","path_in_vcs":"crates/part""#, Some("crates/part"), false),
            ("", r#","path_in_vcs":"crates\\part/""#, Some("crates/part"), false),
            ("", r#","path_in_vcs":"../../etc""#, None, false),
            (r#","dirty":true"#, r#","new":{}"#, None, true),
        ];
        for (inner, outer, folder, dirty) in cases {
            let text = format!(r#"{{"git":{{"sha1":"{COMMIT}"{inner}}}{outer}}}"#);
            let folder = folder.map(str::to_owned);
            let expected = VcsInfo { commit: COMMIT.to_owned(), folder, dirty };
            assert_eq!(parse(text.as_bytes()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_names_no_commit_is_refused() {
        let cases =
            ["", "{}", r#"{"git":{}}"#, r#"{"git":{"sha1":"abc"}}"#, r#"{"git":{"sha1":"--all"}}"#];
        for text in cases {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(path in ".{0,40}", bytes: Vec<u8>) {
            let _ = parse(&bytes);
            let path = serde_json::to_string(&path).unwrap();
            let text = format!(r#"{{"git":{{"sha1":"{COMMIT}"}},"path_in_vcs":{path}}}"#);
            let folder = parse(text.as_bytes()).unwrap().folder;
            proptest::prop_assert!(folder.is_none_or(|it| !it.split('/').any(|part| part == "..")));
        }
    }
}
