# Versions of the tools that cargo installs and of the targets. npm's are in package.json and its lock.
WASM_PACK=0.15.1
# The command line must be of the very version that the crate links, so the lock names it.
WASM_BINDGEN=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' "$root/Cargo.lock")
WASM_TARGET=wasm32-unknown-unknown
# A 32-bit target without std, without 64-bit atomics: what builds there leans on nothing but core and alloc.
BARE_TARGET=thumbv7em-none-eabi
NODE_MIN=20.19
