//! Folders whose git settings name programs: none of them is run, whatever command reads the
//! folder.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use headwater::world::cache::CacheDir;
use headwater::world::database::first_seen;
use headwater::world::history::of_folder;
use jiff::civil::date;

use super::world::World;

/// A commit that no repository here holds.
const ABSENT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Settings of a repository that name programs to run; `{program}` is the one that leaves a mark.
const SETTINGS: [(&str, &str); 12] = [
    (
        "a lazy fetch",
        "[core]\nrepositoryformatversion = 1\n[extensions]\npartialClone = origin\n\
         [remote \"origin\"]\nurl = .\npromisor = true\nuploadpack = {program}\n",
    ),
    (
        "a lazy fetch by ssh",
        "[core]\nrepositoryformatversion = 1\nsshCommand = {program}\n[extensions]\n\
         partialClone = origin\n[remote \"origin\"]\nurl = ssh://h.example/x\npromisor = true\n",
    ),
    (
        "a lazy fetch by a helper",
        "[core]\nrepositoryformatversion = 1\n[extensions]\npartialClone = origin\n\
         [protocol]\nallow = always\n[remote \"origin\"]\nurl = ext::{program}\npromisor = true\n",
    ),
    (
        "a lazy fetch by proxy",
        "[core]\nrepositoryformatversion = 1\ngitProxy = {program}\n[extensions]\n\
         partialClone = origin\n[remote \"origin\"]\nurl = git://h.example/x\npromisor = true\n",
    ),
    (
        "another file of settings",
        "[core]\nrepositoryformatversion = 1\n[extensions]\npartialClone = origin\n\
         [include]\npath = more\n",
    ),
    (
        "settings of the work tree",
        "[core]\nrepositoryformatversion = 1\n[extensions]\npartialClone = origin\n\
         worktreeConfig = true\n",
    ),
    ("a monitor", "[core]\nfsmonitor = {program}\n"),
    ("hooks", "[core]\nhooksPath = {hooks}\n"),
    ("a pager and an alias", "[core]\npager = {program}\n[alias]\nrev-list = !{program}\n"),
    ("a signature", "[log]\nshowSignature = true\n[gpg]\nprogram = {program}\n"),
    (
        "a diff",
        "[diff]\nexternal = {program}\n[diff \"x\"]\ncommand = {program}\ntextconv = {program}\n",
    ),
    ("a filter", "[filter \"x\"]\nsmudge = {program}\nclean = {program}\nprocess = {program}\n"),
];

/// What is included by [`SETTINGS`], and what the work tree has.
const MORE: &str = "[remote \"origin\"]\nurl = .\npromisor = true\nuploadpack = {program}\n";

/// Reads the repository in a folder.
type Reading<'a> = &'a dyn Fn(&Path);

/// A world with a program that leaves a mark.
struct Trap {
    world: World,
}

impl Trap {
    fn new() -> Self {
        let world = World::named("demo");
        world.write("program", format!("#!/bin/sh\n: > '{}'\n", world.path("ran").display()));
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(world.path("program"), executable).unwrap();
        for hook in ["post-checkout", "post-index-change", "reference-transaction"] {
            fs::create_dir_all(world.path("hooks")).unwrap();
            fs::copy(world.path("program"), world.path("hooks").join(hook)).unwrap();
        }
        Self { world }
    }

    /// Makes a folder a repository with all it holds, whose `HEAD` has a file that needs a
    /// filter, and gives it settings. Then `HEAD` is a commit that is not there, if asked.
    fn set(&self, folder: &Path, settings: &str, absent: bool) {
        let _ = fs::remove_dir_all(folder.join(".git"));
        fs::write(folder.join(".gitattributes"), "* filter=x diff=x\n").unwrap();
        for arguments in [
            &["init", "--quiet", "--initial-branch=main"][..],
            &["add", "."],
            &["-c", "user.name=a", "-c", "user.email=a@a.example", "commit", "--quiet", "-m", "a"],
        ] {
            let mut git = Command::new("git");
            git.args(arguments).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null");
            assert!(git.status().unwrap().success(), "git {arguments:?}");
        }
        let path = |name: &str| self.world.path(name).display().to_string();
        let fill = |text: &str| {
            text.replace("{program}", &path("program")).replace("{hooks}", &path("hooks"))
        };
        fs::write(folder.join(".git/config"), fill(settings)).unwrap();
        for name in ["more", "config.worktree"] {
            fs::write(folder.join(".git").join(name), fill(MORE)).unwrap();
        }
        if absent {
            fs::write(folder.join(".git/refs/heads/main"), format!("{ABSENT}\n")).unwrap();
        }
    }

    fn has_run(&self) -> bool {
        fs::remove_file(self.world.path("ran")).is_ok()
    }
}

/// The trap works: git itself, called without care, runs the program.
#[test]
fn a_careless_git_runs_the_programs_that_settings_name() {
    let trap = Trap::new();
    let folder = trap.world.path("advisories");
    let mut ran = Vec::new();
    for (name, settings) in SETTINGS {
        for arguments in [
            &["rev-list", "--max-count=1", "HEAD"][..],
            &["status"],
            &["-c", "user.name=a", "-c", "user.email=a@a.example", "checkout", "--orphan=x"],
        ] {
            trap.set(&folder, settings, arguments[0] == "rev-list");
            let mut git = Command::new("git");
            git.args(arguments).current_dir(&folder).env("GIT_CONFIG_GLOBAL", "/dev/null");
            git.output().unwrap();
            if trap.has_run() && ran.last() != Some(&name) {
                ran.push(name);
            }
        }
    }
    let expected = ["a lazy fetch", "another file of settings", "a monitor", "hooks"];
    assert!(expected.iter().all(|name| ran.contains(name)), "{ran:?}");
}

/// Every command that reads a repository that is not ours, with every setting.
#[test]
fn no_setting_of_a_repository_runs_a_program() {
    let trap = Trap::new();
    let world = &trap.world;
    let cache = CacheDir::locate(Some(world.path("cache")));
    let cases: [(&str, Reading<'_>); 4] = [
        ("advisories", &|_| {
            world.run("audit w --offline --quiet");
        }),
        ("w", &|_| {
            world.run("trend w --since 2020-01-01");
        }),
        ("w", &|folder| {
            let _ = of_folder(folder, &cache, date(2024, 5, 1));
        }),
        ("advisories", &|folder| {
            let _ = first_seen::history(folder);
        }),
    ];
    for (name, settings) in SETTINGS {
        for absent in [true, false] {
            for (at, (folder, read)) in cases.iter().enumerate() {
                let folder = world.path(folder);
                trap.set(&folder, settings, absent);
                let _ = fs::remove_dir_all(world.path("cache"));
                read(&folder);
                assert!(!trap.has_run(), "{name}: case {at}");
            }
        }
    }
}

/// The settings of the repository that the program is started in decide nothing about which hosts
/// git asks for others.
#[test]
fn the_repository_it_is_started_in_decides_nothing() {
    let trap = Trap { world: super::online::world() };
    let world = &trap.world;
    let address = "https://git.example/group/needed";
    world.unpack("needed-1.0.0/Cargo.toml", &format!("[package]\nrepository = \"{address}\"\n"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let elsewhere = format!("https://{}/", listener.local_addr().unwrap());
    let settings = format!("[url \"{elsewhere}\"]\ninsteadOf = https://git.example/\n");
    trap.set(&world.path("w"), &settings, false);

    // What git does in the folder shows that the setting holds there.
    let mut git = Command::new("git");
    git.args(["ls-remote", address]).current_dir(world.path("w")).env("NO_PROXY", "127.0.0.1");
    let mut child = git.stderr(Stdio::null()).spawn().unwrap();
    drop(listener.accept().unwrap());
    child.wait().unwrap();

    // The cache lies inside the checkout, as its settings may reach down.
    let mut audit = Command::new(env!("CARGO_BIN_EXE_headwater"));
    audit.args(["audit", ".", "--online", "--time-budget", "20s", "--cache-dir", "cache"]);
    audit.arg("--cargo-home").arg(world.path("home")).current_dir(world.path("w"));
    audit.env("HTTPS_PROXY", "http://127.0.0.1:9").env("NO_PROXY", "127.0.0.1");
    audit.env("HOME", world.path("user")).env("GIT_DIR", world.path("w/.git"));
    let said = audit.output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("git.example"), "{said}");
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "it asked where the setting leads: {said}");
}

/// The user's own settings hold where git asks for others; they choose another protocol for no
/// address, however it is written.
#[test]
fn an_address_is_asked_by_its_own_protocol_and_no_other() {
    let trap = Trap { world: super::online::world() };
    let world = &trap.world;
    world.write("program", format!("#!/bin/sh\n: > '{}'\n", world.path("ran").display()));
    fs::set_permissions(world.path("program"), fs::Permissions::from_mode(0o755)).unwrap();
    let helper = format!("ext::{}", world.path("program").display());
    let elsewhere =
        ["https", "http", "git", "ssh", "file"].map(|it| format!("{it}://git.example/"));
    let mut settings = format!("[protocol]\n\tallow = always\n[url \"{helper} \"]\n");
    for address in elsewhere.iter().map(String::as_str).chain(["git.example:"]) {
        settings.push_str(&format!("\tinsteadOf = {address}\n"));
    }
    world.write("user/.gitconfig", settings);
    let repository = "https://git.example/group/needed";
    world.unpack("needed-1.0.0/Cargo.toml", &format!("[package]\nrepository = \"{repository}\"\n"));

    // What git does without care shows that the settings hold.
    let mut git = Command::new("git");
    git.args(["ls-remote", repository]).env("HOME", world.path("user")).output().unwrap();
    assert!(trap.has_run());

    let audit = world.run("audit w --online --time-budget 20s");
    assert!(audit.stdout.contains("git.example"), "{}", audit.stdout);
    assert!(!trap.has_run(), "a history is asked for by another protocol");
    let addresses = elsewhere.iter().map(|address| format!("{address}x"));
    for url in addresses.chain(["git.example:x".to_owned(), helper]) {
        let update = world.run(&format!("db update --advisories-only --url {url}"));
        assert_eq!(update.exit, 4, "{url}: {}", update.stderr);
        assert!(!trap.has_run(), "{url}: {}", update.stderr);
    }
}

/// Where git is called from inside another repository, or watched by the user, its variables are
/// about that.
#[test]
fn variables_of_git_reach_no_git_that_reads_for_others() {
    let trap = Trap::new();
    let world = &trap.world;
    trap.set(&world.path("advisories"), "", false);
    let trace = world.path("trace");
    let mut git = Command::new("git");
    git.args(["rev-parse", "HEAD"]).current_dir(world.path("advisories")).env("GIT_TRACE", &trace);
    assert!(git.output().unwrap().status.success() && fs::remove_file(&trace).is_ok());
    let url = format!("file://{}", world.path("advisories").display());
    for arguments in [
        "audit w --offline --quiet".to_owned(),
        format!("db update --advisories-only --allow-fewer --url {url}"),
    ] {
        let said = world.command(&arguments).env("GIT_TRACE", &trace).output().unwrap();
        let complaint = String::from_utf8_lossy(&said.stderr);
        assert!(matches!(said.status.code(), Some(0 | 1)), "{arguments}: {complaint}");
        assert!(!trace.exists(), "{arguments}");
    }
}
