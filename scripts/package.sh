#!/usr/bin/env bash
# Builds the npm package into pkg/: wasm-pack, the files of src/js, package.json, sizes.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"
use_target "$WASM_TARGET"
# Apart from the native builds, whose compiler may be another one.
export CARGO_TARGET_DIR="$root/target/wasm"
wasm-pack --quiet build --target web --release --mode no-install --no-pack --no-typescript \
  --out-dir "$root/build/wasm" --out-name huashu -- --features wasm
node scripts/package.mjs
node scripts/sizes.mjs
