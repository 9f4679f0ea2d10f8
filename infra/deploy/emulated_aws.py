"""Starts ministack with three AWS checks that it lacks, and serves the site at one plain URL.

* `dynamodb:LeadingKeys`: ministack never sets this key, and a `ForAllValues` condition on an absent key is true.
  Without this fix, a function could access every partition and the test of its permissions would still pass.
* `aws:SecureTransport`: on one machine all requests use plain HTTP, which our buckets refuse. Here every request
  counts as TLS; tests/tidy checks the policy itself.
* `ses:SendEmail` is a permission on the sender's identity, but ministack checks it on `*`. MAIL_IDENTITY replaces that.

On AWS the site and the services have different hosts. Here the site is http://localhost:PORT (the public URL of the
deployed stack) and the services are http://127.0.0.1:PORT. API_ID_FILE contains the id of the site's API.
"""

import contextvars
import json
import os
import pathlib

from ministack.core import iam_actions, iam_evaluator

# The IAM action of each member of a transaction.
_OPERATIONS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Get": "dynamodb:GetItem",
}


def _key_of(key_or_item):
    value = (key_or_item or {}).get("PK")
    return value.get("S") if isinstance(value, dict) else None


def _key_of_query(data):
    """Returns the partition key of a Query, from any spelling of `PK = :value`."""
    names = data.get("ExpressionAttributeNames") or {}
    values = data.get("ExpressionAttributeValues") or {}
    for part in (data.get("KeyConditionExpression") or "").replace("(", " ").replace(")", " ").split(" AND "):
        name, _, value = part.partition("=")
        if names.get(name.strip(), name.strip()) == "PK":
            return (values.get(value.strip()) or {}).get("S")
    return None


def leading_keys(body):
    """Returns the partition keys of a DynamoDB request, by table and, in a transaction, by the item's action."""
    try:
        data = json.loads(body or b"{}")
    except (ValueError, TypeError):
        return {}
    found = {}

    def add(table, key, action=None):
        # The request names the table by name or by ARN.
        table = (table or "").rsplit("/", 1)[-1]
        found.setdefault((table, action), []).append(key if key is not None else "(no partition key)")

    for item in data.get("TransactItems") or []:
        for operation, action in _OPERATIONS.items():
            if detail := item.get(operation):
                add(detail.get("TableName"), _key_of(detail.get("Key") or detail.get("Item")), action)
    requests = data.get("RequestItems")
    for table, detail in (requests.items() if isinstance(requests, dict) else ()):
        for key in detail.get("Keys", []) if isinstance(detail, dict) else []:
            add(table, _key_of(key))
        for write in detail if isinstance(detail, list) else []:
            put, delete = write.get("PutRequest") or {}, write.get("DeleteRequest") or {}
            add(table, _key_of(put.get("Item") or delete.get("Key")))
    if "KeyConditionExpression" in data:
        add(data.get("TableName"), _key_of_query(data))
    elif "Key" in data or "Item" in data:
        add(data.get("TableName"), _key_of(data.get("Key") or data.get("Item")))
    return found


_context = iam_actions.dynamodb_service_context
_resolve = iam_evaluator._resolve_condition_key
_named = contextvars.ContextVar("leading_keys_of_this_request", default={})


def dynamodb_service_context(body):
    """Calls ministack's function, and remembers the partition keys of this request."""
    _named.set(leading_keys(body))
    return _context(body)


def resolve_condition_key(key, ctx):
    """Adds the partition keys of the evaluated table and action to ministack's condition keys."""
    if key.lower() == "dynamodb:leadingkeys":
        table = ctx.resource_arn.rsplit("/", 1)[-1]
        return _named.get().get((table, ctx.action)) or _named.get().get((table, None))
    return _resolve(key, ctx)


iam_actions.dynamodb_service_context = dynamodb_service_context
iam_evaluator._resolve_condition_key = resolve_condition_key

_enforce = iam_evaluator.enforce


def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    """Calls ministack's check, and logs each denied principal and action."""
    if iam_action == "ses:SendEmail" and resource_arn == "*":
        resource_arn = f"arn:aws:ses:{region}:000000000000:identity/{os.environ['MAIL_IDENTITY']}"
    refused = _enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
    if isinstance(refused, iam_evaluator.EvalResult):
        print("DENIED", refused.principal_arn, iam_action, resource_arn, *_named.get().values(), flush=True)
    return refused


iam_evaluator.enforce = enforce
_pin = iam_evaluator.pin_request_origin
iam_evaluator.pin_request_origin = lambda source_ip, secure_transport: _pin(source_ip, True)



def with_the_site(ministack):
    """Wraps ministack: requests for http://localhost:PORT go to the deployed API."""
    port = os.environ["GATEWAY_PORT"]
    site = f"localhost:{port}".encode()
    api_id = pathlib.Path(os.environ["API_ID_FILE"])

    async def answer(scope, receive, send):
        headers = scope.get("headers", [])
        if scope["type"] == "http" and (b"host", site) in headers and api_id.exists():
            host = f"{api_id.read_text().strip()}.execute-api.localhost:{port}".encode()
            scope = {**scope, "headers": [(name, host if name == b"host" else value) for name, value in headers]}
        await ministack(scope, receive, send)

    return answer


if __name__ == "__main__":
    from ministack import app

    app.app = with_the_site(app.app)
    app.main()
