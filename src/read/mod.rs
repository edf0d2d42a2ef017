//! Text of manifests and lockfiles to packages and declarations.
