//! What is asked and what comes of it.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use crate::model::Missing;
use crate::source::{Answer, Request};

/// A request together with how it is to be asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The request.
    pub request: Request,
    /// What sort of fact it asks for; decides how long an answer is good.
    pub kind: Kind,
    /// How fast the host may be asked. Where the questions for a host differ, the slowest counts.
    pub pace: Pace,
    /// Whether it is of use without a token.
    pub access: Access,
}

/// What sort of fact is asked for. Slow facts are kept for longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The state of a project on its forge.
    Forge,
    /// Releases in a registry's index.
    Releases,
    /// Owners, publishers and downloads in a registry.
    Owners,
    /// Results of OpenSSF Scorecard.
    Scorecard,
    /// What deps.dev knows of a package or project.
    DepsDev,
    /// Facts about several subjects. It is never remembered as a whole: whoever asks remembers
    /// its parts with [`Network::remember`](super::Network::remember).
    Batch,
}

/// How fast a host may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Shortest time between the starts of two requests.
    pub gap: Duration,
    /// Most requests under way at once; 1 at least.
    pub at_once: usize,
}

/// Whether a question is of use without a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The source answers anybody; a token, where there is one, raises its limits.
    Open,
    /// The source answers only with a token.
    WithToken,
}

/// News of one question.
#[derive(Debug)]
pub enum Heard {
    /// The source is being asked. Comes once at most, and not where the answer was at hand.
    Asking,
    /// What came of it. Comes once for every question.
    Answered(Result<Learned, Unanswered>),
}

/// An answer and how well it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// The answer, with a status of success. Of the headers only those about the content are
    /// kept, so that an answer from the cache tells as much as a new one.
    pub answer: Answer,
    /// When the source gave or confirmed it.
    pub learned: Timestamp,
    /// Why it could not be renewed, where it is older than its kind of fact should be.
    pub stale: Option<Unanswered>,
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// The reason.
    pub why: Missing,
    /// More about it, as a lowercase fragment.
    pub detail: String,
}

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// How long it is believed that a source does not know the subject.
pub(super) const NOT_FOUND_AGE: Duration = DAY;

impl Kind {
    /// The age up to which an answer is not asked for again.
    pub fn max_age(self) -> Duration {
        match self {
            Self::Forge | Self::Releases => DAY,
            Self::Owners => 3 * DAY,
            Self::Batch => Duration::ZERO,
            Self::Scorecard | Self::DepsDev => 7 * DAY,
        }
    }
}

impl Pace {
    /// For a source that says nothing about its limits: ten requests a second, six at once.
    pub const USUAL: Self = Self { gap: Duration::from_millis(100), at_once: 6 };

    /// For a source that asks crawlers for one request a second.
    pub const ONE_A_SECOND: Self = Self { gap: Duration::from_secs(1), at_once: 1 };

    /// The slower of two in each respect.
    pub(super) fn slower(self, other: Self) -> Self {
        Self { gap: self.gap.max(other.gap), at_once: self.at_once.min(other.at_once) }
    }
}

impl Unanswered {
    pub(super) fn new(why: Missing, detail: impl Into<String>) -> Self {
        Self { why, detail: detail.into() }
    }

    /// A reason that says it all.
    pub(super) fn because(why: Missing) -> Self {
        Self::new(why, why.reason())
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}
