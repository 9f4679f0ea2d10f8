//! Whatever a `Cookie` header says, what is read of it is what was written by us, letter by letter.

#![no_main]

use domain::cookie::{Device, Flow, Journey, Presented, find};
use domain::ids::{OperatorKind, PersonKind};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|header: &str| {
    for name in ["__Host-pd_parent", "__Host-pd_admin", "__Host-pd_device", "__Host-pd_flow", "__Host-pd_oidc"] {
        let Some(value) = find(header, name) else { continue };
        assert!(!value.contains(';') && header.contains(value));
        if let Some(session) = Presented::<PersonKind>::parse(value) {
            assert_eq!(generation_aside(&session.value()), generation_aside(value));
            // Nobody is a person and a site administrator.
            assert!(Presented::<OperatorKind>::parse(value).is_none());
        }
        if let Some(session) = Presented::<OperatorKind>::parse(value) {
            assert_eq!(generation_aside(&session.value()), generation_aside(value));
        }
        let read = [
            Device::parse(value).map(|it| it.value()),
            Flow::parse(value).map(|it| it.value()),
            Journey::parse(value).map(|it| it.value()),
        ];
        for written in read.iter().flatten() {
            assert_eq!(written, value);
        }
        // No value is of two kinds.
        assert!(read.iter().flatten().count() <= 1);
    }
});

/// The generation is a number: 0, 00 and +0 are the same.
fn generation_aside(value: &str) -> Vec<&str> {
    value.split('.').enumerate().filter(|(place, _)| *place != 3).map(|(_, part)| part).collect()
}
