//! Selects the function for a request, with the rules of API Gateway's HTTP API.
//!
//! The most specific route wins: fixed segments before `{one}`, `{one}` before `{all+}`, a method before `ANY`.
//! `$default` takes all other requests. That includes a known path with an unknown method: HTTP APIs have no 405, and
//! no HEAD for GET.
//! Source: API Gateway Developer Guide, "Routing API requests".

use super::decode::percent_decoded;
use crate::template::{Function, RouteKey};
use std::collections::BTreeMap;

/// The table of routes.
#[derive(Debug)]
pub struct Routes {
    /// Sorted, most specific first.
    routes: Vec<Route>,
}

#[derive(Debug)]
struct Route {
    key: RouteKey,
    segments: Vec<Segment>,
    function: String,
}

/// A path segment; the variants are in order of preference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Fixed(String),
    One(String),
    Rest(String),
}

/// The route of a request.
#[derive(Debug, PartialEq, Eq)]
pub struct Match<'r> {
    /// The function's name.
    pub function: &'r str,
    /// The route key in the event: `GET /v1/schools/{school}`.
    pub route_key: String,
    /// The path parameters, percent-decoded.
    pub parameters: BTreeMap<String, String>,
}

const DEFAULT: &str = "$default";

impl Routes {
    /// Collects the routes of all functions.
    pub fn new(functions: &[Function]) -> Self {
        let mut routes: Vec<Route> = functions
            .iter()
            .flat_map(|function| function.routes.iter().map(move |key| (function, key)))
            .map(|(function, key)| Route {
                key: key.clone(),
                segments: segments(&key.path),
                function: function.name.clone(),
            })
            .collect();
        routes.sort_by(|a, b| {
            let rank = |route: &Route| (route.key.path == DEFAULT, route.key.method == "ANY");
            let (a_rank, b_rank) = (rank(a), rank(b));
            a_rank
                .0
                .cmp(&b_rank.0)
                .then_with(|| specificity(&a.segments).cmp(&specificity(&b.segments)))
                .then_with(|| a_rank.1.cmp(&b_rank.1))
        });
        Self { routes }
    }

    /// Finds the route of a request; `None` if there is not even a `$default`.
    pub fn find(&self, method: &str, raw_path: &str) -> Option<Match<'_>> {
        self.routes.iter().find_map(|route| {
            if route.key.method != "ANY" && route.key.method != method {
                return None;
            }
            if route.key.path == DEFAULT {
                let route_key = DEFAULT.to_owned();
                let parameters = BTreeMap::new();
                return Some(Match { function: &route.function, route_key, parameters });
            }
            let parameters = matched(&route.segments, raw_path)?;
            let route_key = format!("{} {}", route.key.method, route.key.path);
            Some(Match { function: &route.function, route_key, parameters })
        })
    }
}

/// Ranks a path: fixed before one before rest, compared segment by segment; names do not matter.
fn specificity(segments: &[Segment]) -> Vec<u8> {
    let rank = |segment: &Segment| match segment {
        Segment::Fixed(_) => 0,
        Segment::One(_) => 1,
        Segment::Rest(_) => 2,
    };
    segments.iter().map(rank).collect()
}

fn segments(path: &str) -> Vec<Segment> {
    let segment = |text: &str| match text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
        None => Segment::Fixed(text.to_owned()),
        Some(name) => match name.strip_suffix('+') {
            Some(name) => Segment::Rest(name.to_owned()),
            None => Segment::One(name.to_owned()),
        },
    };
    path.strip_prefix('/').unwrap_or(path).split('/').map(segment).collect()
}

fn matched(segments: &[Segment], raw_path: &str) -> Option<BTreeMap<String, String>> {
    let mut rest = Some(raw_path.strip_prefix('/')?);
    let mut parameters = BTreeMap::new();
    for segment in segments {
        let path = rest?;
        let (head, tail) =
            path.split_once('/').map_or((path, None), |(head, tail)| (head, Some(tail)));
        match segment {
            Segment::Fixed(text) if text == head => rest = tail,
            Segment::One(name) if !head.is_empty() => {
                parameters.insert(name.clone(), percent_decoded(head));
                rest = tail;
            }
            Segment::Rest(name) if !path.is_empty() => {
                parameters.insert(name.clone(), percent_decoded(path));
                rest = None;
            }
            Segment::Fixed(_) | Segment::One(_) | Segment::Rest(_) => return None,
        }
    }
    rest.is_none().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Template;
    use std::fmt::Write as _;

    fn routes(keys: &[(&str, &str, &str)]) -> Routes {
        let mut text = String::from("Resources:\n");
        for (number, (function, method, path)) in keys.iter().enumerate() {
            let written = write!(
                text,
                "  {function}{number}Function:\n    Type: AWS::Serverless::Function\n    Properties:\n      \
                 Events: {{E: {{Type: HttpApi, Properties: {{Method: '{method}', Path: '{path}'}}}}}}\n"
            );
            written.unwrap();
        }
        Routes::new(&Template::parse(&text, &[]).unwrap().functions)
    }

    fn found(routes: &Routes, method: &str, path: &str) -> String {
        let found = routes.find(method, path).unwrap();
        let parameters: Vec<_> =
            found.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{} {}", found.route_key, parameters.join(",")).trim().to_owned()
    }

    #[test]
    fn the_most_specific_route_wins() {
        let routes = routes(&[
            ("a", "ANY", "$default"),
            ("b", "ANY", "/{all+}"),
            ("c", "GET", "/pets/{all+}"),
            ("d", "GET", "/pets/{pet}"),
            ("e", "ANY", "/pets/{pet}"),
            ("f", "GET", "/pets/mine"),
            ("g", "GET", "/"),
        ]);
        assert_eq!(found(&routes, "GET", "/pets/mine"), "GET /pets/mine");
        assert_eq!(found(&routes, "GET", "/pets/rex"), "GET /pets/{pet} pet=rex");
        assert_eq!(found(&routes, "POST", "/pets/rex"), "ANY /pets/{pet} pet=rex");
        assert_eq!(found(&routes, "GET", "/pets/rex/toys"), "GET /pets/{all+} all=rex/toys");
        assert_eq!(found(&routes, "POST", "/pets/rex/toys"), "ANY /{all+} all=pets/rex/toys");
        assert_eq!(found(&routes, "GET", "/"), "GET /");
        assert_eq!(found(&routes, "POST", "/"), "$default");
    }

    #[test]
    fn a_parameter_is_one_segment_and_is_decoded() {
        let routes = routes(&[("a", "GET", "/v1/schools/{school}"), ("b", "ANY", "$default")]);
        assert_eq!(
            found(&routes, "GET", "/v1/schools/a%20b%2Fc"),
            "GET /v1/schools/{school} school=a b/c"
        );
        for other in [
            "/v1/schools",
            "/v1/schools/",
            "/v1/schools/a/",
            "/v1/schools/a/b",
            "/V1/schools/a",
            "",
        ] {
            assert_eq!(found(&routes, "GET", other), "$default", "{other}");
        }
    }

    #[test]
    fn head_and_options_are_not_get() {
        let routes = routes(&[("a", "GET", "/v1/session"), ("b", "ANY", "$default")]);
        for method in ["HEAD", "OPTIONS", "PATCH"] {
            assert_eq!(found(&routes, method, "/v1/session"), "$default");
        }
        assert_eq!(Routes::new(&[]).find("GET", "/"), None);
    }
}
