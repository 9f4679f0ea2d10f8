//! For any SCIM request: no panic, and accepted values are plain text.

#![no_main]

use domain::scim::{Changes, Filter, NewUser, PATCH, USER};
use libfuzzer_sys::fuzz_target;

fn is_plain(text: &str) -> bool {
    (1..=255).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(Filter::UserName(value) | Filter::ExternalId(value)) = Filter::parse(text) {
        assert!(value.chars().count() <= 255);
        // One comparison: the value is in quotes, and nothing follows it.
        assert!(text.trim_end().ends_with('"'));
    }
    // The input as a body, as the path of an operation, as an operation, and as members of a user.
    let quoted = serde_json::to_string(text).unwrap_or_default();
    for json in [
        text.to_owned(),
        format!(r#"{{"schemas":["{PATCH}"],"Operations":[{{"op":"replace","path":{quoted},"value":"False"}}]}}"#),
        format!(r#"{{"schemas":["{PATCH}"],"Operations":[{text}]}}"#),
        format!(r#"{{"schemas":["{USER}"],"externalId":"e",{text}}}"#),
    ] {
        let json = json.as_bytes();
        for said in [Changes::patch(json), Changes::replacing(json)].into_iter().flatten() {
            assert!([said.user_name, said.external_id].iter().flatten().all(|text| is_plain(text)));
        }
        if let Ok(new) = NewUser::parse(json) {
            assert!(is_plain(&new.user_name) && is_plain(&new.external_id));
        }
    }
});
