/**
 * The one place that talks to the media plane: opens sessions, and on each wake takes what came up and hands it to the session that it
 * belongs to. Used by the gateway and its sessions. Audio never passes here.
 */
import type {
  MediaPlane,
  MediaPlaneOptions,
  PlaneChunk,
  PlaneClosed,
  PlaneDatagram,
  PlaneEvent,
  PlaneFlushed,
  PlaneHostFrame,
  PlaneSessionOptions,
  PlaneTap,
  PlaneUtterance,
} from '@remotemedia/native-dsp';

/** What a session does with what came up for it. */
export interface PlaneClient {
  datagram(datagram: PlaneDatagram): void;
  event(event: PlaneEvent): void;
  utterance(utterance: PlaneUtterance): void;
  chunk(chunk: PlaneChunk): void;
  tap(tap: PlaneTap): void;
  hostFrame(frame: PlaneHostFrame): void;
  flushed(flushed: PlaneFlushed): void;
  closed(closed: PlaneClosed): void;
  /** One of the above threw: a bug of ours, and this session's loss alone. */
  failed(error: unknown): void;
}

/** Makes a plane; the native one, or a test's. */
export type PlaneFactory = (options: MediaPlaneOptions, wake: () => void) => MediaPlane;

export class PlanePort {
  readonly plane: MediaPlane;
  readonly #clients = new Map<number, PlaneClient>();
  #closed = false;
  /** Datagrams and events that the plane could not keep for us. */
  dropped = 0;

  constructor(create: PlaneFactory, options: MediaPlaneOptions) {
    this.plane = create(options, () => this.#drain());
  }

  /** Sessions that hold a slot of the plane. */
  get openSessions(): number {
    return this.#clients.size;
  }

  /** @throws NativeError */
  open(options: PlaneSessionOptions, client: PlaneClient): number {
    const handle = this.plane.openSession(options);
    this.#clients.set(handle, client);
    return handle;
  }

  release(handle: number): void {
    if (!this.#clients.delete(handle)) return;
    this.plane.closeSession(handle);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const handle of [...this.#clients.keys()]) this.release(handle);
    this.plane.close();
  }

  #drain(): void {
    if (this.#closed) return;
    const batch = this.plane.drain();
    this.dropped += batch.dropped;
    for (const datagram of batch.datagrams) {
      this.#dispatch(datagram.handle, (client) => client.datagram(datagram));
    }
    // Utterances before events: who reads the event may fetch the audio at once.
    for (const utterance of batch.utterances) {
      this.#dispatch(utterance.handle, (client) => client.utterance(utterance));
    }
    for (const chunk of batch.chunks) this.#dispatch(chunk.handle, (client) => client.chunk(chunk));
    for (const event of batch.events) this.#dispatch(event.handle, (client) => client.event(event));
    for (const tap of batch.taps) this.#dispatch(tap.handle, (client) => client.tap(tap));
    for (const frame of batch.hostFrames) this.#dispatch(frame.handle, (client) => client.hostFrame(frame));
    for (const flushed of batch.flushed) this.#dispatch(flushed.handle, (client) => client.flushed(flushed));
    for (const closed of batch.closed) this.#dispatch(closed.handle, (client) => client.closed(closed));
  }

  #dispatch(handle: number, deliver: (client: PlaneClient) => void): void {
    const client = this.#clients.get(handle);
    if (!client) return;
    try {
      deliver(client);
    } catch (error) {
      client.failed(error);
    }
  }
}
