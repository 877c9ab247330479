/** The ways a session ends, with the words that its client reads. */
import type { PlaneClosed } from '@remotemedia/native-dsp';
import type { PeerPhase } from '../werift/peer-types.js';
import type { CloseInfo } from './events.js';

export const DELETED: CloseInfo = { reason: 'client', code: 'deleted', message: 'the session was deleted' };

export const SHUTDOWN: CloseInfo = {
  reason: 'gateway',
  code: 'shutdown',
  message: 'the gateway is shutting down',
};

export const CLIENT_CLOSED: CloseInfo = {
  reason: 'client',
  code: 'client_closed',
  message: 'the client closed the connection',
};

export const CONNECTION_LOST: CloseInfo = {
  reason: 'network',
  code: 'connection_lost',
  message: 'nothing was heard from the client for 30 s',
};

export const INTERNAL: CloseInfo = {
  reason: 'gateway',
  code: 'media_failed',
  message: 'the gateway made a mistake and ended this session; others are not affected',
};

export function negotiationTimeout(timeoutMs: number): CloseInfo {
  return {
    reason: 'client',
    code: 'negotiation_timeout',
    message: `no offer that could be answered came within ${timeoutMs / 1000} s`,
  };
}

/** The plane ended the session: a node with policy `fail_session` failed, or the session itself did. */
export function pipelineFailure(code: PlaneClosed['code'], message: string): CloseInfo {
  return { reason: 'pipeline', code: code === 'graph_failed' ? 'node_failed' : 'media_failed', message };
}

export interface Tried {
  readonly gateway: readonly string[];
  readonly client: readonly string[];
  /** Candidates of the client that are TCP or names. */
  readonly unusable: number;
}

/** A connection that took too long: names the phase, and for ICE what was tried. */
export function connectTimeout(phase: PeerPhase, timeoutMs: number, tried: Tried): CloseInfo {
  const within = `within ${timeoutMs / 1000} s`;
  if (phase === 'dtls') {
    return {
      reason: 'network',
      code: 'dtls_timeout',
      message: `ICE connected but DTLS did not finish ${within}`,
    };
  }
  return {
    reason: 'network',
    code: 'ice_timeout',
    message: `ICE did not connect ${within}: ${describe(tried)}`,
  };
}

export function connectFailure(phase: PeerPhase, error: unknown, tried: Tried): CloseInfo {
  const cause = error instanceof Error ? error.message : String(error);
  if (phase === 'dtls') return { reason: 'network', code: 'dtls_failed', message: `DTLS failed: ${cause}` };
  return { reason: 'network', code: 'ice_failed', message: `ICE failed: ${cause}: ${describe(tried)}` };
}

function describe({ gateway, client, unusable }: Tried): string {
  const heard = client.length > 0 ? client.join(', ') : 'none that could be used';
  const other = unusable > 0 ? ` (and ${unusable} with TCP or a name)` : '';
  return `the gateway offered ${gateway.join(', ')}; the client offered ${heard}${other}. Is UDP to the gateway's port open?`;
}
