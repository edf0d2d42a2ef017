//! Progress on standard error, when something takes longer than a moment.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::is_interactive;
use crate::report::escape;

/// How long a run may take before it shows progress.
const A_MOMENT: Duration = Duration::from_millis(200);

/// A bar that appears only after a moment, and only on a terminal.
pub(super) struct Progress {
    started: Instant,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), bar: OnceLock::new() }
    }

    /// Shows what is under way, and that `done` of `total` are done.
    pub(super) fn tell(&self, what: &str, done: usize, total: usize) {
        if self.started.elapsed() < A_MOMENT || !is_interactive() {
            return;
        }
        let bar = self.bar.get_or_init(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}") {
                bar.set_style(style);
            }
            bar
        });
        bar.set_message(escape(what).into_owned());
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
