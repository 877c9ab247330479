/** The tiles with round trip, the gateway's own latency, loss and jitter. */
import type { ConnectionStatistics } from '../src/index.js';
import { byId, create } from './dom.js';
import { lossPercent, microsecondsAsMs, milliseconds, pair } from './format.js';

const TILES = [
  { id: 'heard-delay', label: 'In to out', hint: 'measured by matching the sounds' },
  { id: 'round-trip', label: 'Round trip', hint: 'network, there and back' },
  { id: 'gateway-p50', label: 'Gateway p50', hint: 'added, packet in to packet out' },
  { id: 'gateway-p99', label: 'Gateway p99', hint: '1 packet in 100 is slower' },
  { id: 'loss', label: 'Packets lost', hint: 'in %, up / down' },
  { id: 'jitter', label: 'Jitter', hint: 'in ms, up / down' },
  { id: 'playout', label: 'Playout buffer', hint: "this browser's jitter buffer" },
  { id: 'concealed', label: 'Concealed', hint: 'frames filled in at the gateway' },
] as const;
type TileId = (typeof TILES)[number]['id'];

export class Tiles {
  readonly #values = new Map<TileId, HTMLElement>();

  constructor() {
    byId('tiles', HTMLElement).append(
      ...TILES.map(({ id, label, hint }) => {
        const value = create('dd', { 'data-testid': id }, '–');
        this.#values.set(id, value);
        return create(
          'div',
          { class: 'tile' },
          create('dt', {}, label),
          value,
          create('dd', { class: 'hint' }, hint),
        );
      }),
    );
  }

  show({ transport, session }: ConnectionStatistics, heardDelayMs: number | null): void {
    // A pause in the speech leaves nothing to match: the last delay stays.
    if (heardDelayMs !== null) this.#set('heard-delay', milliseconds(heardDelayMs));
    this.#set('round-trip', milliseconds(transport.roundTripMs, transport.roundTripMs! < 10 ? 1 : 0));
    // A pipeline without output sends nothing that could be late.
    const latency = session && session.gateway_latency_us.count > 0 ? session.gateway_latency_us : undefined;
    this.#set('gateway-p50', microsecondsAsMs(latency?.p50));
    this.#set('gateway-p99', microsecondsAsMs(latency?.p99));
    const up = lossPercent(transport.packetsLostUp, transport.packetsSent - transport.packetsLostUp);
    const down = lossPercent(transport.packetsLostDown, transport.packetsReceived);
    this.#set('loss', pair(up, down));
    this.#set('jitter', pair(transport.remoteJitterMs, transport.jitterMs));
    this.#set('playout', milliseconds(transport.playoutDelayMs));
    this.#set('concealed', session ? String(session.frames_concealed) : '–');
  }

  clear(): void {
    for (const value of this.#values.values()) value.textContent = '–';
  }

  #set(id: TileId, text: string): void {
    this.#values.get(id)!.textContent = text;
  }
}
