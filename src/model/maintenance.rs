//! What authors say about the maintenance of a package.

/// The maintenance status that a package's manifest states: `badges.maintenance` of the Cargo
/// book (<https://doc.rust-lang.org/cargo/reference/manifest.html#the-badges-section>). It was true
/// when the release was made. From the best to the worst for who depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MaintenanceStatus {
    /// New features are added and bugs are fixed.
    ActivelyDeveloped,
    /// No new features are planned, and the maintainer means to answer.
    PassivelyMaintained,
    /// It is complete, and no work on it is planned.
    AsIs,
    /// An experiment, which may not be kept up.
    Experimental,
    /// The maintainer looks for somebody to take over.
    LookingForMaintainer,
    /// It is not to be used any more.
    Deprecated,
}

impl MaintenanceStatus {
    /// All of them, from the best to the worst.
    pub const ALL: [Self; 6] = [
        Self::ActivelyDeveloped,
        Self::PassivelyMaintained,
        Self::AsIs,
        Self::Experimental,
        Self::LookingForMaintainer,
        Self::Deprecated,
    ];

    /// The name in manifests and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::ActivelyDeveloped => "actively-developed",
            Self::PassivelyMaintained => "passively-maintained",
            Self::AsIs => "as-is",
            Self::Experimental => "experimental",
            Self::LookingForMaintainer => "looking-for-maintainer",
            Self::Deprecated => "deprecated",
        }
    }

    /// The status of this name; `None` for `none` and for words that Cargo does not know.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}
