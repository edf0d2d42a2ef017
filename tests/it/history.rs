//! Histories: made with git, read, measured and remembered.

mod built;
mod faults;
mod real;
mod remembered;
