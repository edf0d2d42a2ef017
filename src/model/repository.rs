//! Source repositories, and how a package leads to one.

/// A source repository, in one spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repository {
    /// `https://host/path`.
    pub address: String,
    /// The host alone, with a port where there is one.
    pub host: String,
    /// The path alone, such as `owner/name`.
    pub path: String,
}

/// A place in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The repository.
    pub repository: Repository,
    /// The folder in it, where a part of it is meant. A branch name with a slash in it cannot be
    /// told from a folder: the part after its first slash is then taken for one.
    pub folder: Option<String>,
}

/// The statement a repository was learned from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provenance {
    /// `repository` of the manifest inside the published package.
    ManifestRepository,
    /// `homepage` of that manifest, which is a repository's address.
    ManifestHomepage,
    /// The registry, which keeps what the newest release declares.
    Registry,
    /// The lockfile, by which the package is taken from there.
    Lockfile,
}

impl Provenance {
    /// The statement as a short phrase.
    pub fn name(self) -> &'static str {
        match self {
            Self::ManifestRepository => "`repository` of the packaged manifest",
            Self::ManifestHomepage => "`homepage` of the packaged manifest",
            Self::Registry => "the registry",
            Self::Lockfile => "the lockfile",
        }
    }
}

/// A package's place in a repository, with the statement that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where.
    pub location: Location,
    /// Whether the address says that the repository mirrors another.
    pub mirror: bool,
    /// By which statement.
    pub provenance: Provenance,
}

/// Why a declared address is no repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoRepository {
    /// Nothing is declared.
    Empty,
    /// It is no address, or one of something on the publisher's machine.
    Unreadable,
    /// A page at which to pay.
    Funding,
    /// Documentation.
    Documentation,
    /// A package's page in a registry.
    Registry,
    /// A person or an organisation.
    Profile,
    /// Another page of a forge, such as a search.
    ForgePage,
    /// A forge that has shut down.
    Closed,
    /// Some other web page.
    WebPage,
}

impl NoRepository {
    /// The reason as a short phrase.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Empty => "none is declared",
            Self::Unreadable => "it is no address of a repository",
            Self::Funding => "it is a page at which to pay",
            Self::Documentation => "it is documentation",
            Self::Registry => "it is a page of a registry",
            Self::Profile => "it is a person or an organisation",
            Self::ForgePage => "it is another page of a forge",
            Self::Closed => "the forge has shut down",
            Self::WebPage => "it is a web page",
        }
    }
}
