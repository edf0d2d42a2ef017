//! Requirements: those in the way, and those to write.

use semver::{Comparator, Op, Version, VersionReq};

use crate::resolve::update::{Catalogue, NodeId};

/// Whether optional dependencies, which a build may do without, count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Optional {
    Counts,
    Ignored,
}

/// Whether a release of a dependent lets go of a locked package: each of its requirements of it
/// accepts one of the releases that will do, or there is none.
pub(super) fn lets(
    catalogue: &Catalogue<'_>,
    release: NodeId,
    target: NodeId,
    releases: &[NodeId],
    counts: Optional,
) -> bool {
    let version = catalogue.version(target);
    let Some(requirements) = catalogue.requirements(release, target) else { return false };
    requirements.iter().all(|(accepts, optional)| {
        let accepts = |it: &Version| accepts.as_ref().is_none_or(|accepts| accepts.matches(it));
        let ignored = *optional && counts == Optional::Ignored && !accepts(&version);
        ignored || releases.iter().any(|id| accepts(&catalogue.version(*id)))
    })
}

/// `^version`.
pub(super) fn at_least(version: &Version) -> VersionReq {
    let comparator = Comparator {
        op: Op::Caret,
        major: version.major,
        minor: Some(version.minor),
        patch: Some(version.patch),
        pre: version.pre.clone(),
    };
    VersionReq { comparators: vec![comparator] }
}
