/** A plan as a Mermaid flowchart. Ids of nodes are letters, digits, `_` and `-`: nothing that Mermaid would take for its own, once prefixed. */
import type { FullPlan } from './plan.js';

/** By what runs it. */
const SHAPES = {
  audio: ['[', ']'],
  value: ['(', ')'],
  external: ['[[', ']]'],
} as const;

export function mermaidOf({ plan, graph }: FullPlan): string {
  const lines = ['flowchart LR'];
  for (const { id, node_type, part, executor, is_source } of plan.parts) {
    const [open, close] = SHAPES[part];
    const delay = graph?.nodes.find((node) => node.id === id)?.latency_ms ?? 0;
    const notes = [executor, delay > 0 ? `${delay.toFixed(1)} ms` : undefined].filter(Boolean).join(', ');
    const label = `<b>${id}</b><br/>${node_type}${notes === '' ? '' : `<br/>${notes}`}`;
    lines.push(`  n_${id}${open}"${escaped(label)}"${close}`);
    if (is_source) lines.push(`  input((in)) --> n_${id}`);
  }
  for (const { from, to, carries } of plan.connections) {
    lines.push(`  n_${from} -- "${carries.join(', ')}" --> n_${to}`);
  }
  for (const { id } of plan.parts.filter(({ is_output }) => is_output))
    lines.push(`  n_${id} --> output((out))`);
  return `${lines.join('\n')}\n`;
}

/** Types of nodes outside are anybody's text. */
function escaped(label: string): string {
  return label.replace(/"/g, '#quot;').replace(/[\n\r]/g, ' ');
}
