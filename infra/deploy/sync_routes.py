"""Creates the routes that ministack omits, and writes the stack's resource names to a file for the tests.

SAM describes an HTTP API with an OpenAPI body, which ministack 1.5.33 ignores. The routes come from the processed
template, so the tests use the same routes as a real deployment.
"""

import json
import os
import pathlib
import re
import sys

import boto3

stack, state = sys.argv[1], pathlib.Path(sys.argv[2])
cloudformation, gateway = boto3.client("cloudformation"), boto3.client("apigatewayv2")

template = cloudformation.get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
if isinstance(template, str):
    template = json.loads(template)
names = {}
for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
    names |= {r["LogicalResourceId"]: r.get("PhysicalResourceId") for r in page["StackResourceSummaries"]}


def function_of(uri):
    text = uri["Fn::Sub"] if isinstance(uri, dict) else uri
    return names[re.search(r"functions/\$\{([^}.]+)\.Arn\}", text).group(1)]


api = names["Api"]
for path, operations in template["Resources"]["Api"]["Properties"]["Body"]["paths"].items():
    for method, operation in operations.items():
        integration = operation.get("x-amazon-apigateway-integration")
        if not integration:
            continue
        function = function_of(integration["uri"])
        made = gateway.create_integration(
            ApiId=api,
            IntegrationType="AWS_PROXY",
            PayloadFormatVersion="2.0",
            IntegrationUri=f"arn:aws:lambda:{os.environ['AWS_REGION']}:000000000000:function:{function}",
        )
        key = "$default" if path.endswith("$default") else f"{method.upper()} {path}"
        gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{made['IntegrationId']}")
        print(key, "->", function)

kinds = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SecretsManager::Secret"}
kept = {id: names[id] for id, resource in template["Resources"].items() if resource["Type"] in kinds}
services = os.environ["AWS_ENDPOINT_URL"]
site = services.replace("127.0.0.1", "localhost")
written = {"Site": site, "Services": services, "Api": api, "Stack": stack, **kept}
(state / "environment").write_text("".join(f"{name}={value}\n" for name, value in written.items()))
(state / "api-id").write_text(api)
