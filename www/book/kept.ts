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

export function keep(toml: string | null, profile: string): void {
  try {
    if (toml === null && !profile) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify({ toml, profile }));
  } catch {
    // the book is then in force as long as the page
  }
}
