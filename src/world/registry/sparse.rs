//! Packages that Cargo's local index lacks, from the sparse index over HTTP.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::RegistryFacts;
use super::lookup::Shared;
use crate::model::{Declaration, Missing, Observed, Package, ReleaseHistory};
use crate::source::Request;
use crate::source::cargo_index::parse_lines;
use crate::source::rust_registry::index_request;
use crate::world::http::{Access, Heard, Kind, Mode, Network, Pace, Question};

type Facts = (Observed<Arc<ReleaseHistory>>, Observed<Arc<Declaration>>);

/// How the sparse index is asked.
#[derive(Clone, Copy)]
pub struct Remote<'a> {
    /// The network.
    pub network: &'a Network,
    /// Told which package is being asked about, how many are known and of how many.
    pub progress: &'a dyn Fn(&str, usize, usize),
}

/// The sparse index of the public registry, which is asked about each package name once.
pub struct SparseIndex<'a> {
    remote: Remote<'a>,
    address: String,
    answers: BTreeMap<String, Result<Vec<u8>, Missing>>,
    facts: BTreeMap<Package, Facts>,
}

impl<'a> SparseIndex<'a> {
    /// The index at an address, which may begin with `sparse+`.
    pub fn new(remote: Remote<'a>, address: &str) -> Self {
        let (answers, facts) = (BTreeMap::new(), BTreeMap::new());
        Self { remote, address: address.to_owned(), answers, facts }
    }

    /// Asks about packages by name, so that its answers count from now on and not those of the
    /// local index.
    ///
    /// # Errors
    /// Why it has no answer, for the packages without one.
    pub fn renew<'n>(&mut self, names: BTreeSet<&'n str>) -> BTreeMap<&'n str, Missing> {
        self.ask(&names);
        let why = |name| Some((name, self.answers.get(name)?.as_ref().err().copied()?));
        names.into_iter().filter_map(why).collect()
    }

    /// Puts what it knows of packages of the public registry in the place of what the local index
    /// says: of those that this one has no entry of, those asked about before, and in a refresh
    /// of all. Where it has no answer, a local entry stays.
    pub fn complete(&mut self, packages: &[Package], facts: &mut RegistryFacts) {
        let has_entry = |facts: &RegistryFacts, position: usize| {
            facts.histories[position].missing() != Some(Missing::NoIndexEntry)
        };
        let is_asked = |position: &usize| {
            let package = &packages[*position];
            package.is_from_crates_io()
                && (self.remote.network.mode() == Mode::Refresh
                    || self.answers.contains_key(&package.name)
                    || !has_entry(facts, *position))
        };
        let asked: Vec<usize> = (0..packages.len()).filter(is_asked).collect();
        self.ask(&asked.iter().map(|position| packages[*position].name.as_str()).collect());
        for position in asked {
            let package = &packages[position];
            let found = match self.facts.get(package) {
                Some(found) => found.clone(),
                None => self.look_up(package),
            };
            self.facts.insert(package.clone(), found.clone());
            let is_learned = found.0.missing() != Some(Missing::NotAsked);
            if found.0.known().is_some() || (is_learned && !has_entry(facts, position)) {
                (facts.histories[position], facts.declarations[position]) = found;
            }
        }
    }

    fn ask(&mut self, names: &BTreeSet<&str>) {
        let mut asked = Vec::new();
        let mut questions = Vec::new();
        for &name in names {
            if self.answers.contains_key(name) {
                continue;
            }
            match index_request(&self.address, name) {
                Ok(request) => {
                    asked.push(name);
                    questions.push(question(request));
                }
                Err(why) => {
                    self.answers.insert(name.to_owned(), Err(why));
                }
            }
        }
        let Remote { network, progress, .. } = self.remote;
        let total = self.answers.len() + asked.len();
        network.ask(&questions, &mut |position, heard| {
            let name = asked[position];
            if let Heard::Answered(answer) = heard {
                let body = answer.map(|learned| learned.answer.body).map_err(|it| it.why);
                self.answers.insert(name.to_owned(), body);
            }
            progress(name, self.answers.len(), total);
        });
    }

    fn look_up(&self, package: &Package) -> Facts {
        let missing = |why| (Observed::Missing(why), Observed::Missing(why));
        let body = match self.answers.get(&package.name) {
            Some(Ok(body)) => body,
            Some(Err(why)) => return missing(*why),
            None => return missing(Missing::NoIndexEntry),
        };
        let version = package.version.to_string();
        match parse_lines(body, &[&version]) {
            Ok(entry) => Shared::from(entry).facts(&version),
            Err(_) => {
                // It is not to be believed for a day.
                if let Ok(request) = index_request(&self.address, &package.name) {
                    self.remote.network.forget(&request);
                }
                missing(Missing::NotUnderstood)
            }
        }
    }
}

fn question(request: Request) -> Question {
    Question { request, kind: Kind::Releases, pace: Pace::USUAL, access: Access::Open }
}
