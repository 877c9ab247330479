/** How large a package may be. Looked at before anything is unpacked, and again while it is. */
export interface PackageLimits {
  /** Of the file. */
  readonly packedBytes: number;
  /** Of all entries together. */
  readonly unpackedBytes: number;
  /** Of one entry, `runtime.wasm` excepted: manifests and modules are texts. */
  readonly textBytes: number;
  readonly entries: number;
}

/** Those of the SDK, which counted packed bytes only; its own packages have some 20 MB. */
export const PACKAGE_LIMITS: PackageLimits = {
  packedBytes: 100_000_000,
  unpackedBytes: 100_000_000,
  textBytes: 4_000_000,
  entries: 1000,
};
