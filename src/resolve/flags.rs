//! What compiler flags may change of the configuration that dependencies are limited by.
//!
//! Cargo asks rustc with the flags which `cfg` values there are. Rustc is not asked here: a value
//! that a flag may set counts as one of which it is not known whether it is set.

use std::collections::BTreeSet;

use cargo_platform::{Cfg, CfgExpr};

/// The `cfg` values that compiler flags may set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    names: BTreeSet<String>,
    /// Whether a flag is there that may set any.
    any: bool,
}

/// Codegen options that set a value, and its name.
const CODEGEN: [(&str, &str); 8] = [
    ("target-feature", "target_feature"),
    ("target-cpu", "target_feature"),
    ("panic", "panic"),
    ("debug-assertions", "debug_assertions"),
    ("debug_assertions", "debug_assertions"),
    ("overflow-checks", "overflow_checks"),
    ("relocation-model", "relocation_model"),
    ("opt-level", "debug_assertions"),
];

/// Unstable options that set a value, and its name.
const UNSTABLE: [(&str, &str); 6] = [
    ("sanitizer", "sanitize"),
    ("ub-checks", "ub_checks"),
    ("fmt-debug", "fmt_debug"),
    ("contract-checks", "contract_checks"),
    ("has-thread-local", "target_thread_local"),
    ("emscripten-wasm-eh", "emscripten_wasm_eh"),
];

impl Flags {
    /// Adds flags as they are given to rustc, one word each.
    pub fn add<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) {
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            if word == "--cfg" {
                self.add_value(words.next().unwrap_or_default());
            } else if let Some(value) = word.strip_prefix("--cfg=") {
                self.add_value(value);
            } else if matches!(word, "-C" | "--codegen") {
                self.add_codegen(words.next().unwrap_or_default());
            } else if let Some(option) =
                word.strip_prefix("-C").or_else(|| word.strip_prefix("--codegen="))
            {
                self.add_codegen(option);
            } else if word == "-O" || word == "-g" {
                self.names.extend((word == "-O").then(|| "debug_assertions".to_owned()));
            } else if word == "-Z" {
                self.add_unstable(words.next().unwrap_or_default());
            } else if let Some(option) = word.strip_prefix("-Z") {
                self.add_unstable(option);
            } else if word.starts_with('@') || word == "--target" {
                // A file with more flags, another platform.
                self.any = true;
            }
        }
    }

    /// Adds what other flags may set.
    pub fn merge(&mut self, other: Self) {
        self.names.extend(other.names);
        self.any |= other.any;
    }

    /// That it is not known which flags there are.
    pub fn add_unknown(&mut self) {
        self.any = true;
    }

    fn add_value(&mut self, value: &str) {
        let name = value.split('=').next().unwrap_or_default().trim().trim_start_matches("r#");
        self.names.extend((!name.is_empty()).then(|| name.to_owned()));
    }

    fn add_codegen(&mut self, option: &str) {
        let name = option.split('=').next().unwrap_or_default().trim();
        let set = CODEGEN.iter().filter(|(known, _)| *known == name);
        self.names.extend(set.map(|(_, value)| (*value).to_owned()));
    }

    fn add_unstable(&mut self, option: &str) {
        let name = option.split('=').next().unwrap_or_default().trim().replace('_', "-");
        let set = UNSTABLE.iter().filter(|(known, _)| *known == name);
        self.names.extend(set.map(|(_, value)| (*value).to_owned()));
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.any
    }

    /// What may be set, in words.
    pub fn words(&self) -> String {
        if self.any {
            return "any `cfg`".to_owned();
        }
        let names: Vec<String> = self.names.iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    }

    /// Whether an expression may hold, or fail to hold, with values set for sure and these.
    pub(super) fn may_be(&self, expression: &CfgExpr, wanted: bool, set: &[Cfg]) -> bool {
        let all = |list: &[CfgExpr]| list.iter().all(|it| self.may_be(it, wanted, set));
        let any = |list: &[CfgExpr]| list.iter().any(|it| self.may_be(it, wanted, set));
        match expression {
            CfgExpr::Not(inner) => self.may_be(inner, !wanted, set),
            CfgExpr::All(list) if wanted => all(list),
            CfgExpr::All(list) => any(list),
            CfgExpr::Any(list) if wanted => any(list),
            CfgExpr::Any(list) => all(list),
            CfgExpr::Value(value) => self.may_set(value) || set.contains(value) == wanted,
            CfgExpr::True => wanted,
            CfgExpr::False => !wanted,
        }
    }

    fn may_set(&self, value: &Cfg) -> bool {
        let (Cfg::Name(name) | Cfg::KeyPair(name, _)) = value;
        self.any || self.names.contains(name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_flags_may_set() {
        let cases: [(&[&str], &str); 10] = [
            (&["--cfg", "tokio_unstable"], "`tokio_unstable`"),
            (&["--cfg=a=\"b\"", "--cfg", "r#c"], "`a`, `c`"),
            (&["-Ctarget-cpu=native"], "`target_feature`"),
            (&["-C", "target-feature=+avx2", "-O"], "`debug_assertions`, `target_feature`"),
            (&["--codegen=panic=abort"], "`panic`"),
            (&["-Clink-arg=-fuse-ld=lld", "-Dwarnings", "--check-cfg", "cfg(x)"], ""),
            (&["-g", "--cfg"], ""),
            (
                &["-Zsanitizer=address", "-Zshare-generics=y", "-Z", "ub_checks"],
                "`sanitize`, `ub_checks`",
            ),
            (&["@flags"], "any `cfg`"),
            (&["-C"], ""),
        ];
        for (words, expected) in cases {
            let mut flags = Flags::default();
            flags.add(words.iter().copied());
            assert_eq!(flags.words(), expected, "{words:?}");
            assert_eq!(flags.is_empty(), expected.is_empty());
        }
    }

    #[test]
    fn expressions_over_what_may_be_set() {
        let mut flags = Flags::default();
        flags.add(["--cfg", "x", "-Ctarget-cpu=native"]);
        let cases = [
            ("x", true, true),
            ("not(x)", true, true),
            ("unix", true, false),
            ("windows", false, true),
            ("all(x, unix)", true, true),
            ("all(x, windows)", false, true),
            ("any(x, windows)", true, true),
            ("any(x, unix)", true, false),
            ("target_feature = \"avx2\"", true, true),
            ("all(not(x), not(unix))", false, true),
            ("true", true, false),
            ("false", false, true),
        ];
        let set: [Cfg; 1] = ["unix".parse().unwrap()];
        for (text, may_hold, may_fail) in cases {
            let expression: CfgExpr = text.parse().unwrap();
            assert_eq!(flags.may_be(&expression, true, &set), may_hold, "{text}");
            assert_eq!(flags.may_be(&expression, false, &set), may_fail, "{text}");
        }
    }
}
