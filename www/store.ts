/** What the page knows, and the worker that computes it. */
import { computed, signal } from "@preact/signals";
import { HuashuError, ShopClient } from "huashu/client";
import { inForce, keep, onOther } from "./book/kept";
import { sample, workerOptions } from "./host";
import { remembered, type Columns } from "./columns";
import { both, t, titled } from "./i18n";
import { printOf, reviews, type Kept } from "./reviews";
import type { Cell, OrderNumber } from "./parts/csv";
import { reach } from "./parts/days";
import { showTalk } from "./parts/narrow";
import type {
  BookInfo, ChatFile, ChatOptions, ChatShape, CheckReport, ConversationReport, FigureRows, MetricOptions, MetricReport, OrderFile, OrderOptions, Period, ProfileInfo,
  Review, ReviewReport, TableFile, TableKind,
} from "huashu/client";

export type Tab = "import" | "chats" | "agents" | "figures" | "actions" | "book" | "files";
/** Titles of what has an id. */
export type Names = Map<string, { title: string; title_en?: string | null }>;
export type Kind = "chats" | "orders" | "table";
/** A file or a paste, and how the user wants it read: what is not told is found out. */
export interface Upload {
  kind: Kind;
  name: string;
  data: Blob;
  /** What a side table is about; found out where it is not told. */
  table?: TableKind;
  options: Omit<ChatOptions & OrderOptions, "columns"> & { columns?: Columns };
}
/** A file that was read; each reading has a number of its own. */
export type Read = { number: number; upload: Upload } & ({ kind: "chats"; file: ChatFile } | { kind: "orders"; file: OrderFile } | { kind: "table"; file: TableFile });

/** A file that could not be read at all, and why. */
export interface Refused {
  number: number;
  name: string;
  why: string;
}

/** How many conversations, orders or rows a file gave. */
export const yieldOf = (read: Read): number => (read.kind === "chats" ? read.file.conversations : read.kind === "orders" ? read.file.orders : read.file.used);

export const tab = signal<Tab>("import");
export const busy = signal<{ what: string; share: number | null } | null>(null);
export const failure = signal<string | null>(null);
/** What was read, in its order; kept so that it can be read again, otherwise. */
export const files = signal<Read[]>([]);
export const refused = signal<Refused[]>([]);
/** What stands in the box for pasting; kept until it was read. */
export const pasted = signal("");
/** What the list of conversations is narrowed to. */
export type Filter = "all" | "lost" | "critical" | "alerts" | "unscored";
export const filter = signal<Filter>("all");
export const wanted = signal("");
export const keeps: Record<Filter, (c: ConversationReport) => boolean> = {
  all: () => true,
  lost: (c) => c.score.lost > 0,
  critical: (c) => c.score.critical,
  alerts: (c) => c.alerts.length > 0,
  unscored: (c) => c.score.value === null,
};
/** The conversations that are left of it, each with its position in the report. */
export const listed = computed(() => {
  const text = wanted.value.trim().toLowerCase();
  const named = (c: ConversationReport) => [c.id, c.buyer ?? "", ...c.agents].some((name) => name.toLowerCase().includes(text));
  return (report.value?.conversations ?? []).map((c, at) => ({ c, at })).filter(({ c }) => keeps[filter.value](c) && (!text || named(c)));
});
export const shapes = signal<ChatShape[]>([]);
export const report = signal<CheckReport | null>(null);
export const figures = signal<MetricReport | null>(null);
/** The days that the data reaches over. */
export const days = signal<Period | null>(null);
/** The files that these days are of: while they are the same, a period needs no measuring without it. */
let dated: readonly Read[] | null = null;
export const metricOptions = signal<MetricOptions>({});
export const book = signal<BookInfo | null>(null);
/** The text of the shop's own book while it is in force; null: the standard book. */
export const bookText = signal<string | null>(null);
export const profile = signal("");
export const profiles = signal<ProfileInfo[]>([]);
/** The way of scoring in force. */
export const method = computed(() => (/^method\s*=\s*"weight"/m.test(bookText.value ?? "") ? "weight" : "deduction"));
/** Position of the open conversation in the report. */
export const chosen = signal<number | null>(null);
export const conversation = signal<ConversationReport | null>(null);
export const anything = computed(() => files.value.length > 0);
/** How many actions wait for the one that runs. */
export const waiting = signal(0);
/** What was tried in place of the buyers of these orders: it would not do better another time. */
export const substitutes = signal<readonly string[]>([]);
/** What could not be read, counted beside the tab that lists it: the figures alone would not show that rows are missing. */
export const unread = computed(() => files.value.reduce((sum, { file }) => sum + file.problems.length, refused.value.length));

/** The user stopped the computing: what was read is there, its results are not. */
export const stopped = signal(false);

let abort = new AbortController();
/** What the next press of 取消 stops. */
const fresh = (): AbortSignal => (abort = new AbortController()).signal;
/** Why the worker was started again, without what had been read. */
let lostBy: unknown;
const client = new ShopClient({
  ...workerOptions,
  onRestart: (error) => {
    lostBy = error;
    lose();
    fail(error);
  },
});

const sourceOf = (toml: string | null, id: string) => ({ ...(toml !== null && { toml, file: OWN }), ...(id && { profile: id }) });

/** Puts the shop's own book into force again where it was, the standard one where that is refused by now. */
async function begin(): Promise<void> {
  const kept = inForce();
  try {
    book.value = await client.useBook(sourceOf(kept.toml, kept.profile));
    bookText.value = kept.toml;
    profile.value = kept.profile;
  } catch (error) {
    if (kept.toml === null) return fail(error);
    // A worker that broke down says nothing against the book.
    if (error instanceof HuashuError && error.file === OWN) keep(null, kept.profile);
    failure.value = both("店铺规则书没有启用，现在用的是标准规则书：{0}", told(error));
    await client.useBook().then((info) => (book.value = info), fail);
  }
}

/** The name that messages call the shop's own book by. */
const OWN = "book.toml";

function told(error: unknown): string {
  if (error instanceof HuashuError && error.file === OWN && error.line !== null) return both("店铺规则书第 {0} 行：{1}", error.line, error.message);
  return error instanceof Error ? error.message : String(error);
}

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";

function fail(error: unknown): void {
  const what = isAbort(error) && told(error);
  if (error === lostBy) failure.value = both("读入的内容都没有了：{0}。文件列在“文件”里，要用请再添加一次", told(error));
  else if (what === false) failure.value = told(error);
  else if (stopped.value) failure.value = null;
  else failure.value = what ? both("已取消读取 {0}，之前读入的内容还在", what) : both("已取消，之前读入的内容还在");
}

/** Does what may fail beside the jobs that are shown; why it did becomes the page's message. */
export function attempt(job: () => Promise<void>): void {
  failure.value = null;
  void job().catch(fail);
}

void begin();
void client.profiles().then((known) => (profiles.value = known)).catch(fail);
void client.chatShapes().then((known) => (shapes.value = known)).catch(fail);

let last: Promise<void> = Promise.resolve();

/** Runs one job with its progress shown, after those asked for before it; whatever it throws becomes the page's message. */
function run(job: (signal: AbortSignal) => Promise<void>): Promise<void> {
  failure.value = null;
  if (busy.value) waiting.value += 1;
  else busy.value = { what: "", share: null };
  return (last = last.then(async () => {
    try {
      await job(fresh());
    } catch (error) {
      fail(error);
    }
    const more = waiting.value > 0;
    busy.value = more ? { what: "", share: null } : null;
    if (more) waiting.value -= 1;
  }));
}

/** Stops what runs; its reason carries the file that was being read. */
export const cancel = (): void => abort.abort(new DOMException(busy.value?.what ?? "", "AbortError"));

let readings = 0;

/** A file whose columns were mapped by hand: orders, where nothing else is told. */
export function mapped(upload: Upload, table: TableKind | "chats" | undefined, columns: Columns): Upload {
  const { table: _, ...rest } = upload;
  if (table === "chats") return { ...rest, kind: "chats", options: { ...upload.options, format: "table", columns } };
  return { ...rest, kind: table ? "table" : "orders", ...(table && { table }), options: { ...upload.options, columns } };
}

async function read(upload: Upload, signal: AbortSignal): Promise<Read> {
  const { kind, name, data, options } = upload;
  const onProgress = (done: number) => (busy.value = { what: name, share: data.size ? done / data.size : null });
  onProgress(0);
  const all = { ...options, signal, onProgress };
  readings += 1;
  const which = { number: readings, upload };
  if (kind === "chats") return { ...which, kind, file: await client.addChats(name, data, all) };
  if (kind === "orders") return { ...which, kind, file: await client.addOrders(name, data, all) };
  return { ...which, kind, file: await client.addTable(name, data, { ...all, ...(upload.table && { kind: upload.table }) }) };
}

/** Computes all reports again and opens the worst conversation of those from `first` on. Stopped half-way there are none: old ones would not fit what was read. */
async function recompute(signal: AbortSignal, first = 0): Promise<void> {
  busy.value = { what: "", share: null };
  stopped.value = false;
  const onProgress = (done: number, total: number) => (busy.value = { what: "", share: total ? done / total : null });
  const hasChats = files.value.some((read) => read.kind === "chats" && read.file.conversations > 0);
  try {
    report.value = hasChats ? await client.check({ brief: true, signal, onProgress }) : null;
    const { period, ...rest } = metricOptions.value;
    if (!period || dated !== files.value) {
      figures.value = anything.value ? await client.metrics({ ...rest, signal }) : null;
      days.value = reach(figures.value?.metrics.map((metric) => metric.period) ?? []);
      dated = files.value;
    }
    if (period && anything.value) figures.value = await client.metrics({ ...metricOptions.value, signal });
  } catch (error) {
    stopped.value = signal.aborted;
    report.value = figures.value = conversation.value = chosen.value = null;
    throw error;
  }
  const added = (report.value?.conversations ?? []).map((c, at) => ({ at, score: c.score.value ?? 101 })).slice(first);
  const worst = added.reduce((a, b) => (b.score < a.score ? b : a), added[0] ?? { at: 0, score: 0 });
  if (report.value) await choose(worst.at);
}

export const resume = (): Promise<void> => run((signal) => recompute(signal));

/** The worker itself broke down, rather than that it could not read a file. */
const broken = ["trap", "worker-failed", "closed"];

const isBroken = (error: unknown): boolean => error instanceof HuashuError && broken.includes(error.code);

/** Takes a file down as one that cannot be read; throws where no other can be either. */
function refuse(name: string, error: unknown): void {
  if (isAbort(error) || isBroken(error)) throw error;
  leaveOut(name, told(error));
}

/** Lists a file that was not read. */
export function leaveOut(name: string, why: string): void {
  readings += 1;
  refused.value = [...refused.value, { number: readings, name, why }];
}

export const dismiss = ({ number }: Refused): void => void (refused.value = refused.value.filter((one) => one.number !== number));

type Added = Pick<Upload, "name" | "data"> & Partial<Upload>;

async function addOne({ name, data, kind, options }: Added, signal: AbortSignal, take: (read: Read) => void): Promise<void> {
  busy.value = { what: name, share: 0 };
  const found = kind ? null : await client.identify(name, data, { signal });
  const kept = found && (remembered(found[found.kind].headers) ?? remembered(found.chats.headers));
  const kinds = [...new Set(found?.entries?.map((entry) => entry.kind))];
  if (found?.entries && kinds.length > 1) {
    // Each file of the archive goes where it belongs.
    for (const each of kinds) {
      const only = found.entries.filter((entry) => entry.kind === each).map((entry) => entry.name);
      take(await read({ name, data, kind: each, options: { ...options, only } }, signal));
    }
    return;
  }
  const upload = { name, data, kind: kind ?? found?.kind ?? "chats", options: { ...options } };
  take(await read(kept ? mapped(upload, kept.table, kept.columns) : upload, signal));
}

/** How many additions are not over, and the tab that the user was on before them, or that one of them led to. */
let adding = 0;
let origin: Tab = "import";

/** Adds files, each by itself; what they are is found out where the user does not say. Resolves to what was read. */
export async function add(added: Added[]): Promise<Read[]> {
  if (adding === 0) origin = tab.value;
  adding += 1;
  const news: Read[] = [];
  const take = (read: Read) => {
    news.push(read);
    files.value = [...files.value, read];
  };
  await run(async (signal) => {
    const known = report.value?.conversations.length ?? 0;
    const refusals = refused.value.length;
    const left = [...added];
    try {
      for (let one = left[0]; one; left.shift(), one = left[0]) {
        const { name } = one;
        await addOne(one, signal, take).catch((error) => refuse(name, error));
      }
    } catch (error) {
      // The one that was cancelled is named as such.
      for (const { name } of left.slice(isAbort(error) ? 1 : 0)) leaveOut(name, both("已停止，没有读取；要用请再添加一次"));
      throw error;
    } finally {
      // Files read before a cancelled one count.
      if (news.length > 0) await recompute(signal.aborted ? fresh() : signal, known);
    }
    const strange = refused.value.length > refusals || news.some((read) => yieldOf(read) === 0);
    // Whoever has gone elsewhere meanwhile stays there.
    if (tab.value === origin) tab.value = origin = strange || news.length > 3 ? "files" : news.some((read) => read.kind === "chats") ? "chats" : "figures";
  });
  adding -= 1;
  return news.filter((read) => files.value.includes(read));
}

export const choose = async (at: number): Promise<void> => {
  chosen.value = at;
  try {
    const found = await client.conversation(at);
    if (chosen.value === at) conversation.value = found;
  } catch (error) {
    // Another one beside it would pass for it.
    if (chosen.value === at) chosen.value = conversation.value = null;
    fail(error);
  }
};

/** Positions of conversations by id. */
const places = computed(() => new Map(report.value?.conversations.map((c, at) => [c.id, at])));

/** The buyer of a conversation where that is known, as the list of conversations has it. */
export const nameOf = (id: string): string => report.value?.conversations[places.value.get(id) ?? -1]?.buyer ?? id;

export const hasConversation = (id: string): boolean => places.value.has(id);

export function openConversation(id: string): void {
  const at = places.value.get(id);
  if (at === undefined) return;
  tab.value = "chats";
  if (!listed.value.some((row) => row.at === at)) {
    filter.value = "all";
    wanted.value = "";
  }
  void choose(at).then(showTalk);
}

export function ruleTitle(id: string): string {
  const rule = book.value?.rules.find((one) => one.id === id);
  return rule ? titled(rule) : id;
}

export function sceneTitle(id: string): string {
  const scene = book.value?.scenes.find((one) => one.id === id);
  return scene ? titled(scene) : id;
}

/** Counts by other options, told from those in force when its turn comes; where they are refused, the old ones stay. */
export const measure = (change: (before: MetricOptions) => MetricOptions): Promise<void> =>
  run(async (signal) => {
    const before = metricOptions.value;
    metricOptions.value = change(before);
    busy.value = { what: "", share: null };
    try {
      figures.value = anything.value ? await client.metrics({ ...metricOptions.value, signal }) : null;
    } catch (error) {
      metricOptions.value = before;
      throw error;
    }
  });

/** Reads everything again, one file otherwise, or without it (null). */
export const reread = (old: Upload, changed: Upload | null): Promise<void> => rereadAll((upload) => (upload === old ? changed : upload));

export const rereadAll = (change: (upload: Upload) => Upload | null): Promise<void> =>
  run(async (signal) => {
    const again: Read[] = [];
    files.value = files.value.filter(({ upload }) => change(upload));
    const left = files.value.flatMap(({ upload }) => {
      const changed = change(upload);
      return changed ? { upload, changed } : [];
    });
    await client.reset();
    try {
      for (let next = left[0]; next; left.shift(), next = left[0]) {
        const { upload, changed } = next;
        try {
          again.push(await read(changed, signal));
        } catch (error) {
          if (changed === upload || isBroken(error)) refuse(upload.name, error);
          else await asBefore(upload, signal, error).then((found) => again.push(found), (worse) => refuse(upload.name, worse));
        }
      }
    } catch (error) {
      // All of them are told of as lost.
      if (isBroken(error)) again.length = left.length = 0;
      throw error;
    } finally {
      files.value = again;
      for (const { upload } of left) leaveOut(upload.name, both("已停止，没有重新读取；要用请再添加一次"));
      if (again.length === 0) forgetData();
      await recompute(signal.aborted ? fresh() : signal);
    }
  });

/** Reads a file as it was read where the new way is refused, and says why. */
async function asBefore(upload: Upload, signal: AbortSignal, error: unknown): Promise<Read> {
  const found = await read(upload, signal);
  failure.value = told(error);
  return found;
}

// What another tab puts into force is in force here too.
onOther(() => void judgeBy(() => {
  const { toml, profile } = inForce();
  return [toml, profile];
}, false));

/** Puts a book in, the standard one for null; what was read is scored again, not read again. */
export const useBook = (toml: string | null): Promise<void> => judgeBy(() => [toml, profile.value]);

export const useProfile = (id: string): Promise<void> => judgeBy(() => [bookText.value, id]);

/** `ours`: chosen in this tab, and to be kept. */
const judgeBy = (choice: () => [toml: string | null, profile: string], ours = true): Promise<void> =>
  run(async (signal) => {
    const [toml, id] = choice();
    busy.value = { what: "", share: null };
    const cuts = JSON.stringify(book.value?.customers);
    book.value = await client.useBook(sourceOf(toml, id));
    // What was changed of the old book's cuts may not go with the new one's.
    if (JSON.stringify(book.value.customers) !== cuts) {
      const { customers: _, ...rest } = metricOptions.value;
      metricOptions.value = rest;
    }
    bookText.value = toml;
    profile.value = id;
    if (ours) keep(toml, id);
    const at = chosen.value;
    await recompute(signal);
    if (at !== null && report.value) await choose(at);
  });

export const checkBook = (toml: string, signal: AbortSignal): Promise<BookInfo> => client.checkBook({ toml, file: OWN, ...(profile.value && { profile: profile.value }) }, { signal });

export const showRule = (rule: string): Promise<string> => client.showRule(rule);

/** A part of the shop, as `by` of a figure names it. */
export type Part = Record<string, string>;

/** What the figure is made of, of the shop or of a part of it, by the standard in force. */
export const rowsOf = (metric: string, limit: number, by?: Part): Promise<FigureRows> => client.rows(metric, { ...metricOptions.value, limit, ...(by && { by }) });

/** What an inspector said about conversations that are here, the very ones, by rules that are in force. */
export async function fitting(all: readonly Kept[]): Promise<Review[]> {
  const rules = new Set(book.value?.rules.flatMap((rule) => (rule.enabled ? rule.id : [])));
  const here = all.filter((one) => hasConversation(one.conversation) && rules.has(one.rule));
  const prints = new Map<string, string>();
  for (const { conversation, of } of here) {
    if (of !== undefined && !prints.has(conversation)) prints.set(conversation, printOf(await client.conversation(places.value.get(conversation) ?? -1)));
  }
  return here.flatMap(({ of, ...one }) => (of === undefined || of === prints.get(one.conversation) ? one : []));
}

export const review = (reviews: Review[]): Promise<ReviewReport> => client.review(reviews);

/** A disagreement as a `todo` example of its rule, without personal data. */
export async function todo({ conversation, rule, manual, note }: ReviewReport["disagreements"][number]): Promise<string> {
  const talk = await client.conversation(places.value.get(conversation) ?? -1);
  return client.todo(rule, talk, manual, note);
}

let standard: Promise<string> | undefined;
/** The text of the standard book. */
export const standardText = (): Promise<string> => (standard ??= client.standardText());

/** Nothing is there any more. */
function empty(): void {
  files.value = [];
  refused.value = [];
  stopped.value = false;
  report.value = figures.value = conversation.value = chosen.value = null;
  forgetData();
}

/** What was read is gone with the worker: it is listed, to be added again. */
function lose(): void {
  const names = new Set(files.value.map(({ upload }) => upload.name));
  const before = refused.value;
  empty();
  refused.value = before;
  for (const name of names) leaveOut(name, both("后台线程出错，读入的内容没有了；要用请再添加一次"));
}

/** Drops what was chosen for the data that is gone: the next shop's has other days and other buyers. */
function forgetData(): void {
  const { period: _, asOf: __, exclude: ___, ...preferred } = metricOptions.value;
  metricOptions.value = preferred;
  days.value = null;
  substitutes.value = [];
  filter.value = "all";
  wanted.value = "";
}

export const clear = (): Promise<void> =>
  run(async () => {
    await client.reset();
    empty();
    reviews.value = [];
    pastes = 0;
    tab.value = "import";
  });

/** The rows of a table as they may leave the page. */
export async function masked(rows: (Cell | OrderNumber)[][]): Promise<Cell[][]> {
  const cells = rows.flat();
  const texts = await client.mask(cells.filter((cell) => typeof cell === "string"));
  const orders = await client.maskOrders(cells.filter(isOrder).map(({ order }) => order));
  let [order, text] = [0, 0];
  return rows.map((row) => row.map((cell) => (isOrder(cell) ? (orders[order++] ?? "") : typeof cell === "string" ? (texts[text++] ?? "") : cell)));
}

const isOrder = (cell: Cell | OrderNumber): cell is OrderNumber => typeof cell === "object" && cell !== null;

/** Takes these conversations with all that was found in them, some at a time: together their words may be too many. */
export const eachInFull = (places: readonly number[], take: (c: ConversationReport) => void, done: () => Promise<void>): Promise<void> =>
  run(async (signal) => {
    for (let first = 0; first < places.length; first += 100) {
      busy.value = { what: "", share: first / places.length };
      const some = places.slice(first, first + 100).map((at) => client.conversation(at, { signal }));
      for (const found of await Promise.all(some)) take(found);
    }
    await done();
  });

let sampling = false;
export async function addSamples(): Promise<void> {
  if (sampling || busy.value) return;
  sampling = true;
  try {
    const names = ["qianniu-chats.txt", "taobao-orders.csv"];
    await add(await Promise.all(names.map(async (name) => ({ name, data: await sample(name) }))));
  } catch (error) {
    fail(error);
  }
  sampling = false;
}

/** A name for pasted text that no other paste has; the same again after all was cleared, so that a kept review finds its conversation. */
let pastes = 0;
export async function addPaste(): Promise<void> {
  const text = pasted.value;
  if (!text.trim() || busy.value) return;
  pastes += 1;
  const news = await add([{ name: pastes === 1 ? t("粘贴") : `${t("粘贴")}-${pastes}`, data: new Blob([text]) }]);
  if (pasted.value === text && news.some((read) => yieldOf(read) > 0)) pasted.value = "";
}
