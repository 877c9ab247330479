/** Live loopback sessions against a gateway in a process of its own. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startLoad } from './load.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WARM_UP_MS = 3_000;
const MEASURE_MS = 10_000;
const SETUPS = 8;
const CLOCK_TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/**
 * `sessions` sessions of `pipeline` for some seconds: latency, CPU and memory of the gateway's process.
 * @param {'native' | 'wasm'} runtime what carries them
 */
export async function measureLive(pipeline, sessions, packets, runtime = 'native') {
  const gateway = await startGateway(runtime);
  try {
    const idleBytes = residentBytes(gateway.pid);
    const load = await startLoad(`${gateway.url}/whip/${pipeline}`, sessions, packets);
    await sleep(WARM_UP_MS);
    const cpuBefore = cpuSeconds(gateway.pid);
    const before = load.counts();
    await sleep(MEASURE_MS);
    const cpu = cpuSeconds(gateway.pid) - cpuBefore;
    const after = load.counts();
    const statistics = await Promise.all(
      load.sessionIds.map(
        async (id) => (await (await fetch(`${gateway.url}/api/v1/sessions/${id}`)).json()).statistics,
      ),
    );
    const bytesPerSession = (residentBytes(gateway.pid) - idleBytes) / sessions;
    await load.stop();
    const latencies = statistics.map(({ gateway_latency_us }) => gateway_latency_us);
    const p50s = latencies.map(({ p50 }) => p50).sort((a, b) => a - b);
    return {
      pipeline,
      runtime,
      sessions,
      p50Us: p50s[Math.floor(p50s.length / 2)],
      p99Us: Math.max(...latencies.map(({ p99 }) => p99)),
      maxUs: Math.max(...latencies.map(({ max }) => max)),
      corePercent: (100 * cpu * 1000) / MEASURE_MS,
      bytesPerSession,
      packetsSent: after.sent - before.sent,
      packetsReceived: after.received - before.received,
    };
  } finally {
    await gateway.stop();
  }
}

/** From the POST of the offer to the first processed packet back, over several sessions: the median in ms. */
export async function measureSetup(pipeline, packets) {
  const gateway = await startGateway('native');
  try {
    const times = [];
    for (let i = 0; i < SETUPS; i++) {
      const startMs = performance.now();
      const load = await startLoad(`${gateway.url}/whip/${pipeline}`, 1, packets);
      while (load.counts().received === 0) await sleep(1);
      times.push(performance.now() - startMs);
      await load.stop();
    }
    // The first one warms up both processes.
    return {
      pipeline,
      medianMs: times.slice(1).sort((a, b) => a - b)[Math.floor((SETUPS - 1) / 2)],
      timesMs: times,
    };
  } finally {
    await gateway.stop();
  }
}

async function startGateway(runtime) {
  const child = spawn(process.execPath, ['cli/bin/remotemedia.js', 'serve'], {
    cwd: ROOT,
    env: {
      ...process.env,
      REMOTEMEDIA_RUNTIME: runtime,
      REMOTEMEDIA_HTTP_PORT: '0',
      REMOTEMEDIA_MEDIA_PORT: '0',
      REMOTEMEDIA_LOGGING_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  let printed = '';
  const port = await new Promise((resolve, reject) => {
    const look = (chunk) => {
      printed += chunk;
      const found = /http:\/\/[^\s"/]+:(\d+)/.exec(printed)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', () => reject(new Error(`the gateway did not start:\n${printed}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** User and system time of a process so far (proc(5), fields 14 and 15 of stat). */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

function residentBytes(pid) {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
}
