//! The models an audit is made with.

use crate::model::{Error, Features, ForecastKind, Outlook};

use super::{Model, disclosure_without_dependents, shipped};

/// One model for each kind of forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Models {
    /// No release in the next 365 days.
    pub silence: Model,
    /// No fixed release 90 days after a disclosure.
    pub unfixed_90: Model,
    /// No fixed release 365 days after a disclosure.
    pub unfixed_365: Model,
    /// A disclosure in the next 365 days, by who does not know dependents.
    pub disclosure: Model,
}

impl Models {
    /// The shipped models. Parse once per run.
    ///
    /// # Errors
    /// Where a file in `rules/forecast` is damaged, which a test excludes.
    pub fn shipped() -> Result<Self, Error> {
        Ok(Self {
            silence: shipped(ForecastKind::Silence)?,
            unfixed_90: shipped(ForecastKind::Unfixed90Days)?,
            unfixed_365: shipped(ForecastKind::Unfixed365Days)?,
            disclosure: disclosure_without_dependents()?,
        })
    }

    /// The model of a kind.
    pub fn of(&self, kind: ForecastKind) -> &Model {
        match kind {
            ForecastKind::Silence => &self.silence,
            ForecastKind::Unfixed90Days => &self.unfixed_90,
            ForecastKind::Unfixed365Days => &self.unfixed_365,
            ForecastKind::Disclosure => &self.disclosure,
        }
    }

    /// What the models say of a package.
    pub fn outlook(&self, features: &Features) -> Outlook {
        Outlook {
            silence: self.silence.forecast(features),
            unfixed_90: self.unfixed_90.forecast(features),
            unfixed_365: self.unfixed_365.forecast(features),
            disclosure: self.disclosure.forecast(features),
        }
    }
}
