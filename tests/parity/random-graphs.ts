/** Graphs out of a seed: nodes of the catalogue with parameters that they permit, connected without a circle, and audio that may be anything. */
import type { AudioFormat } from '@remotemedia/native-dsp/wasm';
import type { NodeType, Param } from './cases.js';

/** Draws by Park and Miller 1988: whole numbers only, so the same everywhere. */
export class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = ((seed * 7_919 + 17) % 2_147_483_646) + 1;
    // Seeds in a row begin alike.
    for (let i = 0; i < 8; i++) this.share();
  }

  /** 0 to 1. */
  share(): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state / 2_147_483_647;
  }

  /** A whole number below the bound. */
  below(bound: number): number {
    return Math.floor(this.share() * bound);
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }

  /** Once in so many. */
  once(inSoMany: number): boolean {
    return this.below(inSoMany) === 0;
  }
}

const MOST_NODES = 7;
const RATES_HZ = [8_000, 11_100, 16_000, 22_100, 44_100, 48_000, 48_000, 96_000, 192_000];

export function randomFormat(draws: Draws): AudioFormat {
  return { sampleRate: draws.one(RATES_HZ), channels: draws.once(2) ? 1 : 1 + draws.below(8) };
}

interface Node {
  readonly id: string;
  readonly node_type: string;
  readonly params: { readonly [name: string]: unknown };
  is_output_node?: boolean;
}

/** Most can be compiled; what is wrong with the others is for the runtimes to tell. @param types those that there are. */
export function randomManifest(draws: Draws, types: readonly NodeType[]): string {
  const nodes: Node[] = [];
  const connections: { from: string; to: string }[] = [];
  const add = (type: NodeType) => {
    const node: Node = {
      id: `n${nodes.length}`,
      node_type: type.node_type,
      params: randomParams(draws, type),
    };
    nodes.push(node);
    return node;
  };
  const connect = (from: Node, to: Node) => connections.push({ from: from.id, to: to.id });
  const isSink = ({ node_type }: Node) => types.find((it) => it.node_type === node_type)!.role === 'sink';
  while (nodes.length < 1 + draws.below(MOST_NODES)) {
    const type = draws.one(types);
    const before = nodes.filter((node) => !isSink(node));
    const emitters = types.filter(({ events }) => type.requires.every((event) => events.includes(event)));
    const emitter = type.requires.length > 0 ? add(draws.one(emitters)) : undefined;
    const node = add(type);
    if (emitter) connect(emitter, node);
    for (const source of before.filter(() => draws.once(before.length))) connect(source, emitter ?? node);
  }
  const speaking = nodes.filter((node) => !isSink(node));
  if (speaking.length > 0) draws.one(speaking).is_output_node = true;
  return JSON.stringify({ version: 'v1', nodes, connections });
}

function randomParams(draws: Draws, { params }: NodeType): Node['params'] {
  const chosen = params.filter(() => draws.once(3));
  return Object.fromEntries(chosen.map((param) => [param.name, randomValue(draws, param)]));
}

function randomValue(draws: Draws, param: Param): unknown {
  switch (param.type) {
    case 'boolean':
      return draws.once(2);
    case 'choice':
      return draws.one(param.options);
    case 'number':
      return param.min + (param.max - param.min) * draws.share() ** 2;
    default:
      return Math.round(param.min + (param.max - param.min) * draws.share() ** 2);
  }
}

/** Samples by their number; every stretch of a stream has one. */
type Sound = (n: number) => number;

const GARBAGE = [NaN, Infinity, -Infinity, 1e38, -3e38, 999, 1e-42, -1e-45, -0, 1, -1];

function randomSound(draws: Draws): Sound {
  const [level, garbage, period] = [draws.share(), draws.one(GARBAGE), 2 + draws.below(400)];
  const noise = () => level * (2 * draws.share() - 1);
  const sounds: Sound[] = [
    () => 0,
    () => -0,
    () => level,
    () => garbage,
    (n) => (n % period === 0 ? garbage : noise()),
    (n) => (n % (2 * period) < period ? level : -level),
    (n) => level * Math.sin((2 * Math.PI * n) / period),
    // Syllables, so that detectors of speech have something to say.
    (n) => level * Math.sin(n / 40) * Math.sin(n / 13) * Math.max(0, Math.sin(n / 4_000)),
    () => asFloat(draws.below(2 ** 31) * 2 + draws.below(2)),
    noise,
  ];
  return draws.one(sounds);
}

const bits = new DataView(new ArrayBuffer(4));

/** Any float that there is. */
function asFloat(word: number): number {
  bits.setUint32(0, word);
  return bits.getFloat32(0);
}

/** Channels have sounds of their own, which change now and then. */
export function randomAudio(
  draws: Draws,
  { sampleRate, channels }: AudioFormat,
  seconds: number,
): Float32Array[] {
  const length = Math.round((sampleRate / 100) * seconds * 100);
  return Array.from({ length: channels }, () => {
    const plane = new Float32Array(length);
    for (let at = 0; at < length; ) {
      const [sound, end] = [randomSound(draws), at + 1 + draws.below(sampleRate / 5)];
      for (; at < Math.min(end, length); at++) plane[at] = sound(at);
    }
    return plane;
  });
}

/** Cuts a stream into pieces of any length, none of them included. */
export function randomPieces(draws: Draws, planes: readonly Float32Array[]): Float32Array[][] {
  const pieces: Float32Array[][] = [];
  for (let at = 0; at < planes[0]!.length; ) {
    const length = draws.once(4) ? draws.below(3) : draws.below(3_000);
    pieces.push(planes.map((plane) => plane.slice(at, at + length)));
    at += length;
  }
  return pieces;
}
