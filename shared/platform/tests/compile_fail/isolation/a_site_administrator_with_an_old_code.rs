//! Attempt: perform a far-reaching operation without the required fresh code.

use platform::operators::{FreshOperator, Operator};

fn as_if_fresh(operator: &Operator) -> FreshOperator<'_> {
    FreshOperator { operator }
}

fn main() {}
