/** An audio graph that runs elsewhere and in its own time, as in a session over WebRTC: it waits for nobody. */
import type { HostPlace } from '@remotemedia/native-dsp';

/** What nodes outside need of it. */
export interface LiveGraph {
  /** The nodes outside that have a place in it. */
  readonly hosts: readonly HostPlace[];
  /** As {@link OfflinePipeline.giveHostAudio}; what finds no room may be given again later. */
  giveHostAudio(host: number, position: number, samples: Float32Array): number;
  hostQueued(host: number): number;
  hostLate(host: number): number;
}
