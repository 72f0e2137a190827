/** A screen where what else stands side by side stands one below the other; style.css has the same width. */
export const narrow = matchMedia("(max-width: 760px)");

/** There a conversation that is chosen comes into sight. */
export function showTalk(): void {
  if (narrow.matches) document.querySelector(".talk")?.scrollIntoView({ behavior: "smooth" });
}
