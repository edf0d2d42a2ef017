//! The readers of what others wrote, each behind a function of bytes: what the fuzz targets run and
//! what `tests/it/fuzz.rs` runs on mutated seeds. None may panic, whatever the bytes.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use headwater::advisory::epss::Scores;
use headwater::advisory::exploited::Exploited;
use headwater::advisory::snapshot;
use headwater::read::cargo_manifest::lines::lines;
use headwater::read::{cargo_lock, cargo_manifest};
use headwater::source::gitlab::Question as GitlabQuestion;
use headwater::source::{
    Answer, Request, backtest, cargo_index, deps_dev, epss, funding, github, gitlab, kev, osv,
    packaged_manifest, rust_registry, rustsec, scorecard, vcs_info,
};
use headwater::world::cache::CacheDir;
use headwater::world::http::{
    Access, Budget, Kind, Mode, Network, Options, Pace, Question, Tokens,
};
use headwater::world::memo::Memo;
use headwater::world::workspace;
use headwater::{config, forecast, rule};
use jiff::Timestamp;

// They stand alone and are private to the program.
#[path = "../../src/world/history/mailmap.rs"]
mod mailmap;
#[path = "../../src/world/history/wire.rs"]
mod signed;

/// A reader by the name of its target and of its folder of seeds.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) name: &'static str,
    /// Tells whether it understood the bytes.
    pub(crate) read: fn(&[u8]) -> bool,
}

/// All readers, by name.
pub(crate) const READERS: [Reader; 19] = [
    Reader { name: "answer", read: answer },
    Reader { name: "cargo_config", read: cargo_config },
    Reader { name: "cargo_lock", read: cargo_lock },
    Reader { name: "cargo_manifest", read: cargo_manifest },
    Reader { name: "commit", read: commit },
    Reader { name: "configuration", read: configuration },
    Reader { name: "epss", read: epss },
    Reader { name: "forecast_model", read: forecast_model },
    Reader { name: "funding", read: funding },
    Reader { name: "index", read: index },
    Reader { name: "index_memo", read: index_memo },
    Reader { name: "kev", read: kev },
    Reader { name: "mailmap", read: mailmap },
    Reader { name: "osv", read: osv },
    Reader { name: "remembered_answer", read: remembered_answer },
    Reader { name: "rustsec", read: rustsec },
    Reader { name: "snapshot", read: snapshot },
    Reader { name: "tables", read: tables },
    Reader { name: "vcs_info", read: vcs_info },
];

/// What is no text does not reach the readers of text.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("there is a place for temporary files")
}

fn put(path: &Path, content: &[u8]) {
    let folder = path.parent().expect("the path is inside a folder");
    fs::create_dir_all(folder).expect("a temporary folder can be written");
    fs::write(path, content).expect("a temporary folder can be written");
}

/// An answer of any service, successful, with the bytes as its body and in its headers.
fn answer(bytes: &[u8]) -> bool {
    let header = |name: &str| (name.to_owned(), String::from_utf8_lossy(bytes).into_owned());
    let headers = ["x-total", "link", "etag"].map(header).into();
    let answer = Answer { status: 200, headers, body: bytes.to_vec() };
    let mut understood = deps_dev::understand_project(&answer).is_ok();
    understood |= deps_dev::understand_release(&answer).is_ok();
    understood |= deps_dev::understand_dependents(&answer).is_ok();
    for part in github::parts(&answer, 1).into_iter().flatten() {
        understood |= github::understand(&part, Timestamp::UNIX_EPOCH).is_ok();
        let _ = github::more(&part);
    }
    let asked = [GitlabQuestion::Project, GitlabQuestion::Issues, GitlabQuestion::Releases];
    understood |= gitlab::understand(&asked.map(|question| (question, &answer))).is_ok();
    understood |= rust_registry::api_address(&answer).is_ok();
    understood |= rust_registry::understand(&answer, &answer).is_ok();
    understood | scorecard::understand(&answer).is_ok()
}

/// Cargo's configuration in the folder of a workspace.
fn cargo_config(bytes: &[u8]) -> bool {
    let root = folder();
    let identity = "name = \"app\"\nversion = \"0.1.0\"\n";
    put(&root.path().join("Cargo.toml"), format!("[package]\n{identity}").as_bytes());
    put(&root.path().join("Cargo.lock"), format!("[[package]]\n{identity}").as_bytes());
    put(&root.path().join(".git/HEAD"), b"");
    put(&root.path().join(".cargo/config.toml"), bytes);
    let loaded = workspace::load(root.path(), None).expect("only a complaint comes of it");
    assert_eq!(loaded.members.len(), 1);
    !loaded.diagnostics.iter().any(|it| it.message.contains("cannot be read"))
}

fn cargo_lock(bytes: &[u8]) -> bool {
    let Ok(lockfile) = cargo_lock::parse(text(bytes)) else { return false };
    assert_eq!(lockfile.packages.len(), lockfile.dependencies.len());
    let positions = lockfile.dependencies.iter().flatten();
    assert!(positions.copied().all(|to| (to as usize) < lockfile.packages.len()));
    assert!(lockfile.packages.is_sorted());
    lockfile.packages.iter().for_each(|package| drop(package.purl()));
    true
}

/// The manifest of a package, of a workspace, and of a published package.
fn cargo_manifest(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let _ = lines(text);
    let _ = packaged_manifest::parse(text, || true);
    let Ok(manifest) = cargo_manifest::parse(text) else { return false };
    let _ = manifest.declaration(None);
    let _ = (manifest.version(Some(&manifest)), manifest.repository(None), manifest.resolver());
    let _ = (manifest.patches().count(), manifest.replacements().count());
    let _ = manifest.excludes(Path::new("/w"), Path::new("/w/a"));
    manifest.declaration(Some(&manifest)).is_ok()
}

/// A commit or an annotated tag.
fn commit(bytes: &[u8]) -> bool {
    let commit = signed::WireCommit::parse(bytes);
    let _ = (commit.parents, commit.co_authors().count());
    let signature = commit.author.or_else(|| signed::Signature::of_tag(bytes));
    if let Some(signed::Signature { name, address, time }) = signature {
        assert!(name.len() + address.len() <= bytes.len() && time >= Timestamp::MIN);
    }
    signature.is_some()
}

/// `headwater.toml`, with what is shown of what is wrong in it.
fn configuration(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let policy = rule::policy().expect("the default policy is sound");
    let Err(complaints) = config::apply(text, policy) else { return true };
    assert!(!complaints.is_empty());
    let shown = config::excerpt("headwater.toml", text, &complaints);
    assert!(shown.contains("headwater.toml"), "{shown}");
    false
}

/// The table as it is published, and as it is kept.
fn epss(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let published = epss::parse(text, &|_| true);
    let Ok(kept) = Scores::from_text(text) else { return published.is_ok() };
    assert_eq!(Scores::from_text(&kept.to_text()).ok(), Some(kept));
    true
}

fn forecast_model(bytes: &[u8]) -> bool {
    let Ok(model) = forecast::parse(text(bytes)) else { return false };
    let written = forecast::write(&model).expect("what was read can be written");
    assert!(forecast::parse(&written).is_ok(), "{written}");
    true
}

fn funding(bytes: &[u8]) -> bool {
    let mut understood = false;
    for path in ["FUNDING.yml", "package.json", "funding.json"] {
        understood |= funding::parse(path, bytes).is_ok();
        let _ = funding::without_mailboxes(path, text(bytes));
    }
    understood
}

/// The index of a registry: a file of Cargo's cache, and what a sparse index sends.
fn index(bytes: &[u8]) -> bool {
    let cached = cargo_index::parse(bytes, &["1.0.0"]);
    let sent = cargo_index::parse_lines(bytes, &["1.0.0"]);
    let sound = |entry: &cargo_index::IndexEntry| entry.damaged.is_empty();
    if let Ok(outline) = cargo_index::outline(bytes) {
        for (release, at) in outline.history.releases.iter().zip(&outline.lines) {
            let _ = cargo_index::published(&bytes[at.clone()], &release.version);
        }
        // What is read at a glance is what is read in full.
        if let Some(whole) = cached.as_ref().ok().filter(|it| sound(it)) {
            assert_eq!(outline.history, whole.history);
        }
    }
    cached.or(sent).as_ref().is_ok_and(sound)
}

/// A record of the memo of index entries, in a file with a sound checksum, and the bytes as the
/// file.
fn index_memo(bytes: &[u8]) -> bool {
    let root = folder();
    let cache = CacheDir::locate(Some(root.path().to_owned()));
    let index = Path::new("index");
    let record = [("demo".to_owned(), bytes.to_vec())].into();
    Memo::default().save(&cache, index, &record).expect("a temporary folder can be written");
    let memo = Memo::open(&cache, index).expect("the file is sound");
    let mut understood = false;
    if let Ok(Some(record)) = memo.record("demo") {
        let _ = record.packaged("1.0.0");
        if let Some(index) = &record.index {
            let _ = (index.declared_versions().count(), index.settles("1.0.0"));
            understood = index.entry(&["1.0.0"]).is_ok();
        }
    }
    let files = fs::read_dir(root.path()).expect("the folder is there");
    let path = files.flatten().next().expect("a file was saved").path();
    put(&path, bytes);
    let _ = Memo::open(&cache, index);
    understood
}

/// The catalogue as it is published, and as it is kept.
fn kev(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let published = kev::parse(text);
    let Ok(kept) = Exploited::from_text(text) else { return published.is_ok() };
    assert!(Exploited::from_text(&kept.to_text()).is_ok());
    true
}

fn mailmap(bytes: &[u8]) -> bool {
    let mailmap = mailmap::Mailmap::parse(bytes);
    let known: (&[u8], &[u8]) = (b"A", b"one@x.example");
    for (name, address) in [(&b""[..], &b""[..]), (bytes, bytes)] {
        let _ = mailmap.resolve(name, address);
    }
    mailmap.resolve(known.0, known.1) != known
}

fn osv(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let _ = osv::packages_of(text);
    let Ok(parsed) = osv::parse(text) else { return false };
    for advisory in &parsed.advisories {
        assert!(!advisory.affected.is_empty());
        let _ = (advisory.link(), advisory.severity());
    }
    !parsed.advisories.is_empty()
}

/// The kept answer to a question, in a file with a sound checksum.
fn remembered_answer(bytes: &[u8]) -> bool {
    /// The name of the file for the address below: a test of the program works it out.
    const NAME: &str = "http/85713c52e632efe1b76c730befc1e6bb89a3c1c1dcd123cf18f1c7fc5828dec1";
    let root = folder();
    let mut file = b"hwhttp\r\n\x01\0\0\0".to_vec();
    file.extend_from_slice(&crc32fast::hash(bytes).to_le_bytes());
    file.extend_from_slice(bytes);
    put(&root.path().join(NAME), &file);
    let options = Options {
        mode: Mode::Offline,
        budget: Budget::start(None, Arc::new(AtomicBool::new(false))),
        request_limit: Duration::from_secs(1),
        ca_file: None,
        tokens: Tokens::given([].into()),
        allowed_hosts: Vec::new(),
        now: Timestamp::UNIX_EPOCH,
    };
    let cache = CacheDir::locate(Some(root.path().to_owned()));
    let network = Network::open(options, cache).expect("nothing is asked");
    let question = Question {
        request: Request::get("https://a.example/x"),
        kind: Kind::Forge,
        pace: Pace { gap: Duration::ZERO, at_once: 1 },
        access: Access::Open,
    };
    let understood = network.at_hand(&question).is_some_and(|answer| answer.is_ok());
    let _ = network.old_answers();
    understood
}

fn rustsec(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let _ = rustsec::package_of(text);
    let Ok(advisory) = rustsec::parse(text) else { return false };
    assert!(!advisory.affected.is_empty());
    let _ = (advisory.link(), advisory.severity());
    true
}

/// A snapshot as it is, and with the checksum that its text would have.
fn snapshot(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let _ = snapshot::claimed(bytes);
    let _ = snapshot::read(text);
    let Some((head, body)) = text.split_once('\n') else { return false };
    let Some((fields, _)) = head.split_once("\"crc32\":") else { return false };
    let whole = format!("{fields}\"crc32\":0}}{body}");
    let head = format!("{fields}\"crc32\":{}}}", crc32fast::hash(whole.as_bytes()));
    let Ok(read) = snapshot::read(&format!("{head}\n{body}")) else { return false };
    assert!(snapshot::read(&snapshot::write(&read)).is_ok());
    true
}

/// Tables of recorded data that the user names.
fn tables(bytes: &[u8]) -> bool {
    let text = text(bytes);
    let mut understood = backtest::releases(text).is_ok();
    understood |= backtest::labels(text).is_ok();
    understood |= backtest::unconcerned(text).is_ok();
    understood |= backtest::repositories(text).is_ok();
    understood | backtest::dependencies(text).is_ok()
}

fn vcs_info(bytes: &[u8]) -> bool {
    vcs_info::parse(bytes).is_ok()
}
