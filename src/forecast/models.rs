//! The models an audit is made with.

use crate::model::{Error, Feature, Features, Forecast, ForecastKind, Observed, Outlook};

use super::{Model, disclosure_without_dependents, shipped, silence_with_commits};

/// One model for each kind of forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Models {
    /// No release in the next 365 days.
    pub silence: Model,
    /// The same where the commits of the repository are known.
    pub silence_with_commits: Model,
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
            silence_with_commits: silence_with_commits()?,
            unfixed_90: shipped(ForecastKind::Unfixed90Days)?,
            unfixed_365: shipped(ForecastKind::Unfixed365Days)?,
            disclosure: disclosure_without_dependents()?,
        })
    }

    /// The model that made a forecast.
    pub fn of(&self, forecast: &Forecast) -> &Model {
        let mut looked_at = forecast.terms.iter().map(|term| term.feature);
        match forecast.kind {
            ForecastKind::Silence if looked_at.any(|it| it == Feature::CommitSilenceDays) => {
                &self.silence_with_commits
            }
            ForecastKind::Silence => &self.silence,
            ForecastKind::Unfixed90Days => &self.unfixed_90,
            ForecastKind::Unfixed365Days => &self.unfixed_365,
            ForecastKind::Disclosure => &self.disclosure,
        }
    }

    /// What the models say of a package.
    pub fn outlook(&self, features: &Features) -> Outlook {
        let silence = match features.get(Feature::CommitSilenceDays) {
            Observed::Known(_) => &self.silence_with_commits,
            Observed::Missing(_) => &self.silence,
        };
        Outlook {
            silence: silence.forecast(features),
            unfixed_90: self.unfixed_90.forecast(features),
            unfixed_365: self.unfixed_365.forecast(features),
            disclosure: self.disclosure.forecast(features),
        }
    }
}
