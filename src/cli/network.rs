//! The network as the command line asks for it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::arguments::Subject;
use crate::model::{Diagnostic, Error, Failure};
use crate::world::cache::CacheDir;
use crate::world::cargo_home::CargoHome;
use crate::world::http::{Budget, Mode, Network, Options, Tokens, stop_on_ctrl_c};
use crate::world::registry::Remote;

/// Longest time for one answer of a source.
const REQUEST_LIMIT: Duration = Duration::from_secs(20);

/// Longest time for fetching a database.
const UPDATE_LIMIT: Duration = Duration::from_secs(120);

/// The network of one run.
pub(super) struct Opened {
    pub(super) network: Network,
    pub(super) mode: Mode,
    pub(super) budget: Budget,
    /// The time of asking.
    pub(super) now: Timestamp,
}

/// Opens the network; the time budget starts now.
pub(super) fn open(subject: &Subject, cache: &CacheDir) -> Result<Opened, Error> {
    let learning = &subject.learning;
    let mode = match (learning.online, learning.refresh) {
        (false, _) => Mode::Offline,
        (true, false) => Mode::Online,
        (true, true) => Mode::Refresh,
    };
    let stop = stop_on_ctrl_c().map_err(|error| {
        Error::new(Failure::Source, format!("Ctrl-C cannot be listened for: {error}"))
    })?;
    let budget = Budget::start(Some(learning.time_budget), stop);
    let now = Timestamp::now();
    // Addresses of a checkout are not the user's; those of their own configuration are.
    let mut allowed_hosts = learning.allow_host.clone();
    if learning.online {
        allowed_hosts.extend(CargoHome::own_index_host(subject.cargo_home.clone()));
    }
    let options = Options {
        mode,
        budget: budget.clone(),
        request_limit: REQUEST_LIMIT,
        ca_file: learning.ca_file.clone(),
        tokens: if learning.online {
            Tokens::from_environment()
        } else {
            Tokens::given(BTreeMap::new())
        },
        allowed_hosts,
        now,
    };
    let network = Network::open(options, cache.clone())?;
    Ok(Opened { network, mode, budget, now })
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

/// How the registry's index, or else the memory of it, is asked for what the local one lacks.
pub(super) fn remote<'a>(
    opened: &'a Opened,
    progress: &'a dyn Fn(&str, usize, usize),
) -> Remote<'a> {
    Remote { network: &opened.network, refresh: opened.mode == Mode::Refresh, progress }
}

/// The note that the next run has to ask again, where answers could not be remembered.
pub(super) fn not_remembered(network: &Network, cache: &CacheDir) -> Option<Diagnostic> {
    let why = network.cache_trouble()?;
    Some(Diagnostic {
        path: cache.path().map(|path| path.display().to_string()),
        ..Diagnostic::note(format!(
            "answers of the network cannot be remembered, so that the next run asks again: {why}; \
             make the directory writable or name another one with `--cache-dir`"
        ))
    })
}
