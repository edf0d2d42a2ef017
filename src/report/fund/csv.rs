//! Comma-separated values (RFC 4180) for spreadsheets.
//!
//! Names come from strangers, and a spreadsheet runs a cell that begins like a formula. Such a
//! cell gets an apostrophe in front, which spreadsheets take as "this is text".

use crate::model::{Allocation, Basis, FundedProject};
use crate::report::upstream::asked;
use crate::report::{Options, escape};

use super::{advice, money, names};

const HEADER: [&str; 10] = [
    "kind", "amount", "currency", "platform", "account", "pay_at", "projects", "ask_at", "remark",
    "advice",
];

/// What makes a spreadsheet take a cell for a formula, full-width forms included.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Writes a line for each payment or suggested amount, for what is left, and for each project
/// that gets nothing. The remark of a payment is what its payee asks for, that of any other project
/// why it gets nothing. The amounts add up to the budget.
pub(super) fn render(allocation: &Allocation, _: &Options) -> String {
    let currency = allocation.request.currency.as_str();
    let kind = match allocation.basis {
        Basis::Payees => "payment",
        Basis::Suggestion => "suggestion",
    };
    let mut text = line(&HEADER);
    for payment in &allocation.payments {
        let payee = payment.payee.as_ref();
        text += &line(&[
            kind,
            &money(payment.amount_hundredths),
            currency,
            payee.map_or("", |payee| &payee.platform),
            payee.map_or("", |payee| &payee.account),
            payee.and_then(|payee| payee.url.as_deref()).unwrap_or_default(),
            &names(&payment.projects),
            &addresses(&payment.projects),
            &payee.map(asked).unwrap_or_default().join("; "),
            &advice(&payment.projects).join("; "),
        ]);
    }
    let left = money(allocation.left_hundredths);
    text += &line(&["left", &left, currency, "", "", "", "", "", "", ""]);
    let unpayable = allocation.unpayable.iter();
    let left_out = allocation.left_out.iter();
    let not_assessed = allocation.not_assessed.iter();
    let without = (unpayable.map(|(it, why)| ("cannot be paid", it, why.reason())))
        .chain(left_out.map(|(it, why)| ("left out", it, why.name().to_owned())))
        .chain(not_assessed.map(|(it, why)| ("not assessed", it, why.to_string())));
    for (kind, project, why) in without {
        let ask_at = project.repository.as_deref().unwrap_or_default();
        let advice = advice(std::slice::from_ref(project)).join("; ");
        text += &line(&[kind, "", "", "", "", "", &project.name, ask_at, &why, &advice]);
    }
    text
}

fn addresses(projects: &[FundedProject]) -> String {
    let addresses = projects.iter().filter_map(|project| project.repository.as_deref());
    addresses.collect::<Vec<_>>().join(", ")
}

fn line(cells: &[&str; HEADER.len()]) -> String {
    cells.map(cell).join(",") + "\r\n"
}

/// A cell: deceptive characters visible, a formula made text, quoted where it has to be.
fn cell(text: &str) -> String {
    let shown = escape(text);
    let is_formula = shown.trim_start().starts_with(FORMULA);
    let shown = if is_formula { format!("'{shown}") } else { shown.into_owned() };
    // A semicolon separates cells where the comma is the decimal sign.
    if shown.contains(['"', ',', ';', '\'']) {
        format!("\"{}\"", shown.replace('"', "\"\""))
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_whatever_it_holds() {
        let cases = [
            ("owner/name", "owner/name"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("a;b", "\"a;b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            (" =1", "\"' =1\""),
            ("＝1", "\"'＝1\""),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("a=1", "a=1"),
            ("\t=1", "\\u{9}=1"),
            ("a\r\n=1", "a\\u{d}\\u{a}=1"),
            ("\u{202e}=1", "\\u{202e}=1"),
        ];
        for (text, expected) in cases {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }
}
