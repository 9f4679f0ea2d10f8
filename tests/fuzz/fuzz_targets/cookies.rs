//! For any `Cookie` header: a parsed value is exactly a text that we would write.

#![no_main]

use domain::cookie::{Device, Flow, Journey, Presented, find};
use domain::ids::{OperatorKind, PersonKind};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|header: &str| {
    for name in ["parent", "admin", "device", "admin_device", "flow", "oidc"] {
        let Some(value) = find(header, &format!("__Host-pd_{name}")) else { continue };
        assert!(!value.contains(';') && header.contains(value));
        if let Some(session) = Presented::<PersonKind>::parse(value) {
            assert_eq!(session.value(), value);
            // No cookie is valid both for a person and for a site administrator.
            assert!(Presented::<OperatorKind>::parse(value).is_none());
        }
        if let Some(session) = Presented::<OperatorKind>::parse(value) {
            assert_eq!(session.value(), value);
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
