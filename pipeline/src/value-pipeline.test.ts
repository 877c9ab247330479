import { describe, expect, it } from 'vitest';
import { execute, ValuePipeline } from './value-pipeline.js';

const calculator = {
  version: 'v1',
  nodes: [
    { id: 'multiply', node_type: 'MultiplyNode', params: { multiplier: 3 } },
    { id: 'add', node_type: 'AddNode', params: { addend: 10 } },
  ],
  connections: [{ from: 'multiply', to: 'add' }],
};

describe('execute', () => {
  it('runs a manifest, as an object or as text, on a list or a single value', () => {
    const { status, outputs, graph_info } = execute(calculator, [5, 7, 3]);
    expect({ status, outputs }).toEqual({ status: 'success', outputs: [25, 31, 19] });
    expect(graph_info.execution_order).toEqual(['multiply', 'add']);
    expect(execute(JSON.stringify(calculator), 0).outputs).toBe(10);
  });

  it('begins with new nodes each time', () => {
    const echo = 'version: v1\nnodes: [{id: echo, node_type: Echo}]';
    expect(execute(echo, 'a').outputs).toMatchObject({ counter: 1 });
    expect(execute(echo, 'b').outputs).toMatchObject({ counter: 1 });
  });

  it('throws what the node said, and what is wrong with the manifest', () => {
    expect(() => execute(calculator, ['five'])).toThrow(
      expect.objectContaining({ code: 'invalid_input', nodeId: 'multiply', inputIndex: 0 }),
    );
    expect(() => execute(calculator, undefined as never)).toThrow(
      expect.objectContaining({ code: 'invalid_json' }),
    );
    expect(() => execute({ version: 'v1', nodes: [] }, 1)).toThrow(
      expect.objectContaining({ code: 'invalid_manifest', complaints: expect.any(Array) }),
    );
  });
});

describe('ValuePipeline', () => {
  it('keeps the state of its nodes until a reset', () => {
    const pipeline = ValuePipeline.fromManifest({
      version: 'v1',
      nodes: [{ id: 'echo', node_type: 'Echo' }],
    });
    expect(pipeline.graphInfo.output_nodes).toEqual(['echo']);
    expect(pipeline.execute([false, null]).outputs).toMatchObject([
      { input: false },
      { input: null, counter: 2 },
    ]);
    expect(pipeline.executeText('"c"').outputs).toMatchObject({ input: 'c', counter: 3 });
    pipeline.reset();
    expect(pipeline.execute('d').outputs).toMatchObject({ counter: 1 });
  });

  it('runs on any runtime of this interface', () => {
    class Constant {
      readonly graphInfo = '{}';
      execute = () => '{"outputs":42}';
      reset() {}
    }
    expect(execute(calculator, 1, { runtime: { ValuePipeline: Constant } }).outputs).toBe(42);
  });
});
