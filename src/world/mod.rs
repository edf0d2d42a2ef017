//! The only layer that touches files, the network, the environment, the clock and threads.

pub mod cache;
pub mod cargo_home;
pub mod database;
mod git;
pub mod memo;
pub mod registry;
