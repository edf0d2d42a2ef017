//! Where facts come from. Everything here understands bytes; nothing here reads or sends any.

pub mod cargo_index;
pub mod osv;
pub mod packaged_manifest;
pub mod rustsec;
