//! The rotation of a session's secret: which presented generation is served, renewed or treated as stolen.
//!
//! Each secret's successor is computed from the secret itself. So parallel requests all get the same successor, and no
//! secret is stored. A generation is *acknowledged* by the first request that presents it, and its clock starts only
//! then. If the clock started when the generation is created, a late response could move the browser one generation
//! back, and an honest person would look like a thief (see the model beside this file).

/// The speed of the rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Seconds from the acknowledgement of a generation until the next is created.
    pub renew_after: i64,
    /// Seconds after an acknowledgement in which the previous generation is still served.
    ///
    /// Such requests were already on their way.
    pub grace: i64,
}

impl Pace {
    /// The default: every 30 minutes (control B11), with a grace of 60 seconds.
    ///
    /// The gateway ends a request after 30 seconds. So a request that arrives more than 60 seconds after the browser
    /// has shown the successor was not on its way.
    pub const USUAL: Self = Self { renew_after: 30 * 60, grace: 60 };
}

/// The state of a session's secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Generations {
    /// The newest generation that was handed out.
    pub current: u32,
    /// Time of the first request that presented it, in seconds; `None` before such a request.
    pub acknowledged_at: Option<i64>,
}

/// The decision about a presented secret that is truly one of the session's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Serve the request.
    Serve {
        /// The new state, if it changes. A parallel request stores the same state, so the order does not matter.
        store: Option<Generations>,
        /// Whether the response carries the secret of the newest generation.
        hand_out: bool,
    },
    /// Two parties use the session: end it.
    Stolen,
}

impl Generations {
    /// The state of a new session. Its first secret is in the response to the sign-in.
    pub const FIRST: Self = Self { current: 0, acknowledged_at: None };

    /// Decides about a request that presents the secret of `generation` at `now`, in seconds.
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
            // The response with the successor may have been lost: hand it out again.
            None if is_previous => Step::Serve { store: None, hand_out: true },
            // The browser has the successor. Do not hand it out again, or a thief who polls along would never be
            // detected.
            Some(seconds) if is_previous && seconds <= pace.grace => {
                Step::Serve { store: None, hand_out: false }
            }
            None | Some(_) => Step::Stolen,
        }
    }
}
