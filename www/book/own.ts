/** The shop's own book: its text, kept on this machine, and what was found out about it. */
import { signal } from "@preact/signals";
import type { BookInfo, Problem } from "huashu/client";
import { HuashuError } from "huashu/client";
import { bookText, checkBook, standardText, useBook } from "../store";
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
/** The line that the editor opens at. */
export const goal = signal<number | null>(null);

let abort = new AbortController();
let timer = 0;

/** Takes a new text and checks it as soon as the typing pauses. */
export function write(text: string): void {
  if (text === own.value) return;
  take(text);
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // the text then lasts as long as the page
  }
}

function take(text: string): void {
  own.value = text;
  clearTimeout(timer);
  timer = window.setTimeout(() => void check(), 250);
}

// What another tab of the page writes is not to be overwritten by this one's.
addEventListener("storage", ({ key }) => key === KEY && take(stored()));

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

/** Changes the text of a rule: as a book has it, else as the standard one has it. */
async function changing(rule: string, change: (source: string) => string): Promise<(book: string) => string> {
  const standard = await standardText();
  return (book) => withRule(book, rule, change(ruleText(book, rule) ?? ruleText(standard, rule) ?? ""));
}

export async function writeRule(rule: string, change: (source: string) => string = (source) => source): Promise<void> {
  write((await changing(rule, change))(own.value));
}

/** Changes a rule of the book in force, and of the own text, which may hold more that is not in force. */
export async function adjust(rule: string, change: (source: string) => string): Promise<void> {
  const changed = await changing(rule, change);
  const text = changed(bookText.value ?? begin);
  await useBook(text);
  if (bookText.value === text) write(changed(own.value));
}

/** Whether the text holds this very example. */
export const holdsExample = (example: string): boolean => own.value.includes(example.trim());

/** Puts an example below a rule, which the own book then holds, unless it is there; the editor opens at it. */
export async function writeExample(rule: string, example: string): Promise<void> {
  if (!holdsExample(example)) {
    await writeRule(rule);
    write(withExample(own.value, rule, example) ?? own.value);
  }
  const at = own.value.indexOf(example.trim());
  goal.value = at < 0 ? null : own.value.slice(0, at).split("\n").length;
}
