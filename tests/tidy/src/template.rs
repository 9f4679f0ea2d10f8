//! Reads `template.yaml` and the other stacks without their tags.
//!
//! `!Ref Api` is `"Api"`, and `!GetAtt Table.Arn` is `"Table.Arn"`.

use serde_json::Value;

use crate::repository::{keys, read};

/// A parsed template.
pub(crate) struct Template(Value);

/// One function of a template.
pub(crate) struct Function<'a> {
    /// The function's name in kebab case, for example `photo-intake`.
    pub(crate) name: String,
    /// The logical id of the role that SAM creates for it.
    pub(crate) role: String,
    pub(crate) properties: &'a Value,
}

/// An event that starts a function.
pub(crate) enum Start<'a> {
    /// A request: method and path, or `ANY` and `$default`.
    Route(&'a str, &'a str),
    /// Messages of the queue with this logical id.
    Queue(&'a str),
}

impl Template {
    /// Reads the application's template.
    pub(crate) fn read() -> Self {
        Self::at("template.yaml")
    }

    /// Reads one of the other stacks.
    pub(crate) fn at(path: &str) -> Self {
        let template = serde_saphyr::from_str(&read(path));
        Self(template.unwrap_or_else(|error| panic!("cannot parse {path} as YAML: {error}")))
    }

    pub(crate) fn resources(&self) -> &Value {
        &self.0["Resources"]
    }

    /// Returns the names of the parameters that a deployment can set.
    pub(crate) fn parameters(&self) -> Vec<&str> {
        keys(&self.0["Parameters"])
    }

    /// Returns one parameter.
    pub(crate) fn parameter(&self, name: &str) -> &Value {
        &self.0["Parameters"][name]
    }

    pub(crate) fn globals(&self) -> &Value {
        &self.0["Globals"]["Function"]
    }

    /// Returns the resources of one type: logical id and properties.
    pub(crate) fn of_type(&self, kind: &str) -> Vec<(&str, &Value)> {
        let resources = self.resources();
        let names = keys(resources).into_iter().filter(|id| resources[*id]["Type"] == kind);
        names.map(|id| (id, &resources[id]["Properties"])).collect()
    }

    pub(crate) fn functions(&self) -> Vec<Function<'_>> {
        let of_type = self.of_type("AWS::Serverless::Function").into_iter();
        of_type
            .map(|(id, properties)| Function {
                name: folder_of(id),
                role: format!("{id}Role"),
                properties,
            })
            .collect()
    }

    /// Returns a function's timeout in seconds: its own, or the global one.
    pub(crate) fn timeout_seconds(&self, function: &Function<'_>) -> u64 {
        let own = function.properties["Timeout"].as_u64();
        own.or_else(|| self.globals()["Timeout"].as_u64()).expect("a timeout")
    }
}

impl Function<'_> {
    pub(crate) fn starts(&self) -> Vec<Start<'_>> {
        let events = &self.properties["Events"];
        keys(events).into_iter().map(|event| start(&events[event])).collect()
    }

    pub(crate) fn is_worker(&self) -> bool {
        self.starts().iter().any(|start| matches!(start, Start::Queue(_)))
    }
}

fn start(event: &Value) -> Start<'_> {
    let properties = &event["Properties"];
    if event["Type"] == "SQS" {
        return Start::Queue(logical_id(properties["Queue"].as_str().expect("a queue")));
    }
    let text = |name: &str, absent| properties[name].as_str().unwrap_or(absent);
    Start::Route(text("Method", "ANY"), text("Path", "$default"))
}

/// Returns `IntakeBucket` for `IntakeBucket.Arn` and for `${IntakeBucket.Arn}/intake/*`.
pub(crate) fn logical_id(reference: &str) -> &str {
    let reference = reference.strip_prefix("${").unwrap_or(reference);
    reference.split(['.', '}']).next().unwrap_or(reference)
}

/// Returns `photo-intake` for `PhotoIntakeFunction`.
pub(crate) fn folder_of(logical_id: &str) -> String {
    let name = logical_id.strip_suffix("Function").unwrap_or(logical_id);
    let mut folder = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !folder.is_empty() {
            folder.push('-');
        }
        folder.push(letter.to_ascii_lowercase());
    }
    folder
}
