// From the bytes of a file, slice by slice, to UTF-8, and which encoding it was. Nothing is ever held whole.
const encoder = new TextEncoder();
export const ENCODINGS = ["utf-8", "utf-8-bom", "utf-16le", "utf-16be", "gb18030"];

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

/**
 * Pictures, archives, workbooks: text has next to no control characters. NUL bytes also stand where a disk lost some of a file. The
 * readers refuse what this finds: the same as `binary` in lines.rs.
 */
function binary(bytes) {
  const head = bytes.subarray(0, 512);
  let controls = 0;
  for (const byte of head) if (byte > 0 && byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d)) controls++;
  return controls > 8 && controls * 20 > head.length;
}

/** So many bytes, from the first that is not ASCII on, tell the encoding. */
const LOOK = 1 << 16;

/**
 * UTF-8 or not: GB18030 read as UTF-8 is nearly all broken, with next to no character of three bytes, while Chinese in UTF-8 is made
 * of these, whatever else is damaged. A U+FFFD that was written into the text tells neither. Undecided (undefined) while all is ASCII.
 */
function utf8(bytes) {
  let at = 0;
  while (at < bytes.length && bytes[at] < 0x80) at++;
  if (at === bytes.length) return undefined;
  bytes = bytes.subarray(at, at + LOOK);
  let written = 0;
  for (at = bytes.indexOf(0xef); at >= 0; at = bytes.indexOf(0xef, at + 1)) if (bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) written++;
  const text = new TextDecoder().decode(bytes, { stream: true });
  const broken = text.length - text.replace(/\ufffd+/g, "").length - written;
  const whole = text.length - text.replace(/[\u0800-\ufffc]+/g, "").length;
  return broken > whole * 4 ? "gb18030" : "utf-8";
}

/** The first piece was taken to look at it. */
export async function* chain(first, rest) {
  yield first;
  yield* rest;
}

export function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  for (let at = 0, i = 0; i < pieces.length; at += pieces[i++].length) whole.set(pieces[i], at);
  return whole;
}

/** Where the last line of a slice ends: what comes then can be decoded without what stood before. 0 where none ends. */
function lineEnd(bytes, encoding, start) {
  const low = encoding === "utf-16le" ? 0 : 1;
  for (let at = bytes.lastIndexOf(10); at >= 0; at = at > 0 ? bytes.lastIndexOf(10, at - 1) : -1) {
    if (!encoding.startsWith("utf-16")) return at + 1;
    if ((start + at) % 2 === low && bytes[low ? at - 1 : at + 1] === 0) return low ? at + 1 : at + 2;
  }
  return 0;
}

/**
 * Hands the bytes of `slices` as UTF-8 to `push`, slice by slice, each with its place in the file where decoding can begin
 * there, and resolves to the encoding they had. A piece of UTF-8
 * passes as it is; the reader puts U+FFFD for what is broken in it. What is no text passes as it is too, so that the reader can
 * say what it is, and the encoding is null.
 */
export async function decode(slices, total, { encoding, onProgress, signal }, push) {
  let read = 0;
  let isText = true;
  let decoder;
  // Of what is decoded, the beginning of a line that goes on in the next slice; whether that can be decoded alone.
  let held = new Uint8Array();
  let alone = true;
  signal?.throwIfAborted();
  for await (let bytes of slices) {
    signal?.throwIfAborted();
    if (read === 0) {
      const marked = MARKS.find(([mark]) => begins(bytes, mark));
      encoding ??= marked?.[1] ?? utf16(bytes);
      isText = Boolean(encoding) || !binary(bytes);
      read += bytes.length;
      if (marked?.[1] === "utf-8-bom") bytes = bytes.subarray(3);
    } else {
      read += bytes.length;
    }
    const at = read - bytes.length - held.length;
    if (isText) encoding ??= utf8(bytes);
    if (encoding && !encoding.startsWith("utf-8")) {
      decoder ??= new TextDecoder(encoding);
      if (held.length) bytes = joined([held, bytes]);
      const end = lineEnd(bytes, encoding, at);
      held = bytes.slice(end || bytes.length);
      push(encoder.encode(decoder.decode(bytes.subarray(0, end || bytes.length), { stream: true })), alone ? at : undefined);
      alone = end > 0;
    } else {
      push(bytes, at);
    }
    onProgress?.(read, total);
  }
  if (decoder) push(encoder.encode(decoder.decode(held)), alone ? read - held.length : undefined);
  return isText ? (encoding ?? "utf-8") : null;
}
