/** A list of equally high rows of which only those in sight are in the document: a shop has 100,000 conversations. */
import { useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

const BEYOND = 8;

export function WindowList<T>({ items, rowHeight, row }: { items: readonly T[]; rowHeight: number; row: (item: T) => ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const sight = Math.ceil((box.current?.clientHeight || 700) / rowHeight);
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight), items.length - sight) - BEYOND);
  const last = Math.min(items.length, first + sight + 2 * BEYOND);
  return (
    <div class="scroller" ref={box} tabIndex={-1} onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
      <div style={{ height: `${first * rowHeight}px` }} />
      {items.slice(first, last).map(row)}
      <div style={{ height: `${(items.length - last) * rowHeight}px` }} />
    </div>
  );
}
