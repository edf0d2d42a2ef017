//! The hosts side by side, and each question through its tries.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, PoisonError, mpsc};
use std::thread;

use futures_util::future::{Either, select};
use futures_util::stream::{self, StreamExt, select_all};
use reqwest::Client;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::Network;
use super::client::{self, Reach, Trouble};
use super::host::Host;
use super::memory::learned;
use super::question::{Access, Heard, Learned, Pace, Question, Unanswered};
use super::retry::{TRIES, Verdict, delay, judge, wait_for_reset};
use super::token::Secret;
use crate::model::Missing;

/// A question that a source is to be asked.
pub(super) struct Pending<'a> {
    /// Its place in the caller's list.
    pub(super) index: usize,
    pub(super) question: &'a Question,
    /// The headers that let the source say that the remembered answer still holds.
    pub(super) conditions: Vec<(&'static str, String)>,
}

/// What the questions for one host share.
struct Desk<'a> {
    client: &'a Client,
    host: Arc<Host>,
    pace: Pace,
    token: Option<&'a Secret>,
    /// Where the index of a question goes when it is being asked.
    asking: UnboundedSender<usize>,
}

/// How one try ended.
enum Outcome {
    /// The source has answered.
    Answered(Result<Learned, Unanswered>),
    /// The host cannot be used.
    Failed(Unanswered),
    /// Another try may bring an answer.
    Again(Unanswered, Rest),
}

/// What lies between two tries.
enum Rest {
    /// The host is being left alone, as it asked.
    Host,
    /// A random delay for this question.
    Question,
}

impl Network {
    /// Asks what is to be asked, the hosts side by side. The event loop has a thread of its own, so
    /// that this can be called from a task of another one, and whoever hears news may ask again.
    pub(super) fn ask_hosts(
        &self,
        by_host: BTreeMap<String, Vec<Pending<'_>>>,
        hear: &mut dyn FnMut(usize, Heard),
    ) {
        let (tell, told) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(move || self.ask_in_loop(by_host, &tell));
            told.into_iter().for_each(|(index, news)| hear(index, news));
        });
    }

    fn ask_in_loop(
        &self,
        by_host: BTreeMap<String, Vec<Pending<'_>>>,
        told: &mpsc::Sender<(usize, Heard)>,
    ) {
        // Whoever hears it listens until this is over.
        let hear = |index, news| told.send((index, news)).unwrap_or_default();
        let client = match self.client() {
            Ok(client) => client,
            Err(why) => {
                for Pending { index, question, .. } in by_host.into_values().flatten() {
                    let unanswered = Unanswered::new(Missing::Unreachable, why);
                    hear(index, Heard::Answered(self.in_place_of(question, unanswered)));
                }
                return;
            }
        };
        let (asking, mut asked) = unbounded_channel();
        let desks = by_host.into_iter().map(|(origin, questions)| {
            let paces = questions.iter().map(|pending| pending.question.pace);
            let desk = Desk {
                client,
                host: self.host(&origin),
                pace: paces.reduce(Pace::slower).unwrap_or(Pace::USUAL),
                token: self.options.tokens.of(&origin),
                asking: asking.clone(),
            };
            (desk, questions)
        });
        let desks: Vec<_> = desks.collect();
        let mut answers = select_all(desks.iter().map(|(desk, questions)| {
            let settled = stream::iter(questions).map(|pending| self.settle(desk, pending));
            settled.buffer_unordered(desk.pace.at_once.max(1)).boxed_local()
        }));
        while let Some((index, news)) = self.runtime().block_on(async {
            match select(pin!(asked.recv()), answers.next()).await {
                Either::Left((index, _)) => Some((index?, Heard::Asking)),
                Either::Right((answer, _)) => {
                    answer.map(|(index, answer)| (index, Heard::Answered(answer)))
                }
            }
        }) {
            hear(index, news);
        }
    }

    async fn settle(
        &self,
        desk: &Desk<'_>,
        pending: &Pending<'_>,
    ) -> (usize, Result<Learned, Unanswered>) {
        let asked = self.options.budget.within(self.try_often(desk, pending)).await;
        let answer = asked.unwrap_or_else(|| Err(Unanswered::because(Missing::OutOfTime)));
        let answer = answer.or_else(|why| self.in_place_of(pending.question, why));
        (pending.index, answer)
    }

    async fn try_often(
        &self,
        desk: &Desk<'_>,
        pending: &Pending<'_>,
    ) -> Result<Learned, Unanswered> {
        if pending.question.access == Access::WithToken && desk.token.is_none() {
            return Err(Unanswered::because(Missing::NoToken));
        }
        let budget = &self.options.budget;
        let mut tries = 0;
        loop {
            let place = desk.host.turn(desk.pace.gap, budget, &self.places).await?;
            if tries == 0 {
                // Whoever listens is in `ask_hosts` until the last answer.
                let _ = desk.asking.send(pending.index);
            }
            tries += 1;
            let outcome = self.exchange(desk, pending).await;
            drop(place);
            let delay = delay(tries);
            match outcome {
                Outcome::Answered(answer) => {
                    desk.host.answered();
                    return answer;
                }
                Outcome::Again(_, Rest::Host) if tries < TRIES => {}
                Outcome::Again(_, Rest::Question) if tries < TRIES && budget.allows(delay) => {
                    tokio::time::sleep(delay).await;
                }
                Outcome::Again(unanswered, _) | Outcome::Failed(unanswered) => {
                    desk.host.failed(&unanswered);
                    return Err(unanswered);
                }
            }
        }
    }

    async fn exchange(&self, desk: &Desk<'_>, pending: &Pending<'_>) -> Outcome {
        let Pending { question, conditions, .. } = pending;
        let sent = client::send(desk.client, &question.request, conditions, desk.token).await;
        let is_private =
            matches!(&sent, Err(trouble) if trouble.unanswered.why == Missing::PrivateHost);
        if !is_private {
            self.note_asked(&question.request.url);
        }
        let mut response = match sent {
            Ok(response) => response,
            Err(Trouble { unanswered, reach }) => {
                return match reach {
                    Reach::Passing => Outcome::Again(unanswered, Rest::Question),
                    Reach::Host => Outcome::Failed(unanswered),
                    Reach::Question => Outcome::Answered(Err(unanswered)),
                };
            }
        };
        let now = self.now();
        if let Some(wait) = wait_for_reset(&response.headers, now) {
            desk.host.pause(wait);
        }
        let answer = match judge(response.status, &response.headers, &response.body, now) {
            Verdict::Good => learned(self.learn(question, response), None),
            Verdict::Unchanged => match self.confirm(question) {
                Some(entry) => learned(entry, None),
                None => Err(Unanswered::because(Missing::NotUnderstood)),
            },
            Verdict::Final(unanswered) if unanswered.why == Missing::NotFound => {
                response.body.clear();
                self.learn(question, response);
                Err(unanswered)
            }
            Verdict::Final(_) if response.status == 401 && desk.token.is_none() => {
                Err(Unanswered::because(Missing::NoToken))
            }
            Verdict::Final(unanswered) => Err(unanswered),
            Verdict::Again(unanswered, Some(wait)) => {
                desk.host.pause(wait);
                return Outcome::Again(unanswered, Rest::Host);
            }
            Verdict::Again(unanswered, None) => return Outcome::Again(unanswered, Rest::Question),
        };
        Outcome::Answered(answer)
    }

    fn client(&self) -> Result<&Client, &String> {
        let build = || {
            let reach = Arc::clone(&self.reach);
            client::build(self.options.request_limit, self.extra_roots.clone(), reach)
        };
        self.client.get_or_init(build).as_ref()
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("the event loop is there until the network is dropped")
    }

    pub(super) fn host(&self, origin: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hosts.entry(origin.to_owned()).or_insert_with(|| Arc::new(Host::new())))
    }
}
