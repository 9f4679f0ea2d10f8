//! `template.yaml`, read: the one list of functions, routes, queues, tables, buckets and secrets.
//!
//! The template is compiled into the runner, so a binary that was moved elsewhere still works and
//! what runs on one machine cannot drift from what is deployed.

mod intrinsics;
mod node;
mod resources;
mod substitute;

pub use node::Node;
pub use resources::{Bucket, Function, Queue, QueueSource, RouteKey, Schedule, Secret, Table};
pub use substitute::Names;

use intrinsics::Decisions;
use std::collections::BTreeMap;

/// The project's own template.
pub const TEXT: &str = include_str!("../../../../template.yaml");

/// Everything the runner takes from the template.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// The functions, by their names.
    pub functions: Vec<Function>,
    /// The queues, dead-letter queues among them.
    pub queues: Vec<Queue>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The buckets.
    pub buckets: Vec<Bucket>,
    /// The secrets.
    pub secrets: Vec<Secret>,
    parameters: BTreeMap<String, String>,
}

/// Why a template cannot be run here.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Not YAML, or not a template.
    #[error("the template cannot be read: {0}")]
    Unreadable(String),
    /// A resource lacks what it needs, or has it in a form that cannot be run on one machine.
    #[error("{resource}: {problem}")]
    Resource {
        /// The logical id.
        resource: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Template {
    /// The project's own template with its default parameters.
    ///
    /// # Errors
    ///
    /// Names the resource that cannot be run on one machine.
    pub fn own() -> Result<Self, TemplateError> {
        Self::parse(TEXT, &[])
    }

    /// Reads a template. `parameters` win over the template's defaults.
    ///
    /// # Errors
    ///
    /// Says that the text is no template, or names the resource that cannot be run on one machine.
    pub fn parse(text: &str, parameters: &[(&str, &str)]) -> Result<Self, TemplateError> {
        let root: Node = serde_saphyr::from_str(text)
            .map_err(|error| TemplateError::Unreadable(error.to_string()))?;
        let decisions = Decisions::read(&root, parameters);
        let globals = root.at(&["Globals", "Function"]).map(|node| decisions.settle(node));
        let mut template = Self { parameters: decisions.values(), ..Self::default() };

        for (id, resource) in root.get("Resources").map(Node::entries).unwrap_or_default() {
            let condition = resource.get("Condition").and_then(Node::text);
            if condition.is_some_and(|name| !decisions.holds(name)) {
                continue;
            }
            let kind = resource.get("Type").and_then(Node::text).unwrap_or_default();
            let properties =
                resource.get("Properties").map_or(Node::Null, |node| decisions.settle(node));
            match kind {
                "AWS::Serverless::Function" => {
                    template.functions.push(Function::read(id, &properties, globals.as_ref())?);
                }
                "AWS::SQS::Queue" => template.queues.push(Queue::read(id, &properties)?),
                "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" => {
                    template.tables.push(Table::read(id, &properties)?);
                }
                "AWS::S3::Bucket" => template.buckets.push(Bucket::read(id, &properties)),
                "AWS::SecretsManager::Secret" => template.secrets.push(Secret::read(id)),
                _ => {}
            }
        }
        Ok(template)
    }

    /// The function of this name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// The queue of a logical id.
    pub fn queue(&self, logical_id: &str) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.logical_id == logical_id)
    }

    /// A function's environment, with the names the stack gave to its resources.
    pub fn environment(&self, function: &Function, names: &Names) -> BTreeMap<String, String> {
        let value = |node| names.text(node, &self.parameters);
        function.environment.iter().map(|(key, node)| (key.clone(), value(node))).collect()
    }
}

#[cfg(test)]
mod tests;
