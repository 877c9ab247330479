#!/usr/bin/env node
/**
 * Checks that imports follow the arrows of ARCHITECTURE.md: nothing imports upward, the Rust core and
 * session have no clock, socket, file, thread or randomness, and what browsers load does not import Node.
 * Prints every offence; exit status 1 if any.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What each TypeScript package may import of the others. */
const MAY_IMPORT = {
  'native-dsp': [],
  pipeline: ['native-dsp', 'native-dsp/wasm'],
  gateway: ['native-dsp', 'native-dsp/wasm', 'pipeline', 'pipeline/python'],
  signaling: [
    'native-dsp',
    'pipeline',
    'pipeline/import',
    'pipeline/package',
    'pipeline/python',
    'pipeline/worker',
    'gateway',
  ],
  'web-client': ['signaling/protocol', 'native-dsp/wasm', 'pipeline/drawing', 'pipeline/python/web'],
  cli: [
    'native-dsp',
    'pipeline',
    'pipeline/drawing',
    'pipeline/import',
    'pipeline/package',
    'pipeline/python',
    'pipeline/worker',
    'signaling',
  ],
};

/** What each Rust crate may depend on of the others. */
const MAY_DEPEND = {
  text: [],
  core: ['text'],
  session: ['core'],
  plane: ['core', 'session'],
  node: ['core', 'session', 'plane'],
  wasm: ['core', 'session'],
  runtime: ['core'],
};

const FORBIDDEN_IN_SANS_IO =
  /\bstd::(time|net|fs|thread|env|process)\b|\b(rand|getrandom|socket2|mio|tokio)::|\bInstant::now|\bSystemTime\b/;

const offences = [];

function* filesBelow(folder, ending) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['node_modules', 'dist', 'target'].includes(entry.name)) yield* filesBelow(path, ending);
    } else if (ending.test(entry.name)) yield path;
  }
}

/** The file, and what it and they import from their own package. */
function filesImportedBy(path, known = new Set()) {
  if (known.has(path)) return known;
  known.add(path);
  for (const [, name] of readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)\.js'/g))
    filesImportedBy(join(dirname(path), `${name}.ts`), known);
  return known;
}

for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
  for (const path of filesBelow(join(folder, folder === 'native-dsp' ? 'src' : '.'), /\.ts$/)) {
    for (const [, name] of readFileSync(path, 'utf8').matchAll(/from '@remotemedia\/([^']+)'/g)) {
      if (name !== folder && !allowed.includes(name))
        offences.push(`${path}: must not import @remotemedia/${name}`);
    }
  }
}

for (const [crate, allowed] of Object.entries(MAY_DEPEND)) {
  const cargo = readFileSync(join('native-dsp', crate, 'Cargo.toml'), 'utf8');
  for (const [, name] of cargo.matchAll(/^remotemedia-(\w+) *=/gm)) {
    if (!allowed.includes(name))
      offences.push(`native-dsp/${crate}/Cargo.toml: must not depend on remotemedia-${name}`);
  }
}

for (const path of [
  ...filesBelow('native-dsp/src/wasm', /\.ts$/),
  ...filesImportedBy('native-dsp/src/browser.ts'),
  ...filesImportedBy('pipeline/src/index.ts'),
  ...filesImportedBy('pipeline/src/drawing/index.ts'),
  ...filesImportedBy('pipeline/src/package/browser.ts'),
  ...filesImportedBy('pipeline/src/python/web.ts'),
  ...filesImportedBy('pipeline/src/import/index.ts'),
]) {
  if (/(from |import\()'node:/.test(readFileSync(path, 'utf8')) && !path.endsWith('.test.ts'))
    offences.push(`${path}: is for browsers too and must not import Node`);
}

for (const crate of ['core', 'session', 'wasm']) {
  for (const path of filesBelow(join('native-dsp', crate, 'src'), /\.rs$/)) {
    // Tests at the end of a file may do what they like.
    const [code] = readFileSync(path, 'utf8').split('#[cfg(test)]');
    code.split('\n').forEach((line, index) => {
      const statement = line.replace(/\/\/.*$/, '');
      if (FORBIDDEN_IN_SANS_IO.test(statement)) offences.push(`${path}:${index + 1}: ${statement.trim()}`);
    });
  }
}

for (const offence of offences) console.error(offence);
process.exitCode = offences.length > 0 ? 1 : 0;
