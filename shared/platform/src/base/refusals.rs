//! Refusals that a process remembers, so that a flood costs one write per window.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The keys refused lately, each with its end in Unix seconds.
#[derive(Default)]
pub(crate) struct Refused(Mutex<HashMap<String, i64>>);

/// The number of refusals that a process remembers at most.
const MOST_REMEMBERED: usize = 10_000;

impl Refused {
    /// Is `key` refused at `now` (Unix seconds)?
    pub(crate) fn is_refused(&self, key: &str, now: i64) -> bool {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(key).is_some_and(|until| *until > now)
    }

    /// Remembers that `key` is refused until `until` (Unix seconds).
    ///
    /// When the memory is full, the refusal is not remembered.
    pub(crate) fn remember(&self, key: String, until: i64, now: i64) {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() >= MOST_REMEMBERED {
            refused.retain(|_, until| *until > now);
        }
        if refused.len() < MOST_REMEMBERED {
            refused.insert(key, until);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_remembered_until_its_window_ends() {
        let refused = Refused::default();
        refused.remember("key".to_owned(), 100, 50);
        assert!(refused.is_refused("key", 99));
        assert!(!refused.is_refused("key", 100));
        assert!(!refused.is_refused("other", 99));
    }

    #[test]
    fn a_process_remembers_no_more_refusals_than_fit_and_forgets_those_that_are_over() {
        let refused = Refused::default();
        for number in 0..=MOST_REMEMBERED {
            refused.remember(number.to_string(), 100, 50);
        }
        let last = MOST_REMEMBERED.to_string();
        assert!(refused.is_refused("0", 99) && !refused.is_refused(&last, 99));
        assert_eq!(refused.0.lock().unwrap().len(), MOST_REMEMBERED);
        refused.remember(last.clone(), 200, 100);
        assert!(refused.is_refused(&last, 199));
        assert_eq!(refused.0.lock().unwrap().len(), 1);
    }
}
