#!/usr/bin/env bash
# Deploys the packaged functions to an emulated AWS on this machine, with every function's IAM permissions enforced.
#
#   infra/deploy/package.sh && infra/deploy/up.sh
#
# Afterwards the site is http://localhost:$PORT and the services are http://127.0.0.1:$PORT;
# target/deploy/environment contains both and the stack's names, for the tests. infra/deploy/down.sh removes it all.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${SAM_ENVIRONMENT:=target/ci/sam}" "${MINISTACK_ENVIRONMENT:=target/ci/ministack}" # Python environments; .ci/run creates them
: "${PORT:=4599}" "${STACK:=picture-day-test}"
: "${DNS_PORT:=$((PORT + 2))}" # where drive_people.py answers DNS queries
state=$PWD/target/deploy
mkdir -p "$state/unpacked"
[ ! -e "$state/pid" ] || infra/deploy/down.sh
rm -f "$state/api-id" "$state/environment"
! curl -so /dev/null "http://127.0.0.1:$PORT/" || { echo "port $PORT is taken; PORT=… chooses another"; exit 1; }

export AWS_ENDPOINT_URL=http://127.0.0.1:$PORT AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true SAM_CLI_TELEMETRY=0

# `localhost` and not 127.0.0.1: it becomes the Host of requests to functions, which must not be an IP address.
# ministack unpacks gigabytes of code into TMPDIR and never deletes them; down.sh removes this folder.
# setsid gives the process its own session, so that down.sh can stop it with the functions that it started.
GATEWAY_PORT=$PORT MINISTACK_HOST=localhost BIND_HOST=127.0.0.1 API_ID_FILE=$state/api-id \
    MAIL_IDENTITY=picture-day.example TMPDIR=$state/unpacked \
    AUTH=true LAMBDA_EXECUTOR=local IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 \
    setsid "$MINISTACK_ENVIRONMENT/bin/python" infra/deploy/emulated_aws.py > "$state/ministack.log" 2>&1 &
echo $! > "$state/pid"
for _ in $(seq 100); do
    curl -fso /dev/null "$AWS_ENDPOINT_URL/_ministack/health" && break
    kill -0 "$(cat "$state/pid")" 2> /dev/null || { tail -20 "$state/ministack.log"; exit 1; }
    sleep 0.2
done

# Verifies the sender's domain, which the operator of a real stack does by hand.
"$MINISTACK_ENVIRONMENT/bin/python" - <<'PYTHON'
import boto3
boto3.client("sesv2").create_email_identity(EmailIdentity="picture-day.example")
PYTHON

"$SAM_ENVIRONMENT/bin/sam" deploy --template-file template.yaml --stack-name "$STACK" --resolve-s3 \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-confirm-changeset --no-progressbar \
    --parameter-overrides "PublicUrl=http://localhost:$PORT" "MailIdentity=picture-day.example" RequestsAMinute=1000 \
    "DnsResolverUrl=http://127.0.0.1:$DNS_PORT/resolve" \
    "MailFrom='Picture Day <no-reply@picture-day.example>'" > "$state/sam.log" 2>&1 || { tail -50 "$state/sam.log"; exit 1; }
"$MINISTACK_ENVIRONMENT/bin/python" infra/deploy/sync_routes.py "$STACK" "$state" > "$state/routes.log" || { cat "$state/routes.log"; exit 1; }

# Deploys the edge's stack too, to check that it can be created and sends the functions' secret. No request uses it.
"$SAM_ENVIRONMENT/bin/sam" deploy --config-env edge --template-file infra/stacks/edge.yaml --stack-name "$STACK-edge" --no-progressbar \
    --parameter-overrides DomainName=photos.example ApiOriginDomain=api.example \
    CertificateArn=arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000 \
    > "$state/sam-edge.log" 2>&1 || { tail -50 "$state/sam-edge.log"; exit 1; }
"$MINISTACK_ENVIRONMENT/bin/python" - "$STACK-edge" <<'PYTHON'
import json
import sys
import boto3
(stack,) = boto3.client("cloudformation").describe_stacks(StackName=sys.argv[1])["Stacks"]
arn = next(output["OutputValue"] for output in stack["Outputs"] if output["OutputKey"] == "OriginSecretArn")
secret = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
cloudfront = boto3.client("cloudfront")
(distribution,) = cloudfront.list_distributions()["DistributionList"]["Items"]
config = cloudfront.get_distribution_config(Id=distribution["Id"])["DistributionConfig"]
(header,) = config["Origins"]["Items"][0]["CustomHeaders"]["Items"]
assert header == {"HeaderName": "x-origin-verify", "HeaderValue": secret["current"]}, "the edge sends another secret"
assert secret["previous"] == "" and len(secret["current"]) == 64
PYTHON
echo "deployed $STACK: site http://localhost:$PORT, services $AWS_ENDPOINT_URL, log $state/ministack.log"
