/** The nodes in Python that come with the gateway, as they are known by type and as they run. */
import type { JsonValue } from '@remotemedia/pipeline';
import {
  bundledSource,
  createPythonNode,
  describePythonModule,
  PYTHON_NODES,
} from '@remotemedia/pipeline/python';
import { afterEach, expect, it } from 'vitest';
import { closeNodes, inBothRuntimes, open, plainValue } from './runtimes.js';

afterEach(closeNodes);

inBothRuntimes('a bundled node', (executor) => {
  it('says about itself what the catalogue says', async () => {
    for (const { file, className, spec } of PYTHON_NODES) {
      const described = await describePythonModule(bundledSource(file), { executor });
      expect(described).toEqual([{ className, spec: { ...spec, executor } }]);
    }
  });

  it('processes texts: each item says what it wants, the manifest what the others get', async () => {
    const process = bundled('TextProcessorNode', { operations: ['lowercase', 'char_count'] });
    expect(await process({ text: 'Hello WASM', operations: ['uppercase', 'word_count'] })).toEqual({
      original_text: 'Hello WASM',
      operations: ['uppercase', 'word_count'],
      results: { uppercase: 'HELLO WASM', word_count: 2 },
      processed_by: 'TextProcessorNode[text1]',
      node_config: { operations: ['lowercase', 'char_count'] },
    });
    expect(await process('Python in Browser')).toMatchObject({
      results: { lowercase: 'python in browser', char_count: 17 },
    });
    const all = ['reverse', 'title_case', 'remove_spaces', 'first_word', 'last_word', 'word_count'];
    expect(await process({ text: 'ab cd', operations: all })).toMatchObject({
      results: {
        reverse: 'dc ba',
        title_case: 'Ab Cd',
        remove_spaces: 'abcd',
        first_word: 'ab',
        last_word: 'cd',
        word_count: 2,
      },
    });
    expect(await process({ text: '', operations: ['first_word', 'word_count', 'uppercase'] })).toMatchObject({
      results: { first_word: '', word_count: 0, uppercase: '' },
    });
    expect(await process({ text: 'a', operations: [] })).toMatchObject({ results: {} });
    for (const wrong of [
      null,
      5,
      {},
      { text: 5 },
      { text: 'a', operations: 'uppercase' },
      { text: 'a', operations: ['shout'] },
    ])
      await expect(process(wrong), JSON.stringify(wrong)).rejects.toMatchObject({
        errorClass: 'invalid_input',
      });
  });

  it('transforms data', async () => {
    const results: [string, JsonValue, JsonValue][] = [
      ['double', [0, -1.5, [3]], [0, -3, [6]]],
      ['increment', 0, 1],
      ['passthrough', null, null],
    ];
    for (const [operation, value, result] of results)
      expect(await bundled('DataTransformNode', { operation })(value), operation).toEqual(result);
    await expect(bundled('DataTransformNode', { operation: 'double' })(true)).rejects.toMatchObject({
      errorClass: 'invalid_input',
      code: 'not_a_number',
    });
  });

  function bundled(nodeType: string, params: { [name: string]: JsonValue }) {
    const { file } = PYTHON_NODES.find(({ spec }) => spec.node_type === nodeType)!;
    const node = createPythonNode({ executor, source: bundledSource(file), className: nodeType });
    open.push(node);
    const context = { nodeId: 'text1', params, signal: AbortSignal.timeout(15_000) };
    return async (value: JsonValue) =>
      plainValue((await node.process({ kind: 'value', value }, context)) as never);
  }
});
