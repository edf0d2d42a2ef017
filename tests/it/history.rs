//! Histories: made with git, read, measured and remembered.

pub(crate) mod built;
mod faults;
mod real;
mod remembered;
