//! `headwater check`: should we take this dependency?

use semver::Version;

use super::Exit;
use super::arguments::{Arguments, CheckArguments};
use super::audit::{request, verdict_exit};
use super::output::Output;
use super::progress::Progress;
use super::{learn, network};
use crate::audit::audit;
use crate::model::{Error, PackageIndex, Project};
use crate::report::check;
use crate::world::gather::gather_intake;
use crate::world::http::Mode;

/// Shows whether to take a package. The exit code is that of the policy over all it brings.
pub(super) fn run(
    arguments: &CheckArguments,
    global: &Arguments,
    output: &Output,
) -> Result<Exit, Error> {
    let (name, version) = parse(&arguments.package)?;
    let request = request(&arguments.path, &arguments.subject, global)?;
    let cache = request.cache.clone();
    let subject = &arguments.subject;
    let opened = learn::open(subject, &cache)?;
    let progress = Progress::new("asking the registry's index");
    let tell = |name: &str, done, total| progress.tell(name, done, total);
    let remote = opened.as_ref().filter(|opened| opened.mode != Mode::Offline);
    let remote = remote.map(|opened| network::remote(opened, &tell));
    let mut inputs = gather_intake(request, &name, version.as_ref(), remote)?;
    drop(progress);
    let mut result = audit(&inputs)?;
    let of_package = |package: &PackageIndex| result.graph.package(*package).name == name;
    let projects: Vec<&Project> =
        result.ranking.iter().filter(|it| it.packages.iter().any(of_package)).collect();
    let folder = &arguments.path;
    if let Some(opened) = &opened {
        learn::learn(&mut inputs, &result, &projects, folder, subject, opened, &cache);
        result = audit(&inputs)?;
    } else if learn::from_files(&mut inputs, &result, &projects, folder, subject) {
        result = audit(&inputs)?;
    }
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
