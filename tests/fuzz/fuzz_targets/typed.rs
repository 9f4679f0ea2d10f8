//! For any input of an unknown caller: no parser panics, and what a parser accepts reads back.
//!
//! On the stable toolchain the same properties run for a bounded time in `cargo test -p domain`.

#![no_main]

use domain::email::EmailAddress;
use domain::ids::{SessionId, StudentId};
use domain::mailed_code::MailedCode;
use domain::password::{Password, PasswordPolicy};
use domain::share_code::ShareCode;
use domain::text::{Line, clean};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|typed: &str| {
    if let Ok(address) = EmailAddress::parse(typed) {
        assert!(!address.as_str().contains(|c: char| c.is_control() || c.is_whitespace()));
        for form in [address.as_str(), address.mailbox().as_str()] {
            assert!(EmailAddress::parse(form).is_ok_and(|again| again == address));
        }
        assert!(address.domain().is_ascii());
    }
    if let Ok(code) = ShareCode::parse(typed) {
        assert_eq!(ShareCode::parse(&code.grouped()), Ok(code));
    }
    let kept = clean(typed);
    assert!(!kept.contains('<'));
    assert_eq!(clean(&kept), kept);
    if let Ok(line) = Line::parse(typed) {
        assert!(line.as_str().chars().count() <= Line::MOST_CHARACTERS);
    }
    if let Ok(id) = StudentId::parse(typed) {
        assert_eq!(id.as_str(), typed);
    }
    assert!(SessionId::parse(typed).is_err() || StudentId::parse(typed).is_err());
    if let Some(code) = MailedCode::parse(typed) {
        assert!(MailedCode::parse(&code.text()).is_some_and(|again| again == code));
    }
    let _chosen = Password::choose(typed, PasswordPolicy::FourClasses);
    let _chosen = Password::choose(typed, PasswordPolicy::LengthOnly);
});
