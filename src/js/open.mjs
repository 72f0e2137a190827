// From whatever is handed in to the files that are in it: a text is one, and so is a workbook; an archive holds several.
import { chain, decode, ENCODINGS, joined } from "./decode.mjs";
import { refuse } from "./options.mjs";

const SLICE = 1 << 20;
const encoder = new TextEncoder();

export const noInput = () => refuse("bad-input", "只能读取文本、Uint8Array、Blob 或字节流", "Only text, Uint8Array, Blob or a stream of bytes can be read");

const isStream = (data) => typeof data?.[Symbol.asyncIterator] === "function";

/** The bytes of what holds some; undefined for anything else. */
export function bytesOf(data) {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : undefined;
}

/** Text that comes in pieces as UTF-8; a piece may end within a character. */
function stitching() {
  let half = "";
  return (text) => {
    const whole = half + text;
    half = /[\ud800-\udbff]$/.test(whole) ? whole.at(-1) : "";
    return encoder.encode(half ? whole.slice(0, -1) : whole);
  };
}

async function quietly(end, of) {
  try {
    await end?.call(of);
  } catch {
    // Where somebody else reads a stream it is theirs to end.
  }
}

/** Lets go of a stream that is read no further: it may not even have been begun. Who stalls is not waited for. */
export function close(data) {
  if (!isStream(data)) return;
  // A file that is being opened may fail yet, which ends a program where nobody hears it.
  if (data.destroy) data.on?.("error", () => {});
  quietly(data.destroy ?? data.cancel ?? data.return, data);
}

/** What a stream gives, up to an abort: that does not wait for the next piece, which may never come. */
async function* pieces(data, signal) {
  const reader = data.getReader?.();
  const iterator = reader ?? data[Symbol.asyncIterator]();
  let stop;
  const abort = () => stop?.(signal.reason);
  signal?.addEventListener("abort", abort);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await new Promise((resolve, reject) => {
        stop = reject;
        Promise.resolve(reader ? reader.read() : iterator.next()).then(resolve, reject);
      });
      if (done) return;
      yield value;
    }
  } finally {
    signal?.removeEventListener("abort", abort);
    const ended = quietly(reader ? reader.cancel : iterator.return, iterator);
    if (!signal?.aborted) await ended;
    reader?.releaseLock();
  }
}

/** The bytes of `data` in pieces of about a megabyte; `onText` hears of pieces that are text. */
async function* slices(data, signal, onText) {
  const bytes = bytesOf(data);
  if (bytes) {
    for (let at = 0; at < bytes.length; at += SLICE) yield bytes.subarray(at, at + SLICE);
  } else if (data instanceof Blob) {
    for (let at = 0; at < data.size; at += SLICE) yield new Uint8Array(await data.slice(at, at + SLICE).arrayBuffer());
  } else if (isStream(data)) {
    // A stream's own pieces are small: each would cost a copy and a call.
    let held = [];
    let size = 0;
    const join = () => {
      const whole = joined(held);
      held = [];
      size = 0;
      return whole;
    };
    const encode = stitching();
    for await (const given of pieces(data, signal)) {
      const isText = typeof given === "string";
      if (isText) onText();
      const piece = isText ? encode(given) : bytesOf(given);
      if (!piece) refuse("bad-input", "流里只能是字节（Uint8Array）或文本", `a stream has to give bytes (Uint8Array) or text, not ${given === null ? null : typeof given}`);
      held.push(piece);
      size += piece.length;
      if (size >= SLICE) yield join();
    }
    if (size) yield join();
  } else {
    noInput();
  }
}

/** Archives and workbooks (zip) and what Office made before and makes of files with a password (a compound file). */
const PACKED = [[0x50, 0x4b, 0x03, 0x04], [0x50, 0x4b, 0x05, 0x06], [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]];

export const isPacked = (bytes) => PACKED.some((mark) => mark.every((byte, i) => bytes[i] === byte));

/**
 * Yields {name, size, read} for each file in `data`; each is read before the next one is asked for. `size` is its bytes, where that is known. `read(push, complain)` hands its
 * text as UTF-8 to `push`, with its place in `data` where it stands there, and to `complain` a problem {code, line, column, message} that only the form of the file has; it resolves to the
 * encoding, null for what is no text.
 */
export async function* open(name, data, { encoding, onProgress, signal, breaks, only }) {
  if (encoding !== undefined && !ENCODINGS.includes(encoding)) {
    refuse("bad-option", `encoding 不能是 ${encoding}，只能是 ${ENCODINGS.join("、")}`, `encoding cannot be ${encoding}; it is one of ${ENCODINGS.join(", ")}`);
  }
  if (typeof data === "string") [data, encoding] = [encoder.encode(data), "utf-8"];
  signal?.throwIfAborted();
  const total = data?.byteLength ?? data?.size;
  const all = slices(data, signal, () => (encoding = "utf-8"));
  try {
    const first = await all.next();
    const bytes = first.done ? all : chain(first.value, all);
    if (!first.done && isPacked(first.value)) {
      const { unpack } = await import("./unpack.mjs"); // a file of its own, for those who have such a file
      yield* unpack(name, bytes, total, { encoding, onProgress, signal, breaks, only });
    } else {
      yield { name, whole: true, size: total, read: (push) => decode(bytes, total, { encoding, onProgress, signal }, push) };
    }
  } finally {
    await all.return();
  }
}
