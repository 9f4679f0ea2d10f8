#!/usr/bin/env bash
# Lays out what SAM uploads: target/lambda/<program>/bootstrap for every program in functions/src/bin/.
#
# One build for all of them: `sam build` would build each function by itself, with its own choice of features, and rebuild
# the shared crates every time.
#
#   infra/deploy/package.sh             builds them in the release profile
#   PROFILE=dev infra/deploy/package.sh takes the dev profile, which CI has built already
set -euo pipefail
cd "$(dirname "$0")/../.."
profile=${PROFILE:-release}
case $profile in
    dev) folder=debug ;;
    *) folder=$profile ;;
esac

if [[ $profile == dev ]]; then
    # Everything, as the tests are built: another choice would have other features and compile the AWS crates once more.
    cargo build --locked --workspace --all-targets
else
    cargo build --locked --profile "$profile" --package functions --bins
fi

rm -rf target/lambda
for source in functions/src/bin/*.rs; do
    name=$(basename "$source" .rs)
    mkdir -p "target/lambda/$name"
    # Half of a debug build is names and tables for a debugger. It is stripped where it lies, and a hard link stands for
    # the copy: SAM, the emulator's disk and its unpacked code follow.
    [[ $profile != dev ]] || strip "target/$folder/$name"
    ln "target/$folder/$name" "target/lambda/$name/bootstrap"
done
echo "packaged $(ls target/lambda | wc -l) programs from target/$folder, $(du -shL target/lambda | cut -f1)"
