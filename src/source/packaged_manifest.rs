//! The manifest inside a published package.

use serde::Deserialize;

use crate::model::Packaged;

/// The library crate type that makes a procedural macro.
const PROC_MACRO: &str = "proc-macro";

/// Reads what is needed of a published `Cargo.toml`; everything else in it is skipped. The folder
/// it was made from is not in it.
///
/// A library is a procedural macro by `proc-macro = true`, by the old spelling `proc_macro`, or
/// by the crate type `proc-macro`, as in Cargo.
///
/// # Errors
/// Where the text is not TOML or a field has another type than Cargo gives it.
pub fn parse(text: &str) -> Result<Packaged, String> {
    let manifest: Manifest = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    let library = manifest.lib.unwrap_or_default();
    let package = manifest.package.unwrap_or_default();
    Ok(Packaged {
        proc_macro: library.is_proc_macro(),
        repository: package.repository,
        homepage: package.homepage,
        folder: None,
    })
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(alias = "project")]
    package: Option<PackageTable>,
    lib: Option<LibraryTable>,
}

#[derive(Default, Deserialize)]
struct PackageTable {
    repository: Option<String>,
    homepage: Option<String>,
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
            let expected = Packaged { proc_macro, repository, homepage: None, folder: None };
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
        let homepage = parse("[package]\nhomepage = 'https://a.example'\n").unwrap().homepage;
        assert_eq!(homepage.as_deref(), Some("https://a.example"));
    }

    #[test]
    fn what_is_no_manifest_is_refused_without_a_panic() {
        let deep = format!("a = {}", "[".repeat(100_000));
        for text in ["[package", "[lib]\nproc-macro = 'yes'\n", &deep, "\0"] {
            assert!(parse(text).is_err(), "{}", text.len());
        }
    }
}
