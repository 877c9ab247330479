/** A plan for people to read. */
import { type FullPlan, formatText, type GraphPlan } from './plan.js';

export function describePlan({ plan, graph }: FullPlan): string {
  const rows = plan.parts.map((part, n) => {
    const node = graph?.nodes.find(({ id }) => id === part.id);
    const formats = node ? [formatText(node.input), node.output ? formatText(node.output) : '-'] : ['', ''];
    const delay = node ? `${node.latency_ms.toFixed(2)} ms` : '';
    const who = part.executor ?? (part.part === 'audio' ? 'graph' : 'values');
    const marks = [part.is_source ? 'input' : '', part.is_output ? 'output' : ''].filter(Boolean).join(', ');
    return [`${n + 1}`, part.id, part.node_type, who, ...formats, delay, part.execution.on_error, marks];
  });
  const head = ['#', 'node', 'type', 'run by', 'in', 'out', 'delay', 'on error', ''];
  const sections = [table([head, ...rows]), ...(graph ? describeGraph(graph) : [])];
  return sections.join('\n\n');
}

function describeGraph(graph: GraphPlan): string[] {
  const inserted = graph.inserted.map(({ kind, before, from, to, streams, latency_ms }) => {
    const what = {
      convert: from && to ? `converts ${formatText(from)} to ${formatText(to)}` : kind,
      delay: 'holds back',
      mix: `adds up ${streams} streams`,
    }[kind];
    return `  ${what ?? kind}${latency_ms === undefined ? '' : ` (${latency_ms.toFixed(2)} ms)`} before ${before.join(', ')}`;
  });
  // A path ends where the audio is heard or given; its latency is what the audio waited for until then.
  const paths = graph.nodes.map(({ id, input_latency_ms, latency_ms }) => [
    `  to the end of ${id}`,
    `${(input_latency_ms + latency_ms).toFixed(2)} ms`,
  ]);
  const output = graph.output ? formatText(graph.output) : 'no audio';
  return [
    ...(inserted.length > 0 ? [`Inserted:\n${inserted.join('\n')}`] : []),
    `Latency:\n${table([...paths, [`  in all (${formatText(graph.input)} in, ${output} out)`, `${graph.latency_ms.toFixed(2)} ms`]])}`,
    `Buffers: ${graph.buffers.length} (${graph.buffers.map(formatText).join(', ')})`,
  ];
}

/** Columns as wide as their widest entry. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((entry, column) => entry.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
