//! Platforms: target triples and the `cfg(...)` expressions of manifests.

use cfg_expr::Expression;
use cfg_expr::expr::Predicate;
use cfg_expr::targets::{TargetInfo, get_builtin_target_by_triple};

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
    info: &'static TargetInfo,
}

impl Platform {
    /// The platform of a target triple. `None` where rustc has no built-in target of that name.
    pub fn from_triple(triple: &str) -> Option<Self> {
        Some(Self { info: get_builtin_target_by_triple(triple)? })
    }

    /// The platform this program was built for; dependencies of build scripts and procedural
    /// macros are resolved for it.
    pub fn host() -> Option<Self> {
        Self::from_triple(current_platform::CURRENT_PLATFORM)
    }

    /// The target triple.
    pub fn triple(&self) -> &str {
        self.info.triple.as_str()
    }

    /// The operating system by rustc's name (`linux`, `windows`); `none` where there is none.
    pub fn os(&self) -> &str {
        self.info.os.as_ref().map_or("none", |os| os.as_str())
    }

    /// The CPU architecture by rustc's name (`x86_64`).
    pub fn arch(&self) -> &str {
        self.info.arch.as_str()
    }

    /// Whether a dependency limited to `target` (a triple or `cfg(...)`) is used on the platform.
    /// An expression that cannot be read counts as used, so that nothing is left out by mistake.
    pub(super) fn matches(&self, target: &str) -> bool {
        if !target.trim_start().starts_with("cfg(") {
            return target == self.triple();
        }
        let Ok(expression) = Expression::parse(target) else { return true };
        expression.eval(|predicate| self.holds(predicate))
    }

    /// One predicate, with the answers `rustc --print cfg` gives for an ordinary build.
    fn holds(&self, predicate: &Predicate<'_>) -> bool {
        match predicate {
            Predicate::Target(target) => target.matches(self.info),
            Predicate::TargetFeature(feature) => self.has_feature(feature),
            Predicate::DebugAssertions => true,
            Predicate::Test
            | Predicate::ProcMacro
            | Predicate::Feature(_)
            | Predicate::Flag(_)
            | Predicate::KeyValue { .. } => false,
        }
    }

    /// CPU features that are on by default.
    fn has_feature(&self, feature: &str) -> bool {
        match self.arch() {
            "x86_64" => matches!(feature, "fxsr" | "sse" | "sse2" | "x87"),
            "aarch64" => feature == "neon",
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_by_platform() {
        let linux = Platform::from_triple("x86_64-unknown-linux-gnu").unwrap();
        let windows = Platform::from_triple("aarch64-pc-windows-msvc").unwrap();
        let cases = [
            ("cfg(unix)", true, false),
            ("cfg(windows)", false, true),
            ("x86_64-unknown-linux-gnu", true, false),
            ("cfg(all(unix, not(target_os = \"macos\")))", true, false),
            ("cfg(any(target_arch = \"aarch64\", target_env = \"gnu\"))", true, true),
            ("cfg(target_feature = \"sse2\")", true, false),
            ("cfg(tokio_unstable)", false, false),
            ("cfg(feature = \"x\")", false, false),
            ("cfg(not(feature = \"x\"))", true, true),
            ("cfg(debug_assertions)", true, true),
            ("cfg(panic = \"unwind\")", true, true),
            ("cfg(((", true, true),
        ];
        for (target, on_linux, on_windows) in cases {
            assert_eq!(linux.matches(target), on_linux, "{target} on linux");
            assert_eq!(windows.matches(target), on_windows, "{target} on windows");
        }
    }

    #[test]
    fn unknown_triples_are_refused_and_the_host_is_known() {
        assert!(Platform::from_triple("pdp11-dec-unix").is_none());
        assert!(Platform::host().is_some());
    }
}
