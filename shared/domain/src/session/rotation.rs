//! The renewal of a session's secret: who presents which generation, and what follows.
//!
//! A secret's successor is computed from the secret itself, so parallel requests all get the same one and
//! nothing of it is stored. A generation is *acknowledged* by the first request that presents it, and only
//! then its clock runs: were it to run from its making, a late answer could pull the browser one generation
//! back and an honest person would look like a thief (see the model beside this file).

/// How fast secrets are renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Seconds from the acknowledgement of a generation to the making of the next.
    pub renew_after: i64,
    /// Seconds after the acknowledgement of a generation in which requests that were already on their
    /// way with the one before are still served.
    pub grace: i64,
}

impl Pace {
    /// Every 30 minutes (control B11). The gateway ends a request after 30 seconds, so whatever arrives
    /// more than 60 seconds after the browser has shown the successor was not on its way.
    pub const USUAL: Self = Self { renew_after: 30 * 60, grace: 60 };
}

/// Where a session's secrets stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Generations {
    /// The newest generation that was handed out.
    pub current: u32,
    /// When a request first presented it, in seconds; none has yet when it is absent.
    pub acknowledged_at: Option<i64>,
}

/// What follows from a presented secret that is truly one of the session's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The request is served.
    Serve {
        /// What is to be stored, if it changes. Whether this request or a parallel one stores it makes no
        /// difference.
        store: Option<Generations>,
        /// Whether the answer carries the secret of the newest generation.
        hand_out: bool,
    },
    /// Two parties use the session: it ends.
    Stolen,
}

impl Generations {
    /// A session that was just opened: its first secret is in the answer to the sign-in.
    pub const FIRST: Self = Self { current: 0, acknowledged_at: None };

    /// A request presents the secret of `generation` at the second `now`.
    pub fn present(self, generation: u32, now: i64, pace: Pace) -> Step {
        let since = self.acknowledged_at.map(|at| now.saturating_sub(at));
        if generation == self.current {
            return match since {
                None => {
                    let store = Self { acknowledged_at: Some(now), ..self };
                    Step::Serve { store: Some(store), hand_out: false }
                }
                Some(seconds) if seconds >= pace.renew_after => {
                    let current = self.current.saturating_add(1);
                    Step::Serve {
                        store: Some(Self { current, acknowledged_at: None }),
                        hand_out: true,
                    }
                }
                Some(_) => Step::Serve { store: None, hand_out: false },
            };
        }
        let is_previous = generation.checked_add(1) == Some(self.current);
        match since {
            // The answer with the successor may have been lost: it is given again.
            None if is_previous => Step::Serve { store: None, hand_out: true },
            // The browser has it. Were it given again here, a thief who polls along would never be seen.
            Some(seconds) if is_previous && seconds <= pace.grace => {
                Step::Serve { store: None, hand_out: false }
            }
            None | Some(_) => Step::Stolen,
        }
    }
}
