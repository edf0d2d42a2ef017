//! The network layer against a server on the loopback address.

mod hosts;
mod memory;
mod owners;
mod pace;
mod process;
mod projects;
pub(crate) mod server;
mod tls;
mod token;
mod trouble;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use headwater::model::Missing;
use headwater::source::Request;
use headwater::world::cache::CacheDir;
use headwater::world::http::{
    Access, Budget, Heard, Kind, Learned, Mode, Network, Options, Pace, Question, Tokens,
    Unanswered,
};
use jiff::{Timestamp, ToSpan};
use tempfile::TempDir;

/// As fast as the machine allows.
const AT_ONCE: Pace = Pace { gap: Duration::ZERO, at_once: 6 };

/// A cache directory of its own.
struct World {
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A run so many hours later, with time enough for everything.
    fn options(&self, hours_later: i64, mode: Mode) -> Options {
        Options {
            mode,
            budget: budget_ms(20_000),
            request_limit: Duration::from_secs(10),
            ca_file: None,
            tokens: Tokens::given([].into()),
            allowed_hosts: vec!["127.0.0.1".into(), "localhost".into()],
            now: Timestamp::now() + hours_later.hours(),
        }
    }

    fn network(&self, options: Options) -> Network {
        let cache = CacheDir::locate(Some(self.folder.path().to_owned()));
        Network::open(options, cache).unwrap()
    }

    fn online(&self) -> Network {
        self.network(self.options(0, Mode::Online))
    }

    /// The network with a budget that starts now.
    fn within_ms(&self, total_ms: u64) -> Network {
        let budget = budget_ms(total_ms);
        self.network(Options { budget, ..self.options(0, Mode::Online) })
    }
}

fn budget_ms(total_ms: u64) -> Budget {
    let total = Duration::from_millis(total_ms);
    Budget::start(Some(total), Arc::new(AtomicBool::new(false)))
}

fn question(url: String) -> Question {
    Question { request: Request::get(url), kind: Kind::Forge, pace: AT_ONCE, access: Access::Open }
}

/// What came of each question; every one gets exactly one answer.
fn ask(network: &Network, questions: &[Question]) -> Vec<Result<Learned, Unanswered>> {
    let mut answers = vec![None; questions.len()];
    network.ask(questions, &mut |index, news| {
        if let Heard::Answered(answer) = news {
            assert_eq!(answers[index].replace(answer), None, "answered twice: {index}");
        }
    });
    answers.into_iter().map(Option::unwrap).collect()
}

fn ask_one(network: &Network, url: String) -> Result<Learned, Unanswered> {
    ask(network, &[question(url)]).remove(0)
}

fn why(answer: &Result<Learned, Unanswered>) -> Option<Missing> {
    answer.as_ref().err().map(|unanswered| unanswered.why)
}

fn body(answer: &Result<Learned, Unanswered>) -> &str {
    str::from_utf8(&answer.as_ref().unwrap().answer.body).unwrap()
}
