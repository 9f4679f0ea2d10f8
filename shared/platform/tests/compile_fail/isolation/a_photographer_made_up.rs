//! The store is there; the rest of the photographer follows.

use platform::scope::StudioStore;
use platform::sign_in::{Photographer, Visitor};

fn attack(store: StudioStore, visitor: Visitor) -> Photographer {
    Photographer { store, visitor }
}

fn main() {}
