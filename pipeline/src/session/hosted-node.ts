/** A place in the graph for a node outside: hands out its frames, and takes what it answers. */
import type { AudioFormat, HostPlace, OfflinePipeline } from '@remotemedia/native-dsp';
import { NodeFailure } from '../external/external-node.js';
import type { AudioItem } from '../item.js';

/** What is used of the graph; one that runs elsewhere tells its frames by itself. */
export type HostGraph = Pick<OfflinePipeline, 'giveHostAudio' | 'hostQueued' | 'hostLate'> &
  Partial<Pick<OfflinePipeline, 'hostFrame'>>;

export class HostedNode {
  readonly id: string;
  readonly #graph: HostGraph;
  readonly #host: number;
  readonly #input: AudioFormat | undefined;
  readonly #output: AudioFormat | undefined;

  constructor(graph: HostGraph, host: number, place: HostPlace) {
    this.id = place.nodeId;
    this.#graph = graph;
    this.#host = host;
    this.#input = place.input ?? undefined;
    this.#output = place.output ?? undefined;
  }

  /** Whether an answer is due for every frame. */
  get isInTheChain(): boolean {
    return this.#input !== undefined && this.#output !== undefined;
  }

  /** Samples that it gave and that are not played yet. */
  get queued(): number {
    return this.#graph.hostQueued(this.#host);
  }

  /** Frames for which its answer had not come. */
  get late(): number {
    return this.#graph.hostLate(this.#host);
  }

  /** What the last tick handed out. */
  frame(): AudioItem | undefined {
    const frame = this.#input && this.#graph.hostFrame?.(this.#host);
    return frame ? this.heard(frame.position, frame.samples) : undefined;
  }

  /** A frame that was handed out, as an item. */
  heard(position: number, samples: Float32Array): AudioItem {
    const { sampleRate, channels } = this.#input!;
    const length = samples.length / channels;
    const planes = Array.from({ length: channels }, (_, channel) =>
      samples.subarray(channel * length, (channel + 1) * length),
    );
    return { kind: 'audio', planes, sampleRate, mediaTimeSamples: position };
  }

  /** Silence in place of an answer. */
  silenceFor(frame: AudioItem): AudioItem | undefined {
    if (!this.#output) return undefined;
    const { sampleRate, channels } = this.#output;
    const planes = Array.from({ length: channels }, () => new Float32Array(sampleRate / 100));
    return { kind: 'audio', planes, sampleRate, mediaTimeSamples: timeAt(sampleRate, frame) };
  }

  /**
   * Takes an answer.
   * @param frame what it answers, if anything; the frame itself is what goes around a node that failed.
   * @returns how many samples per channel were taken; the rest has no room yet.
   * @throws NodeFailure `invalid_output`
   */
  give(output: AudioItem, frame?: AudioItem): number {
    const length = output.planes[0]!.length;
    const format = this.#output;
    if (!format) throw wrong('it gives audio that nobody takes');
    if (output.sampleRate !== format.sampleRate || output.planes.length !== format.channels) {
      // A frame that goes around its node and does not fit behind it: the node is muted.
      if (output === frame) return this.give(this.silenceFor(frame)!);
      const is = `${output.sampleRate} Hz, ${output.planes.length} ch`;
      const wanted = `${format.sampleRate} Hz, ${format.channels} ch`;
      throw wrong(
        `it gave audio of ${is}; it must be ${wanted}, or what \`output\` of its specification says`,
      );
    }
    const position = positionOf(output, frame);
    const taken = this.#graph.giveHostAudio(this.#host, position, planar(output.planes));
    // What came too late for its place is counted as late, and is of no use any more.
    return position < 0 ? taken : length;
  }
}

/** Where an answer belongs: where it says, at the place of the frame that it is as long as, or after all the others. */
function positionOf(output: AudioItem, frame: AudioItem | undefined): number {
  if (output.mediaTimeSamples !== undefined) return output.mediaTimeSamples;
  if (!frame) return -1;
  const isForFrame =
    output.planes[0]!.length * frame.sampleRate === frame.planes[0]!.length * output.sampleRate;
  return isForFrame ? timeAt(output.sampleRate, frame) : -1;
}

/** Where a frame begins, counted at another rate. */
function timeAt(sampleRate: number, frame: AudioItem): number {
  return (frame.mediaTimeSamples! * sampleRate) / frame.sampleRate;
}

function planar(planes: readonly Float32Array[]): Float32Array {
  if (planes.length === 1) return planes[0]!;
  const samples = new Float32Array(planes.length * planes[0]!.length);
  for (const [channel, plane] of planes.entries()) samples.set(plane, channel * plane.length);
  return samples;
}

function wrong(message: string): NodeFailure {
  return new NodeFailure('permanent', 'invalid_output', message);
}
