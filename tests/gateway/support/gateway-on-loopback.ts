/** A gateway on loopback, over the plane without media or a real one. */
import {
  createGateway,
  createWasmPlane,
  type Gateway,
  type GatewayDependencies,
  type GatewayOptions,
  type PlaneFactory,
} from '@remotemedia/gateway';
import type { MediaPlane } from '@remotemedia/native-dsp';
import { chooseRuntime } from '@remotemedia/pipeline';
import { RecordedPlane } from './recorded-plane.js';
import { loopbackSocket, UdpPlane } from './udp-plane.js';

export const ECHO = {
  version: 'v1',
  metadata: { name: 'echo' },
  nodes: [{ id: 'echo', node_type: 'PassThrough' }],
  connections: [],
};

export async function gatewayOnLoopback(
  options: Partial<GatewayOptions> = {},
): Promise<{ gateway: Gateway; plane: UdpPlane; errors: unknown[] }> {
  const socket = await loopbackSocket();
  return gatewayOver((wake) => new UdpPlane(socket, wake), options);
}

/** The same over a real plane. */
export function gatewayOnRealPlane(create: PlaneFactory, options: Partial<GatewayOptions> = {}) {
  const planner = chooseRuntime({ wanted: create === createWasmPlane ? 'wasm' : 'native' }).offline;
  return gatewayOver((wake) => new RecordedPlane(create, wake), options, { planner });
}

function gatewayOver<Plane extends MediaPlane>(
  makePlane: (wake: () => void) => Plane,
  options: Partial<GatewayOptions>,
  dependencies: GatewayDependencies = {},
): { gateway: Gateway; plane: Plane; errors: unknown[] } {
  const errors: unknown[] = [];
  let plane: Plane | undefined;
  const gateway = createGateway(
    {
      announceAddresses: ['127.0.0.1'],
      pipelines: new Map([['echo', ECHO]]),
      defaultPipeline: 'echo',
      ...options,
    },
    {
      ...dependencies,
      createPlane: (_, wake) => {
        plane = makePlane(wake);
        return plane;
      },
      log: {
        warn: (fields) => void errors.push(fields),
        error: (fields) => void errors.push(fields),
      },
    },
  );
  return { gateway, plane: plane!, errors };
}
