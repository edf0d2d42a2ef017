//! The platforms of one resolution, and which of them use a dependency.

use std::collections::HashMap;

use super::Selection;
use super::flags::Flags;
use super::platform::{Configuration, Platform, Platforms};

/// Whether a package is built for the target, or, as part of a build script or a procedural
/// macro, for the host, or, as an artifact, for a platform of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Target,
    Host,
    /// By its place among the triples of artifacts.
    Artifact(u8),
}

/// The most triples of artifacts that are told apart.
const MOST_ARTIFACTS: u8 = 60;

impl Side {
    /// A number for each side, without gaps.
    pub(super) fn number(self) -> usize {
        match self {
            Self::Target => 0,
            Self::Host => 1,
            Self::Artifact(at) => 2 + usize::from(at),
        }
    }
}

/// The sides that use a dependency, by their numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used {
    sides: u64,
    /// Whether one more may, by what compiler flags set.
    more: bool,
}

impl Used {
    const EVERYWHERE: Self = Self { sides: u64::MAX, more: false };

    pub(super) fn on(self, side: Side) -> bool {
        self.sides & (1 << side.number()) != 0
    }

    pub(super) fn anywhere(self) -> bool {
        self.sides != 0 || self.more
    }

    /// Whether a side may use it of which that is not known.
    pub(super) fn maybe_more(self) -> bool {
        self.more
    }
}

/// Answers of the platforms, each expression evaluated once.
pub(super) struct Answers {
    /// By number of the side; `None` for a platform that is not known and for every platform at
    /// once, which use everything.
    configurations: Vec<Option<Configuration>>,
    artifacts: Vec<String>,
    flags: Flags,
    known: HashMap<String, Used>,
}

impl Answers {
    /// The answers for the platforms of a build, and for those of artifacts by their triples.
    pub(super) fn new<'a>(selection: &Selection, artifacts: impl Iterator<Item = &'a str>) -> Self {
        let target = match &selection.platforms {
            Platforms::All => None,
            Platforms::One(platform) => Some(*platform),
        };
        let mut listed: Vec<String> = Vec::new();
        for triple in artifacts {
            if listed.len() < usize::from(MOST_ARTIFACTS) && !listed.iter().any(|it| it == triple) {
                listed.push(triple.to_owned());
            }
        }
        let own = listed.iter().map(|triple| match triple.as_str() {
            "target" => target,
            triple => Platform::from_triple(triple),
        });
        let sides = [target, Platform::host()].into_iter().chain(own);
        let configurations = sides.map(|side| side.map(|side| side.configuration())).collect();
        let flags = selection.flags.clone();
        Self { configurations, artifacts: listed, flags, known: HashMap::new() }
    }

    /// How many sides there are.
    pub(super) fn sides(&self) -> usize {
        self.configurations.len()
    }

    /// The side of the artifacts for a triple. Beyond the most that are told apart it is the
    /// target's.
    pub(super) fn side_of(&self, triple: &str) -> Side {
        let place = self.artifacts.iter().position(|it| it == triple);
        let place = place.and_then(|place| u8::try_from(place).ok());
        place.map_or(Side::Target, Side::Artifact)
    }

    /// The sides that use a dependency limited to `target`, or to nothing.
    pub(super) fn ask(&mut self, target: Option<&str>) -> Used {
        let Some(target) = target else { return Used::EVERYWHERE };
        if let Some(answer) = self.known.get(target) {
            return *answer;
        }
        let mut used = Used { sides: 0, more: false };
        for (number, configuration) in self.configurations.iter().enumerate() {
            if configuration.as_ref().is_none_or(|it| it.matches(target)) {
                used.sides |= 1 << number;
            } else if configuration.as_ref().is_some_and(|it| it.may_match(target, &self.flags)) {
                used.more = true;
            }
        }
        // For every platform at once the host is one of them.
        let answer = if self.configurations[0].is_none() { Used::EVERYWHERE } else { used };
        self.known.insert(target.to_owned(), answer);
        answer
    }
}
