import {
  loadNative,
  loadWasmFile,
  type Native,
  NativeUnavailableError,
  type OfflineRuntime,
  WasmUnavailableError,
} from '@remotemedia/native-dsp';
import { describe, expect, it } from 'vitest';
import { environmentChoice, RuntimeUnavailableError } from './choice.js';
import { chooseRuntime, type RuntimeLoaders, runtimeFor } from './runtime.js';

/** A runtime that reads a manifest as its `runtime_hint`, or as a bad one where there is none. */
const offline = {
  version: '1',
  externalMentions: () => '[]',
  validateManifest: (text: string) => {
    const [, hint] = /runtime_hint: (\w+)/.exec(text) ?? [];
    const runtime_hint = hint === 'auto' ? undefined : hint;
    return JSON.stringify({ ok: hint !== 'wrong', complaints: [], manifest: { runtime_hint }, plan: {} });
  },
} as unknown as OfflineRuntime;
const addon = { ...offline, opusVersion: '2' } as unknown as Native;

const both: RuntimeLoaders = { native: () => addon, wasm: () => offline };
const withoutAddon: RuntimeLoaders = {
  ...both,
  native: () => {
    throw new NativeUnavailableError('x.node', 'it has not been built');
  },
};
const withoutModule: RuntimeLoaders = {
  ...both,
  wasm: () => {
    throw new WasmUnavailableError('x.wasm', 'it is not there');
  },
};

const choose = (wanted: 'auto' | 'native' | 'wasm', loaders: RuntimeLoaders) => {
  const warnings: string[] = [];
  const { name, reason } = chooseRuntime({ wanted, loaders, warn: (text) => warnings.push(text) });
  return { name, reason, warnings };
};

describe('chooseRuntime', () => {
  it('takes the native one, and the other where that one is wanted, without a word', () => {
    expect(choose('auto', both)).toMatchObject({ name: 'native', warnings: [] });
    expect(choose('native', both)).toMatchObject({ name: 'native', warnings: [] });
    expect(choose('wasm', both)).toMatchObject({ name: 'wasm', warnings: [] });
  });

  it('falls back to WebAssembly with the reason and a warning', () => {
    const { name, reason, warnings } = choose('auto', withoutAddon);
    expect(name).toBe('wasm');
    expect(reason).toContain('it has not been built');
    expect(warnings).toEqual([expect.stringContaining('run on WebAssembly')]);
  });

  it('needs no addon where WebAssembly is wanted', () => {
    expect(choose('wasm', withoutAddon)).toMatchObject({ name: 'wasm', warnings: [] });
  });

  it('refuses what it was told to take and cannot', () => {
    expect(() => choose('native', withoutAddon)).toThrow(/has not been built/);
    expect(() => choose('wasm', withoutModule)).toThrow(
      expect.objectContaining({ code: 'runtime_unavailable', wanted: 'wasm' }),
    );
  });

  it('says why there is none at all', () => {
    const neither = { ...withoutAddon, wasm: withoutModule.wasm };
    expect(() => choose('auto', neither)).toThrow(/x\.node.*x\.wasm/);
  });

  it("does not take a loader's bug for an absent runtime", () => {
    const broken = {
      ...both,
      native: () => {
        throw new TypeError('bug');
      },
    };
    expect(() => choose('auto', broken)).toThrow(TypeError);
  });
});

describe('runtimeFor', () => {
  const nameFor = (text: string, wanted: 'auto' | 'native' | 'wasm' = 'auto') =>
    runtimeFor(text, { wanted, loaders: both }).name;

  it('follows the manifest where nothing else was said', () => {
    expect(nameFor('version: v1')).toBe('native');
    expect(nameFor('runtime_hint: auto')).toBe('native');
    expect(nameFor('runtime_hint: native')).toBe('native');
    expect(nameFor('runtime_hint: wasm')).toBe('wasm');
  });

  it('leaves a bad manifest to the one who compiles it', () => {
    expect(nameFor('runtime_hint: wrong')).toBe('native');
  });

  it('follows it also where nodes outside are in the manifest, whoever brings them along', () => {
    const real = { loaders: { native: loadNative, wasm: loadWasmFile }, wanted: 'auto' } as const;
    const hinted = (...nodes: object[]) =>
      runtimeFor(JSON.stringify({ version: 'v1', runtime_hint: 'wasm', nodes }), real).name;
    expect(hinted({ id: 'mine', node_type: 'SomebodysNode', params: { x: 1 } })).toBe('wasm');
    expect(hinted({ id: 'mine', node_type: 'SomebodysNode', executor: 'python' })).toBe('wasm');
    expect(hinted({ id: 'mine', node_type: 'SomebodysNode', module: './mine.js' })).toBe('wasm');
    // Nobody can run this; who compiles it says why.
    expect(hinted({ id: 'mine', node_type: 'AddNode', executor: 'python' })).toBe('native');
  });

  it('refuses a manifest that the environment forbids', () => {
    expect(nameFor('runtime_hint: auto', 'wasm')).toBe('wasm');
    expect(() => nameFor('runtime_hint: native', 'wasm')).toThrow(RuntimeUnavailableError);
  });
});

describe('environmentChoice', () => {
  it('knows three words, and takes silence for auto', () => {
    expect(environmentChoice({})).toBe('auto');
    expect(environmentChoice({ REMOTEMEDIA_RUNTIME: '' })).toBe('auto');
    expect(environmentChoice({ REMOTEMEDIA_RUNTIME: 'wasm' })).toBe('wasm');
    expect(() => environmentChoice({ REMOTEMEDIA_RUNTIME: 'python' })).toThrow(/auto, native or wasm/);
  });
});
