/**
 * The client's end of the signaling protocol: one WebSocket, announced under one peer id. It speaks JSON-RPC method names and nothing of
 * WebRTC objects, so that the session logic can be read without it.
 */
import type { SERVER_PEER_ID } from '@remotemedia/signaling/protocol';
import { GatewayError } from './errors.js';
import { gatewayBase } from './gateway-api.js';
import { JsonRpcClient } from './json-rpc.js';

/** Typed by the protocol, so that the two cannot disagree. */
const SERVER: typeof SERVER_PEER_ID = 'remotemedia-server';

export interface SignalingListener {
  onEvent: (event: unknown) => void;
  onRemoteCandidate: (candidate: RTCIceCandidateInit) => void;
  /** The gateway hung up on this peer and says why. */
  onDisconnected: (reason: string) => void;
  onLost: () => void;
}

export interface Answer {
  sdp: string;
  sessionId: string | null;
}

export class SignalingChannel {
  readonly peerId: string;
  readonly #rpc: JsonRpcClient;

  private constructor(rpc: JsonRpcClient, peerId: string) {
    this.#rpc = rpc;
    this.peerId = peerId;
  }

  /** Opens the socket and announces the peer. Rejects with `GatewayError`; an abort closes the socket. */
  static async open(
    url: string | URL,
    peerId: string,
    listener: SignalingListener,
    signal: AbortSignal,
  ): Promise<SignalingChannel> {
    const socket = await openSocket(webSocketUrl(url), signal);
    const rpc = new JsonRpcClient(socket, {
      onNotification: (method, params) => dispatch(method, params, listener),
      onClose: listener.onLost,
    });
    signal.addEventListener('abort', () => rpc.close(), { once: true });
    const channel = new SignalingChannel(rpc, peerId);
    try {
      await rpc.request('peer.announce', { peer_id: peerId, capabilities: ['audio', 'data'] });
      return channel;
    } catch (error) {
      rpc.close();
      throw error;
    }
  }

  async offer(sdp: string, choice: { pipeline?: string; manifest?: object }): Promise<Answer> {
    const result = await this.#rpc.request<{ sdp?: unknown; session_id?: unknown }>('peer.offer', {
      from: this.peerId,
      to: SERVER,
      sdp,
      ...choice,
    });
    if (typeof result?.sdp !== 'string')
      throw new GatewayError('protocol', { detail: 'an answer without sdp' });
    return { sdp: result.sdp, sessionId: typeof result.session_id === 'string' ? result.session_id : null };
  }

  /** Never rejects: a candidate that does not arrive costs one path, and a dead socket is reported by `onLost`. */
  sendCandidate(candidate: RTCIceCandidate | null): void {
    void this.#rpc
      .request('peer.ice_candidate', {
        from: this.peerId,
        to: SERVER,
        candidate: candidate?.candidate ?? '',
        sdp_mid: candidate?.sdpMid ?? null,
        sdp_m_line_index: candidate?.sdpMLineIndex ?? null,
      })
      .catch(() => undefined);
  }

  /** Says goodbye if the socket still stands, and closes it. Idempotent. */
  close(): void {
    this.#rpc
      .request('peer.disconnect', { peer_id: this.peerId, reason: 'client closed' })
      .catch(() => undefined);
    this.#rpc.close();
  }
}

function dispatch(method: string, params: Record<string, unknown>, listener: SignalingListener): void {
  if (method === 'session.event') listener.onEvent(params);
  if (method === 'peer.disconnected') listener.onDisconnected(String(params['reason'] ?? ''));
  if (method === 'peer.ice_candidate' && typeof params['candidate'] === 'string') {
    listener.onRemoteCandidate({
      candidate: params['candidate'],
      sdpMid: (params['sdp_mid'] as string | null | undefined) ?? null,
      sdpMLineIndex: (params['sdp_m_line_index'] as number | null | undefined) ?? null,
    });
  }
}

function webSocketUrl(url: string | URL): URL {
  const base = gatewayBase(url);
  const socketUrl = new URL('ws', base);
  socketUrl.protocol = base.protocol.replace(/^http/, 'ws');
  return socketUrl;
}

function openSocket(url: URL, signal: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new GatewayError('cancelled'));
      return;
    }
    const socket = new WebSocket(url);
    const abort = () => {
      socket.close();
      reject(signal.reason instanceof GatewayError ? signal.reason : new GatewayError('cancelled'));
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.addEventListener('open', () => {
      signal.removeEventListener('abort', abort);
      resolve(socket);
    });
    // 1013 "Try Again Later" is how a full server turns a socket away; a browser tells nothing else about a refused upgrade.
    socket.addEventListener('close', ({ code }) => {
      signal.removeEventListener('abort', abort);
      reject(new GatewayError(code === 1013 ? 'server_full' : 'gateway_unreachable'));
    });
  });
}
