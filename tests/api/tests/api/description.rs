//! Compares the OpenAPI description with the template: both name exactly the same routes.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{SetupError, TestStack};

#[tokio::test(flavor = "multi_thread")]
async fn d20_the_description_and_the_template_name_the_same_routes() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let answer = stack.stranger().read("/v1/openapi.json").await?;
    assert!(answer.text("/openapi").starts_with("3.1"), "{}", answer.text("/openapi"));
    let mut described = BTreeSet::new();
    for (path, item) in answer.body["paths"].as_object().into_iter().flatten() {
        for method in item.as_object().into_iter().flatten().map(|(method, _)| method) {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let functions = &stack.stack().template().functions;
    let routed: BTreeSet<_> = functions
        .iter()
        .flat_map(|function| &function.routes)
        .filter(|route| route.path.starts_with("/v1/"))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(described, routed);
    stack.stop().await;
    Ok(())
}

/// A flattened optional part leaves its fields out of the answer, so it may not be described as null.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_flattened_may_be_null() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let answer = stack.stranger().read("/v1/openapi.json").await?;
    let mut flattened = 0;
    let mut left = vec![("", &answer.body["components"]["schemas"])];
    while let Some((name, schema)) = left.pop() {
        for part in schema["allOf"].as_array().into_iter().flatten() {
            flattened += 1;
            let choices = part["oneOf"].as_array().into_iter().flatten();
            assert!(choices.clone().all(|choice| choice["type"] != "null"), "{name}: {part}");
        }
        left.extend(
            schema.as_object().into_iter().flatten().map(|(name, part)| (name.as_str(), part)),
        );
        left.extend(schema.as_array().into_iter().flatten().map(|part| (name, part)));
    }
    assert!(flattened > 0, "no schema is flattened, or the description has another form");
    stack.stop().await;
    Ok(())
}

/// Lists that a limit in the code keeps short, so that they need no paging.
///
/// A site administrator has at most 5 passkeys, a person 20 API keys and 5 sessions, a studio 20 trusted
/// programs.
const SHORT_LISTS: [&str; 4] =
    ["/v1/admin/passkeys", "/v1/api-keys", "/v1/sessions", "/v1/trusted-issuers"];

#[tokio::test(flavor = "multi_thread")]
async fn every_list_takes_a_limit_and_a_cursor() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let answer = stack.stranger().read("/v1/openapi.json").await?;
    let schemas = &answer.body["components"]["schemas"];
    let is_list = |schema: &Value| {
        let mut left = vec![schema];
        while let Some(part) = left.pop() {
            if part["properties"]["next_cursor"].is_object() {
                return true;
            }
            let name = part["$ref"].as_str().and_then(|it| it.rsplit('/').next());
            left.extend(name.map(|name| &schemas[name]));
            left.extend(part["oneOf"].as_array().into_iter().flatten());
        }
        false
    };
    let (mut lists, mut whole) = (0, BTreeSet::new());
    for (path, item) in answer.body["paths"].as_object().into_iter().flatten() {
        let get = &item["get"];
        if !is_list(&get["responses"]["200"]["content"]["application/json"]["schema"]) {
            continue;
        }
        lists += 1;
        let parameters = get["parameters"].as_array();
        let names: Vec<_> = parameters.into_iter().flatten().map(|it| &it["name"]).collect();
        if !(names.contains(&&json!("limit")) && names.contains(&&json!("cursor"))) {
            whole.insert(path.as_str());
        }
    }
    assert!(lists >= 15, "only {lists} lists were found");
    assert_eq!(whole, BTreeSet::from(SHORT_LISTS));
    stack.stop().await;
    Ok(())
}
