/**
 * A second, independent WebRTC client: libwebrtc itself (as in Chrome, without the browser), speaking WHIP.
 * It plays samples in real time and records what comes back.
 */
import wrtc from '@roamhq/wrtc';

const { RTCPeerConnection, nonstandard } = wrtc;
const FRAME_SAMPLES = 480;

export interface WhipClient {
  /** Events from the data channel `events`, parsed, in order. */
  events: Record<string, unknown>[];
  /** Answer of the POST. */
  response: Response;
  /** Absolute address of the session. */
  location: string;
  /** How much has come back so far. */
  receivedSeconds(): number;
  /** The last `seconds` of what came back, mono at 48 kHz. */
  received(seconds: number): Float32Array;
  /** RTP packets that have come from the gateway, as libwebrtc counts them. */
  packetsReceived(): Promise<number>;
  connectionState(): string;
  /** Stops sending, without a word, as a phone does that has lost its microphone. */
  stopSending(): void;
  /** Resolves when `condition` holds; checked whenever something happens. */
  until(condition: () => boolean, timeoutMs: number): Promise<void>;
  close(): void;
}

/** Connects to `endpoint` and plays `samples` (48 kHz, mono) in a loop. */
export async function connectWhip(
  endpoint: string,
  samples: Float32Array,
  direction: 'sendrecv' | 'sendonly',
): Promise<WhipClient> {
  const peer = new RTCPeerConnection();
  const source = new nonstandard.RTCAudioSource();
  const track = source.createTrack();
  const transceiver = peer.addTransceiver(track, { direction });
  const channel = peer.createDataChannel('events');
  const events: Record<string, unknown>[] = [];
  const chunks: Int16Array[] = [];
  const waiting = new Set<() => void>();
  const notify = () => {
    for (const check of waiting) check();
  };
  channel.onmessage = ({ data }: { data: string }) => {
    events.push(JSON.parse(data) as Record<string, unknown>);
    notify();
  };
  peer.onconnectionstatechange = notify;

  await peer.setLocalDescription(await peer.createOffer());
  await new Promise<void>((resolve) => {
    if (peer.iceGatheringState === 'complete') resolve();
    peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && resolve();
  });
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: peer.localDescription!.sdp,
  });
  if (response.status !== 201) {
    peer.close();
    throw new Error(`WHIP answered ${response.status}: ${await response.text()}`);
  }
  await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });

  const sink = direction === 'sendrecv' ? new nonstandard.RTCAudioSink(transceiver.receiver.track) : null;
  if (sink) {
    sink.ondata = ({ samples: frame, sampleRate }: { samples: Int16Array; sampleRate: number }) => {
      if (sampleRate === 48_000) chunks.push(Int16Array.from(frame));
      notify();
    };
  }
  const stopPlaying = play(source, samples);
  return {
    events,
    response,
    location: new URL(response.headers.get('location')!, endpoint).href,
    receivedSeconds: () => (chunks.length * FRAME_SAMPLES) / 48_000,
    received(seconds) {
      const last = chunks.slice(-Math.round((seconds * 48_000) / FRAME_SAMPLES));
      const samples = new Float32Array(last.length * FRAME_SAMPLES);
      last.forEach((chunk, i) => {
        samples.set(
          Float32Array.from(chunk, (sample) => sample / 0x8000),
          i * FRAME_SAMPLES,
        );
      });
      return samples;
    },
    async packetsReceived() {
      const reports = [...(await peer.getStats()).values()] as { type: string; packetsReceived?: number }[];
      return reports.find(({ type }) => type === 'inbound-rtp')?.packetsReceived ?? 0;
    },
    connectionState: () => peer.connectionState,
    stopSending: stopPlaying,
    until: (condition, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`not within ${timeoutMs} ms; events: ${JSON.stringify(events).slice(0, 2000)}`));
        }, timeoutMs);
        const check = () => {
          if (!condition()) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    close() {
      stopPlaying();
      sink?.stop();
      track.stop();
      peer.close();
    },
  };
}

/** Feeds 10 ms frames by the clock, catching up after a late timer, as a sound card would. */
function play(source: InstanceType<typeof nonstandard.RTCAudioSource>, samples: Float32Array): () => void {
  const startMs = performance.now();
  let frames = 0;
  const timer = setInterval(() => {
    while (frames * 10 <= performance.now() - startMs) {
      const frame = new Int16Array(FRAME_SAMPLES);
      for (let i = 0; i < FRAME_SAMPLES; i++) {
        frame[i] = Math.round(samples[(frames * FRAME_SAMPLES + i) % samples.length]! * 0x7fff);
      }
      source.onData({
        samples: frame,
        sampleRate: 48_000,
        bitsPerSample: 16,
        channelCount: 1,
        numberOfFrames: FRAME_SAMPLES,
      });
      frames++;
    }
  }, 5);
  return () => clearInterval(timer);
}
