/** An inspector's verdicts, kept apart from the book's. */
import { computed, signal } from "@preact/signals";
import type { ConversationReport, Review } from "huashu/client";

export interface Kept extends Review {
  /** The print of the conversation: another one may bear its id the next time. Files saved before there were prints have none. */
  of?: string;
}

export const reviews = signal<Kept[]>([]);

const prints = new WeakMap<ConversationReport, string>();

/** Tells a conversation, with its messages, from others by its buyer and words, of which it gives nothing away. */
export function printOf(talk: ConversationReport): string {
  const known = prints.get(talk);
  if (known !== undefined) return known;
  let hash = 0x811c9dc5; // FNV-1a
  for (const text of [talk.buyer ?? "", ...(talk.messages ?? []).map((message) => message.text)]) {
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ 0xffff, 0x01000193);
  }
  const print = (hash >>> 0).toString(16).padStart(8, "0");
  prints.set(talk, print);
  return print;
}

const keyOf = (conversation: string, rule: string, of = ""): string => `${conversation}\n${rule}\n${of}`;
const byKey = computed(() => new Map(reviews.value.map((review) => [keyOf(review.conversation, review.rule, review.of), review])));

/** What was said of a conversation, with its messages, by a rule. */
export const reviewOf = (talk: ConversationReport, rule: string): Kept | undefined =>
  byKey.value.get(keyOf(talk.id, rule, printOf(talk))) ?? byKey.value.get(keyOf(talk.id, rule));

/** Says, or takes back (null), what an inspector thinks of a verdict. */
export function put(talk: ConversationReport, rule: string, review: Pick<Review, "verdict" | "note"> | null): void {
  const [conversation, of] = [talk.id, printOf(talk)];
  const others = reviews.value.filter((one) => one.conversation !== conversation || one.rule !== rule || (one.of ?? of) !== of);
  reviews.value = review ? [...others, { ...review, conversation, rule, of }] : others;
}

/** The reviews of a saved file; throws where it is none. */
export function parse(text: string): Kept[] {
  const value: unknown = JSON.parse(text);
  const verdicts = ["confirm", "overrule", "pass", "fail", "skip"];
  const isText = (one: unknown) => one === undefined || typeof one === "string";
  const fits = (one: unknown): one is Kept => {
    const review = one as Partial<Kept> | null;
    return typeof review?.conversation === "string" && typeof review.rule === "string" && verdicts.includes(review.verdict ?? "") && isText(review.note) && isText(review.of);
  };
  if (!Array.isArray(value) || !value.every(fits)) throw new Error("not reviews");
  return value;
}
