/**
 * Texts in Python, in Pyodide: no Python has to be installed.
 *
 *     node examples/text-processor/run.js 'Hello WASM'
 */
import { fileURLToPath } from 'node:url';
import { Pipeline } from '@remotemedia/pipeline';
import { pythonHost } from '@remotemedia/pipeline/python';

const [text = 'Hello WASM'] = process.argv.slice(2);
const path = fileURLToPath(new URL('text-processor.json', import.meta.url));
const pipeline = await Pipeline.fromFile(path, { hosts: [pythonHost()] });

// The first as the manifest says, the second with a wish of its own.
const { value } = await pipeline.run([text, { text, operations: ['reverse', 'char_count'] }]);
for (const { results } of value) console.log(JSON.stringify(results));
