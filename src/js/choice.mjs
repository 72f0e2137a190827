// A word that has to be one of those that are known, and which of them was probably meant where it is none.
import { HuashuError } from "./error.mjs";

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

/** What is wrong with a word, in both languages, each with the known word that was probably meant: `（是不是 x？）`, `(did you mean x?)`. */
export function wrong(chinese, english, word, known) {
  const near = known.map((name) => [distance(word.slice(0, 40), name), name]).sort(([a], [b]) => a - b)[0];
  const [zh, en] = near && near[0] <= Math.max(1, Math.ceil(near[1].length / 3)) ? [`（是不是 ${near[1]}？）`, ` (did you mean ${near[1]}?)`] : ["", ""];
  return `${chinese}${zh} / ${english}${en}`;
}

/** Throws where what is given is none of the list. */
export function oneOf(name, given, list, code = "bad-option") {
  if (list.includes(given)) return;
  const message = wrong(`${name} 没有 ${given}，只有 ${list.join("、")}`, `${name} cannot be ${given}; it is one of: ${list.join(", ")}`, String(given), list);
  throw new HuashuError({ code, message });
}

/** Throws where something is told that is none of the list. */
export function known(name, list) {
  if (list.includes(name)) return;
  const message = wrong(`没有选项 ${name}，可用：${list.join("、") || "无"}`, `there is no option ${name}; known: ${list.join(", ") || "none"}`, name, list);
  throw new HuashuError({ code: "bad-option", message });
}
