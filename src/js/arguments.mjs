// The arguments of the command line: `--name value`, `--name=value`, `--name FILE…` up to the next option, `--`, FILE….
import { oneOf, wrong } from "./choice.mjs";
import { HuashuError } from "./error.mjs";

export const usage = (message) => new HuashuError({ code: "usage", message });

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
    if (!kind) throw usage(wrong(`没有 ${name} 这个选项`, `There is no option ${name}`, name, Object.keys(options)));
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
      if (Array.isArray(kind)) oneOf(name, text, kind, "usage");
      if (given[name] !== undefined) throw usage(`${name} 只能写一次 / ${name} is given twice`);
      given[name] = text;
    }
  }
  given._.push(...args.slice(at + 1));
  return given;
}
