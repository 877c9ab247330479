/** What a client of the audio WebSocket wants, from its address and its first message: the message wins. */
import type { ExecutionRequest } from '@remotemedia/gateway';
import { RequestError } from '../errors.js';
import { refuseDepth } from '../execute/item-codec.js';
import type { AudioSocketQuery, AudioStart } from '../protocol/index.js';
import { type AudioFormat, decodedRate } from './codec.js';

export function formatOf(query: AudioSocketQuery, start: AudioStart | undefined): AudioFormat {
  return {
    encoding: start?.encoding ?? query.encoding ?? 's16le',
    sampleRate: start?.sample_rate ?? query.sample_rate ?? 48_000,
    channels: start?.channels ?? query.channels ?? 1,
  };
}

/** Whether there is nothing to wait for: the address names a pipeline and says what its audio is. */
export const isWhole = ({ pipeline, encoding, sample_rate, channels }: AudioSocketQuery): boolean =>
  pipeline !== undefined &&
  encoding !== undefined &&
  channels !== undefined &&
  (sample_rate !== undefined || encoding === 'opus');

/** @throws RequestError `invalid_request`, `invalid_manifest`. */
export function executionRequest(
  query: AudioSocketQuery,
  start: AudioStart | undefined,
  format: AudioFormat,
): ExecutionRequest {
  const manifest = start?.manifest;
  refuseDepth(manifest);
  const pipeline = start?.pipeline ?? (manifest ? undefined : query.pipeline);
  if (manifest !== undefined && pipeline !== undefined) {
    throw new RequestError('invalid_request', 'Give either pipeline or manifest');
  }
  return {
    transport: 'websocket',
    ...(pipeline !== undefined && { pipeline }),
    ...(manifest !== undefined && { manifest }),
    format: { sampleRate: decodedRate(format), channels: format.channels },
  };
}
