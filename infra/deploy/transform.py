"""What SAM makes of a template, without an account: plain CloudFormation on standard output.

cfn-lint sees little of a SAM template (a wrong runtime, an unknown IAM action and a queue that is shown again too soon
all pass), so CI lints this as well.
"""

import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # the translator asks for one and calls nobody

from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402


class NoManagedPolicies:
    """Ours are named by reference; nothing has to be looked up in an account."""

    def load(self):
        return {}


template = yaml_parse(open(sys.argv[1], encoding="utf-8").read())
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = "s3://not-uploaded/function.zip"
json.dump(transform(template, {}, NoManagedPolicies()), sys.stdout, indent=1)
