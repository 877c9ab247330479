/** What becomes of nodes in threads that are broken, hang, die, leak, flood or talk nonsense. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { closeNodes, freshContext, nodeOf, pipelineOf } from './threads.js';

afterEach(closeNodes);

const faulty = (options = {}) =>
  nodeOf('./faulty.mjs', 'Faulty', { params: { create: 'nothing' }, ...options });

describe('a node in a thread', () => {
  it('that hangs is killed when its time is over, and the next call starts it anew', async () => {
    const { values } = faulty();
    expect([...(await values('count')), ...(await values('count'))]).toEqual([1, 2]);
    await expect(values('loop', 300)).rejects.toMatchObject({ errorClass: 'timeout', code: 'node_timeout' });
    expect(await values('count')).toEqual([1]);
  });

  it('that hangs while it is made is killed, too', async () => {
    const { node } = faulty();
    const hanging = node.initialize!(freshContext({ create: 'loop' }, 500));
    await expect(hanging).rejects.toMatchObject({ errorClass: 'timeout' });
  });

  it('whose module hangs is killed, and is there once the module is mended', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hang-'));
    const flag = join(folder, 'flag');
    const { values } = nodeOf(`./hanging-import.mjs?hang=${flag}`, 'Imported');
    writeFileSync(flag, '');
    await expect(values(1, 500)).rejects.toMatchObject({ errorClass: 'timeout' });
    rmSync(folder, { recursive: true });
    expect(await values(1)).toEqual([1]);
  });

  it('fails as it would in the thread of the gateway, and goes on', async () => {
    const { values, printed } = faulty();
    const failures = [
      ['throw', { errorClass: 'internal', code: 'node_threw', message: 'not this' }],
      ['refused', { errorClass: 'transient', code: 'econnrefused', message: 'nobody there' }],
      ['fail', { errorClass: 'transient', code: 'model_busy', message: 'later' }],
      ['untellable', { errorClass: 'internal', code: 'node_threw' }],
    ] as const;
    for (const [fault, failure] of failures) {
      await expect(values(fault), fault).rejects.toMatchObject({ name: 'NodeFailure', ...failure });
    }
    expect(await values('count')).toEqual([5]);
    expect(printed.join('\n')).toMatch(/TypeError: not this\n.*faulty\.mjs:\d+/);
    expect(printed.join('\n')).not.toMatch(/guest\.js/);
  });

  it.each(['exit', 'dieLater'])('that dies (%s) fails for now, and is started anew', async (death) => {
    const { values } = faulty();
    await expect(values(death)).rejects.toMatchObject({ errorClass: 'transient', code: 'node_died' });
    expect(await values('count')).toEqual([1]);
  });

  it('that wants too much memory is a failure of resources, and nobody else’s', async () => {
    const { values } = faulty({ memoryMb: 32 });
    await expect(values('eat')).rejects.toMatchObject({ errorClass: 'resource', code: 'out_of_memory' });
    expect(await values('count')).toEqual([1]);
  });

  it('that gives nonsense is told so, each time, and goes on', async () => {
    const { values } = faulty();
    for (const nonsense of [
      'aNumber',
      'notAnItem',
      'notANumber',
      'notFinite',
      'unequal',
      'eventWithoutType',
      'eventWithoutAudio',
    ]) {
      const invalid = { errorClass: 'permanent', code: 'invalid_output' };
      await expect(values(nonsense), nonsense).rejects.toMatchObject(invalid);
    }
    await expect(values('tooLarge')).rejects.toMatchObject({ code: 'output_too_large' });
    expect(await values('count')).toEqual([9]);
  });

  it('that writes into the port itself is not listened to, or ended', async () => {
    const { values } = faulty();
    expect(await values('gossip')).toEqual(['said']);
    await expect(values('garbage')).rejects.toMatchObject({
      errorClass: 'internal',
      code: 'protocol_broken',
    });
    expect(await values('count')).toEqual([1]);
  });

  it('prints into the log, which is bounded', async () => {
    const { values, printed } = faulty();
    expect(await values('print')).toEqual(['quiet']);
    expect(printed).toContain('line 5');
    expect(printed).toContain('to stderr');
    expect(printed.length).toBeLessThan(450);
    expect(Math.max(...printed.map((line) => line.length))).toBe(2000);
  });

  it('is heard also when it hangs right after what it prints', async () => {
    const { values, printed } = faulty();
    await expect(values('printAndLoop', 1000)).rejects.toMatchObject({ errorClass: 'timeout' });
    expect(printed).toContain('last words');
  });

  it('knows nothing of the environment of the gateway', async () => {
    expect(await faulty().values('environment')).toEqual([[]]);
  });

  it('cannot be given more than a message holds', async () => {
    const { items, values } = faulty();
    const item = { kind: 'binary', data: new Uint8Array(65 << 20) } as const;
    await expect(items(item)).rejects.toMatchObject({ errorClass: 'invalid_input', code: 'input_too_large' });
    expect(await values('count')).toEqual([1]);
  });

  it('is closed at the end, once', async () => {
    const { values, node, printed } = faulty();
    await values('count');
    await node.close!();
    await node.close!();
    expect(printed).toEqual(['closed']);
  });

  it('that the module does not have is told by its name', async () => {
    const { values } = nodeOf('./faulty.mjs', 'Missing');
    const message = 'the module defines no node Missing; it has: Faulty, HangingFrames';
    await expect(values(1)).rejects.toMatchObject({ code: 'node_type_missing', message });
  });
});

describe('a pipeline whose module', () => {
  it('hangs while it is loaded says so when the time for that is over', async () => {
    const node = { node_type: 'Imported', module: './hanging-import.mjs' };
    await expect(pipelineOf(node, { loadTimeoutMs: 500 }).load()).rejects.toMatchObject({
      code: 'module_not_loaded',
      message: expect.stringMatching(/hanging-import\.mjs of node n .* did not load within 500 ms/),
      cause: expect.objectContaining({ errorClass: 'timeout' }),
    });
  });

  it('throws, or is not there, says so', async () => {
    const broken = pipelineOf({ node_type: 'X', module: './broken-import.mjs' });
    await expect(broken.load()).rejects.toMatchObject({
      code: 'module_not_loaded',
      message: expect.stringContaining('not today'),
    });
    const missing = pipelineOf({ node_type: 'X', module: './missing.mjs' });
    await expect(missing.load()).rejects.toMatchObject({
      code: 'module_not_loaded',
      cause: expect.objectContaining({ errorClass: 'permanent', code: 'import_failed' }),
    });
  });
});
