// What is kept of a file of chats, so that texts can be read again when they are wanted: the file itself where it can be read
// there and then (a Blob in a worker, a file of node), else its bytes as UTF-8.
import { HuashuError } from "./error.mjs";

/** From data to {read(from, to)}, its bytes at once, or undefined; node adds its own files. */
export const openers = [
  (data) =>
    typeof FileReaderSync === "function" && data instanceof Blob
      ? { read: (from, to) => new Uint8Array(new FileReaderSync().readAsArrayBuffer(data.slice(from, to))) }
      : undefined,
];

/** The file behind some data, where it can be read again. What is taken out of an archive or a workbook is none. */
export function readable(data) {
  for (const opener of openers) {
    const file = opener(data);
    if (file) return file;
  }
}

export class Source {
  #name;
  #file;
  /** What was pushed: where each piece begins among all that was pushed, and its bytes or where these are in the file. */
  #pieces = [];
  #size = 0;
  #block = { from: 0, bytes: new Uint8Array() };
  /** What the file turned out to be written in; null for what is no text. */
  encoding;

  constructor(name, file) {
    this.#name = name;
    this.#file = file || undefined;
  }

  /** Takes note of a piece; `at` is where it begins in the file, where that is known and nothing before it is needed to decode it. */
  push(bytes, at) {
    if (!this.#file) this.#pieces.push({ from: this.#size, bytes: bytes.slice() });
    else if (at !== undefined) this.#pieces.push({ from: this.#size, at });
    this.#size += bytes.length;
  }

  /** So many bytes of what was pushed. */
  read(from, length) {
    const to = from + length;
    let found;
    try {
      found = this.#file ? this.#again(from, to) : this.#kept(from, to);
    } catch (cause) {
      throw this.#changed(cause);
    }
    if (found.length !== length) throw this.#changed();
    return found;
  }

  #kept(from, to) {
    const found = new Uint8Array(to - from);
    for (let i = this.#piece(from); i < this.#pieces.length && this.#pieces[i].from < to; i++) {
      const { from: start, bytes } = this.#pieces[i];
      const part = bytes.subarray(Math.max(from - start, 0), to - start);
      found.set(part, Math.max(start - from, 0));
    }
    return found;
  }

  #again(from, to) {
    if (!this.encoding || this.encoding.startsWith("utf-8")) return this.#file.read(from + this.#pieces[0].at, to + this.#pieces[0].at);
    const block = this.#block;
    if (from < block.from || to > block.from + block.bytes.length) {
      const first = this.#piece(from);
      const after = this.#pieces.find((piece) => piece.from >= to);
      const { from: start, at } = this.#pieces[first];
      const decoder = new TextDecoder(this.encoding, { ignoreBOM: at > 0 });
      this.#block = { from: start, bytes: new TextEncoder().encode(decoder.decode(this.#file.read(at, after?.at ?? Infinity))) };
    }
    return this.#block.bytes.subarray(from - this.#block.from, to - this.#block.from);
  }

  /** The last piece that begins there or before. */
  #piece(from) {
    let [low, high] = [0, this.#pieces.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#pieces[middle].from <= from) low = middle;
      else high = middle;
    }
    return low;
  }

  #changed(cause) {
    const message = `${this.#name} 读过以后变了或读不到了，请重新添加 / ${this.#name} changed or is gone since it was read: add it again`;
    return new HuashuError({ code: "file-changed", file: this.#name, message, cause });
  }
}
