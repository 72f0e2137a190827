/** Made by `scripts/one-file.mjs`. */
declare module "one-file:parts" {
  /** The whole worker with its wasm as one script. */
  export const worker: string;
  /** The address of the icon, which holds it. */
  export const icon: string;
  /** The sample files by their names. */
  export const samples: Record<string, string>;
}
