//! The program from outside: arguments and files in; exit code, output and error output back.

mod bad_input;
mod build_config;
mod cases;
mod check;
mod check_recorded;
mod check_tree;
mod database;
mod funding;
mod hostile;
mod links;
mod lockfiles;
mod online;
mod output;
mod programs;
mod projects;
mod spoken;
mod stale;
mod threat;
mod trend;
pub(crate) mod world;
