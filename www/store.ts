/** What the page knows, and the worker that computes it. */
import { computed, signal } from "@preact/signals";
import { ShopClient } from "huashu/client";
import { titled } from "./i18n";
import { saveBlob } from "./parts/csv";
import type { BookInfo, ChatFile, CheckReport, ColumnMap, ConversationReport, MetricOptions, MetricReport, OrderFile } from "huashu/client";

export type Tab = "import" | "chats" | "agents" | "figures" | "actions" | "book" | "files";
/** Titles of what has an id. */
export type Names = Map<string, { title: string; title_en?: string | null }>;
export interface Upload {
  kind: "chats" | "orders";
  name: string;
  data: Blob;
  /** The user's own columns for an order table. */
  columns?: ColumnMap;
}

export const tab = signal<Tab>("import");
export const busy = signal<{ what: string; share: number | null } | null>(null);
export const failure = signal<string | null>(null);
export const chatFiles = signal<ChatFile[]>([]);
export const orderFiles = signal<OrderFile[]>([]);
export const report = signal<CheckReport | null>(null);
export const figures = signal<MetricReport | null>(null);
export const metricOptions = signal<MetricOptions>({});
export const book = signal<BookInfo | null>(null);
/** Position of the open conversation in the report. */
export const chosen = signal<number | null>(null);
export const conversation = signal<ConversationReport | null>(null);
export const anything = computed(() => chatFiles.value.length + orderFiles.value.length > 0);

/** What was read, so that it can be read again: with other columns, or after the worker broke down. */
let uploads: Upload[] = [];
let abort = new AbortController();
const client = new ShopClient({ onRestart: () => void forget() });

void client.useBook().then((info) => (book.value = info)).catch(fail);

function fail(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") failure.value = "已取消，之前读入的内容还在";
  else failure.value = error instanceof Error ? error.message : String(error);
}

/** Runs one job with its progress shown; whatever it throws becomes the page's message. */
async function run(job: (signal: AbortSignal) => Promise<void>): Promise<void> {
  abort = new AbortController();
  failure.value = null;
  try {
    await job(abort.signal);
  } catch (error) {
    fail(error);
  } finally {
    busy.value = null;
  }
}

export const cancel = (): void => abort.abort();

async function read({ kind, name, data, columns }: Upload, signal: AbortSignal): Promise<void> {
  const onProgress = (done: number) => (busy.value = { what: name, share: data.size ? done / data.size : null });
  onProgress(0);
  if (kind === "chats") chatFiles.value = [...chatFiles.value, await client.addChats(name, data, { signal, onProgress })];
  else orderFiles.value = [...orderFiles.value, await client.addOrders(name, data, { signal, onProgress, ...(columns && { columns }) })];
}

/** Computes all reports again and opens the worst conversation of those from `first` on. */
async function recompute(signal: AbortSignal, first = 0): Promise<void> {
  busy.value = { what: "", share: null };
  const onProgress = (done: number, total: number) => (busy.value = { what: "", share: total ? done / total : null });
  const hasChats = chatFiles.value.some((file) => file.conversations > 0);
  report.value = hasChats ? await client.check({ signal, onProgress }) : null;
  figures.value = anything.value ? await client.metrics(metricOptions.value) : null;
  const added = (report.value?.conversations ?? []).map((c, at) => ({ at, score: c.score.value ?? 101 })).slice(first);
  const worst = added.reduce((a, b) => (b.score < a.score ? b : a), added[0] ?? { at: 0, score: 0 });
  if (report.value) await choose(worst.at);
}

export const add = (added: Upload[]): Promise<void> =>
  run(async (signal) => {
    const known = report.value?.conversations.length ?? 0;
    try {
      for (const upload of added) {
        await read(upload, signal);
        uploads.push(upload);
      }
    } finally {
      // Files read before a cancelled or broken one count.
      await recompute(new AbortController().signal, known);
    }
    if (added.some((upload) => upload.kind === "chats") && report.value) tab.value = "chats";
    else if (orderFiles.value.some((file) => file.orders > 0)) tab.value = "figures";
    else tab.value = "files";
  });

export const choose = async (at: number): Promise<void> => {
  chosen.value = at;
  try {
    const found = await client.conversation(at);
    if (chosen.value === at) conversation.value = found;
  } catch (error) {
    fail(error);
  }
};

/** Positions of conversations by id. */
const places = computed(() => new Map(report.value?.conversations.map((c, at) => [c.id, at])));

export const hasConversation = (id: string): boolean => places.value.has(id);

export function openConversation(id: string): void {
  const at = places.value.get(id);
  if (at === undefined) return;
  tab.value = "chats";
  void choose(at);
}

export function sceneTitle(id: string): string {
  const scene = book.value?.scenes.find((one) => one.id === id);
  return scene ? titled(scene) : id;
}

export const measure = (options: MetricOptions): Promise<void> =>
  run(async (signal) => {
    metricOptions.value = options;
    busy.value = { what: "", share: null };
    figures.value = await client.metrics({ ...options, signal });
  });

/** Reads everything again, one order table with the columns that the user named. */
export const remap = (name: string, columns: ColumnMap): Promise<void> =>
  run(async (signal) => {
    const again = uploads.map((upload) => (upload.kind === "orders" && upload.name === name ? { ...upload, columns } : upload));
    await forget();
    for (const upload of again) {
      await read(upload, signal);
      uploads.push(upload);
    }
    await recompute(signal);
  });

async function forget(): Promise<void> {
  await client.reset();
  uploads = [];
  chatFiles.value = [];
  orderFiles.value = [];
  report.value = figures.value = conversation.value = chosen.value = null;
}

export const clear = (): Promise<void> =>
  run(async () => {
    await forget();
    tab.value = "import";
  });

/** A file of what the report or the figures say, personal data masked. */
export async function save(what: "check" | "metrics", name: string): Promise<void> {
  const blob = what === "check" ? await client.save("check", "csv") : await client.save("metrics", "csv", metricOptions.value);
  saveBlob(name, blob);
}

export async function addSamples(): Promise<void> {
  const fetched = await Promise.all(
    (["qianniu-chats.txt", "taobao-orders.csv"] as const).map(async (name) => (await fetch(`./sample/${name}`)).blob()),
  );
  await add([
    { kind: "chats", name: "qianniu-chats.txt", data: fetched[0]! },
    { kind: "orders", name: "taobao-orders.csv", data: fetched[1]! },
  ]);
}

/** A name for pasted text that no other paste has. */
let pastes = 0;
export const addPaste = (text: string): Promise<void> => {
  pastes += 1;
  return add([{ kind: "chats", name: pastes === 1 ? "paste" : `paste-${pastes}`, data: new Blob([text]) }]);
};
