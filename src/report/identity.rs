//! What a package is called in machine-readable reports.

use std::collections::BTreeMap;

use crate::model::Graph;

/// A unique identifier for each package, by position: its purl, followed by `#2`, `#3` and so on
/// where several packages share one, in the order of the graph. (A path dependency has the purl
/// of the registry package of the same name and version.)
pub(super) fn identifiers(graph: &Graph) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let purls = graph.indices().map(|index| graph.package(index).purl());
    let unique = purls.map(|purl| {
        let times = seen.entry(purl.clone()).or_default();
        *times += 1;
        if *times == 1 { purl } else { format!("{purl}#{times}") }
    });
    unique.collect()
}
