// From whatever is handed in to the files that are in it: a text is one, and so is a workbook; an archive holds several.
import { decode, ENCODINGS, joined } from "./decode.mjs";
import { HuashuError } from "./error.mjs";

const SLICE = 1 << 20;
const encoder = new TextEncoder();

/** The bytes of `data` in pieces of about a megabyte. */
export async function* slices(data) {
  if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at < bytes.length; at += SLICE) yield bytes.subarray(at, at + SLICE);
  } else if (data instanceof Blob) {
    for (let at = 0; at < data.size; at += SLICE) yield new Uint8Array(await data.slice(at, at + SLICE).arrayBuffer());
  } else if (typeof data?.[Symbol.asyncIterator] === "function") {
    // A stream's own pieces are small: each would cost a copy and a call.
    let held = [];
    let size = 0;
    const join = () => {
      const whole = joined(held);
      held = [];
      size = 0;
      return whole;
    };
    for await (const piece of data) {
      held.push(piece);
      size += piece.length;
      if (size >= SLICE) yield join();
    }
    if (size) yield join();
  } else {
    throw new HuashuError({
      code: "bad-input",
      message: "只能读取文本、Uint8Array、Blob 或字节流 / Only text, Uint8Array, Blob or a stream of bytes can be read",
    });
  }
}

/** Archives and workbooks (zip) and what Office made before and makes of files with a password (a compound file). */
const PACKED = [[0x50, 0x4b, 0x03, 0x04], [0x50, 0x4b, 0x05, 0x06], [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]];

export const isPacked = (bytes) => PACKED.some((mark) => mark.every((byte, i) => bytes[i] === byte));

/** The first slice was taken to look at it. */
async function* together(first, rest) {
  if (!first.done) yield first.value;
  yield* rest;
}

/**
 * Yields {name, size, read} for each file in `data`; each is read before the next one is asked for. `size` is its bytes, where that is known. `read(push, complain)` hands its
 * text as UTF-8 to `push`, with its place in `data` where it stands there, and to `complain` a problem {code, line, column, message} that only the form of the file has; it resolves to the
 * encoding, null for what is no text.
 */
export async function* open(name, data, { encoding, onProgress, signal, breaks, only }) {
  if (encoding !== undefined && !ENCODINGS.includes(encoding)) {
    const message = `encoding 不能是 ${encoding}，只能是 ${ENCODINGS.join("、")} / encoding cannot be ${encoding}; it is one of ${ENCODINGS.join(", ")}`;
    throw new HuashuError({ code: "bad-option", message });
  }
  if (typeof data === "string") [data, encoding] = [encoder.encode(data), "utf-8"];
  signal?.throwIfAborted();
  const total = data?.byteLength ?? data?.size;
  const pieces = slices(data);
  const first = await pieces.next();
  const all = together(first, pieces);
  if (!first.done && isPacked(first.value)) {
    const { unpack } = await import("./unpack.mjs"); // a file of its own, for those who have such a file
    yield* unpack(name, all, total, { encoding, onProgress, signal, breaks, only });
  } else {
    yield { name, whole: true, size: total, read: (push) => decode(all, total, { encoding, onProgress, signal }, push) };
  }
}
