//! The project's own workspace.

use std::path::Path;

use super::compare::{Options, Workspace, compare};

#[test]
fn presence_in_the_own_workspace_is_as_cargo_tree_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
    let workspace = Workspace { folder, cargo_home: None, unstable: None };
    for no_default_features in [false, true] {
        match compare(&workspace, Options { no_default_features, ..Options::default() }) {
            Ok(compared) => {
                assert_eq!(compared.differences, [""; 0]);
                assert!(compared.sizes.is_sorted(), "{compared:?}");
            }
            Err(why) => eprintln!("did not run: `cargo tree` failed: {why}"),
        }
    }
}
