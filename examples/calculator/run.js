/**
 * Numbers, doubled, plus ten, in Rust; and what each node took.
 *
 *     node examples/calculator/run.js 5 7 3
 */
import { fileURLToPath } from 'node:url';
import { Pipeline } from '@remotemedia/pipeline';

const numbers = process.argv.slice(2).map(Number);
const pipeline = await Pipeline.fromFile(fileURLToPath(new URL('calculator.json', import.meta.url)));
const { value, metrics } = await pipeline.run(numbers.length > 0 ? numbers : [5, 7, 3]);

console.log(JSON.stringify(value));
for (const { node_id, execution_count, avg_duration_us } of metrics.node_metrics)
  console.log(`${node_id}: ${execution_count} times, ${avg_duration_us.toFixed(1)} us each`);
