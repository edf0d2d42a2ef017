//! Platforms: target triples and the `cfg(...)` expressions of manifests.

use cargo_platform::{Cfg, Platform as Limit};

use super::flags::Flags;

/// The configuration of every target as rustc prints it: triple, a tab, and the values separated
/// by spaces. CONTRIBUTING says how it is made anew.
const TABLE: &str = include_str!("../../rules/platforms.tsv");

/// The most parentheses in an expression that is read: reading recurses, and expressions come
/// from outside.
const MOST_PARENTHESES: usize = 200;

/// The platforms a build is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Platforms {
    /// One platform.
    One(Platform),
    /// Every platform at once.
    All,
}

/// A platform by its target triple, as rustc knows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Platform {
    triple: &'static str,
    values: &'static str,
}

impl Platform {
    /// The platform of a target triple. `None` where rustc has no built-in target of that name.
    pub fn from_triple(triple: &str) -> Option<Self> {
        Self::all().find(|platform| platform.triple == triple)
    }

    /// The platform this program was built for; dependencies of build scripts and procedural
    /// macros are resolved for it.
    pub fn host() -> Option<Self> {
        Self::from_triple(current_platform::CURRENT_PLATFORM)
    }

    /// The target triple.
    pub fn triple(&self) -> &str {
        self.triple
    }

    /// The operating system by rustc's name (`linux`, `windows`); `none` where there is none.
    pub fn os(&self) -> &str {
        self.value("target_os").unwrap_or("none")
    }

    /// The CPU architecture by rustc's name (`x86_64`).
    pub fn arch(&self) -> &str {
        self.value("target_arch").unwrap_or("unknown")
    }

    /// Whether any target has an operating system of that name, in upper or lower case.
    pub fn is_known_os(name: &str) -> bool {
        Self::all().any(|platform| platform.os().eq_ignore_ascii_case(name))
    }

    /// Whether any target has a CPU architecture of that name, in upper or lower case.
    pub fn is_known_arch(name: &str) -> bool {
        Self::all().any(|platform| platform.arch().eq_ignore_ascii_case(name))
    }

    fn all() -> impl Iterator<Item = Self> {
        let targets = TABLE.lines().filter(|line| !line.starts_with('#'));
        let targets = targets.filter_map(|line| line.split_once('\t'));
        targets.map(|(triple, values)| Self { triple, values })
    }

    /// The first value of a key.
    fn value(&self, key: &str) -> Option<&'static str> {
        let mut pairs = self.values.split(' ').filter_map(|value| value.split_once('='));
        pairs.find(|(known, _)| *known == key).map(|(_, value)| value.trim_matches('"'))
    }

    /// Whether it depends on compiler flags if a dependency limited to `target` is used on the
    /// platform: it is not without them.
    pub fn depends_on(&self, flags: &Flags, target: &str) -> bool {
        let configuration = (!flags.is_empty()).then(|| self.configuration());
        configuration.is_some_and(|it| !it.matches(target) && it.may_match(target, flags))
    }

    /// What `rustc --print cfg` gives for an ordinary build.
    pub(super) fn configuration(&self) -> Configuration {
        let values = self.values.split(' ').filter_map(|value| value.parse().ok());
        Configuration { triple: self.triple, values: values.collect() }
    }
}

/// The configuration values of a platform, ready to evaluate expressions over.
#[derive(Debug)]
pub(super) struct Configuration {
    triple: &'static str,
    values: Vec<Cfg>,
}

impl Configuration {
    /// Whether a dependency limited to `target` (a triple or `cfg(...)`) is used on the platform.
    /// An expression that cannot be read counts as used, so that nothing is left out by mistake.
    pub(super) fn matches(&self, target: &str) -> bool {
        self.may_match(target, &Flags::default())
    }

    /// Whether such a dependency may be used where compiler flags may set more values.
    pub(super) fn may_match(&self, target: &str, flags: &Flags) -> bool {
        if target.bytes().filter(|&byte| byte == b'(').count() > MOST_PARENTHESES {
            return true;
        }
        let limit: Result<Limit, _> = target.trim().parse();
        match limit {
            Ok(Limit::Cfg(expression)) => flags.may_be(&expression, true, &self.values),
            Ok(Limit::Name(triple)) => triple == self.triple,
            Err(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_by_platform() {
        let configuration = |triple| Platform::from_triple(triple).unwrap().configuration();
        let linux = configuration("x86_64-unknown-linux-gnu");
        let windows = configuration("aarch64-pc-windows-msvc");
        let cases = [
            ("cfg(unix)", true, false),
            ("cfg(windows)", false, true),
            ("x86_64-unknown-linux-gnu", true, false),
            ("cfg(all(unix, not(target_os = \"macos\")))", true, false),
            ("cfg(any(target_arch = \"aarch64\", target_env = \"gnu\"))", true, true),
            ("cfg(target_feature = \"sse2\")", true, false),
            ("cfg(target_feature = \"neon\")", false, true),
            ("cfg(target_feature = \"avx2\")", false, false),
            ("cfg(target_has_atomic = \"64\")", true, true),
            ("cfg(target_has_atomic = \"128\")", false, true),
            ("cfg(target_has_atomic = \"3\")", false, false),
            ("cfg(target_has_atomic)", false, false),
            ("cfg(target_abi = \"\")", true, true),
            ("cfg(target_os = \"made-up\")", false, false),
            ("cfg(tokio_unstable)", false, false),
            ("cfg(feature = \"x\")", false, false),
            ("cfg(not(feature = \"x\"))", true, true),
            ("cfg(debug_assertions)", true, true),
            ("cfg(test)", false, false),
            ("cfg(proc_macro)", false, false),
            ("cfg(panic = \"unwind\")", true, true),
            ("cfg(panic = \"abort\")", false, false),
            ("cfg(true)", true, true),
            ("cfg(false)", false, false),
            ("cfg(not(true))", false, false),
            ("cfg(all(true, unix))", true, false),
            ("cfg(any(false, windows))", false, true),
            ("cfg(r#true)", true, true),
            ("cfg(all())", true, true),
            ("cfg(any())", false, false),
            ("cfg(unix = \"x\")", false, false),
            ("cfg(not(unix = \"x\"))", true, true),
            ("cfg(true = \"true\")", false, false),
            ("cfg(((", true, true),
            ("cfg(unix windows)", true, true),
            ("not a triple", true, true),
        ];
        for (target, on_linux, on_windows) in cases {
            assert_eq!(linux.matches(target), on_linux, "{target} on linux");
            assert_eq!(windows.matches(target), on_windows, "{target} on windows");
        }
    }

    #[test]
    fn a_deep_expression_is_not_read_and_counts_as_used() {
        let linux = Platform::host().unwrap().configuration();
        let nested = |depth| format!("cfg({}false{})", "all(".repeat(depth), ")".repeat(depth));
        assert!(!linux.matches(&nested(MOST_PARENTHESES - 1)));
        assert!(linux.matches(&nested(MOST_PARENTHESES)));
        assert!(linux.matches(&nested(1_000_000)));
    }

    #[test]
    fn unknown_triples_are_refused_and_the_host_is_known() {
        for triple in ["pdp11-dec-unix", "", "# rustc 1"] {
            assert!(Platform::from_triple(triple).is_none(), "{triple}");
        }
        assert!(Platform::host().is_some());
    }

    #[test]
    fn every_line_of_the_table_is_understood() {
        let mut lines = 0;
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (triple, values) = line.split_once('\t').unwrap();
            let platform = Platform::from_triple(triple).unwrap();
            let configuration = platform.configuration();
            assert_eq!(configuration.values.len(), values.split(' ').count(), "{triple}");
            assert!(configuration.matches(&format!("cfg(target_os = \"{}\")", platform.os())));
            assert!(configuration.matches(&format!("cfg(target_arch = \"{}\")", platform.arch())));
            lines += 1;
        }
        assert!(lines > 300, "{lines}");
    }
}
