/** The shop's own book: its text, kept on this machine, and what was found out about it. */
import { signal } from "@preact/signals";
import type { BookInfo, Problem } from "huashu/client";
import { HuashuError } from "huashu/client";
import { checkBook, standardText, useBook } from "../store";
import { begin, ruleText, withExample, withRule } from "./text";

const KEY = "book";

function stored(): string {
  try {
    return localStorage.getItem(KEY) ?? begin;
  } catch {
    return begin; // no storage
  }
}

export const own = signal(stored());
/** What the last check found: the book, or what is wrong with it. */
export const found = signal<{ info: BookInfo | null; problems: readonly Problem[] } | null>(null);
export const checking = signal(false);

let abort = new AbortController();
let timer = 0;

/** Takes a new text and checks it as soon as the typing pauses. */
export function write(text: string): void {
  own.value = text;
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // the text then lasts as long as the page
  }
  clearTimeout(timer);
  timer = window.setTimeout(() => void check(), 250);
}

export async function check(): Promise<void> {
  abort.abort();
  abort = new AbortController();
  const { signal } = abort;
  checking.value = true;
  try {
    const info = await checkBook(own.value, signal);
    found.value = { info, problems: info.warnings };
  } catch (error) {
    if (signal.aborted) return; // a later check tells
    found.value = { info: null, problems: error instanceof HuashuError ? error.problems : [] };
  }
  checking.value = false;
}

/** Puts the text into force. */
export const apply = (): Promise<void> => useBook(own.value);

/** The rule as the own book has it, else as the standard one has it. */
export async function sourceOf(rule: string): Promise<string> {
  return ruleText(own.value, rule) ?? ruleText(await standardText(), rule) ?? "";
}

export async function writeRule(rule: string, change: (source: string) => string): Promise<void> {
  write(withRule(own.value, rule, change(await sourceOf(rule))));
}

/** Puts an example below a rule, which the own book then holds. */
export async function writeExample(rule: string, example: string): Promise<void> {
  const book = withRule(own.value, rule, await sourceOf(rule));
  write(withExample(book, rule, example) ?? book);
}
