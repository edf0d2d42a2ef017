//! Packages that Cargo's local index lacks, from the sparse index over HTTP.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::RegistryFacts;
use super::lookup::Shared;
use crate::model::{Declaration, Missing, Observed, Package, ReleaseHistory};
use crate::source::Request;
use crate::source::cargo_index::parse_lines;
use crate::source::rust_registry::index_request;
use crate::world::http::{Access, Heard, Kind, Network, Pace, Question};

type Facts = (Observed<Arc<ReleaseHistory>>, Observed<Arc<Declaration>>);

/// The sparse index of the public registry, which is asked about each package name once.
pub struct SparseIndex<'a> {
    network: &'a Network,
    address: String,
    answers: BTreeMap<String, Result<Vec<u8>, Missing>>,
    facts: BTreeMap<Package, Facts>,
}

impl<'a> SparseIndex<'a> {
    /// The index at an address, which may begin with `sparse+`.
    pub fn new(network: &'a Network, address: &str) -> Self {
        let (answers, facts) = (BTreeMap::new(), BTreeMap::new());
        Self { network, address: address.to_owned(), answers, facts }
    }

    /// Adds what it knows of packages of the public registry that the local index has no entry of.
    pub fn complete(&mut self, packages: &[Package], facts: &mut RegistryFacts) {
        let is_lacking = |position: &usize| {
            packages[*position].is_from_crates_io()
                && facts.histories[*position].missing() == Some(Missing::NoIndexEntry)
        };
        let lacking: Vec<usize> = (0..packages.len()).filter(is_lacking).collect();
        self.ask(lacking.iter().map(|position| packages[*position].name.as_str()).collect());
        for position in lacking {
            let package = &packages[position];
            let found = match self.facts.get(package) {
                Some(found) => found.clone(),
                None => self.look_up(package),
            };
            self.facts.insert(package.clone(), found.clone());
            (facts.histories[position], facts.declarations[position]) = found;
        }
    }

    fn ask(&mut self, names: BTreeSet<&str>) {
        let mut asked = Vec::new();
        let mut questions = Vec::new();
        for name in names {
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
        self.network.ask(&questions, &mut |position, heard| {
            if let Heard::Answered(answer) = heard {
                let body = answer.map(|learned| learned.answer.body).map_err(|it| it.why);
                self.answers.insert(asked[position].to_owned(), body);
            }
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
                    self.network.forget(&request);
                }
                missing(Missing::NotUnderstood)
            }
        }
    }
}

fn question(request: Request) -> Question {
    Question { request, kind: Kind::Releases, pace: Pace::USUAL, access: Access::Open }
}
