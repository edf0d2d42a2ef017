//! What a package is and where it comes from.

use packageurl::PackageUrl;
use semver::Version;

use super::{canonical_address, without_secrets};

/// One locked package: a name, an exact version, and a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Package {
    /// The name as the lockfile spells it.
    pub name: String,
    /// The locked version.
    pub version: Version,
    /// Where the code comes from.
    pub source: Source,
}

/// Where the code of a package comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A package registry.
    Registry(Registry),
    /// A git repository at a fixed commit.
    Git {
        /// The repository address, without query and fragment.
        url: String,
        /// What of it was asked for, as the lockfile writes it: `branch=`, `tag=` or `rev=`; empty
        /// for the default branch. One address locked by branch and by tag is two sources.
        reference: String,
        /// The locked commit, empty where the lockfile has none.
        commit: String,
    },
    /// A folder on this machine: a workspace member or a path dependency.
    Path,
}

/// A package registry, told apart by whether public advisories speak about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Registry {
    /// The public Rust registry, the one RustSec advisories are about.
    CratesIo,
    /// Any other registry, by the address in the lockfile (`sparse+` kept, `registry+` removed).
    Other(String),
}

impl Registry {
    /// The registry with an index at this address, as a lockfile or a Cargo configuration has it.
    /// However the address of the public registry is spelled, Cargo builds its packages.
    pub fn at(address: &str) -> Self {
        let address = address.strip_prefix("registry+").unwrap_or(address);
        let public = [tame_index::CRATES_IO_INDEX, tame_index::CRATES_IO_HTTP_INDEX];
        // First as every ordinary lockfile has it.
        if public.contains(&address) {
            return Self::CratesIo;
        }
        let is_public =
            |canonical: &str| public.iter().any(|it| canonical_address(it) == canonical);
        match is_public(&canonical_address(address)) {
            true => Self::CratesIo,
            false => Self::Other(address.to_owned()),
        }
    }

    /// Whether two addresses are of one registry.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(one), Self::Other(other)) => {
                canonical_address(one) == canonical_address(other)
            }
            (Self::CratesIo, Self::CratesIo) => true,
            (Self::CratesIo, Self::Other(_)) | (Self::Other(_), Self::CratesIo) => false,
        }
    }
}

impl Package {
    /// The package URL, the identity used in every report
    /// (<https://github.com/package-url/purl-spec>, type `cargo`).
    ///
    /// Another registry is named by the qualifier `repository_url`, a git repository by
    /// `vcs_url`. A name that no purl can hold yields `pkg:cargo/` and the name with every
    /// character outside `[A-Za-z0-9._-]` percent-encoded.
    pub fn purl(&self) -> String {
        self.try_purl().unwrap_or_else(|_| {
            let name: String = self.name.bytes().map(encode).collect();
            format!("pkg:cargo/{name}@{}", self.version)
        })
    }

    fn try_purl(&self) -> packageurl::Result<String> {
        let mut purl = PackageUrl::new("cargo", self.name.as_str())?;
        purl.with_version(self.version.to_string())?;
        match &self.source {
            Source::Registry(Registry::Other(url)) => {
                purl.add_qualifier("repository_url", without_secrets(url))?;
            }
            Source::Git { url, commit, .. } => {
                purl.add_qualifier("vcs_url", format!("git+{}@{commit}", without_secrets(url)))?;
            }
            Source::Registry(Registry::CratesIo) | Source::Path => {}
        }
        Ok(purl.to_string())
    }

    /// Whether the package comes from the public Rust registry.
    pub fn is_from_crates_io(&self) -> bool {
        self.source == Source::Registry(Registry::CratesIo)
    }
}

fn encode(byte: u8) -> String {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(source: Source) -> Package {
        Package { name: "demo".into(), version: Version::new(1, 2, 3), source }
    }

    #[test]
    fn purl_names_the_source_only_where_it_is_not_the_default() {
        let cases = [
            (Source::Registry(Registry::CratesIo), "pkg:cargo/demo@1.2.3"),
            (Source::Path, "pkg:cargo/demo@1.2.3"),
            (
                Source::Registry(Registry::Other("sparse+https://cargo.example/index/".into())),
                "pkg:cargo/demo@1.2.3?repository_url=sparse%2Bhttps:%2F%2Fcargo.example%2Findex%2F",
            ),
            (
                Source::Git {
                    url: "https://git.example/demo".into(),
                    reference: "branch=main".into(),
                    commit: "abc".into(),
                },
                "pkg:cargo/demo@1.2.3?vcs_url=git%2Bhttps:%2F%2Fgit.example%2Fdemo%40abc",
            ),
        ];
        for (source, expected) in cases {
            assert_eq!(package(source).purl(), expected);
        }
    }

    #[test]
    fn the_public_registry_is_known_however_its_address_is_spelled() {
        let name = tame_index::CRATES_IO_INDEX.rsplit('/').next().unwrap();
        let sparse = tame_index::CRATES_IO_HTTP_INDEX;
        let host = sparse.trim_start_matches("sparse+https://").trim_end_matches('/');
        let shouted = format!("sparse+https://{}", host.to_uppercase());
        // By what Cargo builds with `--locked`; the last of each kind it does not.
        let cases = [
            ("registry+https://github.com/rust-lang/{name}", true),
            ("registry+https://github.com/rust-lang/{name}.git", true),
            ("registry+https://github.com/rust-lang/{name}/", true),
            ("registry+https://github.com/rust-lang/{name}.git/", true),
            ("registry+https://github.com/rust-lang/{name}.GIT", true),
            ("registry+https://GitHub.com/Rust-Lang/Crates.io-Index", true),
            ("registry+http://github.com/rust-lang/{name}", true),
            ("registry+ssh://github.com/rust-lang/{name}", true),
            ("registry+HTTPS://github.com:443/x/../rust-lang/{name}", true),
            ("registry+ https:github.com\\rust-lang/./{name}", true),
            ("{sparse}", true),
            ("{SPARSE}", true),
            ("registry+https://github.com/rust-lang/{name}//", false),
            ("registry+https://github.com/rust-lang/{name}.git.git", false),
            ("registry+https://git@github.com/rust-lang/{name}", false),
            ("registry+https://www.github.com/rust-lang/{name}", false),
            ("registry+https://github.com/rust-lang/crates%2Eio-index", false),
            ("registry+https://github.com/rust-lang/{name}?x=1", false),
            ("registry+https://github.com/rust-lang/{name}#abc", false),
            ("registry+https://github.com/rust-lang/", false),
            ("registry+", false),
        ];
        for (address, public) in cases {
            let address = address.replace("{name}", name).replace("{sparse}", sparse);
            let address = address.replace("{SPARSE}", &shouted);
            assert_eq!(Registry::at(&address) == Registry::CratesIo, public, "{address}");
        }
        let mine = Registry::at("sparse+https://r.example/index");
        assert!(mine.is_same(&Registry::at("sparse+https://R.example/index/")));
        assert!(!mine.is_same(&Registry::at("sparse+https://r.example/other")));
        assert!(!mine.is_same(&Registry::CratesIo));
    }

    #[test]
    fn a_password_is_not_shown() {
        let url = "https://user:secret@git.example/a".to_owned();
        let git = Source::Git { url: url.clone(), reference: String::new(), commit: "c".into() };
        for source in [git, Source::Registry(Registry::Other(url))] {
            assert!(!package(source).purl().contains("secret"));
        }
    }

    #[test]
    fn a_hostile_name_is_encoded() {
        let mut hostile = package(Source::Path);
        hostile.name = "a\u{1b}[31m".into();
        assert!(!hostile.purl().contains('\u{1b}'), "{}", hostile.purl());
    }
}
