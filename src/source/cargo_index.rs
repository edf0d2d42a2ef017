//! Cargo's local registry index: releases and declarations of a package.
