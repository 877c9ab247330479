/** The documents tell the truth: links lead somewhere, commands and samples work. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadNative, type ManifestValidation } from '@remotemedia/native-dsp';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'docs/CONTROL.md',
  'docs/MIGRATION.md',
  'docs/NODES.md',
  'docs/PACKAGES.md',
  'docs/PIPELINES.md',
  'docs/PYTHON.md',
  'docs/TRANSPORTS.md',
  'examples/README.md',
  'web-client/README.md',
];
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('documents', () => {
  it('link only to files that exist', () => {
    for (const document of DOCUMENTS) {
      for (const [, target] of read(document).matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
        expect(existsSync(join(ROOT, dirname(document), target!)), `${document}: ${target}`).toBe(true);
      }
    }
  });

  it('link only to headings that exist', () => {
    const slug = (heading: string) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-');
    for (const document of DOCUMENTS) {
      for (const [, file, anchor] of read(document).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)) {
        const target = file ? join(dirname(document), file) : document;
        const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => slug(heading!));
        expect(headings, `${document}: ${file}#${anchor}`).toContain(anchor);
      }
    }
  });

  it('name only folders and files that exist', () => {
    for (const document of DOCUMENTS) {
      const paths = read(document).matchAll(
        /`((?:native-dsp|gateway|signaling|web-client|cli|pipeline|scripts|configs|tests|docs|examples)\/[\w./-]+)`/g,
      );
      for (const [, path] of paths) expect(existsSync(join(ROOT, path!)), `${document}: ${path}`).toBe(true);
    }
  });

  it('show manifests that are valid', () => {
    const samples = [...read('README.md').matchAll(/```yaml\n([\s\S]*?)```/g)];
    expect(samples.length).toBeGreaterThan(0);
    for (const [, sample] of samples) {
      const result = JSON.parse(loadNative().validateManifest(sample!)) as ManifestValidation;
      expect(result.complaints).toEqual([]);
    }
  });

  it('promise only make targets that the Makefile has', () => {
    for (const [, target] of read('README.md').matchAll(/`?make ([a-z]+)/g)) {
      expect(read('Makefile')).toMatch(new RegExp(`^${target}:`, 'm'));
    }
  });
});
