//! A budget shared out over upstream projects, one file per format.

mod csv;
pub(super) mod json;
mod people;
mod without;

use crate::model::{Allocation, Basis, FundRequest, FundedProject};

use super::{Options, label};

/// A way to write an allocation down.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for, for `--help`.
    pub summary: &'static str,
    /// Writes it. The same allocation and options yield the same bytes.
    pub render: fn(&Allocation, &Options) -> String,
}

/// All formats, by name.
pub const FORMATS: [Format; 3] = [
    Format {
        name: "csv",
        summary: "a line for each payment, project that gets nothing, and what is left",
        render: csv::render,
    },
    Format {
        name: "json",
        summary: "everything, for programs; see `headwater schema fund`",
        render: json::render,
    },
    Format {
        name: "terminal",
        summary: "payments and their reasons, for people",
        render: people::render,
    },
];

/// An amount of hundredths with two decimals: `1234.50`.
fn money(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// A share of hundredths of a percent: `20%`, `12.5%`.
fn percent(basis_points: u32) -> String {
    format!("{}%", f64::from(basis_points) / 100.0)
}

/// How amounts come about, one sentence each.
fn formula(request: &FundRequest, basis: Basis) -> Vec<String> {
    let (payee, weight) = match basis {
        Basis::Payees => ("payee", "weight of a payee = sum of the priorities of its projects"),
        Basis::Suggestion => ("project", "weight of a project = its priority"),
    };
    let currency = &request.currency;
    let floor = money(request.floor_hundredths);
    vec![
        "priority of a project = chance of trouble within 24 months x harm".to_owned(),
        weight.to_owned(),
        "amount = budget x weight / sum of all weights, to a hundredth by largest remainder"
            .to_owned(),
        format!(
            "cap: at most {} of the budget for one {payee}, or the floor where that is more; \
             the rest goes to the others by weight",
            percent(request.cap_basis_points)
        ),
        format!(
            "depth share: at most {} of the budget for all projects that no workspace member \
             depends on directly; they also get what the direct ones may not take, and the \
             other way round",
            percent(request.depth_share_basis_points)
        ),
        format!(
            "floor: of those that would get less than {floor} {currency}, the half with the \
             smallest amounts gets nothing and all is shared out again, until none gets less"
        ),
        "advice: what is best replaced, has no active maintainer, or needs no action gets nothing; \
         of the others it changes no amount"
            .to_owned(),
    ]
}

/// The names of projects in one text.
fn names(projects: &[FundedProject]) -> String {
    projects.iter().map(|project| project.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What would help the projects of which it is known, with their names where there are several.
fn advice(projects: &[FundedProject]) -> Vec<String> {
    let of_project = |project: &FundedProject| {
        let advice = label::advice(project.advice.known()?);
        Some(if projects.len() == 1 { advice } else { format!("{}: {advice}", project.name) })
    };
    projects.iter().filter_map(of_project).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_shares_as_text() {
        let cases = [(0, "0.00"), (5, "0.05"), (123_450, "1234.50")];
        assert!(cases.iter().all(|(hundredths, text)| money(*hundredths) == *text));
        assert_eq!(money(u64::MAX), "184467440737095516.15");
        assert_eq!([2000, 1250, 1].map(percent), ["20%", "12.5%", "0.01%"]);
    }
}
