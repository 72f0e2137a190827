/** A list of equally high rows of which only those in sight are in the document: a shop has 100,000 conversations. */
import type { ComponentChildren } from "preact";
import { useWindow } from "./window";

export function WindowList<T>({ items, rowHeight, row }: { items: readonly T[]; rowHeight: number; row: (item: T) => ComponentChildren }) {
  const { box, onScroll, first, last, above, below } = useWindow(items.length, rowHeight);
  return (
    <div class="scroller" ref={box} tabIndex={-1} onScroll={onScroll}>
      <div style={{ height: `${above}px` }} />
      {items.slice(first, last).map(row)}
      <div style={{ height: `${below}px` }} />
    </div>
  );
}
