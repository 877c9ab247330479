/** What the plane's caller may ask for; the ranges are those of the native plane. */
import { type MediaPlaneOptions, nativeError } from '@remotemedia/native-dsp';
import { canonical, checkIp } from './address.js';

const DEFAULT_MAX_SESSIONS = 4096;

/** `threads` is checked and has no further meaning: there is one event loop. @throws NativeError `invalid_options`, `invalid_address`. */
export function checkedOptions(options: MediaPlaneOptions): {
  bindAddress: string | undefined;
  port: number;
  maxSessions: number;
  metrics: boolean;
} {
  const { bindAddress, port = 0, threads = 1, maxSessions = DEFAULT_MAX_SESSIONS, metrics = true } = options;
  if (bindAddress !== undefined) checkIp(bindAddress);
  checkRange('port', port, 0, 65_535);
  checkRange('threads', threads, 1, 64);
  checkRange('maxSessions', maxSessions, 1, 65_535);
  return { bindAddress: bindAddress && canonical(bindAddress), port, maxSessions, metrics };
}

/** @throws NativeError `invalid_options`. */
export function checkUfrag(ufrag: string): void {
  if (!/^[A-Za-z0-9+/]{4,256}$/.test(ufrag))
    throw nativeError('invalid_options', 'localUfrag must be 4 to 256 ICE characters');
}

function checkRange(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw nativeError(
    'invalid_options',
    `${name} is ${value}; it must be a whole number from ${min} to ${max}`,
  );
}
