/** Brings an element into sight. Messages are as high as guessed until they are laid out: it goes there once more when those around it are. */
export function bring(selector: string, block: "start" | "center"): void {
  const go = () => document.querySelector(selector)?.scrollIntoView({ block });
  go();
  requestAnimationFrame(() => requestAnimationFrame(go));
}
