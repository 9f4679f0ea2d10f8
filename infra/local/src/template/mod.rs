//! The parsed `template.yaml`: the one list of functions, routes, queues, tables, buckets and secrets.
//!
//! The template is embedded in the runner. So a copied binary still works, and the local system cannot differ from
//! the deployed one.

mod intrinsics;
mod node;
mod resources;
mod substitute;

pub use node::Node;
pub use resources::{Bucket, Function, Queue, QueueSource, RouteKey, Schedule, Secret, Table};
pub use substitute::Names;

use intrinsics::Decisions;
use std::collections::BTreeMap;

/// The text of the project's own template.
pub const TEXT: &str = include_str!("../../../../template.yaml");

/// The parts of the template that the runner uses.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// The functions.
    pub functions: Vec<Function>,
    /// The queues, including dead-letter queues.
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
    /// The text is not YAML, or not a template.
    #[error("cannot parse the template: {0}")]
    Unreadable(String),
    /// A resource lacks a property, or has it in a form that one machine does not support.
    #[error("{resource}: {problem}")]
    Resource {
        /// The logical id.
        resource: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Template {
    /// Parses the project's own template with its default parameters.
    ///
    /// # Errors
    ///
    /// Names the resource that cannot be run on one machine.
    pub fn own() -> Result<Self, TemplateError> {
        Self::parse(TEXT, &[])
    }

    /// Parses a template. `parameters` win over the template's defaults.
    ///
    /// # Errors
    ///
    /// When the text is not a template; or names the resource that cannot be run on one machine.
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

    /// Finds a function by name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// Finds a queue by logical id.
    pub fn queue(&self, logical_id: &str) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.logical_id == logical_id)
    }

    /// Returns a function's environment, with the names that the stack gave to its resources.
    pub fn environment(&self, function: &Function, names: &Names) -> BTreeMap<String, String> {
        let value = |node| names.text(node, &self.parameters);
        function.environment.iter().map(|(key, node)| (key.clone(), value(node))).collect()
    }
}

#[cfg(test)]
mod tests;
