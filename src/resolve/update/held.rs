//! Whether a package stays, whatever the index does not tell.

use std::collections::{HashMap, HashSet};

use semver::VersionReq;

use super::catalogue::Catalogue;
use super::node_id::NodeId;
use super::request::Lock;

/// Releases looked at for one question; beyond, nothing is proved.
const MOST_RELEASES: usize = 5_000;
/// Longest chain of dependents that is followed.
const MOST_DEPTH: usize = 100;

/// Whether every choice of versions has a bad release of a package, also where members require
/// higher releases than they do: a member needs something of which every release needs, in turn,
/// a release of the package that is bad. What is not known proves nothing.
pub fn is_held(
    catalogue: &Catalogue<'_>,
    lock: &Lock,
    package: NodeId,
    is_bad: &dyn Fn(NodeId) -> bool,
) -> bool {
    let name = catalogue.name_number(package);
    let mut above = HashSet::from([name]);
    let mut pending = vec![package];
    let mut seen = HashSet::from([package]);
    while let Some(below) = pending.pop() {
        for dependent in lock.dependents(below).filter(|it| seen.insert(*it)) {
            above.insert(catalogue.name_number(dependent));
            pending.push(dependent);
        }
    }
    let mut proof =
        Proof { catalogue, lock, name, is_bad, above, known: HashMap::new(), left: MOST_RELEASES };
    catalogue.members().iter().any(|member| {
        let Some(summary) = catalogue.summary(*member) else { return false };
        summary.dependencies.iter().filter(|it| it.from_public_registry).any(|it| {
            let raised = lock.dependencies(*member).iter();
            let raised = raised.copied().find(|on| catalogue.name_number(*on) == it.package);
            proof.holds(it.package, it.requirement.as_ref(), raised, MOST_DEPTH)
        })
    })
}

struct Proof<'p> {
    catalogue: &'p Catalogue<'p>,
    lock: &'p Lock,
    name: u32,
    is_bad: &'p dyn Fn(NodeId) -> bool,
    /// Names of the package and of all that lead to it.
    above: HashSet<u32>,
    /// By query; one that is being looked into is not proved.
    known: HashMap<u32, bool>,
    left: usize,
}

impl Proof<'_> {
    /// Whether all releases that a requirement accepts, and where it may be raised those above a
    /// locked one, lead to a bad one.
    fn holds(
        &mut self,
        name: u32,
        accepts: Option<&VersionReq>,
        raised: Option<NodeId>,
        depth: usize,
    ) -> bool {
        let catalogue = self.catalogue;
        if depth == 0 || !self.above.contains(&name) || !catalogue.fixed(name).is_empty() {
            return false;
        }
        let listed = catalogue.releases(name);
        let lowest = raised.map(|id| catalogue.version(id));
        let may_be = |id: &&NodeId| {
            let is_raised = lowest.as_ref().is_some_and(|it| catalogue.version(**id) > *it);
            (is_raised || catalogue.is_accepted(**id, accepts))
                && (!catalogue.is_yanked(**id) || self.lock.has(**id))
        };
        let candidates: Vec<NodeId> = listed.iter().rev().filter(may_be).copied().collect();
        !candidates.is_empty() && candidates.into_iter().all(|id| self.leads(id, depth))
    }

    /// Whether a release is bad, or needs one that is.
    fn leads(&mut self, release: NodeId, depth: usize) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        if self.catalogue.name_number(release) == self.name && (self.is_bad)(release) {
            return true;
        }
        let Some(summary) = self.catalogue.summary(release) else { return false };
        summary.needed().any(|it| {
            if let Some(known) = self.known.get(&it.query) {
                return *known;
            }
            self.known.insert(it.query, false);
            let holds = self.holds(it.package, it.requirement.as_ref(), None, depth - 1);
            self.known.insert(it.query, holds);
            holds
        })
    }
}
