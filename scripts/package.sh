#!/usr/bin/env bash
# Builds the npm package into pkg/: the wasm and its glue, the files of src/js, package.json, sizes.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"
use_target "$WASM_TARGET"
# Apart from the native builds, whose compiler may be another one.
export CARGO_TARGET_DIR="$root/target/wasm"
made="$CARGO_TARGET_DIR/$WASM_TARGET/release/huashu.wasm"
out="$root/build/wasm"
# The cdylib alone: built beside the rlib it keeps what only the rlib needs, a tenth of its weight.
cargo rustc --quiet --lib --crate-type cdylib --release --target "$WASM_TARGET" --features wasm
if [ "$made" -nt "$out/done" ] || [ scripts/package.sh -nt "$out/done" ] || [ scripts/order.mjs -nt "$out/done" ] || [ scripts/versions.sh -nt "$out/done" ]; then
  rm -rf "$out"
  wasm-bindgen --target web --omit-default-module-path --no-typescript --out-dir "$out" --out-name huashu "$made"
  features=(--enable-simd --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals
    --enable-reference-types --enable-multivalue)
  wasm-opt -O3 -Oz --strip-debug --strip-producers "${features[@]}" "$out/huashu_bg.wasm" -o "$out/huashu_bg.wasm"
  node scripts/order.mjs "$out/huashu_bg.wasm"
  wasm-opt --reorder-functions-by-name --strip-debug "${features[@]}" "$out/huashu_bg.wasm" -o "$out/huashu_bg.wasm"
  touch "$out/done"
fi
node scripts/package.mjs
node scripts/sizes.mjs
