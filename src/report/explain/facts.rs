//! What is known about a package, and what is not and why.

use std::fmt::Display;

use crate::model::{Audit, Cadence, Observed, PackageIndex, Place};
use crate::report::label;
use crate::report::page::Page;
use crate::report::words::{count_of, decimal};

use super::block::{self, Layout, day};
use super::{deps_dev, forge, path, presence};

pub(super) fn write(page: &mut Page, audit: &Audit, index: PackageIndex) {
    page.heading(&label::package(&audit.graph, index));
    page.field("purl", &audit.graph.package(index).purl());
    page.field("source", &label::source(&audit.graph.package(index).source));
    presence::write(page, audit, index);
    let paths = audit.findings.iter().find(|finding| finding.package == index);
    path::write(page, audit, index, paths.map_or(&[], |finding| finding.paths.as_slice()));
    write_own(page, audit, index, Layout::Full);
    match &audit.facts[index.get()].place {
        Observed::Known(place) => write_place(page, place),
        Observed::Missing(why) => page.field("place", &format!("not known: {why}")),
    }
}

/// The facts about the package itself, whoever uses it.
pub(super) fn write_own(page: &mut Page, audit: &Audit, index: PackageIndex, layout: Layout) {
    let facts = &audit.facts[index.get()];
    page.field("repository", &known(&facts.repository, |address| address.clone()));
    let yanked = |yanked: &bool| if *yanked { "yes" } else { "no" }.to_owned();
    page.field("yanked", &known(&facts.yanked, yanked));
    match &facts.ownership {
        Observed::Known(_) => {
            block::write_known(page, layout, "ownership", &facts.ownership, forge::ownership);
        }
        Observed::Missing(why) => page.field("ownership", &format!("not known: {why}")),
    }
    match &facts.deps_dev {
        Observed::Known(_) => {
            block::write_known(page, layout, "deps.dev", &facts.deps_dev, deps_dev::release);
        }
        Observed::Missing(why) => page.field("deps.dev", &format!("not known: {why}")),
    }
    match &facts.cadence {
        Observed::Known(cadence) => write_cadence(page, cadence, layout),
        Observed::Missing(why) => page.field("cadence", &format!("not known: {why}")),
    }
}

fn known<T>(fact: &Observed<T>, show: impl Fn(&T) -> String) -> String {
    match fact {
        Observed::Known(value) => show(value),
        Observed::Missing(why) => format!("not known: {why}"),
    }
}

fn number<T: Display>(fact: &Observed<T>) -> String {
    known(fact, |value| value.to_string())
}

fn write_cadence(page: &mut Page, cadence: &Cadence, layout: Layout) {
    let fields = cadence_fields(cadence);
    match layout {
        Layout::Full => {
            page.heading("Cadence");
            fields.iter().for_each(|(label, text)| page.field(label, text));
        }
        Layout::Compact => {
            let [releases, recent, silence, behind, ..] = fields.map(|(_, text)| text);
            page.field("releases", &format!("{releases}; {recent}"));
            page.field("silence", &silence);
            page.field("behind", &behind);
        }
    }
}

/// Label and text, the most telling first.
fn cadence_fields(cadence: &Cadence) -> [(&'static str, String); 6] {
    let (first, last) = (day(cadence.first_release), day(cadence.last_release));
    let recent = (cadence.releases_12_months, cadence.releases_36_months);
    let days = |days: &f64| format!("{} days", decimal(*days, 2));
    let median = known(&cadence.median_interval_days, days);
    let p90 = known(&cadence.p90_interval_days, days);
    let ratio = known(&cadence.silence_ratio, |ratio| {
        format!("{} times its 90th percentile interval", decimal(*ratio, 2))
    });
    let behind = number(&cadence.versions_behind);
    let years = known(&cadence.libyears, |years| decimal(*years, 2));
    let newest = cadence.newest.as_deref().unwrap_or("none stable");
    [
        ("releases", format!("{}, {first} to {last}", count_of(cadence.releases, "release"))),
        ("recent", format!("{} in 12 months, {} in 36", recent.0, recent.1)),
        ("silence", format!("{} days, {ratio}", decimal(cadence.silence_days, 2))),
        ("behind", format!("releases: {behind}, libyears: {years}, newest: {newest}")),
        ("interval", format!("median {median}, 90th percentile {p90}")),
        ("yanked", format!("{} % of releases", decimal(cadence.yanked_share * 100.0, 2))),
    ]
}

fn write_place(page: &mut Page, place: &Place) {
    let packages = |count: u32| count_of(count as usize, "package");
    page.heading("Place");
    page.field("depth", &place.depth.to_string());
    page.field("members", &format!("{} reach it", place.members));
    let (dependents, share) = (packages(place.dependents), decimal(place.reach * 100.0, 2));
    page.field("reach", &format!("{dependents} depend on it, {share} % of the build"));
    page.field("brings in", &format!("{} only through it", packages(place.brings_in)));
    let cut = known(&place.min_cut, |edges| {
        format!("{} to cut to be rid of it", count_of(*edges as usize, "dependency edge"))
    });
    page.field("min cut", &cut);
    page.field("pagerank", &decimal(place.pagerank, 6));
}
