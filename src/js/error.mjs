/** Every error that this package throws on purpose; see index.d.ts. */
export class HuashuError extends Error {
  constructor({ code = "failed", file = null, line = null, column = null, message, ...rest }, problems) {
    super(message, rest.cause && { cause: rest.cause });
    this.name = "HuashuError";
    this.code = code;
    this.file = file;
    this.line = line;
    this.column = column;
    this.problems = problems ?? [{ code, file, line, column, message }];
  }
}

/** How many letters to change, add, drop or swap to come from one word to the other. */
function distance(a, b) {
  const rows = [];
  for (let i = 0; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      if (i === 0) {
        rows[i][j] = j;
        continue;
      }
      const change = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      rows[i][j] = Math.min(change, rows[i - 1][j] + 1, rows[i][j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.length][b.length];
}

/** `（是不是 --orders？/ did you mean --orders?）`, or nothing where no known word is near. */
export function hint(word, known) {
  const near = known.map((name) => [distance(word.slice(0, 40), name), name]).sort(([a], [b]) => a - b)[0];
  return near && near[0] <= Math.max(1, Math.ceil(near[1].length / 3)) ? `（是不是 ${near[1]}？/ did you mean ${near[1]}?）` : "";
}
