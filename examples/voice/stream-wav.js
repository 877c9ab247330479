/**
 * Streams a WAV file through a pipeline of a running gateway, over the WebSocket for audio: events and values are
 * printed as they come, audio goes into a file.
 *
 *     npx remotemedia serve --config examples/voice/gateway.yaml
 *     node examples/voice/stream-wav.js in.wav [pipeline] [out.wav] [address of the gateway]
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseWavHeader, wavHeader } from '@remotemedia/pipeline';
import { WebSocket } from 'ws';

const [input, pipeline = 'robot', output, gateway = 'http://localhost:8080/'] = process.argv.slice(2);
if (input === undefined) {
  console.error(
    'Usage: node examples/voice/stream-wav.js in.wav [pipeline] [out.wav] [address of the gateway]',
  );
  process.exit(2);
}
const bytes = await readFile(input);
const { format, dataOffset } = parseWavHeader(bytes);
if (format.encoding !== 's16') throw new Error('only 16-bit WAV files, please');

const url = new URL('/api/v1/audio', gateway.replace(/^http/, 'ws'));
const { sampleRate: sample_rate, channels } = format;
url.search = new URLSearchParams({ pipeline, encoding: 's16le', sample_rate, channels });
const socket = new WebSocket(url);
const heard = [];
let heardFormat = format;

socket.on('message', (data, isBinary) => {
  if (isBinary) return heard.push(data);
  const message = JSON.parse(data);
  if (message.type === 'audio_format') heardFormat = { ...message, sampleRate: message.sample_rate };
  if (message.type === 'output') console.log(JSON.stringify(message.output.event ?? message.output.value));
  if (message.type === 'error') console.error(`${message.code}: ${message.detail}`);
});

await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
// Tenths of a second. All at once would do too: TCP slows down who is faster than the pipeline.
const tenth = (sample_rate / 10) * 2 * channels;
for (let from = dataOffset; from < bytes.length; from += tenth)
  socket.send(bytes.subarray(from, from + tenth));
socket.send(JSON.stringify({ type: 'end' }));
const code = await new Promise((resolve) => socket.once('close', resolve));
process.exitCode = code === 1000 ? 0 : 1;

if (output && heard.length > 0) {
  const samples = Buffer.concat(heard);
  await writeFile(output, [wavHeader({ ...heardFormat, encoding: 's16' }, samples.length), samples]);
}
