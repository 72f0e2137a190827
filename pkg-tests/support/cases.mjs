// Reads the samples with a Shop, in node and in a page alike, and gives what the tests compare.

const counts = (list) => Object.fromEntries(list.map(({ reason, count }) => [reason, count]));
const places = (problems) => problems.map(({ code, line, column }) => ({ code, line, column }));

/** Cut anywhere: into pieces of prime lengths, so that characters and line ends are cut too. */
async function* cut(bytes, length) {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** `get(name)` resolves to the bytes of a sample. */
export const readers = {
  async chats(Shop, name, get) {
    const found = [];
    for (const data of [await get(name), cut(await get(name), 7)]) {
      const shop = new Shop();
      const file = await shop.addChats(name, data, { encoding: "utf-8" });
      const { conversations } = shop.check({ messages: true });
      found.push({
        plain: conversations.map(({ id, buyer, messages }) => ({
          id, buyer, messages: messages.map(({ role, sender, at, clock, text, kind }) => ({ role, sender, at, ...(clock && { clock }), text, kind })),
        })),
        about: {
          format: file.format,
          shape: file.shape,
          lines: conversations.map(({ source }) => source.line),
          problems: file.problems.map(({ code, line }) => [code, line]),
          notes: file.notes.map(({ code }) => code),
          dropped: counts(file.dropped),
        },
        file: [file.file, file.conversations],
      });
    }
    return found;
  },
  async orders(Shop, name, get, wanted) {
    const shop = new Shop();
    const problems = [];
    let file;
    for (const csv of wanted.files ?? [name.replace(".json", ".csv")]) {
      const options = { ...(wanted.map && { columns: wanted.map }), ...(wanted.buyer && { buyer: wanted.buyer }) };
      file = await shop.addOrders(csv, cut(await get(csv), 13), options);
      problems.push(...places(file.problems));
    }
    const { metrics } = shop.metrics({ refunded: "include" });
    const value = (id) => metrics.find((m) => m.id === id).value;
    const { platform, rows, orders, columns, excluded } = file;
    return { problems, created: value("orders.created") ?? 0, paid: value("orders.paid"), file: { platform, rows, orders, columns, excluded: counts(excluded) } };
  },
  async tables(Shop, name, get, wanted) {
    const csv = name.replace(".json", ".csv");
    const shop = new Shop();
    const file = await shop.addTable(csv, cut(await get(csv), 13), wanted.told);
    const { kind, rows, used, columns, excluded, problems } = file;
    const { files, tables } = shop.metrics();
    const given = tables.given.map((row) => [row.id, row.by?.agent ?? null, row.given, row.unit, row.platform, row.header, row.period, row.ours, row.difference, row.file]);
    return { csv, file: [file.file, kind, rows, used], columns, excluded: counts(excluded), problems: places(problems), again: files, whole: file, given };
  },
};
