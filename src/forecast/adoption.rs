//! Which packages real lockfiles held on any day.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::dependents::Dependents;
use super::timeline::day_of;
use crate::source::backtest::{Change, LockChange};

/// The days from which and until which repositories' lockfiles held some version of each package.
///
/// A commit counts from the latest commit time so far in its repository, as one that was rebased
/// or merged may bear an earlier time than those it came after.
pub(super) fn adoptions(changes: &[LockChange]) -> BTreeMap<&SmolStr, Dependents> {
    let mut latest = BTreeMap::<&SmolStr, i32>::new();
    let mut held = BTreeMap::<(&SmolStr, &SmolStr), (i32, BTreeSet<&SmolStr>)>::new();
    let mut adoptions = BTreeMap::<&SmolStr, Dependents>::new();
    for change in changes {
        let day = latest.entry(&change.repository).or_insert(i32::MIN);
        *day = (*day).max(day_of(change.committed));
        let (since, versions) = held.entry((&change.repository, &change.package)).or_default();
        match change.change {
            Change::Added => {
                if versions.is_empty() {
                    *since = *day;
                }
                versions.insert(&change.version);
            }
            Change::Removed => {
                if versions.remove(&change.version) && versions.is_empty() {
                    adoptions.entry(&change.package).or_default().add(*since, Some(*day));
                }
            }
        }
    }
    for ((_, package), (since, _)) in held.into_iter().filter(|(_, (_, it))| !it.is_empty()) {
        adoptions.entry(package).or_default().add(since, None);
    }
    adoptions.values_mut().for_each(Dependents::sort);
    adoptions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(repository: &str, day: i64, what: &str) -> LockChange {
        let (op, package, version) =
            (&what[..1], what[1..].split('@').next(), what.split('@').nth(1));
        LockChange {
            repository: repository.into(),
            committed: jiff::Timestamp::from_second(day * 86_400).unwrap(),
            change: if op == "+" { Change::Added } else { Change::Removed },
            package: package.unwrap().into(),
            version: version.unwrap().into(),
        }
    }

    #[test]
    fn repositories_count_while_they_hold_any_version() {
        let changes = [
            change("a", 10, "+soap@1"),
            // An upgrade, and a second version beside it.
            change("a", 20, "-soap@1"),
            change("a", 20, "+soap@2"),
            change("a", 30, "+soap@3"),
            change("a", 40, "-soap@2"),
            // Written before the commit it follows: it counts from day 50, as that one does.
            change("a", 50, "+foam@1"),
            change("a", 45, "-soap@3"),
            change("b", 30, "+soap@1"),
        ];
        let adoptions = adoptions(&changes);
        let soap = &adoptions[&SmolStr::new("soap")];
        let on = [9, 10, 20, 30, 45, 49, 50].map(|day| soap.on(day));
        assert_eq!(on, [0, 1, 1, 2, 2, 2, 1]);
        assert_eq!(adoptions[&SmolStr::new("foam")].on(49), 0);
    }
}
