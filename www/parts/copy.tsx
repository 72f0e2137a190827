/** A button that copies a text and says so. */
import { useState } from "preact/hooks";
import { t } from "../i18n";

export function Copy({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <button class="button quiet small" onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
      {copied ? t("已复制") : t("复制")}
    </button>
  );
}
