/** What is no package is refused by its code, before it can do harm. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { WASM_PATH } from '@remotemedia/native-dsp';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { PackageError } from './errors.js';
import { PackageLoader } from './index.js';
import { unpackPackage } from './read.js';
import { isOurRuntime } from './runtime-module.js';
import { type HandmadeEntry, handmade } from './testing/zip.js';

const CALCULATOR = {
  version: 'v1',
  metadata: { name: 'calculator' },
  runtime: { target: 'wasm32-wasi' },
  nodes: [
    { id: 'multiply', node_type: 'MultiplyNode', params: { multiplier: 2 } },
    { id: 'add', node_type: 'AddNode', params: { addend: 10 } },
  ],
  connections: [{ from: 'multiply', to: 'add' }],
};
const MANIFEST: HandmadeEntry = { name: 'manifest.json', content: JSON.stringify(CALCULATOR) };
/** A module for WASI that does nothing: what the SDK puts into its packages, but for 20 MB. */
const FOREIGN = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[7, 10, 1, 6, 0x5f, 0x73, 0x74, 0x61, 0x72, 0x74, 0, 0],
  ...[10, 4, 1, 2, 0, 0x0b],
);

/** @returns the error's code and message. */
async function refusal(bytes: Uint8Array, limits = {}): Promise<string> {
  try {
    await PackageLoader.load(bytes, { limits });
  } catch (error) {
    if (error instanceof PackageError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('a package', () => {
  it('of the smallest kind is a manifest', async () => {
    const pkg = await PackageLoader.load(handmade([MANIFEST]));
    expect(pkg).toMatchObject({ manifest: CALCULATOR, wasmBinary: null, metadata: null, notes: [] });
  });

  it('may be packed or stored, with a comment, folders, and sizes behind the data as streams write them', async () => {
    expect(
      await refusal(
        handmade(
          [
            { name: 'modules/', method: 0 },
            { ...MANIFEST, method: 0 },
          ],
          { comment: 'by hand' },
        ),
      ),
    ).toBe('none');
    expect(await refusal(handmade([{ ...MANIFEST, flags: 1 << 3, local: { unpackedBytes: 0 } }]))).toBe(
      'none',
    );
  });

  it('may be part of a larger buffer', async () => {
    const bytes = handmade([MANIFEST]);
    const larger = new Uint8Array(bytes.length + 20);
    larger.set(bytes, 10);
    expect(await refusal(larger.subarray(10, 10 + bytes.length))).toBe('none');
  });
});

describe('an archive is refused', () => {
  const whole = handmade([MANIFEST, { name: 'metadata.json', content: '{}' }]);

  it('that is none, wherever it is cut off', async () => {
    expect(await refusal(new Uint8Array(0))).toMatch(/^not_a_package/);
    expect(await refusal(new TextEncoder().encode('{"version": "v1"}'))).toMatch(/^not_a_package/);
    for (let length = 1; length < whole.length; length++)
      expect(await refusal(whole.subarray(0, length)), `${length}`).toMatch(/^not_a_package/);
  });

  it('whatever byte is another, or is read as it was', async () => {
    for (let at = 0; at < whole.length; at++) {
      const bent = whole.slice();
      bent[at]! ^= 0xff;
      const outcome = await refusal(bent);
      // Times, versions and the name of what is not read anyway mean nothing.
      expect(outcome, `${at}`).toMatch(
        /^(none$|not_a_package|invalid_entry|manifest_missing|package_too_large)/,
      );
      if (outcome === 'none') expect((await PackageLoader.load(bent)).manifest).toEqual(CALCULATOR);
    }
  });

  it('with something before or behind it, for another reader may take that for the archive', async () => {
    const longer = new Uint8Array(whole.length + 4);
    longer.set(whole, 4);
    expect(await refusal(longer)).toMatch(/^not_a_package.*not where it should be/);
    longer.set(whole, 0);
    expect(await refusal(longer)).toMatch(/^not_a_package/);
  });

  it('whose directory has more or fewer entries than it says', async () => {
    expect(await refusal(handmade([MANIFEST], { count: 2 }))).toMatch(/^not_a_package.*breaks off/);
    expect(await refusal(handmade([MANIFEST, { name: 'x' }], { count: 1 }))).toMatch(/^not_a_package/);
    expect(await refusal(handmade([MANIFEST], { count: 0xffff }))).toMatch(/^not_a_package.*ZIP64/);
  });

  it.each([
    ['../manifest.json', 'leads elsewhere'],
    ['modules/../../x.js', 'leads elsewhere'],
    ['modules/./x.js', 'leads elsewhere'],
    ['modules//x.js', 'leads elsewhere'],
    ['/etc/passwd', 'is absolute'],
    ['C:/x.js', 'is absolute'],
    ['modules\\x.js', 'has a backslash'],
    ['modules/x\u0000.js', 'has control characters'],
    ['', 'is empty or too long'],
    ['x'.repeat(256), 'is empty or too long'],
  ])('with an entry named %j', async (name, fault) => {
    expect(await refusal(handmade([MANIFEST, { name }]))).toMatch(new RegExp(`^invalid_entry: .*${fault}`));
  });

  it('with a name twice, or two names for one entry', async () => {
    expect(await refusal(handmade([MANIFEST, MANIFEST]))).toMatch(/^invalid_entry: .*twice/);
    const renamed = { ...MANIFEST, local: { name: 'manifest.jsoN' } };
    expect(await refusal(handmade([renamed]))).toMatch(/^invalid_entry: .*two ways/);
    const resized = { ...MANIFEST, local: { unpackedBytes: 1 } };
    expect(await refusal(handmade([resized]))).toMatch(/^invalid_entry: .*two ways/);
  });

  it('with entries that are encrypted, or packed by something else', async () => {
    expect(await refusal(handmade([{ ...MANIFEST, flags: 1 }]))).toMatch(/^invalid_entry: .*encrypted/);
    expect(await refusal(handmade([{ ...MANIFEST, method: 12 }]))).toMatch(/^invalid_entry: .*Deflate/);
  });

  it('with entries that share their bytes', async () => {
    expect(await refusal(handmade([MANIFEST, { ...MANIFEST, name: 'x', startsAt: 0 }]))).toMatch(
      /^invalid_entry: .*two ways/,
    );
    const inner = { name: 'b', content: 'text', method: 0 };
    const outer = { name: 'a', content: handmade([inner]), method: 0 };
    // Behind the header of the outer one, and its name.
    expect(await refusal(handmade([outer, { ...inner, startsAt: 31 }]))).toMatch(
      /^invalid_entry: .*b shares its bytes/,
    );
    expect(await refusal(handmade([MANIFEST, { ...inner, startsAt: 31 }]))).toMatch(
      /^invalid_entry: .*b is not where/,
    );
  });

  it('with bytes that are not those of its checksum', async () => {
    expect(await refusal(handmade([{ ...MANIFEST, crc32: 1 }]))).toMatch(/^invalid_entry: .*CRC-32/);
  });
});

describe('what would become large is refused', () => {
  const zeros = new Uint8Array(5_000_000);

  it('by what it claims, before anything is unpacked', async () => {
    expect(await refusal(handmade([MANIFEST]), { packedBytes: 100 })).toMatch(/^package_too_large/);
    expect(await refusal(handmade([MANIFEST, { name: 'a' }, { name: 'b' }]), { entries: 2 })).toMatch(
      /^package_too_large/,
    );
    const bomb = handmade([MANIFEST, { name: 'runtime.wasm', content: zeros }]);
    expect(bomb.length).toBeLessThan(10_000);
    expect(await refusal(bomb, { unpackedBytes: 4_000_000 })).toMatch(/^package_too_large/);
    expect(await refusal(handmade([{ name: 'manifest.json', content: zeros }]))).toMatch(
      /^package_too_large: manifest.json/,
    );
    // Each is small; together they are not.
    const many = ['a', 'b', 'c'].map((name) => ({ name, unpackedBytes: 50_000_000 }));
    expect(await refusal(handmade([MANIFEST, ...many]))).toMatch(/^package_too_large/);
  });

  it('where it lies, as soon as that shows', async () => {
    const lie = { name: 'manifest.json', content: zeros, unpackedBytes: 1000 };
    expect(await refusal(handmade([lie]))).toMatch(/^invalid_entry: .*more than 1000 bytes/);
    const less = { ...MANIFEST, unpackedBytes: 1_000_000 };
    expect(await refusal(handmade([less]))).toMatch(/^invalid_entry: .*instead of 1000000/);
    const stored = { ...MANIFEST, method: 0, unpackedBytes: 5 };
    expect(await refusal(handmade([stored]))).toMatch(/^invalid_entry: .*two sizes/);
  });

  it('without unpacking what is not read', () => {
    const bent = { name: 'deps/model.bin', content: 'x', crc32: 1 };
    const { notes } = unpackPackage(handmade([MANIFEST, bent]));
    expect(notes).toEqual([{ path: 'deps/model.bin', message: expect.stringContaining('is not read') }]);
  });
});

describe('what is in it', () => {
  it('must be a sound manifest, of which everything is said that is wrong', async () => {
    expect(await refusal(handmade([{ name: 'metadata.json' }]))).toMatch(/^manifest_missing/);
    expect(await refusal(handmade([{ name: 'manifest.json', content: '{' }]))).toMatch(/^invalid_manifest/);
    expect(await refusal(handmade([{ name: 'manifest.json', content: '7' }]))).toMatch(/^invalid_manifest/);
    const notText = { name: 'manifest.json', content: Uint8Array.of(0xff, 0xfe) };
    expect(await refusal(handmade([notText]))).toMatch(/^invalid_entry: .*UTF-8/);
    const wrong = { ...CALCULATOR, nodes: [{ id: 'a', node_type: 'Nonsense' }, { id: 'a' }] };
    const error = await PackageLoader.load(
      handmade([{ name: 'manifest.json', content: JSON.stringify(wrong) }]),
    ).catch((it) => it);
    expect(error).toBeInstanceOf(PackageError);
    expect(error.code).toBe('invalid_manifest');
    expect(error.complaints.length).toBeGreaterThan(2);
  });

  it('must have the modules that are named, wherever else they may be', async () => {
    const naming = (module: string) => {
      const manifest = { version: 'v1', nodes: [{ id: 'a', node_type: 'A', module }], connections: [] };
      return [{ name: 'manifest.json', content: JSON.stringify(manifest) }];
    };
    for (const [module, fault] of [
      ['./a.js', 'is not in the package'],
      ['../a.js', 'leads elsewhere'],
      ['file:///etc/a.js', 'leads elsewhere'],
      ['https://host/a.js', 'leads elsewhere'],
      ['./%2e%2e/a.js', 'one of the characters'],
      ['./a.sh', 'does not end in'],
    ] as const)
      expect(await refusal(handmade(naming(module)))).toMatch(
        new RegExp(`^invalid_manifest: .*${fault}`, 's'),
      );
    const there = [...naming('./deep/a.js'), { name: 'modules/deep/a.js', content: 'export {}' }];
    const { modules } = await PackageLoader.load(handmade(there));
    expect([...modules]).toEqual([['./deep/a.js', 'export {}']]);
  });

  it('is verified where there are checksums: others, unlisted ones and missing ones', async () => {
    const sum = (text: string) => createHash('sha256').update(text).digest('hex');
    const withSums = (files: object, ...more: HandmadeEntry[]) => {
      const content = JSON.stringify({ algorithm: 'sha256', files });
      return handmade([MANIFEST, ...more, { name: 'checksums.json', content }]);
    };
    const right = { 'manifest.json': sum(MANIFEST.content as string) };
    expect(await refusal(withSums(right))).toBe('none');
    expect(await refusal(withSums({ 'manifest.json': sum('') }))).toMatch(
      /^checksum_mismatch: .*manifest.json is another/,
    );
    expect(await refusal(withSums(right, { name: 'x' }))).toMatch(/^checksum_mismatch: .*x is not listed/);
    expect(await refusal(withSums({ ...right, y: sum('') }))).toMatch(/^checksum_mismatch: .*y is missing/);
    expect(await refusal(handmade([MANIFEST, { name: 'checksums.json', content: '[]' }]))).toMatch(
      /^checksum_mismatch/,
    );
  });

  it('may be metadata that is none, which is noted', async () => {
    const { metadata, notes } = await PackageLoader.load(
      handmade([MANIFEST, { name: 'metadata.json', content: '{"tags": []}' }]),
    );
    expect(metadata).toBeNull();
    expect(notes).toMatchObject([{ path: 'metadata.json' }]);
  });
});

describe('a package of the SDK', () => {
  it('has its manifest imported, and its runtime left alone', async () => {
    const dialect = { ...CALCULATOR, version: '1.0' };
    const bytes = zipSync({
      'manifest.json': new TextEncoder().encode(JSON.stringify(dialect)),
      'runtime.wasm': FOREIGN,
      'metadata.json': new TextEncoder().encode('{"package_name":"calc","package_version":"1.0.0"}'),
    });
    const pkg = await PackageLoader.loadFromFile(new File([bytes as BlobPart], 'calculator.rmpkg'));
    expect(pkg).toMatchObject({ manifest: CALCULATOR, wasmBinary: null, metadata: { package_name: 'calc' } });
    expect(pkg.notes).toEqual([
      { path: 'runtime.wasm', message: expect.stringContaining('is not used') },
      { path: 'manifest.json: version', message: '"1.0" is v1' },
    ]);
    expect(PackageLoader.getPackageInfo(pkg)).toMatch(/^calc 1\.0\.0\nnodes: multiply \(MultiplyNode\), add/);
  });

  it('is told from ours by what the module exports', async () => {
    expect(isOurRuntime(FOREIGN)).toBe(false);
    expect(WebAssembly.validate(FOREIGN)).toBe(true);
    const ours = readFileSync(WASM_PATH);
    expect(isOurRuntime(ours)).toBe(true);
    for (let length = 0; length < 64; length++) expect(isOurRuntime(ours.subarray(0, length))).toBe(false);
    expect(await refusal(handmade([MANIFEST, { name: 'runtime.wasm', content: 'MZ' }]))).toMatch(
      /^invalid_runtime/,
    );
  });

  it('is told at once, whatever its sections say of themselves', () => {
    // Each claims exports without end, in five bytes.
    const section = [7, 5, 0xff, 0xff, 0xff, 0xff, 0x0f];
    const sections = Array.from({ length: 40_000 }, () => section).flat();
    expect(isOurRuntime(Uint8Array.from([...FOREIGN.subarray(0, 8), ...sections]))).toBe(false);
  });

  it('comes in a file: paths and bytes are told where they belong', async () => {
    for (const other of ['calculator.rmpkg', handmade([MANIFEST])])
      await expect(PackageLoader.loadFromFile(other as never)).rejects.toMatchObject({
        code: 'not_a_package',
        message: expect.stringContaining('`await readFile(path)`'),
      });
  });

  it('comes in a file of that ending', async () => {
    const file = new File([handmade([MANIFEST])], 'calculator.zip');
    await expect(PackageLoader.loadFromFile(file)).rejects.toMatchObject({ code: 'not_a_package' });
    await expect(PackageLoader.loadFromFile(new Blob([handmade([MANIFEST])]))).resolves.toBeDefined();
    const large = PackageLoader.loadFromFile(new Blob([handmade([MANIFEST])]), {
      limits: { packedBytes: 9 },
    });
    await expect(large).rejects.toMatchObject({ code: 'package_too_large' });
  });
});

it('what a package says of itself are lines of text, without what would steer a terminal', async () => {
  const manifest = { ...CALCULATOR, metadata: { description: 'right\u001b[2K\r\u009bwrong\nnext' } };
  const metadata = { package_name: 'calc\u0007', package_version: '1', author: { first: '\u001bc' } };
  const pkg = await PackageLoader.load(
    handmade([
      { name: 'manifest.json', content: JSON.stringify(manifest) },
      { name: 'metadata.json', content: JSON.stringify(metadata) },
    ]),
  );
  const info = PackageLoader.getPackageInfo(pkg);
  expect(info).toContain('calc 1\nright[2Kwrong\nnext\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there.
  expect(info).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(await refusal(handmade([MANIFEST, { name: 'modules/\u009b2K.js' }]))).toMatch(
    /^invalid_entry: .*control characters/,
  );
});

it('the check without a runtime finds what the one of the SDK found, and identifiers that stand there twice', () => {
  const { validateManifest } = PackageLoader;
  expect(validateManifest(CALCULATOR)).toEqual({ valid: true, errors: [], warnings: [] });
  expect(validateManifest(null).errors).toHaveLength(3);
  const { nodes } = CALCULATOR;
  const wrong = {
    version: 'v2',
    nodes: [...nodes, nodes[0], {}],
    connections: [{ from: 'add', to: 'nowhere' }, {}],
    runtime: { target: 'x86' },
  };
  expect(validateManifest(wrong).errors).toEqual([
    'nodes[2].id stands there twice: "multiply"',
    'nodes[3].id is missing',
    'nodes[3].node_type is missing',
    'connections[0].to names no node: "nowhere"',
    'connections[1].from is missing',
    'connections[1].to is missing',
    'runtime.target is not "wasm32-wasi"',
  ]);
  expect(validateManifest(wrong).warnings).toEqual(['version is "v2", not "v1"']);
});
