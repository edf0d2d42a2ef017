//! Reading the tables of a back-test: plain, zstd-compressed, or from standard input.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::Offset;
use ruzstd::decoding::StreamingDecoder;

use crate::forecast::Tables;
use crate::model::Error;
use crate::source::backtest::{self, PublishedRelease};

/// The largest table that is read, in bytes and unpacked. A table of every release of the public
/// registry is under 200 MiB, its dependencies under 1 GiB.
const LARGEST_TABLE_BYTES: u64 = 2 << 30;
/// The first bytes of zstd-compressed data (RFC 8878, section 3.1.1).
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Where the tables are.
#[derive(Debug, Clone, Default)]
pub struct TableFiles {
    /// Releases.
    pub releases: PathBuf,
    /// Days on which advisories first appeared.
    pub labels: Option<PathBuf>,
    /// Patched versions of advisories.
    pub advisories: Option<PathBuf>,
    /// Dependencies of releases.
    pub dependencies: Option<PathBuf>,
    /// Repositories of packages.
    pub repositories: Option<PathBuf>,
    /// Commits.
    pub commits: Option<PathBuf>,
    /// Repositories of packages, as the table of commits names them.
    pub package_repositories: Option<PathBuf>,
    /// What real lockfiles held.
    pub locks: Option<PathBuf>,
}

/// Tables that were read and joined.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The tables.
    pub tables: Tables,
    /// What they hold, in one line for the provenance of a model.
    pub summary: String,
}

impl TableFiles {
    /// Reads and joins the tables. Nothing after `cut` is taken in; without one, nothing after the
    /// last day on which an advisory appeared, or without labels after the last release.
    ///
    /// # Errors
    /// Where a table cannot be read or understood.
    pub fn load(&self, cut: Option<Date>) -> Result<Loaded, Error> {
        self.join(&self.releases()?, cut)
    }

    /// Reads the releases alone.
    ///
    /// # Errors
    /// Where the table cannot be read or understood.
    pub fn releases(&self) -> Result<Vec<PublishedRelease>, Error> {
        parse(&self.releases, backtest::releases)
    }

    /// Joins releases that were read with the other tables, as [`Self::load`] does.
    ///
    /// # Errors
    /// Where a table cannot be read or understood.
    pub fn join(&self, releases: &[PublishedRelease], cut: Option<Date>) -> Result<Loaded, Error> {
        let labels =
            self.labels.as_deref().map(|path| parse(path, backtest::labels)).transpose()?;
        let unconcerned = self.advisories.as_deref().map(|path| parse(path, backtest::unconcerned));
        let unconcerned = unconcerned.transpose()?.unwrap_or_default();
        let label_days = labels.iter().flatten().map(|label| label.first_seen);
        let release_days = releases.iter().map(|it| Offset::UTC.to_datetime(it.published).date());
        let (labelled, released) = (label_days.max(), release_days.max());
        let end = labelled.max(released);
        let end = end.ok_or_else(|| Error::input("the table has no release").at(&self.releases))?;
        let cut = cut.or(labelled).unwrap_or(end);
        if cut > end {
            let message = format!("the tables end on {end}: what came later is not known");
            return Err(Error::input(message).help(format!("give `--cut` a day up to {end}")));
        }
        let mut tables = Tables::new(releases, labels.as_deref(), &unconcerned, cut);
        if let Some(path) = &self.dependencies {
            tables = tables.with_dependencies(parse(path, backtest::dependencies)?);
        }
        let mut declared = BTreeMap::new();
        if let Some(path) = &self.repositories {
            declared = parse(path, backtest::repositories)?;
            tables = tables.with_repositories(&declared);
        }
        let mut summary = format!(
            "{} releases of {} packages, {} advisories, up to {cut}",
            releases.len(),
            tables.packages.len(),
            labels.map_or(0, |labels| labels.len())
        );
        if let (Some(commits), Some(packages)) = (&self.commits, &self.package_repositories) {
            let commits = parse(commits, backtest::commits)?;
            let repositories = parse(packages, backtest::package_repositories)?;
            tables = tables.with_commits(&commits, &repositories, &declared);
            let known = tables.packages_with_commits();
            summary = format!("{summary}; {} commits, of {known} packages", commits.len());
        }
        if let Some(path) = &self.locks {
            let changes = parse(path, backtest::lock_changes)?;
            let names: BTreeSet<&str> = changes.iter().map(|it| it.repository.as_str()).collect();
            summary = format!("{summary}; lockfiles of {} repositories", names.len());
            tables = tables.with_locks(&changes);
        }
        Ok(Loaded { tables, summary })
    }

    /// The options that name these tables, without their folders.
    pub fn options(&self) -> String {
        let option = |(name, path): (&str, Option<&PathBuf>)| {
            let file = path?.file_name()?.to_string_lossy().into_owned();
            Some(format!(" --{name} {file}"))
        };
        let named = [
            ("releases", Some(&self.releases)),
            ("labels", self.labels.as_ref()),
            ("advisories", self.advisories.as_ref()),
            ("dependencies", self.dependencies.as_ref()),
            ("repositories", self.repositories.as_ref()),
            ("commits", self.commits.as_ref()),
            ("package-repositories", self.package_repositories.as_ref()),
            ("locks", self.locks.as_ref()),
        ];
        named.into_iter().filter_map(option).collect()
    }
}

/// Reads forecasts that `headwater forecast register` wrote.
///
/// # Errors
/// Where the file cannot be read or understood.
pub fn registered(path: &Path) -> Result<Vec<backtest::RegisteredForecast>, Error> {
    parse(path, backtest::registered)
}

pub(super) fn parse<T>(path: &Path, understand: fn(&str) -> Result<T, Error>) -> Result<T, Error> {
    understand(&read_table(path, LARGEST_TABLE_BYTES)?).map_err(|error| error.at(path))
}

/// Reads a table as text; `-` is standard input.
fn read_table(path: &Path, largest_bytes: u64) -> Result<String, Error> {
    let failed = |error: io::Error| Error::input(format!("cannot read: {error}")).at(path);
    let plain: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(failed)?)
    };
    let mut plain = BufReader::new(plain);
    let is_zstd = plain.fill_buf().map_err(failed)?.starts_with(&ZSTD_MAGIC);
    let reader: Box<dyn Read> = if is_zstd {
        let decoder = StreamingDecoder::new(plain);
        Box::new(decoder.map_err(|error| failed(io::Error::other(error.to_string())))?)
    } else {
        Box::new(plain)
    };
    let mut text = String::new();
    reader.take(largest_bytes + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > largest_bytes {
        let mebibytes = largest_bytes >> 20;
        return Err(Error::input(format!("the table is larger than {mebibytes} MiB")).at(path));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    #[test]
    fn tables_are_plain_or_compressed_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let text = "crate\tversion\tpubtime\n".repeat(100);
        let path = folder.path().join("table");
        for bytes in
            [text.clone().into_bytes(), compress_to_vec(text.as_bytes(), CompressionLevel::Fastest)]
        {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(read_table(&path, 10_000).unwrap(), text);
            assert!(read_table(&path, 1_000).unwrap_err().message.contains("larger than 0 MiB"));
        }
        std::fs::write(&path, [&ZSTD_MAGIC[..], b"nonsense"].concat()).unwrap();
        assert!(read_table(&path, 1_000).unwrap_err().message.starts_with("cannot read"));
        assert!(read_table(&folder.path().join("none"), 1).is_err());
    }
}
