/** A node in Python between the microphone and the ear, in live sessions over each media plane. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createGateway } from '@remotemedia/gateway';
import { chooseRuntime } from '@remotemedia/pipeline';
import { pythonHost } from '@remotemedia/pipeline/python';
import { expect, it } from 'vitest';
import { LibwebrtcClient } from './support/libwebrtc-client.js';
import { Microphone, tone } from './support/microphone.js';
import { PLANES } from './support/planes.js';
import { ToneListener } from './support/tone-listener.js';

const HALVING = `from remotemedia import Node

class Halving(Node):
    """Half as loud."""

    takes = ["audio"]
    gives = ["audio"]

    def process(self, item):
        for plane in item.planes:
            for n in range(len(plane)):
                plane[n] *= 0.5
        return item
`;

it.each(PLANES)(
  'Python changes the audio of a session on the %s plane',
  { timeout: 60_000 },
  async (runtime, create) => {
    const folder = mkdtempSync(join(tmpdir(), 'remotemedia-python-'));
    writeFileSync(join(folder, 'halving.py'), HALVING);
    const base = pathToFileURL(`${folder}/`);
    const outside = {
      module: './halving.py',
      takes: ['audio'],
      gives: ['audio'],
      execution: { patience_ms: 200 },
    };
    const nodes = [{ id: 'outside', node_type: 'Halving', ...outside }];
    const gateway = createGateway(
      {
        plane: { bindAddress: '127.0.0.1', port: 0, threads: 1 },
        pipelines: new Map([['halving', { version: 'v1', nodes }]]),
        defaultPipeline: 'halving',
        operatorNodes: [pythonHost({ base })],
        base,
      },
      { createPlane: create, runtime, planner: chooseRuntime({ wanted: runtime }).offline },
    );
    await gateway.ready();
    const listener = new ToneListener();
    const client = new LibwebrtcClient(listener);
    const microphone = new Microphone(client, tone);
    const session = gateway.createSession({ transport: 'websocket' });
    await client.connect(session);
    await listener.comesAt(4000, 30_000);
    expect(session.metrics()!.node_metrics[0]).toMatchObject({ node_id: 'outside', error_count: 0 });
    microphone.stop();
    client.close();
    await gateway.close();
    rmSync(folder, { recursive: true });
  },
);
