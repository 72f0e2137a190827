/** An inspector's verdicts, kept apart from the book's. */
import { computed, signal } from "@preact/signals";
import type { Review } from "huashu/client";

export const reviews = signal<Review[]>([]);

const keyOf = (conversation: string, rule: string): string => `${conversation}\n${rule}`;
const byKey = computed(() => new Map(reviews.value.map((review) => [keyOf(review.conversation, review.rule), review])));

export const reviewOf = (conversation: string, rule: string): Review | undefined => byKey.value.get(keyOf(conversation, rule));

/** Says, or takes back (null), what an inspector thinks of a verdict. */
export function put(conversation: string, rule: string, review: Pick<Review, "verdict" | "note"> | null): void {
  const others = reviews.value.filter((one) => one.conversation !== conversation || one.rule !== rule);
  reviews.value = review ? [...others, { conversation, rule, ...review }] : others;
}

/** The reviews of a saved file; throws where it is none. */
export function parse(text: string): Review[] {
  const value: unknown = JSON.parse(text);
  const verdicts = ["confirm", "overrule", "pass", "fail", "skip"];
  const fits = (one: unknown): one is Review => {
    const review = one as Partial<Review> | null;
    return typeof review?.conversation === "string" && typeof review.rule === "string" && verdicts.includes(review.verdict ?? "") && (review.note === undefined || typeof review.note === "string");
  };
  if (!Array.isArray(value) || !value.every(fits)) throw new Error("not reviews");
  return value;
}
