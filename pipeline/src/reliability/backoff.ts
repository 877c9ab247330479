/** How long to wait before another attempt. */
import type { ExecutionPolicy } from '@remotemedia/native-dsp';
import type { NodeErrorClass } from '../external/external-node.js';

/** What may pass by itself. An input that was wrong stays wrong. */
const PASSING: readonly NodeErrorClass[] = ['transient', 'resource', 'timeout'];

export function isWorthRetrying(errorClass: NodeErrorClass): boolean {
  return PASSING.includes(errorClass);
}

/**
 * Exponential, capped, and spread over the whole of it ("full jitter"), so that many who failed together do not come back together.
 * @param attempt failed attempts so far, from 1.
 * @param random 0 to 1.
 */
export function backoffMs(retry: ExecutionPolicy['retry'], attempt: number, random: () => number): number {
  const delayMs = Math.min(retry.base_delay_ms * retry.multiplier ** (attempt - 1), retry.max_delay_ms);
  return retry.jitter === 'full' ? delayMs * random() : delayMs;
}
