import { nativeError } from '@remotemedia/native-dsp';
import { NodeFailure } from '@remotemedia/pipeline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayError } from '../errors.js';
import { ScriptedPipeline } from '../testing/scripted-pipeline.js';
import { type ExecutionOptions, ExecutionService } from './service.js';

const value = (number: number) => ({ kind: 'value' as const, value: number });
const inputs = (...numbers: number[]) => numbers.map((number) => ({ item: value(number) }));
const manifest = { version: 'v1', nodes: [{ id: 'a', node_type: 'Echo' }] };
const http = { transport: 'http' as const };

let pipelines: ScriptedPipeline[];
function service(options: Partial<ExecutionOptions> = {}): ExecutionService {
  pipelines = [];
  return new ExecutionService({
    pipelines: new Map([['echo', manifest]]),
    defaultPipeline: 'echo',
    openPipeline: () => {
      pipelines.push(new ScriptedPipeline());
      return pipelines.at(-1)!;
    },
    ...options,
  });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('who may run a pipeline', () => {
  it('is everybody until all places are taken, and again when one is free', async () => {
    const executions = service({ maxSessions: 1, retryAfterSeconds: 7 });
    const first = await executions.open(http);
    expect(first.id).toMatch(/^exe_[0-9a-f]{32}$/);
    await expect(executions.open(http)).rejects.toMatchObject({ code: 'server_full', retryAfterSeconds: 7 });
    await first.close();
    expect(pipelines[0]!.closes).toBe(1);
    await executions.open(http);
    expect(executions.totals().http).toMatchObject({ open: 1, opened: 2, refused: 1, closed: { client: 1 } });
  });

  it('gives a place back even where the runtime is lost, so that there are no more metrics', async () => {
    const executions = service({ maxSessions: 1 });
    const session = await executions.open(http);
    pipelines[0]!.getMetrics = () => {
      throw new Error('unreachable executed');
    };
    await session.close();
    expect(await session.closed).toBe('client');
    expect(pipelines[0]!.closes).toBe(1);
    await executions.open(http);
  });

  it('is counted while a pipeline is still being opened', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const executions = service({
      maxSessions: 1,
      openPipeline: () => gate.then(() => new ScriptedPipeline()),
    });
    const first = executions.open(http);
    await expect(executions.open(http)).rejects.toMatchObject({ code: 'server_full' });
    open();
    await first;
  });

  it('is nobody once it drains; what runs goes on until it is closed', async () => {
    const executions = service();
    const session = await executions.open(http);
    executions.drain();
    await expect(executions.open(http)).rejects.toMatchObject({ code: 'draining' });
    await session.push(value(1));
    await executions.close();
    expect(await session.closed).toBe('shutdown');
    await expect(session.push(value(2))).rejects.toMatchObject({ code: 'session_closed' });
  });
});

describe('which pipeline', () => {
  it('is a name of the operator’s or a manifest without modules', async () => {
    const executions = service();
    expect((await executions.open({ ...http, pipeline: 'echo' })).pipeline).toBe('echo');
    expect((await executions.open({ ...http, manifest })).pipeline).toBeNull();
    await expect(executions.open({ ...http, pipeline: 'nope' })).rejects.toMatchObject({
      code: 'unknown_pipeline',
    });
    const foreign = { nodes: [{ id: 'a' }, { id: 'b', module: './evil.js' }] };
    await expect(executions.open({ ...http, manifest: foreign })).rejects.toMatchObject({
      code: 'module_not_allowed',
      complaints: [{ path: 'nodes[1].module' }],
    });
  });

  it('is refused with everything that is wrong with it, and takes no place', async () => {
    const complaints = [{ path: 'nodes[0]', code: 'unknown_node_type', message: 'no', hint: '' }];
    const executions = service({
      maxSessions: 1,
      openPipeline: () => {
        throw nativeError('invalid_manifest', 'bad', { complaints });
      },
    });
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(executions.open(http)).rejects.toMatchObject({ code: 'invalid_manifest', complaints });
    }
  });
});

describe('a manifest that asks for nodes that are not here', () => {
  it('is not valid', async () => {
    const executions = service({
      openPipeline: async () => {
        throw new NodeFailure('permanent', 'unknown_node_type', 'nothing here runs Mine (python)');
      },
    });
    await expect(executions.open(http)).rejects.toMatchObject({
      code: 'invalid_manifest',
      complaints: [{ code: 'unknown_node_type' }],
    });
  });
});

describe('an execution', () => {
  it('gives everything that came out, falsy values too', async () => {
    const executions = service();
    const { outputs } = await executions.execute(http, inputs(3, 0));
    expect(outputs.map(({ item, sequence }) => [item, sequence])).toEqual([
      [value(3), 0],
      [value(0), 1],
    ]);
    expect(executions.sessions.size).toBe(0);
    expect(executions.totals().http).toMatchObject({ itemsIn: 2, itemsOut: 2, closed: { finished: 1 } });
  });

  it('that takes too long is ended', async () => {
    const executions = service({ executeTimeoutMs: 1000 });
    const running = executions.execute(http, []);
    const refused = expect(running).rejects.toMatchObject({ code: 'execution_timeout' });
    await vi.waitFor(() => expect(pipelines).toHaveLength(1));
    pipelines[0]!.isEnded = false;
    pipelines[0]!.end = () => new Promise(() => {});
    await vi.advanceTimersByTimeAsync(1000);
    await refused;
    expect(executions.totals().http.closed.timeout).toBe(1);
  });

  it('ends with its client', async () => {
    const executions = service();
    const client = new AbortController();
    const running = executions.execute(http, inputs(1), client.signal);
    const refused = expect(running).rejects.toMatchObject({ code: 'session_closed' });
    client.abort();
    await refused;
    expect(executions.sessions.size).toBe(0);
  });

  it('whose results are too large is refused', async () => {
    const executions = service({ resultBytes: 3 });
    await expect(executions.execute(http, inputs(10, 20))).rejects.toMatchObject({
      code: 'output_too_large',
    });
    expect(executions.sessions.size).toBe(0);
  });

  it('tells what the pipeline could not take', async () => {
    const executions = service({
      openPipeline: () => {
        const pipeline = new ScriptedPipeline();
        pipeline.onPush = () => {
          throw new NodeFailure('invalid_input', 'not_a_number', 'a text is no number');
        };
        return pipeline;
      },
    });
    await expect(executions.execute(http, inputs(1))).rejects.toMatchObject({
      code: 'invalid_input',
      complaints: [{ code: 'not_a_number' }],
    });
  });
});

describe('a session', () => {
  it('is closed when nothing goes in or out', async () => {
    const executions = service({ idleTimeoutMs: 1000 });
    const session = await executions.open(http);
    await vi.advanceTimersByTimeAsync(900);
    await session.push(value(1));
    await vi.advanceTimersByTimeAsync(900);
    expect(session.ended).toBeNull();
    await vi.advanceTimersByTimeAsync(100);
    expect(session.ended).toBe('idle');
  });

  it('whose node fails says so to its reader, and is closed', async () => {
    const executions = service();
    const session = await executions.open(http);
    pipelines[0]!.fail(new NodeFailure('permanent', 'out_of_ideas', 'no more'));
    const reading = (async () => {
      for await (const _ of session.outputs);
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'node_failed',
      complaints: [{ code: 'out_of_ideas' }],
    });
    expect(await session.closed).toBe('failed');
  });

  it('names the node whose failure ends it, and none that failed before and was gone around', async () => {
    const bypassed = {
      kind: 'event' as const,
      event: { type: 'node_error', node_id: 'fragile', message: 'no more', error_class: 'permanent' },
    };
    const complaintOf = async (whose: { readonly nodeId?: string }) => {
      const session = await service().open(http);
      pipelines[0]!.emit(bypassed);
      pipelines[0]!.fail(new NodeFailure('permanent', 'out_of_ideas', 'no more', whose));
      const reading = (async () => {
        for await (const _ of session.outputs);
      })();
      const error = await reading.catch((reason: GatewayError) => reason);
      return error?.complaints?.[0]?.message;
    };
    expect(await complaintOf({})).toBe('no more');
    expect(await complaintOf({ nodeId: 'thinker' })).toBe('node thinker: no more');
  });

  it('takes one item after the other, and no more than a few that wait', async () => {
    const executions = service();
    const session = await executions.open(http);
    let letThrough!: () => void;
    pipelines[0]!.onPush = () =>
      new Promise((resolve) => {
        letThrough = resolve;
      });
    const pushes = Array.from({ length: 16 }, (_, index) => session.push(value(index)));
    await expect(session.push(value(16))).rejects.toMatchObject({ code: 'session_busy' });
    expect(pipelines[0]!.pushed).toHaveLength(1);
    pipelines[0]!.onPush = () => {};
    letThrough();
    await Promise.all(pushes);
    expect(pipelines[0]!.pushed.map(({ item }) => item)).toEqual(pushes.map((_, index) => value(index)));
  });

  it('refuses an item that is too large', async () => {
    const session = await service({ itemBytes: 8 }).open(http);
    const planes = [new Float32Array(3)];
    await expect(session.push({ kind: 'audio', planes, sampleRate: 8000 })).rejects.toMatchObject({
      code: 'payload_too_large',
    });
  });
});

describe('what pipelines have cost', () => {
  const total = (frames: number) => {
    const duration = { bounds_s: [0.01], counts: [frames], count: frames, sum_s: frames * 0.001 };
    return { overruns: 0, duration, nodes: [{ node: 'a', errors: 0, duration }] };
  };
  const frames = (executions: ExecutionService) =>
    executions.pipelineTotals().pipelines.map(({ pipeline, duration }) => [pipeline, duration.count]);

  it('is added up over executions, open and closed, by the names of the operator', async () => {
    const executions = service();
    const named = await executions.open(http);
    await executions.open({ ...http, manifest });
    await (await executions.open({ transport: 'grpc', pipeline: 'echo' })).close();
    expect(executions.pipelineTotals()).toEqual({ pipelines: [], calls: [] });
    pipelines[0]!.total = total(3);
    pipelines[1]!.total = total(4);
    expect(frames(executions)).toEqual([
      [null, 4],
      ['echo', 3],
    ]);
    await named.close();
    pipelines[0]!.total = total(100);
    await executions.open(http);
    pipelines.at(-1)!.total = total(5);
    expect(frames(executions)).toEqual([
      [null, 4],
      ['echo', 8],
    ]);
    await executions.close();
    expect(frames(executions)).toEqual([
      [null, 4],
      ['echo', 8],
    ]);
  });

  it('never goes back, even where a runtime is lost with all that it knew', async () => {
    const executions = service();
    const session = await executions.open(http);
    pipelines[0]!.total = total(3);
    expect(frames(executions)).toEqual([['echo', 3]]);
    pipelines[0]!.totals = () => {
      throw new Error('unreachable executed');
    };
    expect(frames(executions)).toEqual([['echo', 3]]);
    await session.close();
    expect(frames(executions)).toEqual([['echo', 3]]);
  });
});
