//! The edges of the graph, each with its kind and whether it is used.

use super::*;

#[test]
fn every_declared_or_locked_dependency_is_an_edge_with_its_state() {
    let rows: [Row<'_>; 11] = [
        ("app", &["lib", "build:lib", "dev:test", "win @cfg(windows)", "known", "gap"], &[]),
        ("lib", &["left?", "test"], &[]),
        ("left", &[], &[]),
        ("test", &["of-test"], &[]),
        ("of-test", &[], &[]),
        ("win", &["of-win"], &[]),
        ("of-win", &[], &[]),
        ("known", &["maybe?"], &[]),
        ("maybe", &["deep?"], &[]),
        ("deep", &[], &[]),
        ("gap~", &["known", "deep"], &[]),
    ];
    let graph = resolution(&rows, Resolver::Two, |_| {}).graph;
    let name = |at| graph.package(at).name.as_str();
    let mut edges: Vec<String> = graph
        .edges()
        .map(|(from, to, edge)| {
            let kind = edge.kind.map_or("locked".to_owned(), |kind| format!("{kind:?}"));
            format!("{} {} {kind} {:?}", name(from), name(to), edge.state)
        })
        .collect();
    edges.sort();
    let expected = [
        "app gap Normal Built",
        "app known Normal Built",
        "app lib Build Built",
        "app lib Normal Built",
        "app test Dev Dev",
        "app win Normal OtherTarget",
        "gap deep locked Unknown",
        "gap known locked Unknown",
        "known maybe Normal Unknown",
        "lib left Normal Inactive",
        "lib test Normal Built",
        "maybe deep Normal Unknown",
        "test of-test Normal Built",
        "win of-win Normal OtherTarget",
    ];
    assert_eq!(edges, expected);
}
