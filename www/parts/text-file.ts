/** The text of a chosen file. */
import { both } from "../i18n";

/** No text has these bytes in UTF-8 or GB18030; pictures and UTF-16 do. */
const isControl = (byte: number): boolean => byte < 9 || (byte > 13 && byte < 32);

/** Of UTF-8, or of GB18030 as Notepad on a Chinese Windows writes it; whatever is neither is refused rather than guessed at. */
export async function textOf(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  for (const encoding of bytes.some(isControl) ? [] : ["utf-8", "gb18030"]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes).replace(/^\ufeff/, "");
    } catch {
      // not this one
    }
  }
  throw new Error(both("{0} 不是 UTF-8 或 GBK 编码的文本，没有打开", file.name));
}
