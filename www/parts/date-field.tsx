/** A day to be typed or picked. A browser tells of every digit: a year that is half typed is no day yet. */
import { useEffect, useRef, useState } from "preact/hooks";

interface Props {
  value: string;
  /** Takes a whole day, or "" for none. */
  onDate: (day: string) => void;
  name?: string;
  min?: string;
  max?: string;
  "aria-label"?: string;
}

const isWhole = (day: string): boolean => day === "" || (day >= "2000" && day.length === 10);

export function DateField({ value, onDate, ...rest }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(value);
  // What is being typed stays as it is.
  useEffect(() => void (document.activeElement === input.current || setDraft(value)), [value]);
  const take = (day: string) => {
    setDraft(day);
    if (isWhole(day)) onDate(day);
  };
  return <input type="date" ref={input} value={draft} {...rest} onChange={(event) => take(event.currentTarget.value)} onBlur={() => isWhole(draft) || setDraft(value)} />;
}
