/** What a node gets and gives: both runtimes give the same for the same file. */
import type { AudioItem, EventItem, JsonValue } from '@remotemedia/pipeline';
import { afterEach, describe, expect, it } from 'vitest';
import { closeNodes, HAS_NUMPY, inBothRuntimes, inCpython, nodeOf, plainValue } from './runtimes.js';

afterEach(closeNodes);

const AUDIO: AudioItem = {
  kind: 'audio',
  planes: [new Float32Array([0, 0.5, -1]), new Float32Array([1, 0.25, 0])],
  sampleRate: 16_000,
  mediaTimeSamples: 480,
};

inBothRuntimes('a node in Python', (executor) => {
  describe('on values', () => {
    const ECHO = 'class Echo(Node):\n    def process(self, item):\n        return Value(item)';
    const values: JsonValue[] = [
      0,
      '',
      null,
      false,
      [],
      {},
      -1.5,
      'text',
      '\ud800',
      '😀',
      2 ** 53 - 1,
      1e-300,
      [0, ['', null]],
      { a: { '': 0 } },
    ];

    it('gives back every value as it came, the empty ones too', async () => {
      const { values: through } = nodeOf(executor, ECHO);
      for (const value of values) expect(await through(value)).toEqual([value]);
    });

    it('gets plain Python values', async () => {
      const { values: typesOf } = nodeOf(
        executor,
        'class Kind(Node):\n    def process(self, item):\n        return type(item).__name__',
      );
      const kinds = ['NoneType', 'bool', 'int', 'float', 'str', 'list', 'dict'];
      const samples = [null, true, 1, 1.5, 'a', [], {}];
      for (const [at, sample] of samples.entries()) expect(await typesOf(sample)).toEqual([kinds[at]]);
    });

    it('gives nothing by returning None, and null by yielding it', async () => {
      const nothing = nodeOf(executor, 'class Nothing(Node):\n    def process(self, item):\n        pass');
      expect(await nothing.values(1)).toEqual([]);
      const yields = nodeOf(executor, 'class Null(Node):\n    def process(self, item):\n        yield None');
      expect(await yields.values(1)).toEqual([null]);
    });
  });

  describe('that streams', () => {
    const ways = {
      'a generator': 'def process(self, item):\n        for i in range(item): yield i',
      'an asynchronous generator':
        'async def process(self, item):\n        for i in range(item):\n            await asyncio.sleep(0)\n            yield i',
      'a coroutine that returns a generator':
        'async def process(self, item):\n        await asyncio.sleep(0)\n        return (i for i in range(item))',
    };
    it.each(Object.entries(ways))(
      'gives the outputs of %s in order, more than there is credit for',
      async (_, way) => {
        const { values } = nodeOf(executor, `import asyncio\nclass Count(Node):\n    ${way}`);
        expect(await values(40)).toEqual(Array.from({ length: 40 }, (_, at) => at));
        expect(await values(0)).toEqual([]);
        expect(await values(1)).toEqual([0]);
      },
    );

    it('makes each output when there is room for it, and learns that nobody wants the rest', async () => {
      const { node, context, values } = nodeOf(
        executor,
        `class Endless(Node):
    made = 0
    ended = False
    def process(self, item):
        if item == "report":
            return [self.made, self.ended]
        return self.stream()
    def stream(self):
        try:
            while True:
                self.made += 1
                yield self.made
        finally:
            self.ended = True`,
      );
      const seen: JsonValue[] = [];
      for await (const item of (await node.process(
        { kind: 'value', value: 1 },
        context,
      )) as AsyncIterable<never>) {
        seen.push(plainValue(item));
        if (seen.length === 3) break;
      }
      expect(seen).toEqual([1, 2, 3]);
      expect(await values('report')).toEqual([[16, true]]);
    });

    it('may be called again before its outputs were read', async () => {
      const { node, context, values } = nodeOf(
        executor,
        'class Count(Node):\n    def process(self, item):\n        yield item\n        yield item + 1',
      );
      await node.process({ kind: 'value', value: 1 }, context);
      expect(await values(7)).toEqual([7, 8]);
    });

    it('gives its last outputs when the input is over', async () => {
      const { node, context, values } = nodeOf(
        executor,
        `class Sum(Node):
    async def initialize(self):
        self.sum = 0
    def process(self, item):
        self.sum += item
    def end_of_input(self):
        return self.sum`,
      );
      await node.initialize?.(context);
      expect([...(await values(1)), ...(await values(2))]).toEqual([]);
      expect(await node.endOfInput?.(context)).toEqual({ kind: 'value', value: 3 });
    });
  });

  describe('on audio', () => {
    it('gives it back to the last bit', async () => {
      const { items } = nodeOf(
        executor,
        'class Echo(Node):\n    def process(self, item):\n        return item',
      );
      expect(await items(AUDIO)).toEqual([AUDIO]);
      const { mediaTimeSamples: _, ...elsewhere } = AUDIO;
      expect(await items(elsewhere)).toEqual([elsewhere]);
      const empty: AudioItem = { ...AUDIO, planes: [new Float32Array(0), new Float32Array(0)] };
      expect(await items(empty)).toEqual([empty]);
    });

    it('may change the samples where they are, and make new ones', async () => {
      const { items } = nodeOf(
        executor,
        `class Half(Node):
    def process(self, item):
        for plane in item.planes:
            for i in range(item.samples):
                plane[i] = plane[i] / 2
        yield item
        yield Audio([[0.5, 0.25]], 8000)`,
      );
      const [halved, made] = (await items(AUDIO)) as AudioItem[];
      expect(halved!.planes.map((plane) => [...plane])).toEqual([
        [0, 0.25, -0.5],
        [0.5, 0.125, 0],
      ]);
      expect(made).toEqual({ kind: 'audio', planes: [new Float32Array([0.5, 0.25])], sampleRate: 8000 });
    });
  });

  it('gets and gives events with their audio', async () => {
    const { items } = nodeOf(
      executor,
      `class Turn(Node):
    def process(self, item):
        turn = Event(type="turn", text=item["text"], samples=item.audio.samples)
        turn.audio = item.audio
        return turn`,
    );
    const event = { type: 'utterance', node_id: 'vad', text: '' };
    const input: EventItem = { kind: 'event', event, audio: AUDIO };
    const turn = { type: 'turn', node_id: 'n', text: '', samples: 3 };
    expect(await items(input)).toEqual([{ kind: 'event', event: turn, audio: AUDIO }]);
  });

  it('gets and gives bytes', async () => {
    const { items } = nodeOf(
      executor,
      `class Reverse(Node):
    def process(self, item):
        yield item[::-1]
        yield Binary(item, item.media_type)`,
    );
    const data = new Uint8Array([0, 1, 255]);
    expect(await items({ kind: 'binary', data, mediaType: 'image/png' })).toEqual([
      { kind: 'binary', data: data.slice().reverse() },
      { kind: 'binary', data, mediaType: 'image/png' },
    ]);
  });

  it('gets its parameters by name, and all of them as an attribute', async () => {
    const { values } = nodeOf(
      executor,
      `class Named(Node):
    def __init__(self, gain_db=0):
        self.early = [gain_db, self.params["name"]]
    def process(self, item):
        return [self.early, self.params, self.node_id]`,
      { params: { gain_db: 3, name: '"); import os  # ' } },
    );
    const params = { gain_db: 3, name: '"); import os  # ' };
    expect(await values(null)).toEqual([[[3, '"); import os  # '], params, 'n']]);
  });
});

inCpython('numpy', () => {
  if (!HAS_NUMPY) console.warn('numpy is not installed for python3: its test is skipped (pip install numpy)');
  it.skipIf(!HAS_NUMPY)('sees the samples of a message without copying them', async () => {
    const { items } = nodeOf(
      'cpython',
      `import numpy
class Views(Node):
    def process(self, item):
        assert not item.planes.flags.owndata and item.planes.flags.writeable and item.planes.shape == (2, 3)
        item.planes *= 2
        yield item
        yield {"rms": numpy.float32(0.5), "shape": numpy.array([1, 2])}`,
    );
    const [louder, value] = await items(AUDIO);
    expect((louder as AudioItem).planes.map((plane) => [...plane])).toEqual([
      [0, 1, -2],
      [2, 0.5, 0],
    ]);
    expect(value).toEqual({ kind: 'value', value: { rms: 0.5, shape: [1, 2] } });
  });
});
