"""Lists the schools of a studio, as a Lambda on Python with boto3: the same calls as ours, without its checks."""

import json
import os
from http.client import HTTPConnection

import boto3

tables = boto3.client("dynamodb")
secrets = boto3.client("secretsmanager")


def rows(partition, prefix):
    answer = tables.query(
        TableName=os.environ["RECORDS_TABLE"],
        KeyConditionExpression="#pk = :pk AND begins_with(#sk, :prefix)",
        ExpressionAttributeNames={"#pk": "PK", "#sk": "SK"},
        ExpressionAttributeValues={":pk": {"S": partition}, ":prefix": {"S": prefix}},
        ConsistentRead=True,
        Limit=50,
    )
    return answer["Items"]


def count(key):
    tables.update_item(
        TableName=os.environ["ACCESS_TABLE"],
        Key={"PK": {"S": key}, "SK": {"S": "LIMIT"}},
        UpdateExpression="ADD #n :one",
        ExpressionAttributeNames={"#n": "n"},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def handle(event):
    cookie = next(cookie for cookie in event["cookies"] if cookie.startswith("__Host-pd_photographer="))
    _, person, session, *_ = cookie.split("=")[1].split(".")
    secrets.get_secret_value(SecretId=os.environ["KEY_RING_SECRET"])
    count(f"LIMIT#address#{event['requestContext']['http']['sourceIp']}")
    key = {"PK": {"S": f"PERSON#{person}"}, "SK": {"S": f"SESSION#{session}"}}
    if "Item" not in tables.get_item(TableName=os.environ["ACCESS_TABLE"], Key=key, ConsistentRead=True):
        return {"statusCode": 401}
    count(f"LIMIT#person#{person}")
    studio = rows(f"PERSON#{person}", "MEMBERSHIP#")[0]["SK"]["S"].split("#")[1]
    items = [json.loads(row["school"]["S"]) for row in rows(f"STUDIO#{studio}", "SCHOOL#")]
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps({"items": items})}


# The loop that Lambda's own Python runtime runs around a handler.
runtime = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    runtime.request("GET", "/2018-06-01/runtime/invocation/next")
    invocation = runtime.getresponse()
    event = json.loads(invocation.read())
    request = invocation.headers["lambda-runtime-aws-request-id"]
    runtime.request("POST", f"/2018-06-01/runtime/invocation/{request}/response", json.dumps(handle(event)))
    runtime.getresponse().read()
