//! Histories: made with git, read, measured and remembered.

pub(crate) mod built;
mod faults;
mod hostile;
pub(crate) mod real;
mod remembered;
mod tagged;
