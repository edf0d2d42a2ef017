//! The comparison: packages by how they are reached, by `cargo tree` and by the library.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use headwater::audit::Inputs;
use headwater::model::{PackageIndex, Presence};
use headwater::resolve::{Input, IsProcMacro, Platform, Platforms, Selection, resolve};
use headwater::world::cache::CacheDir;
use headwater::world::gather::{DayFrom, Request, gather};

use crate::data::EMBEDDED;
/// Packages as `name vversion`.
type Packages = BTreeSet<String>;

/// The kinds of edges that are compared, as `cargo tree --edges` names them.
pub(super) const EDGES: [&str; 4] =
    ["normal,no-proc-macro", "normal", "normal,build", "normal,build,dev"];

/// What is to be built, in the words of Cargo's command line.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Options<'a> {
    pub(super) target: Option<&'a str>,
    pub(super) features: &'a str,
    pub(super) all_features: bool,
    pub(super) no_default_features: bool,
}

impl Options<'_> {
    fn arguments(&self) -> Vec<&str> {
        let mut arguments = Vec::new();
        arguments.extend(self.target.into_iter().flat_map(|triple| ["--target", triple]));
        if !self.features.is_empty() {
            arguments.extend(["--features", self.features]);
        }
        arguments.extend(self.all_features.then_some("--all-features"));
        arguments.extend(self.no_default_features.then_some("--no-default-features"));
        arguments
    }

    fn selection(&self) -> Selection {
        let platform = match self.target {
            Some(triple) => Platform::from_triple(triple),
            None => Platform::host(),
        };
        Selection {
            platforms: Platforms::One(platform.unwrap()),
            features: vec![self.features.to_owned()],
            all_features: self.all_features,
            default_features: !self.no_default_features,
            flags: Default::default(),
        }
    }
}

/// A workspace on this machine.
#[derive(Debug)]
pub(super) struct Workspace {
    pub(super) folder: PathBuf,
    /// A Cargo home to use instead of the user's.
    pub(super) cargo_home: Option<PathBuf>,
    /// A feature of Cargo's that is not stable yet.
    pub(super) unstable: Option<String>,
}

/// What was compared.
#[derive(Debug)]
pub(super) struct Compared {
    /// Packages in the lockfile.
    pub(super) packages: usize,
    /// Sizes of the sets, in the order of [`EDGES`].
    pub(super) sizes: Vec<usize>,
    /// One line for each difference.
    pub(super) differences: Vec<String>,
}

/// Runs `cargo` in a workspace.
pub(super) fn cargo(workspace: &Workspace, arguments: &[&str]) -> Output {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&workspace.folder).env_remove("CARGO_BUILD_TARGET");
    // Cargo keeps there what it asked the compiler, which is what takes its time. The compiler says
    // more where unstable features are on.
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let kept = kept.join(if workspace.unstable.is_some() { "unstable" } else { "stable" });
    command.env("CARGO_TARGET_DIR", kept).env_remove("RUSTC_BOOTSTRAP");
    if let Some(home) = &workspace.cargo_home {
        command.env("CARGO_HOME", home);
    }
    if let Some(unstable) = &workspace.unstable {
        command.arg(format!("-Z{unstable}")).env("RUSTC_BOOTSTRAP", "1");
    }
    command.output().unwrap()
}

/// Who accepts a choice of features; none where both refuse it.
pub(super) fn accepted_by(workspace: &Workspace, options: Options<'_>) -> Option<&'static str> {
    if tree(workspace, EDGES[0], options).is_ok() {
        return Some("cargo");
    }
    Ours::new(workspace, options).is_ok().then_some("headwater")
}

/// Compares all sets for one choice of platform and features.
///
/// # Errors
/// What `cargo tree` said where it failed, for instance for want of a package's source, or what is
/// wrong with the features.
pub(super) fn compare(workspace: &Workspace, options: Options<'_>) -> Result<Compared, String> {
    let ours = Ours::new(workspace, options)?;
    let mut compared =
        Compared { packages: ours.labels.len(), sizes: Vec::new(), differences: Vec::new() };
    for edges in EDGES {
        let theirs = tree(workspace, edges, options)?;
        let found = ours.reached(edges);
        let missing: Vec<_> = theirs.difference(&found).take(8).collect();
        let extra: Vec<_> = found.difference(&theirs).take(8).collect();
        if !missing.is_empty() || !extra.is_empty() {
            compared.differences.push(format!(
                "{} {options:?} {edges}: missing {missing:?}, extra {extra:?}",
                workspace.folder.display()
            ));
        }
        compared.sizes.push(theirs.len());
    }
    Ok(compared)
}

fn tree(workspace: &Workspace, edges: &str, options: Options<'_>) -> Result<Packages, String> {
    let mut arguments = vec!["tree", "--workspace", "--prefix", "none", "--format", "{p}"];
    arguments.extend(["--locked", "--offline", "--edges", edges]);
    arguments.extend(options.arguments());
    let output = cargo(workspace, &arguments);
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let label = |line: &str| {
        let mut words = line.split(' ');
        Some(format!("{} {}", words.next()?, words.next()?))
    };
    Ok(String::from_utf8(output.stdout).unwrap().lines().filter_map(label).collect())
}

/// How the library says each package is reached.
struct Ours {
    labels: Vec<String>,
    members: Vec<PackageIndex>,
    runtime: Vec<bool>,
    proc_macro: Vec<bool>,
    presence: Vec<Presence>,
}

impl Ours {
    fn new(workspace: &Workspace, options: Options<'_>) -> Result<Self, String> {
        let inputs = inputs(workspace, options.selection());
        let proc_macro: Vec<_> = inputs.packaged.iter().map(IsProcMacro::of).collect();
        let input = Input {
            packages: &inputs.packages,
            locked: &inputs.locked,
            declarations: &inputs.declarations,
            proc_macro: &proc_macro,
            members: &inputs.members,
            root_package: inputs.root_package,
            resolver: inputs.resolver,
        };
        let resolution = resolve(input, &inputs.selection)?;
        let packages = inputs.packages.iter();
        Ok(Self {
            labels: packages.map(|it| format!("{} v{}", it.name, it.version)).collect(),
            runtime: resolution.contexts.iter().map(|contexts| contexts.runtime).collect(),
            proc_macro: resolution.contexts.iter().map(|contexts| contexts.proc_macro).collect(),
            presence: resolution.graph.indices().map(|at| resolution.graph.presence(at)).collect(),
            members: inputs.members,
        })
    }

    /// The packages that a choice of edges reaches.
    fn reached(&self, edges: &str) -> Packages {
        let built = [Presence::Runtime, Presence::Build, Presence::ProcMacro];
        let is_reached = |at: usize| match edges {
            // Every member is a root of `cargo tree`, procedural macros too: the option leaves
            // out edges, not roots. Here such a member is `proc-macro`, as it is not part of
            // the product; nothing else differs.
            "normal,no-proc-macro" => {
                self.runtime[at] || self.members.contains(&PackageIndex(at as u32))
            }
            "normal" => self.runtime[at] || self.proc_macro[at],
            "normal,build" => built.contains(&self.presence[at]),
            _ => built.contains(&self.presence[at]) || self.presence[at] == Presence::Dev,
        };
        let labels = self.labels.iter().enumerate().filter(|(at, _)| is_reached(*at));
        labels.map(|(_, label)| label.clone()).collect()
    }
}

fn inputs(workspace: &Workspace, selection: Selection) -> Inputs {
    let cache = tempfile::tempdir().unwrap();
    let request = Request {
        path: workspace.folder.clone(),
        config: None,
        cargo_home: workspace.cargo_home.clone(),
        cache: CacheDir::locate(Some(Path::to_owned(cache.path()))),
        selection,
        as_of: jiff::civil::date(2026, 1, 1),
        target_asked: true,
        day_from: DayFrom::Asked,
    };
    gather(request, &EMBEDDED, None, &|_, _| {}).unwrap()
}
