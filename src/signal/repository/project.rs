//! The upstream project of a package, and which statement names it.

use super::read::is_forge;
use super::{Address, address};
use crate::model::{Found, NoRepository, Ownership, Packaged, Provenance, Repository};

/// What packages are grouped by: those of one project are ranked as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProjectKey {
    /// A repository.
    Repository(Repository),
    /// The one team, else the one person, that owns the package in its registry.
    Publisher(String),
    /// The package alone.
    Name(String),
}

/// Finds the repository of a package: by `repository` of its packaged manifest, else by
/// `homepage` where that is on a forge, else by what the registry says. The folder recorded when
/// the package was made is preferred to one in an address.
///
/// # Errors
/// Why the first statement made is no repository; [`NoRepository::Empty`] where none is made.
pub fn find(packaged: Option<&Packaged>, registry: Option<&str>) -> Result<Found, NoRepository> {
    let statements = [
        (Provenance::ManifestRepository, packaged.and_then(|it| it.repository.as_deref())),
        (Provenance::ManifestHomepage, packaged.and_then(|it| it.homepage.as_deref())),
        (Provenance::Registry, registry),
    ];
    let mut why = NoRepository::Empty;
    for (provenance, declared) in statements {
        let (mut location, mirror) = match address(declared.unwrap_or_default()) {
            Address::Repository(location) => (location, false),
            Address::Mirror(location) => (location, true),
            Address::Other(reason) => {
                why = if why == NoRepository::Empty { reason } else { why };
                continue;
            }
        };
        // A homepage on any other host is a web site far more often than a repository.
        if provenance == Provenance::ManifestHomepage && !is_forge(&location.repository.host) {
            continue;
        }
        let recorded = packaged.and_then(|it| it.folder.clone());
        location.folder = recorded.or(location.folder);
        return Ok(Found { location, mirror, provenance });
    }
    Err(why)
}

/// The project of a package, from its repository, its owners and its name.
pub fn project_key(
    repository: Option<Repository>,
    ownership: Option<&Ownership>,
    name: &str,
) -> ProjectKey {
    if let Some(repository) = repository {
        return ProjectKey::Repository(repository);
    }
    let publisher = ownership.and_then(|it| match (&it.teams[..], &it.people[..]) {
        ([only], _) | ([], [only]) => Some(only.clone()),
        _ => None,
    });
    publisher.map_or_else(|| ProjectKey::Name(name.to_owned()), ProjectKey::Publisher)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Option<&str> = None;

    fn packaged(repository: Option<&str>, homepage: Option<&str>) -> Packaged {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Packaged {
            proc_macro: false,
            build_script: false,
            repository: text(repository),
            homepage: text(homepage),
            folder: None,
            maintenance: None,
        }
    }

    #[test]
    fn the_first_statement_that_names_a_repository_is_believed() {
        use Provenance::{ManifestHomepage, ManifestRepository, Registry};
        let (a, b, c) =
            ("https://git.example/a", "https://gitlab.com/g/b", "https://git.example/c");
        let sponsors = Some("https://github.com/sponsors/a");
        let cases = [
            (Some(a), Some(b), Some(c), Ok((ManifestRepository, a))),
            (None, Some(b), Some(c), Ok((ManifestHomepage, b))),
            (sponsors, Some(b), None, Ok((ManifestHomepage, b))),
            (None, Some("https://site.example/a"), Some(c), Ok((Registry, c))),
            (None, NONE, Some(c), Ok((Registry, c))),
            (sponsors, Some("https://github.com/a"), None, Err(NoRepository::Funding)),
            (None, Some("https://github.com/a"), None, Err(NoRepository::Profile)),
            (None, None, None, Err(NoRepository::Empty)),
        ];
        for (repository, homepage, registry, expected) in cases {
            let found = find(Some(&packaged(repository, homepage)), registry);
            let found = found.map(|it| (it.provenance, it.location.repository.address));
            let expected = expected.map(|(provenance, text)| (provenance, text.to_owned()));
            assert_eq!(found, expected, "{repository:?} {homepage:?} {registry:?}");
        }
    }

    #[test]
    fn the_recorded_folder_is_preferred_to_the_one_in_the_address() {
        let declared = packaged(Some("https://github.com/o/n/tree/main/old"), None);
        for (recorded, expected) in [(None, "old"), (Some("new"), "new")] {
            let folder = recorded.map(str::to_owned);
            let found = find(Some(&Packaged { folder, ..declared.clone() }), None).unwrap();
            assert_eq!(found.location.folder.as_deref(), Some(expected));
        }
    }

    #[test]
    fn packages_without_a_repository_meet_in_their_only_publisher() {
        let cases = [
            (vec!["p"], vec![], ProjectKey::Publisher("p".into())),
            (vec!["p", "q"], vec!["t"], ProjectKey::Publisher("t".into())),
            (vec!["p", "q"], vec![], ProjectKey::Name("a".into())),
            (vec![], vec![], ProjectKey::Name("a".into())),
        ];
        for (people, teams, expected) in cases {
            let names = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
            let ownership =
                Ownership { people: names(people), teams: names(teams), ..Ownership::default() };
            assert_eq!(project_key(None, Some(&ownership), "a"), expected);
        }
        let repository = find(None, Some("https://git.example/a")).unwrap().location.repository;
        let expected = ProjectKey::Repository(repository.clone());
        assert_eq!(project_key(Some(repository), None, "a"), expected);
    }
}
