/** What can be wrong with a package, and with how it is used. */
import type { Complaint } from '@remotemedia/native-dsp';

export type PackageErrorCode =
  /** No ZIP archive, or one of a kind that packages are not. */
  | 'not_a_package'
  /** More bytes or entries than the limits allow, packed or unpacked. */
  | 'package_too_large'
  /** A name that is not allowed or stands twice, or bytes that are not what the entry says of them. */
  | 'invalid_entry'
  | 'manifest_missing'
  /** With all complaints. */
  | 'invalid_manifest'
  | 'invalid_metadata'
  /** `runtime.wasm` is no WebAssembly. */
  | 'invalid_runtime'
  | 'checksum_mismatch'
  /** It has code that would run with the rights of who runs it, and nobody said that it may. */
  | 'trust_required';

export class PackageError extends Error {
  override readonly name = 'PackageError';

  /** @param complaints everything that is wrong, where that can be more than one thing. */
  constructor(
    readonly code: PackageErrorCode,
    message: string,
    readonly complaints: readonly Complaint[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The error that says everything that is wrong with the manifest of a package. */
export function invalidManifest(complaints: readonly Complaint[]): PackageError {
  const lines = complaints.map(({ path, message }) => `\n  ${path || '(document)'}: ${message}`);
  return new PackageError('invalid_manifest', `the manifest cannot be used:${lines.join('')}`, complaints);
}
