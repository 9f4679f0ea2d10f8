//! Resolves `Ref`, `GetAtt`, `Sub` and `Join` with the resource names of a running stack.

use super::node::Node;
use std::collections::BTreeMap;

/// The names of a running stack's resources.
#[derive(Clone, Debug, Default)]
pub struct Names {
    references: BTreeMap<String, String>,
    arns: BTreeMap<String, String>,
}

impl Names {
    /// Adds a resource: the value of `Ref` for its logical id, and its ARN.
    pub fn add(&mut self, logical_id: &str, reference: &str, arn: &str) {
        self.references.insert(logical_id.to_owned(), reference.to_owned());
        self.arns.insert(logical_id.to_owned(), arn.to_owned());
    }

    /// Returns the value of `Ref` for a logical id: a table's name, a queue's URL.
    pub fn reference(&self, logical_id: &str) -> Option<&str> {
        self.references.get(logical_id).map(String::as_str)
    }

    /// Returns the value of a node as text; values that one machine cannot know become empty.
    pub(super) fn text(&self, node: &Node, parameters: &BTreeMap<String, String>) -> String {
        let inner = |node| self.text(node, parameters);
        match node {
            Node::Text(text) => text.clone(),
            Node::Call(function, argument) => match (function.as_str(), argument.as_ref()) {
                ("Sub", Node::Text(pattern)) => self.substitute(pattern, &[], parameters),
                ("Sub", Node::List(parts)) => match parts.as_slice() {
                    [Node::Text(pattern), values] => {
                        self.substitute(pattern, values.entries(), parameters)
                    }
                    _ => String::new(),
                },
                ("Join", Node::List(parts)) => match parts.as_slice() {
                    [Node::Text(between), list] => {
                        list.items().iter().map(inner).collect::<Vec<_>>().join(between)
                    }
                    _ => String::new(),
                },
                ("Ref", Node::Text(id)) => self.named(id, parameters),
                ("GetAtt", _) => self.attribute(node.target().unwrap_or_default(), argument),
                _ => String::new(),
            },
            Node::Null | Node::List(_) | Node::Map(_) => String::new(),
        }
    }

    fn attribute(&self, id: &str, argument: &Node) -> String {
        let attribute = match argument {
            Node::Text(path) => path.split('.').nth(1),
            Node::List(parts) => parts.get(1).and_then(Node::text),
            Node::Null | Node::Map(_) | Node::Call(..) => None,
        };
        let known = match attribute {
            Some("QueueUrl" | "QueueName") => self.references.get(id),
            _ => self.arns.get(id),
        };
        known.cloned().unwrap_or_default()
    }

    fn named(&self, id: &str, parameters: &BTreeMap<String, String>) -> String {
        self.references.get(id).or_else(|| parameters.get(id)).cloned().unwrap_or_default()
    }

    /// Replaces `${Name}` and `${Name.Attribute}`; `${!Literal}` becomes `${Literal}`.
    fn substitute(
        &self,
        pattern: &str,
        values: &[(String, Node)],
        parameters: &BTreeMap<String, String>,
    ) -> String {
        let mut out = String::with_capacity(pattern.len());
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                out.push_str("${");
                rest = after;
                continue;
            };
            rest = tail;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str("${");
                out.push_str(literal);
                out.push('}');
            } else if let Some((_, value)) = values.iter().find(|(key, _)| key == name) {
                out.push_str(&self.text(value, parameters));
            } else if let Some((id, _)) = name.split_once('.') {
                out.push_str(&self.attribute(id, &Node::Text(name.to_owned())));
            } else {
                out.push_str(&self.named(name, parameters));
            }
        }
        out.push_str(rest);
        out
    }
}
