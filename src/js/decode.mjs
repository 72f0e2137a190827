// From whatever holds the bytes of a file to UTF-8 in slices, and which encoding it was. Nothing is ever held whole.
import { HuashuError } from "./error.mjs";

const SLICE = 1 << 20;
const encoder = new TextEncoder();
const ENCODINGS = ["utf-8", "utf-8-bom", "utf-16le", "utf-16be", "gb18030"];

const MARKS = [
  [[0xef, 0xbb, 0xbf], "utf-8-bom"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

const begins = (bytes, mark) => mark.every((byte, i) => bytes[i] === byte);

/** UTF-16 without a mark: digits, commas and line ends have a zero byte, always on the same side. */
function utf16(bytes) {
  const zeros = [0, 0];
  const length = Math.min(bytes.length, 4096);
  for (let i = 0; i < length; i++) if (bytes[i] === 0) zeros[i & 1]++;
  const [even, odd] = zeros;
  if (odd * 16 > length && odd > even * 16) return "utf-16le";
  if (even * 16 > length && even > odd * 16) return "utf-16be";
}

/** Pictures, archives, workbooks: text has next to no control characters. */
function binary(bytes) {
  const head = bytes.subarray(0, 512);
  let controls = 0;
  for (const byte of head) if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d)) controls++;
  return controls * 20 > head.length;
}

/**
 * UTF-8 or not: GB18030 read as UTF-8 is nearly all broken, with next to no character of three bytes, while Chinese in UTF-8 is made
 * of these, whatever else is damaged. A U+FFFD that was written into the text tells neither. Undecided (undefined) while all is ASCII.
 */
function utf8(bytes) {
  let at = 0;
  while (at < bytes.length && bytes[at] < 0x80) at++;
  if (at === bytes.length) return undefined;
  let written = 0;
  for (at = bytes.indexOf(0xef, at); at >= 0; at = bytes.indexOf(0xef, at + 1)) if (bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) written++;
  const text = new TextDecoder().decode(bytes, { stream: true });
  const broken = text.length - text.replace(/\ufffd+/g, "").length - written;
  const whole = text.length - text.replace(/[\u0800-\ufffc]+/g, "").length;
  return broken > whole * 4 ? "gb18030" : "utf-8";
}

/** The bytes of `data` in pieces of about a megabyte. */
async function* slices(data) {
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
      const joined = new Uint8Array(size);
      for (let at = 0, i = 0; i < held.length; at += held[i++].length) joined.set(held[i], at);
      held = [];
      size = 0;
      return joined;
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

/**
 * Hands the bytes of `data` as UTF-8 to `push`, slice by slice, and resolves to the encoding they had. A piece of UTF-8
 * passes as it is; the reader puts U+FFFD for what is broken in it. Of what is no text the first slice passes, so that the
 * reader can say what it is, and the encoding is null.
 */
export async function decode(data, { encoding, onProgress, signal }, push) {
  if (encoding !== undefined && !ENCODINGS.includes(encoding)) {
    const message = `encoding 不能是 ${encoding}，只能是 ${ENCODINGS.join("、")} / encoding cannot be ${encoding}; it is one of ${ENCODINGS.join(", ")}`;
    throw new HuashuError({ code: "bad-option", message });
  }
  if (typeof data === "string") [data, encoding] = [encoder.encode(data), "utf-8"];
  const total = data?.byteLength ?? data?.size;
  let read = 0;
  let decoder;
  signal?.throwIfAborted();
  for await (let bytes of slices(data)) {
    signal?.throwIfAborted();
    if (read === 0) {
      const marked = MARKS.find(([mark]) => begins(bytes, mark));
      encoding ??= marked?.[1] ?? utf16(bytes);
      if (!encoding && binary(bytes)) {
        push(bytes);
        return null;
      }
      read += bytes.length;
      if (marked?.[1] === "utf-8-bom") bytes = bytes.subarray(3);
    } else {
      read += bytes.length;
    }
    encoding ??= utf8(bytes);
    if (encoding && !encoding.startsWith("utf-8")) {
      decoder ??= new TextDecoder(encoding);
      bytes = encoder.encode(decoder.decode(bytes, { stream: true }));
    }
    push(bytes);
    onProgress?.(read, total);
  }
  if (decoder) push(encoder.encode(decoder.decode()));
  return encoding ?? "utf-8";
}
