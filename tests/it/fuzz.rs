//! Every reader of `tests/fuzz` on its seeds and on some hundred damaged copies of each, the same
//! in every run. `HEADWATER_FUZZ_COPIES` asks for more; CONTRIBUTING.md tells of the longer run.

#[path = "../fuzz/readers.rs"]
mod readers;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use readers::{READERS, Reader};

/// Damaged copies of each seed.
const COPIES: u64 = 150;

/// The longest that one text may take, on a busy machine and without optimisation: each takes a
/// few milliseconds.
const LONGEST: Duration = Duration::from_secs(20);

/// The largest damaged copy, in bytes.
const LARGEST: usize = 1 << 16;

/// What formats give a meaning to, and what readers stumble over.
const PIECES: [&[u8]; 36] = [
    b"\0",
    b"\n",
    b"\r\n",
    b"\n\n",
    b" ",
    b"\t",
    b"\"",
    b"'",
    b"\"\"\"",
    b"\\",
    b"\\u0000",
    b"[",
    b"]",
    b"{",
    b"}",
    b"[[",
    b"#",
    b"=",
    b":",
    b",",
    b".",
    b"*",
    b"-1",
    b"0",
    b"1e999",
    b"NaN",
    b"null",
    b"<",
    b">",
    b"18446744073709551616",
    b"9999-12-31",
    b"-9999-01-01",
    b"0.0.0-0",
    "é\u{202e}".as_bytes(),
    b"\xff\xfe",
    b"../../..",
];

/// Numbers that look like chance and are the same in every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One below a bound; 0 where that is 0.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % (bound.max(1) as u64)) as usize
    }
}

/// Damages a text in one to six places.
fn damage(text: &mut Vec<u8>, seeds: &[Vec<u8>], numbers: &mut Numbers) {
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(text.len() + 1);
        let end = (at + 1 + numbers.below(24)).min(text.len());
        let some = text[at..end].to_vec();
        match numbers.below(8) {
            0 if at < text.len() => text[at] ^= 1 << numbers.below(8),
            1 => drop(text.splice(at..end, [])),
            2 => text.truncate(at),
            3 => drop(text.splice(at..at, PIECES[numbers.below(PIECES.len())].iter().copied())),
            4 => drop(text.splice(at..end, PIECES[numbers.below(PIECES.len())].iter().copied())),
            5 => drop(text.splice(at..at, some.repeat(1 + numbers.below(600)))),
            6 => drop(text.splice(numbers.below(at + 1)..at, some)),
            _ => {
                let other = &seeds[numbers.below(seeds.len())];
                let from = numbers.below(other.len());
                drop(text.splice(at.., other[from..].iter().copied()));
            }
        }
    }
    text.truncate(LARGEST);
}

fn folder(reader: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds").join(reader)
}

fn seeds(reader: &Reader) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder(reader.name)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let seed = fs::read(path).unwrap();
        let is_wrong = path.file_name().is_some_and(|name| name == "wrong");
        assert_eq!((reader.read)(&seed), !is_wrong, "{}", path.display());
        seed
    };
    paths.iter().map(read).collect()
}

/// What goes wrong where a reader reads a text.
fn trouble(reader: &Reader, text: &[u8], longest: Duration) -> Option<String> {
    let begin = Instant::now();
    let ended = catch_unwind(AssertUnwindSafe(|| (reader.read)(text)));
    let what = match (ended, begin.elapsed()) {
        (Err(_), _) => "panics".to_owned(),
        (Ok(_), took) if took > longest => format!("takes {took:?}"),
        (Ok(_), _) => return None,
    };
    Some(format!("{} {what} on\n{}", reader.name, text.escape_ascii()))
}

fn copies() -> u64 {
    std::env::var("HEADWATER_FUZZ_COPIES").ok().and_then(|it| it.parse().ok()).unwrap_or(COPIES)
}

fn read_damaged(name: &str) {
    let reader = READERS.iter().find(|reader| reader.name == name).unwrap();
    let seeds = seeds(reader);
    for (place, seed) in seeds.iter().enumerate() {
        for copy in 0..copies() {
            let mut numbers = Numbers((place as u64) << 32 | copy);
            let mut text = seed.clone();
            damage(&mut text, &seeds, &mut numbers);
            assert_eq!(trouble(reader, &text, LONGEST), None, "copy {copy} of seed {place}");
        }
    }
}

/// A test for each reader, so that they run side by side and fail by name.
macro_rules! readers {
    ($($name:ident),* $(,)?) => {
        const TESTED: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { read_damaged(stringify!($name)); })*
    };
}

readers!(
    answer,
    cargo_config,
    cargo_lock,
    cargo_manifest,
    commit,
    configuration,
    epss,
    forecast_model,
    funding,
    index,
    index_memo,
    kev,
    mailmap,
    osv,
    remembered_answer,
    rustsec,
    snapshot,
    tables,
    vcs_info,
);

#[test]
fn every_reader_has_a_test_a_target_and_seeds() {
    let names: Vec<&str> = READERS.iter().map(|reader| reader.name).collect();
    assert_eq!(names, TESTED);
    let root = folder("");
    let mut folders: Vec<_> = fs::read_dir(&root)
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert_eq!(folders, names);
    let manifest: toml::Table =
        fs::read_to_string(root.with_file_name("Cargo.toml")).unwrap().parse().unwrap();
    let targets = manifest["bin"].as_array().unwrap();
    let targets: Vec<&str> = targets.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(targets, names);
}

/// Damage differs from copy to copy, and a reader that panics or dawdles is found.
#[test]
fn the_check_can_fail() {
    let seeds = [b"one = 1\ntwo = \"2\"\n".to_vec(), b"[three]\n".to_vec()];
    let copy = |number| {
        let mut text = seeds[0].clone();
        damage(&mut text, &seeds, &mut Numbers(number));
        text
    };
    let mut copies: Vec<_> = (0..100).map(copy).collect();
    assert_eq!(copies[7], copy(7));
    copies.sort();
    copies.dedup();
    assert!(copies.len() > 80, "{}", copies.len());
    let panics = Reader { name: "r", read: |text| [true][text.len()] };
    assert_eq!(trouble(&panics, b"", LONGEST), None);
    assert!(trouble(&panics, b"a\n", LONGEST).is_some_and(|it| it.contains("r panics on\na\\n")));
    let reads = Reader { name: "r", read: |_| true };
    assert!(trouble(&reads, b"", Duration::ZERO).is_some_and(|it| it.contains("takes")));
}
