/** A stock werift peer per session that sends every RTP packet back. Run as a child of werift.mjs. */
import { createServer } from 'node:http';
import { MediaStreamTrack, RTCPeerConnection } from 'werift';

let packets = 0;
const peers = new Map();

const server = createServer(async (request, response) => {
  if (request.method === 'DELETE') {
    await peers.get(request.url)?.close();
    peers.delete(request.url);
    response.end();
    return;
  }
  let sdp = '';
  for await (const chunk of request) sdp += chunk;
  const peer = new RTCPeerConnection({ iceServers: [] });
  const track = new MediaStreamTrack({ kind: 'audio' });
  const transceiver = peer.addTransceiver(track, { direction: 'sendrecv' });
  transceiver.onTrack.subscribe((remote) => {
    remote.onReceiveRtp.subscribe((packet) => {
      packets++;
      track.writeRtp(packet);
    });
  });
  await peer.setRemoteDescription({ type: 'offer', sdp });
  for (const ice of peer.iceTransports) Object.assign(ice.connection, { stunServer: undefined });
  await peer.setLocalDescription(await peer.createAnswer());
  const location = `/whip/${peers.size}-${Date.now()}`;
  peers.set(location, peer);
  response.writeHead(201, { 'content-type': 'application/sdp', location });
  response.end(peer.localDescription.sdp);
});

server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }));

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ packets, cpuUs: user + system });
});
