/** Changes to a book's text that leave everything else of it as the shop wrote it. */

/** A table with what belongs to it: `[[rule]]` with its `[[rule.example]]`s. */
const TABLES = /^(?=\[\[[a-z_]+\]\]|\[[a-z_]+\])/m;

const idOf = (block: string): string | undefined => /^id\s*=\s*"([^"]*)"/m.exec(block)?.[1];

/** The text of a rule with its examples; undefined where the book does not hold it itself. */
export const ruleText = (book: string, id: string): string | undefined => book.split(TABLES).find((block) => block.startsWith("[[rule]]") && idOf(block) === id);

/** The book with this text in place of its rule of the same id, or at its end. */
export function withRule(book: string, id: string, text: string): string {
  const old = ruleText(book, id);
  const block = `${text.trimEnd()}\n`;
  if (old === undefined) return `${book.trimEnd()}\n\n${block}`;
  const blanks = /\n*$/.exec(old)?.[0].length ?? 0;
  return book.replace(old, () => block.trimEnd() + "\n".repeat(Math.max(1, blanks)));
}

/** A rule's text with the value of a key set in its head, or without the key (null). */
export function withKey(rule: string, key: string, value: string | null): string {
  const end = rule.indexOf("\n[[rule.");
  const [head, examples] = end < 0 ? [rule.trimEnd(), ""] : [rule.slice(0, end), rule.slice(end)];
  const lines = head.split("\n").filter((line) => !new RegExp(`^${key}\\s*=`).test(line));
  if (value !== null) lines.push(`${key} = ${value}`);
  return lines.join("\n") + (examples || "\n");
}

/** The book with an example more below a rule. */
export function withExample(book: string, id: string, example: string): string | undefined {
  const old = ruleText(book, id);
  return old === undefined ? undefined : withRule(book, id, `${old.trimEnd()}\n${example.trim()}\n`);
}

/** The way of scoring. A `[score]` takes the place of the standard book's with its caps, so that one which says the usual is taken out. */
export function withMethod(book: string, method: "deduction" | "weight"): string {
  const line = `method = "${method}"`;
  const score = book.split(TABLES).find((block) => block.startsWith("[score]"));
  if (score === undefined) return method === "deduction" ? book : withTable(book, `[score]\n${line}\n`);
  if (method === "deduction" && /^\[score\]\s*method\s*=[^\n]*\s*$/.test(score)) return book.replace(score, "");
  const changed = /^method\s*=/m.test(score) ? score.replace(/^method\s*=.*$/m, line) : score.replace("[score]", `[score]\n${line}`);
  return book.replace(score, () => changed);
}

/** Plain tables stand before the lists of tables. */
function withTable(book: string, table: string): string {
  const [head = "", ...rest] = book.split(TABLES);
  return `${head.trimEnd()}\n\n${table}\n${rest.join("")}`;
}

export const begin = `# 店铺自己的规则书：在标准规则书上增减。写错的地方会标在那一行，改好再应用。
id = "my-shop"
version = "1"
title = "我的店铺规则"
extends = "standard"

# 不用的规则，写它们的编号，如 ["first-greeting"]
off = []
`;
