use proptest::prelude::*;
use serde_json::json;

use super::*;

fn patch(operations: &Value) -> Result<Changes, ScimError> {
    let body = json!({ "schemas": [PATCH], "Operations": operations });
    Changes::patch(body.to_string().as_bytes())
}

fn active(is_there: bool) -> Changes {
    Changes { active: Some(is_there), ..Changes::default() }
}

/// Deactivates a user in the forms that Entra and Okta send.
///
/// Sources: Microsoft Entra, "Develop and plan provisioning for a SCIM endpoint" (disable user); Okta, "SCIM 2.0
/// protocol reference" (update a specific user, PATCH).
#[test]
fn a17_entra_and_okta_say_in_two_shapes_that_somebody_left() {
    for operations in [
        json!([{ "op": "Replace", "path": "active", "value": "False" }]),
        json!([{ "op": "Replace", "path": "active", "value": false }]),
        json!([{ "op": "replace", "path": "active", "value": false }]),
        json!([{ "op": "Replace", "value": { "active": "False" } }]),
        json!([{ "op": "replace", "value": { "active": false } }]),
        json!([{ "op": "Add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:active", "value": false }]),
        json!([{ "OP": "REPLACE", "Path": "Active", "Value": "false" }]),
    ] {
        assert_eq!(patch(&operations), Ok(active(false)), "{operations}");
    }
    let again = json!([{ "op": "replace", "value": { "id": "x", "active": true } }]);
    assert_eq!(patch(&again), Ok(active(true)));
    let both = json!([
        { "op": "replace", "path": "active", "value": true },
        { "op": "replace", "path": "active", "value": false },
    ]);
    assert_eq!(patch(&both), Ok(active(false)), "the last operation wins");
}

#[test]
fn what_is_not_asked_for_is_read_past() {
    let operations = json!([
        { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "a@b.example" },
        { "op": "Replace", "path": "name.familyName", "value": "F" },
        { "op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "D" },
        { "op": "Remove", "path": "phoneNumbers[type eq \"mobile\"]" },
        { "op": "Add", "value": { "displayName": "N", "name.givenName": "G" } },
    ]);
    assert_eq!(patch(&operations), Ok(Changes::default()));
}

#[test]
fn what_is_no_patch_is_refused_by_its_name() {
    for (operations, why) in [
        (json!([]), ScimError::Syntax),
        (json!({}), ScimError::Syntax),
        (json!([{}]), ScimError::Syntax),
        (json!([7]), ScimError::Syntax),
        (json!([{ "op": "delete", "path": "active" }]), ScimError::Syntax),
        (json!([{ "op": "remove" }]), ScimError::Path),
        (json!([{ "op": "remove", "path": "active" }]), ScimError::Mutability),
        (json!([{ "op": "remove", "path": "userName" }]), ScimError::Mutability),
        (json!([{ "op": "replace", "path": "active" }]), ScimError::Value),
        (json!([{ "op": "replace", "path": "active", "value": "no" }]), ScimError::Value),
        (json!([{ "op": "replace", "path": "active", "value": 0 }]), ScimError::Value),
        (json!([{ "op": "replace", "path": "active", "value": [false] }]), ScimError::Value),
        (json!([{ "op": "replace", "value": false }]), ScimError::Value),
        (json!([{ "op": "replace", "path": 7, "value": false }]), ScimError::Path),
        (json!([{ "op": "replace", "path": "", "value": false }]), ScimError::Path),
        (json!([{ "op": "replace", "path": "active.x", "value": false }]), ScimError::Path),
        (json!([{ "op": "replace", "path": "active[x eq 1]", "value": false }]), ScimError::Path),
        (json!([{ "op": "replace", "path": "a b", "value": false }]), ScimError::Path),
        (json!([{ "op": "replace", "path": "emails[", "value": 1 }]), ScimError::Path),
        (
            json!([{ "op": "replace", "value": { "active": true, "Active": false } }]),
            ScimError::Syntax,
        ),
        (
            json!([{ "op": "add", "Op": "remove", "path": "active", "value": true }]),
            ScimError::Syntax,
        ),
    ] {
        assert_eq!(patch(&operations), Err(why), "{operations}");
    }
    let many = vec![json!({ "op": "add", "path": "title", "value": "x" }); 101];
    assert_eq!(patch(&json!(many)), Err(ScimError::Syntax));
    for bad in ["", "[]", "null", "{", r#"{"Operations":[{"op":"add","path":"a","value":1}]}"#] {
        assert_eq!(Changes::patch(bad.as_bytes()), Err(ScimError::Syntax), "{bad}");
    }
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(Changes::patch(deep.as_bytes()), Err(ScimError::Syntax));
}

#[test]
fn a_user_needs_the_name_and_the_directorys_id() {
    let user = |body: Value| NewUser::parse(body.to_string().as_bytes());
    let new = user(json!({
        "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "externalId": "0a1b", "userName": " ann@district.example ", "active": true,
        "name": { "givenName": "A" }, "roles": [], "meta": { "resourceType": "User" },
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "D" },
    }));
    let new = new.unwrap();
    assert_eq!(
        (new.user_name.as_str(), new.external_id.as_str()),
        ("ann@district.example", "0a1b")
    );
    assert!(new.active);
    for (bad, why) in [
        (json!({ "userName": "a", "externalId": "b" }), ScimError::Syntax),
        (json!({ "schemas": [PATCH], "userName": "a", "externalId": "b" }), ScimError::Syntax),
        (json!({ "schemas": [USER], "userName": "a" }), ScimError::Value),
        (json!({ "schemas": [USER], "externalId": "b" }), ScimError::Value),
        (json!({ "schemas": [USER], "userName": "", "externalId": "b" }), ScimError::Value),
        (json!({ "schemas": [USER], "userName": "a\nb", "externalId": "b" }), ScimError::Value),
        (
            json!({ "schemas": [USER], "userName": "a".repeat(256), "externalId": "b" }),
            ScimError::Value,
        ),
        (json!({ "schemas": [USER], "userName": ["a"], "externalId": "b" }), ScimError::Value),
    ] {
        assert_eq!(user(bad.clone()), Err(why), "{bad}");
    }
    let put = json!({ "schemas": [USER], "userName": "a" });
    let put = Changes::replacing(put.to_string().as_bytes()).unwrap();
    assert_eq!(put.active, None, "a missing `active` must not activate a user again");
}

#[test]
fn a_filter_is_one_comparison_with_a_text() {
    let ann = || "ann@district.example".to_owned();
    for text in [
        "userName eq \"ann@district.example\"",
        "username EQ \"ann@district.example\"",
        "  userName  eq  \"ann@district.example\" ",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"ann\\u0040district.example\"",
    ] {
        assert_eq!(Filter::parse(text), Ok(Filter::UserName(ann())), "{text}");
    }
    assert_eq!(Filter::parse("externalId eq \"a b\""), Ok(Filter::ExternalId("a b".to_owned())));
    for bad in [
        "",
        "userName",
        "userName eq",
        "userName eq ann",
        "userName eq 'ann'",
        "userName eq \"a\" or active eq true",
        "userName sw \"a\"",
        "active eq true",
        "not (userName eq \"a\")",
        "emails[type eq \"work\"].value eq \"a\"",
        "userName eq \"a\"\"",
        "userName eq \"\u{0}\"",
    ] {
        assert_eq!(Filter::parse(bad), Err(ScimError::Filter), "{bad}");
    }
}

/// JSON that resembles what directories send.
fn near_json() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "schemas",
        "Operations",
        "op",
        "path",
        "value",
        "active",
        "userName",
        "externalId",
        "add",
        "replace",
        "remove",
        "True",
        "false",
        PATCH,
        USER,
        "emails[type eq \"work\"].value",
        "é",
    ]);
    let leaf = prop_oneof![
        word.prop_map(|word| json!(word)),
        any::<bool>().prop_map(|is_true| json!(is_true)),
        any::<i32>().prop_map(|number| json!(number)),
        Just(Value::Null),
        "\\PC{0,12}".prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let names = prop::sample::select(vec![
            "schemas",
            "Operations",
            "op",
            "OP",
            "path",
            "value",
            "active",
            "userName",
            "externalId",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((names.prop_map(str::to_owned), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
    .prop_map(|value| value.to_string())
}

proptest! {
    #[test]
    fn a17_whatever_a_directory_sends_nothing_panics_and_values_are_plain(
        text in near_json(), with_schemas in any::<bool>(), bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let text = if with_schemas { format!(r#"{{"schemas":["{PATCH}","{USER}"],"Operations":[{{"op":"add","value":{text}}}],"userName":{text}}}"#) } else { text };
        for json in [text.as_bytes(), &bytes] {
            let said = [Changes::patch(json), Changes::replacing(json)];
            for said in said.into_iter().flatten() {
                for text in [said.user_name, said.external_id].into_iter().flatten() {
                    prop_assert!(!text.is_empty() && text.chars().count() <= MOST_CHARACTERS);
                    prop_assert!(!text.chars().any(char::is_control));
                }
            }
            if let Ok(new) = NewUser::parse(json) {
                prop_assert!(!new.user_name.is_empty() && !new.external_id.is_empty());
            }
        }
    }

    #[test]
    fn a17_what_a_filter_asks_for_is_what_stands_in_its_quotes(value in "\\PC{0,60}", rest in "\\PC{0,20}") {
        let quoted = json!(value).to_string();
        prop_assert_eq!(Filter::parse(&format!("userName eq {quoted}")), Ok(Filter::UserName(value)));
        if !rest.trim().is_empty() {
            prop_assert_eq!(Filter::parse(&format!("userName eq {quoted}{rest}")), Err(ScimError::Filter));
        }
    }

    #[test]
    fn a17_no_path_but_its_own_name_leads_to_active(path in "[a-zA-Z.$\\[\\]: \"-]{0,30}|(urn:ietf:params:scim:schemas:core:2.0:User:)?[Aa]ctive\\PC{0,3}") {
        if Attribute::of_path(&path) == Ok(Attribute::Active) {
            prop_assert!(path.to_ascii_lowercase().ends_with("active"));
            prop_assert!(path.len() == 6 || path.len() == USER.len() + 7);
        }
    }
}
