/** What the page takes from where it runs: files of a server. In the page that is one file, `one-file/host.ts` stands in for this one. */
export const workerOptions = {};

export const icon = "./icon.svg";

export const sample = async (name: string): Promise<Blob> => (await fetch(`./sample/${name}`)).blob();

/** Lets the page open without a network. An old browser, or a page that is no https, works all the same while there is one. */
export const keepOffline = (): void => void navigator.serviceWorker?.register("./offline.js").catch(() => {});
