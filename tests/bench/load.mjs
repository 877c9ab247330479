/**
 * Load for benchmarks: real WHIP sessions from werift clients that send encoded speech at 50 packets/s.
 * The clients run in the benchmark's process, the gateway in its own.
 */
import { MediaStreamTrack, RTCPeerConnection, RtpHeader, RtpPacket } from 'werift';

const PACKET_MS = 20;
const PACKET_SAMPLES = 960;

/**
 * Opens `sessions` sessions on `endpoint` one after the other and sends `packets` (Opus, 20 ms) in a loop.
 * @param {string} endpoint address of a WHIP endpoint
 * @param {number} sessions how many
 * @param {Buffer[]} packets what to send
 * @returns ids of the sessions at the gateway, packets sent and received so far, and how to stop
 */
export async function startLoad(endpoint, sessions, packets) {
  const clients = [];
  for (let i = 0; i < sessions; i++) clients.push(await connect(endpoint));
  let sent = 0;
  const ticks = clients.map(() => 0);
  const startMs = performance.now();
  const timer = setInterval(() => {
    clients.forEach(({ track }, index) => {
      // Callers do not speak in step: each sends at its own moment of the 20 ms.
      const phaseMs = (index * PACKET_MS) / clients.length;
      for (; ticks[index] * PACKET_MS + phaseMs <= performance.now() - startMs; ticks[index]++) {
        const tick = ticks[index];
        const header = new RtpHeader({
          payloadType: 111,
          sequenceNumber: tick & 0xffff,
          timestamp: (tick * PACKET_SAMPLES) >>> 0,
          marker: tick === 0,
        });
        // And each is at another place of the speech.
        track.writeRtp(new RtpPacket(header, packets[(tick + index * 37) % packets.length]));
        sent++;
      }
    });
  }, 1);
  return {
    sessionIds: clients.map(({ location }) => location.split('/').at(-1)),
    counts: () => ({ sent, received: clients.reduce((sum, { received }) => sum + received(), 0) }),
    async stop() {
      clearInterval(timer);
      for (const { peer, location } of clients) {
        await fetch(location, { method: 'DELETE' });
        await peer.close();
      }
    },
  };
}

async function connect(endpoint) {
  const peer = new RTCPeerConnection({ iceServers: [] });
  const track = new MediaStreamTrack({ kind: 'audio' });
  const transceiver = peer.addTransceiver(track, { direction: 'sendrecv' });
  let received = 0;
  transceiver.onTrack.subscribe((remote) => {
    remote.onReceiveRtp.subscribe(() => received++);
  });
  // Without this werift asks a public STUN server.
  for (const ice of peer.iceTransports) Object.assign(ice.connection, { stunServer: undefined });
  const connected = new Promise((resolve) => {
    peer.connectionStateChange.subscribe((state) => state === 'connected' && resolve(undefined));
  });
  await peer.setLocalDescription(await peer.createOffer());
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: peer.localDescription.sdp,
  });
  if (response.status !== 201) throw new Error(`WHIP answered ${response.status}: ${await response.text()}`);
  await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  await connected;
  return {
    peer,
    track,
    received: () => received,
    location: new URL(response.headers.get('location'), endpoint).href,
  };
}
