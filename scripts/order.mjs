// Names the functions of a wasm so that sorted by name those stand together that are alike: gzip looks back 32 KB, and finds there
// what to copy. `wasm-opt --reorder-functions-by-name` then sorts them. The file must have no names yet.
import { readFileSync, writeFileSync } from "node:fs";

const path = process.argv[2];
const wasm = readFileSync(path);
const PIECE = 6; // bytes that two functions have in common
const REACH = 16000; // bytes after which what stood before counts for a third

let at = 8;
function number() {
  let value = 0;
  for (let shift = 1; ; shift *= 128) {
    const byte = wasm[at++];
    value += (byte & 127) * shift;
    if (byte < 128) return value;
  }
}
const skip = () => {
  const length = number();
  at += length;
};
const limits = () => {
  const flags = number();
  number();
  if (flags & 1) number();
};
// Of each kind of import: a function, a table, a memory, a global.
const described = [number, () => (at++, limits()), limits, () => (at += 2)];

let imported = 0;
const bodies = [];
while (at < wasm.length) {
  const section = wasm[at++];
  const end = number() + at;
  if (section === 2) {
    for (let left = number(); left > 0; left--) {
      skip();
      skip();
      const kind = wasm[at++];
      if (kind === 0) imported++;
      described[kind]();
    }
  } else if (section === 10) {
    for (let left = number(); left > 0; left--) {
      const length = number();
      bodies.push(wasm.subarray(at, at + length));
      at += length;
    }
  }
  at = end;
}

const pieces = bodies.map((body) => {
  const found = new Set();
  for (let from = 0; from + PIECE <= body.length; from++) {
    let hash = 0;
    for (const byte of body.subarray(from, from + PIECE)) hash = (Math.imul(hash, 31) + byte) | 0;
    found.add(hash);
  }
  return found;
});
const holders = new Map();
for (const [number, found] of pieces.entries())
  for (const piece of found) if (!holders.get(piece)?.push(number)) holders.set(piece, [number]);

// After each function comes the one that has most in common with those just before it, for its length; a piece that many have counts little.
const rank = new Array(bodies.length);
const common = new Float64Array(bodies.length);
for (let current = 0, place = 0; current >= 0; place++) {
  rank[current] = place;
  const fading = Math.exp(-bodies[current].length / REACH);
  for (let other = 0; other < common.length; other++) common[other] *= fading;
  for (const piece of pieces[current]) {
    const shared = holders.get(piece);
    if (shared.length < 400) for (const other of shared) common[other] += 1 / Math.sqrt(shared.length);
  }
  let most = -1;
  current = -1;
  for (const [other, found] of pieces.entries()) {
    const alike = common[other] / (found.size + 30) ** 0.6;
    if (rank[other] === undefined && alike > most) [most, current] = [alike, other];
  }
}

const written = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...written(value >> 7)]);
const held = (bytes) => [...written(bytes.length), ...bytes];
const named = (text) => held([...Buffer.from(text)]);
const names = rank.flatMap((place, number) => [...written(imported + number), ...named(String(place).padStart(6, "0"))]);
const section = [...named("name"), 1, ...held([...written(rank.length), ...names])];
writeFileSync(path, Buffer.concat([wasm, Buffer.from([0, ...held(section)])]));
