/**
 * Stands where a speech recogniser would: takes WAV files, answers with JSON.
 *
 *     node examples/voice/service.js [port]
 */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { parseWavHeader } from '@remotemedia/pipeline';

const [port = '8091'] = process.argv.slice(2);

const server = createServer(async (request, response) => {
  // A page on another port may ask, too.
  response
    .setHeader('access-control-allow-origin', '*')
    .setHeader('access-control-allow-headers', 'content-type');
  if (request.method !== 'POST') return response.writeHead(204).end();
  const { format, dataBytes } = parseWavHeader(await buffer(request));
  const seconds = dataBytes / 2 / format.channels / format.sampleRate;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ text: `${seconds.toFixed(1)} seconds of speech`, seconds }));
});

server.listen(Number(port), 'localhost', () => console.log(`http://localhost:${server.address().port}/`));
