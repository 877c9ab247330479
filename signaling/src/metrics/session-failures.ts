/** Failures of nodes in sessions over WebRTC, for Prometheus: whatever was told as `node_error`, in the graph or outside. */
import type { Gateway, Session } from '@remotemedia/gateway';
import type { Exposition } from './sampled.js';

/** @returns what ends the counting. */
export function countSessionFailures(
  gateway: Gateway,
  exposition: Exposition,
  labelOf: (session: Session) => string,
): () => void {
  const counts = new Map<string, { labels: { pipeline: string; error_class: string }; count: number }>();
  const listen = (session: Session) => {
    session.on('event', (event) => {
      if (event.type !== 'node_error') return;
      // Told at most once a second, with how often since.
      const { error_class = 'internal', times = 1 } = event as { error_class?: string; times?: number };
      const labels = { pipeline: labelOf(session), error_class };
      const key = `${labels.pipeline} ${error_class}`;
      const entry = counts.get(key) ?? { labels, count: 0 };
      counts.set(key, { labels, count: entry.count + times });
    });
  };
  gateway.on('session_opened', listen);
  exposition.counter(
    'remotemedia_session_node_errors_total',
    'Failures of nodes in sessions over WebRTC, in the graph and outside, by class',
    () => [...counts.values()].map(({ labels, count }) => [labels, count]),
  );
  return () => void gateway.off('session_opened', listen);
}
