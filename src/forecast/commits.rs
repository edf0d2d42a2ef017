//! Silence of a repository: when somebody last worked there.

use super::timeline::day_of;
use crate::model::{Activity, Feature, Features, Observed};
use crate::source::backtest::RecordedCommit;

/// When people committed to a repository, as far as it was there to be seen on any day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CommitDays {
    /// Days on which commits came, ascending, each with the day of the latest author time among
    /// what had come by then.
    latest: Vec<(i32, i32)>,
}

impl CommitDays {
    pub(super) fn new<'a>(commits: impl Iterator<Item = &'a RecordedCommit>) -> Self {
        let mut latest: Vec<(i32, i32)> =
            commits.map(|it| (day_of(it.seen), day_of(it.authored))).collect();
        latest.sort_unstable();
        let mut most = i32::MIN;
        for (_, authored) in &mut latest {
            most = most.max(*authored);
            *authored = most;
        }
        Self { latest }
    }

    /// The day the last commit that had come by the end of a day was written.
    fn last(&self, as_of: i32) -> Option<i32> {
        let known = self.latest.partition_point(|&(seen, _)| seen <= as_of);
        self.latest[..known].last().map(|&(_, authored)| authored)
    }

    /// Features with what the commits by the end of a day say; missing where there is none.
    pub(super) fn describe(&self, features: Features, as_of: i32) -> Features {
        match self.last(as_of) {
            Some(last) => with_last_commit(features, last, as_of),
            None => features,
        }
    }
}

/// Features with what the activity of the repository, measured on the day `as_of`, says: what the
/// silence forecast with commits looks at.
///
/// Commits by anybody count, also those that a fork inherits or takes over from another project.
/// They cannot make a package look livelier than its releases do: recent commits leave the chance
/// of silence as it is without them, and only their absence raises it.
#[must_use]
pub fn with_activity(features: Features, activity: &Activity, as_of: i32) -> Features {
    with_last_commit(features, day_of(activity.last_commit), as_of)
}

/// A release is work too: one after the last commit, as from a repository that moved, ends the
/// silence.
fn with_last_commit(features: Features, last_commit: i32, as_of: i32) -> Features {
    let days = f64::from(as_of.saturating_sub(last_commit).max(0));
    let since_release = features.get(Feature::SilenceDays).known().copied();
    let days = days.min(since_release.unwrap_or(days));
    features.with(Feature::CommitSilenceDays, Observed::Known(days))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Missing;

    #[test]
    fn a_commit_counts_from_the_day_it_came() {
        let commit = |authored: i64, seen: i64| RecordedCommit {
            repository: "wash/soap".into(),
            authored: jiff::Timestamp::from_second(authored * 86_400).unwrap(),
            seen: jiff::Timestamp::from_second(seen * 86_400).unwrap(),
        };
        // The second was written on day 20 and picked on day 50; the third is older work.
        let days = CommitDays::new([commit(10, 10), commit(20, 50), commit(5, 60)].iter());
        let at = |as_of: i32, since_release: f64| {
            let features = Features::missing(Missing::NotAsked)
                .with(Feature::SilenceDays, Observed::Known(since_release));
            days.describe(features, as_of).get(Feature::CommitSilenceDays).known().copied()
        };
        assert_eq!(at(9, 1_000.0), None);
        assert_eq!(at(49, 1_000.0), Some(39.0));
        assert_eq!(at(70, 1_000.0), Some(50.0));
        assert_eq!(at(70, 7.0), Some(7.0));
    }
}
