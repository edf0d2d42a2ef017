//! What is not known.

use std::collections::BTreeMap;

use super::Inputs;
use crate::model::{Coverage, Graph, Missing, PackageFacts, Presence, Source};

/// Counts what is not known about packages that do not live on this machine.
pub(super) fn coverage(inputs: &Inputs, graph: &Graph, facts: &[PackageFacts]) -> Coverage {
    let mut missing: BTreeMap<&'static str, BTreeMap<Missing, usize>> = BTreeMap::new();
    let mut proc_macro_unknown = 0;
    for index in graph.indices() {
        let at = index.get();
        if inputs.packages[at].source == Source::Path {
            continue;
        }
        proc_macro_unknown += usize::from(inputs.packaged[at].known().is_none());
        // Of other packages these sources know nothing, and nobody is asked.
        let is_public = inputs.packages[at].is_from_crates_io();
        let of_public_only = |why: Option<Missing>| why.filter(|_| is_public);
        let reasons = [
            ("cadence", facts[at].cadence.missing()),
            ("deps.dev", of_public_only(facts[at].deps_dev.missing())),
            ("ownership", of_public_only(facts[at].ownership.missing())),
            ("declaration", inputs.declarations[at].missing()),
            ("repository", facts[at].location.missing()),
            ("yanked", facts[at].yanked.missing()),
        ];
        for (fact, reason) in reasons {
            if let Some(why) = reason {
                *missing.entry(fact).or_default().entry(why).or_default() += 1;
            }
        }
    }
    let unknown = graph.indices().filter(|&at| graph.presence(at) == Presence::Unknown);
    let undecided = graph.indices().filter(|&at| graph.presence(at).alternatives().len() > 1);
    Coverage {
        packages: graph.len(),
        missing,
        presence_unknown: unknown.count(),
        presence_undecided: undecided.count(),
        proc_macro_unknown,
        hosts_asked: inputs.hosts_asked.clone(),
    }
}
