/** Audio in and out in all forms: as frames in place, as items, with events about it. */
import { defineNode } from '@remotemedia/pipeline';

export const Wobble = defineNode({
  type: 'Wobble',
  summary: 'Makes audio tremble, a frame at a time.',
  takes: ['audio'],
  gives: ['audio'],
  params: [{ name: 'rate_hz', type: 'number', default: 5, documentation: 'How fast.' }],
  create: ({ rate_hz }) => ({
    frame(planes, { sampleRate, mediaTimeSamples }) {
      for (const plane of planes)
        for (const n of plane.keys())
          plane[n] *= 0.75 + 0.25 * Math.sin((2 * Math.PI * rate_hz * (mediaTimeSamples + n)) / sampleRate);
    },
  }),
});

export const Differences = defineNode({
  type: 'Differences',
  summary: 'Differences from sample to sample, and an event for each stretch that it gets.',
  takes: ['audio'],
  gives: ['audio', 'event'],
  create: () => {
    let before = 0;
    return {
      process(item, { nodeId }) {
        const planes = item.planes.map((plane) =>
          plane.map((sample) => {
            const difference = sample - before;
            before = sample;
            return difference;
          }),
        );
        const audio = { ...item, planes };
        const event = { type: 'stretch', node_id: nodeId, samples: planes[0].length };
        return [audio, { kind: 'event', event, audio }];
      },
    };
  },
});

export const Halving = defineNode({
  type: 'Halving',
  summary: 'Half as loud.',
  takes: ['audio'],
  gives: ['audio'],
  create: () => ({
    frame: (planes) => {
      for (const plane of planes) for (const n of plane.keys()) plane[n] *= 0.5;
    },
  }),
});
