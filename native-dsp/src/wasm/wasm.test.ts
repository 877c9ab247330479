import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadWasmFile, WASM_PATH } from '../load-wasm.js';
import { loadWasm, WasmInstance } from './index.js';

const wasm = loadWasmFile();
const VOICE = { sampleRate: 48_000, channels: 1 };

function pipeline(...nodes: object[]) {
  return new wasm.OfflinePipeline(JSON.stringify({ version: 'v1', nodes }), VOICE);
}

describe('the WebAssembly runtime', () => {
  test('switches nodes off and on by their ids', () => {
    const louder = pipeline({ id: 'louder', node_type: 'GainNode', params: { gain_db: 6 } });
    louder.setNodeState('louder', 'disabled');
    for (let frame = 0; frame < 2; frame++) {
      louder.input.fill(0.25);
      louder.process();
    }
    expect(louder.output[479]).toBe(0);
    expect(() => louder.setNodeState('quieter', 'bypass')).toThrow(
      expect.objectContaining({ code: 'unknown_node' }),
    );
  });

  test('is made from bytes, a compiled module or a response alike', async () => {
    const bytes = readFileSync(WASM_PATH);
    const response = (type: string) => new Response(bytes, { headers: { 'content-type': type } });
    for (const source of [
      bytes,
      new WebAssembly.Module(bytes),
      response('application/wasm'),
      Promise.resolve(response('application/octet-stream')),
    ])
      expect((await loadWasm(source)).version).toBe(wasm.version);
    await expect(loadWasm(new Response('', { status: 404 }))).rejects.toThrow('404');
  });

  test('runs a frame through its nodes', () => {
    const louder = pipeline({ id: 'gain', node_type: 'GainNode', params: { gain_db: 6 } });
    louder.input.fill(0.1);
    louder.process();
    expect(louder.output[479]).toBeCloseTo(0.1995, 3);
  });

  test('tells what it has cost as it is added up, under any name or none', () => {
    const louder = pipeline({ id: 'louder', node_type: 'GainNode' });
    louder.process();
    expect(louder.total('"voice" ä')).toMatchObject({
      pipeline: '"voice" ä',
      duration: { count: 1 },
      nodes: [{ node: 'louder', duration: { count: 1 } }],
    });
    expect(louder.total(null)).toMatchObject({ pipeline: null, nodes: [{ node: 'GainNode' }] });
  });

  test('gives the same arrays for ever, also when its memory grows', () => {
    const echo = pipeline({ id: 'echo', node_type: 'PassThrough' });
    const level = pipeline({ id: 'level', node_type: 'AudioLevelNode' });
    const { input, output } = echo;
    // A hundred thousand events that nobody drains need memory.
    for (let frame = 0; frame < 100_000; frame++) level.process();
    expect(level.drainEvents().length).toBeGreaterThan(5_000);
    input.fill(0.25);
    echo.process();
    expect(echo.output).toBe(output);
    expect(output[0]).toBe(0.25);
  });

  test('tells all complaints about a manifest, as the native one does', () => {
    expect(() => pipeline({ id: 'a', node_type: 'GianNode' }, { id: 'a', node_type: 'PassThrough' })).toThrow(
      expect.objectContaining({
        code: 'invalid_manifest',
        complaints: expect.arrayContaining([
          expect.objectContaining({ code: 'unknown_node_type' }),
          expect.objectContaining({ code: 'duplicate_id' }),
        ]),
      }),
    );
    expect(() => new wasm.RateConverter({ fromHz: 0.5, toHz: 1, channels: 1 })).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
  });

  test('keeps to the policy of a node that panics', () => {
    const fault = { id: 'fault', node_type: 'FaultNode', params: { after_ms: 0 } };
    const failing = pipeline(fault);
    expect(failing.process()).toBe(1);
    expect(JSON.parse(failing.drainEvents()[0]!)).toMatchObject({ type: 'node_error', node_id: 'fault' });
    expect(() => failing.process()).toThrow(expect.objectContaining({ code: 'graph_failed' }));
    failing.reset();
    expect(failing.process()).toBe(1);

    const bypassed = pipeline({ ...fault, execution: { on_error: 'bypass' } });
    bypassed.input.fill(0.5);
    for (let frame = 0; frame < 3; frame++) bypassed.process();
    expect(bypassed.output[0]).toBe(0.5);
  });

  test('converts rates', () => {
    const converter = new wasm.RateConverter({ fromHz: 22_050, toHz: 48_000, channels: 2 });
    converter.input.fill(0.5);
    for (let block = 0; block < 3; block++) converter.process();
    expect(converter.output.at(-1)).toBeCloseTo(0.5, 4);
  });
});

describe('an instance', () => {
  const module = new WebAssembly.Module(readFileSync(WASM_PATH));

  test('that trapped is not called again, and says why', () => {
    const instance = new WasmInstance(module);
    // More than a memory of 32 bits can hold: the allocator gives up, and the module with it.
    expect(() => instance.call('allocate', -1)).toThrow(
      expect.objectContaining({ code: 'session_panicked' }),
    );
    expect(instance.isLost).toBe(true);
    expect(() => instance.call('versions')).toThrow(expect.objectContaining({ code: 'session_panicked' }));
    new WasmInstance(module).call('versions');
  });

  test('sees its samples where they are after its memory has grown', () => {
    const instance = new WasmInstance(module);
    instance.call('converter_create', 48_000, 16_000, 1, ...instance.give('high'));
    const samples = instance.samples(instance.call('converter_input'), 480);
    const before = samples.view;
    before[7] = 0.5;
    instance.give('x'.repeat(8 << 20));
    expect(before.length).toBe(0);
    expect(samples.view[7]).toBe(0.5);
  });

  test('that holds nothing refuses to be asked', () => {
    const instance = new WasmInstance(module);
    expect(() => instance.call('pipeline_process')).toThrow(
      expect.objectContaining({ code: 'internal_error' }),
    );
  });
});
