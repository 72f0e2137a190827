#!/usr/bin/env bash
# Runs pkg-tests on the packed package and the built page; the package is installed without a network into a project outside the checkout.
# `packed.sh FILE…` runs only these.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"
host=$(mktemp -d)
trap 'rm -rf "$host"' EXIT
npm pack --silent --pack-destination "$host" ./pkg >/dev/null
echo '{ "name": "host", "private": true, "type": "module" }' >"$host/package.json"
(cd "$host" && npm install --silent --offline --no-audit --no-fund ./huashu-*.tgz)
[ $# != 0 ] || set -- pkg-tests/*.test.mjs pkg-tests/page/*.test.mjs
HUASHU_HOST="$host" CHROMIUM="$(browser)" node --test --test-concurrency=2 --test-reporter spec "$@"
