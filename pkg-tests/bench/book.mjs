// Rule books of any size out of the words of the standard book: as many signals with four words each, and a rule for each of them.
import { numbers } from "./data.mjs";

const SIZE = 4;

/** The words of a book's lists. */
export function wordsOf(text) {
  const arrays = [...text.matchAll(/^words = \[(.*?)\]/gms)].map((match) => match[1]);
  return [...new Set(arrays.flatMap((array) => [...array.matchAll(/"([\u4e00-\u9fff]{2,8})"/g)].map((match) => match[1])))];
}

/** Some of the words in so many lists. */
export function lists(words, count) {
  const next = numbers(20260303);
  return Array.from({ length: count }, () => {
    const list = [];
    while (list.length < SIZE) {
      const word = words[next(words.length)];
      if (!list.some((other) => other.includes(word) || word.includes(other))) list.push(word);
    }
    return list;
  });
}

/** The book, whose examples hold. */
export function book(lists) {
  const parts = lists.map((words, i) => `
[[signal]]
id = "s${i}"
title = "s${i}"
who = "any"
words = [${words.map((word) => `"${word}"`).join(", ")}]
[[signal.example]]
hit = "${words.map((word) => `[[${word}]]`).join("，")}"
[[signal.example]]
miss = "1"

[[rule]]
id = "r${i}"
title = "r${i}"
principle = "wording"
kind = "forbid"
who = "agent"
signals = ["s${i}"]
deduct = 1
suggest = "1"
[[rule.example]]
fail = """
买家 1
客服 [[${words[0]}]]
"""
[[rule.example]]
pass = """
买家 1
客服 1
"""
`);
  return `id = "bench"\ntitle = "bench"\n${parts.join("")}`;
}
