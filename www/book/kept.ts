/** The book in force, kept on this machine so that it is so again the next time. */
const KEY = "book-in-force";

interface Kept {
  /** Null: the standard book. */
  toml: string | null;
  profile: string;
}

export function inForce(): Kept {
  try {
    const { toml, profile } = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Kept>;
    if ((toml === null || typeof toml === "string") && typeof profile === "string") return { toml, profile };
  } catch {
    // no storage, or something else in it
  }
  return { toml: null, profile: "" };
}

/** Tells when another tab of the page put one into force. */
export const onOther = (listener: () => void): void => addEventListener("storage", ({ key }) => key === KEY && listener());

export function keep(toml: string | null, profile: string): void {
  try {
    if (toml === null && !profile) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify({ toml, profile }));
  } catch {
    // the book is then in force as long as the page
  }
}
