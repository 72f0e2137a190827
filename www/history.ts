/** Tabs as entries of the browser's history, so that Back goes to the tab before; leaving the page is asked about while it holds what would be lost. */
import { effect } from "@preact/signals";
import { reviews } from "./reviews";
import { anything, busy, pasted, tab, type Tab } from "./store";

/** No element has such an id, to which a browser would scroll. */
const addressOf = (id: Tab): string => `#/${id}`;

export function keepHistory(tabs: readonly Tab[]): void {
  // Nothing is read yet, whatever the address says.
  location.replace(addressOf(tab.value));
  // A tab begins at its top: what stood there before is not there any more.
  history.scrollRestoration = "manual";
  effect(() => {
    if (location.hash !== addressOf(tab.value)) location.hash = addressOf(tab.value);
  });
  addEventListener("hashchange", () => {
    const found = tabs.find((id) => addressOf(id) === location.hash);
    if (found) tab.value = found;
  });
  addEventListener("beforeunload", (event) => {
    if (anything.value || busy.value || pasted.value.trim() || reviews.value.length > 0) event.preventDefault();
  });
}
