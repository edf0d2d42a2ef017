//! The history of a repository, as far as it says who works on it. No e-mail address, no name.

use jiff::Timestamp;
use semver::Version;
use smol_str::SmolStr;

use super::Observed;

/// A person of one history: a position in [`History::people`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonIndex(pub u32);

/// Commits, people and tags of a repository's main branch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Everybody who authored or co-authored a commit, after the mailmap, each once.
    pub people: Vec<Person>,
    /// The commits, in no particular order.
    pub commits: Vec<Commit>,
    /// The tags, by name.
    pub tags: Vec<Tag>,
}

/// Somebody who works on a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Salted hash of the e-mail address, the only identity that is kept.
    pub identity: String,
    /// Domain of the e-mail address, unless it is a public mail provider's.
    pub organisation: Option<String>,
    /// Whether it is a program.
    pub bot: bool,
}

/// One commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Who wrote it.
    pub author: PersonIndex,
    /// Who else wrote it, by `Co-authored-by` trailers; without the author, sorted.
    pub co_authors: Vec<PersonIndex>,
    /// When it was written.
    pub authored: Timestamp,
    /// Whether it joins branches.
    pub merge: bool,
}

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The name, such as `v1.2.3`.
    pub name: String,
    /// When it was made: the tagger's time, else the author's time of the commit.
    pub made: Timestamp,
    /// Who made it: the tagger of an annotated tag, else the author of the commit; absent where
    /// that one is not among the people.
    pub by: Option<PersonIndex>,
}

/// Who does the work on a project, as of the end of a day (UTC), by author time.
///
/// Commits and tags made at or after the end of the day do not exist. A commit is of its author:
/// one by a bot is a bot's, whoever is named in a trailer. *Work* is commits by people that are
/// not merges. Every person among author and co-authors, bots left out, *did* that work and is
/// credited once; a co-authored commit therefore credits several.
///
/// A month is 30.4375 days. The last 3, 12 and 36 months are the 91, 365 and 1,096 days before
/// the end, their beginning included.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// First commit of a person, merges included.
    pub first_commit: Timestamp,
    /// Last commit of a person, merges included.
    pub last_commit: Timestamp,
    /// Commits that are work.
    pub commits: usize,
    /// Merges by people.
    pub merges: usize,
    /// Commits by bots, merges included.
    pub bot_commits: usize,
    /// People who did work.
    pub people: usize,
    /// Work in the last 3, 12 and 36 months.
    pub recent_commits: [usize; 3],
    /// People who did work in the last 3, 12 and 36 months.
    pub recent_people: [usize; 3],
    /// Contributor absence factor over the last 12 months: fewest people with at least half of
    /// the credits (<https://chaoss.community/kb/metric-contributor-absence-factor/>).
    pub absence_factor_12_months: Observed<usize>,
    /// The same over all time.
    pub absence_factor: Observed<usize>,
    /// Greatest share of the work of the last 12 months that one person did, 0 to 1.
    pub lead_share_12_months: Observed<f64>,
    /// Organisations, by e-mail domain without public providers, with work in the last 12 months.
    pub organisations_12_months: usize,
    /// Elephant factor over the last 12 months: fewest organisations with at least half of the
    /// credits of organisations, where a commit credits each organisation among its people once
    /// (<https://chaoss.community/kb/metric-elephant-factor/>).
    pub elephant_factor_12_months: Observed<usize>,
    /// People whose first work was in the last 12 months.
    pub newcomers_12_months: usize,
    /// People with work in the 365 days before the last 12 months, and none since.
    pub leavers_12_months: usize,
    /// Months from the last commit of a person to the end of the day.
    pub silent_months: f64,
    /// Work in the last 12 months divided by half of the work of the 731 days before them.
    /// Missing where those had none, or the first work is not before them.
    pub tempo_trend: Observed<f64>,
    /// Share of the work of the last 36 months that was done by the person who made the newest
    /// tag that a person made (of several at that time, the last by name), 0 to 1.
    pub releaser_share: Observed<f64>,
    /// The newest time the work passed to a newcomer.
    pub change_of_hands: Option<ChangeOfHands>,
    /// The versions that tags name, ascending, none twice.
    pub tagged: Vec<TaggedVersion>,
}

/// A version that a tag names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaggedVersion {
    /// What the tag says before the version: a package's name or a part of it; empty where it
    /// says nothing, or only that it is a release.
    pub of: SmolStr,
    /// The version, without build metadata.
    pub version: Version,
}

/// The work passed to a newcomer. Here work is told to its author alone, so that nobody takes
/// over by being named in trailers.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeOfHands {
    /// What it looks like.
    pub shape: HandsShape,
    /// First work of the newcomer.
    pub arrived: Timestamp,
    /// Last work of the old lead before falling silent.
    pub left: Timestamp,
    /// Begin of the year in which the newcomer took over.
    pub changed: Timestamp,
    /// The newcomer's share of the work in that year, 0 to 1.
    pub share: f64,
    /// Whether the newcomer made more than half of the tags of that year.
    pub makes_tags: bool,
}

/// What a change of hands looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HandsShape {
    /// A newcomer took over most of the work while the old lead fell silent.
    Takeover,
    /// A project that was dormant woke up under a new name.
    Awakening,
}

/// What sort of life a project leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProjectClass {
    /// Much work, shared by several.
    Busy,
    /// Work shared by several, be it no more than upkeep.
    Team,
    /// One person does most of the work.
    SingleMaintainer,
    /// Little left to do: old, quiet, no open need, and somebody there or nothing asked for.
    Finished,
    /// Silent; whether it is finished or abandoned cannot be told.
    Dormant,
    /// Nobody is there any more, or the owner gave it up.
    Abandoned,
    /// The work passed to a newcomer not long ago.
    TakenOver,
}

impl ProjectClass {
    /// The class as a word, as reports and rules name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Team => "team",
            Self::SingleMaintainer => "single-maintainer",
            Self::Finished => "finished",
            Self::Dormant => "dormant",
            Self::Abandoned => "abandoned",
            Self::TakenOver => "taken-over",
        }
    }
}

/// The class of a project with what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classification {
    /// The class.
    pub class: ProjectClass,
    /// Short sentences without a full stop, the deciding one first.
    pub evidence: Vec<String>,
}

/// The tags of a repository against the releases of a package. Versions are without build
/// metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagging {
    /// The newest release, by time of publication; a pre-release only where there is no other.
    pub newest_release: String,
    /// Whether it is tagged, as an earlier one is.
    pub newest_is_tagged: bool,
    /// Released but not tagged, since the first release that is tagged; oldest publication first.
    pub released_not_tagged: Vec<String>,
    /// Tagged but not released, since the first release; ascending. Where the package has a folder
    /// of its own and the tags name no package they may speak of another one, so none is here.
    pub tagged_not_released: Vec<String>,
}
