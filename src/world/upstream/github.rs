//! Repositories on GitHub: asked for many at once, remembered one by one.
//!
//! An answer is remembered by repository, so that another order of importance asks for nothing
//! twice and a batch that fails takes nothing with it that was known.

use std::collections::{BTreeMap, BTreeSet};

use super::Asking;
use crate::model::{Missing, Repository};
use crate::source::github::{
    Cursors, MOST_REPOSITORIES, State, lengthened, more, pages_request, parts, request, understand,
};
use crate::source::{Answer, Request};
use crate::world::http::{Access, Heard, Kind, Learned, Pace, Question, Unanswered};

/// The host whose forge speaks GraphQL.
const HOST: &str = "github.com";

/// How many repositories are asked for at once: at first, then where a limit or the time of the
/// interface was hit, which fewer at once may not.
const ROUNDS: [usize; 3] = [MOST_REPOSITORIES, MOST_REPOSITORIES, 5];

/// Pages that follow the first one of a sample at most.
const MORE_PAGES: usize = 2;

/// What became of a question about one repository.
type Part = Result<Learned, Unanswered>;

/// The states of the repositories on GitHub, by position.
pub(super) struct States {
    parts: BTreeMap<usize, Part>,
}

impl States {
    /// The state of the repository at a position, with the answer it was learned from.
    pub(super) fn of(&self, position: usize) -> Result<(State, &Learned), Missing> {
        let part = self.parts.get(&position).ok_or(Missing::NotAsked)?;
        let learned = part.as_ref().map_err(|unanswered| unanswered.why)?;
        Ok((understand(&learned.answer, learned.learned)?, learned))
    }
}

/// Owner and name of a repository on GitHub.
pub(super) fn owner_and_name(repository: &Repository) -> Option<(&str, &str)> {
    let (owner, name) = repository.path.split_once('/')?;
    (repository.host == HOST && !name.contains('/')).then_some((owner, name))
}

/// Learns the states of those repositories that lie on GitHub.
pub(super) fn learn(repositories: &[Repository], asking: &Asking<'_>) -> States {
    let on_github = repositories.iter().enumerate();
    let on_github = on_github.filter_map(|(at, it)| Some((at, owner_and_name(it)?)));
    let on_github: BTreeMap<usize, (&str, &str)> = on_github.collect();
    let mut run = Run { asking, names: on_github, parts: BTreeMap::new(), new: BTreeSet::new() };
    run.states();
    run.pages();
    States { parts: run.parts }
}

struct Run<'a> {
    asking: &'a Asking<'a>,
    /// Owner and name, by position.
    names: BTreeMap<usize, (&'a str, &'a str)>,
    parts: BTreeMap<usize, Part>,
    /// Positions answered for in this run, whose samples may be read on.
    new: BTreeSet<usize>,
}

impl Run<'_> {
    fn states(&mut self) {
        let mut open = Vec::new();
        for &position in self.names.keys() {
            match self.asking.network.at_hand(&self.single(position)) {
                Some(part) => drop(self.parts.insert(position, part)),
                None => open.push(position),
            }
        }
        for most in ROUNDS {
            let batches: Vec<&[usize]> = open.chunks(most).collect();
            let asked = |batch: &&[usize]| {
                let names: Vec<_> = batch.iter().map(|at| self.names[at]).collect();
                request(&names, &self.asking.endpoints.github)
            };
            let requests = batches.iter().map(asked).collect();
            let answers = self.ask(requests, &batches);
            let mut again = Vec::new();
            for (batch, answer) in batches.into_iter().zip(answers) {
                again.extend(self.hear(batch, answer));
            }
            open = again;
        }
    }

    /// Takes in the answer about a batch; the positions that another try may bring something
    /// for.
    fn hear(&mut self, batch: &[usize], answer: Part) -> Vec<usize> {
        let mut again = Vec::new();
        let heard = answer.map(|learned| (parts(&learned.answer, batch.len()), learned.learned));
        let (parts, learned) = match heard {
            Ok(heard) => heard,
            Err(unanswered) => {
                for &position in batch {
                    self.fail(position, unanswered.clone());
                }
                return again;
            }
        };
        for (&position, part) in batch.iter().zip(parts) {
            match part {
                Ok(part) => self.settle(position, learned, part),
                Err(why) => {
                    if why == Missing::NotFound {
                        let answer = Answer { status: 404, headers: Vec::new(), body: Vec::new() };
                        self.asking.network.remember(&self.single(position), learned, answer);
                    }
                    if matches!(why, Missing::RateLimited | Missing::Unreachable) {
                        again.push(position);
                    }
                    self.fail(position, Unanswered { why, detail: why.reason().to_owned() });
                }
            }
        }
        again
    }

    fn settle(&mut self, position: usize, learned: jiff::Timestamp, part: Answer) {
        let network = self.asking.network;
        if understand(&part, learned).is_ok() {
            network.remember(&self.single(position), learned, part.clone());
        }
        let part = Learned { answer: part, learned, stale: None };
        self.parts.insert(position, Ok(part));
        self.new.insert(position);
    }

    /// What was learned earlier stands where asking fails.
    fn fail(&mut self, position: usize, unanswered: Unanswered) {
        let part = self.asking.network.in_place_of(&self.single(position), unanswered);
        self.parts.insert(position, part);
    }

    /// Asks for the next pages of samples that are too small.
    fn pages(&mut self) {
        for _ in 0..MORE_PAGES {
            let next = self.parts.iter().filter_map(|(position, part)| {
                let is_new = self.new.contains(position);
                Some((*position, more(&part.as_ref().ok().filter(|_| is_new)?.answer)?))
            });
            let next: Vec<(usize, Cursors)> = next.collect();
            let batches: Vec<&[(usize, Cursors)]> = next.chunks(MOST_REPOSITORIES).collect();
            let asked = |batch: &&[(usize, Cursors)]| {
                let pages = batch.iter().map(|(at, cursors)| {
                    let (owner, name) = self.names[at];
                    (owner, name, cursors.clone())
                });
                pages_request(&pages.collect::<Vec<_>>(), &self.asking.endpoints.github)
            };
            let requests: Vec<Request> = batches.iter().map(asked).collect();
            let answers = self.ask(requests, &batches);
            for (batch, answer) in batches.into_iter().zip(answers) {
                let Ok(answer) = answer else { continue };
                for ((position, _), page) in batch.iter().zip(parts(&answer.answer, batch.len())) {
                    let (Ok(page), Some(Ok(known))) = (page, self.parts.get(position)) else {
                        continue;
                    };
                    let (whole, learned) = (lengthened(&known.answer, &page), known.learned);
                    self.settle(*position, learned, whole);
                }
            }
        }
    }

    /// Asks, and leaves the interface alone where an answer tells of a limit.
    fn ask<T>(&self, requests: Vec<Request>, batches: &[&[T]]) -> Vec<Part> {
        let question = |request| Question { request, kind: Kind::Batch, ..self.question() };
        let questions: Vec<Question> = requests.into_iter().map(question).collect();
        let not_asked = || {
            let why = Missing::NotAsked;
            Err(Unanswered { why, detail: why.reason().to_owned() })
        };
        let mut answers: Vec<Part> = questions.iter().map(|_| not_asked()).collect();
        let Asking { network, progress, .. } = self.asking;
        let mut done = 0;
        network.ask(&questions, &mut |index, heard| match heard {
            Heard::Asking => {
                let what = format!("the forge about {} projects", batches[index].len());
                progress(&what, done, questions.len());
            }
            Heard::Answered(answer) => {
                done += 1;
                let limited = |learned: &Learned| {
                    let parts = parts(&learned.answer, batches[index].len());
                    parts.contains(&Err(Missing::RateLimited))
                };
                if answer.as_ref().is_ok_and(limited) {
                    network.leave_alone(&questions[index].request);
                }
                answers[index] = answer;
            }
        });
        answers
    }

    /// The question about one repository alone: never asked, but what is remembered by.
    fn single(&self, position: usize) -> Question {
        let request = request(&[self.names[&position]], &self.asking.endpoints.github);
        Question { request, ..self.question() }
    }

    fn question(&self) -> Question {
        let request = Request::get(self.asking.endpoints.github.as_str());
        Question { request, kind: Kind::Forge, pace: Pace::USUAL, access: Access::WithToken }
    }
}
