// Archives and workbooks, with the libraries that read them: built into one file, which is loaded when such a file comes.
import { strFromU8, Unzip, UnzipInflate } from "fflate";
import { chain, decode } from "./decode.mjs";
import { HuashuError } from "./error.mjs";
import { MOST_BYTES, workbook } from "./workbook.mjs";

/** What an archive may hold, beside so many bytes. */
const MOST_FILES = 1000;
/** A workbook is held as it is packed while it is read. */
const MOST_PACKED = 2 ** 29;
/** So many bytes at the end of an archive list what it holds, of any document. */
const MOST_LISTED = 2 ** 16;
/** Packed bytes at a time: unpacked they are a thousand times as many at most. */
const STEP = 1 << 16;

const fail = (code, file, message) => new HuashuError({ code, file, message });
const tooLarge = (file) =>
  fail("too-large", file, "解压后超过 2 GB、超过 1000 个文件，或工作簿超过 512 MB：请拆开后再导入 / more than 2 GB unpacked, more than 1000 files, or a workbook of more than 512 MB: split it");
const locked = (file) => fail("password", file, "文件有密码，请先用密码打开并另存为不加密的文件 / this file has a password: open it and save it without one");
const damaged = (file, line = null) => ({
  code: "damaged-file", file, line, column: null,
  message: "文件损坏或不完整，之后的内容没有读到：请重新导出 / damaged or cut off; what follows was not read: export it again",
});

/** Names are UTF-8 where they say so or can be; Windows in Chinese writes its own encoding. The library gives such bytes one by one. */
function nameOf(name) {
  if (!/^[\0-\xff]*$/.test(name) || !/[\x80-\xff]/.test(name)) return name;
  const bytes = Uint8Array.from(name, (c) => c.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

/** Directories, and what systems put beside the files. */
const isJunk = (name) => /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)|\/$/i.test(name);

/** The names of encrypted members whose headers stand in some bytes of an archive. */
function encrypted(bytes) {
  const view = new DataView(bytes.buffer);
  const names = new Set();
  for (const { index } of new TextDecoder("latin1").decode(bytes).matchAll(/PK\x03\x04.{26}/gs)) {
    const flags = bytes[index + 6];
    const named = index + 30;
    if (flags & 1) names.add(strFromU8(bytes.subarray(named, named + view.getUint16(index + 26, true)), !(bytes[index + 7] & 8)));
  }
  return names;
}

/** A workbook is an archive too; it begins with one of these. */
const isWorkbook = (bytes) => /^PK\x03\x04.{26}(\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/)/s.test(String.fromCharCode(...bytes.subarray(0, 64)));

/** Office's compound file: a workbook with a password, or one of before 2007. */
function compound(file, bytes) {
  const text = new TextDecoder("utf-16le").decode(bytes.subarray(0, bytes.length & ~1));
  if (text.includes("EncryptedPackage")) return locked(file);
  return fail("old-workbook", file, "旧版 Excel 文件（.xls）：请另存为 .xlsx 或 CSV / an old Excel file (.xls): save it as .xlsx or CSV");
}

/** Documents of Office other than workbooks, by what the end of the archive lists. */
function refuseDocument(file, bytes) {
  const listed = new TextDecoder("latin1").decode(bytes.subarray(-MOST_LISTED));
  if (/(word|ppt)\/\w+\.xml/.test(listed) && !listed.includes("xl/"))
    throw fail("not-a-chat", file, "这是 Word 或 PPT 文档：请打开后复制里面的文字，粘贴进来 / a Word or PowerPoint document: open it, copy its text and paste that");
}

async function collect(slices, file, options) {
  const held = [];
  let size = 0;
  for await (const slice of slices) {
    options.signal?.throwIfAborted();
    held.push(slice);
    size += slice.length;
    if (size > MOST_PACKED) throw tooLarge(file);
    options.onProgress?.(size, options.total);
  }
  return new Uint8Array(await new Blob(held).arrayBuffer());
}

/** One file whose bytes begin with `first`, which may be a workbook. */
async function read(file, first, rest, options, push, complain) {
  const slices = chain(first, rest);
  const head = first.subarray(0, 4).join();
  if (head === "208,207,17,224") throw compound(file, await collect(slices, file, options));
  if (!isWorkbook(first)) {
    if (head === "80,75,3,4") throw fail("nested", file, "压缩包里还有压缩包：请先解开 / an archive within an archive: unpack it first");
    return decode(slices, options.total, options, (bytes) => push(bytes)); // which are nowhere else
  }
  const bytes = await collect(slices, file, options);
  refuseDocument(file, bytes);
  try {
    await workbook(bytes, { ...options, tooLarge: () => tooLarge(file) }, push, complain);
  } catch (error) {
    if (error instanceof HuashuError || options.signal?.aborted) throw error;
    complain(damaged(file, error.line));
  }
  return null;
}

/** What an archive holds, as it comes by. */
class Archive {
  #slices;
  #unzip;
  #bytes = 0;
  #read = 0;
  /** The last bytes that were pushed, in which the header of a member that is met stands, and who is encrypted there. */
  #last = new Uint8Array(2 * STEP);
  #locked = null;
  #options;
  #name;
  met = [];
  constructor(name, slices, options) {
    this.#name = name;
    this.#slices = slices;
    this.#options = options;
    this.#unzip = new Unzip((file) => this.#meet(file));
    this.#unzip.register(UnzipInflate);
  }
  /** What nobody asks for is not held. */
  wants(name) {
    const { only } = this.#options;
    return !isJunk(name) && (!only || only.includes(`${this.#name}/${name}`));
  }
  #meet(file) {
    const member = { name: nameOf(file.name), chunks: [], ended: false, failed: false };
    if (!isJunk(member.name)) {
      if ((this.#locked ??= encrypted(this.#last)).has(file.name)) throw locked(this.#name);
      if (this.met.push(member) > MOST_FILES) throw tooLarge(this.#name);
    }
    file.ondata = (error, chunk, final) => {
      if (error) member.failed = true;
      else if (chunk.length) {
        this.#bytes += chunk.length;
        if (this.#bytes > MOST_BYTES) throw tooLarge(this.#name);
        if (this.wants(member.name)) member.chunks.push(chunk);
      }
      member.ended ||= final;
    };
    if (file.compression === 0 || file.compression === 8) file.start();
    else member.failed = true;
  }
  /** Takes in a little more; false at the end. */
  async more() {
    const { signal, onProgress, total } = this.#options;
    const { done, value } = await this.#slices.next();
    signal?.throwIfAborted();
    if (done) return false;
    this.#read += value.length;
    try {
      for (let at = 0; at < value.length; at += STEP) this.#push(value.subarray(at, at + STEP));
    } catch (error) {
      if (error instanceof HuashuError) throw error;
      for (const member of this.met) member.failed ||= !member.ended;
      this.#slices.return?.();
      return false;
    }
    onProgress?.(this.#read, total);
    return true;
  }
  #push(bytes) {
    this.#last.copyWithin(0, bytes.length);
    this.#last.set(bytes, this.#last.length - bytes.length);
    this.#locked = null;
    this.#unzip.push(bytes, false);
  }
  async *chunks(member, complain) {
    for (;;) {
      if (member.chunks.length) yield member.chunks.shift();
      else if (member.ended) return;
      else if (member.failed || !(await this.more())) return complain(damaged(`${this.#name}/${member.name}`));
    }
  }
}

/** `open()` for such a file: yields {name, read}. */
export async function* unpack(name, slices, total, given) {
  const options = { ...given, total };
  const { done, value: first } = await slices.next();
  if (done) return;
  const pieces = chain(first, slices);
  if (first[0] === 0xd0 || isWorkbook(first)) {
    yield { name, read: (push, complain) => read(name, first, slices, options, push, complain) };
    return;
  }
  const archive = new Archive(name, pieces, options);
  let count = 0;
  for (let at = 0; ; ) {
    if (at === archive.met.length) {
      if (await archive.more()) continue;
      break;
    }
    const member = archive.met[at++];
    if (!archive.wants(member.name)) continue;
    count++;
    const file = `${name}/${member.name}`;
    // Its own part of the whole is not known, so it tells no progress: that of the archive is told as it is unpacked.
    const own = { ...options, onProgress: undefined, total: undefined };
    yield {
      name: file,
      async read(push, complain) {
        const chunks = archive.chunks(member, complain);
        const begin = await chunks.next();
        const encoding = begin.done ? null : await read(file, begin.value, chunks, own, push, complain);
        for await (const _ of chunks); // what its reader did not want
        return encoding;
      },
    };
  }
  if (!count) throw fail("empty-archive", name, "压缩包里没有文件，或已损坏：请重新导出，或另存为 CSV / no file in this archive, or it is damaged: export it again, or save it as CSV");
}
