/** Which of many equally high rows are in sight: only these are put into the document. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";

const BEYOND = 8;

export interface Sight {
  box: RefObject<HTMLDivElement | null>;
  onScroll: (event: { currentTarget: HTMLDivElement }) => void;
  first: number;
  last: number;
  /** Heights that stand for the rows before and after, in pixels. */
  above: number;
  below: number;
}

export function useWindow(count: number, rowHeight: number): Sight {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  // Until the box is laid out, as high as most are.
  const [height, setHeight] = useState(700);
  // All of them are printed.
  const [printed, setPrinted] = useState(false);
  useEffect(() => {
    const change = (event: Event) => setPrinted(event.type === "beforeprint");
    for (const type of ["beforeprint", "afterprint"]) addEventListener(type, change);
    return () => {
      for (const type of ["beforeprint", "afterprint"]) removeEventListener(type, change);
    };
  }, []);
  useLayoutEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setHeight(entry.contentRect.height));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const sight = Math.ceil(height / rowHeight);
  const first = printed ? 0 : Math.max(0, Math.min(Math.floor(top / rowHeight), count - sight) - BEYOND);
  const last = printed ? count : Math.min(count, first + sight + 2 * BEYOND);
  return {
    box,
    onScroll: (event) => setTop(event.currentTarget.scrollTop),
    first,
    last,
    above: first * rowHeight,
    below: (count - last) * rowHeight,
  };
}
