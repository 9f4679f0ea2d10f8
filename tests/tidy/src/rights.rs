//! Checks the rights of functions: named tables, key prefixes, buckets, queues and secrets, never `*`.
//!
//! Neither `sam validate` nor `cfn-lint` refuses a wildcard.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::repository::{assert_none, keys, list, read, texts};
use crate::template::{Function, Start, Template, logical_id};

/// Open functions that need no rights.
const WITHOUT_RIGHTS: [&str; 4] = ["health", "openapi", "portals", "unknown-route"];

/// The edge's secret; it belongs to another stack, so a parameter names it.
const ORIGIN_SECRET: &str = "OriginSecretArn";

/// Actions that change a row.
const WRITES: [&str; 3] = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"];

/// Returns all statements of one function.
///
/// They are its own, those of the policies it shares, and those of the policies that name its role.
fn statements<'a>(template: &'a Template, function: &Function<'a>) -> Vec<&'a Value> {
    let policies = list(&function.properties["Policies"]).into_iter();
    let of_policy = |policy: &'a Value| match policy.as_str() {
        Some(shared) => statements_of(&template.resources()[shared]["Properties"]),
        None => list(&policy["Statement"]),
    };
    let of_role = template.of_type("AWS::IAM::ManagedPolicy").into_iter();
    let of_role = of_role.filter(|(_, it)| texts(&it["Roles"]).contains(&function.role.as_str()));
    policies.flat_map(of_policy).chain(of_role.flat_map(|(_, it)| statements_of(it))).collect()
}

/// Returns the statements of a managed policy; a conditional one counts as if the condition held.
fn statements_of(policy: &Value) -> Vec<&Value> {
    let all = list(&policy["PolicyDocument"]["Statement"]).into_iter();
    all.map(|statement| if statement.is_array() { &statement[1] } else { statement }).collect()
}

/// Returns every statement that allows something, with the name of its holder.
fn all_statements(template: &Template) -> Vec<(String, &Value)> {
    let mut all = Vec::new();
    for function in template.functions() {
        for statement in statements(template, &function) {
            all.push((function.name.clone(), statement));
        }
    }
    for (id, properties) in template.of_type("AWS::IAM::ManagedPolicy") {
        for statement in statements_of(properties) {
            all.push((id.to_owned(), statement));
        }
    }
    all
}

#[test]
fn no_right_is_for_any_action_or_any_resource() {
    let template = Template::read();
    let mut offences = Vec::new();
    for (who, statement) in all_statements(&template) {
        let is_plain = ["Effect", "Action", "Resource", "Condition"];
        let odd = keys(statement).into_iter().find(|key| !is_plain.contains(key));
        if let Some(odd) = odd {
            offences.push(format!("{who}: {odd} can allow more than it names"));
        }
        let actions = texts(&statement["Action"]);
        if actions.is_empty() || actions.iter().any(|action| action.contains('*')) {
            offences.push(format!("{who}: {actions:?}"));
        }
        let resources = texts(&statement["Resource"]);
        if resources.is_empty() {
            offences.push(format!("{who}: {actions:?} on nothing"));
        }
        for resource in resources {
            let is_ours = template.resources()[logical_id(resource)].is_object();
            let is_sender = resource.ends_with(":identity/${MailIdentity}");
            // One whole ARN: the parameter's pattern admits no wildcard.
            let is_of_edge = resource == ORIGIN_SECRET;
            if !is_ours && !is_sender && !is_of_edge {
                offences.push(format!("{who}: {actions:?} on {resource}"));
            }
        }
    }
    assert_none("rights without a named resource", &offences);
}

#[test]
fn a_right_on_a_table_names_the_key_prefixes() {
    let template = Template::read();
    let mut offences = Vec::new();
    for function in template.functions() {
        for statement in statements(&template, &function) {
            let on_table = texts(&statement["Resource"]).iter().any(|it| it.ends_with("Table.Arn"));
            let leading =
                texts(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
            let is_named = leading.iter().all(|key| key.contains('#') && !key.starts_with('*'));
            if on_table && (leading.is_empty() || !is_named) {
                offences.push(format!("{}: {}", function.name, statement["Action"]));
            }
        }
    }
    assert_none("a right on a whole table", &offences);
}

/// Checks writes: DynamoDB judges a transaction with all keys of an action at once.
///
/// Two statements that allow one half of the keys each would allow neither.
#[test]
fn each_kind_of_write_to_a_table_stands_in_one_statement() {
    let template = Template::read();
    let mut offences = Vec::new();
    for function in template.functions() {
        let mut seen = BTreeSet::new();
        for statement in statements(&template, &function) {
            for (action, resource) in texts(&statement["Action"])
                .into_iter()
                .flat_map(|action| {
                    texts(&statement["Resource"]).into_iter().map(move |it| (action, it))
                })
                .filter(|(action, _)| WRITES.contains(action))
            {
                if !seen.insert((action, resource)) {
                    offences.push(format!("{}: {action} on {resource}", function.name));
                }
            }
        }
    }
    assert_none("written twice", &offences);
}

/// Endpoints that may list a bucket below a prefix, to find uploads that arrived and are not checked yet.
const LISTS_BELOW: [(&str, &str); 2] = [("photos", "intake/*"), ("picture-days", "intake/*")];

/// Checks bucket rights. Workers may list: without that right S3 answers 403 instead of 404 for a missing
/// object.
#[test]
fn a_right_on_a_bucket_names_the_prefix_and_no_endpoint_lists_one() {
    let template = Template::read();
    let mut offences = Vec::new();
    for function in template.functions() {
        for statement in statements(&template, &function) {
            let only_lists = texts(&statement["Action"]) == ["s3:ListBucket"];
            let below = texts(&statement["Condition"]["StringLike"]["s3:prefix"]);
            let may_list = LISTS_BELOW
                .iter()
                .any(|(name, prefix)| *name == function.name && below == [*prefix]);
            let may_look = only_lists && (function.is_worker() || may_list);
            for resource in texts(&statement["Resource"]) {
                if !logical_id(resource).ends_with("Bucket") || may_look {
                    continue;
                }
                let prefix = resource.split_once("}/").map_or("", |(_, prefix)| prefix);
                if prefix.is_empty() || prefix.starts_with('*') {
                    offences.push(format!("{}: {resource}", function.name));
                }
            }
        }
    }
    assert_none("a right on a whole bucket", &offences);
}

/// Checks the audit table: if rows could be changed or deleted, it would prove nothing.
#[test]
fn the_audit_table_can_only_be_added_to() {
    let template = Template::read();
    let mut offences = Vec::new();
    for (who, statement) in all_statements(&template) {
        let on_audit = texts(&statement["Resource"]).contains(&"AuditTable.Arn");
        if on_audit && texts(&statement["Action"]) != ["dynamodb:PutItem"] {
            offences.push(format!("{who}: {}", statement["Action"]));
        }
    }
    assert_none("more than PutItem on the audit table", &offences);
}

#[test]
fn what_everybody_may_call_has_no_rights_at_all() {
    let template = Template::read();
    let mut offences = template.functions();
    offences.retain(|it| {
        WITHOUT_RIGHTS.contains(&it.name.as_str()) && !it.properties["Policies"].is_null()
    });
    let offences: Vec<_> = offences.into_iter().map(|it| it.name).collect();
    assert_none("rights", &offences);
}

#[test]
fn every_function_has_a_role_of_its_own_inside_the_border() {
    let template = Template::read();
    let mut offences = template.functions();
    offences.retain(|it| {
        !it.properties["Role"].is_null() || !it.properties["PermissionsBoundary"].is_null()
    });
    let offences: Vec<_> = offences.into_iter().map(|it| it.name).collect();
    assert_none("shares a role or has another permissions boundary", &offences);
    assert_eq!(template.globals()["PermissionsBoundary"], "OurThingsOnly");
}

/// Checks who can create a program's token.
///
/// That needs the signing secret, or a right to write the rows that say how a family's tokens are signed.
/// Only the `tokens` function has them; the others can only read a family's row.
#[test]
fn b06_the_tokens_function_alone_can_make_a_token() {
    let template = Template::read();
    let (mut readers, mut writers) = (BTreeSet::new(), BTreeSet::new());
    for function in template.functions() {
        for statement in statements(&template, &function) {
            if texts(&statement["Resource"]).contains(&"TokenSigningSecret.Id") {
                readers.insert(function.name.clone());
            }
            let is_write = texts(&statement["Action"]).iter().any(|it| WRITES.contains(it));
            let leading =
                texts(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
            if is_write && leading.contains(&"FAMILY#*") {
                writers.insert(function.name.clone());
            }
        }
    }
    assert_eq!(readers, BTreeSet::from(["tokens".to_owned()]));
    assert_eq!(writers, BTreeSet::from(["tokens".to_owned()]));
    // Other secrets do not match: a right names one secret by its ARN.
    assert!(template.resources()["TokenSigningSecret"].is_object());
}

/// Checks names against rights: a name without its right fails at run time; a right without its name is
/// superfluous.
#[test]
fn a_function_knows_the_names_of_just_what_it_has_rights_to() {
    let template = Template::read();
    let mut offences = Vec::new();
    for function in template.functions() {
        // Its variables name the origins that the pages' policy permits.
        if function.name == "portals" {
            continue;
        }
        let of = |variables: &'_ Value| -> Vec<String> {
            let values = keys(variables).into_iter().filter_map(|key| variables[key].as_str());
            values.map(str::to_owned).collect()
        };
        let named = of(&function.properties["Environment"]["Variables"]);
        let of_all = of(&template.globals()["Environment"]["Variables"]);
        let all = statements(&template, &function);
        let allowed: Vec<_> = all.iter().flat_map(|it| texts(&it["Resource"])).collect();
        for resource in &allowed {
            let id = logical_id(resource);
            let has = |name: &str| named.iter().chain(&of_all).any(|it| it == name);
            let is_named = has(id) || resource.contains(":ses:") && has("MailFrom");
            if !is_named {
                offences.push(format!("{}: a right to {id}, but not its name", function.name));
            }
        }
        for name in named {
            // A setting of the deployment needs no right; the sender's address does.
            if template.parameters().contains(&name.as_str()) && name != "MailFrom" {
                continue;
            }
            let is_allowed = allowed
                .iter()
                .any(|it| logical_id(it) == name || it.contains(":ses:") && name == "MailFrom");
            if !is_allowed {
                offences.push(format!("{}: the name of {name}, but no right to it", function.name));
            }
        }
    }
    assert_none("names and rights", &offences);
}

/// Checks the origin secret: an endpoint that cannot read it refuses every request, and a worker has no
/// requests.
#[test]
fn d05_every_endpoint_and_no_worker_can_read_what_the_edge_proves_itself_with() {
    let template = Template::read();
    let policy = &template.resources()["ReadOriginSecret"];
    assert_eq!(policy["Condition"], "HasEdge");
    let right = serde_json::json!([{
        "Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": ORIGIN_SECRET,
    }]);
    assert_eq!(policy["Properties"]["PolicyDocument"]["Statement"], right);
    let roles: BTreeSet<_> = texts(&policy["Properties"]["Roles"]).into_iter().collect();
    let functions = template.functions();
    // A function that is invoked directly has no requests either.
    let has_route =
        |it: &&Function<'_>| it.starts().iter().any(|it| matches!(it, Start::Route(..)));
    let endpoints = functions.iter().filter(has_route).map(|it| it.role.as_str());
    assert_eq!(roles, endpoints.collect());
    // The parameter cannot bring a wildcard into the right.
    let whole = "(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+)?";
    assert_eq!(template.parameter(ORIGIN_SECRET)["AllowedPattern"], whole);
}

#[test]
fn every_variable_a_function_gets_is_one_that_config_reads() {
    let template = Template::read();
    let config = read("shared/platform/src/base/config.rs");
    let mut offences = Vec::new();
    let of_functions = template.functions().into_iter().map(|it| it.properties);
    for properties in of_functions.chain([template.globals()]) {
        for variable in keys(&properties["Environment"]["Variables"]) {
            if !config.contains(&format!("read(\"{variable}\")")) {
                offences.push(variable.to_owned());
            }
        }
    }
    assert_none("config.rs does not read", &offences);
}

/// Checks that only the site administrators' functions can read their table or their key ring.
#[test]
fn a23_no_other_functions_role_reaches_the_site_administrators_table_or_ring() {
    let template = Template::read();
    let (mut of_table, mut of_ring) = (BTreeSet::new(), BTreeSet::new());
    for function in template.functions() {
        for statement in statements(&template, &function) {
            let resources = texts(&statement["Resource"]);
            if resources.contains(&"OperatorsTable.Arn") {
                of_table.insert(function.name.clone());
            }
            if resources.contains(&"OperatorsSecret.Id") {
                of_ring.insert(function.name.clone());
            }
        }
    }
    let theirs = |name: &String| name.starts_with("operator-") || name.starts_with("admin-");
    assert!(of_table.len() >= 4 && of_table == of_ring, "{of_table:?} {of_ring:?}");
    let others: Vec<_> = of_table.into_iter().filter(|name| !theirs(name)).collect();
    assert_none("can reach the site administrators' data", &others);
    // Their functions have routes below /v1/admin only, or no route at all.
    for function in template.functions().into_iter().filter(|function| theirs(&function.name)) {
        for start in function.starts() {
            let is_inside =
                matches!(start, Start::Route(_, path) if path.starts_with("/v1/admin/"));
            assert!(is_inside, "{} has a route elsewhere", function.name);
        }
    }
    let first = template.functions().into_iter().find(|it| it.name == "operator-invitations");
    assert!(
        first.is_some_and(|it| it.starts().is_empty()),
        "the function of the first invitation must have no route"
    );
}

/// Checks the row that keeps an impersonation by a site administrator alive.
///
/// All functions may read it. A function that could write it could continue the impersonation after their
/// sign-out.
#[test]
fn c11_only_what_knows_site_administrators_says_that_one_of_them_acts() {
    let template = Template::read();
    let (mut readers, mut writers) = (BTreeSet::new(), BTreeSet::new());
    for function in template.functions() {
        for statement in statements(&template, &function) {
            let leading =
                texts(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
            let on_access = texts(&statement["Resource"]).contains(&"AccessTable.Arn");
            if !on_access || !leading.iter().any(|key| key.starts_with("OPERATOR#")) {
                continue;
            }
            let is_write = texts(&statement["Action"]).iter().any(|it| WRITES.contains(it));
            if is_write { &mut writers } else { &mut readers }.insert(function.name.clone());
        }
    }
    assert!(readers.contains("schools") && readers.len() > writers.len(), "{readers:?}");
    let theirs = |name: &String| name.starts_with("operator-") || name.starts_with("admin-");
    assert!(writers.contains("operator-session"), "{writers:?}");
    let others: Vec<_> = writers.into_iter().filter(|name| !theirs(name)).collect();
    assert_none("can write the impersonation's row", &others);
}
