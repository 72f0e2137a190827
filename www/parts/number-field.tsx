/** A number that is taken when it is one that makes sense here; else it is said beside it which ones do. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";

interface Props {
  name: string;
  value: number | undefined;
  /** Undefined: nothing was filled in. */
  onNumber: (value: number | undefined) => void;
  min: number;
  max?: number;
  /** Whole numbers unless it is "any". */
  step?: "any";
  placeholder?: string;
}

export function NumberField({ value, onNumber, ...rest }: Props) {
  const { min, max, step } = rest;
  const shown = String(value ?? "");
  const [draft, setDraft] = useState(shown);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setDraft(shown);
    setWrong(false);
  }, [shown]);
  const take = (input: HTMLInputElement) => {
    setDraft(input.value);
    setWrong(!input.validity.valid);
    if (input.validity.valid) onNumber(input.value === "" ? undefined : Number(input.value));
  };
  const fitting = max !== undefined ? t("请填 {0} 到 {1} 的整数", min, max) : t(step ? "请填 {0} 或更大的数" : "请填 {0} 或更大的整数", min);
  return (
    <>
      <input type="number" value={draft} {...rest} aria-invalid={wrong} onChange={(event) => take(event.currentTarget)} />
      {wrong && <span class="small wrong" role="alert">{fitting}</span>}
    </>
  );
}
