//! What is built for the target, for the host, for both, or for a platform of its own.

use super::*;

#[test]
fn what_may_be_a_procedural_macro_is_in_the_product_or_in_the_build() {
    check(
        &[
            ("app", &["lib", "may", "mac", "build:tool", "dev:test"], &[]),
            ("lib", &[], &[]),
            ("may%", &["lib", "only-may", "tool", "only-win @cfg(windows)"], &[]),
            ("only-may", &["deeper"], &[]),
            ("deeper%", &[], &[]),
            ("mac*", &["syn"], &[]),
            ("syn%", &[], &[]),
            ("tool", &["of-tool"], &[]),
            ("of-tool%", &[], &[]),
            ("test%", &["of-test"], &[]),
            ("of-test", &[], &[]),
            ("only-win", &[], &[]),
        ],
        &[
            ("lib", "runtime"),
            ("may", "runtime-or-proc-macro"),
            ("only-may", "runtime-or-proc-macro"),
            ("deeper", "runtime-or-proc-macro"),
            ("syn", "proc-macro"),
            ("tool", "runtime-or-build"),
            ("of-tool", "runtime-or-build"),
            ("test", "dev"),
            ("of-test", "dev"),
            ("only-win", "other-target"),
        ],
    );
}

#[test]
fn features_that_only_one_of_two_readings_turns_on_count() {
    let rows: [Row<'_>; 4] = [
        ("app", &["shared", "may"], &[]),
        ("may%", &["shared+big"], &[]),
        ("shared", &["heavy?"], &[("big", &["heavy"])]),
        ("heavy", &[], &[]),
    ];
    let expected = [("shared", "runtime"), ("heavy", "runtime-or-proc-macro")];
    check_with(&rows, Resolver::Two, |_| {}, &expected);
    // Version 1 unifies them, whichever it is.
    check_with(&rows, Resolver::One, |_| {}, &[("heavy", "runtime")]);
}

#[test]
fn what_a_procedural_macro_would_not_use_on_its_platform_is_unknown() {
    let rows: [Row<'_>; 4] = [
        ("app", &["may"], &[]),
        ("may%", &["win @cfg(windows)", "linux @cfg(unix)"], &[]),
        ("win", &[], &[]),
        ("linux", &[], &[]),
    ];
    let windows = |selection: &mut Selection| {
        selection.platforms =
            Platforms::One(Platform::from_triple("x86_64-pc-windows-msvc").unwrap());
    };
    check_with(&rows, Resolver::Two, windows, &[("win", "unknown"), ("linux", "proc-macro")]);
}

#[test]
fn an_artifact_is_built_for_its_own_platform_and_its_library_for_that_of_the_dependent() {
    let artifact = |target: &str, library: bool| {
        let mut bin = dependency("bin");
        bin.artifact = Some(crate::model::Artifact { target: target.into(), library });
        bin
    };
    let wasm = "wasm32-unknown-unknown";
    let windows = "x86_64-pc-windows-msvc";
    let cases = [
        (artifact(wasm, false), "x86_64-unknown-linux-gnu", ["runtime", "other-target"]),
        (artifact(wasm, true), "x86_64-unknown-linux-gnu", ["runtime", "runtime"]),
        (artifact("target", false), "x86_64-unknown-linux-gnu", ["other-target", "runtime"]),
        (artifact("target", false), windows, ["other-target", "other-target"]),
        (artifact("not-known", false), windows, ["runtime", "runtime"]),
    ];
    for (bin, triple, expected) in cases {
        let rows: [Row<'_>; 4] = [
            ("app", &["bin"], &[]),
            ("bin", &["for-wasm @cfg(target_family = \"wasm\")", "for-unix @cfg(unix)"], &[]),
            ("for-unix", &[], &[]),
            ("for-wasm", &[], &[]),
        ];
        let context = format!("{bin:?} {triple}");
        let platforms = Platforms::One(Platform::from_triple(triple).unwrap());
        let resolution = resolution_of(
            &rows,
            Resolver::Two,
            |selection| selection.platforms = platforms,
            |declaration| {
                let dependency = &mut declaration.dependencies[0];
                if dependency.name == "bin" {
                    *dependency = bin.clone();
                }
            },
        );
        let found = presences(&resolution);
        assert_eq!([found["for-wasm"], found["for-unix"]], expected, "{context}");
    }
}
