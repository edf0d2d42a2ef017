//! The program from outside: arguments and files in; exit code, output and error output back.

mod bad_input;
mod cases;
mod check;
mod database;
mod funding;
mod hostile;
mod online;
mod output;
mod projects;
mod trend;
pub(crate) mod world;
