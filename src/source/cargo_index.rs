//! Cargo's local copy of a registry index: one file per package, one JSON line per release.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use jiff::Timestamp;
use semver::VersionReq;
use serde::Deserialize;
use smol_str::SmolStr;
use tame_index::CacheError;
use tame_index::index::cache::ValidCacheEntry;
use tame_index::utils::split;

use crate::model::{
    Artifact, Declaration, DeclaredSource, Dependency, DependencyKind, Published, Registry,
    Release, ReleaseHistory,
};

/// Most damaged lines in a file that is still believed.
const MOST_DAMAGED: usize = 1_000;
/// Longest part of an unreadable version that is kept, in characters.
const LONGEST_NAME: usize = 40;

/// What an index file says about one package.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IndexEntry {
    /// Every release that can be understood, in the order of the file.
    pub history: ReleaseHistory,
    /// What the wanted versions declare, by version. Other versions are absent.
    pub declarations: BTreeMap<String, Declaration>,
    /// Versions whose line, or for a wanted version whose declaration, cannot be understood.
    pub damaged: Vec<String>,
}

/// Reads a file of Cargo's index cache (`.cache/<prefix>/<name>`).
///
/// Only the wanted versions are decoded in full; of the others the version, the publication
/// time (to the second) and the yanked flag are read. A time that cannot be understood is an
/// absent one. A line that cannot be understood is named in [`IndexEntry::damaged`] and its
/// release left out, as nothing is known of it; the other lines stand.
///
/// # Errors
/// Where the header is not one of the current format, no line can be understood, or very many
/// cannot: a lowercase fragment that says so.
pub fn parse(bytes: &[u8], wanted_versions: &[&str]) -> Result<IndexEntry, String> {
    let file = ValidCacheEntry::read(bytes).map_err(|error| header_complaint(&error).to_owned())?;
    let mut entry = IndexEntry::default();
    let mut announced: Option<&[u8]> = None;
    // A version, a zero byte, its JSON, a zero byte. Telling the two apart by the opening brace
    // finds the way back after a damaged line.
    for chunk in split(file.version_entries, 0) {
        if chunk.first() == Some(&b'{') {
            let version = announced.take().unwrap_or_default();
            if entry.read_line(Some(version), chunk, wanted_versions).is_none() {
                entry.damaged.push(shortened(version));
            }
        } else if let Some(lost) = announced.replace(chunk) {
            entry.damaged.push(shortened(lost));
        }
        if entry.damaged.len() > MOST_DAMAGED {
            return Err(too_many_damaged());
        }
    }
    entry.damaged.extend(announced.map(shortened));
    entry.checked()
}

/// Where the line of each release of such a file lies, by version; empty for another format.
pub fn lines(bytes: &[u8]) -> HashMap<String, Range<usize>> {
    let Ok(file) = ValidCacheEntry::read(bytes) else { return HashMap::new() };
    let mut announced: &[u8] = &[];
    let mut found = HashMap::new();
    for chunk in split(file.version_entries, 0) {
        if chunk.first() == Some(&b'{') {
            let version = String::from_utf8_lossy(announced).into_owned();
            let at = chunk.as_ptr() as usize - bytes.as_ptr() as usize;
            found.insert(version, at..at + chunk.len());
        }
        announced = chunk;
    }
    found
}

/// What a line says of its release; `None` where it cannot be understood.
pub fn published(json: &[u8]) -> Option<Published> {
    let line: PublishedLine = serde_json::from_slice(json).ok()?;
    let declared: DeclarationLine<'_> = serde_json::from_slice(json).ok()?;
    Some(Published {
        links: line.links,
        rust_version: line.rust_version,
        declaration: declaration(declared),
    })
}

/// Reads what a sparse index sends: a release a line, without the header and the announced
/// versions of Cargo's cache. As [`parse`] otherwise; a damaged line is named by its beginning.
///
/// # Errors
/// As [`parse`], but for the header.
pub fn parse_lines(bytes: &[u8], wanted_versions: &[&str]) -> Result<IndexEntry, String> {
    let mut entry = IndexEntry::default();
    for line in split(bytes, b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        if entry.read_line(None, line, wanted_versions).is_none() {
            entry.damaged.push(shortened(line));
        }
        if entry.damaged.len() > MOST_DAMAGED {
            return Err(too_many_damaged());
        }
    }
    entry.checked()
}

impl IndexEntry {
    fn checked(self) -> Result<Self, String> {
        if self.history.releases.is_empty() {
            return Err("no release in it can be understood".to_owned());
        }
        Ok(self)
    }

    /// Reads a line, which has to be about the announced version where one is announced.
    fn read_line(&mut self, announced: Option<&[u8]>, json: &[u8], wanted: &[&str]) -> Option<()> {
        let line: ReleaseLine<'_> = serde_json::from_slice(json).ok()?;
        if announced.is_some_and(|announced| line.vers.as_bytes() != announced) {
            return None;
        }
        let time = line.pubtime.and_then(|Text(time)| time.parse::<Timestamp>().ok());
        self.history.releases.push(Release {
            version: line.vers.as_ref().into(),
            published: time.and_then(|time| Timestamp::from_second(time.as_second()).ok()),
            yanked: line.yanked,
        });
        if wanted.contains(&line.vers.as_ref()) {
            let declared: DeclarationLine<'_> = serde_json::from_slice(json).ok()?;
            self.declarations.insert(line.vers.into_owned(), declaration(declared));
        }
        Some(())
    }
}

/// The fields of a line that every release needs.
#[derive(Deserialize)]
struct ReleaseLine<'a> {
    #[serde(borrow)]
    vers: Cow<'a, str>,
    #[serde(borrow)]
    pubtime: Option<Text<'a>>,
    #[serde(default)]
    yanked: bool,
}

/// A string borrowed from the line where it holds no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The fields of a line that only a wanted release needs.
#[derive(Deserialize)]
struct DeclarationLine<'a> {
    #[serde(borrow)]
    deps: Vec<DependencyLine<'a>>,
    features: BTreeMap<SmolStr, Vec<SmolStr>>,
    features2: Option<BTreeMap<SmolStr, Vec<SmolStr>>>,
}

/// The fields of a line that only a choice of versions needs.
#[derive(Deserialize)]
struct PublishedLine {
    links: Option<SmolStr>,
    rust_version: Option<SmolStr>,
}

#[derive(Deserialize)]
struct DependencyLine<'a> {
    name: SmolStr,
    #[serde(borrow)]
    req: Cow<'a, str>,
    #[serde(default)]
    features: Vec<SmolStr>,
    #[serde(default)]
    optional: bool,
    #[serde(default = "yes")]
    default_features: bool,
    target: Option<SmolStr>,
    #[serde(borrow)]
    kind: Option<Text<'a>>,
    package: Option<SmolStr>,
    /// The index address of another registry.
    #[serde(borrow)]
    registry: Option<Text<'a>>,
    /// The target triple of an artifact dependency.
    bindep_target: Option<SmolStr>,
    #[serde(default)]
    lib: bool,
}

fn yes() -> bool {
    true
}

fn declaration(line: DeclarationLine<'_>) -> Declaration {
    let mut features = line.features;
    for (name, values) in line.features2.unwrap_or_default() {
        features.entry(name).or_default().extend(values);
    }
    Declaration { dependencies: line.deps.into_iter().map(dependency).collect(), features }
}

/// A requirement that is not one becomes `None`, any version: Cargo has locked a version by it
/// all the same, and losing the dependency would hide what it brings in. A kind that is neither
/// `dev` nor `build` is a normal one, as in Cargo.
fn dependency(line: DependencyLine<'_>) -> Dependency {
    Dependency {
        package: line.package.unwrap_or_else(|| line.name.clone()),
        name: line.name,
        from: line.registry.map_or(DeclaredSource::Registry, |Text(address)| {
            DeclaredSource::RegistryAt(Registry::at(&address))
        }),
        requirement: VersionReq::parse(&line.req).ok(),
        kind: match line.kind.as_ref().map(|Text(kind)| kind.as_ref()) {
            Some("dev") => DependencyKind::Dev,
            Some("build") => DependencyKind::Build,
            _ => DependencyKind::Normal,
        },
        optional: line.optional,
        default_features: line.default_features,
        features: line.features,
        target: line.target,
        artifact: line.bindep_target.map(|target| Artifact { target, library: line.lib }),
    }
}

fn too_many_damaged() -> String {
    format!("more than {MOST_DAMAGED} releases in it cannot be understood")
}

fn shortened(version: &[u8]) -> String {
    String::from_utf8_lossy(version).chars().take(LONGEST_NAME).collect()
}

fn header_complaint(error: &CacheError) -> &'static str {
    match error {
        CacheError::OutdatedCacheVersion => "it is in the format of an old Cargo",
        CacheError::UnknownCacheVersion | CacheError::UnknownIndexVersion => {
            "it is in a format of another Cargo that is not known here"
        }
        CacheError::InvalidCacheEntry
        | CacheError::OutdatedRevision
        | CacheError::InvalidCrateVersion => "it is not an index file of Cargo",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER: &[u8] = b"\x03\x02\0\0\0Unknown\0";
    const PLAIN: &str =
        r#"{"name":"a","vers":"1.0.0","deps":[],"cksum":"","features":{},"yanked":false}"#;

    fn file(lines: &[(&str, &str)]) -> Vec<u8> {
        let body = lines.iter().map(|(version, json)| format!("{version}\0{json}\0"));
        [HEADER, body.collect::<String>().as_bytes()].concat()
    }

    fn versions(entry: &IndexEntry) -> Vec<&str> {
        entry.history.releases.iter().map(|release| release.version.as_str()).collect()
    }

    #[test]
    fn a_release_has_a_time_and_a_yanked_flag_where_the_line_says_so() {
        let line = |rest: &str| format!(r#"{{"name":"a","vers":"1.0.0"{rest}}}"#);
        let cases = [
            ("", None, false),
            (r#","pubtime":null,"yanked":true"#, None, true),
            (r#","pubtime":"1970-01-02T00:00:01Z""#, Some(86_401), false),
            (r#","pubtime":"1970-01-01T00:00:01.9+00:00""#, Some(1), false),
            (r#","pubtime":"yesterday""#, None, false),
            (r#","features":{"pubtime":["1970-01-01T00:00:01Z"]},"v":9"#, None, false),
            (r#","pubtime":"1970-01-01T00:00:0\u0031Z""#, Some(1), false),
        ];
        for (rest, seconds, yanked) in cases {
            let entry = parse(&file(&[("1.0.0", &line(rest))]), &[]).unwrap();
            let release = &entry.history.releases[0];
            assert_eq!(release.published.map(Timestamp::as_second), seconds, "{rest}");
            assert_eq!(release.yanked, yanked, "{rest}");
            assert!(entry.damaged.is_empty(), "{rest}");
        }
    }

    #[test]
    fn a_wanted_version_is_decoded_in_full_and_the_others_are_not() {
        let wanted = r#"{"name":"a","vers":"2.0.0","yanked":false,"deps":[
            {"name":"short","package":"long-name","req":"^1.2","features":["x"],"optional":true,
             "default_features":false,"target":"cfg(unix)","kind":"build","registry":"https://r.example"},
            {"name":"odd","req":"not a requirement","kind":null},
            {"name":"tests","req":"*","kind":"dev"}],
            "features":{"default":["std"],"std":[]},"features2":{"default":["dep:short"],"new":["odd?/y"]}}"#;
        let entry = parse(&file(&[("1.0.0", PLAIN), ("2.0.0", wanted)]), &["2.0.0"]).unwrap();
        assert_eq!(versions(&entry), ["1.0.0", "2.0.0"]);
        assert_eq!(entry.declarations.keys().collect::<Vec<_>>(), ["2.0.0"]);
        let declared = &entry.declarations["2.0.0"];
        let features: Vec<_> =
            declared.features.iter().map(|(name, values)| format!("{name}={values:?}")).collect();
        assert_eq!(features, [r#"default=["std", "dep:short"]"#, r#"new=["odd?/y"]"#, "std=[]"]);
        assert_eq!(
            declared.dependencies[0],
            Dependency {
                name: "short".into(),
                package: "long-name".into(),
                from: DeclaredSource::RegistryAt(Registry::Other("https://r.example".into())),
                requirement: Some(VersionReq::parse("^1.2").unwrap()),
                kind: DependencyKind::Build,
                optional: true,
                default_features: false,
                features: vec!["x".into()],
                target: Some("cfg(unix)".into()),
                artifact: None,
            }
        );
        let odd = &declared.dependencies[1];
        assert_eq!((odd.requirement.as_ref(), odd.kind), (None, DependencyKind::Normal));
        assert!(odd.default_features && !odd.optional);
        assert_eq!(odd.package, "odd");
        assert_eq!(declared.dependencies[2].kind, DependencyKind::Dev);
    }

    #[test]
    fn a_damaged_line_is_named_and_the_others_stand() {
        let next = PLAIN.replace("1.0.0", "1.0.1");
        let cases = [
            (vec![("0.9.0", "{"), ("1.0.0", PLAIN)], vec!["1.0.0"], vec!["0.9.0"]),
            (vec![("1.0.0", PLAIN), ("1.0.1", "")], vec!["1.0.0"], vec!["1.0.1", ""]),
            (vec![("7", PLAIN), ("1.0.1", &next)], vec!["1.0.1"], vec!["7"]),
            (vec![("1.0.0", &PLAIN[..40]), ("1.0.1", &next)], vec!["1.0.1"], vec!["1.0.0"]),
            (vec![("1.0.0", "{\"a\0b"), ("1.0.1", &next)], vec!["1.0.1"], vec!["1.0.0", "b"]),
        ];
        for (lines, releases, damaged) in cases {
            let entry = parse(&file(&lines), &[]).unwrap();
            assert_eq!(versions(&entry), releases, "{lines:?}");
            assert_eq!(entry.damaged, damaged, "{lines:?}");
        }
    }

    #[test]
    fn the_lines_of_a_sparse_index_are_read_as_those_of_the_cache() {
        let next = PLAIN.replace("1.0.0", "1.0.1");
        let text = format!("{PLAIN}\n\r\n{{broken\n{next}");
        let entry = parse_lines(text.as_bytes(), &["1.0.1"]).unwrap();
        assert_eq!(versions(&entry), ["1.0.0", "1.0.1"]);
        assert_eq!(entry.declarations.keys().collect::<Vec<_>>(), ["1.0.1"]);
        assert_eq!(entry.damaged, ["{broken"]);
        assert!(parse_lines(b"", &[]).unwrap_err().contains("no release"));
        assert!(parse_lines(&b"x\n".repeat(2_000), &[]).unwrap_err().contains("more than 1000"));
    }

    #[test]
    fn a_version_that_is_not_semantic_is_kept_and_a_bad_declaration_loses_only_itself() {
        let odd = r#"{"vers":"1.0","deps":7,"features":{}}"#;
        let entry = parse(&file(&[("1.0", odd)]), &["1.0"]).unwrap();
        assert_eq!(versions(&entry), ["1.0"]);
        assert!(entry.declarations.is_empty());
        assert_eq!(entry.damaged, ["1.0"]);
    }

    #[test]
    fn another_format_is_refused_with_the_reason() {
        let body = format!("Unknown\x001.0.0\0{PLAIN}\0");
        let cases: [(&[u8], &str, &str); 6] = [
            (b"", "", "not an index file"),
            (b"\x03\x02\0", "", "not an index file"),
            (b"\x03\x02\0\0\0", "{}", "not an index file"),
            (b"\x01\x02\0\0\0", &body, "old Cargo"),
            (b"\x04\x02\0\0\0", &body, "another Cargo"),
            (b"\x03\x01\0\0\0", &body, "another Cargo"),
        ];
        for (header, body, reason) in cases {
            let error = parse(&[header, body.as_bytes()].concat(), &[]).unwrap_err();
            assert!(error.contains(reason), "{header:?}: {error}");
        }
        assert!(parse(&file(&[("1.0.0", "{}")]), &[]).unwrap_err().contains("no release"));
        let zeros = [file(&[("1.0.0", PLAIN)]), vec![0; 10_000]].concat();
        assert!(parse(&zeros, &[]).unwrap_err().contains("more than 1000"));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(
            mut bytes in prop::collection::vec(any::<u8>(), 0..300),
            place in 0usize..90,
        ) {
            let _ = parse(&bytes, &["1.0.0"]);
            let _ = parse_lines(&bytes, &["1.0.0"]);
            let mut flipped = file(&[("1.0.0", PLAIN)]);
            let place = place.min(flipped.len() - 1);
            flipped[place] ^= 0x55;
            let _ = parse(&flipped, &["1.0.0"]);
            bytes.splice(0..0, HEADER.iter().copied());
            let _ = parse(&bytes, &["1.0.0"]);
            let _ = parse_lines(&bytes, &["1.0.0"]);
        }
    }
}
