/** Every node of the catalogue with its defaults, natively and on WebAssembly, driven from JavaScript. */
import { loadNative } from '@remotemedia/native-dsp';
import { alternate, manifest, print, time, turnsOf } from './harness.mjs';
import { ourSides, runtimes } from './runtimes.mjs';
import { speech } from './signals.mjs';

const FRAME = 480;
const FRAMES = 500;
const VALUES = 500;
/** Turns: WebAssembly and what calls it are compiled a second time when they have run for a while. */
const WARM_UP = 40;
/** Nodes that compare channels, or take one of several: of one there is nothing to do. */
const STEREO = new Set(['AudioChannelSplitterNode', 'ChannelBalanceNode', 'SpeechPresenceNode']);
/** What nodes on values are given that want more than a number. */
const QUESTIONS = { CalculatorNode: { operation: 'add', operands: [5, 7] } };

/** A 10 ms frame of 48 kHz speech, or a JSON value; the call included. */
export async function measureNodes(rounds = 15) {
  const voice = speech();
  const nodes = [];
  for (const { turn, ...row } of nodeRows(JSON.parse(loadNative().nodeCatalogue()))) {
    const sides = ourSides((runtime) => ({ '': turn(runtime, voice) }));
    nodes.push({ ...row, ...(await alternate(sides, rounds, WARM_UP)) });
  }
  const row = ({ name, given, native, wasm }) => [
    `${name} (${given})`,
    `native ${time(native.medianUs)}${wasm ? `, WebAssembly ${time(wasm.medianUs)}` : ''}`,
  ];
  print('Nodes with their defaults, a frame of 10 ms or a value, called from JavaScript', nodes.map(row));
  const { skipped } = runtimes();
  return { skipped: skipped ? [skipped] : [], nodes };
}

/** A row for each node and kind of input that it works on; but for `FaultNode`, which exists to fail. */
export function nodeRows(catalogue) {
  const nodes = catalogue.filter(({ node_type }) => node_type !== 'FaultNode');
  return nodes.flatMap((node) =>
    node.works_on.map((input) => (input === 'audio' ? audioRow(node, catalogue) : valueRow(node))),
  );
}

/** By itself, or behind the first detector of the catalogue that emits what it requires. */
function audioRow({ node_type: name, requires }, catalogue) {
  const channels = STEREO.has(name) ? 2 : 1;
  const emits = ({ events }) => requires.every((event) => events.includes(event));
  const before = requires.length ? [catalogue.find(emits).node_type] : [];
  const text = manifest(...[...before, name].map((type) => [type]));
  const given = [channels === 2 ? 'stereo' : 'mono', ...before.map((type) => `behind ${type}`)].join(', ');
  return { name, input: 'audio', given, turn: (runtime, voice) => frames(runtime, text, channels, voice) };
}

function frames({ OfflinePipeline }, text, channels, voice) {
  const pipeline = new OfflinePipeline(text, { sampleRate: 48_000, channels });
  const turn = turnsOf((n) => {
    const frame = voice.subarray(n * FRAME, (n + 1) * FRAME);
    for (let channel = 0; channel < channels; channel++) pipeline.input.set(frame, channel * FRAME);
    pipeline.process();
  }, FRAMES);
  return () => {
    const times = turn();
    pipeline.drainEvents();
    // Kept until they are taken.
    pipeline.drainUtterances();
    pipeline.drainChunks();
    return times;
  };
}

function valueRow({ node_type: name }) {
  const value = JSON.stringify(QUESTIONS[name] ?? 7);
  const turn = ({ ValuePipeline }) => {
    const pipeline = new ValuePipeline(manifest([name]));
    return turnsOf(() => pipeline.execute(value), VALUES);
  };
  return { name, input: 'values', given: `\`${value}\``, turn };
}
