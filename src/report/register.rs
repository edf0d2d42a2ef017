//! The forecasts of an audit as a table to be scored when their outcome is known.

use std::fmt::Write;

use crate::forecast::Models;
use crate::model::Audit;
use crate::source::backtest::REGISTERED_COLUMNS;

/// The forecasts about every package of the audit with a release history, each name once, as
/// `headwater forecast evaluate --registered` reads them.
pub fn write(audit: &Audit, models: &Models) -> String {
    let mut text = REGISTERED_COLUMNS.join("\t");
    text.push('\n');
    let mut last = "";
    for (index, facts) in audit.graph.indices().zip(&audit.facts) {
        let package = audit.graph.package(index);
        let Some(outlook) = facts.outlook.known().filter(|it| it.unknown().is_none()) else {
            continue;
        };
        if package.name == last {
            continue;
        }
        last = &package.name;
        for forecast in outlook.forecasts() {
            let model = models.of(forecast);
            let provenance = &model.provenance;
            let level = provenance.level.as_ref().map(|level| level.until);
            let until = level.unwrap_or(provenance.until);
            // Writing to a `String` cannot fail.
            let _ = writeln!(
                text,
                "{}\t{}\t{}\t{:.6}\t{:.6}\t{:.6}\t{}\t{until}",
                package.name,
                audit.as_of,
                forecast.kind.name(),
                forecast.chance,
                forecast.low,
                forecast.high,
                model.id
            );
        }
    }
    text
}
