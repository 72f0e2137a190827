/** A table that sorts by any column, keeps only the rows in sight in the document when there are many, and saves as CSV. */
import { useMemo, useState } from "preact/hooks";
import { Fragment, type ComponentChildren } from "preact";
import { number, t } from "../i18n";
import { attempt, masked } from "../store";
import { saveCsv, type Cell, type OrderNumber } from "./csv";
import { rounded, share } from "./units";
import { useWindow } from "./window";

export interface Column<T> {
  title: string;
  /** What is sorted by, and saved unless `saved` says otherwise. */
  value: (row: T) => Cell;
  saved?: (row: T) => Cell | OrderNumber;
  /** What is shown, where that is more than the value. */
  cell?: (row: T) => ComponentChildren;
  /** A bar before it: in a cell of its own, so that all of them begin at one place. */
  bar?: (row: T) => ComponentChildren;
  /** What is shown in brackets of the same row of the period before, for columns that are compared. */
  before?: (row: T) => ComponentChildren;
  num?: boolean;
  /** A share, saved as the percentage that is shown. */
  rate?: boolean;
  /** Decimals that are saved, usually two. */
  digits?: number;
  /** Buttons are not saved. */
  unsaved?: boolean;
  /** What is shown within another column, and saved as one of its own. */
  unshown?: boolean;
  /** What the heading means. */
  note?: string;
}

/** The same row of the period before, where there is one. */
const earlier = <T,>(row: T): T | null => (row as { previous?: T | null }).previous ?? null;

/** More rows than this are shown in a box of their own, each in one line. */
const LONG = 60;
const HEIGHT = 44;

interface Props<T> {
  id: string;
  /** What it is a table of. */
  label?: string;
  rows: readonly T[];
  columns: Column<T>[];
  /** Column to begin with, by position; negative from `~`: descending. */
  order?: number;
}

/** A column of what is in no amount, where there is anything. */
export function unpriced<T extends { no_amount: number }>(rows: T[], title: string): Column<T>[] {
  const show = (row: T) => number(row.no_amount);
  return rows.some((row) => row.no_amount > 0 || (earlier(row)?.no_amount ?? 0) > 0) ? [{ title, value: (row) => row.no_amount, cell: show, before: show, num: true }] : [];
}

export function Table<T>({ id, label, rows, columns: all, order }: Props<T>) {
  const columns = all.filter((column) => !column.unshown);
  const [by, setBy] = useState(order);
  const sorted = useMemo(() => (by === undefined ? [...rows] : sort(rows, columns[by < 0 ? ~by : by], by < 0)), [rows, all, by]);
  const long = sorted.length > LONG;
  const { box, onScroll, first, last, above, below } = useWindow(sorted.length, HEIGHT);
  const shown = long ? sorted.slice(first, last) : sorted;
  const gap = (height: number) => long && height > 0 && <tr aria-hidden="true"><td class="gap" colSpan={columns.reduce((sum, { bar }) => sum + (bar ? 2 : 1), 0)} style={{ height: `${height}px` }} /></tr>;
  return (
    <div class={`table-box ${long ? "long" : ""}`} ref={box} onScroll={onScroll} tabIndex={long ? 0 : -1}>
      <table id={id} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={at} class={column.num ? "num" : ""} colSpan={column.bar ? 2 : 1} title={column.note} aria-sort={by === at ? "ascending" : by === ~at ? "descending" : "none"}>
                <button onClick={() => setBy(next(by, at, !!column.num))}>{column.title}<i>{by === at ? "↑" : by === ~at ? "↓" : ""}</i></button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {gap(above)}
          {shown.map((row, at) => (
            <tr key={long ? first + at : at}>
              {columns.map((column, at) => {
                const value = column.value(row);
                const old = column.before && earlier(row);
                return (
                  <Fragment key={at}>
                    {column.bar && <td class="bar-cell">{column.bar(row)}</td>}
                    <td class={column.num ? "num" : ""} title={long && typeof value === "string" ? value : undefined}>
                      {column.cell ? column.cell(row) : (value ?? "–")}
                      {old && <span class="faint small prior"> ({column.before?.(old)})</span>}
                    </td>
                  </Fragment>
                );
              })}
            </tr>
          ))}
          {gap(below)}
        </tbody>
      </table>
    </div>
  );
}

/** The first click on numbers shows the largest first. */
function next(by: number | undefined, at: number, num: boolean): number | undefined {
  const [one, other] = num ? [~at, at] : [at, ~at];
  return by === one ? other : by === other ? undefined : one;
}

/** Rows without a value come last either way. */
function sort<T>(rows: readonly T[], column: Column<T> | undefined, down: boolean): T[] {
  const compare = (a: Cell, b: Cell): number => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "zh-CN", { numeric: true });
    return down ? -order : order;
  };
  return column ? [...rows].sort((a, b) => compare(column.value(a), column.value(b))) : [...rows];
}

const isCompared = <T,>({ columns, rows }: Pick<Props<T>, "columns" | "rows">) => columns.some((column) => column.before) && rows.some((row) => earlier(row));

function cellOf<T>(row: T | null, column: Column<T>): Cell | OrderNumber {
  if (row === null) return null;
  if (column.saved) return column.saved(row);
  const value = column.value(row);
  if (typeof value !== "number") return value;
  return column.rate ? share(value) : rounded(value, column.digits ?? 2);
}

/** Saves a table as it is shown, without personal data. */
export async function saveTable<T>(table: Pick<Props<T>, "id" | "rows" | "columns">): Promise<void> {
  const compared = isCompared(table);
  const cells = <V,>(titleOrValue: (column: Column<T>, old: boolean) => V) =>
    table.columns.filter((column) => !column.unsaved).flatMap((column) => (compared && column.before ? [titleOrValue(column, false), titleOrValue(column, true)] : [titleOrValue(column, false)]));
  const head = cells((column, old) => (old ? `${column.title} ${t("上期")}` : column.title));
  const rows = table.rows.map((row) => cells((column, old) => cellOf(old ? earlier(row) : row, column)));
  saveCsv(`huashu-${table.id}.csv`, [head, ...(await masked(rows))]);
}

/** The head of a table: what it is, what has to be said about it, and its file. */
export function Panel<T>(props: { title: string; note?: string; table: Props<T>; children?: ComponentChildren }) {
  const { title, note, table, children } = props;
  return (
    <section class="card panel">
      <div class="panel-head">
        <h2 class="grow">{title}</h2>
        <button class="button quiet small" onClick={() => attempt(() => saveTable(table))}>{t("下载表格")}</button>
      </div>
      {note && <p class="soft small">{note}</p>}
      {isCompared(table) && <p class="faint small">{t("括号里是上期的数字。")}</p>}
      {children}
      <Table {...table} label={title} />
    </section>
  );
}
