//! How many packages depend on a package on any day.

/// Days from which and until which the latest release of some package depends on this one.
///
/// Two sorted lists answer for any day with two searches; the spans tell who left when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependents {
    gained: Vec<i32>,
    lost: Vec<i32>,
    /// First day, and the day on which it left, if it did.
    spans: Vec<(i32, Option<i32>)>,
}

impl Dependents {
    /// A dependent that began on one day and, where it stopped, stopped on another.
    pub(super) fn add(&mut self, from: i32, until: Option<i32>) {
        self.gained.push(from);
        self.lost.extend(until);
        self.spans.push((from, until));
    }

    /// Brings the lists in order.
    pub(super) fn sort(&mut self) {
        self.gained.sort_unstable();
        self.lost.sort_unstable();
    }

    /// Packages whose latest release by the end of the day depends on it.
    pub(super) fn on(&self, day: i32) -> usize {
        let by = |days: &[i32]| days.partition_point(|&it| it <= day);
        by(&self.gained) - by(&self.lost)
    }

    /// Of the dependents on a day, those that leave in the `horizon_days` after it.
    pub(super) fn leaving(&self, day: i32, horizon_days: i32) -> usize {
        let leaves = |&&(from, until): &&(i32, Option<i32>)| {
            from <= day && until.is_some_and(|until| until > day && until <= day + horizon_days)
        };
        self.spans.iter().filter(leaves).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependent_counts_from_its_day_until_it_leaves() {
        let mut dependents = Dependents::default();
        dependents.add(20, None);
        dependents.add(10, Some(30));
        dependents.sort();
        assert_eq!([9, 10, 20, 29, 30].map(|day| dependents.on(day)), [0, 1, 2, 2, 1]);
        assert_eq!([5, 10, 19, 29, 30].map(|day| dependents.leaving(day, 10)), [0, 0, 0, 1, 0]);
        assert_eq!(dependents.leaving(15, 15), 1);
    }
}
