/** `remotemedia nodes`: the catalogue, for reading in a terminal. */
import { parseArgs } from 'node:util';
import type { ExternalSpec, PlanAnswer } from '@remotemedia/native-dsp';
import { PYTHON_NODE_SPECS } from '@remotemedia/pipeline/python';
import { CommandError, EXIT_OK, UsageError } from '../exit.js';
import { offlineRuntime } from '../runtime.js';

export const USAGE = `remotemedia nodes list
remotemedia nodes show <type>

Lists the node types, or explains one: what it does, its parameters and its events.

      --json           the same as JSON`;

/** A node type as the catalogue describes it. */
interface NodeType {
  node_type: string;
  aliases: string[];
  summary: string;
  documentation: string;
  role: string;
  params: { name: string; aliases: string[]; documentation: string; type: string; [key: string]: unknown }[];
  events: string[];
}

export async function nodes(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const [verb, wanted] = positionals;
  const inRust = JSON.parse(offlineRuntime().nodeCatalogue()) as NodeType[];
  const catalogue = [...inRust, ...PYTHON_NODE_SPECS.map(inPython)];
  if (verb === 'list') {
    console.log(values.json ? JSON.stringify(catalogue, null, 2) : list(catalogue));
    return EXIT_OK;
  }
  const find = (name: string) =>
    catalogue.find(({ node_type, aliases }) => node_type === name || aliases.includes(name));
  if (verb !== 'show') throw new UsageError(verb ? wrongVerb(verb, find(verb)) : 'list or show?', 'nodes');
  if (wanted === undefined) throw new UsageError('show which type?', 'nodes');
  const found = find(wanted);
  if (found === undefined) {
    throw new CommandError(`there is no node type ${wanted}. ${proposalFor(wanted)}`);
  }
  console.log(values.json ? JSON.stringify(found, null, 2) : show(found));
  return EXIT_OK;
}

const wrongVerb = (verb: string, type: NodeType | undefined): string =>
  `nodes has no verb ${verb}${type ? `; did you mean "remotemedia nodes show ${verb}"?` : ''}`;

/** What is said of the type in a manifest, by the same judge of what is near. */
function proposalFor(node_type: string): string {
  const manifest = JSON.stringify({ version: 'v1', nodes: [{ id: 'wanted', node_type }] });
  const answer = JSON.parse(
    offlineRuntime().planPipeline(manifest, undefined, JSON.stringify(PYTHON_NODE_SPECS)),
  ) as PlanAnswer;
  const complaint = answer.ok
    ? undefined
    : answer.complaints.find(({ path }) => path === 'nodes[0].node_type');
  return complaint?.hint ?? '';
}

function inPython({ node_type, aliases = [], summary = '', params = [] }: ExternalSpec): NodeType {
  return {
    node_type,
    aliases: [...aliases],
    summary,
    documentation: 'Runs in Python, in the pipelines of the operator: docs/PYTHON.md.',
    role: 'outside',
    params: params.map(({ aliases = [], ...param }) => ({ ...param, aliases: [...aliases] })),
    events: [],
  };
}

function list(catalogue: NodeType[]): string {
  const width = Math.max(...catalogue.map(({ node_type }) => node_type.length));
  return catalogue.map(({ node_type, summary }) => `${node_type.padEnd(width)}  ${summary}`).join('\n');
}

function show({ node_type, aliases, summary, documentation, role, params, events }: NodeType): string {
  const lines = [`${node_type}: ${summary}`, '', documentation, '', `Role: ${role}`];
  if (aliases.length > 0) lines.push(`Also called: ${aliases.join(', ')}`);
  lines.push(
    `Events: ${events.join(', ') || 'none'}`,
    '',
    params.length > 0 ? 'Parameters:' : 'No parameters.',
  );
  for (const { name, aliases: others, documentation: text, ...kind } of params) {
    lines.push(`  ${name}  ${describeKind(kind)}`, `      ${text}`);
    if (others.length > 0) lines.push(`      Also: ${others.join(', ')}`);
  }
  return lines.join('\n');
}

function describeKind({ type, ...facts }: Record<string, unknown>): string {
  const known = Object.entries(facts).map(
    ([key, value]) => `${key} ${Array.isArray(value) ? value.join('|') : value}`,
  );
  return [String(type), ...known].join(', ');
}
