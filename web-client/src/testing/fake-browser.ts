/** The browser objects that the SDK stands on, as far as tests drive them: a WebSocket and an RTCPeerConnection without any network. */

type Listener = (event: Record<string, unknown>) => void;

class FakeTarget {
  readonly #listeners = new Map<string, Set<Listener>>();
  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener));
  }
  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }
  fire(type: string, event: Record<string, unknown> = {}): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
}

export interface SentRequest {
  id: number;
  method: string;
  params: Record<string, unknown>;
}

export class FakeWebSocket extends FakeTarget {
  static last: FakeWebSocket;
  readonly sent: SentRequest[] = [];
  closed = false;

  constructor(readonly url: URL) {
    super();
    FakeWebSocket.last = this;
  }
  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.closed = true;
  }
  receive(message: object): void {
    this.fire('message', { data: JSON.stringify({ jsonrpc: '2.0', ...message }) });
  }
  request(method: string): SentRequest | undefined {
    return this.sent.find((request) => request.method === method);
  }
  answer(method: string, result: object): void {
    this.receive({ id: this.request(method)!.id, result });
  }
}

export class FakePeerConnection extends FakeTarget {
  static last: FakePeerConnection;
  iceConnectionState = 'new';
  connectionState = 'new';
  iceGatheringState = 'complete';
  localDescription: { type: string; sdp: string } | null = null;
  remoteDescription: { type: string; sdp: string } | null = null;
  readonly candidates: unknown[] = [];
  readonly transceivers: { track: unknown; direction: string }[] = [];
  readonly channels: { label: string; onmessage?: (event: { data: string }) => void }[] = [];
  closed = false;
  packetsReceived = 0;
  oniceconnectionstatechange?: () => void;
  onconnectionstatechange?: () => void;

  constructor(readonly configuration: RTCConfiguration) {
    super();
    FakePeerConnection.last = this;
  }
  addTransceiver(track: unknown, { direction }: { direction: string }): void {
    this.transceivers.push({ track, direction });
  }
  createDataChannel(label: string): object {
    this.channels.push({ label });
    return this.channels.at(-1)!;
  }
  async setLocalDescription(): Promise<void> {
    this.localDescription = { type: 'offer', sdp: 'v=0 offer' };
  }
  async setRemoteDescription(description: { type: string; sdp: string }): Promise<void> {
    this.remoteDescription = description;
  }
  async addIceCandidate(candidate: unknown): Promise<void> {
    if (!this.remoteDescription) throw new Error('no remote description yet');
    this.candidates.push(candidate);
  }
  async getStats(): Promise<Map<string, object>> {
    const inbound = { type: 'inbound-rtp', kind: 'audio', packetsReceived: this.packetsReceived };
    return new Map([['I', inbound]]);
  }
  close(): void {
    this.closed = true;
  }
  /** Moves the states as the browser would. */
  become(iceConnectionState: string, connectionState: string): void {
    Object.assign(this, { iceConnectionState, connectionState });
    this.oniceconnectionstatechange?.();
    this.onconnectionstatechange?.();
  }
}

export class FakeStream {
  readonly track = {
    kind: 'audio',
    stopped: false,
    stop: () => Object.assign(this.track, { stopped: true }),
  };
  getAudioTracks() {
    return [this.track];
  }
  getTracks() {
    return [this.track];
  }
}
