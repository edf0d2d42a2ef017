//! Since when a project is declared unmaintained.

use std::collections::BTreeMap;
use std::sync::Arc;

use headwater::lens::environmentalist::{Input, rank};
use headwater::model::{
    Advisory, AdvisoryKind, Fix, Graph, Observed, PackageIndex, Presence, Source, Sourced, Upstream,
};

use super::{busy, finding, input, with};
use crate::rules::sample::{TODAY, advisory, cadence, facts, package, place, registry};

/// Its people committed until the day before, so that they went on after the advisory's own date,
/// and not after the day it was public.
#[test]
fn a_project_is_declared_unmaintained_on_the_day_that_was_public() {
    let home = with(place(1, 0.5), cadence(20.0, 0.5, 40), Some("https://github.com/o/busy"));
    let address = home.location.known().unwrap().location.repository.address.clone();
    let activity = Sourced { value: busy(), from: "git.example".into(), on: TODAY };
    let known = Upstream { activity: Observed::Known(activity), ..Upstream::NOT_ASKED };
    let upstream = BTreeMap::from([(address, known)]);
    let packages = vec![
        (package("app", "0.1.0", Source::Path), Presence::Runtime),
        (registry("busy", "1.2.0"), Presence::Runtime),
    ];
    let graph = Graph::new(packages, Vec::new(), vec![PackageIndex(0)]);
    let facts = [facts(Some(place(0, 0.0))), home];
    for (first_seen, expected) in [
        (None, "declared unmaintained on 2026-01-01, with commits since"),
        (Some(TODAY), "declared unmaintained on 2026-08-21, and no commit since"),
    ] {
        let mut one = finding(AdvisoryKind::Unmaintained, PackageIndex(1), Fix::None);
        let notice = advisory("A-1", AdvisoryKind::Unmaintained, &[("", "")]);
        one.advisory = Some(Arc::new(Advisory { first_seen, ..notice }));
        let findings = [one];
        let ranking = rank(Input { upstream: &upstream, ..input(&graph, &facts, &findings) });
        let evidence = &ranking[0].class.known().unwrap().evidence;
        assert!(evidence.iter().any(|line| line == expected), "{first_seen:?}: {evidence:?}");
    }
}
