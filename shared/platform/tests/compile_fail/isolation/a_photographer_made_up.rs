//! Attempt: construct a photographer of one studio with the store of another.

use platform::access::stores::StudioStore;
use platform::sign_in::Photographer;

fn attack(store: StudioStore, mine: Photographer) -> Photographer {
    Photographer { store, ..mine }
}

fn main() {}
