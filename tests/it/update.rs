//! Which versions Cargo would lock.

mod real;
