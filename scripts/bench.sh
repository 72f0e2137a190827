#!/usr/bin/env bash
# Builds what the benches run natively and the bare passes in wasm, and runs them all. PYTHON names a python that has pandas and polars.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"
export CARGO_TARGET_DIR="$root/target/bench" BENCH_NATIVE="$root/target/bench/release/huashu-bench"
crate=pkg-tests/bench/native/Cargo.toml
cargo build --quiet --release --manifest-path "$crate"
(
  use_target "$WASM_TARGET"
  CARGO_TARGET_DIR="$root/target/wasm" cargo rustc --quiet --lib --crate-type cdylib --release --target "$WASM_TARGET" --manifest-path "$crate"
  wasm-bindgen --target nodejs --no-typescript --out-dir build/bench/wasm --out-name huashu_bench "$root/target/wasm/$WASM_TARGET/release/huashu_bench.wasm"
)
echo '{ "type": "commonjs" }' >build/bench/wasm/package.json
node pkg-tests/bench/bench.mjs "$@"
