/**
 * A runtime that refuses arguments of the wrong kind, each with the same words: of itself the addon would throw errors without a code of ours, and
 * WebAssembly would take anything for a number, 16-bit samples for floats of 32 768.
 */
import {
  expectCount,
  expectNumber,
  expectOptions,
  expectPosition,
  expectSamples,
  expectText,
} from './arguments.js';
import type { AudioFormat, NodeState } from './offline-pipeline.js';
import type { RateConversion } from './rate-converter.js';
import type { Resampling } from './resampler.js';
import type { OfflineRuntime } from './runtime.js';
import type { SampleFormat, Samples } from './samples.js';

const KINDS = ['Float32Array', 'Int16Array', 'Int32Array'] as const;

export function checkedRuntime<Runtime extends OfflineRuntime>(runtime: Runtime): Runtime {
  return {
    ...runtime,
    ...pipelines(runtime),
    ...converters(runtime),
    ...samples(runtime),
    ...texts(runtime),
  };
}

function pipelines({ OfflinePipeline, ValuePipeline }: OfflineRuntime) {
  return {
    OfflinePipeline: class extends OfflinePipeline {
      constructor(manifest: string, options: AudioFormat, externals?: string) {
        expectText('manifest', manifest);
        expectOptions(options);
        expectNumber('sampleRate', options.sampleRate);
        expectNumber('channels', options.channels);
        if (externals !== undefined) expectText('externals', externals);
        super(manifest, options, externals);
      }

      override hostFrame(host: number) {
        expectCount('host', host);
        return super.hostFrame(host);
      }

      override giveHostAudio(host: number, position: number, samples: Float32Array): number {
        expectCount('host', host);
        expectPosition('position', position);
        expectSamples('samples', samples, 'Float32Array');
        return super.giveHostAudio(host, position, samples);
      }

      override hostQueued(host: number): number {
        expectCount('host', host);
        return super.hostQueued(host);
      }

      override hostLate(host: number): number {
        expectCount('host', host);
        return super.hostLate(host);
      }

      override total(pipeline: string | null) {
        if (pipeline !== null) expectText('pipeline', pipeline);
        return super.total(pipeline);
      }

      override setNodeState(nodeId: string, state: NodeState): void {
        expectText('nodeId', nodeId);
        expectText('state', state);
        super.setNodeState(nodeId, state);
      }
    },

    ValuePipeline: class extends ValuePipeline {
      constructor(manifest: string) {
        expectText('manifest', manifest);
        super(manifest);
      }

      override execute(input: string): string {
        expectText('input', input);
        return super.execute(input);
      }
    },
  };
}

function converters({ RateConverter, Resampler }: OfflineRuntime) {
  return {
    RateConverter: class extends RateConverter {
      constructor(options: RateConversion) {
        expectConversion(options);
        if (options.quality !== undefined) expectText('quality', options.quality);
        super(options);
      }
    },

    Resampler: class extends Resampler {
      constructor(options: Resampling) {
        expectConversion(options);
        if (options.layout !== undefined) expectText('layout', options.layout);
        super(options);
      }

      override outputSamples(samples: number): number {
        expectCount('samples', samples);
        return super.outputSamples(samples);
      }

      override convert(input: Float32Array): Float32Array {
        expectSamples('input', input, 'Float32Array');
        return super.convert(input);
      }

      override convertInto(input: Float32Array, output: Float32Array): void {
        expectSamples('input', input, 'Float32Array');
        expectSamples('output', output, 'Float32Array');
        super.convertInto(input, output);
      }
    },
  };
}

function expectConversion(options: Omit<Resampling, 'layout'>): void {
  expectOptions(options);
  expectNumber('fromHz', options.fromHz);
  expectNumber('toHz', options.toHz);
  expectNumber('channels', options.channels);
}

function samples(runtime: OfflineRuntime) {
  return {
    convertSamples: <Format extends SampleFormat>(input: Samples, format: Format) => {
      expectSamples('input', input, ...KINDS);
      expectText('format', format);
      return runtime.convertSamples(input, format);
    },
    convertSamplesInto: (input: Samples, output: Samples) => {
      expectSamples('input', input, ...KINDS);
      expectSamples('output', output, ...KINDS);
      runtime.convertSamplesInto(input, output);
    },
    logMelSpectrogram: (recording: Float32Array, mels: 80 | 128) => {
      expectSamples('samples', recording, 'Float32Array');
      expectNumber('mels', mels);
      return runtime.logMelSpectrogram(recording, mels);
    },
  };
}

function texts(runtime: OfflineRuntime) {
  return {
    validateManifest: (text: string, purpose?: 'audio', externals?: string) => {
      expectText('text', text);
      return runtime.validateManifest(text, purpose, externals);
    },
    planPipeline: (text: string, purpose?: 'audio', externals?: string) => {
      expectText('text', text);
      return runtime.planPipeline(text, purpose, externals);
    },
    interpolateManifest: (text: string, environment: string) => {
      expectText('text', text);
      expectText('environment', environment);
      return runtime.interpolateManifest(text, environment);
    },
    complaintsAsWritten: (complaints: string, replaced: string) => {
      expectText('complaints', complaints);
      expectText('replaced', replaced);
      return runtime.complaintsAsWritten(complaints, replaced);
    },
    externalMentions: (text: string) => {
      expectText('text', text);
      return runtime.externalMentions(text);
    },
  };
}
