//! Reading the user's files, bounded and with clear errors.

use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

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

/// The folder of the checkout that a folder belongs to: the nearest above with a `.git`, else the
/// folder itself; without links on the way.
pub fn checkout_of(folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let root = folder.ancestors().find(|above| above.join(".git").symlink_metadata().is_ok());
    root.unwrap_or(&folder).to_owned()
}

/// Reads a UTF-8 text file that nobody named, for the place it has in a checkout. Whoever made the
/// checkout could make it a link to a file of the user, parts of which would be shown.
///
/// # Errors
/// As for [`read_text`], and for a link that leads out of the checkout.
pub fn read_text_inside(path: &Path, checkout: &Path) -> Result<String, Error> {
    regular(path)?;
    if leads_out(path, checkout) {
        return Err(Error::input("the link leads out of the checkout, and is not followed")
            .at(path)
            .help("put the file itself there, or name it on the command line"));
    }
    read_text(path)
}

/// Whether a file is a link that leads out of a checkout; one that cannot be followed does.
pub fn leads_out(path: &Path, checkout: &Path) -> bool {
    let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
    is_link && !path.canonicalize().is_ok_and(|file| file.starts_with(checkout))
}

/// Reads a file of at most `largest` bytes.
///
/// # Errors
/// Where it is not a regular file, cannot be opened or is larger.
pub fn read_bytes(path: &Path, largest: u64) -> Result<Vec<u8>, Error> {
    let failed = |error: std::io::Error| Error::input(format!("cannot read: {error}")).at(path);
    let metadata = regular(path)?;
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

/// Reads some bytes of a file.
///
/// # Errors
/// Where it is not a regular file, cannot be opened or is shorter.
pub fn read_part(path: &Path, part: Range<usize>) -> Result<Vec<u8>, Error> {
    let failed = |error: std::io::Error| Error::input(format!("cannot read: {error}")).at(path);
    regular(path)?;
    let mut file = File::open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(part.start as u64)).map_err(failed)?;
    let mut bytes = vec![0; part.len()];
    file.read_exact(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// What is told of a regular file. Asked before opening: opening a pipe would wait for its other
/// end.
fn regular(path: &Path) -> Result<Metadata, Error> {
    let failed = |error: std::io::Error| Error::input(format!("cannot read: {error}")).at(path);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(Error::input("expected a file, found a folder").at(path));
    }
    if !metadata.is_file() {
        return Err(Error::input("not a regular file").at(path));
    }
    Ok(metadata)
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
        assert_eq!(read_part(&path, 4..7).unwrap(), b"two");
        assert!(read_part(&path, 4..70).is_err());
        let file = File::create(&path).unwrap();
        file.set_len(LARGEST_TEXT_BYTES + 1).unwrap();
        assert!(read_text(&path).unwrap_err().message.contains("larger than 32 MiB"));
    }
    #[test]
    fn a_file_may_be_as_large_as_the_limit_and_no_larger() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_bytes(&path, 5).unwrap(), b"12345");
        assert!(read_bytes(&path, 4).unwrap_err().message.contains("larger than"));
        // One that says it is empty and is not, as one that grows.
        #[cfg(target_os = "linux")]
        assert!(read_bytes(Path::new("/proc/self/maps"), 5).is_err());
    }
    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_checkout_is_told_from_one_to_nothing() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let checkout = folder.path().canonicalize().unwrap().join("w");
        std::fs::create_dir(&checkout).unwrap();
        std::fs::write(checkout.join("own"), "own").unwrap();
        std::fs::write(folder.path().join("secret"), "secret").unwrap();
        for (to, expected) in [
            ("own", Ok("own")),
            ("../secret", Err("the link leads out of the checkout")),
            ("nothing", Err("cannot read")),
            (".", Err("expected a file, found a folder")),
        ] {
            let link = checkout.join("link");
            symlink(to, &link).unwrap();
            match (read_text_inside(&link, &checkout), expected) {
                (Ok(text), Ok(expected)) => assert_eq!(text, expected),
                (Err(error), Err(start)) => {
                    assert!(error.message.starts_with(start), "{to}: {}", error.message);
                }
                (read, _) => panic!("{to}: {read:?}"),
            }
            std::fs::remove_file(link).unwrap();
        }
    }
}
