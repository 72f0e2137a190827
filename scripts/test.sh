#!/usr/bin/env bash
# `make test`: every stage with its name and time, and at the end how many tests passed and failed in all of them.
set -uo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"
export NO_COLOR=1 CARGO_TERM_COLOR=never RUST_BACKTRACE=1
# Random cases are the same in every run, so that what fails was broken by the change at hand; `make fuzz` draws new ones.
export PROPTEST_RNG_SEED=1
logs="$root/build/test"
mkdir -p "$logs"
passed=0 failed=0 skipped=0

# How each kind of runner counts, as "passed failed skipped"; nothing when it did not come to counting.
count_rust() { awk '/^test result:/ { p += $4; f += $6; s += $8; n++ } END { if (n) print p, f, s }'; }
count_node() { awk '/^ℹ (pass|fail|cancelled|skipped|todo) [0-9]+$/ { c[$2] += $3; n++ } END { if (n) print c["pass"] + 0, c["fail"] + c["cancelled"], c["skipped"] + c["todo"] }'; }
count_one() { :; }

# stage NAME COUNT COMMAND…: its output goes to a log and is shown when something failed. A runner without a count of its
# own is one test; one that fails without naming a failed test, or counts nothing, has one failed test.
stage() {
  local name=$1 count=$2 start=$SECONDS log code=0 p f s
  shift 2
  log="$logs/${name// /-}.log"
  printf '%-14s ' "$name"
  "$@" >"$log" 2>&1 </dev/null || code=$?
  read -r p f s < <("$count" <"$log")
  if [ -z "${p:-}" ]; then
    f=1 p=0 s=0
    [ "$count" = count_one ] && [ "$code" = 0 ] && p=1 f=0
  elif [ "$f" = 0 ] && { [ "$code" != 0 ] || [ "$p" = 0 ]; }; then
    f=1
  fi
  printf '%5d passed %3d failed %4d s\n' "$p" "$f" $((SECONDS - start))
  [ "$f" = 0 ] && [ "$name" != package ] || grep -vE '^test .* \.\.\. ok$|^ *✔ ' "$log" | sed 's/^/    /'
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

bare() { # the core as a library for a target without std
  use_target "$BARE_TARGET" &&
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR="$root/target/bare" cargo rustc --lib --crate-type rlib --no-default-features --target "$BARE_TARGET"
}
wasm() {
  use_target "$WASM_TARGET" &&
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR="$root/target/wasm" wasm-pack test --node --mode no-install -- --lib --features wasm
}
native() { # what needs real data is ignored, and counted as skipped, where there is none
  local only=()
  [ ! -d "${HUASHU_DATA:-$root/../shared/data}" ] || only=(--include-ignored)
  cargo test --no-fail-fast -- "${only[@]}"
}
page() { node scripts/page.mjs && tsc -p www; }

start=$SECONDS
bash scripts/setup.sh test || exit 1
printf '%-14s %32d s\n' set-up $((SECONDS - start))
stage format count_one cargo fmt --check -- --color never
stage clippy count_one cargo clippy --quiet --all-targets --all-features -- -D warnings
stage bare-target count_one bare
stage native count_rust native
stage wasm count_rust wasm
stage package count_one bash scripts/package.sh
stage page count_one page
stage packed count_node bash scripts/packed.sh
[ "$skipped" = 0 ] || echo "$skipped skipped (the logs in build/test say why)"
echo "$((SECONDS - start)) s in all"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
