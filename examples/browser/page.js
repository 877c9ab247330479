/**
 * Runs the pipelines of examples/voice in the page: the same manifests, which name the same modules.
 *
 *     node examples/browser/serve.js
 */
import {
  decodeSamples,
  interpolateManifest,
  loadWasm,
  Pipeline,
  parseWavHeader,
} from '@remotemedia/pipeline';

const runtime = await loadWasm(fetch('/remotemedia.wasm'));
const output = document.querySelector('output');

async function open(name) {
  const url = new URL(`/pipelines/${name}.yaml`, location.href);
  // A page has no environment: what a manifest takes from there is what it says for that case.
  const text = interpolateManifest(await (await fetch(url)).text(), {}, runtime);
  return Pipeline.fromYaml(text, { runtime, base: url });
}

async function speech() {
  const bytes = new Uint8Array(await (await fetch('/speech.wav')).arrayBuffer());
  const { format, dataOffset, dataBytes } = parseWavHeader(bytes);
  const audio = new Float32Array(dataBytes / 2);
  decodeSamples(bytes.subarray(dataOffset), format, audio.length, [audio]);
  return { audio, sampleRate: format.sampleRate };
}

async function play({ planes, sampleRate }) {
  const context = new AudioContext({ sampleRate });
  const buffer = context.createBuffer(planes.length, planes[0].length, sampleRate);
  for (const [channel, plane] of planes.entries()) buffer.copyToChannel(plane, channel);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(context.destination);
  source.start();
}

async function run(name) {
  output.textContent = '…';
  try {
    const { audio, outputs } = await (await open(name)).run(await speech());
    if (audio) await play(audio);
    const values = outputs.flatMap(({ item }) => (item.kind === 'value' ? [item.value.text] : []));
    const samples = audio ? [`${audio.planes[0].length} samples at ${audio.sampleRate} Hz`] : [];
    output.textContent = [...samples, ...values].join('; ');
  } catch (error) {
    output.textContent = error.message;
  }
}

for (const button of document.querySelectorAll('button')) button.onclick = () => run(button.dataset.pipeline);
