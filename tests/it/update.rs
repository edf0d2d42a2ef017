//! Which versions Cargo would lock.

mod made;
mod real;
