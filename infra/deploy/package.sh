#!/usr/bin/env bash
# Lays out what SAM uploads: target/lambda/<function>/bootstrap for every folder in functions/.
#
# One build of the workspace for all functions: `sam build` would build each by itself, with its own choice of
# features, and rebuild the shared crates every time.
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
    arguments=()
    for function in functions/*/; do arguments+=(--package "$(basename "$function")"); done
    cargo build --locked --profile "$profile" --bins "${arguments[@]}"
fi

rm -rf target/lambda
for function in functions/*/; do
    name=$(basename "$function")
    mkdir -p "target/lambda/$name"
    # Half of a debug build is names and tables for a debugger. It is stripped where it lies, and a hard link stands for
    # the copy: all of them are three gigabytes before, and SAM, the emulator's disk and its unpacked code follow.
    [[ $profile != dev ]] || strip "target/$folder/$name"
    ln "target/$folder/$name" "target/lambda/$name/bootstrap"
done
echo "packaged $(ls target/lambda | wc -l) functions from target/$folder, $(du -shL target/lambda | cut -f1)"
