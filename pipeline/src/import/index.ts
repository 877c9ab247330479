export { type ImportOptions, type ImportResult, importManifest } from './import-manifest.js';
export type { ImportNote } from './notes.js';
