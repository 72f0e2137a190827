/** A message's text with its evidence marked in place; offsets are UTF-16. */
export interface Mark {
  start: number;
  end: number;
  /** Style and precedence: `fail` wins over `alert`, `pass`, `when`. */
  kind: "fail" | "alert" | "pass" | "when";
  note: string;
}

const rank = { fail: 3, alert: 2, pass: 1, when: 0 } as const;

export function Marked({ text, marks }: { text: string; marks: Mark[] }) {
  const inside = marks.filter((mark) => mark.start < mark.end && mark.end <= text.length);
  const cuts = [...new Set([0, text.length, ...inside.flatMap((mark) => [mark.start, mark.end])])].sort((a, b) => a - b);
  return (
    <>
      {cuts.slice(1).map((end, index) => {
        const start = cuts[index] ?? 0;
        const here = inside.filter((mark) => mark.start <= start && mark.end >= end).sort((a, b) => rank[b.kind] - rank[a.kind]);
        const piece = text.slice(start, end);
        const top = here[0];
        return top ? (
          <mark key={start} class={top.kind} title={[...new Set(here.map((mark) => mark.note))].join("\n")}>{piece}</mark>
        ) : (
          piece
        );
      })}
    </>
  );
}
