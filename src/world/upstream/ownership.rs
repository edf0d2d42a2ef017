//! Who can publish packages, from the interface of their registry.

use std::collections::{BTreeMap, BTreeSet};

use super::{Asking, known};
use crate::model::{Graph, Missing, Observed, Ownership, Project, Sourced};
use crate::source::rust_registry::{
    api_address, config_request, owners_request, package_request, understand,
};
use crate::source::{Answer, Request};
use crate::world::files::read_bytes;
use crate::world::http::{Access, Heard, Kind, Learned, Pace, Question, Unanswered};

/// Largest `config.json` of an index that is read; real ones have some 100 bytes.
const LARGEST_CONFIG_BYTES: u64 = 1 << 16;

/// Who can publish packages, by name.
pub type Owners = BTreeMap<String, Observed<Sourced<Ownership>>>;

/// The packages of a ranking that come from the public registry, those of the most important
/// project first. One package of each project comes before the second of any, as the packages of
/// a project mostly have the same owners.
pub(super) fn packages(graph: &Graph, ranking: &[&Project]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut names: Vec<(usize, &str)> = Vec::new();
    for project in ranking {
        let packages = project.packages.iter().map(|index| graph.package(*index));
        let public = packages.filter(|package| package.is_from_crates_io());
        let new = public.map(|package| package.name.as_str()).filter(|name| seen.insert(*name));
        names.extend(new.enumerate());
    }
    names.sort_by_key(|(turn, _)| *turn);
    names.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// Learns who can publish packages, given by name, the most important first. `tell` hears which
/// package is known now and how many are.
pub(super) fn owners(names: &[String], asking: &Asking<'_>, tell: &dyn Fn(&str, usize)) -> Owners {
    let mut owners = Owners::new();
    let api = api(asking);
    let mut questions = Vec::new();
    let mut asked = Vec::new();
    for name in names {
        match api.as_deref().map_err(|why| *why).and_then(|api| requests(api, name)) {
            Ok(requests) => {
                questions.extend(requests.map(question));
                asked.push((name, [None, None]));
            }
            Err(why) => {
                owners.insert(name.clone(), Observed::Missing(why));
            }
        }
    }
    asking.network.ask(&questions, &mut |index, heard| {
        let Heard::Answered(answer) = heard else { return };
        let (name, answers) = &mut asked[index / 2];
        answers[index % 2] = Some(answer);
        if let [Some(package), Some(of_package)] = answers {
            let settled = settle(package, of_package);
            if settled.missing() == Some(Missing::NotUnderstood) {
                // It is not to be believed for days.
                let pair = questions.chunks(2).nth(index / 2).unwrap_or_default();
                pair.iter().for_each(|question| asking.network.forget(&question.request));
            }
            // Texts of thousands of releases are not to pile up.
            *answers = [None, None];
            owners.insert(name.clone(), settled);
            tell(name, owners.len());
        }
    });
    owners
}

/// The address of the registry's interface, as Cargo's copy of the index says, else the index
/// itself.
fn api(asking: &Asking<'_>) -> Result<String, Missing> {
    let copy = asking.index.folder.map(|folder| folder.join("config.json"));
    let copy = copy.and_then(|path| read_bytes(&path, LARGEST_CONFIG_BYTES).ok());
    if let Some(body) = copy {
        return api_address(&Answer { status: 200, headers: Vec::new(), body });
    }
    let request = config_request(asking.index.address.ok_or(Missing::NoIndexEntry)?);
    let config = Question { pace: Pace::USUAL, ..question(request) };
    let mut address = Err(Missing::NotAsked);
    asking.network.ask(std::slice::from_ref(&config), &mut |_, heard| {
        if let Heard::Answered(answer) = heard {
            address = answer.map_err(|it| it.why).and_then(|it| api_address(&it.answer));
        }
    });
    if address == Err(Missing::NotUnderstood) {
        asking.network.forget(&config.request);
    }
    address
}

fn requests(api: &str, name: &str) -> Result<[Request; 2], Missing> {
    Ok([package_request(api, name)?, owners_request(api, name)?])
}

fn question(request: Request) -> Question {
    Question { request, kind: Kind::Owners, pace: Pace::ONE_A_SECOND, access: Access::Open }
}

fn settle(
    package: &Result<Learned, Unanswered>,
    owners: &Result<Learned, Unanswered>,
) -> Observed<Sourced<Ownership>> {
    let (package, owners) = match (package, owners) {
        (Ok(package), Ok(owners)) => (package, owners),
        (Err(unanswered), _) | (_, Err(unanswered)) => return Observed::Missing(unanswered.why),
    };
    match understand(&package.answer, &owners.answer) {
        Ok(it) => known(it, "the registry", package.learned.min(owners.learned)),
        Err(why) => Observed::Missing(why),
    }
}
