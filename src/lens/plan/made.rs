//! Resolutions that were made, each only once.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use semver::VersionReq;

use crate::resolve::update::{Catalogue, Change, Lacking, Lock, NodeId, Refusal, Request, update};

/// Most decisions of one resolution.
const MOST_WORK_EACH: u64 = 60_000;

/// Requirements changed in manifests: by member and position among the dependencies it declares.
pub(super) type Edited = BTreeMap<(NodeId, usize), VersionReq>;

type Asked = (Rc<Lock>, Change, Edited);
type Outcome = Result<Rc<Lock>, Refusal>;

/// An outcome, the work that it took, and the names asked for that the index has no entry of.
type Known = (Outcome, u64, Lacking);

/// Outcomes.
#[derive(Default)]
pub(super) struct Made(RefCell<HashMap<Asked, Known>>);

impl Made {
    /// The lockfile after a change. One that was asked for before counts as the same work again,
    /// so that what a plan finds within its limit does not depend on what is remembered.
    pub(super) fn resolve(
        &self,
        catalogue: &Catalogue<'_>,
        before: &Rc<Lock>,
        edits: &Edited,
        change: Change,
    ) -> Outcome {
        let key = (Rc::clone(before), change, edits.clone());
        if let Some((known, work, lacking)) = self.0.borrow().get(&key) {
            catalogue.count_work(*work);
            catalogue.note_lacking(lacking);
            return known.clone();
        }
        let start = catalogue.work();
        let lacking_before = catalogue.take_lacking();
        let made = update(catalogue, Request { before, change, edits, most_work: MOST_WORK_EACH });
        let made = made.map(Rc::new);
        let work = catalogue.work() - start;
        let lacking = catalogue.take_lacking();
        catalogue.note_lacking(&lacking_before);
        catalogue.note_lacking(&lacking);
        self.0.borrow_mut().insert(key, (made.clone(), work, lacking));
        made
    }
}
