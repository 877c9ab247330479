/**
 * Sends each utterance to a service and gives its answer, on the gateway and in a page alike:
 *
 *     node examples/voice/service.js
 *     npx remotemedia serve --config examples/voice/gateway.yaml
 *     node examples/browser/serve.js
 */
import { defineNode, encodeSamples, NodeFailure, wavHeader } from '@remotemedia/pipeline';

export const AskServiceNode = defineNode({
  type: 'AskServiceNode',
  summary: 'Posts each utterance as a WAV file and gives the JSON that is answered.',
  takes: ['event'],
  gives: ['value'],
  params: [{ name: 'url', type: 'string', documentation: 'Address of the service.' }],
  create: ({ url }) => ({
    async process(item, { signal }) {
      if (item.kind !== 'event' || item.event.type !== 'utterance' || !item.audio) return undefined;
      const headers = { 'content-type': 'audio/wav' };
      const request = { method: 'POST', headers, body: wav(item.audio), signal };
      const response = await fetch(url, request).catch((cause) => {
        throw new NodeFailure('transient', 'service_unreachable', `${url} does not answer`, { cause });
      });
      if (response.ok) return { kind: 'value', value: await response.json() };
      // What may be over soon is tried again; what was refused is not.
      const errorClass = response.status >= 500 || response.status === 429 ? 'transient' : 'permanent';
      throw new NodeFailure(errorClass, 'service_failed', `${url} answers ${response.status}`);
    },
  }),
});

function wav({ planes, sampleRate }) {
  const samples = encodeSamples(planes, planes[0].length, 's16');
  return new Blob([
    wavHeader({ sampleRate, channels: planes.length, encoding: 's16' }, samples.length),
    samples,
  ]);
}
