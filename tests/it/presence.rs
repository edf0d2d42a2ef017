//! Presence equals what `cargo tree` says, as sets of packages.
//!
//! Own workspace and small made ones always; a folder of checked-out workspaces where the
//! environment variable `HEADWATER_WORKSPACES` names one.

mod checkouts;
mod compare;
mod made;
mod own;
