//! Attempt: read the credentials of a site administrator.

use platform::operators::Operator;

fn credentials(operator: &Operator) {
    let _stored = &operator.stored;
}

fn main() {}
