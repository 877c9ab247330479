import type { AudioFormat, OfflinePipeline, OfflineRuntime, PipelineMetrics } from '@remotemedia/native-dsp';
import { describe, expect, it } from 'vitest';
import { AudioPipeline } from './audio-pipeline.js';

/** Doubles every sample, says so once a frame, and reports the end: the interface of a runtime without one. */
class DoublingGraph implements OfflinePipeline {
  readonly inputFrameSamples: number;
  readonly outputFormat: AudioFormat;
  readonly latencySamples = 0;
  readonly plan = '{"steps":[]}';
  readonly nodeIds = ['double'];
  readonly input: Float32Array;
  readonly output: Float32Array;
  #events: string[] = [];

  constructor(
    readonly manifest: string,
    format: AudioFormat,
  ) {
    this.inputFrameSamples = format.sampleRate / 100;
    this.outputFormat = format;
    this.input = new Float32Array(this.inputFrameSamples * format.channels);
    this.output = new Float32Array(this.input.length);
  }

  process(): number {
    for (let i = 0; i < this.input.length; i++) this.output[i] = this.input[i]! * 2;
    return this.#events.push('{"type":"frame","node_id":"double"}');
  }

  endOfInput(): void {
    this.#events.push('{"type":"end","node_id":"double"}');
  }

  setNodeState(): void {}

  reset(): void {
    this.#events = [];
  }

  drainEvents(): string[] {
    return this.#events.splice(0);
  }

  readonly hosts = [];
  hostFrame = () => null;
  giveHostAudio = () => 0;
  hostQueued = () => 0;
  hostLate = () => 0;

  drainUtterances() {
    return [];
  }
  drainChunks() {
    return [];
  }

  total(): never {
    throw new Error('nobody adds it up');
  }

  metrics(): PipelineMetrics {
    return { pipeline_id: this.manifest, total_executions: 3 } as PipelineMetrics;
  }
}

const runtime = { OfflinePipeline: DoublingGraph, version: '1' } as unknown as OfflineRuntime;

describe('AudioPipeline', () => {
  it('runs each channel through the graph, frame by frame, whatever the length', () => {
    const format = { sampleRate: 8000, channels: 2 };
    const pipeline = AudioPipeline.fromManifest({}, { format, runtime });
    const left = Float32Array.from({ length: 200 }, (_, i) => i);
    const right = left.map((value) => -value);
    const { planes, events } = pipeline.run([left, right]);
    expect(planes.map((plane) => plane.length)).toEqual([240, 240]);
    expect([...planes[0]!.subarray(0, 200)]).toEqual([...left].map((value) => value * 2));
    expect([...planes[1]!.subarray(0, 200)]).toEqual([...right].map((value) => value * 2));
    expect([...planes[0]!.subarray(200)]).toEqual(new Array(40).fill(0));
    expect(events.map(({ type }) => type)).toEqual(['frame', 'frame', 'frame']);
  });

  it('gives what the end of the input closes', () => {
    const pipeline = AudioPipeline.fromText('version: v1', { runtime });
    expect(pipeline.finish().events).toEqual([{ type: 'end', node_id: 'double' }]);
  });

  it('hands out the metrics of its graph', () => {
    const pipeline = AudioPipeline.fromText('version: v1', { runtime });
    expect(pipeline.getMetrics()).toEqual({ pipeline_id: 'version: v1', total_executions: 3 });
  });

  it('refuses planes that do not fit its format', () => {
    const pipeline = AudioPipeline.fromManifest({}, { runtime });
    expect(() => pipeline.run([])).toThrow(RangeError);
    expect(() => pipeline.run([new Float32Array(480), new Float32Array(480)])).toThrow(/1 planes/);
  });
});
