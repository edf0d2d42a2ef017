//! Who does the work on a project, from the history of its repository.

use std::time::Duration;

use super::Asking;
use crate::model::{Activity, Forge, Missing, Observed, Repository, Sourced};
use crate::signal::activity::activity as measure;
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
    let today = jiff::tz::Offset::UTC.to_datetime(asking.now).date();
    let name = format!("{}/{}", repository.host, repository.path);
    let mirror = asking.mirrors.iter().find_map(|folder| history::mirror(folder, &name));
    let found = match mirror {
        Some(folder) => history::of_folder(&folder, asking.cache, today),
        None => history::of_remote(&address(repository, forge), asking.cache, &asked(asking)),
    };
    match found {
        Ok(history) => measure(&history.value, asking.as_of).map(|value| Sourced {
            value,
            from: history.from,
            on: history.on,
        }),
        Err(Missing::NotAsked) if asking.mode != Mode::Offline => {
            Observed::Missing(Missing::OutOfTime)
        }
        Err(why) => Observed::Missing(why),
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
    let today = jiff::tz::Offset::UTC.to_datetime(asking.now).date();
    let max_age_days = match asking.mode {
        Mode::Offline => None,
        _ if asking.budget.is_over() => None,
        Mode::Online => Some(MAX_AGE_DAYS),
        Mode::Refresh => Some(0),
    };
    let time_limit = asking.budget.left().unwrap_or(LONGEST).min(LONGEST);
    HistoryAsking { today, max_age_days, time_limit }
}
