//! The only layer that touches files, the network, the environment, the clock and threads.

pub mod backtest;
pub mod cache;
pub mod cargo_config;
pub mod cargo_home;
pub mod database;
pub mod export;
pub mod files;
pub mod gather;
mod git;
pub mod git_checkouts;
pub mod history;
pub mod http;
pub mod intake;
pub mod lockfile_history;
pub mod manifests;
mod member_pattern;
pub mod memo;
pub mod rankings;
pub mod registry;
pub mod release_index;
pub mod successors;
pub mod trend;
mod updating;
pub mod upstream;
pub mod usage;
mod work_folder;
pub mod workspace;
