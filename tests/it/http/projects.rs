//! Upstream projects: services asked through what an audit learns from.

mod deps_dev;
mod funding;
mod github;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use headwater::world::cache::CacheDir;
use headwater::world::http::{Budget, Mode, Options, Secret, Tokens};
use headwater::world::upstream::{Asking, Endpoints, Index, Knowledge, Subjects, learn};
use jiff::civil::date;

use super::World;
use super::server::Server;

/// One run.
struct Run<'a> {
    world: &'a World,
    server: &'a Server,
    mode: Mode,
    hours_later: i64,
    total: Duration,
}

impl<'a> Run<'a> {
    fn new(world: &'a World, server: &'a Server) -> Self {
        let total = Duration::from_secs(20);
        Self { world, server, mode: Mode::Online, hours_later: 0, total }
    }

    /// What the run learns. Histories are looked for in clones that cannot be read, so that
    /// nobody but the server is asked.
    fn learn(&self, subjects: &Subjects) -> Knowledge {
        let mirrors = self.world.folder.path().join("mirrors");
        for address in &subjects.repositories {
            let path = address.strip_prefix("https://").unwrap();
            if !mirrors.join(path).is_dir() {
                fs::create_dir_all(mirrors.join(path).join(".git")).unwrap();
            }
        }
        let budget = Budget::start(Some(self.total), Arc::new(AtomicBool::new(false)));
        let origin = format!("http://{}", self.server.address);
        let tokens = Tokens::given([(origin, Secret::new("secret").unwrap())].into());
        let options = self.world.options(self.hours_later, self.mode);
        let network = self.world.network(Options { budget, tokens, ..options });
        let asking = Asking {
            network: &network,
            cache: &CacheDir::locate(Some(self.world.folder.path().to_owned())),
            endpoints: &Endpoints {
                github: self.server.url("/graphql"),
                scorecard: self.server.url("/scorecard"),
                deps_dev: self.server.url("/deps-dev"),
            },
            mirrors: &[mirrors],
            index: Index::default(),
            as_of: date(2026, 1, 1),
            progress: &|_, _, _| {},
        };
        learn(subjects, &asking)
    }
}

fn repositories(addresses: &[&str]) -> Subjects {
    let repositories = addresses.iter().map(|address| (*address).to_owned()).collect();
    Subjects { repositories, ..Subjects::default() }
}
