//! The tests of the HTTP API against a running stack are in `tests/`, one file per promise.
