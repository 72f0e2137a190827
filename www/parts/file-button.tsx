/** A button that opens one file. */
import type { ComponentChildren } from "preact";
import { attempt } from "../store";
import { textOf } from "./text-file";

interface Props {
  id?: string;
  small?: boolean;
  accept: string;
  onText: (text: string) => void;
  children: ComponentChildren;
}

export function FileButton({ id, small, accept, onText, children }: Props) {
  const take = (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (file) attempt(async () => onText(await textOf(file)));
    // The same file may be chosen again, once it was changed.
    input.value = "";
  };
  return <label class={`button file ${small ? "small" : ""}`}>{children}<input type="file" id={id} accept={accept} onChange={(event) => take(event.currentTarget)} /></label>;
}
