//! Wakes threads that wait for work, or for the end.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

#[derive(Debug, Default)]
pub struct Bell {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    n_rung: u64,
    is_over: bool,
}

impl Bell {
    /// Says that there is work.
    pub fn ring(&self) {
        self.lock().n_rung += 1;
        self.changed.notify_all();
    }

    /// Ends all waiting, now and later.
    pub fn end(&self) {
        self.lock().is_over = true;
        self.changed.notify_all();
    }

    /// Returns how often the bell has rung: taken before looking for work, no work is missed.
    pub fn n_rung(&self) -> u64 {
        self.lock().n_rung
    }

    /// Waits until it has rung more often than `seen`; `false`: it is over.
    pub fn wait(&self, seen: u64) -> bool {
        let mut state = self.lock();
        while state.n_rung == seen && !state.is_over {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.is_over
    }

    /// Waits for some time, whatever rings; `false`: it is over.
    pub fn sleep(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        let mut state = self.lock();
        while !state.is_over {
            let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else {
                return true;
            };
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        false
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
