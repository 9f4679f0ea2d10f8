#!/usr/bin/env bash
# Removes what up.sh created. It deletes the stack first, so that a stack that cannot be deleted is noticed.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${SAM_ENVIRONMENT:=target/ci/sam}" "${MINISTACK_ENVIRONMENT:=target/ci/ministack}"
: "${PORT:=4599}" "${STACK:=picture-day-test}"
state=$PWD/target/deploy
[ -e "$state/pid" ] || { echo "nothing is running"; exit 0; }
pid=$(cat "$state/pid")
stop() {
    kill -TERM -- "-$pid" 2> /dev/null || true
    for _ in $(seq 50); do kill -0 -- "-$pid" 2> /dev/null || break; sleep 0.1; done
    kill -KILL -- "-$pid" 2> /dev/null || true
    rm -rf "$state/pid" "$state/api-id" "$state/unpacked"
}
trap stop EXIT

export AWS_ENDPOINT_URL=http://127.0.0.1:$PORT AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true SAM_CLI_TELEMETRY=0
[ -e "$state/environment" ] || exit 0 # the deployment never finished

# A bucket that is not empty cannot be deleted, on AWS too.
"$MINISTACK_ENVIRONMENT/bin/python" - "$state/environment" <<'PYTHON'
import sys
import boto3
for line in open(sys.argv[1]):
    name, value = line.strip().split("=", 1)
    if name.endswith("Bucket"):
        boto3.resource("s3").Bucket(value).object_versions.delete()
PYTHON
for stack in "$STACK-edge" "$STACK"; do
    "$SAM_ENVIRONMENT/bin/sam" delete --stack-name "$stack" --no-prompts > "$state/delete.log" 2>&1 || { tail -20 "$state/delete.log"; exit 1; }
done
echo "removed $STACK"
