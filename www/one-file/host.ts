/** In place of `host.ts` where the page is one file, opened from a disk: there is no server to ask, everything comes along. */
import { samples, worker } from "one-file:parts";

export { icon } from "one-file:parts";

// Browsers let a page from a disk start a worker from a blob, but no module.
const workerUrl = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
export const workerOptions = { workerUrl, workerType: "classic" } as const;

export const sample = async (name: string): Promise<Blob> => new Blob([samples[name] ?? ""]);

/** It never needs one. */
export const keepOffline = (): void => {};
