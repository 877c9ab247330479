/** `checksums.json`: the SHA-256 of every other entry. It finds what was damaged or mixed up, not who made it. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { PackageError } from './errors.js';

export const CHECKSUMS = 'checksums.json';

/** Its content. */
export interface Checksums {
  readonly algorithm: 'sha256';
  /** In hexadecimal digits, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** In hexadecimal digits. */
export const sha256Of = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

export function checksumsOf(entries: Iterable<readonly [string, Uint8Array]>): Checksums {
  return {
    algorithm: 'sha256',
    files: Object.fromEntries([...entries].map(([name, bytes]) => [name, sha256Of(bytes)])),
  };
}

/**
 * Every entry must be listed, and everything that is listed must be there.
 * @throws PackageError `checksum_mismatch`, naming all that differ.
 */
export function verifyChecksums(text: string, entries: ReadonlyMap<string, Uint8Array>): void {
  const listed = new Map(Object.entries(filesOf(text)));
  const faults = [...entries].flatMap(([name, bytes]) => {
    const expected = listed.get(name);
    listed.delete(name);
    if (expected === undefined) return [`${name} is not listed`];
    return expected === sha256Of(bytes) ? [] : [`${name} is another`];
  });
  faults.push(...[...listed.keys()].map((name) => `${name} is missing`));
  if (faults.length === 0) return;
  throw new PackageError('checksum_mismatch', `it is not what ${CHECKSUMS} says: ${faults.join(', ')}`);
}

function filesOf(text: string): Record<string, unknown> {
  try {
    const { algorithm, files } = JSON.parse(text) as Partial<Checksums>;
    if (algorithm === 'sha256' && typeof files === 'object' && files !== null) return files;
  } catch {
    // Told below.
  }
  throw new PackageError(
    'checksum_mismatch',
    `${CHECKSUMS} is not of the form { "algorithm": "sha256", "files": { … } }`,
  );
}
