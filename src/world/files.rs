//! Reading the user's files, bounded and with clear errors.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::model::Error;

/// The largest manifest or lockfile that is read, in bytes. The largest lockfile seen in public
/// repositories is under 1 MiB.
pub const LARGEST_TEXT_BYTES: u64 = 32 * 1024 * 1024;

/// Reads a UTF-8 text file.
///
/// # Errors
/// Where the file cannot be opened, is larger than [`LARGEST_TEXT_BYTES`], or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, Error> {
    let bytes = read_bytes(path, LARGEST_TEXT_BYTES)?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = memchr::memchr_iter(b'\n', &error.as_bytes()[..valid]).count() + 1;
        Error::input("the file is not UTF-8 text").at(path).line(Some(line))
    })
}

/// Reads a file of at most `largest` bytes.
///
/// # Errors
/// Where it is not a regular file, cannot be opened or is larger.
pub fn read_bytes(path: &Path, largest: u64) -> Result<Vec<u8>, Error> {
    let failed = |error: std::io::Error| Error::input(format!("cannot read: {error}")).at(path);
    // Asked before opening: opening a pipe would wait for its other end.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(Error::input("expected a file, found a folder").at(path));
    }
    if !metadata.is_file() {
        return Err(Error::input("not a regular file").at(path));
    }
    let too_large = || {
        let mebibytes = largest / (1024 * 1024);
        Error::input(format!("the file is larger than {mebibytes} MiB")).at(path)
    };
    if metadata.len() > largest {
        return Err(too_large());
    }
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    file.take(largest + 1).read_to_end(&mut bytes).map_err(failed)?;
    // It may have grown since it was asked.
    if bytes.len() as u64 > largest {
        return Err(too_large());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_folders_large_files_and_other_encodings() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        assert!(read_text(folder.path()).unwrap_err().message.contains("found a folder"));
        assert!(read_text(&path).unwrap_err().message.starts_with("cannot read"));
        std::fs::write(&path, b"one\ntwo \xff").unwrap();
        assert_eq!(read_text(&path).unwrap_err().line, Some(2));
        let file = File::create(&path).unwrap();
        file.set_len(LARGEST_TEXT_BYTES + 1).unwrap();
        assert!(read_text(&path).unwrap_err().message.contains("larger than 32 MiB"));
    }
}
