/**
 * What the same packets cost in werift's own RTP path: a stock werift echo in a child process, under load
 * from werift clients here. The child's CPU time over the packets it handled.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startLoad } from './load.mjs';

const SESSIONS = 10;
const MEASURE_MS = 5_000;

export async function measureWerift(packets) {
  const child = fork(fileURLToPath(new URL('./werift-echo.mjs', import.meta.url)));
  const ask = (question) =>
    new Promise((resolve) => {
      child.once('message', resolve);
      child.send(question);
    });
  const { url } = await new Promise((resolve) => child.once('message', resolve));
  const load = await startLoad(`${url}/whip`, SESSIONS, packets);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const before = await ask('usage');
  await new Promise((resolve) => setTimeout(resolve, MEASURE_MS));
  const after = await ask('usage');
  await load.stop();
  child.kill();
  const handled = after.packets - before.packets;
  return { sessions: SESSIONS, packets: handled, cpuUsPerPacket: (after.cpuUs - before.cpuUs) / handled };
}
