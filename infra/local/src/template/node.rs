//! A CloudFormation template as a tree: YAML with its tags preserved.
//!
//! `!Ref Table` and `Ref: Table` mean the same; both become [`Node::Call`].

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Tagged;
use std::fmt;

/// One value of the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// An empty value.
    Null,
    /// A scalar, in the spelling of CloudFormation's JSON (`true`, `30`, `text`).
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<(String, Node)>),
    /// An intrinsic function (`Ref`, `Sub`, `GetAtt`, `If`…) and its argument.
    Call(String, Box<Node>),
}

impl Node {
    /// Returns the value of a map's key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Returns the value at the end of a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Returns the entries of a map; empty for all other values.
    pub fn entries(&self) -> &[(String, Self)] {
        if let Self::Map(entries) = self { entries } else { &[] }
    }

    /// Returns the items of a list; a single value counts as a list of one, as in CloudFormation.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Null => &[],
            Self::Text(_) | Self::Map(_) | Self::Call(..) => std::slice::from_ref(self),
        }
    }

    /// Returns the text of a scalar.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Parses the text of a scalar as a number.
    pub fn number<N: std::str::FromStr>(&self) -> Option<N> {
        self.text().and_then(|text| text.parse().ok())
    }

    /// Returns the logical id that this value refers to: `!Ref Id`, `!GetAtt Id.Arn`, `!GetAtt [Id, Arn]`.
    pub fn target(&self) -> Option<&str> {
        let Self::Call(function, argument) = self else { return None };
        match (function.as_str(), argument.as_ref()) {
            ("Ref", Self::Text(id)) => Some(id),
            ("GetAtt", Self::Text(path)) => path.split('.').next(),
            ("GetAtt", Self::List(parts)) => parts.first().and_then(Self::text),
            _ => None,
        }
    }

    /// Builds a node. A tagged value is a call; so is a map of one key that names an intrinsic function.
    fn new(value: Self, tag: Option<&str>) -> Self {
        let function = tag.and_then(|tag| tag.strip_prefix('!')).map(str::to_owned);
        if let Some(function) = function.filter(|name| !name.is_empty()) {
            return Self::Call(function, Box::new(value));
        }
        if let Self::Map(entries) = &value
            && let [(key, argument)] = entries.as_slice()
        {
            let function = key.strip_prefix("Fn::").or((key == "Ref").then_some("Ref"));
            if let Some(function) = function {
                return Self::Call(function.to_owned(), Box::new(argument.clone()));
            }
        }
        value
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Tagged(Untagged(value), tag) = Tagged::<Untagged>::deserialize(deserializer)?;
        Ok(Self::new(value, tag.as_deref()))
    }
}

/// A node whose own tag is not known yet.
struct Untagged(Node);

impl<'de> Deserialize<'de> for Untagged {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor).map(Untagged)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value of a template")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }
    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element::<Node>()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key::<String>()? {
            entries.push((key, access.next_value::<Node>()?));
        }
        Ok(Node::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Node {
        serde_saphyr::from_str(yaml).unwrap()
    }

    #[test]
    fn a_tag_and_its_long_form_are_the_same_call() {
        let call = Node::Call("Ref".into(), Box::new(Node::Text("Table".into())));
        assert_eq!(read("!Ref Table"), call);
        assert_eq!(read("Ref: Table"), call);
        assert_eq!(read("a: !GetAtt Queue.Arn").get("a").unwrap().target(), Some("Queue"));
        assert_eq!(read("a: !GetAtt [Queue, Arn]").get("a").unwrap().target(), Some("Queue"));
        assert_eq!(
            read("a: {'Fn::GetAtt': [Queue, Arn]}").get("a").unwrap().target(),
            Some("Queue")
        );
    }

    #[test]
    fn tags_are_kept_at_any_depth_and_scalars_keep_their_meaning() {
        let node = read(
            "a:\n  - !If [Big, 1, !Ref X]\n  - !Sub \"${X}-y\"\n  - 30\n  - true\n  - \"07\"\n",
        );
        let items = node.get("a").unwrap().items();
        assert!(matches!(&items[0], Node::Call(name, argument)
            if name == "If" && argument.items()[2].target() == Some("X")));
        assert!(matches!(&items[1], Node::Call(name, _) if name == "Sub"));
        assert_eq!(items[2].number::<u32>(), Some(30));
        assert_eq!(items[3].text(), Some("true"));
        assert_eq!(items[4].text(), Some("07"));
    }
}
