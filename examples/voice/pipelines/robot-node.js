/**
 * Rings the voice, frame by frame, on the gateway and in a page alike:
 *
 *     npx remotemedia serve --config examples/voice/gateway.yaml
 *     node examples/browser/serve.js
 */
import { defineNode } from '@remotemedia/pipeline';

export const RobotNode = defineNode({
  type: 'RobotNode',
  summary: 'Multiplies the voice by a tone.',
  takes: ['audio'],
  gives: ['audio'],
  params: [
    { name: 'carrier_hz', type: 'number', min: 10, max: 1000, default: 60, documentation: 'The tone.' },
  ],
  create: ({ carrier_hz }) => ({
    // The tone follows the media time, so frames fit together whoever cut them.
    frame(planes, { sampleRate, mediaTimeSamples }) {
      const step = (2 * Math.PI * carrier_hz) / sampleRate;
      for (const plane of planes)
        for (const n of plane.keys()) plane[n] *= Math.sin(step * (mediaTimeSamples + n));
    },
  }),
});
