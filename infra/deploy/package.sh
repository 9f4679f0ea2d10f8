#!/usr/bin/env bash
# Creates the files that SAM uploads: target/lambda/<program>.zip for every program in functions/src/bin/.
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
mkdir -p target/lambda
for source in functions/src/bin/*.rs; do
    name=$(basename "$source" .rs)
    # Half of a debug build is names and tables for a debugger.
    [[ $profile != dev ]] || strip "target/$folder/$name"
    # Zipped here, once for each program: SAM would zip a folder again for each of fifty functions. The same bytes give
    # the same file, so that SAM uploads it once.
    python3 - "target/$folder/$name" "target/lambda/$name.zip" << 'END'
import sys, zipfile
program, archive = sys.argv[1:]
entry = zipfile.ZipInfo("bootstrap", (1980, 1, 1, 0, 0, 0))
entry.external_attr = 0o100755 << 16
entry.compress_type = zipfile.ZIP_DEFLATED
with zipfile.ZipFile(archive, "w") as zipped, open(program, "rb") as bytes:
    zipped.writestr(entry, bytes.read())
END
done
echo "packaged $(ls target/lambda | wc -l) programs from target/$folder, $(du -sh target/lambda | cut -f1)"
