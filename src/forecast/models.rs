//! The models an audit is made with.

use crate::model::{Error, Feature, Features, Forecast, ForecastKind, Observed, Outlook};

use super::{
    Model, disclosure_without_dependents, named, shipped, silence_with_commits, silence_with_usage,
};

/// One model for each kind of forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Models {
    /// No release in the next 365 days.
    pub silence: Model,
    /// The same where the usage of the package is known.
    pub silence_with_usage: Model,
    /// The same where the commits of its repository are known as well.
    pub silence_with_commits: Model,
    /// No fixed release 90 days after a disclosure.
    pub unfixed_90: Model,
    /// No fixed release 365 days after a disclosure.
    pub unfixed_365: Model,
    /// A disclosure in the next 365 days, where the usage of the package is known.
    pub disclosure: Model,
    /// The same where it is not.
    pub disclosure_without_dependents: Model,
    /// Of a disclosed vulnerability without a fix: no fixed release within 365 days.
    pub still_unfixed: Model,
    /// Trouble within 730 days, where the usage of the package is known.
    pub trouble: Model,
    /// The same where it is not.
    pub trouble_without_usage: Model,
}

impl Models {
    /// The shipped models. Parse once per run.
    ///
    /// # Errors
    /// Where a file in `rules/forecast` is damaged, which a test excludes.
    pub fn shipped() -> Result<Self, Error> {
        Ok(Self {
            silence: shipped(ForecastKind::Silence)?,
            silence_with_usage: silence_with_usage()?,
            silence_with_commits: silence_with_commits()?,
            unfixed_90: shipped(ForecastKind::Unfixed90Days)?,
            unfixed_365: shipped(ForecastKind::Unfixed365Days)?,
            disclosure: shipped(ForecastKind::Disclosure)?,
            disclosure_without_dependents: disclosure_without_dependents()?,
            still_unfixed: shipped(ForecastKind::StillUnfixed)?,
            trouble: shipped(ForecastKind::Trouble)?,
            trouble_without_usage: named("trouble-without-usage")?,
        })
    }

    /// The model that made a forecast.
    pub fn of(&self, forecast: &Forecast) -> &Model {
        let looks_at = |feature: Feature| forecast.terms.iter().any(|term| term.feature == feature);
        match forecast.kind {
            ForecastKind::Silence if looks_at(Feature::CommitSilenceDays) => {
                &self.silence_with_commits
            }
            ForecastKind::Silence if looks_at(Feature::Dependents) => &self.silence_with_usage,
            ForecastKind::Silence => &self.silence,
            ForecastKind::Unfixed90Days => &self.unfixed_90,
            ForecastKind::Unfixed365Days => &self.unfixed_365,
            ForecastKind::Disclosure if looks_at(Feature::Dependents) => &self.disclosure,
            ForecastKind::Disclosure => &self.disclosure_without_dependents,
            ForecastKind::StillUnfixed => &self.still_unfixed,
            ForecastKind::Trouble if looks_at(Feature::Dependents) => &self.trouble,
            ForecastKind::Trouble => &self.trouble_without_usage,
        }
    }

    /// What the models say of a package. Where its usage is not known, the models that are fitted
    /// without it do.
    pub fn outlook(&self, features: &Features) -> Outlook {
        let knows = |feature: Feature| features.get(feature).known().is_some();
        let silence = match (knows(Feature::Dependents), knows(Feature::CommitSilenceDays)) {
            (true, true) => &self.silence_with_commits,
            (true, false) => &self.silence_with_usage,
            (false, _) => &self.silence,
        };
        let disclosure = match knows(Feature::Dependents) && knows(Feature::Lockfiles) {
            true => &self.disclosure,
            false => &self.disclosure_without_dependents,
        };
        Outlook {
            silence: silence.forecast(features),
            unfixed_90: self.unfixed_90.forecast(features),
            unfixed_365: self.unfixed_365.forecast(features),
            disclosure: disclosure.forecast(features),
            trouble: self.trouble_of(features).forecast(features),
            features: features.clone(),
        }
    }

    /// The model of trouble for what is known of a package.
    pub fn trouble_of(&self, features: &Features) -> &Model {
        let knows = |feature: Feature| features.get(feature).known().is_some();
        match knows(Feature::Dependents) && knows(Feature::Lockfiles) {
            true => &self.trouble,
            false => &self.trouble_without_usage,
        }
    }

    /// The chance that a vulnerability of a package that has been public and without a fixed
    /// release for so many days has none 365 days later either.
    pub fn still_unfixed(&self, outlook: &Outlook, open_days: i32) -> Forecast {
        let days = Observed::Known(f64::from(open_days.max(0)));
        let features = outlook.features.clone().with(Feature::OpenDays, days);
        self.still_unfixed.forecast(&features)
    }
}
