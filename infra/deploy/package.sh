#!/usr/bin/env bash
# Creates the files that SAM uploads: target/lambda/<program>/bootstrap for every program in functions/src/bin/.
#
# One build makes all of them: `sam build` would build each function separately, with its own features, and rebuild the
# shared crates every time.
#
#   infra/deploy/package.sh             builds with the release profile
#   PROFILE=dev infra/deploy/package.sh uses the dev profile, which CI has built already
set -euo pipefail
cd "$(dirname "$0")/../.."
profile=${PROFILE:-release}
case $profile in
    dev) folder=debug ;;
    *) folder=$profile ;;
esac

if [[ $profile == dev ]]; then
    # Builds everything, as for the tests: another selection has other features and recompiles the AWS crates.
    cargo build --locked --workspace --all-targets
else
    cargo build --locked --profile "$profile" --package functions --bins
fi

rm -rf target/lambda
for source in functions/src/bin/*.rs; do
    name=$(basename "$source" .rs)
    mkdir -p "target/lambda/$name"
    # Half of a debug build is debug information. It is stripped in place and hard-linked, to save disk space: SAM and
    # the emulator make more copies.
    [[ $profile != dev ]] || strip "target/$folder/$name"
    ln "target/$folder/$name" "target/lambda/$name/bootstrap"
done
echo "packaged $(ls target/lambda | wc -l) programs from target/$folder, $(du -shL target/lambda | cut -f1)"
