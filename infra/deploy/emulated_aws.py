"""Starts ministack with three things AWS checks that it does not, and with the site at one plain address.

* `dynamodb:LeadingKeys`: ministack never sets the key, and a `ForAllValues` condition on a key that is not there is
  true. Without this, a function could touch every partition and the test of its rights would still pass.
* `aws:SecureTransport`: on one machine everything goes by plain http, and our buckets refuse that. Here every request
  counts as having come by TLS; the policy itself is kept by tests/tidy.
* `ses:SendEmail` is a right on the sender's identity; ministack asks for it on everything. MAIL_IDENTITY is the one.

On AWS the site and the services have different hosts. Here the site is http://localhost:PORT (the public address the
stack is deployed with) and the services are http://127.0.0.1:PORT; API_ID_FILE says which API the site is.
"""

import contextvars
import json
import os
import pathlib

from ministack.core import iam_actions, iam_evaluator

# What each member of a transaction is authorised as.
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
    """The partition of a Query, from `PK = :value` in any of its spellings."""
    names = data.get("ExpressionAttributeNames") or {}
    values = data.get("ExpressionAttributeValues") or {}
    for part in (data.get("KeyConditionExpression") or "").replace("(", " ").replace(")", " ").split(" AND "):
        name, _, value = part.partition("=")
        if names.get(name.strip(), name.strip()) == "PK":
            return (values.get(value.strip()) or {}).get("S")
    return None


def leading_keys(body):
    """The partition keys a DynamoDB request names, by table and, inside a transaction, by the item's action."""
    try:
        data = json.loads(body or b"{}")
    except (ValueError, TypeError):
        return {}
    found = {}

    def add(table, key, action=None):
        # The table may be given by name or by ARN.
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
    """As ministack's, and remembers the partition keys of this request."""
    _named.set(leading_keys(body))
    return _context(body)


def resolve_condition_key(key, ctx):
    """As ministack's, with the partition keys of the table and action under evaluation."""
    if key.lower() == "dynamodb:leadingkeys":
        table = ctx.resource_arn.rsplit("/", 1)[-1]
        return _named.get().get((table, ctx.action)) or _named.get().get((table, None))
    return _resolve(key, ctx)


iam_actions.dynamodb_service_context = dynamodb_service_context
iam_evaluator._resolve_condition_key = resolve_condition_key

_enforce = iam_evaluator.enforce


def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    """As ministack's, and logs who was refused what."""
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
    """ministack, with requests for http://localhost:PORT handed to the deployed API."""
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
