#!/usr/bin/env node
/**
 * Extracts the 16 kHz weights of Silero VAD v6.2 (MIT) from the ONNX file in the npm package
 * @ricky0123/vad-web, as `silero-v6.2.f32` beside this script. `make build` runs it; the source and
 * the result are both pinned in `silero-v6.2.sha256`.
 *
 * The result is little-endian f32, in this order, where "panels" is explained below:
 *   window       256                analysis window of the short-time Fourier transform
 *   encoder 0    bias 128, panels   of 3 taps x 129 bins
 *   encoder 1    bias  64, panels   of 3 taps x 128 channels
 *   encoder 2    bias  64, panels   of 2 taps x 64 channels (tap 0 only ever meets padding)
 *   encoder 3    bias 128, panels   of 1 tap x 64 channels (taps 0 and 2 only ever meet padding)
 *   lstm         bias 512, panels   of 128 inputs, then 128 hidden; gates in the order i, f, g, o
 *   output       bias 1, weights 128
 * A panel holds, input after input, the weights of 32 neighbouring outputs, `[output / 32][input][32]`:
 * one pass over contiguous memory feeds 32 outputs.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PANEL = 32;
const HERE = dirname(fileURLToPath(import.meta.url));

/** Numbers of the fields that are read here, from onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const NODE_OPERATOR = 4;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_NAME = 1;
const ATTRIBUTE_TENSOR = 5;
const ATTRIBUTE_GRAPH = 6;
const TENSOR_TYPE = 2;
const TENSOR_NAME = 8;
const TENSOR_BYTES = 9;
const TYPE_FLOAT = 1n;

/** The fields of a protobuf message as [number, value]; a value is a BigInt or the bytes of the field. */
function* fieldsOf(message) {
  let position = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (position >= message.length) throw new Error('The ONNX file is cut short.');
      const byte = message[position++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (position < message.length) {
    const tag = Number(varint());
    if ((tag & 7) === 0) {
      yield [tag >> 3, varint()];
      continue;
    }
    const length = { 1: 8, 2: -1, 5: 4 }[tag & 7];
    const bytes = length === -1 ? Number(varint()) : length;
    yield [tag >> 3, message.subarray(position, position + bytes)];
    position += bytes;
  }
}

const all = (message, number) =>
  [...fieldsOf(message)].filter(([found]) => found === number).map(([, value]) => value);
const one = (message, number) => all(message, number)[0];
const text = (bytes) => Buffer.from(bytes ?? []).toString('utf8');

/** The nodes of a graph that run `operator`. */
const nodesOf = (graph, operator) =>
  all(graph, GRAPH_NODE).filter((node) => text(one(node, NODE_OPERATOR)) === operator);
const attribute = (node, name) =>
  all(node, NODE_ATTRIBUTE).find((found) => text(one(found, ATTRIBUTE_NAME)) === name);

/**
 * Weights of the 16 kHz half by name. The model is one big `If` on the sample rate whose `then_branch`
 * is the 16 kHz network; its weights are constants in there, not initialisers.
 */
function weightsOf(model) {
  const [choice] = nodesOf(one(model, MODEL_GRAPH), 'If');
  const network = one(attribute(choice, 'then_branch'), ATTRIBUTE_GRAPH);
  const weights = new Map();
  for (const node of nodesOf(network, 'Constant')) {
    const tensor = one(attribute(node, 'value'), ATTRIBUTE_TENSOR);
    if (one(tensor, TENSOR_TYPE) !== TYPE_FLOAT) continue;
    const bytes = Uint8Array.from(one(tensor, TENSOR_BYTES) ?? []);
    const values = new DataView(bytes.buffer);
    weights.set(
      text(one(tensor, TENSOR_NAME)),
      Float32Array.from({ length: bytes.length / 4 }, (_, index) => values.getFloat32(index * 4, true)),
    );
  }
  return (name, length) => {
    const found = weights.get(name);
    if (found?.length !== length) throw new Error(`${name} is not a tensor of ${length} values.`);
    return found;
  };
}

/** Rearranges `outputs` rows, whose weight for input n is `at(output, n)`, into panels. */
function panels(outputs, inputs, at) {
  const packed = new Float32Array(outputs * inputs);
  let position = 0;
  for (let base = 0; base < outputs; base += PANEL)
    for (let input = 0; input < inputs; input++)
      for (let lane = 0; lane < PANEL; lane++) packed[position++] = at(base + lane, input);
  return packed;
}

/** The window of the transform, after checking that the basis is nothing but window x cosine and sine. */
function windowOf(basis) {
  const window = basis.slice(0, 256);
  for (let row = 0; row < 258; row++)
    for (let n = 0; n < 256; n++) {
      const phase = (2 * Math.PI * (row % 129) * n) / 256;
      const expected = window[n] * (row < 129 ? Math.cos(phase) : -Math.sin(phase));
      if (Math.abs(basis[row * 256 + n] - expected) > 1e-6)
        throw new Error('The Fourier basis of the model is not a windowed transform.');
    }
  return window;
}

function convolution(weight, layer, outputs, channels, taps) {
  const name = `encoder.${layer}.reparam_conv`;
  const values = weight(`${name}.weight`, outputs * channels * 3);
  const at = (output, input) =>
    values[(output * channels + (input % channels)) * 3 + taps[Math.floor(input / channels)]];
  return [weight(`${name}.bias`, outputs), panels(outputs, taps.length * channels, at)];
}

function lstm(weight) {
  const [input, hidden] = ['ih', 'hh'].map((name) => weight(`decoder.rnn.weight_${name}`, 512 * 128));
  const [bias, more] = ['ih', 'hh'].map((name) => weight(`decoder.rnn.bias_${name}`, 512));
  const at = (row, column) => (column < 128 ? input[row * 128 + column] : hidden[row * 128 + column - 128]);
  return [bias.map((value, index) => value + more[index]), panels(512, 256, at)];
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Refuses bytes that are not the ones that were reviewed and measured. */
function verify(file, bytes, pins) {
  const found = sha256(bytes);
  if (pins.get(file) !== found) throw new Error(`${file} has SHA-256 ${found}, expected ${pins.get(file)}.`);
}

function main() {
  const pins = new Map(
    readFileSync(join(HERE, 'silero-v6.2.sha256'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/).reverse()),
  );
  const result = 'silero-v6.2.f32';
  if (existsSync(join(HERE, result)) && sha256(readFileSync(join(HERE, result))) === pins.get(result)) return;

  const package_ = dirname(createRequire(import.meta.url).resolve('@ricky0123/vad-web/package.json'));
  const source = 'silero_vad_v6.onnx';
  const model = readFileSync(join(package_, 'dist', source));
  verify(source, model, pins);

  const weight = weightsOf(model);
  const bytes = Buffer.concat(
    [
      windowOf(weight('stft.forward_basis_buffer', 258 * 256)),
      ...convolution(weight, 0, 128, 129, [0, 1, 2]),
      ...convolution(weight, 1, 64, 128, [0, 1, 2]),
      ...convolution(weight, 2, 64, 64, [1, 2]),
      ...convolution(weight, 3, 128, 64, [1]),
      ...lstm(weight),
      weight('decoder.decoder.2.bias', 1),
      weight('decoder.decoder.2.weight', 128),
    ].map((values) => {
      const packed = Buffer.alloc(values.length * 4);
      values.forEach((value, index) => {
        packed.writeFloatLE(value, index * 4);
      });
      return packed;
    }),
  );
  verify(result, bytes, pins);
  writeFileSync(join(HERE, result), bytes);
  console.log(`${result}: ${bytes.length} bytes`);
}

main();
