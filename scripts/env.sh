# Sourced by the other scripts: where the tools are. Installs nothing.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/versions.sh"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/huashu
export PLAYWRIGHT_BROWSERS_PATH="$cache/playwright"

command -v cargo >/dev/null || PATH="$HOME/.cargo/bin:$PATH"
PATH="$root/node_modules/.bin:$cache/wasm-pack-$WASM_PACK/bin:$cache/wasm-bindgen-cli-$WASM_BINDGEN/bin:$PATH"
export PATH

has() { command -v "$1" >/dev/null 2>&1; }

# debian_sysroot: the directory for targets built with Debian's compiler; one for each version of it.
debian_sysroot() {
  [ -x /usr/bin/rustc ] && echo "$cache/sysroot-$(/usr/bin/rustc --version | cut -d' ' -f2)"
}

# has_target SYSROOT TARGET
has_target() { compgen -G "$1/lib/rustlib/$2/lib/libcore-*.rlib" >/dev/null; }

# use_target TARGET: puts the compiler that has TARGET first on PATH; false when none has.
use_target() {
  local built
  if has rustc && has_target "$(rustc --print sysroot)" "$1"; then return 0; fi
  built=$(debian_sysroot) && has_target "$built" "$1" && PATH="$built/bin:$PATH"
}

# browser: the path of a Chromium, false when there is none. CHROMIUM names another one.
browser() {
  local name
  for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome google-chrome-stable \
    $(compgen -G "$PLAYWRIGHT_BROWSERS_PATH/chromium-*/chrome-*/chrome" | tail -n 1); do
    command -v "$name" && return
  done
  return 1
}
