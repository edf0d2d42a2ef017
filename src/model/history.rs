//! The history of a repository, as far as it says who works on it. No e-mail address, no name.

use jiff::Timestamp;

use super::Observed;

/// A person of one history: a position in [`History::people`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonIndex(pub u32);

/// Commits, people and tags of a repository's main branch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Everybody who authored or co-authored a commit, after the mailmap.
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
    /// When it was made: the tagger's time, else the commit's.
    pub made: Timestamp,
    /// Who made it: the tagger, else the author of the commit; absent where neither is among
    /// the people.
    pub by: Option<PersonIndex>,
}

/// Who does the work on a project, as of the end of a day (UTC), by author time.
///
/// *Work* is commits by people that are not merges. A person's share counts the commits they
/// authored or co-authored. A month is 30.4375 days; 3, 12 and 36 months are 91, 365 and 1,096
/// days.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// First commit of a person.
    pub first_commit: Timestamp,
    /// Last commit of a person, merges included.
    pub last_commit: Timestamp,
    /// Commits that are work.
    pub commits: usize,
    /// Merges by people.
    pub merges: usize,
    /// Commits by bots.
    pub bot_commits: usize,
    /// People who did work.
    pub people: usize,
    /// Work in the last 3, 12 and 36 months.
    pub recent_commits: [usize; 3],
    /// People who did work in the last 3, 12 and 36 months.
    pub recent_people: [usize; 3],
    /// Contributor absence factor over the last 12 months: fewest people with at least half of
    /// the work (<https://chaoss.community/kb/metric-contributor-absence-factor/>).
    pub absence_factor_12_months: Observed<usize>,
    /// The same over all time.
    pub absence_factor: Observed<usize>,
    /// Organisations, by e-mail domain without public providers, with work in the last 12 months.
    pub organisations_12_months: usize,
    /// Elephant factor over the last 12 months: fewest organisations with at least half of the
    /// work that can be told to an organisation (<https://chaoss.community/kb/metric-elephant-factor/>).
    pub elephant_factor_12_months: Observed<usize>,
    /// People whose first work was in the last 12 months.
    pub newcomers_12_months: usize,
    /// People with work in the 12 months before the last 12, and none since.
    pub leavers_12_months: usize,
    /// Months since the last commit of a person.
    pub silent_months: f64,
    /// Work in the last 12 months divided by the yearly mean of the 24 months before.
    pub tempo_trend: Observed<f64>,
    /// Share of the work of the last 36 months by the person who made the newest tag, 0 to 1.
    pub releaser_share: Observed<f64>,
    /// The newest time the work passed to a newcomer after the old lead fell silent.
    pub change_of_hands: Option<ChangeOfHands>,
}

/// The work passed from one lead to a newcomer.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeOfHands {
    /// What it looks like.
    pub shape: HandsShape,
    /// First commit of the newcomer.
    pub arrived: Timestamp,
    /// Last commit of the old lead before the change.
    pub left: Timestamp,
    /// The newcomer's share of the work in the year after the change, 0 to 1.
    pub share: f64,
    /// Whether the newcomer also makes the tags.
    pub makes_tags: bool,
}

/// What a change of hands looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandsShape {
    /// A newcomer took over most of the work while the old lead fell silent.
    Takeover,
    /// A project that was dormant woke up under a new name.
    Awakening,
}
