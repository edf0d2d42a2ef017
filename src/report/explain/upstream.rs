//! What was learned about an upstream project, and what was not and why.

use crate::model::{Observed, Project};
use crate::report::label;
use crate::report::page::Page;
use crate::report::upstream;

use super::block::{self, Layout};
use super::{activity, deps_dev, forge, funding};

/// Class and facts, each with where from and when; then what is missing, by reason.
pub(super) fn write(page: &mut Page, project: &Project, layout: Layout) {
    match &project.class {
        Observed::Known(class) => page.field("class", &label::class(class)),
        Observed::Missing(why) => page.field("class", &format!("unknown: {why}")),
    }
    let learned = upstream::of(project);
    block::write_known(page, layout, "activity", &learned.activity, activity::sentences);
    let repository = project.repository.as_deref();
    block::write_known(page, layout, "forge", &learned.forge, |said| {
        forge::forge(said, repository)
    });
    block::write_known(page, layout, "scorecard", &learned.scorecard, forge::scorecard);
    block::write_known(page, layout, "deps.dev", &learned.deps_dev, |said| {
        deps_dev::project(said, learned, layout)
    });
    block::write_known(page, layout, "funding", &learned.funding, funding::sentences);
    write_missing(page, layout, project);
}

/// `activity, forge: not fetched`, a sentence for each reason.
fn write_missing(page: &mut Page, layout: Layout, project: &Project) {
    let facts = upstream::missing_by_reason(project);
    let sentences = facts.iter().map(|(why, facts)| format!("{}: {why}", facts.join(", ")));
    let sentences: Vec<String> = sentences.collect();
    if !sentences.is_empty() {
        block::write(page, layout, "not known", &sentences);
    }
}
