//! Who does the work on a project, from the history of its repository.

use std::time::Duration;

use super::Asking;
use crate::model::{Activity, Forge, History, Missing, Observed, Repository, Sourced};
use crate::signal::activity::{activity as measure, own};
use crate::world::history::{self, Asking as HistoryAsking};
use crate::world::http::Mode;

/// Days after which a history is asked for again.
const MAX_AGE_DAYS: u32 = 7;

/// Longest time for one repository, where the budget allows that much.
const LONGEST: Duration = Duration::from_secs(120);

/// Measures the activity of a repository: from a mirror where there is one, else from what
/// earlier runs learned, else from the repository itself.
pub(super) fn activity(
    repository: &Repository,
    forge: &Observed<Sourced<Forge>>,
    asking: &Asking<'_>,
) -> Observed<Sourced<Activity>> {
    let today = jiff::tz::Offset::UTC.to_datetime(asking.network.now()).date();
    let name = format!("{}/{}", repository.host, repository.path);
    let mirror = asking.mirrors.iter().find_map(|folder| history::mirror(folder, &name));
    let found = match mirror {
        Some(folder) => history::of_folder(&folder, asking.cache, today),
        None => of_remote(&address(repository, forge), asking),
    };
    match found {
        Ok(Sourced { value, from, on }) => {
            let history = without_inherited(value, forge.known().map(|forge| &forge.value));
            measure(&history, asking.as_of).map(|value| Sourced { value, from, on })
        }
        Err(Missing::NotAsked) if asking.network.mode() != Mode::Offline => {
            Observed::Missing(Missing::OutOfTime)
        }
        Err(why) => Observed::Missing(why),
    }
}

/// The history of a remote repository, which is asked only where its host may be.
fn of_remote(address: &str, asking: &Asking<'_>) -> Result<Sourced<History>, Missing> {
    let remembered = |why: Missing| {
        let never = HistoryAsking { max_age_days: None, ..asked(asking) };
        history::of_remote(address, asking.cache, &never).map_err(|_| why)
    };
    let how = asked(asking);
    if how.max_age_days.is_some() {
        if !asking.network.permits(address) {
            return remembered(Missing::PrivateHost);
        }
        asking.network.note_asked(address);
    }
    history::of_remote(address, asking.cache, &how)
}

/// The history of a fork without the one it was forked with, where the forge says that it is one
/// and since when.
fn without_inherited(history: History, forge: Option<&Forge>) -> History {
    match forge.filter(|forge| forge.fork == Some(true)).and_then(|forge| forge.created) {
        Some(forked) => own(history, forked),
        None => history,
    }
}

/// Where the repository is today.
fn address(repository: &Repository, forge: &Observed<Sourced<Forge>>) -> String {
    match forge.known() {
        Some(forge) if !forge.value.name.is_empty() => {
            format!("https://{}/{}", repository.host, forge.value.name.to_lowercase())
        }
        Some(_) | None => repository.address.clone(),
    }
}

fn asked(asking: &Asking<'_>) -> HistoryAsking {
    let today = jiff::tz::Offset::UTC.to_datetime(asking.network.now()).date();
    let max_age_days = match asking.network.mode() {
        Mode::Offline => None,
        _ if asking.network.budget().is_over() => None,
        Mode::Online => Some(MAX_AGE_DAYS),
        Mode::Refresh => Some(0),
    };
    let time_limit = asking.network.budget().left().unwrap_or(LONGEST).min(LONGEST);
    HistoryAsking { today, max_age_days, time_limit }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tag;

    #[test]
    fn only_a_known_fork_loses_what_it_inherited() {
        let time = |day: &str| format!("{day}T00:00:00Z").parse::<jiff::Timestamp>().unwrap();
        let tag = |day: &str| Tag { name: day.into(), made: time(day), by: None };
        let tags = vec![tag("2020-01-01"), tag("2022-01-01")];
        let history = History { tags, ..History::default() };
        let forge = |fork, created: Option<&str>| {
            Some(Forge { fork, created: created.map(time), ..Forge::default() })
        };
        let cases = [
            (forge(Some(true), Some("2021-01-01")), 1),
            (forge(Some(false), Some("2021-01-01")), 2),
            (forge(None, Some("2021-01-01")), 2),
            (forge(Some(true), None), 2),
            (None, 2),
        ];
        for (forge, expected) in cases {
            let left = without_inherited(history.clone(), forge.as_ref());
            assert_eq!(left.tags.len(), expected, "{forge:?}");
        }
    }
}
