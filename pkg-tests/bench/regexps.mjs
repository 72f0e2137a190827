// The same lists of words as regular expressions, over the same messages: one for each rule, and one for all.
import { readFileSync } from "node:fs";

/** The texts of Qianniu's copies: every second line. */
const messages = (bytes) => new TextDecoder().decode(bytes).split("\n").filter((line, at) => line && at % 25 !== 24 && (at % 25) % 2 === 1);
const lists = (file) => JSON.parse(readFileSync(file, "utf8"));

export default {
  each(bytes, file) {
    const texts = messages(bytes);
    const rules = lists(file).map((words) => new RegExp(words.join("|")));
    return () => {
      let pairs = 0;
      for (const text of texts) for (const rule of rules) if (rule.test(text)) pairs++;
      return { pairs };
    };
  },
  /** The next search begins one character on, so that words within words are found. Longer ones stand first, and name what lies in them. */
  one(bytes, file) {
    const texts = messages(bytes);
    const rules = new Map();
    lists(file).forEach((words, rule) => words.forEach((word) => rules.set(word, [...(rules.get(word) ?? []), rule])));
    const words = [...rules.keys()].sort((a, b) => b.length - a.length);
    const all = new Map(words.map((word) => [word, [...new Set(words.filter((other) => word.startsWith(other)).flatMap((other) => rules.get(other)))]]));
    const pattern = new RegExp(words.join("|"), "g");
    const seen = new Int32Array(1 + Math.max(...[...rules.values()].flat())).fill(-1);
    return () => {
      let pairs = 0;
      seen.fill(-1);
      texts.forEach((text, at) => {
        pattern.lastIndex = 0;
        for (let found; (found = pattern.exec(text)); pattern.lastIndex = found.index + 1) {
          for (const rule of all.get(found[0])) {
            if (seen[rule] === at) continue;
            seen[rule] = at;
            pairs++;
          }
        }
      });
      return { pairs };
    };
  },
};
