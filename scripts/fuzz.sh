#!/usr/bin/env bash
# Holds the figures against their second implementation on CASES (5000) new random shops. Then builds every fuzz target with
# coverage, on the stable compiler, and runs each for SECONDS_EACH (30).
# What it finds worth keeping stays in build/fuzz and is the start of the next run; a checkout starts from the samples and
# pkg-tests/fuzz/seeds: `all` for every target, and for each its own, the least that reached what longer runs had found
# (NAME -merge=1 NEW OLD…, the largest left out).
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"
PROPTEST_CASES=${CASES:-5000} cargo test --release --test oracles
host=$(rustc -vV | sed -n 's/^host: //p')
flags="-Cpasses=sancov-module -Ccodegen-units=1 --cfg fuzzing"
for pass in level=4 inline-8bit-counters pc-table trace-compares; do flags="$flags -Cllvm-args=-sanitizer-coverage-$pass"; done
# With a target named, the flags do not reach build scripts.
RUSTFLAGS="$flags" CARGO_TARGET_DIR="$root/target/fuzz" \
  cargo build --release --manifest-path pkg-tests/fuzz/Cargo.toml --target "$host"
for source in pkg-tests/fuzz/targets/*.rs; do
  name=$(basename "$source" .rs)
  mkdir -p "build/fuzz/$name"
  echo "== $name"
  (cd build/fuzz && "$root/target/fuzz/$host/release/$name" -max_total_time="${SECONDS_EACH:-30}" -timeout=10 -rss_limit_mb=2048 \
    -max_len=4096 -print_final_stats=1 -verbosity=0 "$name" "$root/www/public/sample" "$root/pkg-tests/fuzz/seeds/all" "$root/pkg-tests/fuzz/seeds/$name" 2>&1 | grep -vE '^(INFO|WARNING: Failed to find|\s+NEW_FUNC|"|###|stat::(new_units|slowest|peak|average))') || exit 1
done
