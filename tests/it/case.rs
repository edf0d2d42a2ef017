//! Cases as data: one text holds the files of a small world.
//!
//! `-- path --` begins a file; what stands before the first is about the case.

use std::fs;
use std::path::{Path, PathBuf};

/// A case of `tests/cases`.
#[derive(Debug)]
pub(crate) struct Case {
    /// The name of its file without the extension.
    pub(crate) name: String,
    /// What stands before the first file.
    pub(crate) about: String,
    /// Paths and texts.
    pub(crate) files: Vec<(String, String)>,
}

/// The path of something in `tests/cases`.
pub(crate) fn case_path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(path)
}

/// All cases of a folder of `tests/cases`, by name: its files that end in `.txt`.
pub(crate) fn cases(folder: &str) -> Vec<Case> {
    let entries = fs::read_dir(case_path(folder)).unwrap().map(|entry| entry.unwrap().path());
    let is_case = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "txt");
    let mut paths: Vec<PathBuf> = entries.filter(is_case).collect();
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Case {
    let name = path.file_stem().unwrap().display().to_string();
    let mut case = Case { name, about: String::new(), files: Vec::new() };
    for line in fs::read_to_string(path).unwrap().lines() {
        if let Some(path) = line.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
            case.files.push((path.to_owned(), String::new()));
            continue;
        }
        let text = case.files.last_mut().map_or(&mut case.about, |(_, text)| text);
        text.push_str(line);
        text.push('\n');
    }
    case
}

/// Writes a file, and the folders it lies in.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}
