/** A gateway over the plane without media, on loopback. */
import { createGateway, type Gateway, type GatewayOptions } from '@remotemedia/gateway';
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
  const errors: unknown[] = [];
  let plane: UdpPlane | undefined;
  const gateway = createGateway(
    {
      announceAddresses: ['127.0.0.1'],
      pipelines: new Map([['echo', ECHO]]),
      defaultPipeline: 'echo',
      ...options,
    },
    {
      createPlane: (_, wake) => {
        plane = new UdpPlane(socket, wake);
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
