//! A folder of advisory files: RustSec advisories or OSV records.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, DirEntry, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;

use crate::model::{Advisory, Diagnostic, Error, Failure, Level, Part, Unread};
use crate::source::{osv, rustsec};

/// The largest advisory file that is read, in bytes; real ones stay under 40 KiB.
const MAXIMUM_FILE_BYTES: u64 = 1 << 20;

/// Folders are entered this deep; a RustSec checkout needs 1 below `crates`.
const MAXIMUM_DEPTH: usize = 3;

/// A folder with more files and folders than this is not an advisory database.
const MAXIMUM_ENTRIES: usize = 200_000;

const IS_LINK: &str = "is a link, which is not followed";

/// What a folder holds.
pub(super) struct Contents {
    /// The advisories, in the order of files.
    pub(super) advisories: Vec<Advisory>,
    /// One for each file or folder that could not be used.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The advisories that could not be understood and may be about a package.
    pub(super) unread: Vec<Unread>,
}

/// Reads all advisories of a folder, only those below `crates` where there is such a folder: a
/// RustSec checkout keeps advisories about the Rust toolchain beside it. Links are not followed.
///
/// # Errors
/// Where the folder cannot be read, is too large, or holds no advisory that can be used.
pub(super) fn read(folder: &Path) -> Result<Contents, Error> {
    let listing = listing(folder).map_err(|problem| unusable(problem, folder))?;
    let mut contents = read_files(&listing.files);
    contents.diagnostics.extend(listing.diagnostics);
    contents.unread.extend(listing.unread);
    if contents.advisories.is_empty() {
        return Err(unusable(nothing_in(&contents.diagnostics), folder));
    }
    Ok(contents)
}

/// The advisory files of a folder, in the order of names.
///
/// # Errors
/// Where the folder cannot be listed, is too large, or holds what is not read; in words.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let listing = listing(folder)?;
    match listing.diagnostics.into_iter().next() {
        Some(problem) => Err(problem.message),
        None => Ok(listing.files),
    }
}

fn listing(folder: &Path) -> Result<Listing, String> {
    let crates = folder.join("crates");
    let is_folder = crates.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
    let top = if is_folder { &crates } else { folder };
    let mut listing = Listing::default();
    list(top, 0, &mut listing)?;
    Ok(listing)
}

fn unusable(problem: String, folder: &Path) -> Error {
    Error::new(Failure::Source, problem)
        .at(folder)
        .help("name a checkout of the RustSec advisory database or a folder of OSV records")
}

fn nothing_in(diagnostics: &[Diagnostic]) -> String {
    let Some(first) = diagnostics.first() else {
        return "the folder holds no advisories".to_owned();
    };
    let path = first.path.as_deref().unwrap_or_default();
    let number = diagnostics.len();
    format!(
        "the folder holds no advisory that can be used; {number} could not be read, first \
         `{path}`, which {}",
        first.message
    )
}

#[derive(Default)]
struct Listing {
    files: Vec<PathBuf>,
    diagnostics: Vec<Diagnostic>,
    unread: Vec<Unread>,
    entries: usize,
}

impl Listing {
    /// Tells that something is not read, which is about a package, or about any.
    fn leave_out(&mut self, path: &Path, part: Part, package: Option<String>, why: String) {
        self.diagnostics.push(warning(path, None, why));
        let packages = package.map(|name| vec![name]);
        self.unread.push(Unread { part, ..whole(path, packages) });
    }
}

/// Lists advisory files in the order of names. A folder further down that cannot be read is a
/// diagnostic.
fn list(folder: &Path, depth: usize, listing: &mut Listing) -> Result<(), String> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<DirEntry>, _>>);
    let mut entries = entries.map_err(|error| format!("the folder cannot be read: {error}"))?;
    listing.entries += entries.len();
    if listing.entries > MAXIMUM_ENTRIES {
        return Err(format!("has more than {MAXIMUM_ENTRIES} files, too many for a database"));
    }
    entries.sort_by_key(DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let package = (depth == 0 && is_checkout(folder)).then(|| name_of(&path));
        match entry.file_type() {
            // Those of git and of other tools.
            Ok(kind) if kind.is_dir() && is_hidden(&path) => {}
            Ok(kind) if kind.is_dir() && depth >= MAXIMUM_DEPTH => {
                let why = format!("lies more than {MAXIMUM_DEPTH} folders down and is not read");
                listing.leave_out(&path, Part::Folder, None, why);
            }
            Ok(kind) if kind.is_symlink() && path.is_dir() => {
                listing.leave_out(&path, Part::Folder, package, IS_LINK.to_owned());
            }
            Ok(kind) if kind.is_dir() => {
                if let Err(problem) = list(&path, depth + 1, listing) {
                    listing.leave_out(&path, Part::Folder, package, problem);
                }
            }
            _ if !is_advisory_name(&path) => {}
            Ok(kind) if kind.is_file() => listing.files.push(path),
            other => {
                let why = match other {
                    Ok(kind) if kind.is_symlink() => IS_LINK.to_owned(),
                    Ok(_) => "is not a regular file".to_owned(),
                    Err(error) => format!("cannot be read: {error}"),
                };
                listing.leave_out(&path, Part::Whole, folder_of(&path), why);
            }
        }
    }
    Ok(())
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// Drafts carry the number zero.
fn is_advisory_name(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let other = ["README.", "RUSTSEC-0000-0000.", "."];
    !other.iter().any(|start| name.starts_with(start))
        && path.extension().is_some_and(|extension| extension == "md" || extension == "json")
}

/// Two threads halve the time, which is spent on parsing.
fn read_files(files: &[PathBuf]) -> Contents {
    let (first, second) = files.split_at(files.len() / 2);
    let (mut contents, rest) = thread::scope(|scope| {
        let rest = scope.spawn(|| read_one_by_one(second));
        let contents = read_one_by_one(first);
        (contents, rest.join().expect("reading a file never panics"))
    });
    contents.advisories.extend(rest.advisories);
    contents.diagnostics.extend(rest.diagnostics);
    contents.unread.extend(rest.unread);
    forget_copies(&mut contents);
    contents
}

/// Of two files about one advisory the one that can be understood counts.
fn forget_copies(contents: &mut Contents) {
    let read: BTreeSet<&str> = contents.advisories.iter().map(|it| it.id.as_str()).collect();
    contents.unread.retain(|one| {
        let id = Path::new(&one.file).file_stem().and_then(OsStr::to_str);
        !(one.part == Part::Whole && id.is_some_and(|id| read.contains(id)))
    });
}

fn read_one_by_one(files: &[PathBuf]) -> Contents {
    let mut contents =
        Contents { advisories: Vec::new(), diagnostics: Vec::new(), unread: Vec::new() };
    for path in files {
        read_file(path, &mut contents);
    }
    contents
}

fn read_file(path: &Path, contents: &mut Contents) {
    let text = match read_text(path) {
        Ok(text) => text,
        Err(problem) => {
            contents.diagnostics.push(warning(path, None, problem));
            let packages = (!is_osv(path)).then(|| folder_of(path)).flatten();
            contents.unread.push(whole(path, packages.map(|name| vec![name])));
            return;
        }
    };
    let problem = if is_osv(path) {
        match osv::parse(&text) {
            Ok(parsed) => {
                contents.advisories.extend(parsed.advisories);
                for lost in parsed.malformed {
                    contents.diagnostics.push(warning(path, None, lost.message));
                    contents
                        .unread
                        .push(Unread { part: Part::Entry, ..whole(path, lost.packages) });
                }
                return;
            }
            Err(error) => (error, osv::packages_of(&text)),
        }
    } else {
        match rustsec::parse(&text) {
            Ok(advisory) => return contents.advisories.push(advisory),
            Err(error) => (error, packages_of_markdown(path, &text)),
        }
    };
    let (error, packages) = problem;
    contents.diagnostics.push(warning(path, error.line, error.message));
    contents.unread.push(whole(path, packages));
}

/// The content of an advisory file, or what is wrong with it.
pub(super) fn read_advisory(path: &Path) -> Result<Vec<u8>, String> {
    read_bounded(path, MAXIMUM_FILE_BYTES)
}

fn read_text(path: &Path) -> Result<String, String> {
    let bytes = read_advisory(path)?;
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())
}

fn is_osv(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

fn whole(path: &Path, packages: Option<Vec<String>>) -> Unread {
    Unread { file: name_of(path), part: Part::Whole, packages }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The package that a RustSec advisory is about: the one it names and the one its folder is named
/// for.
fn packages_of_markdown(path: &Path, text: &str) -> Option<Vec<String>> {
    let named = rustsec::package_of(text).map(str::to_owned);
    let names: Vec<String> = named.into_iter().chain(folder_of(path)).collect();
    (!names.is_empty()).then_some(names)
}

/// The package that a folder of a RustSec checkout is named for.
fn folder_of(path: &Path) -> Option<String> {
    let folder = path.parent()?;
    is_checkout(folder.parent()?).then(|| name_of(folder))
}

/// Whether this is the folder of a RustSec checkout whose folders are named for packages.
fn is_checkout(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "crates")
}

fn warning(path: &Path, line: Option<usize>, message: String) -> Diagnostic {
    let path = Some(path.display().to_string());
    Diagnostic { level: Level::Warning, path, line, message }
}

/// The content of a regular file of bounded size, or what is wrong with it.
pub(super) fn read_bounded(path: &Path, maximum_bytes: u64) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    // Asked before opening: opening a pipe would wait for its other end.
    let metadata = fs::metadata(path).map_err(cannot)?;
    if !metadata.is_file() {
        return Err("is not a regular file".to_owned());
    }
    let mut bytes = Vec::with_capacity(metadata.len().min(maximum_bytes) as usize + 1);
    let file = File::open(path).map_err(cannot)?;
    file.take(maximum_bytes + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > maximum_bytes {
        return Err(format!("is larger than {} KiB", maximum_bytes >> 10));
    }
    Ok(bytes)
}
