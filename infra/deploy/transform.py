"""Transforms a SAM template without an AWS account: prints plain CloudFormation.

cfn-lint checks little of a SAM template (a wrong runtime, an unknown IAM action and a too short visibility timeout all
pass), so CI lints this output as well.
"""

import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # the translator requires a region, but makes no calls

from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402


class NoManagedPolicies:
    """Returns no managed policies: our policies are referenced directly, so none is looked up in an account."""

    def load(self):
        return {}


template = yaml_parse(open(sys.argv[1], encoding="utf-8").read())
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = "s3://not-uploaded/function.zip"
json.dump(transform(template, {}, NoManagedPolicies()), sys.stdout, indent=1)
