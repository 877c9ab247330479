/** What negotiation and DTLS settled, as the media plane takes it. */
import { randomBytes, randomInt } from 'node:crypto';
import type { PlaneMediaOptions } from '@remotemedia/native-dsp';
import type { AnswerPlan } from '../sdp/plan.js';
import type { PeerTransport } from '../werift/peer-transport.js';

/** Who we are as a sender: the answer names it, the plane sends it. */
export interface SenderIdentity {
  readonly sendSsrc: number;
  /** RFC 7022: random, as it must not link sessions. */
  readonly cname: string;
}

export function senderIdentity(): SenderIdentity {
  return { sendSsrc: randomInt(1, 2 ** 32 - 1), cname: randomBytes(9).toString('base64url') };
}

/** @param peer connected. */
export function mediaOptions(
  plan: AnswerPlan,
  sender: SenderIdentity,
  peer: PeerTransport,
): PlaneMediaOptions {
  const { remoteAddress, remotePort, localAddress } = peer.selectedPair;
  return {
    ...peer.keys,
    ...sender,
    remoteAddress,
    remotePort,
    ...(localAddress === undefined ? {} : { localAddress }),
    send: plan.sendPayloadType !== undefined,
    receive: true,
    sendPayloadType: plan.sendPayloadType ?? plan.receivePayloadType,
    receivePayloadType: plan.receivePayloadType,
    ...(plan.redPayloadType === undefined ? {} : { redPayloadType: plan.redPayloadType }),
  };
}
