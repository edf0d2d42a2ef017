//! Histories: made with git, read, measured and remembered.

pub(crate) mod built;
mod faults;
pub(crate) mod real;
mod remembered;
mod tagged;
