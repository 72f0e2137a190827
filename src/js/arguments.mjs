// The arguments of the command line: `--name value`, `--name=value`, `--name FILE…` up to the next option, `--`, FILE….
import { HuashuError } from "./error.mjs";

export const usage = (message) => new HuashuError({ code: "usage", message });

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

/** `（是否想用 --orders？/ did you mean --orders?）`, or nothing where no known word is near. */
export function hint(word, known) {
  const near = known.map((name) => [distance(word.slice(0, 40), name), name]).sort(([a], [b]) => a - b)[0];
  return near && near[0] <= Math.max(1, Math.ceil(near[1].length / 3)) ? `（是不是 ${near[1]}？/ did you mean ${near[1]}?）` : "";
}

/** `options`: name → "flag", "value", "files", or the list of values that may stand there. */
export function parse(args, options) {
  const given = { _: [] };
  let files = given._;
  let at = 0;
  for (; at < args.length && args[at] !== "--"; at++) {
    const argument = args[at];
    if (argument === "-" || !argument.startsWith("-")) {
      files.push(argument);
      continue;
    }
    const [, name, , value] = argument.match(/^(-[^=]*)(=(.*))?$/s);
    const kind = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!kind) throw usage(`没有 ${name} 这个选项 / There is no option ${name}${hint(name, Object.keys(options))}`);
    files = given._;
    if (kind === "flag") {
      if (value !== undefined) throw usage(`${name} 不带值 / ${name} takes no value`);
      given[name] = true;
    } else if (kind === "files") {
      files = given[name] ??= [];
      if (value !== undefined) files.push(value);
      else if (at + 1 >= args.length || (args[at + 1].startsWith("-") && args[at + 1] !== "-")) throw usage(`${name} 后面缺少文件 / ${name} needs a file`);
    } else {
      const text = value ?? args[++at];
      if (text === undefined || (value === undefined && text.startsWith("--"))) throw usage(`${name} 后面缺少值 / ${name} needs a value`);
      if (Array.isArray(kind) && !kind.includes(text)) throw usage(`${name} 只能是 ${kind.join("、")} / ${name} is one of ${kind.join(", ")}${hint(text, kind)}`);
      if (given[name] !== undefined) throw usage(`${name} 只能写一次 / ${name} is given twice`);
      given[name] = text;
    }
  }
  given._.push(...args.slice(at + 1));
  return given;
}
