/** A node that does, and gives, whatever its parameter or its item names. */
import { parentPort } from 'node:worker_threads';
import { defineNode, NodeFailure } from '@remotemedia/pipeline';

const forEver = () => {
  while (true);
};

const FAULTS = {
  pass: (item) => item,
  loop: forEver,
  throw: () => {
    throw new TypeError('not this');
  },
  refused: () => {
    throw Object.assign(new Error('nobody there'), { code: 'ECONNREFUSED' });
  },
  fail: () => {
    throw new NodeFailure('transient', 'model_busy', 'later');
  },
  untellable: () => {
    throw Object.create(null);
  },
  exit: () => process.exit(3),
  dieLater: () => {
    setTimeout(() => {
      throw null;
    });
    return new Promise(() => {});
  },
  gossip: () => {
    for (const message of [null, 'x', { log: 5 }, {}]) parentPort.postMessage(message);
    return { kind: 'value', value: 'said' };
  },
  garbage: () => {
    parentPort.postMessage(new Uint8Array(3));
    return new Promise(() => {});
  },
  eat: () => {
    const eaten = [];
    while (true) eaten.push(new Array(1000).fill(eaten.length));
  },
  environment: () => ({ kind: 'value', value: Object.keys(process.env) }),
  print: () => {
    process.stdout.write(`${'x'.repeat(100_000)}\n`);
    for (let line = 0; line < 5000; line++) console.log('line', line);
    console.error('to stderr');
    return { kind: 'value', value: 'quiet' };
  },
  printAndLoop: () => {
    console.log('last words');
    forEver();
  },
  nothing: () => undefined,
  aNumber: () => 5,
  notAnItem: () => [5],
  notANumber: () => ({ kind: 'value', value: Number.NaN }),
  notFinite: () => ({ kind: 'audio', planes: [new Float32Array([Number.NaN])], sampleRate: 8000 }),
  unequal: () => ({ kind: 'audio', planes: [new Float32Array(1), new Float32Array(2)], sampleRate: 8000 }),
  eventWithoutType: () => ({ kind: 'event', event: {} }),
  eventWithoutAudio: () => ({ kind: 'event', event: { type: 'a' }, audio: { planes: [[1]], sampleRate: 1 } }),
  tooLarge: () => ({ kind: 'binary', data: new Uint8Array(65 << 20) }),
};

let calls = 0;

export const Faulty = defineNode({
  type: 'Faulty',
  summary: 'Whatever is asked for.',
  takes: ['value', 'audio', 'event', 'binary'],
  gives: ['value', 'audio', 'event', 'binary'],
  params: [
    { name: 'create', type: 'string', default: 'nothing', documentation: 'What is done at the start.' },
  ],
  create: ({ create }) => {
    FAULTS[create]();
    return {
      initialize: (context) => {
        if (context.signal.aborted) throw new Error('aborted before it began');
      },
      process: (item) => {
        calls++;
        const fault = FAULTS[item.value];
        return fault ? fault(item) : { kind: 'value', value: calls };
      },
      close: () => console.log('closed'),
    };
  },
});

/** Frames of audio; hangs in the hundredth. */
export const HangingFrames = defineNode({
  type: 'HangingFrames',
  summary: 'Hangs in the middle of a stream.',
  takes: ['audio'],
  gives: ['audio'],
  create: () => {
    let frames = 0;
    return { frame: () => void (++frames === 100 && forEver()) };
  },
});
