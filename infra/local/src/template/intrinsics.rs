//! Evaluates the parts of a template that CloudFormation evaluates first: parameters and conditions.
//!
//! One machine uses the parameters' defaults. So a resource that a parameter enables only in production is omitted
//! here, as in CloudFormation.

use super::node::Node;
use std::collections::BTreeMap;

/// The values of the parameters and conditions.
pub(super) struct Decisions {
    parameters: BTreeMap<String, Node>,
    conditions: BTreeMap<String, Node>,
}

impl Decisions {
    /// Reads `Parameters` (their defaults; `given` wins) and `Conditions`.
    pub(super) fn read(template: &Node, given: &[(&str, &str)]) -> Self {
        let section = |name| template.get(name).map(Node::entries).unwrap_or_default().iter();
        let value = |name: &str, definition: &Node| {
            let given = given.iter().find(|(key, _)| *key == name);
            given
                .map(|(_, value)| Node::Text((*value).to_owned()))
                .or_else(|| definition.get("Default").cloned())
        };
        Self {
            parameters: section("Parameters")
                .filter_map(|(name, definition)| Some((name.clone(), value(name, definition)?)))
                .collect(),
            conditions: section("Conditions").cloned().collect(),
        }
    }

    /// Does this condition hold? An undefined condition does not.
    pub(super) fn holds(&self, condition: &str) -> bool {
        self.conditions.get(condition).is_some_and(|node| self.is_true(node))
    }

    fn is_true(&self, node: &Node) -> bool {
        match node {
            Node::Call(function, argument) => match function.as_str() {
                "Condition" => argument.text().is_some_and(|name| self.holds(name)),
                "Not" => argument.items().first().is_some_and(|node| !self.is_true(node)),
                "And" => argument.items().iter().all(|node| self.is_true(node)),
                "Or" => argument.items().iter().any(|node| self.is_true(node)),
                "Equals" => match argument.items() {
                    [left, right] => self.settle(left) == self.settle(right),
                    _ => false,
                },
                _ => false,
            },
            // The form `{Condition: Name}` inside And, Or, Not.
            Node::Map(_) => {
                node.get("Condition").and_then(Node::text).is_some_and(|name| self.holds(name))
            }
            Node::Text(_) | Node::List(_) | Node::Null => false,
        }
    }

    /// Resolves every `If` and replaces every parameter by its value.
    ///
    /// References to resources stay calls: only the stack knows the names of its resources.
    pub(super) fn settle(&self, node: &Node) -> Node {
        match node {
            Node::Null | Node::Text(_) => node.clone(),
            Node::List(items) => {
                Node::List(items.iter().map(|item| self.settle(item)).filter(present).collect())
            }
            Node::Map(entries) => {
                let settled = entries.iter().map(|(key, value)| (key.clone(), self.settle(value)));
                Node::Map(settled.filter(|(_, value)| present(value)).collect())
            }
            Node::Call(function, argument) => match (function.as_str(), argument.items()) {
                ("If", [condition, yes, no]) => {
                    let holds = condition.text().is_some_and(|name| self.holds(name));
                    self.settle(if holds { yes } else { no })
                }
                ("Ref", [Node::Text(name)]) if self.parameters.contains_key(name) => {
                    self.parameters.get(name).cloned().unwrap_or(Node::Null)
                }
                _ => Node::Call(function.clone(), Box::new(self.settle(argument))),
            },
        }
    }

    /// Returns the parameters' values, for `${Name}` inside a `Sub`.
    pub(super) fn values(&self) -> BTreeMap<String, String> {
        let text = |(name, value): (&String, &Node)| Some((name.clone(), value.text()?.to_owned()));
        self.parameters.iter().filter_map(text).collect()
    }
}

/// Is the node present? `!Ref AWS::NoValue` removes its property.
fn present(node: &Node) -> bool {
    node.target() != Some("AWS::NoValue")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_decides_an_if_and_no_value_removes_the_property() {
        let template: Node = serde_saphyr::from_str(
            "Parameters: {Scan: {Default: 'no'}, Size: {Default: 512}}\n\
             Conditions:\n  Scans: !Equals [!Ref Scan, 'yes']\n  Plain: !Not [!Condition Scans]\n\
             Body:\n  a: !If [Scans, 1, 2]\n  b: !If [Plain, !Ref Size, 0]\n  c: !If [Scans, 1, !Ref AWS::NoValue]\n  d: !Ref Table\n",
        )
        .unwrap();
        let body = |given: &[(&str, &str)]| {
            Decisions::read(&template, given).settle(template.get("Body").unwrap())
        };
        let defaults = body(&[]);
        assert_eq!(defaults.get("a").unwrap().text(), Some("2"));
        assert_eq!(defaults.get("b").unwrap().text(), Some("512"));
        assert_eq!(defaults.get("c"), None);
        assert_eq!(defaults.get("d").unwrap().target(), Some("Table"));
        assert_eq!(body(&[("Scan", "yes")]).get("a").unwrap().text(), Some("1"));
    }
}
