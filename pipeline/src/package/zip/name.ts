/** Names of entries: relative paths that mean the same on every system, and nothing outside. */
import { PackageError } from '../errors.js';

const MOST_CHARACTERS = 255;
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** What is wrong with a relative path, as the end of a sentence; nothing where it is one. */
export function faultOf(path: string): string | undefined {
  if (path === '' || path.length > MOST_CHARACTERS) return 'is empty or too long';
  if (path.includes('\\')) return 'has a backslash';
  if (CONTROL.test(path)) return 'has control characters';
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'is absolute';
  if (path.split('/').some((step) => step === '..' || step === '.' || step === ''))
    return 'leads elsewhere: each step of the path must be a name';
  return undefined;
}

/** @throws PackageError `invalid_entry` */
export function decodeName(bytes: Uint8Array): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PackageError('invalid_entry', 'the name of an entry is not UTF-8');
  }
  // Folders have entries of their own, which say nothing.
  const fault = faultOf(name.replace(/\/$/, ''));
  if (fault) throw new PackageError('invalid_entry', `the entry ${JSON.stringify(name)} ${fault}`);
  return name;
}
