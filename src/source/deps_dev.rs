//! deps.dev: what is known of a project and its packages.
