//! Asking sources over HTTP: many questions at once, each host at its own pace, every answer
//! remembered, and an end in time whatever the sources do.

mod budget;
mod cache;
mod client;
mod host;
mod memory;
mod old;
mod prune;
mod question;
mod reach;
mod retry;
mod run;
mod token;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::{Client, Url};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

use super::cache::CacheDir;
use crate::model::{Diagnostic, Error, Failure, Missing};
use crate::source::Request;
use host::Host;
use memory::conditions;
use old::OldAnswers;
use reach::{Private, Reach};
use retry::UNSAID_WAIT;
use run::Pending;

pub use budget::{Budget, stop_on_ctrl_c};
pub use question::{Access, Heard, Kind, Learned, Pace, Question, Unanswered};
pub use token::{Secret, Tokens};

/// Most requests under way at once, over all hosts.
const MOST_AT_ONCE: usize = 16;

/// How the network is to be used.
#[derive(Debug)]
pub struct Options {
    /// Whether sources may be asked.
    pub mode: Mode,
    /// How long everything asked of this network may take together.
    pub budget: Budget,
    /// Longest time for one request.
    pub request_limit: Duration,
    /// Certificates (PEM) to trust beside the system's. On Linux the system's are those of
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` where these are set.
    pub ca_file: Option<PathBuf>,
    /// The tokens.
    pub tokens: Tokens,
    /// Hosts that may be asked though they are on this machine or a private network.
    pub allowed_hosts: Vec<String>,
    /// The time of the run's start, from which ages count.
    pub now: Timestamp,
}

/// Whether sources may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For what is not remembered or too old.
    Online,
    /// For everything, once a run.
    Refresh,
    /// Never. What is remembered is used at any age.
    Offline,
}

/// The network as one run uses it: what it asks, what it remembers, and which hosts it has given
/// up. Threads may share it. It cannot be shown, since a proxy's address may hold a password.
pub struct Network {
    options: Options,
    cache: CacheDir,
    cache_trouble: OnceLock<String>,
    old: Mutex<OldAnswers>,
    opened: Instant,
    extra_roots: Vec<CertificateDer<'static>>,
    reach: Arc<Reach>,
    /// Made when the first source is asked, since it loads the system's certificates.
    client: OnceLock<Result<Client, String>>,
    hosts: Mutex<BTreeMap<String, Arc<Host>>>,
    places: Semaphore,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl Network {
    /// Opens the network; no source is asked yet.
    ///
    /// # Errors
    /// Where the file of certificates cannot be read, or the platform has no event loop to give.
    pub fn open(options: Options, cache: CacheDir) -> Result<Self, Error> {
        if options.mode != Mode::Offline {
            prune::prune(&cache);
        }
        let extra_roots = match &options.ca_file {
            Some(path) if options.mode != Mode::Offline => certificates(path)?,
            _ => Vec::new(),
        };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| {
            Error::new(Failure::Source, format!("the network cannot be used: {error}"))
                .help("run with `--offline`")
        })?;
        Ok(Self {
            reach: Arc::new(Reach::new(&options.allowed_hosts)),
            options,
            cache,
            cache_trouble: OnceLock::new(),
            old: Mutex::default(),
            opened: Instant::now(),
            extra_roots,
            client: OnceLock::new(),
            hosts: Mutex::default(),
            places: Semaphore::new(MOST_AT_ONCE),
            runtime: Some(runtime),
        })
    }

    /// Whether sources may be asked.
    pub fn mode(&self) -> Mode {
        self.options.mode
    }

    /// How long everything asked of it may take together.
    pub fn budget(&self) -> &Budget {
        &self.options.budget
    }

    /// Asks many questions, the most important first, and tells what comes of each by its place
    /// in the list. Remembered answers come first; then each host is asked in the given order,
    /// the hosts side by side. Whatever happens, every question gets its news, at the latest a
    /// moment after the budget is over.
    pub fn ask(&self, questions: &[Question], hear: &mut dyn FnMut(usize, Heard)) {
        let mut by_host: BTreeMap<String, Vec<Pending<'_>>> = BTreeMap::new();
        for (index, question) in questions.iter().enumerate() {
            let entry = cache::read(&self.cache, &question.request);
            let conditions = entry.as_ref().map(conditions).unwrap_or_default();
            if let Some(answer) = self.settled(question, entry) {
                hear(index, Heard::Answered(answer));
            } else if let Some(url) = http_url(&question.request) {
                match self.reach.permits(&url) {
                    Ok(()) => {
                        let origin = url.origin().ascii_serialization();
                        let pending = Pending { index, question, conditions };
                        by_host.entry(origin).or_default().push(pending);
                    }
                    Err(Private) => {
                        hear(index, Heard::Answered(self.in_place_of(question, private())));
                    }
                }
            } else {
                let unanswered = Unanswered::new(Missing::Unreachable, "not an http address");
                hear(index, Heard::Answered(Err(unanswered)));
            }
        }
        if !by_host.is_empty() {
            self.ask_hosts(by_host, hear);
        }
    }

    /// Forgets the answer to a request: one that could not be understood, or that was an error
    /// under a status of success, is not to be believed for days.
    pub fn forget(&self, request: &Request) {
        cache::forget(&self.cache, request);
    }

    /// Leaves the host of a request alone as after a limit told without saying for how long,
    /// where it is not being left alone already: for limits told under a status of success.
    pub fn leave_alone(&self, request: &Request) {
        if let Some(origin) = origin(request) {
            self.host(&origin).pause_if_not_paused(UNSAID_WAIT);
        }
    }

    /// Whether another program may ask for an address, by where its host is.
    pub fn permits(&self, address: &str) -> bool {
        Url::parse(address).is_ok_and(|url| self.reach.permits_resolved(&url).is_ok())
    }

    /// Remembers that another program asked for an address.
    pub fn note_asked(&self, address: &str) {
        if let Ok(url) = Url::parse(address) {
            self.reach.note(&url);
        }
    }

    /// The hosts that were asked.
    pub fn hosts_asked(&self) -> Vec<String> {
        self.reach.asked()
    }

    /// A note for each reason why older answers were told than there should be.
    pub fn old_answers(&self) -> Vec<Diagnostic> {
        self.old.lock().unwrap_or_else(PoisonError::into_inner).notes()
    }

    /// Why answers could not be remembered, where that went wrong.
    pub fn cache_trouble(&self) -> Option<&str> {
        self.cache_trouble.get().map(String::as_str)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Else a name that is still being looked up would hold up the end of the run.
            runtime.shutdown_background();
        }
    }
}

/// Scheme, host and port of an address; `None` where it is not one of HTTP.
fn origin(request: &Request) -> Option<String> {
    Some(http_url(request)?.origin().ascii_serialization())
}

fn http_url(request: &Request) -> Option<Url> {
    let url = Url::parse(&request.url).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn private() -> Unanswered {
    Unanswered::new(Missing::PrivateHost, Private.to_string())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let unusable = |why: &str| {
        Error::input(format!("the file of certificates cannot be used: {why}"))
            .at(path)
            .help("name a file in PEM format with `--ca-file`")
    };
    let certificates = read.map_err(|error| unusable(&error.to_string()))?;
    if certificates.is_empty() {
        return Err(unusable("it holds no certificate"));
    }
    Ok(certificates)
}
