/**
 * WAV files of any format for a graph that works in whole 10 ms frames of at most 8 channels: rates that make
 * none (22 050 Hz) are converted first, and more channels are mixed to one.
 */
import { graphRate } from '@remotemedia/pipeline';
import { offlineRuntime } from '../runtime.js';
import { planesOf } from './run.js';
import type { WavSource } from './source.js';

const MOST_CHANNELS = 8;

/** `source` at a rate that makes whole frames, sample for sample in the same place; unchanged where it fits already. */
export function fitForGraph(wide: WavSource): WavSource {
  const source = wide.format.channels > MOST_CHANNELS ? mixed(wide) : wide;
  const { format } = source;
  const toHz = graphRate(format.sampleRate);
  if (toHz === format.sampleRate) return source;
  return {
    ...source,
    format: { ...format, sampleRate: toHz },
    frames: (planes) => convert(source, toHz, planes),
  };
}

/** All channels as one: their mean. */
function mixed(source: WavSource): WavSource {
  const { channels } = source.format;
  return {
    ...source,
    format: { ...source.format, channels: 1 },
    async *frames([plane]) {
      const wide = Array.from({ length: channels }, () => new Float32Array(plane!.length));
      for await (const samples of source.frames(wide)) {
        for (let i = 0; i < plane!.length; i++) {
          plane![i] = wide.reduce((sum, one) => sum + one[i]!, 0) / channels;
        }
        yield samples;
      }
    },
  };
}

async function* convert({ format, frames }: WavSource, toHz: number, planes: Float32Array[]) {
  const { RateConverter } = offlineRuntime();
  const { sampleRate: fromHz, channels } = format;
  const converter = new RateConverter({ fromHz, toHz, channels });
  const input = planesOf(converter.input, channels);
  const output = planesOf(converter.output, channels);
  const frameSamples = planes[0]!.length;
  let skip = converter.latencySamples;
  let filled = 0;
  let given = 0;
  let taken = 0;

  /** Deals one block of output out into frames. */
  function* deal(): Generator<number> {
    const from = Math.min(skip, converter.outputSamples);
    skip -= from;
    for (let at = from; at < converter.outputSamples; ) {
      const count = Math.min(frameSamples - filled, converter.outputSamples - at);
      planes.forEach((plane, channel) => {
        plane.set(output[channel]!.subarray(at, at + count), filled);
      });
      at += count;
      filled += count;
      if (filled < frameSamples) continue;
      filled = 0;
      yield frameSamples;
    }
  }

  /** Not more than the input had so far: what the filter rings on with is cut off. */
  function* dealAll(): Generator<number> {
    const total = Math.round((taken * toHz) / fromHz);
    for (const samples of deal()) {
      const wanted = Math.min(samples, total - given);
      if (wanted <= 0) return;
      given += wanted;
      for (const plane of planes) plane.fill(0, wanted);
      yield wanted;
    }
  }

  for await (const samples of frames(input)) {
    taken += samples;
    converter.process();
    yield* dealAll();
  }
  for (const plane of input) plane.fill(0);
  while (given < Math.round((taken * toHz) / fromHz)) {
    converter.process();
    yield* dealAll();
  }
}
