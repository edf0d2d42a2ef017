//! Cargo's local index to facts, through the memo in the cache directory.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use headwater::model::{Diagnostic, Missing, Observed, Package, Packaged, Registry, Source};
use headwater::signal::cadence::cadence;
use headwater::world::cache::CacheDir;
use headwater::world::cargo_home::CargoHome;
use headwater::world::registry::{RegistryFacts, load};
use jiff::civil::date;
use tempfile::TempDir;

use crate::data;

const REGISTRY: &str = "sparse+https://registry.example/index/";

/// A Cargo home and a cache directory of its own.
struct World {
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(world.index(".cache")).unwrap();
        world
    }

    fn in_home(&self, kind: &str, path: &str) -> PathBuf {
        let registry = tame_index::utils::url_to_local_dir(REGISTRY, true).unwrap().dir_name;
        self.folder.path().join("home/registry").join(kind).join(registry).join(path)
    }

    fn index(&self, path: &str) -> PathBuf {
        self.in_home("index", path)
    }

    /// Writes the index file of a package with a name of five letters or more.
    fn publish(&self, name: &str, lines: &[String]) -> PathBuf {
        let body: String = lines.concat();
        let file = self.index(&format!(".cache/{}/{}/{name}", &name[..2], &name[2..4]));
        write(&file, &[b"\x03\x02\0\0\0Unknown\0", body.as_bytes()].concat());
        file
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    fn memo(&self) -> PathBuf {
        let mut files = fs::read_dir(self.cache()).unwrap();
        let memo = files.next().unwrap().unwrap().path();
        assert!(files.next().is_none(), "one memo for one index");
        memo
    }

    fn load(&self, packages: &[Package]) -> RegistryFacts {
        load_with(packages, &self.folder.path().join("home"), self.cache())
    }
}

fn load_with(packages: &[Package], home: &Path, cache: PathBuf) -> RegistryFacts {
    let (home, diagnostic) = CargoHome::locate(Some(home.to_owned()), home);
    assert_eq!(diagnostic, None);
    load(packages, &home, &CacheDir::locate(Some(cache)), &|_, _| {})
}

fn write(path: &Path, content: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A line of an index file: a release that depends on `dependency`.
fn release(version: &str, dependency: &str) -> String {
    format!(
        "{version}\0{{\"vers\":\"{version}\",\"features\":{{}},\"deps\":[{{\"name\":\"{dependency}\",\
         \"req\":\"^1\",\"kind\":\"normal\"}}],\"pubtime\":\"2020-01-01T00:00:00Z\"}}\0"
    )
}

fn package(name: &str, version: &str) -> Package {
    Package {
        name: name.into(),
        version: version.parse().unwrap(),
        source: Source::Registry(Registry::Other(REGISTRY.into())),
    }
}

/// What is known of each package: number of releases, the one dependency, the repository.
fn summary(facts: &RegistryFacts) -> Vec<(Result<usize, Missing>, Result<String, Missing>)> {
    let histories = facts.histories.iter().map(|it| known(it).map(|it| it.releases.len()));
    let declarations =
        facts.declarations.iter().map(|it| known(it).map(|it| it.dependencies[0].name.to_string()));
    histories.zip(declarations).collect()
}

fn known<T>(fact: &Observed<T>) -> Result<&T, Missing> {
    fact.known().ok_or_else(|| fact.missing().unwrap())
}

fn messages(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect()
}

#[test]
fn every_package_has_facts_or_a_reason() {
    let world = World::new();
    let damaged = "1.1.0\0{\"vers\":\0".to_owned();
    world.publish("first", &[release("1.0.0", "one"), damaged, release("1.2.0", "two")]);
    world.publish("empty", &[]);
    world.publish("other", &["1.0.0\0{}\0".into()]);
    let mut packages: Vec<_> = ["1.0.0", "1.1.0", "1.2.0", "1.3.0"]
        .into_iter()
        .map(|version| package("first", version))
        .collect();
    packages.extend(["empty", "other", "absent", "../up"].map(|name| package(name, "1.0.0")));
    packages.push(Package { source: Source::Path, ..package("local", "1.0.0") });
    let facts = world.load(&packages);
    let both = |why| (Err(why), Err(why));
    assert_eq!(
        summary(&facts),
        [
            (Ok(2), Ok("one".into())),
            both(Missing::DamagedIndexEntry),
            (Ok(2), Ok("two".into())),
            (Ok(2), Err(Missing::VersionNotListed)),
            both(Missing::DamagedIndexEntry),
            both(Missing::DamagedIndexEntry),
            both(Missing::NoIndexEntry),
            both(Missing::NoIndexEntry),
            both(Missing::NotFromRegistry),
        ]
    );
    let told = messages(&facts.diagnostics).join("\n");
    assert_eq!(facts.diagnostics.len(), 3, "{told}");
    assert!(told.contains("left out: `1.1.0`;"), "{told}");
    assert!(told.contains("no release in it"), "{told}");
    assert_eq!(world.load(&packages), facts, "the memo must not hide damage");
}

#[test]
fn the_same_trouble_is_told_once() {
    let world = World::new();
    for name in ["first", "other", "third"] {
        write(&world.publish(name, &[]), b"\x01");
    }
    let facts = world.load(&["first", "other", "third"].map(|name| package(name, "1.0.0")));
    assert_eq!(facts.diagnostics.len(), 1);
    assert!(facts.diagnostics[0].message.ends_with("(and 2 more files)"), "{facts:?}");
    assert!(facts.diagnostics[0].path.as_ref().unwrap().ends_with("first"));
}

#[test]
fn a_changed_index_file_is_read_again_and_an_unchanged_one_is_not() {
    let world = World::new();
    let packages = [package("first", "1.0.0")];
    let file = world.publish("first", &[release("1.0.0", "one")]);
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    let dependency = || summary(&world.load(&packages))[0].1.clone().unwrap();
    assert_eq!(dependency(), "one");
    let set_time = |time| fs::File::options().write(true).open(&file).unwrap().set_modified(time);
    world.publish("first", &[release("1.0.0", "two")]);
    set_time(written).unwrap();
    assert_eq!(dependency(), "one", "same length and time: remembered");
    set_time(written + std::time::Duration::from_nanos(1_000)).unwrap();
    assert_eq!(dependency(), "two", "another time");
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    world.publish("first", &[release("1.0.0", "three")]);
    set_time(written).unwrap();
    assert_eq!(dependency(), "three", "another length");
}

#[test]
fn lockfiles_add_to_one_memo_and_what_is_remembered_is_not_written_again() {
    let world = World::new();
    let file = world.publish("first", &[release("1.0.0", "one"), release("2.0.0", "two")]);
    world.publish("other", &[release("1.0.0", "three")]);
    let old = [package("first", "1.0.0"), package("other", "1.0.0")];
    let new = [package("first", "2.0.0")];
    let first = world.load(&old);
    assert_eq!(summary(&world.load(&new)), [(Ok(2), Ok("two".into()))]);
    let memo = fs::read(world.memo()).unwrap();
    let written = fs::metadata(&file).unwrap();
    // With nothing left to read but the length and the time, only the memo can answer.
    write(&file, &vec![0; usize::try_from(written.len()).unwrap()]);
    let handle = fs::File::options().write(true).open(&file).unwrap();
    handle.set_modified(written.modified().unwrap()).unwrap();
    assert_eq!(world.load(&old), first);
    assert_eq!(summary(&world.load(&new)), [(Ok(2), Ok("two".into()))]);
    assert_eq!(fs::read(world.memo()).unwrap(), memo);
}

#[test]
fn damage_that_another_lockfile_met_is_not_told_of_this_one() {
    let world = World::new();
    let damaged = "2.0.0\0{\"vers\":\"2.0.0\",\"deps\":7}\0".to_owned();
    world.publish("first", &[release("1.0.0", "one"), damaged]);
    let packages = [package("first", "1.0.0")];
    let expected = world.load(&packages);
    assert_eq!(expected.diagnostics, []);
    let other = world.load(&[package("first", "2.0.0")]);
    assert_eq!(summary(&other), [(Ok(2), Err(Missing::DamagedIndexEntry))]);
    assert_eq!(other.diagnostics.len(), 1);
    assert_eq!(world.load(&packages), expected);
}

#[test]
fn a_damaged_memo_is_made_again_and_changes_no_fact() {
    let world = World::new();
    world.publish("first", &[release("1.0.0", "one")]);
    world.publish("other", &[release("1.0.0", "two")]);
    let packages = [package("first", "1.0.0"), package("other", "1.0.0")];
    let expected = world.load(&packages);
    let memo = fs::read(world.memo()).unwrap();
    let flipped = |at: usize| {
        let mut bytes = memo.clone();
        bytes[at] ^= 0x20;
        bytes
    };
    let cases = [
        ("empty", Vec::new()),
        ("foreign", b"something else".to_vec()),
        ("cut", memo[..memo.len() - 7].to_vec()),
        ("magic", flipped(1)),
        ("format", flipped(8)),
        ("header", flipped(25)),
        ("record", flipped(memo.len() - 9)),
    ];
    for (name, bytes) in cases {
        fs::write(world.memo(), bytes).unwrap();
        let facts = world.load(&packages);
        assert_eq!(summary(&facts), summary(&expected), "{name}");
        assert_eq!(facts.diagnostics.len(), 1, "{name}: {facts:?}");
        assert!(facts.diagnostics[0].message.contains("is made again"), "{name}");
        assert_eq!(world.load(&packages), expected, "{name}");
    }
}

#[test]
fn a_cache_directory_that_cannot_be_written_is_one_note() {
    let world = World::new();
    world.publish("first", &[release("1.0.0", "one")]);
    let packages = [package("first", "1.0.0")];
    let expected = summary(&world.load(&packages));
    let file = world.folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let facts = load_with(&packages, &world.folder.path().join("home"), file.join("cache"));
    assert_eq!(summary(&facts), expected);
    assert_eq!(facts.diagnostics.len(), 1);
    assert!(facts.diagnostics[0].message.contains("cannot be written"), "{facts:?}");
}

#[test]
fn without_a_cargo_home_everything_is_missing_and_one_note_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let packages = [package("first", "1.0.0"), package("other", "1.0.0")];
    let facts = load_with(&packages, &folder.path().join("nothing"), folder.path().join("cache"));
    let missing = (Err(Missing::NoIndexEntry), Err(Missing::NoIndexEntry));
    assert_eq!(summary(&facts), [missing.clone(), missing]);
    assert_eq!(known(&facts.packaged[0]), Err(Missing::SourceNotCached));
    assert_eq!(facts.diagnostics.len(), 1);
    assert!(facts.diagnostics[0].message.contains("`cargo fetch`"), "{facts:?}");
    assert!(!folder.path().join("cache").exists(), "nothing to remember");
}

#[test]
fn a_manifest_may_appear_later_and_is_remembered_then() {
    let world = World::new();
    let packages = [package("first", "1.0.0"), package("first", "2.0.0")];
    world.publish("first", &[release("1.0.0", "one")]);
    let told = || {
        let facts = world.load(&packages);
        let told = |it: &Packaged| (it.repository.clone(), it.folder.clone());
        [0, 1].map(|at: usize| known(&facts.packaged[at]).map(told))
    };
    let absent = Err(Missing::SourceNotCached);
    assert_eq!(told(), [absent.clone(), absent.clone()]);
    let manifest = |version: &str| world.in_home("src", &format!("first-{version}/Cargo.toml"));
    write(&manifest("1.0.0"), b"[package]\nrepository = 'https://git.example/first'\n");
    let record = |version: &str| manifest(version).with_file_name(".cargo_vcs_info.json");
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let recorded = format!(r#"{{"git":{{"sha1":"{commit}"}},"path_in_vcs":"part/first"}}"#);
    write(&record("1.0.0"), recorded.as_bytes());
    write(&record("2.0.0"), b"garbage");
    let here = Ok((Some("https://git.example/first".to_owned()), Some("part/first".to_owned())));
    assert_eq!(told(), [here.clone(), absent.clone()]);
    write(&manifest("2.0.0"), b"[package]\n");
    assert_eq!(told(), [here.clone(), Ok((None, None))]);
    fs::remove_dir_all(world.in_home("src", "")).unwrap();
    assert_eq!(told(), [here, Ok((None, None))]);
}

#[test]
fn threads_do_not_change_the_result() {
    let world = World::new();
    let name = |at: usize| format!("package-{at}");
    let packages: Vec<_> = (0..300).map(|at| package(&name(at), "1.0.0")).collect();
    for at in (0..300).filter(|at| at % 7 != 0) {
        let newer = if at % 5 == 0 { "1.0.1\0?\0".into() } else { release("1.0.1", "newer") };
        world.publish(&name(at), &[release("1.0.0", &name(at + 1)), newer]);
    }
    let cold = world.load(&packages);
    let memo = fs::read(world.memo()).unwrap();
    for (at, (_, dependency)) in summary(&cold).into_iter().enumerate() {
        let expected = if at % 7 == 0 { Err(Missing::NoIndexEntry) } else { Ok(name(at + 1)) };
        assert_eq!(dependency, expected);
    }
    assert_eq!(world.load(&packages), cold);
    fs::remove_file(world.memo()).unwrap();
    assert_eq!(world.load(&packages), cold);
    assert_eq!(fs::read(world.memo()).unwrap(), memo);
}

/// The counts are taken from the recorded lines themselves, without this program.
#[test]
fn the_recorded_index_of_a_large_lock_is_read_in_full() {
    let Some(data) = data::folder("the recorded index") else { return };
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let script = data.join("../tools/make-cargo-home");
    match Command::new("python3").arg(script).arg(&home).output() {
        Ok(output) if output.status.success() => {}
        other => return eprintln!("did not run: no Cargo home could be made: {other:?}"),
    }
    let lockfile = data.join("cargo-locks/denoland+deno/head.Cargo.lock");
    let mut packages = data::read_lockfile(&lockfile).packages;
    packages.retain(Package::is_from_crates_io);
    let cold = load_with(&packages, &home, folder.path().join("cache"));
    assert_eq!(load_with(&packages, &home, folder.path().join("cache")), cold);
    assert_eq!(cold.diagnostics, []);

    let mut seen = BTreeSet::new();
    let mut releases = 0;
    let mut yanked = 0;
    for (package, history) in packages.iter().zip(&cold.histories) {
        let history = known(history).unwrap();
        if seen.insert(&package.name) {
            releases += history.releases.len();
            yanked += history.releases.iter().filter(|it| it.yanked).count();
        }
    }
    assert_eq!((packages.len(), seen.len()), (1_047, 923));
    assert_eq!((releases, yanked), (43_488, 2_625));
    let declared: Vec<_> = cold.declarations.iter().map(|it| known(it).unwrap()).collect();
    assert_eq!(declared.iter().map(|it| it.dependencies.len()).sum::<usize>(), 6_551);
    assert_eq!(declared.iter().map(|it| it.features.len()).sum::<usize>(), 9_717);
    let open = declared.iter().flat_map(|it| &it.dependencies);
    assert_eq!(open.filter(|it| it.requirement.is_none()).count(), 0);

    let serde = packages.iter().position(|it| it.name == "serde").unwrap();
    let history = known(&cold.histories[serde]).unwrap();
    let cadence = cadence(history, "1.0.228", date(2026, 11, 20));
    let cadence = known(&cadence).unwrap();
    assert_eq!(cadence.first_release, "2014-12-05T20:20:39Z".parse().unwrap());
    assert_eq!(cadence.last_release, "2026-07-18T23:05:13Z".parse().unwrap());
    assert_eq!((cadence.releases, cadence.newest.as_deref()), (316, Some("1.0.229")));
    assert_eq!(cadence.versions_behind, Observed::Known(1));
}
