/** Manifests whose author may name variables of the environment. */
import {
  type Complaint,
  complaintPlace,
  type Interpolation,
  type NativeError,
  nativeError,
  type OfflineRuntime,
} from '@remotemedia/native-dsp';
import { chooseRuntime } from './runtime/runtime.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The text with `${NAME}` and `${NAME:-default}` in its values replaced. For manifests of one's own alone: one that came over the network
 * could read out whatever is in the environment.
 * @throws NativeError `invalid_manifest` with a complaint for each reference that leads to no value.
 */
export function interpolateManifest(
  text: string,
  environment: Environment,
  runtime: OfflineRuntime = chooseRuntime().offline,
): string {
  const answer = interpolation(text, environment, runtime);
  if (answer.ok) return answer.text;
  throw invalidManifest(answer.complaints);
}

/**
 * A part of a manifest as it may be shown: texts that came out of variables as they were written.
 * @param text the manifest before.
 */
export function asWritten<T>(value: T, text: string, environment: Environment, runtime: OfflineRuntime): T {
  const { replaced } = interpolation(text, environment, runtime);
  const written = new Map(replaced.map((it) => [it.value, it.written]));
  // Nothing is no secret, and stands in many places.
  written.delete('');
  return written.size === 0 ? value : (rewritten(value, written) as T);
}

/** Fields by which clients find their way; what stands there is no secret. */
const PUBLIC = new Set([
  'id',
  'node_type',
  'part',
  'kind',
  'executor',
  'carries',
  'takes',
  'gives',
  'from',
  'to',
]);

function rewritten(value: unknown, written: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return written.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => rewritten(item, written));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, PUBLIC.has(key) ? item : rewritten(item, written)]),
  );
}

function interpolation(text: string, environment: Environment, runtime: OfflineRuntime): Interpolation {
  return JSON.parse(runtime.interpolateManifest(text, JSON.stringify(environment))) as Interpolation;
}

/** The error that says everything that is wrong with a manifest. */
export function invalidManifest(complaints: Complaint[]): NativeError {
  const lines = complaints.map((complaint) => `\n  ${complaintPlace(complaint)}: ${complaint.message}`);
  return nativeError('invalid_manifest', `the manifest cannot be used:${lines.join('')}`, { complaints });
}
