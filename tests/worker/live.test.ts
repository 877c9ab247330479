/** A node in a thread, in a live session: it changes audio within its patience; where it never returns, it is killed, and nobody hears of it. */
import { createGateway, type Gateway, type Session } from '@remotemedia/gateway';
import { chooseRuntime } from '@remotemedia/pipeline';
import { workerHost } from '@remotemedia/pipeline/worker';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LibwebrtcClient } from '../gateway/support/libwebrtc-client.js';
import { Microphone, tone } from '../gateway/support/microphone.js';
import { PLANES } from '../gateway/support/planes.js';
import { ToneListener } from '../gateway/support/tone-listener.js';
import { until } from '../gateway/support/werift-client.js';
import { NODES } from './threads.js';

const between = (node_type: string, module: string, execution: object) => ({
  version: 'v1' as const,
  nodes: [
    { id: 'before', node_type: 'GainNode' },
    {
      id: 'outside',
      node_type,
      module,
      executor: 'worker',
      takes: ['audio'],
      gives: ['audio'],
      execution: { patience_ms: 100, ...execution },
    },
    { id: 'after', node_type: 'GainNode' },
  ],
  connections: [
    { from: 'before', to: 'outside' },
    { from: 'outside', to: 'after' },
  ],
});

const PIPELINES = new Map<string, Record<string, unknown>>([
  ['echo', { version: 'v1', nodes: [{ id: 'echo', node_type: 'PassThrough' }] }],
  ['halving', between('Halving', './audio.mjs', {})],
  [
    'hanging',
    between('HangingFrames', './faulty.mjs', {
      timeout_ms: 500,
      on_error: 'bypass',
      retry: { max_attempts: 1 },
    }),
  ],
]);

// The node runs on this side of the plane, so one plane is enough.
describe.each(PLANES.filter(([name]) => name === 'native'))(
  'a node in a thread, in a live session on the %s plane',
  (runtime, create) => {
    let gateway: Gateway;
    const clients: LibwebrtcClient[] = [];
    const microphones: Microphone[] = [];

    beforeEach(async () => {
      gateway = createGateway(
        {
          plane: { bindAddress: '127.0.0.1', port: 0, threads: 1 },
          pipelines: PIPELINES,
          defaultPipeline: 'echo',
          operatorNodes: [workerHost({ base: NODES })],
          base: NODES,
        },
        { createPlane: create, runtime, planner: chooseRuntime({ wanted: runtime }).offline },
      );
      await gateway.ready();
    });

    afterEach(async () => {
      for (const microphone of microphones.splice(0)) microphone.stop();
      for (const client of clients.splice(0)) client.close();
      await gateway.close();
    });

    /** A session that is sent a tone of 8000, and how loud it comes back. */
    async function ringing(pipeline: string) {
      const listener = new ToneListener();
      const client = new LibwebrtcClient(listener);
      clients.push(client);
      microphones.push(new Microphone(client, tone));
      const session = gateway.createSession({ transport: 'websocket', pipeline });
      await client.connect(session);
      await until(() => session.state === 'connected', 'the session connects');
      return { session, client, comesAt: (level: number) => listener.comesAt(level) };
    }

    const nodeOf = (session: Session) =>
      session.metrics()!.node_metrics.find(({ node_id }) => node_id === 'outside')!;

    it('changes the audio within its patience', async () => {
      const { session, comesAt } = await ringing('halving');
      await comesAt(4000);
      await until(() => nodeOf(session).execution_count > 100, 'it goes on');
      expect(nodeOf(session).error_count).toBe(0);
    });

    it('is killed where it never returns, and runs again; the audio goes around it, and a neighbour’s is as ever', async () => {
      const { session, client, comesAt } = await ringing('hanging');
      const neighbour = await ringing('echo');
      const errors = () => client.events.filter(({ type }) => type === 'node_error');
      await until(() => errors().length > 0, 'the node is killed');
      expect(errors()[0]).toMatchObject({ node_id: 'outside', error_class: 'timeout', code: 'node_timeout' });
      await until(() => nodeOf(session).execution_count > 150, 'it runs again');
      await comesAt(8000);
      await neighbour.comesAt(8000);
      for (const statistics of [session.statistics(), neighbour.session.statistics()])
        expect(statistics.gateway_latency_us.p50).toBeLessThan(5000);
      expect(session.closeInfo).toBeNull();
    });
  },
);
