/** The steps of getting connected, in order, as a person may be shown them. */
export const CONNECTION_STEPS = ['signaling', 'ice', 'dtls', 'media'] as const;
export type ConnectionStep = (typeof CONNECTION_STEPS)[number];

/**
 * `idle`, then the steps, then `connected`; `interrupted` while ICE looks for the lost path (it may come back to `connected`);
 * `closed` at the end, for whatever reason.
 */
export type ConnectionPhase = 'idle' | ConnectionStep | 'connected' | 'interrupted' | 'closed';

/** The phase that the transport states of a peer connection mean, before any media was seen. */
export function transportPhase(
  ice: RTCIceConnectionState,
  connection: RTCPeerConnectionState,
): 'ice' | 'dtls' | 'media' | 'interrupted' | 'ice_failed' | 'dtls_failed' {
  if (ice === 'failed') return 'ice_failed';
  if (connection === 'failed') return 'dtls_failed';
  if (connection === 'connected') return 'media';
  if (ice === 'disconnected') return 'interrupted';
  return ice === 'connected' || ice === 'completed' ? 'dtls' : 'ice';
}
