/** Files that are dropped, wherever on the page, or chosen, those inside of folders too. */
import { useEffect, useState } from "preact/hooks";
import { both } from "../i18n";
import { add, leaveOut } from "../store";

export function take(files: File[]): void {
  if (files.length) void add(files.map((file) => ({ name: file.name, data: file })));
}

/** Whether files are held over the page; dropped, they are read: a browser would open them in place of it. */
export function useDrop(): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const holds = (event: DragEvent) => !event.defaultPrevented && event.dataTransfer?.types.includes("Files");
    const gone = new AbortController();
    const options = { signal: gone.signal };
    addEventListener("dragover", (event) => {
      if (!holds(event)) return;
      event.preventDefault();
      setOver(true);
    }, options);
    addEventListener("dragleave", (event) => event.relatedTarget === null && setOver(false), options);
    addEventListener("drop", (event) => {
      setOver(false);
      if (!holds(event) || !event.dataTransfer) return;
      event.preventDefault();
      void dropped(event.dataTransfer).then(take);
    }, options);
    return () => gone.abort();
  }, []);
  return over;
}

/** What systems and Excel leave lying about. */
const isLitter = (name: string): boolean => /^(\.|~\$|Thumbs\.db$|desktop\.ini$)/i.test(name);

async function dropped(transfer: DataTransfer): Promise<File[]> {
  // Entries must be taken before the first await: the transfer is emptied after the event.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return chosen(transfer.files);
  const files: File[] = [];
  // One that cannot be taken (no rights, or moved meanwhile) does not cost the others.
  for (const entry of entries) await walk(entry, files).catch(() => leaveOut(entry.name, both("打不开：请检查权限，或重新拖入")));
  return files;
}

export const chosen = (list: FileList | null): File[] => [...(list ?? [])].filter((file) => !isLitter(file.name));

async function walk(entry: FileSystemEntry, files: File[]): Promise<void> {
  if (isLitter(entry.name)) return;
  if (entry.isFile) {
    files.push(await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed)));
  } else {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    // A folder comes in pieces of at most 100.
    for (;;) {
      const part = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
      if (part.length === 0) break;
      for (const inner of part) await walk(inner, files);
    }
  }
}
