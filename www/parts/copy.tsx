/** A button that copies a text and says so. */
import { useState } from "preact/hooks";
import { t } from "../i18n";

export function Copy({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <button class="button quiet small" onClick={(event) => void copy(text, event.currentTarget).then(setCopied)}>
      {copied ? t("已复制") : t("复制")}
    </button>
  );
}

/** Browsers have a clipboard at https addresses and on this machine only; elsewhere what is selected beside the button is copied. */
async function copy(text: string, button: HTMLElement): Promise<boolean> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const box = document.createElement("textarea");
  box.value = text;
  button.after(box);
  box.select();
  const copied = document.execCommand("copy");
  box.remove();
  button.focus();
  return copied;
}
