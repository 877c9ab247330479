import { describe, expect, it } from 'vitest';
import { NodeFailure } from '../external/external-node.js';
import type { Item } from '../item.js';
import { MAX_MESSAGE_BYTES } from './envelope.js';
import {
  type Answer,
  decodeAnswer,
  decodeRequest,
  encodeAnswer,
  encodeItem,
  encodeRequest,
} from './message.js';

/** Requests and answers have one format, so an answer can be written as a request. */
const answer = (header: object, ...parts: Float32Array[]): Answer =>
  decodeAnswer(encodeRequest(header, parts));

describe('a message', () => {
  it('keeps floats aligned whatever the length of the header', () => {
    const plane = new Float32Array([0.5, -1]);
    for (const padding of ['', 'a', 'ab', 'abc', 'é']) {
      const header = {
        is: 'item',
        last: true,
        kind: 'audio',
        channels: 2,
        samples: 2,
        sample_rate: 8000,
        padding,
      };
      const item = { kind: 'audio', planes: [plane, plane], sampleRate: 8000 };
      expect(answer(header, plane, plane)).toEqual({ is: 'item', last: true, item });
    }
  });

  it('holds planes that are views of something larger', () => {
    const whole = new Float32Array([9, 1, 2, 9]);
    const planes = [whole.subarray(1, 3)];
    const message = encodeItem({ kind: 'audio', planes, sampleRate: 8000 }, 1);
    expect([...new Float32Array(message.buffer, message.length - 8)]).toEqual([1, 2]);
  });

  it('has an upper end', () => {
    const data = new Uint8Array(MAX_MESSAGE_BYTES);
    const refused = expect.objectContaining({ errorClass: 'invalid_input', code: 'input_too_large' });
    expect(() => encodeItem({ kind: 'binary', data }, 1)).toThrow(refused);
  });

  it('may be a failure', () => {
    const header = {
      is: 'failure',
      error_class: 'transient',
      code: 'busy',
      message: 'm',
      traceback: 't',
      fatal: false,
    };
    const failure = new NodeFailure('transient', 'busy', 'm');
    expect(answer(header)).toEqual({ is: 'failure', failure, traceback: 't', fatal: false });
  });

  it.each([
    ['cut off', () => encodeRequest({ is: 'done' }).subarray(0, 16)],
    ['unknown', () => encodeRequest({ is: 'nonsense' })],
    ['an unknown item', () => encodeRequest({ is: 'item', last: true, kind: 'video' })],
    [
      'longer than its buffer',
      () => encodeRequest({ is: 'item', kind: 'audio', channels: 9, samples: 9, sample_rate: 1 }),
    ],
    ['no JSON', () => new Uint8Array([16, 0, 0, 0, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8])],
  ])('that is %s is refused', (_, message) => {
    expect(() => decodeAnswer(message())).toThrow();
  });
});

describe('what one end writes, the other reads', () => {
  const audio = { kind: 'audio', planes: [new Float32Array([0.5, -1])], sampleRate: 8000 } as const;
  const items: Item[] = [
    { kind: 'value', value: null },
    { kind: 'value', value: 'lone \ud800, é' },
    audio,
    { ...audio, planes: [audio.planes[0], audio.planes[0]], mediaTimeSamples: 0 },
    { kind: 'event', event: { type: 'a', node_id: null } },
    { kind: 'event', event: { type: 'a', node_id: 'n' }, audio },
    { kind: 'binary', data: new Uint8Array([1, 2]) },
    { kind: 'binary', data: new Uint8Array(), mediaType: 'image/png' },
  ];

  it('of items, there and back', () => {
    for (const item of items) {
      expect(decodeRequest(encodeItem(item, 3))).toEqual({ op: 'process', credit: 3, item });
      const answer: Answer = { is: 'item', last: false, item };
      expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer);
    }
  });

  it('of everything else', () => {
    for (const request of [
      { op: 'more', credit: 16 },
      { op: 'stop' },
      { op: 'create', node_id: 'n', params: {} },
    ])
      expect(decodeRequest(encodeRequest(request))).toEqual(request);
    const failure = new NodeFailure('resource', 'full', 'no room');
    const answers: Answer[] = [
      { is: 'done' },
      { is: 'value', value: [1] },
      { is: 'failure', failure, traceback: '', fatal: true },
    ];
    for (const answer of answers) expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer);
  });

  it('but no output that is longer than a message', () => {
    const item: Item = { kind: 'binary', data: new Uint8Array(MAX_MESSAGE_BYTES) };
    const refused = expect.objectContaining({ errorClass: 'permanent', code: 'output_too_large' });
    expect(() => encodeAnswer({ is: 'item', last: true, item })).toThrow(refused);
  });
});
