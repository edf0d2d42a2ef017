//! GitLab's REST interface.
