//! The table of successors from tables of dependencies and repositories.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::tz::Offset;

use super::backtest::parse;
use crate::forecast;
use crate::model::Error;
use crate::source::{backtest, successors};

/// The table as it is kept in `rules/successors.tsv`.
///
/// # Errors
/// Where a table cannot be read or understood, or the dependencies are of no release.
pub fn table(dependencies: &Path, repositories: Option<&Path>) -> Result<String, Error> {
    let releases = parse(dependencies, backtest::dependencies)?;
    let last = releases.iter().map(|it| Offset::UTC.to_datetime(it.published).date()).max();
    let last = last.ok_or_else(|| Error::input("the table has no release").at(dependencies))?;
    let known = repositories.map(|path| parse(path, backtest::repositories)).transpose()?;
    let moves = forecast::moves(&releases, &known.unwrap_or_default());
    let packages: BTreeSet<_> = releases.iter().map(|it| &it.package).collect();
    let data = format!("{} releases of {} packages, up to {last}", releases.len(), packages.len());
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut command =
        format!("headwater forecast successors --dependencies {}", name(dependencies));
    if let Some(path) = repositories {
        command += &format!(" --repositories {}", name(path));
    }
    Ok(successors::write(&moves, &command, &data))
}
