//! Resolutions that were made, each only once.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use semver::VersionReq;

use crate::resolve::update::{Catalogue, Change, Lock, NodeId, Refusal, Request, update};

/// Most decisions of one resolution.
const MOST_WORK_EACH: u64 = 60_000;

/// Requirements changed in manifests: by member and position among the dependencies it declares.
pub(super) type Edited = BTreeMap<(NodeId, usize), VersionReq>;

type Asked = (Rc<Lock>, Change, Edited);
type Outcome = Result<Rc<Lock>, Refusal>;

/// Outcomes, and the work that each took.
#[derive(Default)]
pub(super) struct Made(RefCell<HashMap<Asked, (Outcome, u64)>>);

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
        if let Some((known, work)) = self.0.borrow().get(&key) {
            catalogue.count_work(*work);
            return known.clone();
        }
        let start = catalogue.work();
        let made = update(catalogue, Request { before, change, edits, most_work: MOST_WORK_EACH });
        let made = made.map(Rc::new);
        let work = catalogue.work() - start;
        self.0.borrow_mut().insert(key, (made.clone(), work));
        made
    }
}
