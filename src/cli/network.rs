//! The network as the command line asks for it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::arguments::Subject;
use crate::model::{Error, Failure};
use crate::world::cache::CacheDir;
use crate::world::cargo_home::CargoHome;
use crate::world::http::{Budget, Mode, Network, Options, Tokens, stop_on_ctrl_c};
use crate::world::upstream;

/// Longest time for one answer of a source.
const REQUEST_LIMIT: Duration = Duration::from_secs(20);

/// Longest time for fetching a database.
const UPDATE_LIMIT: Duration = Duration::from_secs(120);

/// Opens the network where there is anything to learn from: itself, mirrors, or what earlier runs
/// left. The time budget starts now.
pub(super) fn open(subject: &Subject, cache: &CacheDir) -> Result<Option<Network>, Error> {
    let learning = &subject.learning;
    if !learning.online && learning.git_mirror.is_empty() && !upstream::has_memory(cache) {
        return Ok(None);
    }
    let mode = match (learning.online, learning.refresh) {
        (false, _) => Mode::Offline,
        (true, false) => Mode::Online,
        (true, true) => Mode::Refresh,
    };
    let stop = stop_on_ctrl_c().map_err(|error| {
        Error::new(Failure::Source, format!("Ctrl-C cannot be listened for: {error}"))
    })?;
    // Addresses of a checkout are not the user's; those of their own configuration are.
    let mut allowed_hosts = learning.allow_host.clone();
    if learning.online {
        allowed_hosts.extend(CargoHome::own_index_host(subject.cargo_home.clone()));
    }
    let options = Options {
        mode,
        budget: Budget::start(Some(learning.time_budget), stop),
        request_limit: REQUEST_LIMIT,
        ca_file: learning.ca_file.clone(),
        tokens: if learning.online {
            Tokens::from_environment()
        } else {
            Tokens::given(BTreeMap::new())
        },
        allowed_hosts,
        now: Timestamp::now(),
    };
    Network::open(options, cache.clone()).map(Some)
}

/// A network for fetching databases, which knows no token. The hosts of addresses that the user
/// gave may be asked wherever they are.
pub(super) fn for_update(
    cache: &CacheDir,
    ca_file: Option<PathBuf>,
    given: &[&str],
) -> Result<Network, Error> {
    let stop = stop_on_ctrl_c().map_err(|error| {
        Error::new(Failure::Source, format!("Ctrl-C cannot be listened for: {error}"))
    })?;
    let options = Options {
        mode: Mode::Refresh,
        budget: Budget::start(Some(UPDATE_LIMIT), stop),
        request_limit: UPDATE_LIMIT,
        ca_file,
        tokens: Tokens::given(BTreeMap::new()),
        allowed_hosts: given.iter().filter_map(|url| host_of(url)).collect(),
        now: Timestamp::now(),
    };
    Network::open(options, cache.clone())
}

/// The host of an address.
fn host_of(url: &str) -> Option<String> {
    Some(reqwest::Url::parse(url).ok()?.host_str()?.to_owned())
}
