//! How long a run may take, and whether the user has stopped it.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// How soon a stop is noticed while waiting.
const NOTICE: Duration = Duration::from_millis(50);

/// The longest wait that a source may ask for where the run has no time budget: the forges count
/// requests by the hour.
const LONGEST_WAIT: Duration = Duration::from_secs(3_660);

/// The exit code of a program ended by Ctrl-C, as shells count it.
const INTERRUPTED: i32 = 130;

/// The time a run may take, counted from when the budget was made. It exists so that a run ends
/// in time with what it has learned by then.
#[derive(Debug, Clone)]
pub struct Budget {
    deadline: Option<Instant>,
    stop: Arc<AtomicBool>,
}

impl Budget {
    /// A budget that starts now. `None` is no limit. It is over as well when `stop` becomes true.
    pub fn start(total: Option<Duration>, stop: Arc<AtomicBool>) -> Self {
        let deadline = total.and_then(|total| Instant::now().checked_add(total));
        Self { deadline, stop }
    }

    /// Whether nothing more may be started.
    pub fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.left() == Some(Duration::ZERO)
    }

    /// The time left; `None` where there is no limit.
    pub fn left(&self) -> Option<Duration> {
        Some(self.deadline?.saturating_duration_since(Instant::now()))
    }

    /// Whether something can be done after such a wait.
    pub(super) fn allows(&self, wait: Duration) -> bool {
        !self.is_over() && wait < self.left().unwrap_or(LONGEST_WAIT)
    }

    /// The outcome of some work; `None` where the budget ended first. Nothing is started once it
    /// is over.
    pub(super) async fn within<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        match select(pin!(self.over()), pin!(work)).await {
            Either::Left(_) => None,
            Either::Right((outcome, _)) => Some(outcome),
        }
    }

    async fn over(&self) {
        while !self.is_over() {
            tokio::time::sleep(self.left().unwrap_or(NOTICE).min(NOTICE)).await;
        }
    }
}

/// A flag that the first Ctrl-C sets; the second one ends the program at once.
///
/// # Errors
/// Where the platform lets no handler be set.
pub fn stop_on_ctrl_c() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    // In this order the first Ctrl-C finds the flag not yet set.
    flag::register_conditional_shutdown(SIGINT, INTERRUPTED, Arc::clone(&stop))?;
    flag::register(SIGINT, Arc::clone(&stop))?;
    Ok(stop)
}
