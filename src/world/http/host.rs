//! How one host is treated in this run: its pace, its pauses, and when it is given up.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::budget::Budget;
use super::question::Unanswered;
use crate::model::Missing;

/// So many questions in a row without any answer, and the host is not asked again in this run.
const FAILURES_TO_GIVE_UP: u32 = 3;

/// Longer than any run; a wait beyond all time is cut to it.
const A_YEAR: Duration = Duration::from_secs(366 * 24 * 3_600);

/// A host as this run knows it.
pub(super) struct Host {
    /// Held by the one question that waits for its turn; those behind it wait in order.
    queue: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

struct State {
    /// When the pace allows the next start.
    next_start: Instant,
    /// Until when the host asked to be left alone.
    paused_until: Instant,
    failures_in_a_row: u32,
    given_up: Option<Unanswered>,
}

impl Host {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        let state =
            State { next_start: now, paused_until: now, failures_in_a_row: 0, given_up: None };
        Self { queue: tokio::sync::Mutex::new(()), state: Mutex::new(state) }
    }

    /// Waits for the next turn and for one of the places that all hosts share, and takes both.
    ///
    /// # Errors
    /// At once where the host is given up or the turn comes too late for the budget.
    pub(super) async fn turn<'a>(
        &self,
        gap: Duration,
        budget: &Budget,
        places: &'a Semaphore,
    ) -> Result<Option<SemaphorePermit<'a>>, Unanswered> {
        let _first_in_queue = self.queue.lock().await;
        loop {
            // Before the turn, so that no wait lies between a turn and its request.
            let place = places.acquire().await.ok();
            let wait = self.take_turn(gap, budget)?;
            if wait.is_zero() {
                return Ok(place);
            }
            drop(place);
            // Meanwhile another answer may ask for a longer pause.
            tokio::time::sleep(wait).await;
        }
    }

    /// Zero where the turn was taken, else the wait before it can be.
    fn take_turn(&self, gap: Duration, budget: &Budget) -> Result<Duration, Unanswered> {
        let mut state = self.state();
        if let Some(unanswered) = &state.given_up {
            return Err(unanswered.clone());
        }
        let now = Instant::now();
        let pause = state.paused_until.saturating_duration_since(now);
        if !pause.is_zero() && !budget.allows(pause) {
            let detail = format!("the source asks to come back in {} s", pause.as_secs());
            return Err(Unanswered::new(Missing::RateLimited, detail));
        }
        let wait = pause.max(state.next_start.saturating_duration_since(now));
        if !budget.allows(wait) {
            return Err(Unanswered::because(Missing::OutOfTime));
        }
        if wait.is_zero() {
            state.next_start = now + gap.min(A_YEAR);
        }
        Ok(wait)
    }

    /// Leaves the host alone for some time.
    pub(super) fn pause(&self, wait: Duration) {
        let mut state = self.state();
        let until = Instant::now() + wait.min(A_YEAR);
        state.paused_until = state.paused_until.max(until);
    }

    /// [`Host::pause`] where no pause is under way.
    pub(super) fn pause_if_not_paused(&self, wait: Duration) {
        let mut state = self.state();
        let now = Instant::now();
        if state.paused_until <= now {
            state.paused_until = now + wait.min(A_YEAR);
        }
    }

    /// The host answered, whatever it was.
    pub(super) fn answered(&self) {
        self.state().failures_in_a_row = 0;
    }

    /// All tries of a question ended without an answer.
    pub(super) fn failed(&self, unanswered: &Unanswered) {
        let mut state = self.state();
        state.failures_in_a_row += 1;
        if state.failures_in_a_row >= FAILURES_TO_GIVE_UP {
            state.given_up = Some(unanswered.clone());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock can leave the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
