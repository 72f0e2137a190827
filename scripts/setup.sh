#!/usr/bin/env bash
# Finds or installs what building (`setup.sh build`) or testing (`setup.sh test`) needs, outside the checkout,
# so that every clone on a machine shares it. Nothing is done twice, and rustup's default stays as it is.
set -euo pipefail
. "$(dirname "$0")/env.sh"
purpose=${1:-build}
[ "$purpose" = test ] && targets="$WASM_TARGET $BARE_TARGET" || targets=$WASM_TARGET
npm_home="$cache/npm-$(cksum <"$root/package-lock.json" | cut -d' ' -f1)"
logs="$cache/log"

say() { printf 'setup: %s\n' "$*"; }
testing() { [ "$purpose" = test ]; }
limited() { # limited SECONDS COMMAND…
  if has timeout; then timeout -k 5 "$@"; else shift; "$@"; fi
}

node_ok() {
  has npm && node -e "
    const [have, want] = [process.versions.node, '$NODE_MIN'].map((v) => v.split('.').map(Number));
    process.exit(have[0] > want[0] || (have[0] === want[0] && have[1] >= want[1]) ? 0 : 1)" 2>/dev/null
}
rust_ok() { has cargo && has rustc && has cc; }
lints_ok() { ! testing || { cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1; }
target_ok() { (use_target "$1"); }
targets_ok() { for t in $targets; do target_ok "$t" || return 1; done; }
pack_ok() { [ -x "$cache/wasm-pack-$WASM_PACK/bin/wasm-pack" ]; }
bindgen_ok() { [ -x "$cache/wasm-bindgen-cli-$WASM_BINDGEN/bin/wasm-bindgen" ]; }
npm_ok() { [ -f "$npm_home/complete" ]; }
browser_ok() { ! testing || browser >/dev/null; }
font_ok() { ! testing || [ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ]; }

all_ok() {
  node_ok && rust_ok && lints_ok && targets_ok && pack_ok && bindgen_ok && npm_ok && browser_ok && font_ok
}

# link_modules: node_modules of this checkout is a link to the shared one; a directory made by hand is left alone.
link_modules() {
  if [ -L "$root/node_modules" ] || [ ! -e "$root/node_modules" ]; then
    [ "$(readlink "$root/node_modules" || true)" = "$npm_home/node_modules" ] ||
      ln -sfn "$npm_home/node_modules" "$root/node_modules"
  fi
}

job() { # job NAME COMMAND…: a long step in the background, its output in a log
  local name=$1
  shift
  "$@" >"$logs/$name.log" 2>&1 || {
    say "$name failed; the end of $logs/$name.log:"
    tail -n 8 "$logs/$name.log"
  }
}

install_crate() { # install_crate NAME VERSION [FLAG]: moderately optimised, which halves the time it takes
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_LTO=off \
    cargo install "$1" --version "$2" ${3:-} --root "$cache/$1-$2"
}

install_modules() {
  rm -rf "$npm_home" && mkdir -p "$npm_home"
  cp "$root/package.json" "$root/package-lock.json" "$root/.npmrc" "$npm_home/"
  (cd "$npm_home" && npm ci --ignore-scripts && touch complete)
}

tools_started=
start_tools() { # the long builds, as soon as there is a compiler; they run beside everything that follows
  [ -z "$tools_started" ] && rust_ok || return 0
  tools_started=yes
  pack_ok || { say "building wasm-pack $WASM_PACK (3 minutes)" && job wasm-pack install_crate wasm-pack "$WASM_PACK" --locked & }
  # Its own lock names a crate version that not every registry has.
  bindgen_ok || { say "building wasm-bindgen-cli $WASM_BINDGEN (4 minutes)" && job wasm-bindgen-cli install_crate wasm-bindgen-cli "$WASM_BINDGEN" & }
}
modules_started=
start_modules() {
  [ -z "$modules_started" ] && node_ok || return 0
  modules_started=yes
  npm_ok || { say "installing the npm packages" && job npm install_modules & }
}

apt_get() {
  local sudo=
  has apt-get || return 1
  [ "$(id -u)" = 0 ] || { sudo="sudo -n" && sudo -n true 2>/dev/null; } || return 1
  DEBIAN_FRONTEND=noninteractive $sudo apt-get -qq "$@" </dev/null
}
apt_updated=
apt_install() { # apt_install PACKAGE…: says so, never removes what is there
  has apt-get || return 1
  say "installing with apt: $*"
  [ -n "$apt_updated" ] || { apt_get update && apt_updated=yes; } >"$logs/apt.log" 2>&1 || return 1
  apt_get install -y --no-install-recommends --no-remove "$@" >>"$logs/apt.log" 2>&1
}

# build_target TARGET: the standard library for TARGET with Debian's compiler and sources, into a sysroot of our own.
build_target() {
  local target=$1 parts=core,alloc host sysroot work lld tool
  [ "$target" = "$WASM_TARGET" ] && parts=std,panic_abort,test,proc_macro
  [ -x /usr/bin/cargo ] && [ -d /usr/lib/rustlib/src/rust ] || return 1
  say "building the standard library for $target with Debian's compiler"
  sysroot=$(debian_sysroot)
  host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
  mkdir -p "$sysroot/bin" "$sysroot/lib/rustlib"
  ln -sfn "/usr/lib/rustlib/$host" "$sysroot/lib/rustlib/$host"
  ln -sfn /usr/lib/rustlib/src "$sysroot/lib/rustlib/src"
  ln -sfn /usr/bin/cargo "$sysroot/bin/cargo"
  for tool in rustc rustdoc; do
    printf '#!/bin/sh\nexec /usr/bin/%s --sysroot "%s" "$@"\n' "$tool" "$sysroot" >"$sysroot/bin/$tool"
    chmod +x "$sysroot/bin/$tool"
  done
  if [ "$target" = "$WASM_TARGET" ]; then
    # Debian's compiler comes without the linker for wasm; rustup's toolchains carry it, and so does LLVM's own package.
    lld=$(has rustup && compgen -G "$(rustc --print sysroot)/lib/rustlib/*/bin/rust-lld" || true)
    if [ -z "$lld" ]; then
      lld=$(ldd /usr/bin/rustc | sed -n 's/.*libLLVM\.so\.\([0-9]*\).*/lld-\1/p' | head -n 1)
      has "$lld" || apt_install "$lld" || return 1
      lld=$(command -v "$lld")
    fi
    ln -sfn "$lld" "$sysroot/bin/rust-lld"
  fi
  work=$(mktemp -d)
  mkdir "$work/src"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[profile.release]\npanic = "abort"\n' >"$work/Cargo.toml"
  echo '#![no_std]' >"$work/src/lib.rs"
  (cd "$work" && env -u RUSTFLAGS -u CARGO_BUILD_TARGET RUSTC_BOOTSTRAP=1 RUSTC="$sysroot/bin/rustc" CARGO_TARGET_DIR="$work/target" \
    /usr/bin/cargo build --release --target "$target" "-Zbuild-std=$parts") >"$logs/$target.log" 2>&1 ||
    { tail -n 8 "$logs/$target.log" && rm -rf "$work" && return 1; }
  rm -f "$work/target/$target/release/deps/"libempty-*
  mkdir -p "$sysroot/lib/rustlib/$target/lib.new"
  cp "$work/target/$target/release/deps/"*.rlib "$sysroot/lib/rustlib/$target/lib.new/"
  mv "$sysroot/lib/rustlib/$target/lib.new" "$sysroot/lib/rustlib/$target/lib"
  rm -rf "$work"
}

if all_ok; then
  link_modules
  exit 0
fi

mkdir -p "$logs"
if has flock; then # another clone may be at it
  exec 9>"$cache/lock"
  flock -n 9 || { say "another set-up is at it; waiting" && flock 9; }
fi

start_tools
start_modules
if has rustup; then
  lints_ok || { say "asking rustup for rustfmt and clippy" && limited 30 rustup -q component add rustfmt clippy || true; }
  targets_ok || { say "asking rustup for $targets" && limited 20 rustup -q target add $targets >"$logs/rustup.log" 2>&1 || say "rustup cannot reach them"; }
fi

packages=
node_ok || packages="$packages nodejs"
has cc || packages="$packages gcc libc6-dev"
{ has cargo && has rustc; } || packages="$packages rustc-web cargo-web"
lints_ok || has rustup || packages="$packages rustfmt-web rust-web-clippy"
targets_ok || [ -d /usr/lib/rustlib/src/rust -a -x /usr/bin/cargo ] || packages="$packages rustc-web cargo-web rust-web-src"
browser_ok || packages="$packages chromium"
font_ok || packages="$packages fontconfig fonts-noto-cjk"
[ -z "$packages" ] || apt_install $packages || say "apt cannot install them (see $logs/apt.log)"
! has node || has npm || apt_install npm || true
start_tools
start_modules
for t in $targets; do target_ok "$t" || build_target "$t" || true; done
wait
if npm_ok; then
  link_modules
  browser_ok || { say "asking playwright for Chromium" && limited 300 node "$root/node_modules/playwright-core/cli.js" install chromium >"$logs/playwright.log" 2>&1 || true; }
fi

lacking=
lack() { lacking="$lacking${lacking:+; }$*"; }
node_ok || lack "node $NODE_MIN or later with npm (https://nodejs.org)"
has cc || lack "a C compiler as cc (gcc or clang)"
{ has cargo && has rustc; } || lack "Rust's stable toolchain (https://rustup.rs)"
lints_ok || lack "rustfmt and clippy (rustup component add rustfmt clippy)"
for t in $targets; do target_ok "$t" || lack "the Rust target $t (rustup target add $t)"; done
pack_ok || ! rust_ok || lack "wasm-pack (see $logs/wasm-pack.log)"
bindgen_ok || ! rust_ok || lack "wasm-bindgen-cli (see $logs/wasm-bindgen-cli.log)"
npm_ok || ! node_ok || lack "the npm packages (see $logs/npm.log)"
browser_ok || lack "Chromium or Chrome (name it in CHROMIUM where it is not on PATH)"
font_ok || say "no Chinese font (fonts-noto-cjk): screenshots will show boxes, the tests run"
if [ -n "$lacking" ]; then
  say "please install: $lacking"
  exit 1
fi
say "everything is there"
