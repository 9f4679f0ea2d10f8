//! Checks the edge in front of the API, `infra/stacks/edge.yaml`, and the parts of `template.yaml` behind it.
//!
//! It cannot be tested without an AWS account, so a change that weakens it must fail here. `tests/api` tests
//! over HTTP that a request around the edge is refused.

use serde_json::{Value, json};

use crate::repository::{assert_none, keys, list, texts};
use crate::template::{Function, Start, Template};

/// The id of AWS's own cache policy that disables caching.
const NOTHING_IS_KEPT: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

fn edge() -> Template {
    Template::at("infra/stacks/edge.yaml")
}

fn resource<'a>(template: &'a Template, id: &str) -> &'a Value {
    &template.resources()[id]["Properties"]
}

/// Returns the behaviours in the order of evaluation, each with its path pattern.
fn behaviours(template: &Template) -> Vec<(&str, &Value)> {
    let distribution = &resource(template, "Distribution")["DistributionConfig"];
    let named = list(&distribution["CacheBehaviors"]).into_iter();
    let named = named.map(|it| (it["PathPattern"].as_str().expect("a pattern"), it));
    named.chain([("*", &distribution["DefaultCacheBehavior"])]).collect()
}

/// Returns the behaviour for a path.
fn behaviour_of<'a>(template: &'a Template, path: &str) -> &'a Value {
    let fits = |pattern: &str| path.starts_with(pattern.trim_end_matches('*'));
    behaviours(template).into_iter().find(|(pattern, _)| fits(pattern)).expect("the default").1
}

#[test]
fn d21_the_edge_answers_by_https_alone() {
    let edge = edge();
    let policies: Vec<_> = behaviours(&edge)
        .into_iter()
        .map(|(pattern, it)| (pattern, it["ViewerProtocolPolicy"].as_str().unwrap_or_default()))
        .collect();
    let (api, pages) = ("https-only", "redirect-to-https");
    let expected = [("/v1/*", api), ("/scim/*", api), ("/assets/*", pages), ("*", pages)];
    assert_eq!(policies, expected);
    for origin in list(&resource(&edge, "Distribution")["DistributionConfig"]["Origins"]) {
        assert_eq!(origin["CustomOriginConfig"]["OriginProtocolPolicy"], "https-only");
    }
}

#[test]
fn d22_tls_1_3_is_asked_for_and_nothing_older_than_1_2_can_be() {
    let edge = edge();
    let minimum = edge.parameter("MinimumTls");
    assert_eq!(minimum["Default"], "TLSv1.3_2025");
    assert_eq!(minimum["AllowedValues"], json!(["TLSv1.3_2025", "TLSv1.2_2025"]));
    let distribution = &resource(&edge, "Distribution")["DistributionConfig"];
    assert_eq!(distribution["ViewerCertificate"]["MinimumProtocolVersion"], "MinimumTls");
    assert_eq!(distribution["ViewerCertificate"]["SslSupportMethod"], "sni-only");
    for origin in list(&distribution["Origins"]) {
        assert_eq!(origin["CustomOriginConfig"]["OriginSSLProtocols"], json!(["TLSv1.2"]));
    }
    // Without the edge: the minimum version of an HTTP API, which negotiates 1.3.
    for (id, domain) in Template::read().of_type("AWS::ApiGatewayV2::DomainName") {
        for of_region in list(&domain["DomainNameConfigurations"]) {
            assert_eq!(of_region["SecurityPolicy"], "TLS_1_2", "{id}");
        }
    }
}

#[test]
fn d05_a_firewall_stands_before_everything_and_stops_floods() {
    let edge = edge();
    let distribution = &resource(&edge, "Distribution")["DistributionConfig"];
    assert_eq!(distribution["WebACLId"], "Firewall.Arn");
    let firewall = resource(&edge, "Firewall");
    assert_eq!(firewall["Scope"], "CLOUDFRONT");
    let rules = list(&firewall["Rules"]);
    let floods = rules[0];
    assert_eq!(floods["Priority"], 0);
    assert_eq!(floods["Action"]["Block"]["CustomResponse"]["ResponseCode"], 429);
    let rate = &floods["Statement"]["RateBasedStatement"];
    let of_an_address = json!({ "AggregateKeyType": "IP", "EvaluationWindowSec": 300, "Limit": "RequestsInFiveMinutes" });
    assert_eq!(*rate, of_an_address);
    // Higher than five times the application's limit per minute; otherwise its own 429 answer would never be
    // seen.
    let usual = |template: &Template, name: &str| template.parameter(name)["Default"].as_u64();
    let of_application = usual(&Template::read(), "RequestsAMinute").expect("a number");
    assert!(usual(&edge, "RequestsInFiveMinutes") > Some(5 * of_application));
    let managed: Vec<_> = rules
        .iter()
        .skip(1)
        .map(|rule| {
            // `None` keeps the groups' own actions, which block.
            assert_eq!(rule["OverrideAction"], json!({ "None": {} }));
            rule["Statement"]["ManagedRuleGroupStatement"]["Name"].as_str().unwrap_or_default()
        })
        .collect();
    let wanted = [
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesCommonRuleSet",
    ];
    assert_eq!(managed, wanted);
    let overridden = rules.iter().flat_map(|rule| {
        list(&rule["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"])
    });
    let overridden: Vec<_> = overridden.filter_map(|it| it["Name"].as_str()).collect();
    assert_eq!(
        overridden,
        ["SizeRestrictions_BODY", "CrossSiteScripting_BODY", "NoUserAgent_HEADER"]
    );
}

#[test]
fn d05_the_api_cannot_be_reached_around_the_edge() {
    let edge = edge();
    let distribution = &resource(&edge, "Distribution")["DistributionConfig"];
    for origin in list(&distribution["Origins"]) {
        let header = &origin["OriginCustomHeaders"][0];
        assert_eq!(header["HeaderName"], "x-origin-verify");
        let values = list(&header["HeaderValue"]).into_iter().filter_map(Value::as_str);
        let values: Vec<_> = values.filter(|value| *value != "IsRotated").collect();
        let is_secret = |value: &&str| {
            value.starts_with("{{resolve:secretsmanager:${OriginSecret.Id}:SecretString:current")
        };
        assert!(values.len() == 2 && values.iter().all(is_secret), "{values:?}");
    }
    let generated = &resource(&edge, "OriginSecret")["GenerateSecretString"];
    assert_eq!(
        (&generated["GenerateStringKey"], &generated["PasswordLength"]),
        (&json!("current"), &json!(64))
    );
    assert!(resource(&edge, "OriginSecret")["SecretString"].is_null());
    // On the application's side: AWS's own API URL is disabled, and the secret is required.
    let template = Template::read();
    let closed = &resource(&template, "Api")["DisableExecuteApiEndpoint"];
    assert_eq!(*closed, json!(["HasDomain", true, false]));
    assert_eq!(template.globals()["Environment"]["Variables"]["ORIGIN_SECRET"], "OriginSecretArn");
}

/// Checks that the edge sets the client's IP address, which no viewer can set.
#[test]
fn a07_the_edge_passes_on_what_it_saw_and_all_that_was_sent() {
    let edge = edge();
    for (pattern, behaviour) in behaviours(&edge) {
        assert_eq!(behaviour["OriginRequestPolicyId"], "Everything", "{pattern}");
    }
    let policy = &resource(&edge, "Everything")["OriginRequestPolicyConfig"];
    let headers = json!({
        "HeaderBehavior": "allViewerAndWhitelistCloudFront", "Headers": ["CloudFront-Viewer-Address"],
    });
    assert_eq!(policy["HeadersConfig"], headers);
    assert_eq!(policy["CookiesConfig"]["CookieBehavior"], "all");
    assert_eq!(policy["QueryStringsConfig"]["QueryStringBehavior"], "all");
}

/// Checks caching: one person's data must never be cached for another person.
#[test]
fn the_edge_keeps_nothing_but_files_that_are_named_after_their_content() {
    let edge = edge();
    for (pattern, behaviour) in behaviours(&edge) {
        let is_kept = behaviour["CachePolicyId"] != NOTHING_IS_KEPT;
        assert_eq!(is_kept, pattern == "/assets/*", "{pattern}");
    }
    let policy = &resource(&edge, "HashedAssets")["CachePolicyConfig"];
    assert_eq!((&policy["MinTTL"], &policy["DefaultTTL"]), (&json!(0), &json!(0)));
    let key = &policy["ParametersInCacheKeyAndForwardedToOrigin"];
    assert_eq!(key["HeadersConfig"]["Headers"], json!(["origin"]));
}

#[test]
fn the_edge_lets_every_route_of_the_template_through() {
    let (edge, template) = (edge(), Template::read());
    let functions = template.functions();
    let mut offences = Vec::new();
    for start in functions.iter().flat_map(Function::starts) {
        let Start::Route(method, path) = start else { continue };
        let allowed = texts(&behaviour_of(&edge, path)["AllowedMethods"]);
        if method != "ANY" && !allowed.contains(&method) {
            offences.push(format!("{method} {path}"));
        }
    }
    assert_none("refused by the edge", &offences);
}

/// Checks that the edge logs no request: an IP address, a path or a cookie would be personal data.
#[test]
fn the_edge_logs_no_request() {
    let edge = edge();
    assert!(resource(&edge, "Distribution")["DistributionConfig"]["Logging"].is_null());
    assert!(edge.of_type("AWS::WAFv2::LoggingConfiguration").is_empty());
    let firewall = resource(&edge, "Firewall");
    let of_rules = list(&firewall["Rules"]).into_iter().map(|rule| &rule["VisibilityConfig"]);
    for visible in of_rules.chain([&firewall["VisibilityConfig"]]) {
        assert_eq!(visible["SampledRequestsEnabled"], false);
    }
}

/// The routes that compute a password hash, which is slow by design.
const HASHING: [&str; 8] = [
    "POST /v1/admin/enrolments",
    "POST /v1/admin/sign-in",
    "POST /v1/email-verifications",
    "POST /v1/invitations/acceptance",
    "POST /v1/password-resets/confirmation",
    "POST /v1/person/email-changes",
    "POST /v1/sign-in/password",
    "PUT /v1/person/password",
];

/// Checks throttling at the gateway: it limits the cost of a flood that passes the edge.
#[test]
fn d05_the_gateway_throttles_and_what_hashes_passwords_can_be_bounded() {
    let template = Template::read();
    let api = resource(&template, "Api");
    let of_all = json!({ "ThrottlingBurstLimit": "RequestsAtOnce", "ThrottlingRateLimit": "RequestsASecond" });
    assert_eq!(api["DefaultRouteSettings"], of_all);
    let of_hashing = json!({ "ThrottlingBurstLimit": "SignInsASecond", "ThrottlingRateLimit": "SignInsASecond" });
    let slower = &api["RouteSettings"];
    let bounded = json!(["LimitsHashing", "HashingAtOnce", "AWS::NoValue"]);
    for function in template.functions() {
        // Functions that hash get a whole processor (1,769 MB), and no other function does.
        let is_hashing = function.properties["MemorySize"] == 1769;
        let is_bounded = function.properties["ReservedConcurrentExecutions"] == bounded;
        assert_eq!(is_hashing, is_bounded, "{}", function.name);
        let routes = function.starts();
        let is_slower = routes.iter().any(
            |start| matches!(start, Start::Route(method, path) if HASHING.contains(&format!("{method} {path}").as_str())),
        );
        assert_eq!(is_hashing, is_slower, "{}", function.name);
    }
    let mut named: Vec<_> = keys(slower);
    named.sort_unstable();
    assert_eq!(named, HASHING);
    assert!(HASHING.iter().all(|route| slower[*route] == of_hashing));
    for name in ["RequestsASecond", "RequestsAtOnce", "SignInsASecond"] {
        assert!(template.parameter(name)["Default"].as_u64() > Some(0), "{name}");
    }
    // Every named route exists.
    let functions = template.functions();
    let all: Vec<_> = functions.iter().flat_map(Function::starts).collect();
    for named in keys(slower) {
        let is_there = all.iter().any(
            |start| matches!(start, Start::Route(method, path) if format!("{method} {path}") == named),
        );
        assert!(is_there, "{named}");
    }
}

/// Checks that the other stacks grant no IAM rights, as the rules for the application require.
#[test]
fn the_stacks_beside_the_template_give_no_rights() {
    let mut offences = Vec::new();
    for path in crate::repository::files_ending("infra/stacks", &[".yaml"]) {
        let stack = Template::at(&path);
        for id in keys(stack.resources()) {
            let kind = stack.resources()[id]["Type"].as_str().unwrap_or_default();
            if kind.starts_with("AWS::IAM::")
                || kind.ends_with("Policy") && !kind.contains("CloudFront")
            {
                offences.push(format!("{path}: {id} is {kind}"));
            }
        }
    }
    assert_none("rights", &offences);
}
