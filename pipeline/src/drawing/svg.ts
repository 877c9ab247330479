/** A plan as an SVG document that stands alone: light or dark as its viewer is, every text escaped, readable without colours. */
import { type DrawnNode, type DrawnPlan, diagramOf, INPUT, OUTPUT, strokeOf } from './diagram.js';
import { type Box, layOut, type PlacedBox, type PlacedEdge } from './layout.js';
import { pathOf } from './path.js';
import { STYLE } from './style.js';
import { escaped, fitted, widthInEms } from './text.js';

export interface SvgOptions {
  /** What the drawing is of. */
  readonly title: string;
  /** Milliseconds by which a node delays audio, by id. */
  readonly latencyMs?: ReadonlyMap<string, number>;
}

const NODE_HEIGHT = 66;
const MIN_WIDTH = 110;
const MAX_WIDTH = 270;
/** Between a text and the sides of its box. */
const PADDING = 18;
const TERMINAL = { width: 44, height: 28 };
/** Around the drawing. */
const MARGIN = 20;
const ID_SIZE = 13;
const TYPE_SIZE = 12;
const NOTE_SIZE = 11;

/** @returns the text of an SVG file. */
export function svgOf(plan: DrawnPlan, { title, latencyMs = new Map() }: SvgOptions): string {
  const { ids, edges } = diagramOf(plan);
  const nodes = new Map(plan.parts.map((node) => [node.id, node]));
  const notes = new Map(plan.parts.map((node) => [node.id, noteOf(node, latencyMs.get(node.id) ?? 0)]));
  const width = widthOfNodes(plan.parts, notes);
  const boxes = ids.map(
    (id): Box => ({ id, ...(nodes.has(id) ? { width, height: NODE_HEIGHT } : TERMINAL) }),
  );
  const labels = edges.map(({ carries }) => carries.join(', '));
  const layout = layOut(
    boxes,
    edges.map(({ from, to }, edge) => ({
      from,
      to,
      labelLength: Math.ceil(widthInEms(labels[edge]!) * NOTE_SIZE),
    })),
    { direction: 'right', bend: 36, gap: 22 },
  );
  const whole = { width: Math.ceil(layout.width) + 2 * MARGIN, height: layout.height + 2 * MARGIN };
  const content = [
    ...layout.edges.map((edge, index) => edgeOf(edge, strokeOf(edges[index]!.carries), labels[index]!)),
    ...layout.boxes.map((box) => {
      const node = nodes.get(box.id);
      return node === undefined ? terminalOf(box) : nodeOf(box, node, notes.get(box.id)!);
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" class="remotemedia-graph" role="img" aria-labelledby="remotemedia-title remotemedia-desc" width="${whole.width}" height="${whole.height}" viewBox="0 0 ${whole.width} ${whole.height}">
<title id="remotemedia-title">${escaped(title)}</title>
<desc id="remotemedia-desc">${escaped(sentences(plan))}</desc>
<style>
${STYLE}
</style>
<defs><marker id="remotemedia-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 .5 8 4 0 7.5Z"/></marker></defs>
<rect class="page" width="100%" height="100%" rx="10"/>
<g transform="translate(${MARGIN} ${MARGIN})">
${content.join('\n')}
</g>
</svg>
`;
}

/** Who runs it, and how long it delays. */
function noteOf({ part, executor }: DrawnNode, delayMs: number): string {
  const by = executor ?? (part === 'audio' ? 'audio graph' : 'values');
  return delayMs > 0 ? `${by} · ${delayMs.toFixed(1)} ms` : by;
}

/** As wide as the widest text, within reason; all alike. */
function widthOfNodes(nodes: readonly DrawnNode[], notes: ReadonlyMap<string, string>): number {
  const widest = nodes.map(({ id, node_type }) =>
    Math.max(
      widthInEms(id) * ID_SIZE,
      widthInEms(node_type) * TYPE_SIZE,
      widthInEms(notes.get(id)!) * NOTE_SIZE,
    ),
  );
  const wanted = Math.max(MIN_WIDTH, ...widest.map((width) => Math.ceil(width) + 2 * PADDING));
  return Math.min(MAX_WIDTH, wanted);
}

function nodeOf(box: PlacedBox, node: DrawnNode, note: string): string {
  const centre = box.x + box.width / 2;
  const room = box.width - 2 * PADDING;
  const line = (name: string, below: number, size: number, text: string) =>
    `<text class="${name}" x="${centre}" y="${box.y + below}" text-anchor="middle">${escaped(fitted(text, room / size))}</text>`;
  return `<g class="${node.part}"><title>${escaped(`${node.id}: ${node.node_type}, ${note}`)}</title>${shapeOf(box, node.part)}${line('id', 23, ID_SIZE, node.id)}${line('type', 40, TYPE_SIZE, node.node_type)}${line('note', 56, NOTE_SIZE, note)}</g>`;
}

/** A plain box is run by the audio graph, a round one works on values, one with bars at its sides is run outside. */
function shapeOf({ x, y, width, height }: PlacedBox, part: DrawnNode['part']): string {
  const radius = part === 'value' ? height / 2 : part === 'external' ? 2 : 8;
  const bars = `<path class="box" d="M${x + 7} ${y}v${height}M${x + width - 7} ${y}v${height}"/>`;
  return `<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>${part === 'external' ? bars : ''}`;
}

function terminalOf({ id, x, y, width, height }: PlacedBox): string {
  return `<g class="terminal"><rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="${height / 2}"/><text class="note" x="${x + width / 2}" y="${y + height / 2 + 4}" text-anchor="middle">${id === INPUT ? 'in' : 'out'}</text></g>`;
}

function edgeOf({ points, label }: PlacedEdge, stroke: string, carries: string): string {
  const line = `<path class="edge ${stroke}" marker-end="url(#remotemedia-tip)" d="${pathOf(points, 'right')}"/>`;
  if (carries === '') return line;
  return `${line}<text class="carries" x="${label.x}" y="${label.y - 5}">${escaped(carries)}</text>`;
}

/** The drawing for those who do not see it. */
function sentences(plan: DrawnPlan): string {
  const named = (id: string) => (id === INPUT ? 'the input' : id === OUTPUT ? 'the output' : id);
  const edges = diagramOf(plan).edges.map(({ from, to, carries }) => {
    const what = carries.length > 0 ? ` (${carries.join(', ')})` : '';
    return `${named(from)} leads to ${named(to)}${what}`;
  });
  return edges.length === 0 ? '' : `${edges.join('; ')}.`;
}
