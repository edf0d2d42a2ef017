//! The manifest inside a published package.

use serde::Deserialize;

use crate::model::{MaintenanceStatus, Packaged};

/// The library crate type that makes a procedural macro.
const PROC_MACRO: &str = "proc-macro";

/// Reads what is needed of a published `Cargo.toml`; everything else in it is skipped. The folder
/// it was made from is not in it.
///
/// A manifest that does not speak of a build script has one where a file `build.rs` lies beside
/// it, as in Cargo; `has_build_file` is asked for that.
///
/// A library is a procedural macro by `proc-macro = true`, by the old spelling `proc_macro`, or
/// by the crate type `proc-macro`, as in Cargo.
///
/// # Errors
/// Where the text is not TOML or a field has another type than Cargo gives it.
pub fn parse(text: &str, has_build_file: impl FnOnce() -> bool) -> Result<Packaged, String> {
    let manifest: Manifest = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    let library = manifest.lib.unwrap_or_default();
    let package = manifest.package.or(manifest.project).unwrap_or_default();
    Ok(Packaged {
        proc_macro: library.is_proc_macro(),
        build_script: package.build.as_ref().map_or_else(has_build_file, Build::is_some),
        repository: package.repository,
        homepage: package.homepage,
        folder: None,
        maintenance: manifest.badges.as_ref().and_then(maintenance),
    })
}

/// What the badges say about maintenance. Others are not looked at, nor what is no status: it
/// makes no manifest useless.
fn maintenance(badges: &toml::Value) -> Option<MaintenanceStatus> {
    MaintenanceStatus::named(badges.get("maintenance")?.get("status")?.as_str()?)
}

#[derive(Deserialize)]
struct Manifest {
    package: Option<PackageTable>,
    /// The old spelling, which may stand beside the new one.
    project: Option<PackageTable>,
    lib: Option<LibraryTable>,
    badges: Option<toml::Value>,
}

#[derive(Default, Deserialize)]
struct PackageTable {
    repository: Option<String>,
    homepage: Option<String>,
    build: Option<Build>,
}

/// Whether there is a build script, or its path, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Build {
    Told(bool),
    Path(String),
    Paths(Vec<String>),
}

impl Build {
    fn is_some(&self) -> bool {
        match self {
            Self::Told(there) => *there,
            Self::Path(path) => !path.is_empty(),
            Self::Paths(paths) => !paths.is_empty(),
        }
    }
}

/// Both spellings may stand in one manifest.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct LibraryTable {
    proc_macro: Option<bool>,
    #[serde(rename = "proc_macro")]
    old_proc_macro: Option<bool>,
    crate_type: Option<Vec<String>>,
    #[serde(rename = "crate_type")]
    old_crate_type: Option<Vec<String>>,
}

impl LibraryTable {
    fn is_proc_macro(&self) -> bool {
        let types = self.crate_type.as_ref().or(self.old_crate_type.as_ref());
        self.proc_macro.or(self.old_proc_macro) == Some(true)
            || types.is_some_and(|types| types.iter().any(|kind| kind == PROC_MACRO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_says_whether_it_is_a_procedural_macro_and_where_it_is_kept() {
        let cases = [
            ("[package]\nname = 'a'\n", false, None),
            (
                "[package]\nrepository = 'https://git.example/a'\n[lib]\npath = 'b.rs'\n",
                false,
                Some("https://git.example/a"),
            ),
            ("[package]\n[lib]\nproc-macro = true\n", true, None),
            ("[package]\n[lib]\nproc_macro = true\n", true, None),
            ("[package]\n[lib]\nproc-macro = true\nproc_macro = true\n", true, None),
            ("[package]\n[lib]\nproc-macro = false\n", false, None),
            ("[package]\n[lib]\ncrate-type = ['proc-macro']\n", true, None),
            ("[package]\n[lib]\ncrate_type = ['rlib', 'cdylib']\n", false, None),
            ("[project]\nrepository = 'x'\n[badges.lib]\nproc-macro = true\n", false, Some("x")),
            ("[package]\ndescription = '''\n[lib]\nproc-macro = true\n'''\n", false, None),
        ];
        for (text, proc_macro, repository) in cases {
            let repository = repository.map(str::to_owned);
            let expected = Packaged {
                proc_macro,
                build_script: false,
                repository,
                homepage: None,
                folder: None,
                maintenance: None,
            };
            assert_eq!(parse(text, || false), Ok(expected), "{text}");
        }
        let homepage =
            parse("[package]\nhomepage = 'https://a.example'\n", || false).unwrap().homepage;
        assert_eq!(homepage.as_deref(), Some("https://a.example"));
    }

    #[test]
    fn authors_say_how_it_is_maintained() {
        let cases = [
            ("[badges.maintenance]\nstatus = 'deprecated'\n", Some(MaintenanceStatus::Deprecated)),
            ("[badges]\nmaintenance = { status = 'as-is' }\n", Some(MaintenanceStatus::AsIs)),
            ("[badges.maintenance]\nstatus = 'none'\n", None),
            ("[badges.maintenance]\nstatus = 'actively-maintained'\n", None),
            ("[badges.maintenance]\nstatus = 1\n", None),
            ("[badges]\nmaintenance = 'deprecated'\n", None),
            ("[badges.travis-ci]\nstatus = 'deprecated'\n", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text, || false).unwrap().maintenance, expected, "{text}");
        }
    }

    #[test]
    fn a_build_script_is_declared_or_lies_beside_the_manifest() {
        let cases = [
            ("", false, false),
            ("", true, true),
            ("build = false", true, false),
            ("build = true", false, true),
            ("build = 'src/build.rs'", false, true),
            ("build = ['a.rs', 'b.rs']", false, true),
            ("build = []", true, false),
        ];
        for (line, beside, expected) in cases {
            let packaged = parse(&format!("[package]\n{line}\n"), || beside).unwrap();
            assert_eq!(packaged.build_script, expected, "{line} {beside}");
        }
    }

    #[test]
    fn what_is_no_manifest_is_refused_without_a_panic() {
        let deep = format!("a = {}", "[".repeat(100_000));
        for text in ["[package", "[lib]\nproc-macro = 'yes'\n", &deep, "\0"] {
            assert!(parse(text, || true).is_err(), "{}", text.len());
        }
    }
}
