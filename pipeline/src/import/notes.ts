/** What an import says: what it changed, and what it cannot take over. */
import type { Complaint } from '@remotemedia/native-dsp';

/** One thing that is written otherwise now. */
export interface ImportNote {
  /** Where it stood: `nodes[1].config.chunkSize`. */
  readonly path: string;
  /** What became of it, as the end of a sentence that the path begins. */
  readonly message: string;
  /** Not a word of another dialect, but one that no manifest knows. */
  readonly isUnknown?: true;
}

/** An object of the document that is imported. */
export type Tree = Record<string, unknown>;

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A node or connection after the import, and where it stood. */
export interface ImportedEntry {
  readonly tree: Tree;
  readonly path: string;
}

/** A hostile document cannot make an answer without end. */
const MOST = 100;

export class Notes {
  readonly notes: ImportNote[] = [];
  readonly complaints: Complaint[] = [];

  note(path: string, message: string): void {
    this.#add({ path, message });
  }

  /** What stands there has a name that means nothing, and is left out. */
  unknown(path: string, message: string): void {
    this.#add({ path, message, isUnknown: true });
  }

  /** What stands there cannot be run here. */
  refuse(path: string, message: string, hint: string): void {
    if (this.complaints.length < MOST) this.complaints.push({ path, code: 'not_importable', message, hint });
  }

  #add(note: ImportNote): void {
    if (this.notes.length < MOST) this.notes.push(note);
    else if (this.notes.length === MOST)
      this.notes.push({ path: '', message: 'and more, which is not listed' });
  }
}

/** `chunkSize` as `chunk_size`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
