/** Manifests whose author may name variables of the environment. */
import {
  type Complaint,
  complaintPlace,
  type Interpolation,
  type NativeError,
  nativeError,
  type OfflineRuntime,
  type Replaced,
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

/** What {@link interpolateManifest} answers, and what came out of variables; without throwing. */
export function interpolation(
  text: string,
  environment: Environment,
  runtime: OfflineRuntime,
): Interpolation {
  return JSON.parse(runtime.interpolateManifest(text, JSON.stringify(environment))) as Interpolation;
}

/** By what people and programs find their way: names, also of files. What stands there is no secret. */
const PUBLIC =
  /^(metadata\.name|nodes\[\d+\]\.(id|node_type|executor|module|takes|gives)|connections\[\d+\]\.(from|to))\b/;

/**
 * A normalised manifest as it may be shown: what came out of variables as it was written.
 * @param replaced what the text that it was made of got from variables.
 */
export function asWritten<T>(manifest: T, replaced: readonly Replaced[]): T {
  const secret = replaced.filter((it) => !PUBLIC.test(it.path) && !isEscape(it));
  const written = new Map(secret.map((it) => [it.path, it.written]));
  const paths = new Set<string>();
  if (secret.length > 0) mapLeaves(manifest, (path) => paths.add(path));
  // A parameter may be written by another of its names: it is in its node then, with its value.
  const renamed = secret.filter(({ path, value }) => !paths.has(path) && value !== '');
  return mapLeaves(manifest, (path, leaf) => {
    const is = ({ path: other, value }: Replaced) =>
      nodeOf(other) === nodeOf(path) &&
      (leaf === value || (typeof leaf === 'number' && leaf === Number(value)));
    return PUBLIC.test(path) ? leaf : (written.get(path) ?? renamed.find(is)?.written ?? leaf);
  }) as T;
}

/** Whether it is no variable, but text that looks like one: `$${NAME}` is `${NAME}`. */
const isEscape = ({ written, value }: Replaced): boolean => written.replaceAll('$${', () => '${') === value;

const variables = new WeakMap<object, readonly Replaced[]>();

/**
 * From now on, what is complained of a manifest in its normal form quotes what came out of variables as it was written.
 * @param shown what {@link asWritten} made of it.
 */
export function rememberVariables(manifest: object, shown: object): void {
  const written = new Map<string, unknown>();
  mapLeaves(shown, (path, leaf) => written.set(path, leaf));
  const replaced: Replaced[] = [];
  mapLeaves(manifest, (path, leaf) => {
    const is = written.get(path);
    if (is !== leaf) replaced.push({ path, value: String(leaf), written: String(is) });
  });
  if (replaced.length > 0) variables.set(manifest, replaced);
}

export const variablesOf = (manifest: object): readonly Replaced[] => variables.get(manifest) ?? [];

const nodeOf = (path: string): string | undefined => /^nodes\[\d+\]/.exec(path)?.[0];

function mapLeaves(value: unknown, map: (path: string, leaf: unknown) => unknown, path = ''): unknown {
  if (Array.isArray(value)) return value.map((item, index) => mapLeaves(item, map, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return map(path, value);
  const inside = (key: string) => (path === '' ? key : `${path}.${key}`);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapLeaves(item, map, inside(key))]),
  );
}

/** Complaints about a text whose references were replaced, which quote what came out of variables as it was written. */
export function complaintsAsWritten(
  complaints: readonly Complaint[],
  replaced: readonly Replaced[],
  runtime: OfflineRuntime,
): Complaint[] {
  if (replaced.length === 0) return [...complaints];
  return JSON.parse(runtime.complaintsAsWritten(JSON.stringify(complaints), JSON.stringify(replaced)));
}

/** The error that says everything that is wrong with a manifest. */
export function invalidManifest(complaints: Complaint[]): NativeError {
  const lines = complaints.map((complaint) => `\n  ${complaintPlace(complaint)}: ${complaint.message}`);
  return nativeError('invalid_manifest', `the manifest cannot be used:${lines.join('')}`, { complaints });
}
