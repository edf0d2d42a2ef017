//! `headwater check`: should we take this dependency?

use semver::Version;

use super::Exit;
use super::arguments::{Arguments, CheckArguments};
use super::audit::{make, verdict_exit};
use super::output::Output;
use crate::model::Error;
use crate::report::check;
use crate::run::{Files, Subject};

/// Shows whether to take a package. The exit code is that of the policy over all it brings.
pub(super) fn run(
    arguments: &CheckArguments,
    global: &Arguments,
    output: &Output,
) -> Result<Exit, Error> {
    let (name, version) = parse(&arguments.package)?;
    let subject = Subject::Package { name, version };
    let outcome = make(subject, &arguments.path, &arguments.subject, global, Files::Read)?;
    let result = outcome.audit;
    output.diagnostics(&result.diagnostics);
    output.print(&check::answer(&result, &output.options_with(arguments.all)))?;
    Ok(verdict_exit(&result))
}

/// Understands `name`, `name@version`, or a purl of type `cargo`.
fn parse(text: &str) -> Result<(String, Option<Version>), Error> {
    let plain = text.strip_prefix("pkg:cargo/").unwrap_or(text);
    let plain = plain.split(['?', '#']).next().unwrap_or(plain);
    let (name, version) = match plain.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (plain, None),
    };
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    if !is_name(name) {
        return Err(Error::input(format!("`{text}` is no package of the Rust registry"))
            .help("write `name`, `name@version` or `pkg:cargo/name@version`"));
    }
    let version = version.map(|version| {
        version.parse().map_err(|error| Error::input(format!("`{version}` is no version: {error}")))
    });
    Ok((name.to_owned(), version.transpose()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_named_in_three_ways() {
        let version = Some(Version::new(1, 2, 3));
        let cases = [
            ("serde", ("serde", None)),
            ("serde@1.2.3", ("serde", version.clone())),
            ("pkg:cargo/serde@1.2.3", ("serde", version.clone())),
            ("pkg:cargo/serde@1.2.3?x=y#z", ("serde", version)),
        ];
        for (text, (name, version)) in cases {
            assert_eq!(parse(text).unwrap(), (name.to_owned(), version), "{text}");
        }
        for wrong in ["", "a b", "pkg:npm/left-pad@1.0.0", "a@one", "../a"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
